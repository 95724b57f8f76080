// Turning counts from CSV: one row per site, interval, approach and movement. Counts are vehicles per interval.
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote } from '../../../model/errors.ts'
import { parseDay } from '../../../model/local-time.ts'
import { formatTimeOfDay, parseTimeOfDay } from '../../../model/units.ts'
import { readCsv } from './csv.ts'
import type { CsvLine } from './csv.ts'

export interface CountSite {
  /** As the file names it. */
  site: string
  /** Long name, where the file has one. */
  intersection: string
  /** First row, for messages. */
  line: number
  /** By movement key (EBT, SBL, WBU ...): vehicles by start of interval. */
  counts: Map<string, Map<number, number>>
}

export interface CountTable {
  file: string
  sites: CountSite[]
  /** Starts of the intervals, s of day, ascending. */
  starts_s: number[]
  interval_s: number
}

const APPROACHES: Record<string, string> = {
  northbound: 'NB', southbound: 'SB', eastbound: 'EB', westbound: 'WB', nb: 'NB', sb: 'SB', eb: 'EB', wb: 'WB',
  northeastbound: 'NE', northwestbound: 'NW', southeastbound: 'SE', southwestbound: 'SW', ne: 'NE', nw: 'NW', se: 'SE', sw: 'SW',
}
const MOVEMENTS: Record<string, string> = {
  'l': 'L', 't': 'T', 'r': 'R', 'u': 'U', 'left': 'L', 'through': 'T', 'thru': 'T', 'right': 'R', 'u-turn': 'U', 'uturn': 'U',
}

interface Header { site: number; intersection: number; time: number; approach: number; movement: number; count: number; width: number }

/** What was counted on each of several days, under their local dates, and all days added up. */
export interface CountDays {
  all: CountTable
  /** In order; all with the intervals of `all`. */
  days: { day: string; sites: CountSite[] }[]
}

/** Reads a file of counts of one day. Throws input.* with file, line and value. */
export async function readCounts(file: string, notes: ImportNote[]): Promise<CountTable> {
  const sites = new Map<string, CountSite>()
  await readRows(file, notes, () => sites)
  return { file, sites: [...sites.values()], ...readIntervals(file, sites, notes) }
}

/** Reads files of counts of several days: every time has its date. Throws input.* with file, line and value. */
export async function readCountDays(files: readonly string[], notes: ImportNote[]): Promise<CountDays> {
  const byDay = new Map<string, Map<string, CountSite>>()
  for (const file of files) {
    await readRows(file, notes, (day, line, time) => {
      if (day === undefined || parseDay(day) === undefined) throw new GreenwaveError('input.value', `the time is "${time}"; counts of several days need a date before it, as in 2026-11-21 07:15`, { file, line })
      const sites = byDay.get(day) ?? new Map<string, CountSite>()
      byDay.set(day, sites)
      return sites
    })
  }
  const sites = addedUp([...byDay.values()])
  const file = files.length === 1 ? files[0]! : `${files[0] ?? ''} and ${files.length - 1} more`
  const days = [...byDay].sort(([a], [b]) => (a < b ? -1 : 1)).map(([day, own]) => ({ day, sites: [...own.values()] }))
  return { all: { file, sites: [...sites.values()], ...readIntervals(file, sites, notes) }, days }
}

function addedUp(days: readonly ReadonlyMap<string, CountSite>[]): Map<string, CountSite> {
  const sites = new Map<string, CountSite>()
  for (const { counts, ...rest } of days.flatMap((day) => [...day.values()])) {
    const site = sites.get(rest.site) ?? { ...rest, counts: new Map<string, Map<number, number>>() }
    sites.set(rest.site, site)
    for (const [key, series] of counts) {
      const sums = site.counts.get(key) ?? new Map<number, number>()
      site.counts.set(key, sums)
      for (const [start, count] of series) sums.set(start, (sums.get(start) ?? 0) + count)
    }
  }
  return sites
}

/** Gives each row to the sites of its day. */
async function readRows(file: string, notes: ImportNote[], sitesOf: (day: string | undefined, line: number, time: string) => Map<string, CountSite>): Promise<void> {
  let header: Header | undefined
  let last: CsvLine | undefined
  let rows = 0
  const unassigned = { rows: 0, vehicles: 0, line: 0 }
  const short: number[] = []
  for await (const row of readCsv(file)) {
    if (row.fields.every((field) => field === '')) continue
    last = row
    if (header === undefined) header = readHeader(file, row)
    else if (row.fields.length < header.width) short.push(row.line)
    else if (readRow(file, header, row, sitesOf, unassigned)) rows++
  }
  if (header === undefined || last === undefined) throw new GreenwaveError('input.empty', 'the file has no line with text', { file })
  const [cut] = short
  if (cut !== undefined) {
    const truncated = cut === last.line
    throw new GreenwaveError(truncated ? 'input.truncated' : 'input.syntax', `the row has fewer than the ${header.width} fields of the header${truncated ? `: "${last.fields.join(',').slice(0, 80)}"` : ''}`, { file, line: cut })
  }
  if (rows === 0) throw new GreenwaveError('input.truncated', 'the file has a header but no counts', { file, line: last.line })
  if (!last.terminated) notes.push({ kind: 'assumed', place: { file, line: last.line }, message: `the last line has no line end; its count "${last.fields[header.count]}" is taken as complete` })
  if (unassigned.rows > 0) notes.push({ kind: 'not-understood', place: { file, line: unassigned.line }, message: `${unassigned.rows} rows with ${unassigned.vehicles} vehicles are of no approach ("Unassigned") and were left out` })
}

function readHeader(file: string, row: CsvLine): Header {
  const names = row.fields.map((field) => field.toLowerCase())
  const at = (name: string): number => names.indexOf(name)
  const missing = ['time', 'approach', 'movement', 'count'].filter((name) => at(name) < 0)
  if (at('site') < 0 && at('intersection') < 0) missing.unshift('site')
  if (missing.length > 0) {
    throw new GreenwaveError('input.format', `the header "${row.fields.join(',').slice(0, 80)}" lacks ${missing.join(', ')}; counts have the columns intersection, site, time, approach, movement, count`, { file, line: row.line })
  }
  return { site: at('site') < 0 ? at('intersection') : at('site'), intersection: at('intersection'), time: at('time'), approach: at('approach'), movement: at('movement'), count: at('count'), width: row.fields.length }
}

/** Whether it was a count. */
function readRow(file: string, header: Header, row: CsvLine, sitesOf: Parameters<typeof readRows>[2], unassigned: { rows: number; vehicles: number; line: number }): boolean {
  const fail = (sentence: string): never => { throw new GreenwaveError('input.value', sentence, { file, line: row.line }) }
  const cell = (index: number): string => row.fields[index] ?? ''
  const count = cell(header.count) === '' ? Number.NaN : Number(cell(header.count))
  if (!Number.isFinite(count) || count < 0 || count > 1e6) fail(`the count is "${cell(header.count)}"; it must be a number from 0`)
  const [day, time] = dayAndTime(cell(header.time))
  if (time === undefined) return fail(`the time is "${cell(header.time)}"; it must be HH:MM`)
  const name = cell(header.site)
  if (name === '') fail('the row names no site')
  if (cell(header.approach).toLowerCase() === 'unassigned') {
    Object.assign(unassigned, { rows: unassigned.rows + 1, vehicles: unassigned.vehicles + count, line: unassigned.line || row.line })
    return false
  }
  const approach = APPROACHES[cell(header.approach).toLowerCase()] ?? fail(`the approach is "${cell(header.approach)}"; it must be Northbound, EB or the like`)
  const movement = MOVEMENTS[cell(header.movement).toLowerCase()] ?? fail(`the movement is "${cell(header.movement)}"; it must be L, T, R or U`)
  const sites = sitesOf(day, row.line, cell(header.time))
  const site = sites.get(name) ?? { site: name, intersection: header.intersection < 0 ? name : cell(header.intersection), line: row.line, counts: new Map() }
  sites.set(name, site)
  const series = site.counts.get(approach + movement) ?? new Map<number, number>()
  site.counts.set(approach + movement, series)
  if (series.has(time)) throw new GreenwaveError('input.duplicate', `${approach}${movement} of "${name}" at ${cell(header.time)} is given twice`, { file, line: row.line })
  series.set(time, count)
  return true
}

/** From HH:MM or a date with a time: the date, if any, and the seconds of the day. */
function dayAndTime(text: string): [day: string | undefined, time: number | undefined] {
  const [, day, clock] = /^(\d{4}-\d{2}-\d{2})[T ](\d{1,2}:\d{2}(?::\d{2})?)/.exec(text) ?? []
  const time = parseTimeOfDay(clock ?? text)
  return [day, time === undefined || time >= 86_400 ? undefined : time]
}

function readIntervals(file: string, sites: Map<string, CountSite>, notes: ImportNote[]): { starts_s: number[]; interval_s: number } {
  const starts = new Set<number>()
  for (const { counts } of sites.values()) for (const series of counts.values()) for (const start of series.keys()) starts.add(start)
  const starts_s = [...starts].sort((a, b) => a - b)
  const gaps = starts_s.slice(1).map((start, i) => start - (starts_s[i] as number))
  // A quarter of an hour is what turning counts are taken in.
  const interval_s = gaps.length === 0 ? 900 : Math.min(...gaps)
  if (gaps.length === 0) notes.push({ kind: 'assumed', place: { file }, message: 'there is one interval only; it is taken as 15 minutes' })
  const odd = starts_s.find((start) => (start - (starts_s[0] as number)) % interval_s !== 0)
  if (odd !== undefined) throw new GreenwaveError('input.value', `intervals of ${interval_s} s do not reach ${formatTimeOfDay(odd)}: times are not evenly spaced`, { file })
  return { starts_s, interval_s }
}
