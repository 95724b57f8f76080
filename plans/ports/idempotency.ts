// Requests that must take effect once, however often they are sent.
import type { Instant } from '../../model/units.ts'

export interface IdempotentAnswer {
  status: number
  headers: Record<string, string>
  body: unknown
}

export interface IdempotencyStore {
  /**
   * Begins a request: `new` for the first, `running` while another one has not answered, `other` when the same key came with another body, else
   * the answer given then. Keys belong to their actor and route; they go after a day. One that has been running for longer than a minute
   * belonged to a process that died: it is `new` again, so effect and answer must be one transaction.
   */
  begin(entry: { key: string; actor: string; route: string; body_hash: string; now: Instant }): Promise<'new' | 'running' | 'other' | IdempotentAnswer>
  finish(entry: { key: string; actor: string; route: string }, answer: IdempotentAnswer): Promise<void>
  /** The request failed before it took effect: the key is free again. */
  abandon(entry: { key: string; actor: string; route: string }): Promise<void>
}

export const KEEP_REQUESTS_S = 86_400
/** Requests answer within seconds, what takes longer is a job: whoever has not answered after a minute was killed. */
export const REQUEST_LEASE_S = 60
