import { GreenwaveError } from '../../../model/errors.ts'
import { decodeMessage, maskSecrets, MessageCutter } from './envelope.ts'
import { decodeObject, isObjectName } from './objects.ts'

/** Decodes anything; throws nothing but what the decoders promise. */
export function fuzzTarget(bytes: Uint8Array): void {
  maskSecrets(bytes, ['secret'])
  try {
    for (const message of new MessageCutter().push(bytes)) {
      for (const { objects } of decodeMessage(message).operations) for (const object of objects) if (isObjectName(object.name)) decodeObject(object.name, object)
    }
  } catch (error) {
    if (!(error instanceof GreenwaveError)) throw error
  }
}
