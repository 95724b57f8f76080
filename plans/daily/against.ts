// A day, or a week of days, against days of the same kind before: the difference with its 90 % interval, or that nobody can tell.
import type { Comparison } from '../../model/daily.ts'
import { studentT } from '../../simulation/batch/index.ts'
import { welch } from '../effect/index.ts'

const MISS = 0.1

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Sample standard deviation; undefined for fewer than two. */
function spreadOf(values: readonly number[]): number | undefined {
  if (values.length < 2) return undefined
  const middle = meanOf(values)
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1))
}

/** null without a day on either side. One day is told from others where it lies outside of what another of their kind would be (prediction interval); several by Welch's interval of the means. */
export function againstDays(own: readonly number[], others: readonly number[]): Comparison | null {
  if (own.length === 0 || others.length === 0) return null
  const value = meanOf(own) - meanOf(others)
  const half = own.length === 1 ? predictionHalf(others) : meansHalf(own, others)
  return { difference: { value, low: half === undefined ? null : value - half, high: half === undefined ? null : value + half }, days: others.length, control: null }
}

function predictionHalf(others: readonly number[]): number | undefined {
  const spread = spreadOf(others)
  return spread === undefined ? undefined : studentT(others.length - 1, MISS) * spread * Math.sqrt(1 + 1 / others.length)
}

function meansHalf(own: readonly number[], others: readonly number[]): number | undefined {
  if (others.length < 2) return undefined
  const { error, freedom } = welch(others, own)
  return studentT(freedom, MISS) * error
}

/** How many standard deviations of the others a single day is away; null for fewer than three, or where they are all the same. */
export function scoreOf(own: readonly number[], others: readonly number[]): number | null {
  const spread = spreadOf(others)
  return own.length !== 1 || others.length < 3 || spread === undefined || spread === 0 ? null : (own[0]! - meanOf(others)) / spread
}
