// Observations, states, snapshots and events in memory.
import { GreenwaveError } from '../../model/errors.ts'
import type { FeedHealth } from '../../model/feed.ts'
import { formatDay } from '../../model/local-time.ts'
import type { Batch, BatchOutcome, EventLog, ObservationLog, Snapshot, SnapshotStore, StateStore } from '../ports/index.ts'
import { addHealth, addIssues, DAY_S, dayOf, LATE_S } from '../ports/feed-days.ts'
import { compareKeys, type SortKey } from '../ports/pages.ts'
import { given, kept, keyOf, requireFree, without, type Access, type MemoryTables } from './memory-tables.ts'

/** Rows in one piece of a stream. */
const PIECE = 5000

export function memoryObservations(access: Access): ObservationLog {
  const appendAll = (batches: readonly Batch[]): Promise<BatchOutcome[]> => access((tables) => {
    const own = batches.map((batch) => ({ batch: keptBatch(batch), network: networkOf(tables, batch.feed) }))
    return own.map(({ batch, network }) => store(tables, batch, network))
  })
  return {
    append: async (batch) => (await appendAll([batch]))[0]!,
    appendAll,
    has: (feed, batch) => access(({ batches }) => batches.has(keyOf(feed, batch))),
    find: (feed, batch) => access(({ batches }) => given(batches.get(keyOf(feed, batch)))),
    fixes: (network, from_s, until_s) => pieces(access, ({ fixes }) => fixes, network, from_s, until_s, ({ time_s, vehicle }) => [time_s, vehicle]),
    events: (network, from_s, until_s) => pieces(access, ({ signalEvents }) => signalEvents, network, from_s, until_s, (row) => [row.time_s, row.device, row.event, row.parameter]),
    counts: (network, from_s, until_s) => pieces(access, ({ laneCounts }) => laneCounts, network, from_s, until_s, (row) => [row.time_s, row.sensor, row.lane ?? '']),
    newestDay: () => access((tables) => {
      const days = [...tables.fixes, ...tables.signalEvents, ...tables.laneCounts].map(({ time_s }) => dayOf(time_s))
      return days.length === 0 ? undefined : formatDay(days.reduce((one, other) => Math.max(one, other)))
    }),
    tend: (now, keep_days) => access((tables) => tend(tables, now, keep_days)),
  }
}

function keptBatch({ fixes, events, counts, ...batch }: Batch): Batch {
  return { ...kept(batch), fixes: (fixes ?? []).map(kept), events: (events ?? []).map(kept), counts: (counts ?? []).map(kept) }
}

function networkOf({ feeds }: MemoryTables, id: string): string {
  const feed = feeds.get(id)
  if (feed === undefined || feed.removed) throw new GreenwaveError('request.unknown', `there is no feed "${id}"`)
  return feed.network
}

function store(tables: MemoryTables, batch: Batch, network: string): BatchOutcome {
  const key = keyOf(batch.feed, batch.id)
  if (tables.batches.has(key)) return 'duplicate'
  const day = dayOf(batch.received_s)
  const dayKey = keyOf(batch.feed, String(day))
  const health: FeedHealth = { ...batch.health, source: batch.feed, issues: addIssues(batch.health.issues) }
  tables.batches.set(key, { received_s: batch.received_s, health, ...(batch.content === undefined ? {} : { content: batch.content }) })
  const sum = tables.health.get(dayKey)
  tables.health.set(dayKey, { feed: batch.feed, day, health: sum === undefined ? health : addHealth(sum.health, health) })
  for (const row of batch.fixes ?? []) tables.fixes.push({ ...row, feed: batch.feed, network })
  for (const row of batch.events ?? []) tables.signalEvents.push({ ...row, network })
  for (const row of batch.counts ?? []) tables.laneCounts.push({ ...row, network })
  return 'stored'
}

async function* pieces<Row extends { time_s: number; network: string }>(
  access: Access, table: (tables: MemoryTables) => readonly Row[], network: string, from_s: number, until_s: number, order: (row: Row) => SortKey,
): AsyncGenerator<Omit<Row, 'network'>[]> {
  const rows = await access((tables) => table(tables).filter((row) => row.network === network && row.time_s >= from_s && row.time_s < until_s).sort((a, b) => compareKeys(order(a), order(b))))
  for (let i = 0; i < rows.length; i += PIECE) yield rows.slice(i, i + PIECE).map((row) => without(row, 'network'))
}

function tend(tables: MemoryTables, now: number, keep_days: number): { closed: string[]; dropped: string[] } {
  const keep = dayOf(now) - keep_days
  const goes = ({ time_s }: { time_s: number }): boolean => dayOf(time_s) < keep
  const dropped = new Set([...tables.fixes, ...tables.signalEvents, ...tables.laneCounts].filter(goes).map((row) => dayOf(row.time_s)))
  tables.fixes = tables.fixes.filter((row) => !goes(row))
  tables.signalEvents = tables.signalEvents.filter((row) => !goes(row))
  tables.laneCounts = tables.laneCounts.filter((row) => !goes(row))
  for (const [key, { received_s }] of tables.batches) if (dayOf(received_s) < keep) tables.batches.delete(key)
  const closed = [...new Set(tables.fixes.map((row) => dayOf(row.time_s)))].filter((day) => (day + 1) * DAY_S + LATE_S <= now && !tables.closedDays.has(day))
  for (const day of closed) tables.closedDays.set(day, true)
  for (const day of dropped) tables.closedDays.delete(day)
  return { closed: closed.map(formatDay).sort(), dropped: [...dropped].map(formatDay).sort() }
}

export const memoryStates = (access: Access): StateStore => ({
  putDay: (network, day, state) => access(({ states }) => {
    const days = states.get(network) ?? new Map<string, typeof state>()
    days.set(day, kept(state))
    states.set(network, days)
  }),
  day: (network, day) => access(({ states }) => given(states.get(network)?.get(day))),
  days: (network, limit) => access(({ states }) => [...(states.get(network)?.keys() ?? [])].sort().reverse().slice(0, limit)),
  putMinutes: (network, minutes) => access((tables) => {
    for (const minute of minutes.map(kept)) tables.minutes.set(keyOf(network, minute.link, String(minute.time_s)), { ...minute, network })
  }),
  minutes: (network, from_s, until_s, links) => access(({ minutes }) => {
    const wanted = links === undefined ? undefined : new Set(links)
    return [...minutes.values()].filter((row) => row.network === network && row.time_s >= from_s && row.time_s < until_s && (wanted === undefined || wanted.has(row.link)))
      .sort((a, b) => compareKeys([a.time_s, a.link], [b.time_s, b.link])).map((row) => without(row, 'network'))
  }),
  tend: (before) => access(({ minutes }) => {
    const days = new Set<number>()
    for (const [key, { time_s }] of minutes) {
      if ((dayOf(time_s) + 1) * DAY_S > before) continue
      days.add(dayOf(time_s))
      minutes.delete(key)
    }
    return days.size
  }),
})

export const memorySnapshots = (access: Access): SnapshotStore => ({
  put: (snapshot) => access(({ snapshots }) => {
    requireFree(`snapshot "${snapshot.id}"`, snapshots.has(snapshot.id))
    snapshots.set(snapshot.id, kept(snapshot))
  }),
  latest: (network) => access(({ snapshots }) => {
    let latest: Snapshot | undefined
    for (const snapshot of snapshots.values()) if (snapshot.network === network) latest = snapshot
    return given(latest)
  }),
  get: (id) => access(({ snapshots }) => given(snapshots.get(id))),
  between: (network, from_s, until_s) => access(({ snapshots }) =>
    given([...snapshots.values()].filter((one) => one.network === network && one.computed_at >= from_s && one.computed_at < until_s).sort((a, b) => a.computed_at - b.computed_at))),
  tend: (before) => access(({ snapshots }) => {
    const old = [...snapshots.values()].filter((snapshot) => snapshot.computed_at < before)
    for (const { id } of old) snapshots.delete(id)
    return old.length
  }),
})

export const memoryEvents = (access: Access): EventLog => ({
  append: (event) => access((tables) => {
    const own = kept({ ...event, seq: tables.lastEvent + 1 })
    tables.lastEvent = own.seq
    tables.serviceEvents.push(own)
    return given(own)
  }),
  since: (seq, limit) => access(({ serviceEvents }) => serviceEvents.filter((event) => event.seq > seq).slice(0, limit).map(given)),
  last: () => access(({ lastEvent }) => lastEvent),
  tend: (before) => access((tables) => {
    const stay = tables.serviceEvents.filter((event) => event.time_s >= before)
    const gone = tables.serviceEvents.length - stay.length
    tables.serviceEvents = stay
    return gone
  }),
})
