// Which signals cannot have a band together, and what would let them: in the problem as it stands, exact for real-valued offsets.
import type { BandConflict, Resolution } from '../../model/insight.ts'
import { type BandProblem, EQUAL_BANDS, feasibleAtLeast, FREE_DIVISION, type SignalPattern } from '../bands/index.ts'
import { onlySignals } from '../bands/parts.ts'
import { widened, withPatterns } from '../bands/remedies.ts'
import { withSpeed } from './next-steps.ts'

export interface ConflictOptions {
  /** Orders that a signal could run but may not now, by signal. */
  readonly forbidden_patterns?: Readonly<Record<string, readonly SignalPattern[]>>
  /** The corridor's problems at other cycles. */
  readonly other_cycles?: readonly BandProblem[]
}

/** Nobody finds more green than this at one end, s, or changes speeds by more, km/h. */
const MOST_GREEN_S = 15
const MOST_SPEED_KMH = 15

/** Undefined if the corridor has a band of `least_s` in each of its directions at once. */
export function conflictOf(problem: BandProblem, least_s: number, options: ConflictOptions = {}): BandConflict | undefined {
  if (!(least_s > 0 && Number.isFinite(least_s))) throw new RangeError(`a band of ${least_s} s cannot be asked for`)
  const fits = (each: BandProblem): boolean => each.directions === 'both'
    ? feasibleAtLeast({ ...each, division: EQUAL_BANDS }, 2 * least_s) : feasibleAtLeast({ ...each, division: FREE_DIVISION }, least_s)
  if (fits(problem)) return undefined
  // A band of the whole corridor passes every part of it: a set that fits stays so without a signal, and one pass of deletions suffices.
  let kept = problem.signals.map((_, i) => i)
  for (const i of kept) {
    const fewer = kept.filter((k) => k !== i)
    if (fewer.length > 0 && !fits(onlySignals(problem, fewer))) kept = fewer
  }
  return {
    cycle_s: problem.cycle_s, least_s, directions: problem.directions, signals: kept.map((i) => problem.signals[i]!.id),
    resolutions: [...cycleResolutions(problem, options.other_cycles ?? [], fits), ...patternResolutions(problem, kept, options, fits), ...greenResolutions(problem, kept, fits), ...speedResolutions(problem, fits)],
  }
}

type Fits = (problem: BandProblem) => boolean

function cycleResolutions(problem: BandProblem, others: readonly BandProblem[], fits: Fits): Resolution[] {
  return (['longer', 'shorter'] as const).flatMap((side): Resolution[] => {
    const way = side === 'longer' ? 1 : -1
    const beyond = others.filter(({ cycle_s }) => way * (cycle_s - problem.cycle_s) > 0).sort((a, b) => way * (a.cycle_s - b.cycle_s))
    const first = beyond.findIndex(fits)
    return first < 0 ? [] : [{ kind: 'cycle', cycle_s: beyond[first]!.cycle_s, side, onwards: beyond.slice(first).every(fits) }]
  })
}

/** A change elsewhere leaves the set in conflict. */
function patternResolutions(problem: BandProblem, kept: readonly number[], options: ConflictOptions, fits: Fits): Resolution[] {
  return kept.flatMap((i) => {
    const { id, patterns } = problem.signals[i]!
    return (options.forbidden_patterns?.[id] ?? []).filter((pattern) => fits(withPatterns(problem, i, [...patterns, pattern])))
      .map((pattern): Resolution => ({ kind: 'pattern', signal: id, pattern: pattern.id }))
  })
}

function greenResolutions(problem: BandProblem, kept: readonly number[], fits: Fits): Resolution[] {
  return kept.flatMap((i) => (['start', 'end'] as const).flatMap((at): Resolution[] => {
    const { id, patterns } = problem.signals[i]!
    for (let added_s = 1; added_s <= MOST_GREEN_S; added_s++) {
      if (fits(withPatterns(problem, i, patterns.map((pattern) => widened(pattern, added_s, at, problem.cycle_s))))) return [{ kind: 'green', signal: id, at, added_s }]
    }
    return []
  }))
}

function speedResolutions(problem: BandProblem, fits: Fits): Resolution[] {
  return [1, -1].flatMap((way): Resolution[] => {
    for (let kmh = 1; kmh <= MOST_SPEED_KMH; kmh++) if (fits(withSpeed(problem, (way * kmh) / 3.6))) return [{ kind: 'speed', added_kmh: way * kmh }]
    return []
  })
}
