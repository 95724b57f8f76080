// What the fuzzing of decoders drives: bytes as if they came from SUMO.
import { COMMAND, decodeAnswers, decodeStep, decodeSubscribed, decodeValue, decodeVersion, LIGHT, MessageSplitter } from './codec.ts'
import { programsOf } from './program.ts'
import { GreenwaveError } from '../../../model/errors.ts'

/** Gives bytes to every decoder. Throws nothing but what is no GreenwaveError, which would be a fault. */
export function fuzzTarget(bytes: Uint8Array): void {
  const buffer = Buffer.from(bytes)
  const believed = (decode: () => unknown): void => {
    try {
      decode()
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
    }
  }
  believed(() => new MessageSplitter().push(buffer).map((body) => decodeAnswers(body, [COMMAND.getLight])))
  for (const id of [COMMAND.step, COMMAND.getLight, COMMAND.setLight, COMMAND.version, COMMAND.subscribeLight]) believed(() => decodeAnswers(buffer, [id]))
  believed(() => decodeVersion(buffer))
  believed(() => decodeStep(buffer))
  believed(() => decodeSubscribed(buffer, COMMAND.subscribeLight))
  believed(() => programsOf(decodeValue(buffer, LIGHT.programs, 'J1')))
}
