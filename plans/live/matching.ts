// Who places fixes for the ingest: this thread, or worker threads (matching-threads.ts).
import type { RoadGraph } from '../../model/road-graph.ts'
import type { FixColumns } from './fix-columns.ts'
import { LiveMatcher, type PlacedFixes } from './live-matcher.ts'

export interface FeedFixes {
  feed: string
  fixes: FixColumns
}

/** Why the fixes of a batch can't be believed at all. */
export interface Refusal {
  error: unknown
}

export interface Matching {
  /** Batches in their order; so are the answers. Calls may overlap and are worked in order. */
  match(batches: readonly FeedFixes[]): Promise<(PlacedFixes | Refusal)[]>
  close(): Promise<void>
}

export function matchBatch(matcher: LiveMatcher, { feed, fixes }: FeedFixes): PlacedFixes | Refusal {
  try {
    return matcher.take(feed, fixes)
  } catch (error) {
    return { error }
  }
}

export function matchingHere(graph: RoadGraph): Matching {
  const matcher = new LiveMatcher(graph)
  return { match: async (batches) => batches.map((batch) => matchBatch(matcher, batch)), close: async () => {} }
}
