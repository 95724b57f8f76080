// What every connection shows, kept up to date step by step. Signals that run by their windows are looked up again only
// when they can change; those under control of their own are run tick by tick (simulation/signals).
import { displayAt, TIME_TOLERANCE_S, type Display } from '../../model/compile.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CompiledGroup, CompiledSignal } from '../../model/plan.ts'
import { modulo } from '../../model/units.ts'
import type { SimulationInput } from '../input.ts'
import type { PreparedNetwork } from '../prepare.ts'
import { TICKS_PER_S } from '../signals/controller.ts'
import type { Traffic } from '../signals/detectors.ts'
import { SignalRecorder, type ShownSignal } from '../signals/log.ts'
import { SignalRun } from '../signals/signal-run.ts'
import { opposingGroups } from '../signals/traps.ts'

export const RED = 0
/** After a protected or a permissive green. */
export const YELLOW = 1
export const YELLOW_PERMISSIVE = 2
export const PERMISSIVE = 3
export const PROTECTED = 4
/** No signal, or switched off: by rank. */
export const BY_RANK = 5

/** What a group shows. */
interface Lantern {
  connections: number[]
  display: Display
}

interface Watch extends Lantern {
  compiled: CompiledSignal
  group: CompiledGroup
  /** Instants of change in the local clock, sorted. */
  changes: number[]
  next_s: number
}

interface Controlled {
  run: SignalRun
  /** By group of the signal; absent where no connection follows it. */
  lanterns: (Lantern | undefined)[]
}

export interface SignalHeads {
  /** Per connection. */
  shows: Uint8Array
  /** Per connection: master time at which its yellow ends, while it shows one. */
  until: Float64Array
  watches: Watch[]
  controlled: Controlled[]
  /** Per connection: the lanterns of its groups and whether each is protected. */
  heads: { watch: Lantern; isProtected: boolean }[][]
  log: SignalRecorder | undefined
  /** Counts every change of what a connection shows. */
  changes: number
  /** No group of a fixed-time signal changes before, master time. */
  nextFixed: number
}

/** What the heads need of the input of a run. */
export type SignalInput = Pick<SimulationInput, 'signals' | 'control' | 'plan_changes' | 'options' | 'steered'>

export function createSignalHeads(prepared: PreparedNetwork, input: SignalInput): SignalHeads {
  const { network } = prepared
  const { start_s } = input.options
  const byId = new Map(input.signals.map((signal) => [signal.signal, signal]))
  const controlled = createControlled(prepared, input, byId)
  const watches = new Map<string, Watch>()
  const shows = new Uint8Array(prepared.connections).fill(BY_RANK)
  const heads = network.connections.map((connection, c) => {
    const signalId = network.movements[prepared.connMovement[c]!]!.signal
    const compiled = signalId === undefined ? undefined : byId.get(signalId)
    if (compiled === undefined || connection.groups === undefined || connection.groups.length === 0) return []
    const own = controlled.get(compiled.signal)
    if (own !== undefined) return controlledHead(prepared, own, c)
    return connection.groups.map(({ group, right_of_way }) => {
      const key = `${compiled.signal} ${group}`
      const watch = watches.get(key) ?? createWatch(compiled, group)
      watches.set(key, watch)
      watch.connections.push(c)
      return { watch, isProtected: right_of_way === 'protected' }
    })
  })
  const log = input.options.record_signals === true ? new SignalRecorder() : undefined
  const result: SignalHeads = { shows, until: new Float64Array(prepared.connections), watches: [...watches.values()], controlled: [...controlled.values()], heads, log, changes: 0, nextFixed: -Infinity }
  for (const own of result.controlled) startControlled(result, own, start_s)
  updateSignalHeads(result, start_s)
  return result
}

/** Signals with a control of their own, or whose plan changes during the run; all of a steered run. */
function createControlled(prepared: PreparedNetwork, input: SignalInput, byId: ReadonlyMap<string, CompiledSignal>): Map<string, Controlled> {
  const { control = [], plan_changes = [], options, steered = false } = input
  const context = { prepared, seed: options.seed, step_s: options.step_s, steered }
  const changed = new Set(plan_changes.flatMap(({ signals }) => signals.map(({ signal }) => signal)))
  const controls = new Map(control.map((one) => [one.signal, one]))
  const found = new Map<string, Controlled>()
  for (const id of new Set([...control.filter(({ type }) => type !== 'fixed').map(({ signal }) => signal), ...changed, ...(steered ? byId.keys() : [])])) {
    const [signal, compiled] = [prepared.network.signals.find((candidate) => candidate.id === id), byId.get(id)]
    if (signal === undefined || compiled === undefined) throw new GreenwaveError('input.reference', `there is a control or a change of plan for signal "${id}", which ${signal === undefined ? 'does not exist' : 'runs no plan'}`)
    const own = controls.get(id)
    const changes = plan_changes.flatMap(({ time_s, signals, patterns = [], control: later = [], transition }) => signals.filter((next) => next.signal === id).map((next) => {
      const { pattern: _old, ...settings } = later.find((one) => one.signal === id) ?? own ?? { signal: id, type: 'fixed' as const }
      const pattern = patterns.find((candidate) => candidate.signal === id)
      return { time_s, program: { compiled: next, control: { ...settings, ...(pattern === undefined ? {} : { pattern }), ...(transition === undefined ? {} : { transition }) } } }
    }))
    const run = new SignalRun(context, signal, { compiled, ...(own === undefined ? {} : { control: own }) }, changes, options.start_s)
    found.set(id, { run, lanterns: signal.groups.map(() => undefined) })
  }
  return found
}

/** The lanterns that a connection follows. The arrow of a permissive turn follows the opposing throughs, so that it never ends before they do. */
function controlledHead(prepared: PreparedNetwork, own: Controlled, c: number): SignalHeads['heads'][number] {
  const { groups } = own.run.signal
  const follow = (id: string, isProtected: boolean): SignalHeads['heads'][number] => {
    const g = groups.findIndex((group) => group.id === id)
    if (g === -1) throw new GreenwaveError('input.reference', `signal ${own.run.signal.id} has no group "${id}"`)
    const lantern = own.lanterns[g] ?? { connections: [], display: 'red' as const }
    own.lanterns[g] = lantern
    lantern.connections.push(c)
    return [{ watch: lantern, isProtected }]
  }
  return prepared.network.connections[c]!.groups!.flatMap(({ group, right_of_way }) => {
    const arrow = right_of_way === 'permissive' && groups.find(({ id }) => id === group)?.flashing_yellow_arrow === true
    const opposing = arrow ? [...new Set(opposingGroups(prepared, c))] : []
    return opposing.length > 0 ? opposing.flatMap((id) => follow(id, false)) : follow(group, right_of_way === 'protected')
  })
}

const DISPLAYS: readonly Display[] = ['red', 'yellow', 'green']

function startControlled(signals: SignalHeads, own: Controlled, t: number): void {
  own.run.signal.groups.forEach((_, g) => showControlled(signals, own, t, g, own.run.shows[g]!))
}

function showControlled(signals: SignalHeads, { run, lanterns }: Controlled, t: number, g: number, shows: number): void {
  const display = DISPLAYS[shows]!
  signals.log?.record(t, run.signal.id, run.signal.groups[g]!.id, display)
  const lantern = lanterns[g]
  if (lantern === undefined) return
  lantern.display = display
  for (const c of lantern.connections) {
    signals.shows[c] = headOf(signals.heads[c]!)
    signals.changes++
    if (display === 'yellow') signals.until[c] = run.yellowEnd[g]! / TICKS_PER_S
  }
}

function createWatch(compiled: CompiledSignal, id: string): Watch {
  const group = compiled.groups.find((candidate) => candidate.id === id)
  if (group === undefined) throw new GreenwaveError('input.reference', `signal ${compiled.signal} has no compiled group "${id}"`)
  const changes = group.green_windows_s
    .flatMap(([start, end]) => [start, end, end + group.yellow_s])
    .map((t) => modulo(t, compiled.cycle_s))
    .sort((a, b) => a - b)
  return { compiled, group, changes, next_s: -Infinity, connections: [], display: 'red' }
}

/** Brings all heads to time t. `traffic` and the number of the step are for those that detectors govern. */
export function updateSignalHeads(signals: SignalHeads, t: number, traffic?: Traffic, step = 0): void {
  for (const own of signals.controlled) own.run.advance(t, step, traffic, (time_s, g, shows) => showControlled(signals, own, time_s, g, shows))
  if (t < signals.nextFixed - TIME_TOLERANCE_S) return
  signals.nextFixed = Infinity
  for (const watch of signals.watches) {
    if (watch.next_s < signals.nextFixed && t < watch.next_s - TIME_TOLERANCE_S) signals.nextFixed = watch.next_s
    if (t < watch.next_s - TIME_TOLERANCE_S) continue
    // Just after the instant, so that rounding never shows the state that has just ended.
    const display = displayAt(watch.compiled, watch.group, t + TIME_TOLERANCE_S)
    signals.log?.record(watch.next_s === -Infinity ? t : watch.next_s, watch.compiled.signal, watch.group.id, display)
    watch.next_s = nextChange(watch, t)
    if (watch.next_s < signals.nextFixed) signals.nextFixed = watch.next_s
    watch.display = display
    for (const c of watch.connections) {
      signals.shows[c] = headOf(signals.heads[c]!)
      signals.changes++
      if (display === 'yellow') signals.until[c] = watch.next_s
    }
  }
}

function nextChange(watch: Watch, t: number): number {
  const cycle = watch.compiled.cycle_s
  const local = modulo(t + 2 * TIME_TOLERANCE_S - watch.compiled.offset_s, cycle)
  if (watch.changes.length === 0) return Infinity
  const later = watch.changes.find((change) => change > local)
  return t + (later ?? watch.changes[0]! + cycle) - local
}

function headOf(heads: SignalHeads['heads'][number]): number {
  let best = RED
  for (const { watch, isProtected } of heads) {
    const state = watch.display === 'green' ? (isProtected ? PROTECTED : PERMISSIVE)
      : watch.display === 'yellow' ? (isProtected ? YELLOW : YELLOW_PERMISSIVE) : RED
    // A protected yellow outlives a permissive one: nobody is sent back to yielding at the end of a green arrow.
    const beats = best === YELLOW || best === YELLOW_PERMISSIVE ? state >= PERMISSIVE || state === YELLOW : state > best
    if (beats) best = state
  }
  return best
}

/** What was shown, for the result of a run. */
export function listShown(signals: SignalHeads): { signals?: ShownSignal[] } {
  if (signals.log === undefined) return {}
  const counts = new Map(signals.controlled.map(({ run }) => [run.signal.id, run.count]))
  return { signals: signals.log.result((id) => counts.get(id)) }
}
