import { GreenwaveError } from '../../../model/errors.ts'
import { decodeMessage, FormFeedCutter, idOf } from './codec.ts'

/** Decodes anything; throws nothing but what the decoders promise. */
export function fuzzTarget(bytes: Uint8Array): void {
  try {
    for (const message of new FormFeedCutter().push(bytes)) {
      idOf(message)
      decodeMessage(message)
    }
    decodeMessage(bytes)
  } catch (error) {
    if (!(error instanceof GreenwaveError)) throw error
  }
}
