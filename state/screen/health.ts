// The account of a feed together with that of what screened its records.
import type { FeedHealth } from '../../model/feed.ts'

/** One account: records that the feed accepted and the screen did not are dropped or quarantined in it, and it still adds up. */
export function screenedHealth(feed: FeedHealth, screen: FeedHealth): FeedHealth {
  const { from_s: _from, until_s: _until, refused: _refused, ...rest } = feed
  const refused = feed.refused ?? screen.refused
  return {
    ...rest, accepted: screen.accepted,
    issues: [...feed.issues, ...screen.issues].sort((a, b) => (a.verdict + a.cause < b.verdict + b.cause ? -1 : 1)),
    ...(screen.from_s === undefined ? {} : { from_s: screen.from_s }), ...(screen.until_s === undefined ? {} : { until_s: screen.until_s }),
    ...(refused === undefined ? {} : { refused }),
  }
}
