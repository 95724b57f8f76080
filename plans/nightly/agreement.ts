// Do single days agree that a plan is better? Asked one after the other, newest first, until it is clear.
import { studentT } from '../../simulation/batch/index.ts'
import type { NightRules } from './rules.ts'

/**
 * A day not asked lies beyond the bound in 5 %, by the days asked before (t prediction of one further value, Hahn and Meeker 1991, section 4.7). Whoever
 * stops at it comes to another end than whoever asks on in 2 % of plans at most (the worst: a mean gain just as large as is wanted).
 */
const DAY_ERROR = 0.05

/**
 * Whether days enough agree; undefined while it takes more of them. In: gains of the days asked, as shares of the delay of now; `days` there are. With
 * `plainly` it ends as soon as those asked all say the same and so plainly that the others would.
 */
export function findAgreement(gains: readonly number[], days: number, { agreeing, gain_share }: Pick<NightRules, 'agreeing' | 'gain_share'>, plainly: boolean): boolean | undefined {
  const least = Math.min(agreeing.least, days)
  const agreed = countAgreed(gains, gain_share)
  if (agreed >= least) return true
  if (days - gains.length + agreed < least) return false
  if (!plainly || gains.length < 2 || !gains.every(Number.isFinite)) return undefined
  const n = gains.length
  const mean = gains.reduce((sum, gain) => sum + gain, 0) / n
  const deviation = Math.sqrt(gains.reduce((sum, gain) => sum + (gain - mean) ** 2, 0) / (n - 1))
  const reach = studentT(n - 1, 2 * DAY_ERROR) * deviation * Math.sqrt(1 + 1 / n)
  if (agreed === n && mean - reach >= gain_share) return true
  return agreed === 0 && mean + reach < gain_share ? false : undefined
}

export const countAgreed = (gains: readonly number[], share: number): number => gains.filter((gain) => gain >= share).length
