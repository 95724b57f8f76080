// From one pattern towards another of the same structure, by no more than the limits: every boundary between greens moves by at most
// half of what a green may change. As the step of a boundary never overtakes the step of one that has farther to go, each
// green lies between its lengths in the two patterns: where both keep their minimums, so does every pattern on the way.
import { GreenwaveError } from '../../model/errors.ts'
import type { Pattern, RingPattern, StagePattern } from '../../model/signal.ts'
import { modulo, type Seconds } from '../../model/units.ts'

export interface StepLimits {
  /** Most that an offset moves at once, s. */
  offset_s: Seconds
  /** Most that a green grows or shrinks at once, s. */
  split_s: Seconds
}

/** Shorter way round the cycle from one offset to another, s, in [-cycle/2, cycle/2). */
export const offsetDifference = (from_s: Seconds, to_s: Seconds, cycle_s: Seconds): Seconds => modulo(to_s - from_s + cycle_s / 2, cycle_s) - cycle_s / 2

/** Sums of tenths leave dust far below this part of a second. */
const MICRO = 1e6

const within = (move: number, most: number): number => Math.min(most, Math.max(-most, move))

/** Throws input.value where the two are not of one signal, cycle and structure. */
export function stepToward(from: Pattern, to: Pattern, limits: StepLimits): Pattern {
  if (!isAlike(from, to)) throw new GreenwaveError('input.value', `signal ${from.signal} cannot go step by step to a pattern of another cycle or sequence`)
  const offset_s = modulo(from.offset_s + within(offsetDifference(from.offset_s, to.offset_s, from.cycle_s), limits.offset_s), from.cycle_s)
  const reach = limits.split_s / 2
  const moved = (a: readonly number[], b: readonly number[], start: readonly [number, number]): number[] => {
    let [at, goal] = start
    let last = within(goal - at, reach)
    return a.map((length, i) => {
      at += length
      goal += b[i]!
      const next = within(goal - at, reach)
      const own = length + next - last
      last = next
      return Math.round(own * MICRO) / MICRO
    })
  }
  return from.kind === 'stages'
    ? { ...from, offset_s, stages: withDurations(from, moved(durations(from), durations(to as StagePattern), [0, 0])) }
    : { ...from, offset_s, barriers: stepRings(from, to as RingPattern, moved) }
}

/** Whether one can be reached from the other by moving boundaries and the offset alone. */
export function isAlike(a: Pattern, b: Pattern): boolean {
  return a.signal === b.signal && a.cycle_s === b.cycle_s && a.offset_reference === b.offset_reference && structure(a) === structure(b)
}

const structure = (pattern: Pattern): string => JSON.stringify(pattern.kind === 'rings'
  ? pattern.barriers.map(({ rings }) => rings.map((ring) => ring.map(({ phase }) => phase)))
  : pattern.stages.map(({ id, kind, green }) => [id, kind, green]))

const durations = ({ stages }: StagePattern): number[] => stages.map(({ duration_s }) => duration_s)

const withDurations = ({ stages }: StagePattern, lengths: readonly number[]): StagePattern['stages'] => stages.map((stage, i) => ({ ...stage, duration_s: lengths[i]! }))

type Moved = (a: readonly number[], b: readonly number[], start: readonly [number, number]) => number[]

function stepRings(from: RingPattern, to: RingPattern, moved: Moved): RingPattern['barriers'] {
  const starts: [number, number] = [0, 0]
  return from.barriers.map((barrier, b) => {
    const goal = to.barriers[b]!
    const start: [number, number] = [...starts]
    starts[0] += longest(barrier.rings)
    starts[1] += longest(goal.rings)
    return {
      rings: barrier.rings.map((ring, r) => {
        const lengths = moved(ring.map(({ split_s }) => split_s), goal.rings[r]!.map(({ split_s }) => split_s), start)
        return ring.map(({ phase }, i) => ({ phase, split_s: lengths[i]! }))
      }),
    }
  })
}

const longest = (rings: RingPattern['barriers'][number]['rings']): number => Math.max(0, ...rings.map((ring) => ring.reduce((sum, { split_s }) => sum + split_s, 0)))
