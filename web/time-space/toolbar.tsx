// How the diagram is looked at: everything here stands in the address, and every entry is a command with a key.
import { useCommands, type Command } from '../shell/commands.ts'
import { go, look } from '../shell/location.ts'
import { count, percent } from '../shell/units.ts'
import { zoom } from '../../diagram/view.ts'
import { choose, HANDLES, shown, timingAddress, toggle, type Desk } from './desk.ts'
import { nudgeFocused } from './grid.tsx'
import type { Sources } from './sources.ts'
import type { openVehicles } from './vehicles.ts'
import { words } from './words.ts'

export function Toolbar({ desk, vehicles, sources }: { desk: Desk; vehicles: ReturnType<typeof openVehicles>; sources: Sources }) {
  const { session } = desk
  useCommands(commandsOf(desk), [desk])
  return (
    <div class="ts-toolbar" role="toolbar" aria-label={words().diagram}>
      <span class="ts-group">
        <button type="button" disabled={!session.canUndo.value} onClick={() => undo(desk)} title="Ctrl Z">↶ {words().undo}</button>
        <button type="button" disabled={!session.canRedo.value} onClick={() => redo(desk)} title="Ctrl Y">↷ {words().redo}</button>
      </span>
      <span class="ts-group">
        <button type="button" onClick={() => fit(desk)} title="F">{words().fit}</button>
        <button type="button" onClick={() => desk.setView(desk.home(), true)} title="0">{words().home}</button>
        <button type="button" disabled={desk.trail.value.back.length === 0} onClick={() => desk.step('back')} aria-label={words().back} title={`${words().back} (Backspace)`}>←</button>
        <button type="button" disabled={desk.trail.value.forward.length === 0} onClick={() => desk.step('forward')} aria-label={words().forward} title={`${words().forward} (Alt →)`}>→</button>
      </span>
      <span class="ts-group">
        <Flag name="swap" on={shown.swapped.value} text={words().swap} title="X" />
        <Flag name="equal" on={shown.equal.value} text={words().equal} title="E" />
        <Flag name="walks" on={shown.pedestrians.value} text={words().walks} title="P" />
        <Flag name="noqueues" on={shown.noQueues.value} text={words().queues} title="Q" inverse />
      </span>
      <Choice label={words().bandsShown} name="bands" value={shown.bands.value} usual="both" options={words().bandChoice} />
      <Choice label={words().source} name="source" value={shown.source.value} usual="proposed" options={words().sourceChoice} />
      <Choice label={words().beside} name="beside" value={shown.beside.value} usual="none" options={words().besideChoice} />
      <Choice label={words().vehicles} name="vehicles" value={shown.vehicles.value} usual="none" options={words().vehicleChoice} />
      {sources.trouble.value === undefined ? null : <span class="ts-worse" role="alert">{words().notShown(sources.trouble.value)}</span>}
      {shown.vehicles.value === 'none' ? null : <VehicleTools desk={desk} vehicles={vehicles} />}
    </div>
  )
}

function VehicleTools({ desk, vehicles }: { desk: Desk; vehicles: ReturnType<typeof openVehicles> }) {
  const own = vehicles.vehicles.value
  const progress = vehicles.progress.value
  return (
    <>
      <Choice label={words().colour} name="colour" value={shown.colour.value} usual="stops" options={words().colourChoice} />
      <Flag name="fold" on={shown.folded.value} text={words().fold} title="O" />
      {progress === undefined ? null : <span role="status">{(shown.vehicles.value === 'observed' ? words().reading : words().simulating)(percent(progress))} <button type="button" onClick={vehicles.cancel}>{words().cancel}</button></span>}
      {shown.vehicles.value === 'simulated' && progress === undefined && own?.of !== desk.session.document.value ? <button type="button" onClick={() => void vehicles.simulate()} title={own === undefined ? undefined : words().stale}>{words().simulateAgain}</button> : null}
      {own === undefined ? null : <span class="ts-quiet">{own.day === undefined ? words().vehiclesSeen(count(own.columns.directions.length)) : words().passagesSeen(count(own.columns.directions.length), own.day)}{own.gridlocked ? ` · ${words().gridlocked}` : ''}</span>}
      {vehicles.trouble.value === undefined ? null : <span class="ts-quiet" role="status">{vehicles.trouble.value}</span>}
    </>
  )
}

function Flag({ name, on, text, title, inverse = false }: { name: string; on: boolean; text: string; title: string; inverse?: boolean }) {
  return <button type="button" aria-pressed={on !== inverse} title={title} onClick={() => toggle(name, !on)}>{text}</button>
}

function Choice({ label, name, value, usual, options }: { label: string; name: string; value: string; usual: string; options: Record<string, string> }) {
  return (
    <label class="ts-choice">{label}
      <select value={value} onChange={(event) => choose(name, event.currentTarget.value, usual)}>{Object.entries(options).map(([one, text]) => <option key={one} value={one}>{text}</option>)}</select>
    </label>
  )
}

const undo = (desk: Desk): void => {
  desk.settleNudge()
  desk.session.undo()
}
const redo = (desk: Desk): void => {
  desk.settleNudge()
  desk.session.redo()
}

/** All signals, and all that there is to see of the vehicles' hours. */
const fit = (desk: Desk): void => {
  const home = desk.home()
  const { period } = desk
  desk.setView(shown.vehicles.value === 'simulated' && period !== undefined ? { ...home, from_s: period.start_s, to_s: period.end_s } : home, true)
}

const FACTOR = 0.7

function nearer(desk: Desk, factor: number): void {
  const { from_s, to_s, low_m, high_m } = desk.view.peek()
  desk.setView(zoom(desk.view.peek(), { time_s: (from_s + to_s) / 2, drawn_m: (low_m + high_m) / 2 }, { time: factor, distance: 1 }))
}

/** To the next signal in the direction of travel outbound. */
function walk(desk: Desk, by: 1 | -1): void {
  const stations = desk.ghost.stations
  const i = stations.findIndex(({ signal }) => signal === desk.focused.peek()?.signal)
  const next = stations[i < 0 ? 0 : Math.min(stations.length - 1, Math.max(0, i + by))]
  desk.settleNudge()
  if (next !== undefined) desk.focused.value = { signal: next.signal, handle: desk.focused.peek()?.handle ?? 'offset' }
}

function commandsOf(desk: Desk): Command[] {
  const hasFocus = (): boolean => desk.focused.peek() !== undefined
  const plain = { shiftKey: false, altKey: false }
  const press = (sign: 1 | -1, key: string, name: 'less' | 'more'): Command[] => [
    { id: `ts.${name}`, title: () => words().nudge[name], keys: [key], enabled: hasFocus, run: () => nudgeFocused(desk, sign, plain) },
    { id: `ts.${name}.wide`, title: () => `${words().nudge[name]} (Shift)`, keys: [`Shift+${key}`], enabled: hasFocus, run: () => nudgeFocused(desk, sign, { shiftKey: true, altKey: false }) },
    { id: `ts.${name}.fine`, title: () => `${words().nudge[name]} (Alt)`, keys: [`Alt+${key}`], enabled: hasFocus, run: () => nudgeFocused(desk, sign, { shiftKey: false, altKey: true }) },
  ]
  return [
    { id: 'ts.undo', title: () => words().undo, keys: ['Ctrl+z'], enabled: () => desk.session.canUndo.peek(), run: () => undo(desk) },
    { id: 'ts.redo', title: () => words().redo, keys: ['Ctrl+y', 'Ctrl+Shift+z'], enabled: () => desk.session.canRedo.peek(), run: () => redo(desk) },
    { id: 'ts.phases', title: () => words().phases, keys: ['t'], enabled: () => desk.focused.peek() !== undefined, run: () => go(timingAddress(desk, desk.focused.peek()!.signal)) },
    { id: 'ts.fit', title: () => words().fit, keys: ['f'], run: () => fit(desk) },
    { id: 'ts.home', title: () => words().home, keys: ['0'], run: () => desk.setView(desk.home(), true) },
    { id: 'ts.back', title: () => words().back, keys: ['Backspace', 'Alt+ArrowLeft'], enabled: () => desk.trail.peek().back.length > 0 && !hasFocus(), run: () => desk.step('back') },
    { id: 'ts.forward', title: () => words().forward, keys: ['Alt+ArrowRight'], enabled: () => desk.trail.peek().forward.length > 0 && !hasFocus(), run: () => desk.step('forward') },
    { id: 'ts.nearer', title: () => words().nearer, keys: ['+', '='], run: () => nearer(desk, FACTOR) },
    { id: 'ts.farther', title: () => words().farther, keys: ['-'], run: () => nearer(desk, 1 / FACTOR) },
    { id: 'ts.swap', title: () => words().swap, keys: ['x'], run: () => toggle('swap', !shown.swapped.peek()) },
    { id: 'ts.equal', title: () => words().equal, keys: ['e'], run: () => toggle('equal', !shown.equal.peek()) },
    { id: 'ts.walks', title: () => words().walks, keys: ['p'], run: () => toggle('walks', !shown.pedestrians.peek()) },
    { id: 'ts.queues', title: () => words().queues, keys: ['q'], run: () => toggle('noqueues', !shown.noQueues.peek()) },
    { id: 'ts.fold', title: () => words().fold, keys: ['o'], run: () => toggle('fold', !shown.folded.peek()) },
    { id: 'ts.running', title: () => `${words().beside}: ${words().besideChoice.difference}`, keys: ['d'], run: () => look({ beside: shown.beside.peek() === 'difference' ? undefined : 'difference' }) },
    { id: 'ts.base', title: () => words().setBase, keys: ['b'], run: () => { desk.base.value = desk.base.peek() === desk.focused.peek()?.signal ? undefined : desk.focused.peek()?.signal } },
    { id: 'ts.select', title: () => words().select, keys: ['s'], enabled: hasFocus, run: () => {
      const next = new Set(desk.selected.peek())
      const { signal } = desk.focused.peek()!
      if (!next.delete(signal)) next.add(signal)
      desk.selected.value = next
    } },
    { id: 'ts.give-up', title: () => words().giveUp, keys: ['Escape'], run: () => {
      desk.giveUp()
      desk.selected.value = new Set()
      desk.focused.value = undefined
    } },
    { id: 'ts.up', title: () => words().up, keys: ['ArrowUp'], run: () => walk(desk, 1) },
    { id: 'ts.down', title: () => words().down, keys: ['ArrowDown'], run: () => walk(desk, -1) },
    ...HANDLES.map((handle, i): Command => ({ id: `ts.handle.${handle}`, title: () => words().handle[handle], keys: [String(i + 1)], enabled: hasFocus, run: () => {
      desk.settleNudge()
      desk.focused.value = { signal: desk.focused.peek()!.signal, handle }
    } })),
    ...press(-1, 'ArrowLeft', 'less'), ...press(1, 'ArrowRight', 'more'),
  ]
}
