// The common cycle of a row of signals, cut into steps of about a second in which platoons are reckoned. Seconds.
import { TIME_TOLERANCE_S } from '../../model/compile.ts'

export interface Grid {
  /** After it everything repeats: the longest of all cycles, or a few of them. */
  cycle_s: number
  /** A whole number of steps fits into every signal's own cycle. */
  steps: number
  step_s: number
  /** How often each signal goes round in it. */
  repeats: number[]
}

/** Beyond ten minutes nobody calls it a common cycle: traffic has changed before it repeats. */
const LONGEST_COMMON_S = 600

const isWhole = (n: number, tolerance: number): boolean => Math.abs(n - Math.round(n)) <= tolerance

/** Undefined where the cycles have no common multiple worth the name: nothing is then coordinated. */
export function findGrid(cycles_s: readonly number[]): Grid | undefined {
  const longest = Math.max(...cycles_s)
  for (let k = 1; k * longest <= LONGEST_COMMON_S; k++) {
    const cycle_s = k * longest
    if (!cycles_s.every((own) => isWhole(cycle_s / own, TIME_TOLERANCE_S))) continue
    const repeats = cycles_s.map((own) => Math.round(cycle_s / own))
    const parts = repeats.reduce(leastCommonMultiple, 1)
    const steps = Math.max(1, Math.round(cycle_s / parts)) * parts
    return { cycle_s, steps, step_s: cycle_s / steps, repeats }
  }
  return undefined
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))
const leastCommonMultiple = (a: number, b: number): number => (a / greatestCommonDivisor(a, b)) * b
