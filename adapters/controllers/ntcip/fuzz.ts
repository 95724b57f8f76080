// For a bench that throws a million datagrams: what the adapter makes of bytes from the line, short of keys.
import { decodeSet } from './ber.ts'
import { screen } from './screen.ts'

/** Throws nothing but GreenwaveError. The first byte says how it is read. */
export function fuzzTarget(bytes: Uint8Array): void {
  const [how = 0, ...rest] = bytes
  const buffer = Buffer.from(rest)
  if (how % 4 === 0) decodeSet(buffer)
  else screen(buffer, { version: how % 4 === 1 ? 'v3' : how % 4 === 2 ? 'v2c' : 'v1' })
}
