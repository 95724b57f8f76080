// The one interface of all feeds. A feed is pulled: it decodes the next batch only when somebody asks for it, so a reader
// that waits for its store slows the source instead of filling memory.
import type { Datum } from '../../model/feed.ts'
import type { FeedAccount } from '../../model/feed-account.ts'
import type { LocalTime } from '../../model/local-time.ts'
import type { Projection } from '../../model/projection.ts'
import type { Instant } from '../../model/units.ts'

export interface Feed<Row> {
  /** Grows while the feed is read; whole once the last batch was taken. */
  readonly account: FeedAccount
  /**
   * Rows in the order of the source, at most a few thousand a batch; the array is the reader's to keep. Bad rows are counted
   * in the account and left out. Ends with its source, or quietly when aborted. Throws a GreenwaveError where the whole
   * feed can't be believed (and says so in the account), or where the source can't be reached.
   */
  batches(signal?: AbortSignal): AsyncIterable<readonly Row[]>
}

/** What a decoder must be told, because the rows don't say it. */
export interface FeedContext {
  /** Name of the source in accounts and sentences. */
  source: string
  /** Undefined where nobody declared it: a feed in degrees is then refused. */
  datum: Datum | undefined
  /** From degrees to scenario metres; undefined where the scenario is a local drawing. */
  projection: Projection | undefined
  /** Zone of times without one. */
  local: LocalTime
  /** Day (since 1970-01-01) on which bare seconds of the day count from local midnight. */
  day: number
  /** Box of the network in scenario metres (least x, least y, most x, most y); what lies far outside is dropped. */
  bounds?: readonly [number, number, number, number]
  /** Of a `speed` that doesn't say its unit; metres per second where nobody declared it. */
  speed_unit?: 'mps' | 'kmh' | 'mph'
  /** Later than 10 s after it is the future. Undefined for files: what lies beyond 2100 is. */
  now?: Instant
}
