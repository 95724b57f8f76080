// What happened, in order, for those who listen; the last hours can be had again.
import type { Instant } from '../../model/units.ts'

export interface ServiceEvent {
  /** Grows without end; gaps are allowed. */
  seq: number
  time_s: Instant
  /** For example `plan.changed`, `job.progress`, `state.snapshot`. */
  kind: string
  network?: string
  body: unknown
}

export interface EventLog {
  /** Whoever has read up to a seq never finds a smaller one later, however many write at once. */
  append(event: Omit<ServiceEvent, 'seq'>): Promise<ServiceEvent>
  /** After `seq`, in order, at most `limit`. */
  since(seq: number, limit: number): Promise<ServiceEvent[]>
  /** Newest seq, 0 without any. */
  last(): Promise<number>
  tend(before: Instant): Promise<number>
}
