/**
 * Independent judge of link bands about a centre line: geometry on offsets and travel times alone, no code shared with
 * the models. A link's band is symmetric about the line and inside one window at both of its ends.
 */
import type { BandPlan, BandProblem, Direction, PerDirection } from './problem.ts'

/** Centre line of each direction: master time at which it passes the first signal (s). */
export type CentreLines = PerDirection<number>

/** Widest band of every link in each direction (s); 0 where the line meets a red. */
export function checkLinkBands(
  problem: BandProblem,
  plan: Pick<BandPlan, 'patterns' | 'offsets_s' | 'travel_times_s'>,
  lines: CentreLines,
): PerDirection<number[]> {
  return { outbound: bandsOf(problem, plan, lines.outbound, 'outbound'), inbound: bandsOf(problem, plan, lines.inbound, 'inbound') }
}

function bandsOf(
  problem: BandProblem,
  plan: Pick<BandPlan, 'patterns' | 'offsets_s' | 'travel_times_s'>,
  first: number,
  direction: Direction,
): number[] {
  let line = first
  const halves = problem.signals.map((signal, i) => {
    if (i > 0) line += (direction === 'outbound' ? 1 : -1) * plan.travel_times_s[direction][i - 1]
    const pattern = signal.patterns.find(({ id }) => id === plan.patterns[i])
    if (!pattern) throw new Error(`signal ${signal.id} has no pattern ${plan.patterns[i]}`)
    let half = 0
    for (const { start_s, length_s, clearance_s } of pattern[direction]) {
      const turns = (line - plan.offsets_s[i] - start_s) / problem.cycle_s
      const ahead = (turns - Math.floor(turns)) * problem.cycle_s
      half = Math.max(half, Math.min(ahead - clearance_s, length_s - ahead))
    }
    return half
  })
  return halves.slice(1).map((half, i) => 2 * Math.min(half, halves[i]))
}
