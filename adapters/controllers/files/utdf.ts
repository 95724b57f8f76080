// The timing of one signal as the sections [Timeplans] and [Phases] of UTDF, with the rows that `greenwave export --format utdf` writes.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Pattern, Signal } from '../../../model/signal.ts'
import { phaseRows, prepareSignal, timeplanRows } from '../../formats/utdf/export-timing.ts'
import { csvOf } from './sheet.ts'

/** The only intersection of the file. */
const INTID = 1

/** Undefined where the pattern has no exact form as phases. */
export function utdfOf(signal: Signal, pattern: Pattern): string | undefined {
  try {
    const exported = prepareSignal(signal, pattern)
    const columns = Math.max(8, ...exported.numbers.values())
    return csvOf([
      ['[Timeplans]'], ['Timing Plan Settings'], ['RECORDNAME', 'INTID', 'DATA'], ...timeplanRows(exported, INTID, [INTID]).map((row) => row.map(String)),
      ['[Phases]'], ['Phasing Data'], ['RECORDNAME', 'INTID', ...Array.from({ length: columns }, (_, i) => `D${i + 1}`)], ...phaseRows(exported, columns).map(([name, values]) => [name, String(INTID), ...values.map(String)]),
    ])
  } catch (error) {
    if (error instanceof GreenwaveError) return undefined
    throw error
  }
}
