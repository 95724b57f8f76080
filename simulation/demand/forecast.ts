// A first guess for movements that nobody counted, carried from the counts around them: what must have gone on from a
// link (downstream), and what must have come into it (upstream). Vehicles per hour.
import type { FlowProblem } from './flow-field.ts'
import { sum } from './flow-field.ts'

/**
 * Preference at a node without counts. Minor streets between counted intersections were left out of the count because little
 * turns there; one vehicle in twenty is what the balancing starts from, and it changes it where the counts ask for it.
 */
const PREFERENCE: Record<'through' | 'left' | 'right' | 'u-turn', number> = { 'through': 1, 'left': 0.05, 'right': 0.05, 'u-turn': 0 }
/** Uncounted movement beside counted ones, or out of reach of any count: nearly nothing, but not impossible. */
const LEAST_VPH = 0.01
/** A forecast moves one node per round; it stops sooner when nothing changes. */
const ROUNDS = 300

/** In: the problem. Out: veh/h by movement; counted movements as counted, those that nobody may use 0. */
export function forecastUncounted(problem: FlowProblem): Float64Array {
  const ahead = carry(problem, problem.out, problem.into, problem.from)
  const back = carry(problem, problem.into, problem.out, problem.to)
  return Float64Array.from(problem.counted_vph, (counted, m) => {
    if (counted < 0) return 0
    if (!Number.isNaN(counted)) return counted
    const [a, b] = [ahead[m]!, back[m]!]
    return Math.max(LEAST_VPH, a > 0 && b > 0 ? (a + b) / 2 : Math.max(a, b))
  })
}

/**
 * Spreads what a link gives over its uncounted movements on the side `give` by preference, as often as needed.
 * `home[m]` is the link of movement m on that side.
 */
function carry(problem: FlowProblem, give: number[][], take: number[][], home: Int32Array): Float64Array {
  const flow = Float64Array.from(problem.counted_vph, (counted) => (counted > 0 ? counted : 0))
  const free = problem.movements.flatMap((_, m) => (Number.isNaN(problem.counted_vph[m]!) ? [m] : []))
  const share = new Map(free.map((m) => {
    const rivals = give[home[m]!]!.filter((other) => Number.isNaN(problem.counted_vph[other]!))
    const total = rivals.reduce((all, other) => all + PREFERENCE[problem.movements[other]!.turn], 0)
    return [m, total > 0 ? PREFERENCE[problem.movements[m]!.turn] / total : 1 / rivals.length]
  }))
  for (let round = 0; round < ROUNDS; round++) {
    let change = 0
    for (const m of free) {
      const link = home[m]!
      const counted = give[link]!.reduce((all, other) => all + Math.max(0, problem.counted_vph[other]! || 0), 0)
      const next = share.get(m)! * Math.max(0, sum(take[link]!, flow) - counted)
      change = Math.max(change, Math.abs(next - flow[m]!))
      flow[m] = next
    }
    if (change < LEAST_VPH) break
  }
  return flow
}
