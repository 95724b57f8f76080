// Seconds of green from one part of a signal's cycle to another; whether rules allow it is for the caller to ask.
import type { BarrierGroup, Pattern, PhaseSplit, RingPattern, StagePattern } from '../../model/signal.ts'

export interface SplitMove {
  /** In words, the same for the same change. */
  name: string
  pattern: Pattern
}

/** In: whole seconds above 0. Out: the pattern with so much green moved, once for every giver and taker. */
export const splitMoves = (pattern: Pattern, by_s: number): SplitMove[] => (pattern.kind === 'rings' ? ringSplits(pattern, by_s) : stageSplits(pattern, by_s))

function stageSplits(pattern: StagePattern, by_s: number): SplitMove[] {
  const own = pattern.stages.flatMap(({ kind }, i) => (kind === 'stage' ? [i] : []))
  return own.flatMap((from) => own.filter((to) => to !== from).map((to): SplitMove => ({
    name: `${by_s} s from stage ${pattern.stages[from]!.id} to ${pattern.stages[to]!.id}`,
    pattern: { ...pattern, stages: pattern.stages.map((stage, i) => (i === from ? { ...stage, duration_s: stage.duration_s - by_s } : i === to ? { ...stage, duration_s: stage.duration_s + by_s } : stage)) },
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

function ringSplits(pattern: RingPattern, by_s: number): SplitMove[] {
  return [...withinBarriers(pattern, by_s), ...acrossBarriers(pattern, by_s)]
}

function withinBarriers(pattern: RingPattern, by_s: number): SplitMove[] {
  return pattern.barriers.flatMap(({ rings }, barrier) => rings.flatMap((entries, ring) => entries.flatMap((_, from) => entries.flatMap((_entry, to): SplitMove[] => {
    if (to === from) return []
    const [giver, taker] = [{ barrier, ring, at: from }, { barrier, ring, at: to }]
    return [{
      name: `${by_s} s from phase ${nameAt(pattern, giver)} to ${nameAt(pattern, taker)}`,
      pattern: withSeconds(pattern, [{ ...giver, by_s: -by_s }, { ...taker, by_s }]),
    }]
  }))))
}

/** All rings cross a barrier together: each gives in one barrier group and takes in the other. */
function acrossBarriers(pattern: RingPattern, by_s: number): SplitMove[] {
  const { barriers } = pattern
  /** One phase of every ring that has any there. */
  const choices = (barrier: number): Place[][] => barriers[barrier]!.rings.reduce<Place[][]>(
    (before, entries, ring) => (entries.length === 0 ? before : before.flatMap((places) => entries.map((_, at) => [...places, { barrier, ring, at }]))), [[]])
  return barriers.flatMap((_, from) => barriers.flatMap((_barrier, to): SplitMove[] => (to === from ? [] : choices(from).flatMap((givers) => choices(to).map((takers): SplitMove => ({
    name: `${by_s} s from phase ${givers.map((place) => nameAt(pattern, place)).join(' and ')} to ${takers.map((place) => nameAt(pattern, place)).join(' and ')}`,
    pattern: withSeconds(pattern, [...givers.map((place) => ({ ...place, by_s: -by_s })), ...takers.map((place) => ({ ...place, by_s }))]),
  }))))))
}
