import { CLOSED_STATES, type DeploymentRecord, type DeploymentStore, type KeptWireEntry } from '../../plans/ports/deployments.ts'
import { chainWire } from '../../plans/ports/wire-chain.ts'
import type { Sql } from './database.ts'
import { documentOf, listPage, present, requireInserted, textOf, written } from './rows.ts'

interface Row { document: string; version: number; created_at: number }
/** The columns are what counts of what stands in both. */
const recordOf = ({ document, version, created_at }: Row): DeploymentRecord => ({ ...documentOf<DeploymentRecord>(document), version, created_at })
const SELECT = 'SELECT document, version, created_at FROM deployment'
const CLOSED = CLOSED_STATES.map((state) => `'${state}'`).join(', ')
const WIRE = 'deployment, seq, time_s, device, direction, hex, note, hash'

export const deploymentStore = (sql: Sql): DeploymentStore => ({
  list: ({ network, device, run, plan, state }, page) => listPage<Row, DeploymentRecord>(sql, page, {
    select: SELECT, where: { network, device, run, plan, state }, order: ['created_at', 'id'], like: [0, ''], newest: true, keyOf: ({ created_at, id }) => [created_at, id],
  }, recordOf),
  async get(id) {
    const [row] = await sql.query<Row>(`${SELECT} WHERE id = $1`, [id])
    return row === undefined ? undefined : recordOf(row)
  },
  async open(network) {
    return (await sql.query<Row>(`${SELECT} WHERE state NOT IN (${CLOSED}) AND network = coalesce($1, network) ORDER BY created_at, id`, [network ?? null])).map(recordOf)
  },
  async insert(record) {
    const { id, network, device, run, plan, state, version, created_at } = record
    const rows = await sql.query(
      'INSERT INTO deployment (id, network, device, run, plan, state, version, document, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8::json, $9) ON CONFLICT DO NOTHING RETURNING id',
      [id, network, device, run, plan, state, version, textOf(record), created_at],
    )
    requireInserted(rows, `deployment "${id}"`)
  },
  async update(record, expected) {
    const rows = await sql.query('UPDATE deployment SET state = $2, document = $3::json, version = version + 1 WHERE id = $1 AND version = $4 RETURNING id', [record.id, record.state, textOf(record), expected])
    await written(sql, rows, `deployment "${record.id}"`, expected, { from: 'deployment', where: 'id = $1', key: [record.id] })
  },
  appendWire: (deployment, entries) => sql.atomically(async (own) => {
    // Whoever appends holds the deployment's row, so that its chain has one order.
    await own.query('SELECT id FROM deployment WHERE id = $1 FOR UPDATE', [deployment])
    const [last] = await own.query<{ seq: number; hash: string }>('SELECT seq, hash FROM wire WHERE deployment = $1 ORDER BY seq DESC LIMIT 1', [deployment])
    const next = chainWire(deployment, documentOf<typeof entries>(textOf(entries)), last)
    for (const one of next) {
      await own.query(`INSERT INTO wire (${WIRE}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, [one.deployment, one.seq, one.time_s, one.device, one.direction, one.hex, one.note ?? null, one.hash])
    }
    const end = next.at(-1) ?? last
    return end === undefined ? undefined : { seq: end.seq, hash: end.hash }
  }),
  async wire(deployment, seq, limit) {
    return (await sql.query<KeptWireEntry>(`SELECT ${WIRE} FROM wire WHERE deployment = $1 AND seq > $2 ORDER BY seq LIMIT $3`, [deployment, seq, limit])).map((row) => present<KeptWireEntry>(row as never))
  },
})
