import type { TrafficState } from '../../model/traffic-state.ts'
import type { PlaceCard } from '../../model/diagnosis.ts'
import { DAY_S, dayOf } from '../../plans/ports/feed-days.ts'
import type { LinkMinute, StateStore, TreatmentStore } from '../../plans/ports/states.ts'
import type { Sql } from './database.ts'
import { dropDay, ensureDays, listDays } from './partitions.ts'
import { documentOf, listPage, present, textOf, written } from './rows.ts'

export const stateStore = (sql: Sql): StateStore => ({
  async putDay(network, day, state) {
    await sql.query('INSERT INTO state_day (network, day, document) VALUES ($1, $2, $3::json) ON CONFLICT (network, day) DO UPDATE SET document = excluded.document', [network, day, textOf(state)])
  },
  async day(network, day) {
    const [row] = await sql.query<{ document: string }>('SELECT document FROM state_day WHERE network = $1 AND day = $2', [network, day])
    return row === undefined ? undefined : documentOf<TrafficState>(row.document)
  },
  async days(network, limit) {
    return (await sql.query<{ day: string }>('SELECT day FROM state_day WHERE network = $1 ORDER BY day DESC LIMIT $2', [network, limit])).map(({ day }) => day)
  },
  async putMinutes(network, minutes) {
    // One statement can't write a row twice: the last word counts.
    const rows = [...new Map(minutes.map((minute) => [`${minute.time_s} ${minute.link}`, minute])).values()]
    if (rows.length === 0) return
    const column = (name: keyof LinkMinute) => rows.map((row) => row[name] ?? null)
    textOf(rows)
    await sql.atomically(async (own) => {
      await ensureDays(own, new Map([['link_minute', new Set(rows.map(({ time_s }) => dayOf(time_s)))]]))
      await own.query(`
        INSERT INTO link_minute (network, link, time_s, speed_mps, travel_time_s, index, vehicles)
        SELECT $1, * FROM unnest($2::text[], $3::float8[], $4::float8[], $5::float8[], $6::float8[], $7::float8[]) AS new (link, time_s, speed_mps, travel_time_s, index, vehicles)
        ORDER BY time_s, link COLLATE "C"
        ON CONFLICT (network, time_s, link) DO UPDATE SET speed_mps = excluded.speed_mps, travel_time_s = excluded.travel_time_s, index = excluded.index, vehicles = excluded.vehicles`,
      [network, column('link'), column('time_s'), column('speed_mps'), column('travel_time_s'), column('index'), column('vehicles')])
    })
  },
  async minutes(network, from_s, until_s, links) {
    const rows = await sql.query<LinkMinute>(`
      SELECT link, time_s, speed_mps, travel_time_s, index, vehicles FROM link_minute
      WHERE network = $1 AND time_s >= $2 AND time_s < $3 AND ($4::text[] IS NULL OR link = ANY($4::text[])) ORDER BY time_s, link`, [network, from_s, until_s, links ?? null])
    return rows.map((row) => present<LinkMinute>(row as never))
  },
  tend: (before) => sql.session(async (own) => {
    let gone = 0
    for (const day of await listDays(own, 'link_minute')) if ((day + 1) * DAY_S <= before && await dropDay(own, 'link_minute', day)) gone++
    return gone
  }),
})

type Card = PlaceCard & { version: number }
interface CardRow { card: string; version: number }
const cardOf = ({ card, version }: CardRow): Card => ({ ...documentOf<PlaceCard>(card), version })

export const treatmentStore = (sql: Sql): TreatmentStore => ({
  list: (network, page) => listPage<CardRow, Card>(sql, page, { select: 'SELECT card, version FROM treatment', where: { network }, order: ['id'], like: [''], keyOf: ({ id }) => [id] }, cardOf),
  async get(network, id) {
    const [row] = await sql.query<CardRow>('SELECT card, version FROM treatment WHERE network = $1 AND id = $2', [network, id])
    return row === undefined ? undefined : cardOf(row)
  },
  async put(network, card, expected) {
    const rows = await sql.query<CardRow>(expected === 0
      ? 'INSERT INTO treatment (network, id, version, card) VALUES ($1, $2, $4::integer + 1, $3::json) ON CONFLICT DO NOTHING RETURNING card, version'
      : 'UPDATE treatment SET card = $3::json, version = version + 1 WHERE network = $1 AND id = $2 AND version = $4 RETURNING card, version', [network, card.id, textOf(card), expected])
    return cardOf(await written(sql, rows, `place "${card.id}"`, expected, { from: 'treatment', where: 'network = $1 AND id = $2', key: [network, card.id] }))
  },
})
