// What stands in the street, as the workflow needs it: given a timing, and read back.
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { Instant } from '../../model/units.ts'

/** A pattern as approved, with its hash: what a controller answers for is this and nothing else. */
export interface ControllerTiming {
  signal: SignalId
  pattern: Pattern
  hash: string
}

/** What became of writing one controller. */
export interface PushReceipt {
  signal: SignalId
  /** Of the timing that was sent. */
  hash: string
  accepted: boolean
  at: Instant
  /** Why not, or which slot it stands in. */
  sentence?: string
}

/** What a controller was seen to run. */
export interface ReadBack {
  signal: SignalId
  /** Of the timing that was expected. */
  hash: string
  same: boolean
  at: Instant
  /** What differs. */
  sentence?: string
}

export interface Controllers {
  /** Writes, reads back and activates at a cycle's end; a controller that refuses keeps what it had. One receipt per timing, in their order. */
  push(network: string, timings: readonly ControllerTiming[], signal: AbortSignal): Promise<PushReceipt[]>
  /** One answer per timing, in their order. */
  readBack(network: string, timings: readonly ControllerTiming[], signal: AbortSignal): Promise<ReadBack[]>
}
