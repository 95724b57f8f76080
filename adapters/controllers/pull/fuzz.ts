// For a bench that throws a million documents: what is made of bytes that came.
import { parseBundle, verifySignature } from './bundle.ts'
import { parseReport } from './report.ts'

/** Throws nothing but GreenwaveError. The first byte says how it is read. */
export function fuzzTarget(bytes: Uint8Array): void {
  const text = Buffer.from(bytes.subarray(1)).toString()
  const how = (bytes[0] ?? 0) % 3
  if (how === 0) parseBundle(text)
  else if (how === 1) parseReport(text)
  else verifySignature('', text, new Map())
}
