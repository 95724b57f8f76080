// Health of a feed over its batches.
import type { FeedHealth, FeedIssue } from '../../model/feed.ts'

/** Both together; `later` is the newer one, whose refusal is the one that is told. */
export function addHealth(earlier: FeedHealth, later: FeedHealth): FeedHealth {
  const from = least(earlier.from_s, later.from_s, Math.min)
  const until = least(earlier.until_s, later.until_s, Math.max)
  const refused = later.refused ?? earlier.refused
  return {
    source: earlier.source, read: earlier.read + later.read, accepted: earlier.accepted + later.accepted, issues: addIssues([...earlier.issues, ...later.issues]),
    ...(from === undefined ? {} : { from_s: from }), ...(until === undefined ? {} : { until_s: until }), ...(refused === undefined ? {} : { refused }),
  }
}

const least = (a: number | undefined, b: number | undefined, pick: (a: number, b: number) => number): number | undefined => (a === undefined ? b : b === undefined ? a : pick(a, b))

/** One row per verdict and cause with the first example, those of most records first. */
export function addIssues(issues: readonly FeedIssue[]): FeedIssue[] {
  const sums = new Map<string, FeedIssue>()
  for (const issue of issues) {
    const key = `${issue.verdict} ${issue.cause}`
    const sum = sums.get(key)
    sums.set(key, sum === undefined ? { ...issue } : { ...sum, records: sum.records + issue.records })
  }
  return [...sums.values()].sort((a, b) => b.records - a.records || (`${a.verdict} ${a.cause}` < `${b.verdict} ${b.cause}` ? -1 : 1))
}

export const DAY_S = 86_400
/** Vehicles that lost the network send what they kept; an hour after midnight most of it has come. */
export const LATE_S = 3600
/** Number of the UTC day since 1970. */
export const dayOf = (time_s: number): number => Math.floor(time_s / DAY_S)
