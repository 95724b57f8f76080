// Reads a combined UTDF file line by line into its sections. Columns are taken from each section's header row, never
// assumed; sections and header rows may repeat; rows may be padded with commas.
import { GreenwaveError } from '../../../model/errors.ts'
import { readCsv } from '../counts/csv.ts'
import type { CsvLine } from '../counts/csv.ts'
import { parseNumber } from './document.ts'
import { isUsed } from './records.ts'
import type { RecordSet, SectionName, UtdfDocument } from './document.ts'

/** First cells of the tables of UTDF version 5 and older, which came as one file a table. */
const SPLIT_FILES = ['layout data', 'lane group data', 'phasing data', 'timing plan data', 'timing plans', 'turning movement count', 'tmc', 'volume data']

interface State {
  section: string | undefined
  columns: string[] | undefined
  /** The last row that was shorter than its header, and how many there were in this section. */
  shortRows: { line: number; fields: number; columns: number }[]
  lastRow: CsvLine | undefined
  /** A row without name or INTID: cut off if the file ends with it, else an error of its own. */
  broken: GreenwaveError | undefined
}

/** Reads one file. Throws GreenwaveError (input.*) with line and value for whatever is no combined UTDF file. */
export async function readUtdf(file: string): Promise<UtdfDocument> {
  const document: UtdfDocument = { file, unused: new Map(), lastLine: 0, notes: [] }
  const state: State = { section: undefined, columns: undefined, shortRows: [], lastRow: undefined, broken: undefined }
  for await (const row of readCsv(file)) {
    document.lastLine = row.line
    if (row.fields.every((field) => field === '')) continue
    if (state.broken !== undefined) throw state.broken
    if (isSectionHeader(row.fields)) startSection(document, state, row)
    else readRow(document, state, row)
    state.lastRow = row
  }
  checkEnd(document, state)
  return document
}

const isSectionHeader = (fields: string[]): boolean => /^\[[^\]]*\]$/.test(fields[0] ?? '') && fields.slice(1).every((field) => field === '')

function startSection(document: UtdfDocument, state: State, row: CsvLine): void {
  const name = (row.fields[0] ?? '').slice(1, -1).trim().toLowerCase()
  state.section = name
  state.columns = undefined
  state.shortRows = []
  switch (name) {
    case 'network': document.network ??= new Map(); break
    case 'nodes': document.nodes ??= new Map(); break
    case 'links': document.links ??= new Map(); break
    case 'lanes': document.lanes ??= new Map(); break
    case 'timeplans': document.timeplans ??= new Map(); break
    case 'phases': document.phases ??= new Map(); break
    default:
      document.notes.push({ kind: 'not-understood', place: { file: document.file, line: row.line, element: `section ${row.fields[0]}` }, message: 'section is not known and was left out' })
  }
}

function readRow(document: UtdfDocument, state: State, row: CsvLine): void {
  const first = row.fields[0] ?? ''
  if (state.section === undefined) refuse(document.file, row)
  if (/^(recordname|intid)$/i.test(first)) {
    state.columns = trimEnd(row.fields)
    return
  }
  // Between the section's name and its header row stands a title ("Lane Group Data").
  if (state.columns === undefined) return
  if (row.fields.length < state.columns.length) state.shortRows.push({ line: row.line, fields: row.fields.length, columns: state.columns.length })
  switch (state.section) {
    case 'network': readSetting(document, row); break
    case 'nodes': readNode(document, state.columns, row); break
    case 'links': case 'lanes': case 'timeplans': case 'phases': state.broken = readRecord(document, state.section, state.columns, row); break
  }
}

function trimEnd(fields: string[]): string[] {
  const last = fields.findLastIndex((field) => field !== '')
  return fields.slice(0, last + 1)
}

function refuse(file: string, row: CsvLine): never {
  const text = row.fields.join(',')
  const place = { file, line: row.line }
  if (SPLIT_FILES.includes((row.fields[0] ?? '').toLowerCase()) || /(^|[\\/])(layout|lanes|phasing|timing|volume)\.csv$/i.test(file)) {
    throw new GreenwaveError('input.format', 'this is one table of an old UTDF export in several files; export the network as one combined CSV (UTDF version 6 or later)', place)
  }
  if (text.startsWith('<')) throw new GreenwaveError('input.format', `this is XML, not UTDF: "${text.slice(0, 40)}"`, place)
  if (/^\s*[{[]/.test(text)) throw new GreenwaveError('input.format', `this is JSON, not UTDF: "${text.slice(0, 40)}"`, place)
  throw new GreenwaveError('input.format', `a UTDF file begins with a section such as [Network] or [Lanes], this one with "${text.slice(0, 40)}"`, place)
}

function readSetting(document: UtdfDocument, row: CsvLine): void {
  const name = (row.fields[0] ?? '').toLowerCase()
  const value = row.fields[1] ?? ''
  const settings = document.network as NonNullable<UtdfDocument['network']>
  const before = settings.get(name)
  if (before !== undefined && before.value !== value) {
    throw new GreenwaveError('input.duplicate', `setting "${row.fields[0]}" is given twice: "${before.value}" on line ${before.line} and "${value}"`, { file: document.file, line: row.line })
  }
  settings.set(name, { value, line: row.line })
}

function readNode(document: UtdfDocument, columns: string[], row: CsvLine): void {
  const place = { file: document.file, line: row.line, element: `node "${row.fields[0]}"` }
  const nodes = document.nodes as NonNullable<UtdfDocument['nodes']>
  const cell = (name: string): string => row.fields[columns.findIndex((column) => column.toLowerCase() === name)] ?? ''
  const id = cell('intid')
  if (id === '') throw new GreenwaveError('input.value', 'a node without INTID', place)
  const before = nodes.get(id)
  if (before !== undefined) throw new GreenwaveError('input.duplicate', `node ${id} is given twice; first on line ${before.line}`, place)
  const [x, y] = [parseNumber(cell('x'), place, 'X'), parseNumber(cell('y'), place, 'Y')]
  if (x === undefined || y === undefined) throw new GreenwaveError('input.value', `node ${id} has no ${x === undefined ? 'X' : 'Y'}`, place)
  nodes.set(id, { id, type: cell('type'), x, y, name: cell('description'), line: row.line })
}

function readRecord(document: UtdfDocument, section: SectionName, columns: string[], row: CsvLine): GreenwaveError | undefined {
  const [name, id] = [row.fields[0] ?? '', row.fields[1] ?? '']
  const place = { file: document.file, line: row.line, element: `record "${name}"` }
  if (name === '') return new GreenwaveError('input.syntax', 'a row without RECORDNAME', place)
  if (id === '') return new GreenwaveError('input.syntax', `[${section}] row "${name}" has no INTID`, place)
  if (!isUsed(section, name)) {
    const label = `[${section}] ${name}`
    const seen = document.unused.get(label)
    document.unused.set(label, { count: (seen?.count ?? 0) + 1, line: seen?.line ?? row.line })
    return undefined
  }
  const sets = document[section] as Map<string, RecordSet>
  const set = sets.get(id) ?? { id, line: row.line, records: new Map() }
  sets.set(id, set)
  const key = name.toLowerCase()
  const before = set.records.get(key)
  if (before !== undefined) {
    throw new GreenwaveError('input.duplicate', `[${section}] record ${name} of intersection ${id} is given twice; first on line ${before.line}`, place)
  }
  const values = new Map<string, string>()
  columns.forEach((column, i) => {
    const value = row.fields[i] ?? ''
    if (i > 1 && column !== '' && value !== '') values.set(column.toUpperCase(), value)
  })
  set.records.set(key, { name, line: row.line, values })
  return undefined
}

function checkEnd(document: UtdfDocument, state: State): void {
  const { file } = document
  const last = state.lastRow
  if (last === undefined) throw new GreenwaveError('input.empty', 'the file has no line with text', { file })
  const short = state.shortRows.at(-1)
  // Exports write every row of a section to the width of its header; one short row at the very end was cut off.
  if (state.broken !== undefined || (short !== undefined && short.line === last.line && state.shortRows.length === 1)) {
    throw new GreenwaveError('input.truncated', `the last row has ${last.fields.length} fields, its header ${state.columns?.length ?? 0}: "${last.fields.join(',').slice(0, 60)}"`, { file, line: last.line })
  }
  if (isSectionHeader(last.fields) || /^(recordname|intid)$/i.test(last.fields[0] ?? '')) {
    throw new GreenwaveError('input.truncated', `the file ends with the header "${last.fields[0]}"`, { file, line: last.line })
  }
  if (!last.terminated) {
    document.notes.push({ kind: 'assumed', place: { file, line: last.line }, message: `the last line has no line end; it is taken as complete: "${last.fields.join(',').slice(0, 60)}"` })
  }
  if (document.lanes === undefined || document.lanes.size === 0) {
    throw new GreenwaveError('input.format', 'the file has no [Lanes] section with records, so it holds no intersection', { file })
  }
}
