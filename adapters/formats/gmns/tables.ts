// The tables of a GMNS folder: one CSV file each, columns by their header. Empty, NaN and NULL are missing.
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { GreenwaveError, type ErrorCode, type Place } from '../../../model/errors.ts'
import { readCsv } from '../counts/csv.ts'

const MISSING = /^(nan|null|none|n\/a)?$/i
/** Far beyond any coordinate or length of a network. */
const LARGEST = 1e9

export class Row {
  readonly place: Place
  readonly #values: ReadonlyMap<string, string>

  constructor(values: ReadonlyMap<string, string>, place: Place) {
    this.#values = values
    this.place = place
  }

  error(code: ErrorCode, sentence: string): GreenwaveError {
    return new GreenwaveError(code, sentence, this.place)
  }

  find(...columns: string[]): string | undefined {
    return columns.map((column) => this.#values.get(column)).find((value) => value !== undefined && !MISSING.test(value))
  }

  get(column: string): string {
    const value = this.find(column)
    if (value === undefined) throw this.error('input.value', `${column} is missing`)
    return value
  }

  /** Throws input.value for what is no number. */
  findNumber(column: string, limits: { min?: number; max?: number } = {}): number | undefined {
    const text = this.find(column)
    if (text === undefined) return undefined
    const value = Number(text)
    const { min = -LARGEST, max = LARGEST } = limits
    if (!Number.isFinite(value) || value < min || value > max) throw this.error('input.value', `${column} is "${text.slice(0, 60)}"; it must be a number from ${min} to ${max}`)
    return value
  }

  getNumber(column: string): number {
    const value = this.findNumber(column)
    if (value === undefined) throw this.error('input.value', `${column} is missing`)
    return value
  }

  /** Undefined where the cell is empty or is neither. */
  findFlag(column: string): boolean | undefined {
    const text = this.find(column)?.toLowerCase()
    if (text === undefined) return undefined
    if (['1', 'true', 't', 'yes', '1.0'].includes(text)) return true
    return ['0', 'false', 'f', 'no', '0.0'].includes(text) ? false : undefined
  }
}

export interface Tables {
  folder: string
  /** Rows of a table; undefined where its file is not there. */
  find(table: string): Row[] | undefined
  get(table: string): Row[]
}

const READ = ['config', 'node', 'link', 'geometry', 'lane', 'segment', 'segment_lane', 'movement', 'signal_controller', 'signal_timing_plan', 'signal_timing_phase', 'signal_phase_mvmt', 'signal_coordination', 'time_set_definitions']

/** Reads the tables that are used. Throws input.unreadable where node.csv or link.csv is not there. */
export async function readTables(folder: string): Promise<Tables> {
  const tables = new Map<string, Row[]>()
  for (const name of READ) {
    const path = join(folder, `${name}.csv`)
    const there = await stat(path).catch(() => undefined)
    if (there?.isFile() === true && there.size > 0) tables.set(name, await readTable(path, name))
  }
  const get = (table: string): Row[] => {
    const rows = tables.get(table)
    if (rows === undefined) throw new GreenwaveError('input.unreadable', `the folder has no ${table}.csv; a GMNS network needs node.csv and link.csv`, { file: folder })
    return rows
  }
  return { folder, find: (table) => tables.get(table), get }
}

async function readTable(path: string, table: string): Promise<Row[]> {
  let header: string[] | undefined
  const rows: Row[] = []
  for await (const { line, fields } of readCsv(path)) {
    if (header === undefined) {
      header = fields.map((field) => field.toLowerCase())
      continue
    }
    if (fields.every((field) => field === '')) continue
    const place: Place = { file: path, line, element: `${table} "${(fields[0] ?? '').slice(0, 60)}"` }
    if (fields.length > header.length && fields.slice(header.length).some((field) => field !== '')) {
      throw new GreenwaveError('input.syntax', `the row has ${fields.length} fields, the header ${header.length}; texts with commas need quotes`, place)
    }
    rows.push(new Row(new Map(header.map((column, i) => [column, fields[i] ?? ''])), place))
  }
  return rows
}
