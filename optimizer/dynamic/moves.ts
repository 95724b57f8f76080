// What may be changed at a signal next: its offset a little earlier or later, and seconds of green from one phase to another, minimums,
// maximums and the distance from the schedule kept. Pure lists; which of them helps is for `search.ts`.
import type { GroupId, Pattern, RingPattern, Signal, StagePattern } from '../../model/signal.ts'
import { modulo, type Seconds } from '../../model/units.ts'
import { leastGreen } from '../splits/index.ts'
import { offsetDifference } from './step.ts'

export interface MoveRange {
  /** Most that an offset may lie away from the schedule's, s. */
  offset_s: Seconds
  /** Most that a green may differ from the schedule's, s. */
  split_s: Seconds
  /** Most that a green may lose of the schedule's, share of it. */
  split_loss: number
}

/** Fine steps find the last second, coarse ones leave a shallow valley, s. */
const OFFSET_STEPS_S = [1, -1, 3, -3, 7, -7] as const
const SPLIT_STEP_S = 2

/** Patterns one move away from `pattern` that stay in range of the schedule's. */
export function listMoves(signal: Signal, pattern: Pattern, schedule: Pattern, range: MoveRange): Pattern[] {
  const offsets = OFFSET_STEPS_S.flatMap((step): Pattern[] => {
    const offset_s = modulo(pattern.offset_s + step, pattern.cycle_s)
    return Math.abs(offsetDifference(schedule.offset_s, offset_s, pattern.cycle_s)) <= range.offset_s ? [{ ...pattern, offset_s }] : []
  })
  const splits = pattern.kind === 'rings' ? ringMoves(signal, pattern, schedule as RingPattern, range) : stageMoves(signal, pattern, schedule as StagePattern, range)
  return [...offsets, ...splits]
}

interface Bounds {
  least: number
  most: number
}

/** What the schedule itself gives is always allowed. */
function boundsOf(least: number, most: number | undefined, scheduled: number, range: MoveRange): Bounds {
  return { least: Math.max(Math.min(least, scheduled), scheduled - Math.min(range.split_s, range.split_loss * scheduled)), most: Math.min(Math.max(most ?? Infinity, scheduled), scheduled + range.split_s) }
}

function ringMoves(signal: Signal, pattern: RingPattern, schedule: RingPattern, range: MoveRange): RingPattern[] {
  const bounds = new Map<GroupId, Bounds>()
  for (const { phase, split_s } of schedule.barriers.flatMap(({ rings }) => rings.flat())) {
    const group = signal.groups.find(({ id }) => id === phase)
    if (group === undefined) continue
    const change = group.yellow_s + group.red_clearance_s
    bounds.set(phase, boundsOf(leastGreen(group) + change, group.max_green_s === undefined ? undefined : group.max_green_s + change, split_s, range))
  }
  const give = (gifts: readonly { from?: GroupId; to?: GroupId }[]): RingPattern[] => {
    const barriers = pattern.barriers.map(({ rings }) => ({
      rings: rings.map((ring) => ring.map(({ phase, split_s }) => ({ phase, split_s: gifts.reduce((s, { from, to }) => s + (to === phase ? SPLIT_STEP_S : 0) - (from === phase ? SPLIT_STEP_S : 0), split_s) }))),
    }))
    const fits = barriers.every(({ rings }) => rings.flat().every(({ phase, split_s }) => {
      const own = bounds.get(phase)
      return own !== undefined && split_s >= own.least && split_s <= own.most
    }))
    return fits ? [{ ...pattern, barriers }] : []
  }
  const inside = pattern.barriers.flatMap(({ rings }) => rings.flatMap((ring) => ring.slice(1).flatMap(({ phase }, i) => {
    const before = ring[i]!.phase
    return [...give([{ from: before, to: phase }]), ...give([{ from: phase, to: before }])]
  })))
  const across = pattern.barriers.flatMap((barrier, b) => pattern.barriers.flatMap((other, o) => {
    if (o === b) return []
    const gifts = [
      ...barrier.rings.flatMap((ring) => (ring.length === 0 ? [] : [{ from: donor(ring, bounds) }])),
      ...other.rings.flatMap((ring) => (ring.length === 0 ? [] : [{ to: receiver(ring, pattern.coordinated) }])),
    ]
    return give(gifts)
  }))
  return [...inside, ...across]
}

type Ring = RingPattern['barriers'][number]['rings'][number]

/** Who can best spare green: the phase farthest above what it must have. */
function donor(ring: Ring, bounds: ReadonlyMap<GroupId, Bounds>): GroupId {
  const spare = ({ phase, split_s }: Ring[number]): number => split_s - (bounds.get(phase)?.least ?? split_s)
  return ring.reduce((a, b) => (spare(b) > spare(a) ? b : a)).phase
}

/** Who carries the corridor, else the longest; shares within the ring are moves of their own. */
function receiver(ring: Ring, coordinated: readonly GroupId[]): GroupId {
  return (ring.find(({ phase }) => coordinated.includes(phase)) ?? ring.reduce((a, b) => (b.split_s > a.split_s ? b : a))).phase
}

function stageMoves(signal: Signal, pattern: StagePattern, schedule: StagePattern, range: MoveRange): StagePattern[] {
  const steady = pattern.stages.flatMap(({ kind }, i) => (kind === 'stage' ? [i] : []))
  const bounds = pattern.stages.map(({ green, min_s, max_s }, i) => {
    const least = Math.max(min_s ?? 0, ...green.map((id) => signal.groups.find((group) => group.id === id)).flatMap((group) => (group === undefined ? [] : [leastGreen(group)])))
    return boundsOf(least, max_s, schedule.stages[i]!.duration_s, range)
  })
  return steady.flatMap((from) => steady.flatMap((to): StagePattern[] => {
    if (from === to) return []
    const stages = pattern.stages.map((stage, i) => ({ ...stage, duration_s: stage.duration_s + (i === to ? SPLIT_STEP_S : 0) - (i === from ? SPLIT_STEP_S : 0) }))
    return stages[from]!.duration_s >= bounds[from]!.least && stages[to]!.duration_s <= bounds[to]!.most ? [{ ...pattern, stages }] : []
  }))
}
