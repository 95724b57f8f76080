// What movements say of each other. Each has a figure of its own with a sampling variance and something that it should be like;
// how alike they are is estimated from all of them (empirical Bayes; Efron and Morris 1975, DerSimonian and Laird 1986), and
// each is drawn to its like by no more than that. Where they differ more than chance explains, nothing is drawn.
export interface Item {
  /** NaN where it has no figure of its own. */
  mean: number
  /** Of the mean, by sampling. */
  variance: number
  /** It should be `origin` + `scale` times what is common to all. */
  origin: number
  scale: number
}

export interface Drawn {
  value: number
  /** Weight of its own figure, 0 to 1. */
  own: number
  /** What its likes say. */
  prior: number
  /** Square of the standard error, that of what the likes say included. */
  variance: number
}

/** Fewer say nothing of their spread. */
const LEAST_ITEMS = 6
/** Standard errors that a figure is drawn at most: the limited translation of Efron and Morris (1972), which spares outliers. */
const FARTHEST = 1

/** In any order; the same order out. Fewer than six figures stay as they are. */
export function drawTogether(items: readonly Item[]): Drawn[] {
  const all = items.map(({ mean, variance, origin, scale }) => ({ ratio: (mean - origin) / scale, variance: variance / (scale * scale) }))
  const known = all.filter(({ ratio, variance }) => Number.isFinite(ratio) && variance > 0)
  if (known.length < LEAST_ITEMS) return items.map(({ mean, variance }) => ({ value: mean, own: 1, prior: mean, variance }))
  const spread = spreadOf(known)
  const weights = known.map(({ variance }) => 1 / (variance + spread))
  const total = weights.reduce((sum, w) => sum + w, 0)
  const common = known.reduce((sum, { ratio }, i) => sum + ratio * weights[i]!, 0) / total
  return items.map(({ mean, variance, origin, scale }, i) => {
    const prior = origin + common * scale
    if (!Number.isFinite(mean)) return { value: prior, own: 0, prior, variance: (spread + 1 / total) * scale * scale }
    const own = all[i]!.variance > 0 ? spread / (spread + all[i]!.variance) : 1
    const way = (1 - own) * (prior - mean)
    const most = FARTHEST * Math.sqrt(variance)
    // Who is unlike its likes is drawn no farther, and no surer for being drawn.
    if (Math.abs(way) > most) return { value: mean + Math.sign(way) * most, own: 1, prior, variance }
    // How alike they are is itself uncertain, which matters the more the farther a figure was drawn (Morris 1983).
    const unsure = (2 / (known.length - 3)) * way * way
    return { value: mean + way, own, prior, variance: own * variance + ((1 - own) * scale) ** 2 / total + unsure }
  })
}

/**
 * Variance of the true ratios about their mean (Paule and Mandel 1982): such that the ratios scatter as they should. The
 * uncertainty of the spread itself is met by not believing in less than a quarter of what one standard error above would be.
 */
export function spreadOf(items: readonly { ratio: number; variance: number }[]): number {
  return spreadSuchThat(items, items.length - 1, (weights, total) => items.reduce((sum, { ratio }, i) => sum + ratio * weights[i]!, 0) / total)
}

/** The same about a mean that is known to be 0. */
export function spreadAbout(items: readonly { ratio: number; variance: number }[]): number {
  return spreadSuchThat(items, items.length, () => 0)
}

function spreadSuchThat(items: readonly { ratio: number; variance: number }[], freedom: number, meanOf: (weights: readonly number[], total: number) => number): number {
  const excess = (spread: number): number => {
    const weights = items.map(({ variance }) => 1 / (variance + spread))
    const mean = meanOf(weights, weights.reduce((sum, w) => sum + w, 0))
    return items.reduce((sum, { ratio }, i) => sum + weights[i]! * (ratio - mean) ** 2, 0) - freedom
  }
  const solve = (target: number): number => {
    if (excess(0) <= target) return 0
    let [low, high] = [0, 1]
    while (excess(high) > target) high *= 2
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2
      if (excess(middle) > target) low = middle
      else high = middle
    }
    return (low + high) / 2
  }
  // The statistic is about chi-squared: one standard error below its mean gives the spread one standard error above.
  return Math.max(solve(0), solve(-Math.sqrt(2 * freedom)) / 4)
}
