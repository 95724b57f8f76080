// Sums and means of result columns; what is no number does not count.
import { mean } from './statistics.ts'

export const sum = (values: ArrayLike<number>): number => {
  let total = 0
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) total += values[i]!
  return total
}

/** Mean over those that are numbers; NaN where there are none. */
export const average = (values: ArrayLike<number>): number => mean(Array.from(values).filter((value) => Number.isFinite(value)))

/** Sum over sum; NaN where there is nothing to divide by. */
export const ratio = (part: ArrayLike<number>, whole: ArrayLike<number>): number => {
  const of = sum(whole)
  return of > 0 ? sum(part) / of : Number.NaN
}
