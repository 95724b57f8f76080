// What the fuzzing of decoders drives: bytes as if somebody had put them there as a sheet.
import { GreenwaveError } from '../../../model/errors.ts'
import { parseSheet } from './sheet.ts'
import { findPattern, slotsIn } from './timing.ts'

export function fuzzTarget(bytes: Uint8Array): void {
  try {
    const values = parseSheet(bytes)
    for (const slot of slotsIn(values)) findPattern('1', slot, values)
  } catch (error) {
    if (!(error instanceof GreenwaveError)) throw error
  }
}
