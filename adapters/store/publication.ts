import type { ScreenMessage, ScreenRecord, ScreenStore, Snapshot, SnapshotStore } from '../../plans/ports/publication.ts'
import type { Sql } from './database.ts'
import { documentOf, present, requireInserted, textOf, written } from './rows.ts'

type SnapshotRow = Omit<Snapshot, 'document'> & { document: string }
const snapshotOf = (row: SnapshotRow | undefined): Snapshot | undefined => (row === undefined ? undefined : { ...row, document: documentOf(row.document) })

export const snapshotStore = (sql: Sql): SnapshotStore => ({
  async put({ id, network, computed_at, document }) {
    const rows = await sql.query('INSERT INTO snapshot (id, network, computed_at, document) VALUES ($1, $2, $3, $4::json) ON CONFLICT DO NOTHING RETURNING id', [id, network, computed_at, textOf(document)])
    requireInserted(rows, `snapshot "${id}"`)
  },
  async latest(network) {
    const [row] = await sql.query<SnapshotRow>('SELECT id, network, computed_at, document FROM snapshot WHERE network = $1 ORDER BY number DESC LIMIT 1', [network])
    return snapshotOf(row)
  },
  async get(id) {
    const [row] = await sql.query<SnapshotRow>('SELECT id, network, computed_at, document FROM snapshot WHERE id = $1', [id])
    return snapshotOf(row)
  },
  between: async (network, from_s, until_s) =>
    (await sql.query<SnapshotRow>('SELECT id, network, computed_at, document FROM snapshot WHERE network = $1 AND computed_at >= $2 AND computed_at < $3 ORDER BY computed_at, number', [network, from_s, until_s])).map((row) => snapshotOf(row)!),
  tend: async (before) => (await sql.query('DELETE FROM snapshot WHERE computed_at < $1 RETURNING id', [before])).length,
})

const SCREEN = 'id, network, name, kind, settings, version'
type ScreenRow = Omit<ScreenRecord, 'settings'> & { settings: string }
const screenOf = (row: ScreenRow): ScreenRecord => ({ ...row, settings: documentOf(row.settings) })

const MESSAGE = 'id, screen, sent_at, expires_at, content, basis, approver, acknowledged_at, read_back'
type MessageRow = Omit<ScreenMessage, 'content' | 'basis'> & { content: string; basis: string }
const messageOf = ({ content, basis, ...row }: MessageRow): ScreenMessage => ({ ...present<Omit<ScreenMessage, 'content' | 'basis'>>(row as never), content: documentOf(content), basis: documentOf(basis) })

export const screenStore = (sql: Sql): ScreenStore => ({
  list: async (network) => (await sql.query<ScreenRow>(`SELECT ${SCREEN} FROM screen WHERE network = coalesce($1, network) ORDER BY id`, [network ?? null])).map(screenOf),
  async get(id) {
    const [row] = await sql.query<ScreenRow>(`SELECT ${SCREEN} FROM screen WHERE id = $1`, [id])
    return row === undefined ? undefined : screenOf(row)
  },
  async put({ id, network, name, kind, settings }, expected) {
    const rows = await sql.query<ScreenRow>(expected === 0
      ? `INSERT INTO screen (${SCREEN}) VALUES ($1, $2, $3, $4, $5::json, $6::integer + 1) ON CONFLICT DO NOTHING RETURNING ${SCREEN}`
      : `UPDATE screen SET network = $2, name = $3, kind = $4, settings = $5::json, version = version + 1 WHERE id = $1 AND version = $6 RETURNING ${SCREEN}`,
    [id, network, name, kind, textOf(settings), expected])
    return screenOf(await written(sql, rows, `screen "${id}"`, expected, { from: 'screen', where: 'id = $1', key: [id] }))
  },
  async log(message) {
    await sql.query(`
      INSERT INTO screen_message (${MESSAGE}) VALUES ($1, $2, $3, $4, $5::json, $6::json, $7, $8, $9)
      ON CONFLICT (id) DO UPDATE SET screen = $2, sent_at = $3, expires_at = $4, content = $5::json, basis = $6::json, approver = $7, acknowledged_at = $8, read_back = $9`, [
      message.id, message.screen, message.sent_at, message.expires_at, textOf(message.content), textOf(message.basis), message.approver ?? null, message.acknowledged_at ?? null, message.read_back ?? null,
    ])
  },
  messages: async (screen, limit) =>
    (await sql.query<MessageRow>(`SELECT ${MESSAGE} FROM screen_message WHERE screen = $1 ORDER BY number DESC LIMIT $2`, [screen, limit])).map(messageOf),
})
