// Requests that must take effect once, however often they are sent.
import { GreenwaveError } from '../../model/errors.ts'
import type { Instant } from '../../model/units.ts'

export interface IdempotentAnswer {
  status: number
  headers: Record<string, string>
  body: unknown
}

export interface IdempotencyStore {
  /**
   * Begins a request: `new` for the first, `running` while another one has not answered, `other` when the same key came with another body, else
   * the answer given then. Keys belong to their actor and route; they go after a day. One that has been running for longer than its lease (or was
   * begun in the future, before the clock was put back) belonged to a process that died: it is `new` again.
   */
  begin(entry: { key: string; actor: string; route: string; body_hash: string; now: Instant }): Promise<'new' | 'running' | 'other' | IdempotentAnswer>
  /**
   * Belongs into the transaction of the effect: either both are there or neither. Throws `idempotency.running` where the request was thought dead and
   * somebody else has begun it anew, so that only one of the two takes effect.
   */
  finish(entry: BegunRequest, answer: IdempotentAnswer): Promise<void>
  /** The request failed before it took effect: the key is free again. */
  abandon(entry: BegunRequest): Promise<void>
}

export interface BegunRequest {
  key: string
  actor: string
  route: string
  /** `now` of its beginning. */
  begun_at: Instant
}

export const KEEP_REQUESTS_S = 86_400
/** Requests answer within seconds, what takes longer is a job: whoever has not answered by then was killed. */
export const REQUEST_LEASE_S = 20

/** What `finish` throws. */
export const takenOver = (key: string): GreenwaveError => new GreenwaveError('idempotency.running', `The request with the Idempotency-Key ${JSON.stringify(key)} took too long and was begun anew`)
