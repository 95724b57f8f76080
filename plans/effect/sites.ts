// Many places at once: those that were worst on some days come back by themselves on others (regression to the mean), because a part
// of what made them worst was the luck of those days. Empirical Bayes: a place's mean is drawn to that of all by how much of the spread
// between places is real. Morris (1983), Parametric empirical Bayes inference; in road safety Hauer (1997).

export interface SiteDays {
  site: string
  /** One figure a day, for example mean delay, s per vehicle. */
  days: readonly number[]
}

export interface ShrunkSite {
  site: string
  mean: number
  /** What other days of the same place will show, as far as these can tell. */
  shrunk: number
  /** Share of the place's own mean in it: 1 where days don't vary, 0 where places don't differ. */
  weight: number
  /** Change that comes by itself, as a share of the mean. */
  returns: number
}

/** In the order given; places without a day are left out. */
export function shrinkSites(sites: readonly SiteDays[]): ShrunkSite[] {
  const seen = sites.filter(({ days }) => days.length > 0)
  const means = seen.map(({ days }) => mean(days))
  const all = mean(means)
  const freedom = seen.reduce((sum, { days }) => sum + days.length - 1, 0)
  const within = freedom === 0 ? 0 : seen.reduce((sum, { days }, i) => sum + days.reduce((own, value) => own + (value - means[i]!) ** 2, 0), 0) / freedom
  const spread = seen.length < 2 ? 0 : means.reduce((sum, value) => sum + (value - all) ** 2, 0) / (seen.length - 1)
  const between = Math.max(0, spread - mean(seen.map(({ days }) => within / days.length)))
  return seen.map(({ site, days }, i) => {
    const noise = within / days.length
    const weight = between + noise > 0 ? between / (between + noise) : 1
    const shrunk = weight * means[i]! + (1 - weight) * all
    return { site, mean: means[i]!, shrunk, weight, returns: means[i] === 0 ? 0 : shrunk / means[i]! - 1 }
  })
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
