// Long work: asked for, done by some worker, watched, cancelled.
import type { Instant } from '../../model/units.ts'
import type { Page, PageRequest } from './store.ts'

export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

export interface JobRecord {
  id: string
  kind: string
  input: unknown
  state: JobState
  /** 0 to 1. */
  progress: number
  label: string
  result?: unknown
  /** Problem document of a failed job. */
  problem?: unknown
  by: string
  created_at: Instant
  updated_at: Instant
}

export interface JobStore {
  /** Newest first. */
  list(filter: { kind?: string; state?: JobState }, page: PageRequest): Promise<Page<JobRecord>>
  get(id: string): Promise<JobRecord | undefined>
  /** Throws `store.conflict` for an id that is taken. */
  insert(job: JobRecord): Promise<void>
  /** Only while it is not done, failed or cancelled; false otherwise. */
  update(id: string, change: Partial<Pick<JobRecord, 'state' | 'progress' | 'label' | 'result' | 'problem' | 'updated_at'>>): Promise<boolean>
}

/** What a kind of job does. Progress goes out through `report`; `signal` aborts when somebody cancels. Must bear being done twice. */
export type JobWork = (input: unknown, context: { report: (share: number, label: string) => void; signal: AbortSignal; attempt: number }) => Promise<unknown>

export interface JobQueue {
  /** Registers before start; throws for a kind registered twice. */
  handle(kind: string, work: JobWork, options?: { at_once?: number }): void
  /** The job's id. With `once`, a second call with the same word answers the first one's id. */
  send(kind: string, input: unknown, options: { by: string; once?: string }): Promise<string>
  /** False when it had ended. */
  cancel(id: string): Promise<boolean>
  start(): Promise<void>
  /** Takes no more work and waits for what runs, at most `patience_ms`; what is cut off is done again by somebody else. */
  stop(patience_ms: number): Promise<void>
}
