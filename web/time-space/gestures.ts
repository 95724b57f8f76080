// From what is held and how far it is moved to edits, the same for pointer and keyboard; and what to say of it. Pure; s, m, m/s.
import type { Violation } from '../../model/check-plan.ts'
import { referencePoint } from '../../model/compile.ts'
import type { Direction, Plan } from '../../model/plan.ts'
import type { SignalId } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { patternOf } from '../../plans/street.ts'
import type { PlanEdit } from '../../plans/workflow/edits.ts'
import { changeCycle, coordinatedSplit, downstreamOf, intersectionOf, listEdges, moveEdge, setSpeed, shiftOffsets, type Edge } from '../editing/moves.ts'
import type { Street } from './scene-of.ts'

export type Target =
  | { kind: 'offset'; signal: SignalId }
  /** End of the coordinated part. */
  | { kind: 'split'; signal: SignalId }
  /** The change of colour seen at a local time. */
  | { kind: 'edge'; signal: SignalId; at_s: number; side: 'begin' | 'end' }
  | { kind: 'speed'; direction: Direction; to: SignalId }
  | { kind: 'cycle' }

export interface Modifiers {
  /** Tenths of a second; tenths of a unit of speed. */
  fine: boolean
  /** All downstream, or the whole corridor. */
  wide: boolean
  selected: ReadonlySet<SignalId>
}

/** What came of it; values to tell at the pointer. */
export interface Moved {
  edits: PlanEdit[]
  wall?: { code: string; sentence: string; value: number; limit: number }
  told: { kind: 'offset'; offset_s: number; by_s: number } | { kind: 'split'; split_s: number; by_s: number } | { kind: 'speed'; speed_mps: number; travel_s: number } | { kind: 'cycle'; cycle_s: number } | undefined
}

const snap = (value: number, fine: boolean): number => (fine ? Math.round(value * 10) / 10 : Math.round(value))

/** `by` is in seconds for offsets, edges and the cycle, in metres per second for speeds. */
export function move(street: Street, plan: Plan, target: Target, by: number, modifiers: Modifiers): Moved {
  switch (target.kind) {
    case 'offset': return moveOffset(street, plan, target.signal, by, modifiers)
    case 'split':
    case 'edge': return moveSplit(street, plan, target, by, modifiers)
    case 'speed': return moveSpeed(street, plan, target, by, modifiers)
    case 'cycle': return moveCycle(street, plan, by)
  }
}

function moveOffset({ corridor }: Street, plan: Plan, signal: SignalId, by: number, { fine, wide, selected }: Modifiers): Moved {
  const one = intersectionOf(plan, signal)
  if (one === undefined) return { edits: [], told: undefined }
  const by_s = snap(one.offset_s + by, fine) - one.offset_s
  const order = corridor.corridor.intersections
  const together = wide ? downstreamOf(order, signal, 'outbound') : selected.has(signal) ? [...selected] : [signal]
  return { edits: shiftOffsets(plan, together, by_s), told: { kind: 'offset', offset_s: modulo(one.offset_s + by_s, one.cycle_s), by_s } }
}

function moveSplit({ graph }: Street, plan: Plan, target: Extract<Target, { kind: 'split' | 'edge' }>, by: number, { fine }: Modifiers): Moved {
  const one = intersectionOf(plan, target.signal)
  if (one === undefined) return { edits: [], told: undefined }
  const signal = graph.getSignal(target.signal)
  const own = coordinatedSplit(signal, one)
  const edge = target.kind === 'split' ? own?.edge : edgeSeenAt(listEdges(signal, one), modulo(target.at_s + referencePoint(signal, patternOf(one), one.offset_reference), one.cycle_s), target.side, one.cycle_s)
  if (edge === undefined || own === undefined) return { edits: [], told: undefined }
  const { edits, by_s, wall } = moveEdge(signal, one, edge, snap(by, fine), fine ? 0.1 : 1)
  const split_s = own.split_s + (own.edge === edge || sameEdge(own.edge, edge) ? by_s : 0)
  return { edits, told: { kind: 'split', split_s, by_s }, ...(wall === undefined ? {} : { wall: wallOf(wall) }) }
}

const wallOf = ({ rule, sentence, value, limit }: Violation): NonNullable<Moved['wall']> => ({ code: rule, sentence, value, limit })
const sameEdge = (a: Edge | undefined, b: Edge): boolean => a !== undefined && a.before.join() === b.before.join() && a.after.join() === b.after.join()

/** The edge that makes a change of colour; a tenth of a second apart is the same. */
function edgeSeenAt(edges: readonly Edge[], at_s: number, side: 'begin' | 'end', cycle_s: number): Edge | undefined {
  const near = (time_s: number): boolean => Math.abs(modulo(time_s - at_s + cycle_s / 2, cycle_s) - cycle_s / 2) < 0.06
  return edges.find((edge) => (side === 'begin' ? edge.begin_s : edge.end_s).some(near))
}

function moveSpeed({ corridor }: Street, plan: Plan, { direction, to }: Extract<Target, { kind: 'speed' }>, by: number, { wide }: Modifiers): Moved {
  const link = plan.bands.find((band) => band.direction === direction)?.links.find((one) => one.to === to)
  if (link === undefined) return { edits: [], told: undefined }
  const leg = corridor[direction]?.legs.find((one) => one.to === to)
  const wanted = link.speed_mps + by
  const limit = leg?.speed_limit_mps ?? Infinity
  // A band that only drivers above the limit could follow is none. What is above it already may stay.
  const most = Math.max(limit, link.speed_mps)
  const speed_mps = Math.min(most, Math.max(SLOWEST_MPS, wanted))
  const wall = wanted > most + 1e-6 ? { code: 'speed-limit', sentence: '', value: wanted, limit: most } : undefined
  return { edits: setSpeed(plan, direction, to, speed_mps, wide), told: { kind: 'speed', speed_mps, travel_s: link.distance_m / speed_mps }, ...(wall === undefined ? {} : { wall }) }
}

/** Bands slower than a bicycle coordinate nobody. */
const SLOWEST_MPS = 15 / 3.6
const SHORTEST_CYCLE_S = 30
const LONGEST_CYCLE_S = 300

function moveCycle({ graph, corridor }: Street, plan: Plan, by: number): Moved {
  // Half cycles stay whole seconds.
  const step = plan.intersections.some(({ cycle_s }) => cycle_s * 1.5 < plan.cycle_s) ? 2 : 1
  const cycle_s = Math.min(LONGEST_CYCLE_S, Math.max(SHORTEST_CYCLE_S, Math.round((plan.cycle_s + by) / step) * step))
  return { edits: changeCycle(graph, plan, corridor.corridor.intersections, cycle_s), told: { kind: 'cycle', cycle_s } }
}

/** Speed of a link whose band is held at a share of its way and pulled by so many seconds, snapped to a whole unit (`unit` is 1 km/h or 1 mph in m/s). */
export function pulledSpeed(link: { distance_m: number; speed_mps: number }, share: number, by_s: number, unit: number, fine: boolean): number {
  // Near its beginning a link turns too fast to be held.
  const travel_s = link.distance_m / link.speed_mps + by_s / Math.max(0.25, share)
  const step = fine ? unit / 10 : unit
  const speed = travel_s > 0.5 ? link.distance_m / travel_s : Infinity
  return Number.isFinite(speed) ? Math.max(step, Math.round(speed / step) * step) : 100
}
