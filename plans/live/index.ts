// Entry: batches of fixes in, committed rows and the state of now out.
export { columnsOf, type FixColumns } from './fix-columns.ts'
export { COUNT_S, freshnessOf, FRESH_S, LEAST_VEHICLES } from './freshness.ts'
export { Ingest, otherThan, type BatchResult, type FixBatch, type IngestFigures, type IngestLimits, type IngestOptions } from './ingest.ts'
export { LiveMatcher } from './live-matcher.ts'
export { LiveState, type LiveLink, type LiveMovement, type LiveOptions } from './live-state.ts'
export { matchingHere, type Matching } from './matching.ts'
