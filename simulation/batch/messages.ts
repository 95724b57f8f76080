// What the pool and its workers say to each other.
import type { RunResult } from '../result.ts'
import type { Job, Workload } from './workload.ts'

export type ToWorker = { kind: 'load'; workload: Workload } | { kind: 'run'; job: Job; ticket: number }

export type FromWorker =
  | { kind: 'done'; ticket: number; result: RunResult }
  /** `code` where it was a GreenwaveError, which does not survive the way between threads. */
  | { kind: 'failed'; ticket: number; message: string; code?: string; stack?: string }
