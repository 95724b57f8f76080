// The diagram as a table: for those who do not see it, and for the keyboard. Hidden from the eye; the cell that has the focus is marked in the picture.
import { useComputed } from '@preact/signals'
import { useRef } from 'preact/hooks'
import type { Direction } from '../../model/plan.ts'
import { coordinatedSplit, intersectionOf } from '../editing/moves.ts'
import { meant, percent, plainSeconds, seconds, speed } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { HANDLES, type Desk, type Handle } from './desk.ts'
import type { Target } from './gestures.ts'
import { words } from './words.ts'

const targetOf = (signal: string, handle: Handle): Target => {
  switch (handle) {
    case 'offset':
    case 'split': return { kind: handle, signal }
    case 'outbound':
    case 'inbound': return { kind: 'speed', direction: handle, to: signal }
    case 'cycle': return { kind: 'cycle' }
  }
}

/** One press: a second, or a whole unit of speed; with Alt a tenth of it. */
export const pressOf = (handle: Handle, fine: boolean): number => (handle === 'outbound' || handle === 'inbound' ? meant('speed', 1) : 1) * (fine ? 0.1 : 1)

export function nudgeFocused(desk: Desk, sign: 1 | -1, event: { shiftKey: boolean; altKey: boolean }): void {
  const at = desk.focused.value
  if (at !== undefined) desk.nudge(targetOf(at.signal, at.handle), sign * pressOf(at.handle, event.altKey), desk.modifiers(event))
}

export function SignalGrid({ desk }: { desk: Desk }) {
  const table = useRef<HTMLTableElement>(null)
  const stations = desk.ghost.stations
  const at = desk.focused.value ?? { signal: stations[0]?.signal ?? '', handle: 'offset' as const }
  const focusCell = (signal: string, handle: Handle): void => {
    desk.settleNudge()
    desk.focused.value = { signal, handle }
    requestAnimationFrame(() => table.current?.querySelector<HTMLElement>(`[data-cell="${CSS.escape(`${signal}/${handle}`)}"]`)?.focus({ preventScroll: true }))
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    const row = stations.findIndex(({ signal }) => signal === at.signal)
    const column = HANDLES.indexOf(at.handle)
    const act = keys(event, {
      // Outbound is upwards in the picture.
      up: () => focusCell(stations[Math.min(stations.length - 1, row + 1)]!.signal, at.handle), down: () => focusCell(stations[Math.max(0, row - 1)]!.signal, at.handle),
      less: () => nudgeFocused(desk, -1, event), more: () => nudgeFocused(desk, 1, event), next: column + 1 < HANDLES.length ? () => focusCell(at.signal, HANDLES[column + 1]!) : undefined,
      before: column > 0 ? () => focusCell(at.signal, HANDLES[column - 1]!) : undefined, keep: desk.settleNudge, giveUp: desk.giveUp,
    })
    if (act === undefined) return
    event.preventDefault()
    event.stopPropagation()
    act()
  }
  return (
    <div class="ts-hidden">
      <p id="ts-help">{words().diagramHelp}</p>
      <table ref={table} role="grid" aria-label={words().table} aria-describedby="ts-help" onKeyDown={onKeyDown} onFocusOut={desk.settleNudge}>
        <thead><tr><th scope="col">{words().signal}</th><th scope="col">{words().offset}</th><th scope="col">{words().split}</th><th scope="col">{words().outboundTo}</th><th scope="col">{words().inboundTo}</th><th scope="col">{words().cycle}</th><th scope="col">{words().bandTo.outbound}</th><th scope="col">{words().bandTo.inbound}</th></tr></thead>
        <tbody>{stations.toReversed().map(({ signal, name }) => <GridRow key={signal} desk={desk} signal={signal} name={named(name)} current={at.signal === signal ? at.handle : undefined} focus={focusCell} />)}</tbody>
      </table>
      <p role="status" aria-live="polite">{desk.wall.value === undefined ? '' : words().wall}</p>
    </div>
  )
}

function GridRow({ desk, signal, name, current, focus }: { desk: Desk; signal: string; name: string; current: Handle | undefined; focus: (signal: string, handle: Handle) => void }) {
  const values = useRowValues(desk, signal)
  return (
    <tr aria-selected={desk.selected.value.has(signal)}>
      <th scope="row">{name}</th>
      {HANDLES.map((handle) => <td key={handle} role="gridcell" data-cell={`${signal}/${handle}`} tabIndex={current === handle ? 0 : -1} onFocus={() => { if (current !== handle) focus(signal, handle) }}>{values[handle]}</td>)}
      <td>{values.bands.outbound}</td><td>{values.bands.inbound}</td>
    </tr>
  )
}

/** Texts as signals, so that a drag writes the cells that change and renders no row. */
function useRowValues(desk: Desk, signal: string) {
  const { session } = desk
  const planned = useComputed(() => intersectionOf(session.document.value, signal))
  const told = (value: number | undefined, say: (value: number) => string): string => (value === undefined ? '' : say(value))
  const speedTo = (direction: Direction): string => told(session.document.value.bands.find((band) => band.direction === direction)?.links.find(({ to }) => to === signal)?.speed_mps, speed)
  const band = (direction: Direction): string => {
    const found = session.preview.value?.links.find((link) => link.direction === direction && link.to === signal)
    return found === undefined ? '' : `${seconds(found.width_s, 1)}, ${percent(found.share)}`
  }
  return {
    offset: useComputed(() => told(desk.offsetShown(signal), plainSeconds)),
    split: useComputed(() => told(planned.value === undefined ? undefined : coordinatedSplit(desk.street.graph.getSignal(signal), planned.value)?.split_s, plainSeconds)),
    outbound: useComputed(() => speedTo('outbound')), inbound: useComputed(() => speedTo('inbound')),
    cycle: useComputed(() => told(planned.value?.cycle_s, plainSeconds)),
    bands: { outbound: useComputed(() => band('outbound')), inbound: useComputed(() => band('inbound')) },
  }
}

interface Acts { up: () => void; down: () => void; less: () => void; more: () => void; next: (() => void) | undefined; before: (() => void) | undefined; keep: () => void; giveUp: () => void }

function keys(event: KeyboardEvent, acts: Acts): (() => void) | undefined {
  if (event.ctrlKey || event.metaKey) return undefined
  switch (event.key) {
    case 'ArrowUp': return acts.up
    case 'ArrowDown': return acts.down
    case 'ArrowLeft': return acts.less
    case 'ArrowRight': return acts.more
    case 'Tab': return event.shiftKey ? acts.before : acts.next
    case 'Enter': return acts.keep
    case 'Escape': return acts.giveUp
    default: return undefined
  }
}
