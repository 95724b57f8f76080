import type { PlanRecord, PlanStore, ScheduleRecord, ScheduleStore } from '../../plans/ports/plans.ts'
import type { Sql } from './database.ts'
import { documentOf, listPage, present, requireInserted, textOf, textOrNull, written } from './rows.ts'

const COLUMNS = 'id, network, network_version, corridor, period, stage, version, document, hash, evaluation, author, approver, reason, created_at, updated_at'
type PlanRow = Omit<PlanRecord, 'document' | 'evaluation'> & { document: string; evaluation: string | null }

function planOf(row: PlanRow): PlanRecord {
  const { evaluation } = row
  return { ...present<PlanRecord>({ ...row, evaluation: null, document: documentOf(row.document) } as never), ...(evaluation === null ? {} : { evaluation: documentOf(evaluation) }) }
}

const valuesOf = (plan: PlanRecord): unknown[] => [
  plan.id, plan.network, plan.network_version, plan.corridor, plan.period, plan.stage, textOf(plan.document), plan.hash, textOrNull(plan.evaluation), plan.author, plan.approver ?? null, plan.reason,
  plan.updated_at,
]

export const planStore = (sql: Sql): PlanStore => ({
  list: ({ network, corridor, stage }, page) => listPage<PlanRow, PlanRecord>(sql, page, {
    select: `SELECT ${COLUMNS} FROM plan`, where: { network, corridor, stage }, order: ['created_at', 'id'], like: [0, ''], newest: true, keyOf: ({ created_at, id }) => [created_at, id],
  }, planOf),
  async get(id) {
    const [row] = await sql.query<PlanRow>(`SELECT ${COLUMNS} FROM plan WHERE id = $1`, [id])
    return row === undefined ? undefined : planOf(row)
  },
  async insert(plan) {
    const rows = await sql.query(`
      INSERT INTO plan (id, network, network_version, corridor, period, stage, document, hash, evaluation, author, approver, reason, updated_at, version, created_at)
      VALUES ($1, $2, $3, $4, $5, $6, $7::json, $8, $9::json, $10, $11, $12, $13, $14, $15) ON CONFLICT DO NOTHING RETURNING id`, [...valuesOf(plan), plan.version, plan.created_at])
    requireInserted(rows, `plan "${plan.id}"`)
  },
  async update(plan, expected) {
    const rows = await sql.query(`
      UPDATE plan SET network = $2, network_version = $3, corridor = $4, period = $5, stage = $6, document = $7::json, hash = $8, evaluation = $9::json, author = $10, approver = $11, reason = $12,
        updated_at = $13, version = version + 1
      WHERE id = $1 AND version = $14 RETURNING id`, [...valuesOf(plan), expected])
    await written(sql, rows, `plan "${plan.id}"`, expected, { from: 'plan', where: 'id = $1', key: [plan.id] })
  },
})

interface ScheduleRow { version: number; entries: string }
const scheduleOf = ({ version, entries }: ScheduleRow) => ({ version, entries: documentOf<ScheduleRecord[]>(entries) })

export const scheduleStore = (sql: Sql): ScheduleStore => ({
  async get(network, corridor) {
    const [row] = await sql.query<ScheduleRow>('SELECT version, entries FROM schedule WHERE network = $1 AND corridor = $2', [network, corridor])
    return row === undefined ? { version: 0, entries: [] } : scheduleOf(row)
  },
  async put(network, corridor, entries, expected) {
    const rows = await sql.query<ScheduleRow>(expected === 0
      ? 'INSERT INTO schedule (network, corridor, version, entries) VALUES ($1, $2, $4::integer + 1, $3::json) ON CONFLICT DO NOTHING RETURNING version, entries'
      : 'UPDATE schedule SET entries = $3::json, version = version + 1 WHERE network = $1 AND corridor = $2 AND version = $4 RETURNING version, entries', [network, corridor, textOf(entries), expected])
    return scheduleOf(await written(sql, rows, `the schedule of "${corridor}"`, expected, { from: 'schedule', where: 'network = $1 AND corridor = $2', key: [network, corridor] }))
  },
})
