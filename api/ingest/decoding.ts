// Who decodes batches for the hub: this thread, or one of its own (decoding-thread.ts).
import type { Instant } from '../../model/units.ts'
import { decodeBatch, type DecodedBatch, type DecodedFeed, type Ground } from './decode.ts'

export interface Decoding {
  /** As `decodeBatch`. Calls may overlap. */
  decode(feed: DecodedFeed, ground: Ground, bytes: Uint8Array, now: Instant): Promise<DecodedBatch>
  close(): Promise<void>
}

export const decodingHere = (): Decoding => ({ decode: decodeBatch, close: async () => {} })
