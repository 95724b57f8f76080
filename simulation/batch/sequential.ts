// When do runs of two plans with the same seeds say enough? A group-sequential test on the differences per seed, its error
// rate fixed beforehand: at a few looks, whose places are fixed by the most seeds there may be, the t interval of the mean
// difference is built at the share of the error that this look may spend (Lan and DeMets 1983, spending function of Pocock
// type: alpha ln(1 + (e - 1) t) by the share t of the seeds). By Bonferroni all intervals together hold the true
// difference with probability 1 - alpha at least, so whichever look ends the test, and whatever its verdict, it is wrong
// with probability alpha at most. The t interval takes differences as independent and near normal; a difference over
// thousands of vehicles is. Stratified seeds lie nearer to their mean than independent ones: the intervals are then wide.
import { GreenwaveError } from '../../model/errors.ts'
import { mean, studentT } from './statistics.ts'

export interface SequentialRule {
  /** Chance of a wrong verdict, over all looks together. */
  alpha: number
  /** Seeds before the first look. */
  least_seeds: number
  /** Where it ends undecided if it must. */
  most_seeds: number
  /** Differences up to this matter to nobody; in the unit of the measure. */
  threshold: number
  /**
   * How the error is shared out among the looks; `pocock` by default, which ends soonest. `late` keeps nine tenths of it for the last look (Haybittle 1971,
   * Peto et al. 1976): whoever goes to the end pays next to nothing for having looked before, and only what is plain ends it early.
   */
  spending?: 'pocock' | 'late'
}

/**
 * 5 % as everywhere in the reports; five seeds, because fewer say nothing of the spread; 1 s per vehicle, about the change
 * that no count in the street can tell from none.
 */
export const DEFAULT_RULE: SequentialRule = { alpha: 0.05, least_seeds: 5, most_seeds: 30, threshold: 1 }

/** `no-worse`: the difference may be anything up to the threshold. For measures of which less is better. */
export type SequentialVerdict = 'better' | 'no-worse' | 'worse' | 'undecided'

export interface SequentialState {
  verdict: SequentialVerdict
  /** No more seeds are wanted. */
  decided: boolean
  seeds: number
  /** After minus before, and the half width of its interval at this look. */
  difference: number
  half_width: number
}

/** Looks grow by half: at each there is enough new for another answer, and few looks leave much error to each. */
const GROWTH = 1.5
/** A last step shorter than this share of all seeds is joined to the one before. */
const LEAST_STEP = 0.2

/** After how many seeds the differences are looked at; the last is `most_seeds`. */
export function listLooks({ least_seeds, most_seeds }: SequentialRule): number[] {
  const looks: number[] = []
  for (let n = least_seeds; n < most_seeds * (1 - LEAST_STEP); n = Math.ceil(n * GROWTH)) looks.push(n)
  return [...looks, most_seeds]
}

/** Of the error, for all looks before the last together. */
const EARLY_SHARE = 0.1

/** The error of the look after so many seeds; undefined where there is none then. */
export function errorAtLook(rule: SequentialRule, seeds: number): number | undefined {
  const looks = listLooks(rule)
  const look = looks.indexOf(seeds)
  if (look < 0) return undefined
  if (rule.spending !== 'late') return spent(rule.alpha, seeds / rule.most_seeds) - (look === 0 ? 0 : spent(rule.alpha, looks[look - 1]! / rule.most_seeds))
  const before = looks.length - 1
  if (before === 0) return rule.alpha
  return look === before ? (1 - EARLY_SHARE) * rule.alpha : (EARLY_SHARE * rule.alpha) / before
}

/** Error spent up to a share t of the seeds. */
const spent = (alpha: number, t: number): number => alpha * Math.log(1 + (Math.E - 1) * t)

/**
 * The state after some seeds. In: differences, after minus before, in order of seeds, as many as one of the looks asks for,
 * and how many runs of each plan gridlocked. A plan that gridlocks more often than the other is neither better nor no worse.
 */
export function judgeSequentially(rule: SequentialRule, differences: readonly number[], gridlocked: { before: number; after: number } = { before: 0, after: 0 }): SequentialState {
  requireRule(rule)
  const n = differences.length
  const level = errorAtLook(rule, n)
  if (level === undefined) throw new GreenwaveError('internal', `the sequential test looks after ${listLooks(rule).join(', ')} seeds, not after ${n}`)
  const difference = mean(differences)
  const deviation = Math.sqrt(differences.reduce((sum, value) => sum + (value - difference) ** 2, 0) / (n - 1))
  const half_width = studentT(n - 1, level) * (deviation / Math.sqrt(n))
  const { verdict, final } = decide(difference - half_width, difference + half_width, rule.threshold)
  const failed = gridlocked.after > gridlocked.before && verdict !== 'worse'
  return { verdict: failed ? 'undecided' : verdict, decided: n === rule.most_seeds || (final && !failed), seeds: n, difference, half_width }
}

/** More seeds could still show `better` in what is only `no-worse` so far, unless the gain would be below the threshold too. */
function decide(lower: number, upper: number, threshold: number): { verdict: SequentialVerdict; final: boolean } {
  if (upper < 0) return { verdict: 'better', final: true }
  if (upper < threshold) return { verdict: 'no-worse', final: lower > -threshold }
  if (lower > 0) return { verdict: 'worse', final: true }
  return { verdict: 'undecided', final: false }
}

export function requireRule({ alpha, least_seeds, most_seeds, threshold }: SequentialRule): void {
  if (!(alpha > 0 && alpha < 0.5)) throw new GreenwaveError('usage', `the error rate is ${alpha}; it must lie above 0 and below 0.5`)
  if (!Number.isSafeInteger(least_seeds) || least_seeds < 3) throw new GreenwaveError('usage', `the test begins after ${least_seeds} seeds; it needs at least 3`)
  if (!Number.isSafeInteger(most_seeds) || most_seeds < least_seeds) throw new GreenwaveError('usage', `the test may take ${most_seeds} seeds; it needs at least ${least_seeds}`)
  if (!(threshold >= 0)) throw new GreenwaveError('usage', `the threshold is ${threshold}; it must be at least 0`)
}
