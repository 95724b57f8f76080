// Observations: names of batches row by row, rows by COPY straight into the partition of their day.
import { GreenwaveError } from '../../model/errors.ts'
import type { LaneCount, RoadUserClass, SignalEvent } from '../../model/feed.ts'
import { formatDay } from '../../model/local-time.ts'
import { DAY_S, dayOf } from '../../plans/ports/feed-days.ts'
import type { Batch, BatchOutcome, MatchedRow, ObservationLog } from '../../plans/ports/observations.ts'
import { CopyRows } from './copy-rows.ts'
import type { Sql } from './database.ts'
import { findBatch } from './feeds.ts'
import { type DayTable, ensureDays, listDays, partitionOf, summarize } from './partitions.ts'
import { textOf } from './rows.ts'
import { tend } from './tend.ts'

export function observationLog(sql: Sql): ObservationLog {
  const appendAll = async (batches: readonly Batch[]): Promise<BatchOutcome[]> => {
    if (batches.length === 0) return []
    return sql.atomically((own) => store(own, batches))
  }
  return {
    append: async (batch) => (await appendAll([batch]))[0]!,
    appendAll,
    has: async (feed, batch) => (await sql.query('SELECT 1 FROM batch WHERE feed = $1 AND id = $2', [feed, batch])).length > 0,
    find: (feed, batch) => findBatch(sql, feed, batch),
    fixes: (network, from_s, until_s) => stream(sql, FIXES, network, from_s, until_s),
    events: (network, from_s, until_s) => stream(sql, EVENTS, network, from_s, until_s),
    counts: (network, from_s, until_s) => stream(sql, COUNTS, network, from_s, until_s),
    async newestDay() {
      const days = (await Promise.all((['fix', 'signal_event', 'lane_count'] as const).map((table) => listDays(sql, table)))).flat()
      return days.length === 0 ? undefined : formatDay(Math.max(...days))
    },
    tend: (now, keep_days) => tend(sql, now, keep_days),
  }
}

const TARGETS = {
  fix: '(source, time_s, lon, lat, position_m, offset_m, speed_mps, heading_deg, vehicle, link)',
  signal_event: '(source, time_s, event, parameter, device)',
  lane_count: '(source, time_s, period_s, vehicles, occupancy, speed_mps, length_from_m, length_until_m, sensor, lane, class)',
} as const

/** Rows of one table and day. */
interface DayRows { table: keyof typeof TARGETS; day: number; rows: CopyRows }

/** Rows by table and day. */
class RowsByDay {
  readonly days = new Map<string, DayRows>()
  #last: DayRows | undefined

  of(table: keyof typeof TARGETS, time_s: number): CopyRows {
    const day = dayOf(time_s)
    if (this.#last?.table === table && this.#last.day === day) return this.#last.rows
    const key = `${table} ${day}`
    this.#last = this.days.get(key) ?? { table, day, rows: new CopyRows() }
    this.days.set(key, this.#last)
    return this.#last.rows
  }

  add({ fixes = [], events = [], counts = [] }: Batch, source: number): void {
    for (const fix of fixes) addFix(this.of('fix', fix.time_s), source, fix)
    for (const event of events) addEvent(this.of('signal_event', event.time_s), source, event)
    for (const count of counts) addCount(this.of('lane_count', count.time_s), source, count)
  }
}

function addFix(rows: CopyRows, source: number, fix: MatchedRow): void {
  rows.begin(10)
  rows.whole(source)
  rows.figure(fix.time_s)
  rows.figure(fix.lon)
  rows.figure(fix.lat)
  rows.figure(fix.position_m)
  rows.figure(fix.offset_m)
  rows.figure(fix.speed_mps)
  rows.figure(fix.heading_deg)
  rows.word(fix.vehicle)
  rows.word(fix.link)
}

function addEvent(rows: CopyRows, source: number, event: SignalEvent): void {
  rows.begin(5)
  rows.whole(source)
  rows.figure(event.time_s)
  rows.whole(event.event)
  rows.whole(event.parameter)
  rows.word(event.device)
}

function addCount(rows: CopyRows, source: number, count: LaneCount): void {
  const [from, until] = count.lengths_m ?? []
  rows.begin(11)
  rows.whole(source)
  for (const figure of [count.time_s, count.period_s, count.vehicles, count.occupancy, count.speed_mps, from, until]) rows.figure(figure)
  rows.word(count.sensor)
  rows.word(count.lane)
  rows.word(count.class)
}

/** Everything is looked at before anything is written. */
async function store(sql: Sql, batches: readonly Batch[]): Promise<BatchOutcome[]> {
  const sources = await sourceNumbers(sql, new Set(batches.map(({ feed }) => feed)))
  const rowsOf = (these: readonly Batch[]): DayRows[] => {
    const rows = new RowsByDay()
    for (const batch of these) rows.add(batch, sources.get(batch.feed)!)
    return [...rows.days.values()]
  }
  let rows = rowsOf(batches)
  const days = new Map<DayTable, Set<number>>()
  for (const { table, day } of rows) days.set(table, (days.get(table) ?? new Set()).add(day))
  await ensureDays(sql, days)
  const fresh = await claim(sql, batches)
  // Seldom: a sender did not hear that its batch had arrived.
  if (fresh.includes(false)) rows = rowsOf(batches.filter((_, i) => fresh[i]))
  for (const { table, day, rows: own } of rows) await sql.copyFrom(`${partitionOf(table, day)} ${TARGETS[table]}`, own.pieces())
  return fresh.map((stored) => (stored ? 'stored' : 'duplicate'))
}

/** The number of each feed in its network of now. Throws `request.unknown`. */
async function sourceNumbers(sql: Sql, feeds: ReadonlySet<string>): Promise<Map<string, number>> {
  const find = () => sql.query<{ feed: string; network: string; number: number | null }>(
    'SELECT f.id AS feed, f.network, s.number FROM feed f LEFT JOIN source s ON s.feed = f.id AND s.network = f.network WHERE f.id = ANY($1::text[]) AND NOT f.removed', [[...feeds]],
  )
  let rows = await find()
  for (const feed of feeds) if (!rows.some((row) => row.feed === feed)) throw new GreenwaveError('request.unknown', `there is no feed "${feed}"`)
  const unnumbered = rows.filter(({ number }) => number === null)
  if (unnumbered.length > 0) {
    await sql.query(
      'INSERT INTO source (feed, network) SELECT * FROM unnest($1::text[], $2::text[]) AS new (feed, network) ORDER BY 1, 2 ON CONFLICT DO NOTHING',
      [unnumbered.map(({ feed }) => feed), unnumbered.map(({ network }) => network)],
    )
    rows = await find()
  }
  return new Map(rows.map(({ feed, number }) => [feed, number!]))
}

/**
 * Writes the names of batches; true for those that were not there. Who brings the same at the same time waits here until the other has committed;
 * in the order of their names, so that two with many of the same don't wait for each other.
 */
async function claim(sql: Sql, batches: readonly Batch[]): Promise<boolean[]> {
  const keys = batches.map(({ feed, id }) => JSON.stringify([feed, id]))
  const first = batches.filter((_, i) => keys.indexOf(keys[i]!) === i)
  const column = <T>(pick: (batch: Batch) => T): T[] => first.map(pick)
  const rows = await sql.query<{ feed: string; id: string }>(`
    INSERT INTO batch (feed, id, day, received_s, read, accepted, from_s, until_s, refused, issues, content)
    SELECT feed, id, day, received_s, read, accepted, from_s, until_s, refused, issues::json, content
    FROM unnest($1::text[], $2::text[], $3::integer[], $4::float8[], $5::bigint[], $6::bigint[], $7::float8[], $8::float8[], $9::text[], $10::text[], $11::text[])
      AS new (feed, id, day, received_s, read, accepted, from_s, until_s, refused, issues, content)
    ORDER BY feed COLLATE "C", id COLLATE "C" ON CONFLICT DO NOTHING RETURNING feed, id`, [
    column(({ feed }) => feed), column(({ id }) => id), column(({ received_s }) => dayOf(received_s)), column(({ received_s }) => received_s), column(({ health }) => health.read),
    column(({ health }) => health.accepted), column(({ health }) => health.from_s ?? null), column(({ health }) => health.until_s ?? null), column(({ health }) => health.refused ?? null),
    column(({ health }) => (health.issues.length === 0 ? null : textOf(health.issues))), column(({ content }) => content ?? null),
  ])
  const claimed = new Set(rows.map(({ feed, id }) => JSON.stringify([feed, id])))
  return keys.map((key) => claimed.delete(key))
}

interface Stream<Row, Item> {
  table: 'fix' | 'signal_event' | 'lane_count'
  columns: string
  order: string
  itemOf(row: Row, feed: string): Item
}
type Nullable<T> = { [K in keyof T]-?: T[K] | null }

const FIXES: Stream<Nullable<MatchedRow>, MatchedRow & { feed: string }> = {
  table: 'fix', columns: 'vehicle, time_s, lon, lat, link, position_m, offset_m, speed_mps, heading_deg', order: 'time_s, vehicle',
  itemOf: (row, feed) => {
    const { vehicle, time_s, lon, lat, link, position_m, offset_m, speed_mps, heading_deg } = row
    // Every field by its name: a night reads millions.
    const item: MatchedRow & { feed: string } = { vehicle: vehicle!, time_s: time_s!, lon: lon!, lat: lat!, feed }
    if (link !== null) item.link = link
    if (position_m !== null) item.position_m = position_m
    if (offset_m !== null) item.offset_m = offset_m
    if (speed_mps !== null) item.speed_mps = speed_mps
    if (heading_deg !== null) item.heading_deg = heading_deg
    return item
  },
}
const EVENTS: Stream<SignalEvent, SignalEvent> = { table: 'signal_event', columns: 'device, time_s, event, parameter', order: 'time_s, device, event, parameter', itemOf: ({ device, time_s, event, parameter }) => ({ device, time_s, event, parameter }) }
interface CountRow { sensor: string; lane: string | null; time_s: number; period_s: number; vehicles: number | null; occupancy: number | null; speed_mps: number | null; class: RoadUserClass | null; length_from_m: number | null; length_until_m: number | null }
const COUNTS: Stream<CountRow, LaneCount> = {
  table: 'lane_count', columns: 'sensor, lane, time_s, period_s, vehicles, occupancy, speed_mps, class, length_from_m, length_until_m', order: 'time_s, sensor, lane NULLS FIRST',
  itemOf: ({ sensor, lane, time_s, period_s, vehicles, occupancy, speed_mps, class: kind, length_from_m, length_until_m }) => ({
    sensor, lane: lane ?? undefined, time_s, period_s, vehicles: vehicles ?? undefined, occupancy: occupancy ?? undefined, speed_mps: speed_mps ?? undefined,
    ...(kind === null ? {} : { class: kind }), ...(length_from_m === null || length_until_m === null ? {} : { lengths_m: [length_from_m, length_until_m] as const }),
  }),
}

/** A piece holds no more, unless so many rows have one instant. On the embedded database everybody waits for the statement that reads it. */
const PIECE = { postgres: 20_000, pglite: 4000 } as const
const FIRST_SLICE_S = 1
const LEAST_SLICE_S = 0.001

/**
 * Day by day, each in slices of time that grow and shrink with what is in them: every slice is found through the BRIN index, and no connection is
 * held while the reader works.
 */
async function* stream<Row extends object, Item>(sql: Sql, { table, columns, order, itemOf }: Stream<Row, Item>, network: string, from_s: number, until_s: number): AsyncGenerator<Item[]> {
  const feeds = new Map((await sql.query<{ number: number; feed: string }>('SELECT number, feed FROM source WHERE network = $1', [network])).map(({ number, feed }) => [number, feed]))
  if (feeds.size === 0) return
  const select = `SELECT source, ${columns} FROM ${table} WHERE time_s >= $1 AND time_s < $2 AND source = ANY($3::integer[]) ORDER BY ${order}`
  const piece = PIECE[sql.kind]
  let width = FIRST_SLICE_S
  for (const day of await listDays(sql, table)) {
    const end = Math.min(until_s, (day + 1) * DAY_S)
    if (end <= from_s || day * DAY_S >= until_s) continue
    await summarize(sql, table, day)
    for (let begin = Math.max(from_s, day * DAY_S); begin < end;) {
      const until = Math.min(end, begin + width)
      const narrow = width > LEAST_SLICE_S
      const rows = await throughIndex(sql, (own) => own.query<Row & { source: number }>(narrow ? `${select} LIMIT ${piece + 1}` : select, [begin, until, [...feeds.keys()]]))
      if (narrow && rows.length > piece) {
        width /= 8
        continue
      }
      if (rows.length > 0) yield rows.map((row) => itemOf(row, feeds.get(row.source)!))
      if (rows.length < piece / 8) width = Math.min(width * 4, DAY_S)
      begin = until
    }
  }
}

/**
 * Without statistics, which the embedded database never gathers and a server only after a while, the whole day would be read for every slice of it; and
 * where hours were written side by side the statistics themselves speak against the index.
 */
const throughIndex = <T>(sql: Sql, work: (sql: Sql) => Promise<T>): Promise<T> => sql.atomically(async (own) => {
  await own.query(`SELECT set_config('enable_seqscan', 'off', true)`)
  return work(own)
})
