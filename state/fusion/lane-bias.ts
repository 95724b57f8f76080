// By how much each counter counts too few or too many: over a stretch of road without side streets, what goes in must come out.
// Least squares of the balances of quarter hours, held to small biases where the balances say nothing, within bounds.

/** In minus out of a stretch of road: counts by counter. */
export interface Balance {
  into: readonly { counter: string; count: number }[]
  out: readonly { counter: string; count: number }[]
}

const BOUND = 0.15
/** Standard deviation that a bias is expected to have. */
const USUAL = 0.05
const ROUNDS = 200

/** Factor by which the counts of a counter are to be multiplied, 0.85 to 1.15. */
export function laneFactors(balances: readonly Balance[]): Map<string, number> {
  const factors = new Map<string, number>()
  for (const { into, out } of balances) for (const { counter } of [...into, ...out]) factors.set(counter, 1)
  const rows = balances.map(({ into, out }) => {
    const terms = [...into.map(({ counter, count }) => ({ counter, count })), ...out.map(({ counter, count }) => ({ counter, count: -count }))]
    return { terms, weight: 1 / Math.max(1, terms.reduce((sum, { count }) => sum + Math.abs(count), 0)) }
  })
  // Coordinate descent: each factor in turn is the best for the others, so the bounds are kept exactly.
  for (let round = 0; round < ROUNDS; round++) {
    let moved = 0
    for (const [counter, factor] of factors) {
      let [square, cross] = [1 / USUAL ** 2, 1 / USUAL ** 2]
      for (const { terms, weight } of rows) {
        const own = terms.reduce((sum, term) => sum + (term.counter === counter ? term.count : 0), 0)
        if (own === 0) continue
        const rest = terms.reduce((sum, term) => sum + (term.counter === counter ? 0 : term.count * factors.get(term.counter)!), 0)
        square += weight * own * own
        cross -= weight * own * rest
      }
      const next = Math.min(1 + BOUND, Math.max(1 - BOUND, cross / square))
      moved = Math.max(moved, Math.abs(next - factor))
      factors.set(counter, next)
    }
    if (moved < 1e-9) break
  }
  return factors
}
