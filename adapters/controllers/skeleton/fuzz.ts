import { GreenwaveError } from '../../../model/errors.ts'
import { decodeConfig, decodeStatus } from './config.ts'
import { decodeReply, LineCutter } from './codec.ts'

/** Decodes anything; throws nothing but what the decoders promise. */
export function fuzzTarget(bytes: Uint8Array): void {
  try {
    for (const line of new LineCutter().push(bytes)) {
      const { data } = decodeReply(line)
      decodeConfig(data)
      decodeStatus(data)
    }
  } catch (error) {
    if (!(error instanceof GreenwaveError)) throw error
  }
}
