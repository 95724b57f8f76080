import { GreenwaveError } from '../../../model/errors.ts'
import { decodeMessage } from './codec.ts'

/** Decodes anything, also as each kind of message that a controller sends; throws nothing but what the decoder promises. */
export function fuzzTarget(bytes: Uint8Array): void {
  for (const head of [undefined, 0x83, 0x84, 0x85, 0x94]) {
    try {
      decodeMessage(head === undefined ? bytes : Buffer.concat([Buffer.of(head), bytes.subarray(1)]))
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
    }
  }
}
