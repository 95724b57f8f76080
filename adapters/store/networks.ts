import { hashOf } from '../../plans/ports/canonical.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { NetworkRecord, NetworkStore } from '../../plans/ports/networks.ts'
import { placeNetwork } from '../../plans/ports/places.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Sql } from './database.ts'
import { documentOf, textOf, written } from './rows.ts'

const COLUMNS = 'id, name, time_zone, version, hash, updated_at'

export const networkStore = (sql: Sql, clock: Clock): NetworkStore => ({
  list: () => sql.query<NetworkRecord>(`SELECT ${COLUMNS} FROM network ORDER BY id`),
  get: (id) => findNetwork(sql, id),
  async scenario(id, version) {
    const [row] = await sql.query<{ document: string }>(
      'SELECT document FROM network_version v JOIN network n ON n.id = v.network WHERE v.network = $1 AND v.version = coalesce($2::integer, n.version)', [id, version ?? null],
    )
    return row === undefined ? undefined : documentOf<Scenario>(row.document)
  },
  put: (id, scenario, by, expected) => {
    const hash = hashOf(scenario)
    const document = textOf(scenario)
    return sql.atomically(async (own) => {
      const old = await findNetwork(own, id)
      if (old?.hash === hash) return old
      const { name, time_zone } = scenario.scenario
      const values = [id, name, time_zone, expected, hash, clock.now()]
      const rows = await own.query<NetworkRecord>(expected === 0
        ? `INSERT INTO network (${COLUMNS}) VALUES ($1, $2, $3, $4::integer + 1, $5, $6) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`
        : `UPDATE network SET name = $2, time_zone = $3, version = $4::integer + 1, hash = $5, updated_at = $6 WHERE id = $1 AND version = $4 RETURNING ${COLUMNS}`, values)
      const record = await written(own, rows, `network "${id}"`, expected, { from: 'network', where: 'id = $1', key: [id] })
      await own.query(
        'INSERT INTO network_version (network, version, hash, document, written_by, written_at) VALUES ($1, $2, $3, $4::json, $5, $6)', [id, record.version, hash, document, by, clock.now()],
      )
      await putPlaces(own, id, scenario)
      return record
    })
  },
  async linksWithin(id, box) {
    const rows = await sql.query<{ id: string }>(
      'SELECT id FROM link WHERE network = $1 AND ST_Intersects(geometry, ST_MakeEnvelope($2, $3, $4, $5, 4326)) ORDER BY id', [id, ...box],
    )
    return rows.map((row) => row.id)
  },
})

async function findNetwork(sql: Sql, id: string): Promise<NetworkRecord | undefined> {
  const [row] = await sql.query<NetworkRecord>(`SELECT ${COLUMNS} FROM network WHERE id = $1`, [id])
  return row
}

/** Only of the newest version: what is looked for by place is looked for today. */
async function putPlaces(sql: Sql, id: string, scenario: Scenario): Promise<void> {
  const { links, intersections } = placeNetwork(scenario.network)
  const places = [
    { table: 'link', ids: links.map((link) => link.id), texts: links.map(({ line }) => `LINESTRING(${line.map((point) => point.join(' ')).join(', ')})`) },
    { table: 'intersection', ids: intersections.map((intersection) => intersection.id), texts: intersections.map(({ at }) => `POINT(${at.join(' ')})`) },
  ]
  for (const { table, ids, texts } of places) {
    await sql.query(`DELETE FROM ${table} WHERE network = $1`, [id])
    if (ids.length === 0) continue
    await sql.query(
      `INSERT INTO ${table} (network, id, geometry) SELECT $1, place.id, ST_GeomFromText(place.wkt, 4326) FROM unnest($2::text[], $3::text[]) AS place (id, wkt) ON CONFLICT DO NOTHING`, [id, ids, texts],
    )
  }
}
