// Small changes of a plan: an offset, or those of a block of neighbours; seconds of green from one part of a signal's cycle to
// another; another order of phases. Seconds throughout.
import { checkChange } from '../../model/check-plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { BarrierGroup, Pattern, PhaseSplit, RingPattern, SignalId, StagePattern } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { listSequences, nameOrder } from '../../optimizer/splits/index.ts'

export interface Move {
  /** In words, the same for the same change. */
  name: string
  kind: 'offset' | 'block' | 'split' | 'order' | 'several'
  /** The patterns that take the place of those before. */
  changed: Pattern[]
}

export type Patterns = ReadonlyMap<SignalId, Pattern>

export const moved = (patterns: Patterns, { changed }: Move): Map<SignalId, Pattern> => new Map([...patterns, ...changed.map((pattern) => [pattern.signal, pattern] as const)])

/** Beyond these a step is no polishing. */
export const OFFSET_STEPS_S = [1, 2, 3, 5, 8]
export const SPLIT_STEPS_S = [1, 2, 3]

const shifted = (pattern: Pattern, by_s: number): Pattern => ({ ...pattern, offset_s: modulo(pattern.offset_s + by_s, pattern.cycle_s) })

const signed = (seconds: number): string => (seconds > 0 ? `+${seconds} s` : `−${-seconds} s`)

/** In: a signal, or several that turn together. */
export function offsetMoves(patterns: Patterns, signals: readonly SignalId[]): Move[] {
  const own = signals.flatMap((id) => patterns.get(id) ?? [])
  const place = own.length > 2 ? `signals ${signals[0]} to ${signals.at(-1)}` : `${own.length > 1 ? 'signals' : 'signal'} ${signals.join(' and ')}`
  return OFFSET_STEPS_S.flatMap((step) => [step, -step]).map((by_s) => ({
    name: `offset of ${place} ${signed(by_s)}`, kind: own.length > 1 ? 'block' : 'offset', changed: own.map((pattern) => shifted(pattern, by_s)),
  }))
}

/** Splits and orders that keep every rule; what the street's own order allows is allowed. */
export function signalMoves(graph: RoadGraph, running: Patterns, pattern: Pattern): Move[] {
  const splits = SPLIT_STEPS_S.flatMap((by_s) => (pattern.kind === 'rings' ? ringSplits(pattern, by_s) : stageSplits(pattern, by_s)))
  const moves = [...splits, ...orders(graph, pattern)]
  return moves.filter(({ changed }) => checkChange(graph, changed, running).length === 0)
}

function stageSplits(pattern: StagePattern, by_s: number): Move[] {
  const own = pattern.stages.flatMap(({ kind }, i) => (kind === 'stage' ? [i] : []))
  return own.flatMap((from) => own.filter((to) => to !== from).map((to): Move => ({
    name: `signal ${pattern.signal}: ${by_s} s from stage ${pattern.stages[from]!.id} to ${pattern.stages[to]!.id}`, kind: 'split',
    changed: [{ ...pattern, stages: pattern.stages.map((stage, i) => (i === from ? { ...stage, duration_s: stage.duration_s - by_s } : i === to ? { ...stage, duration_s: stage.duration_s + by_s } : stage)) }],
  })))
}

/** A phase of a ring within a barrier group. */
interface Place { barrier: number; ring: number; at: number }

const nameAt = ({ barriers }: RingPattern, { barrier, ring, at }: Place): string => barriers[barrier]!.rings[ring]![at]!.phase

function withSeconds(pattern: RingPattern, changes: readonly (Place & { by_s: number })[]): RingPattern {
  const barriers = pattern.barriers.map(({ rings }, b): BarrierGroup => ({
    rings: rings.map((ring, r) => ring.map((entry, i): PhaseSplit => {
      const by_s = changes.reduce((sum, { barrier, ring: own, at, by_s: each }) => (barrier === b && own === r && at === i ? sum + each : sum), 0)
      return by_s === 0 ? entry : { ...entry, split_s: entry.split_s + by_s }
    })),
  }))
  return { ...pattern, barriers }
}

function ringSplits(pattern: RingPattern, by_s: number): Move[] {
  return [...withinBarriers(pattern, by_s), ...acrossBarriers(pattern, by_s)]
}

function withinBarriers(pattern: RingPattern, by_s: number): Move[] {
  return pattern.barriers.flatMap(({ rings }, barrier) => rings.flatMap((entries, ring) => entries.flatMap((_, from) => entries.flatMap((_entry, to): Move[] => {
    if (to === from) return []
    const [giver, taker] = [{ barrier, ring, at: from }, { barrier, ring, at: to }]
    return [{
      name: `signal ${pattern.signal}: ${by_s} s from phase ${nameAt(pattern, giver)} to ${nameAt(pattern, taker)}`, kind: 'split',
      changed: [withSeconds(pattern, [{ ...giver, by_s: -by_s }, { ...taker, by_s }])],
    }]
  }))))
}

/** All rings cross a barrier together: each gives in one barrier group and takes in the other. */
function acrossBarriers(pattern: RingPattern, by_s: number): Move[] {
  const { barriers } = pattern
  /** One phase of every ring that has any there. */
  const choices = (barrier: number): Place[][] => barriers[barrier]!.rings.reduce<Place[][]>(
    (before, entries, ring) => (entries.length === 0 ? before : before.flatMap((places) => entries.map((_, at) => [...places, { barrier, ring, at }]))), [[]])
  return barriers.flatMap((_, from) => barriers.flatMap((_barrier, to): Move[] => (to === from ? [] : choices(from).flatMap((givers) => choices(to).map((takers): Move => ({
    name: `signal ${pattern.signal}: ${by_s} s from phase ${givers.map((place) => nameAt(pattern, place)).join(' and ')} to ${takers.map((place) => nameAt(pattern, place)).join(' and ')}`, kind: 'split',
    changed: [withSeconds(pattern, [...givers.map((place) => ({ ...place, by_s: -by_s })), ...takers.map((place) => ({ ...place, by_s }))])],
  }))))))
}

function orders(graph: RoadGraph, pattern: Pattern): Move[] {
  if (pattern.kind !== 'rings') return []
  return listSequences(graph, graph.getSignal(pattern.signal), pattern, pattern.coordinated).slice(1).map((turned): Move => ({
    name: `signal ${pattern.signal}: order ${nameOrder(turned)}`, kind: 'order', changed: [turned],
  }))
}
