// Order statistics that the measures of this room share.

/** Linear between order statistics (Hyndman & Fan 1996, type 7). `values` in any order, at least one. */
export function quantile(values: readonly number[], p: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const at = p * (sorted.length - 1)
  const below = Math.floor(at)
  return sorted[below]! + (at - below) * ((sorted[below + 1] ?? sorted[below]!) - sorted[below]!)
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)
