// The common cycle of a row of signals, cut into steps of about a second in which platoons are reckoned; and where a street falls apart into rows that
// have none. Seconds.
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

/** The grid of a signal's row, and where it stands in it. */
export interface Clock extends Omit<Grid, 'repeats'> {
  /** Signals of the same row have the same number; from row to row platoons meet another moment of the cycle each time. */
  row: number
  repeats: number
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

/** In: cycles along a street. Out: a clock for each; one row as long as each signal fits to all before it, else it begins the next. */
export function clocksOf(cycles_s: readonly number[]): Clock[] {
  const clocks: Clock[] = []
  for (let from = 0, row = 0; from < cycles_s.length; row++) {
    let to = from + 1
    while (to < cycles_s.length && findGrid(cycles_s.slice(from, to + 1)) !== undefined) to++
    const { repeats, ...grid } = findGrid(cycles_s.slice(from, to)) ?? alone(cycles_s[from] as number)
    for (const own of repeats) clocks.push({ ...grid, row, repeats: own })
    from = to
  }
  return clocks
}

/** A cycle longer than anything common is still its own. */
function alone(cycle_s: number): Grid {
  const steps = Math.max(1, Math.round(cycle_s))
  return { cycle_s, steps, step_s: cycle_s / steps, repeats: [1] }
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b))
const leastCommonMultiple = (a: number, b: number): number => (a / greatestCommonDivisor(a, b)) * b
