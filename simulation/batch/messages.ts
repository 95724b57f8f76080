// What the pool and its workers say to each other.
import type { RunResult } from '../result.ts'
import type { Job, PreparedWorkload } from './workload.ts'

export type Ticketed = { ticket: number; job: Job }[]

/** Jobs for all workers: each takes the next group that nobody has taken, until there is none. */
export interface SharedBatch {
  groups: Ticketed[]
  /** Number of groups taken, in one Int32. */
  taken: SharedArrayBuffer
  /** One row per ticket, see record.ts. */
  records: SharedArrayBuffer
  /** Whether whole results are wanted, not records alone. */
  keep: boolean
}

/** `prepared` comes with the first batch that needs it. */
export type ToWorker = { batch: SharedBatch; prepared?: PreparedWorkload }

export type FromWorker =
  | { kind: 'done'; ticket: number; result?: RunResult }
  /** `code` where it was a GreenwaveError, which does not survive the way between threads. */
  | { kind: 'failed'; message: string; code?: string; stack?: string }
  /** No group is left. */
  | { kind: 'idle' }
