/**
 * One direction of a band problem in flat columns: usable windows of every signal and pattern, travel ranges of every
 * link. The inbound road is walked in the same order 1..n with negative travel times.
 */
import { listUsable, travelRange, travelTarget, type UsableWindow } from './chain.ts'
import type { BandProblem, Direction } from './problem.ts'

export interface Road {
  readonly circle: number
  readonly n: number
  /** Usable windows by signal, then pattern. */
  readonly windows: readonly (readonly (readonly UsableWindow[])[])[]
  /** Master time from signal i to i + 1 lies in [low[i], high[i]] (s; negative for inbound). */
  readonly low: Float64Array
  readonly high: Float64Array
  readonly target: Float64Array
}

export function roadOf(problem: BandProblem, direction: Direction): Road {
  const links = problem.links.map((link, i) => {
    const travel = link[direction]
    if (travel === undefined) throw new Error(`link ${i} has no ${direction} travel`)
    return { range: travelRange(travel), target: travelTarget(travel) }
  })
  const back = direction === 'inbound'
  return {
    circle: problem.cycle_s,
    n: problem.signals.length,
    windows: problem.signals.map((signal) => signal.patterns.map((p) => listUsable(p[direction], problem.cycle_s))),
    low: Float64Array.from(links, ({ range }) => (back ? -range[1] : range[0])),
    high: Float64Array.from(links, ({ range }) => (back ? -range[0] : range[1])),
    target: Float64Array.from(links, ({ target }) => (back ? -target : target)),
  }
}
