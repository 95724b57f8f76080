// Where labels go when their places are too close together: as near as possible to where they belong, in the same
// order, and never nearer to each other than their height. Units are those of the caller (px).

/**
 * Places labels at least `gap` apart inside [low, high] with the least squared displacement (pool adjacent violators).
 * In: wanted places in any order. Out: places in the same order as given. Crowds evenly when they cannot all fit.
 */
export function spreadLabels(wanted: readonly number[], gap: number, [low, high]: readonly [number, number]): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => (wanted[a] as number) - (wanted[b] as number) || a - b)
  const room = wanted.length > 1 ? Math.min(gap, (high - low) / (wanted.length - 1)) : gap
  // Subtracting i * room turns "at least room apart" into "never decreasing".
  const pools: { sum: number; count: number }[] = []
  order.forEach((index, i) => {
    let pool = { sum: (wanted[index] as number) - i * room, count: 1 }
    for (let last = pools.at(-1); last !== undefined && last.sum / last.count > pool.sum / pool.count; last = pools.at(-1)) {
      pools.pop()
      pool = { sum: pool.sum + last.sum, count: pool.count + last.count }
    }
    pools.push(pool)
  })
  const top = high - (wanted.length - 1) * room
  const placed: number[] = Array.from({ length: wanted.length }, () => 0)
  let i = 0
  for (const { sum, count } of pools) {
    const level = Math.min(Math.max(sum / count, low), Math.max(low, top))
    for (let n = 0; n < count; n++, i++) placed[order[i] as number] = level + i * room
  }
  return placed
}
