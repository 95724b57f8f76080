// A UTDF file as its sections and records say it: text by intersection, record and column, with line numbers.
// Format: Universal Traffic Data Format version 6 to 8, combined CSV (Synchro Studio user guide, UTDF chapter).
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote, Place } from '../../../model/errors.ts'

/** One row: a record of one intersection, a value per column (NBL, EBT, D1, DATA ...). */
export interface UtdfRecord {
  name: string
  line: number
  values: Map<string, string>
}

/** All records of one intersection in one section, by lower-case name. */
export interface RecordSet {
  id: string
  line: number
  records: Map<string, UtdfRecord>
}

export interface UtdfNode {
  id: string
  type: string
  x: number
  y: number
  name: string
  line: number
}

export type SectionName = 'links' | 'lanes' | 'timeplans' | 'phases'

export interface UtdfDocument {
  file: string
  /** Settings by lower-case name; absent without a [Network] section. */
  network?: Map<string, { value: string; line: number }>
  nodes?: Map<string, UtdfNode>
  links?: Map<string, RecordSet>
  lanes?: Map<string, RecordSet>
  timeplans?: Map<string, RecordSet>
  phases?: Map<string, RecordSet>
  /** Records and settings that are read past, by section and name. */
  unused: Map<string, { count: number; line: number }>
  lastLine: number
  notes: ImportNote[]
}

const placeOf = (document: UtdfDocument, record: UtdfRecord | undefined, id: string): Place => ({
  file: document.file,
  ...(record === undefined ? {} : { line: record.line }),
  element: record === undefined ? `intersection ${id}` : `record ${record.name} of ${id}`,
})

/** A number or undefined for an empty cell; Synchro marks values that a user fixed with a star. Throws input.value else. */
export function parseNumber(text: string | undefined, place: Place, what: string): number | undefined {
  if (text === undefined || text === '') return undefined
  const digits = text.startsWith('*') ? text.slice(1) : text
  const value = digits.trim() === '' ? Number.NaN : Number(digits)
  if (!Number.isFinite(value)) throw new GreenwaveError('input.value', `${what} is "${text}", not a number`, place)
  return value
}

/** Reads records of one intersection in one section, with errors that name file, line, record and value. */
export class RecordReader {
  readonly document: UtdfDocument
  readonly set: RecordSet

  constructor(document: UtdfDocument, set: RecordSet) {
    this.document = document
    this.set = set
  }

  find(name: string): UtdfRecord | undefined {
    return this.set.records.get(name.toLowerCase())
  }

  place(name: string): Place {
    const record = this.find(name)
    return record === undefined ? { file: this.document.file, line: this.set.line, element: `intersection ${this.set.id}` } : placeOf(this.document, record, this.set.id)
  }

  findText(name: string, column: string): string | undefined {
    const text = this.find(name)?.values.get(column)
    return text === '' ? undefined : text
  }

  findNumber(name: string, column: string): number | undefined {
    return parseNumber(this.findText(name, column), this.place(name), column)
  }

  /** A number that must not be negative. */
  findAmount(name: string, column: string, most = 1e9): number | undefined {
    const value = this.findNumber(name, column)
    if (value !== undefined && (value < 0 || value > most)) {
      throw new GreenwaveError('input.value', `${column} is ${value}; it must lie between 0 and ${most}`, this.place(name))
    }
    return value
  }

  /** A whole number that must not be negative. */
  findCount(name: string, column: string, most: number): number | undefined {
    const value = this.findAmount(name, column, most)
    if (value !== undefined && !Number.isInteger(value)) throw new GreenwaveError('input.value', `${column} is ${value}, not a whole number`, this.place(name))
    return value
  }

  fail(name: string, sentence: string): never {
    throw new GreenwaveError('input.value', sentence, this.place(name))
  }
}
