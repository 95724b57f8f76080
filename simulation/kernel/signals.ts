// What every connection shows, kept up to date step by step. A group's display is looked up again only when it can change.
import { displayAt, TIME_TOLERANCE_S } from '../../model/compile.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CompiledGroup, CompiledSignal } from '../../model/plan.ts'
import { modulo } from '../../model/units.ts'
import type { PreparedNetwork } from '../prepare.ts'

export const RED = 0
/** After a protected or a permissive green. */
export const YELLOW = 1
export const YELLOW_PERMISSIVE = 2
export const PERMISSIVE = 3
export const PROTECTED = 4
/** No signal, or switched off: by rank. */
export const BY_RANK = 5

interface Watch {
  compiled: CompiledSignal
  group: CompiledGroup
  /** Instants of change in the local clock, sorted. */
  changes: number[]
  next_s: number
  connections: number[]
  display: 'green' | 'yellow' | 'red'
}

export interface SignalHeads {
  /** Per connection. */
  shows: Uint8Array
  /** Per connection: master time at which its yellow ends, while it shows one. */
  until: Float64Array
  watches: Watch[]
  /** Per connection: the watches of its groups and whether each is protected. */
  heads: { watch: Watch; isProtected: boolean }[][]
}

export function createSignalHeads(prepared: PreparedNetwork, signals: readonly CompiledSignal[], start_s: number): SignalHeads {
  const { network } = prepared
  const byId = new Map(signals.map((signal) => [signal.signal, signal]))
  const watches = new Map<string, Watch>()
  const shows = new Uint8Array(prepared.connections).fill(BY_RANK)
  const heads = network.connections.map((connection, c) => {
    const signalId = network.movements[prepared.connMovement[c]!]!.signal
    const compiled = signalId === undefined ? undefined : byId.get(signalId)
    if (compiled === undefined || connection.groups === undefined || connection.groups.length === 0) return []
    return connection.groups.map(({ group, right_of_way }) => {
      const key = `${compiled.signal} ${group}`
      const watch = watches.get(key) ?? createWatch(compiled, group)
      watches.set(key, watch)
      watch.connections.push(c)
      return { watch, isProtected: right_of_way === 'protected' }
    })
  })
  const result = { shows, until: new Float64Array(prepared.connections), watches: [...watches.values()], heads }
  updateSignalHeads(result, start_s)
  return result
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

/** Brings all heads to time t. */
export function updateSignalHeads(signals: SignalHeads, t: number): void {
  for (const watch of signals.watches) {
    if (t < watch.next_s - TIME_TOLERANCE_S) continue
    // Just after the instant, so that rounding never shows the state that has just ended.
    const display = displayAt(watch.compiled, watch.group, t + TIME_TOLERANCE_S)
    watch.next_s = nextChange(watch, t)
    watch.display = display
    for (const c of watch.connections) {
      signals.shows[c] = headOf(signals.heads[c]!)
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

function headOf(heads: { watch: Watch; isProtected: boolean }[]): number {
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
