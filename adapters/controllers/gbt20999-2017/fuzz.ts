import { GreenwaveError } from '../../../model/errors.ts'
import { crc16, decodeFrame, FrameCutter, STANDARD_FRAMES } from './codec.ts'

/** Decodes anything, as datagram, as stream, and with the CRC and length put right so that the values are reached; throws nothing but what the decoders promise. */
export function fuzzTarget(bytes: Uint8Array): void {
  const frames = attempt(() => new FrameCutter().push(bytes)) ?? []
  for (const frame of [bytes, ...frames, repaired(bytes)]) attempt(() => decodeFrame(frame, STANDARD_FRAMES))
}

function repaired(bytes: Uint8Array): Buffer {
  const frame = Buffer.concat([Buffer.of(0x7e, 0, 0, 1, 0), bytes.subarray(5), Buffer.of(0, 0, 0x7d)])
  frame.writeUInt16BE((frame.length - 4) & 0xffff, 1)
  frame.writeUInt16BE(crc16(frame.subarray(1, -3)), frame.length - 3)
  return frame
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch (error) {
    if (error instanceof GreenwaveError) return undefined
    throw error
  }
}
