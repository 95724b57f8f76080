// Editor of one signal's timing within a plan: bars to scale, table beside, what is green together, and what breaks a rule. Shares the session of the plan
// with the time-space diagram, so undo and saving are one thing.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { PlannedIntersection } from '../../model/plan.ts'
import type { Signal } from '../../model/signal.ts'
import type { EditingSession } from '../editing/session.ts'
import { setOffset } from '../editing/moves.ts'
import { useCommands } from '../shell/commands.ts'
import { Bars } from './bars.tsx'
import { duplicatePart, listIntervals, listPlaces, movePart, nameOf, removePart } from './structure.ts'
import { TimingTable } from './table.tsx'
import { seconds, words } from './words.ts'
import { ruleText } from '../words/rules.ts'
import './stages.css'

export function TimingEditor({ session, signal: id }: { session: EditingSession; signal: string }) {
  const one = session.document.value.intersections.find((other) => other.signal === id)
  const original = session.original.intersections.find((other) => other.signal === id)
  const [picked, pick] = useState<number | undefined>(undefined)
  const [frame, width] = useWidth()
  useEffect(() => pick(undefined), [id])
  const signal = one === undefined ? undefined : session.graph.getSignal(id)
  const current = useRef({ session, one, signal, picked })
  current.current = { session, one, signal, picked }
  // Commands are declared once and act on what stands then.
  useCommands([
    { id: 'stages.undo', title: () => words().undo, keys: ['Ctrl+z'], enabled: () => current.current.session.canUndo.value, run: () => current.current.session.undo() },
    { id: 'stages.redo', title: () => words().redo, keys: ['Ctrl+y', 'Ctrl+Shift+z'], enabled: () => current.current.session.canRedo.value, run: () => current.current.session.redo() },
    ...partCommands(() => current.current, pick),
  ], [])
  if (one === undefined || signal === undefined) return <p role="alert">{words().not_in_plan}</p>
  const faults = (session.preview.value?.faults ?? []).filter((fault) => fault.signal === undefined || fault.signal === id)
  const commit = (edits?: Parameters<EditingSession['commit']>[0]): void => session.commit(edits)
  return (
    <section class="st-editor" aria-label={words().title(one.name ?? id)}>
      <div class="st-top">
        <Head session={session} signal={signal} one={one} />
        <p class="st-saving" role="status">{words()[session.state.value]}</p>
      </div>
      <div ref={frame} class="st-frame">
        {width === 0 ? null : <Bars signal={signal} one={one} original={original} width={width} picked={picked} pick={pick} trial={(edits) => session.trial(edits)} commit={commit} />}
      </div>
      <p class="st-hint">{words().hint}</p>
      <Faults faults={faults} />
      <TimingTable graph={session.graph} signal={signal} one={one} faults={faults} picked={picked} pick={pick} commit={commit} />
      <Together one={one} />
    </section>
  )
}

interface Now { session: EditingSession; one: PlannedIntersection | undefined; signal: Signal | undefined; picked: number | undefined }

/** Of the part that is picked: the same as the buttons of its row. */
function partCommands(now: () => Now, pick: (part: number | undefined) => void) {
  const has = (): boolean => now().picked !== undefined && now().one !== undefined
  const name = (): string => { const { one, picked } = now(); return one === undefined || picked === undefined ? '' : nameOf(one, picked) }
  const move = (by: -1 | 1) => (): void => {
    const { session, one, picked } = now()
    const moved = movePart(one!, picked!, by)
    if (moved.edits.length === 0) return
    session.commit(moved.edits)
    pick(moved.part)
  }
  const step = (by: -1 | 1) => (): void => {
    const { one, picked } = now()
    if (one !== undefined) pick(Math.min(listPlaces(one).length - 1, Math.max(0, (picked ?? (by > 0 ? -1 : listPlaces(one).length)) + by)))
  }
  return [
    { id: 'stages.next', title: () => words().phase, keys: [']'], run: step(1) },
    { id: 'stages.previous', title: () => words().phase, keys: ['['], run: step(-1) },
    { id: 'stages.left', title: () => words().move_left(name()), keys: ['Alt+ArrowLeft'], enabled: has, run: move(-1) },
    { id: 'stages.right', title: () => words().move_right(name()), keys: ['Alt+ArrowRight'], enabled: has, run: move(1) },
    { id: 'stages.duplicate', title: () => words().duplicate(name()), keys: ['d'], enabled: has, run: () => now().session.commit(duplicatePart(now().signal!, now().one!, now().picked!)) },
    { id: 'stages.remove', title: () => words().remove(name()), keys: ['Delete'], enabled: has, run: () => now().session.commit(removePart(now().one!, now().picked!)) },
  ]
}

function useWidth() {
  const frame = useRef<HTMLDivElement>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const measure = (): void => setWidth(Math.max(560, Math.floor(frame.current?.clientWidth ?? 0)))
    measure()
    const watch = new ResizeObserver(measure)
    if (frame.current !== null) watch.observe(frame.current)
    return () => watch.disconnect()
  }, [])
  return [frame, width] as const
}

function Head({ session, signal, one }: { session: EditingSession; signal: Signal; one: PlannedIntersection }) {
  const [typed, setTyped] = useState<string | undefined>(undefined)
  const keep = (): void => {
    const s = Number(typed?.replace(',', '.'))
    if (typed !== undefined && typed.trim() !== '' && Number.isFinite(s)) session.commit(setOffset(session.document.value, signal.id, s))
    setTyped(undefined)
  }
  return (
    <dl class="st-head">
      <div><dt>{words().cycle}</dt><dd>{seconds(one.cycle_s)} s</dd></div>
      <div>
        <dt><label for="st-offset">{words().offset}, s</label></dt>
        <dd><input id="st-offset" class="st-length-input" inputMode="decimal" value={typed ?? seconds(one.offset_s)} onInput={({ currentTarget }) => setTyped(currentTarget.value)} onBlur={keep} onKeyDown={(event) => { if (event.key === 'Enter') keep() }} /></dd>
      </div>
      <div><dt>{words().reference}</dt><dd>{words().references[one.offset_reference]}</dd></div>
      <div><dt>{words().coordinated}</dt><dd>{one.coordinated.join(', ')}</dd></div>
    </dl>
  )
}

function Faults({ faults }: { faults: readonly { code: string; sentence: string; value?: number; limit?: number }[] }) {
  if (faults.length === 0) return <p class="st-valid" role="status">✓ {words().valid}</p>
  return (
    <div class="st-faults" role="alert">
      <p>⚠ {words().faults(faults.length)}</p>
      <ul>{faults.map((fault) => <li key={fault.sentence} title={fault.sentence}>{ruleText(fault.code, fault.value, fault.limit, fault.sentence)}</li>)}</ul>
    </div>
  )
}

/** What is green together, one after the other: stages, also of a signal that is written as rings. */
function Together({ one }: { one: PlannedIntersection }) {
  const intervals = listIntervals(one.signal_groups, one.cycle_s)
  return (
    <section class="st-together" aria-label={words().stages_view}>
      <h3>{words().stages_view}</h3>
      <ol>
        {intervals.map(({ start_s, end_s, green }) => (
          <li key={start_s} class={green.length === 0 ? 'st-all-red' : ''} style={{ flexGrow: end_s - start_s }}>
            <b>{green.length === 0 ? words().no_group : green.join(' + ')}</b>
            <span>{seconds(end_s - start_s)} s</span>
          </li>
        ))}
      </ol>
    </section>
  )
}
