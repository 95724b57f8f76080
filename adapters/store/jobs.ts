import type { JobRecord, JobStore } from '../../plans/ports/jobs.ts'
import type { NightRecord, NightStore } from '../../plans/ports/nights.ts'
import type { Sql } from './database.ts'
import { documentOf, listPage, requireInserted, textOf, textOrNull } from './rows.ts'

const JOB = 'id, kind, input, state, progress, label, result, problem, asked_by, created_at, updated_at'
type JobRow = Omit<JobRecord, 'input' | 'result' | 'problem' | 'by'> & { asked_by: string; input: string; result: string | null; problem: string | null }

const jobOf = ({ input, result, problem, asked_by, ...row }: JobRow): JobRecord => ({
  ...row, by: asked_by, input: documentOf(input), ...(result === null ? {} : { result: documentOf(result) }), ...(problem === null ? {} : { problem: documentOf(problem) }),
})

export const jobStore = (sql: Sql): JobStore => ({
  list: ({ kind, state }, page) => listPage<JobRow, JobRecord>(sql, page, {
    select: `SELECT ${JOB} FROM job`, where: { kind, state }, order: ['created_at', 'id'], like: [0, ''], newest: true, keyOf: ({ created_at, id }) => [created_at, id],
  }, jobOf),
  async get(id) {
    const [row] = await sql.query<JobRow>(`SELECT ${JOB} FROM job WHERE id = $1`, [id])
    return row === undefined ? undefined : jobOf(row)
  },
  async insert(job) {
    const rows = await sql.query(
      `INSERT INTO job (${JOB}) VALUES ($1, $2, $3::json, $4, $5, $6, $7::json, $8::json, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id`,
      [job.id, job.kind, textOf(job.input), job.state, job.progress, job.label, textOrNull(job.result), textOrNull(job.problem), job.by, job.created_at, job.updated_at],
    )
    requireInserted(rows, `job "${job.id}"`)
  },
  async update(id, { state, progress, label, result, problem, updated_at }) {
    const rows = await sql.query(`
      UPDATE job SET state = coalesce($2, state), progress = coalesce($3, progress), label = coalesce($4, label), result = coalesce($5::json, result), problem = coalesce($6::json, problem),
        updated_at = coalesce($7, updated_at)
      WHERE id = $1 AND state IN ('queued', 'running') RETURNING id`, [id, state ?? null, progress ?? null, label ?? null, textOrNull(result), textOrNull(problem), updated_at ?? null])
    return rows.length > 0
  },
})

const NIGHT = 'network, corridor, day, verdict, input_hash, plans, sentences, looks, finished_at'
type NightRow = Omit<NightRecord, 'plans' | 'sentences' | 'looks'> & { plans: string; sentences: string; looks: string | null }
const nightOf = ({ looks, ...row }: NightRow): NightRecord => ({ ...row, plans: documentOf(row.plans), sentences: documentOf(row.sentences), ...(looks === null ? {} : { looks: documentOf(looks) }) })

export const nightStore = (sql: Sql): NightStore => ({
  async record(night) {
    const rows = await sql.query(
      `INSERT INTO night (${NIGHT}) VALUES ($1, $2, $3, $4, $5, $6::json, $7::json, $8::json, $9) ON CONFLICT DO NOTHING RETURNING day`,
      [night.network, night.corridor, night.day, night.verdict, night.input_hash, textOf(night.plans), textOf(night.sentences), textOrNull(night.looks), night.finished_at],
    )
    return rows.length > 0
  },
  async get(network, corridor, day) {
    const [row] = await sql.query<NightRow>(`SELECT ${NIGHT} FROM night WHERE network = $1 AND corridor = $2 AND day = $3`, [network, corridor, day])
    return row === undefined ? undefined : nightOf(row)
  },
  async list(network, day) {
    return (await sql.query<NightRow>(`SELECT ${NIGHT} FROM night WHERE network = $1 AND day = $2 ORDER BY corridor`, [network, day])).map(nightOf)
  },
  async lastDay(network, until) {
    const [row] = await sql.query<{ day: string | null }>('SELECT max(day) AS day FROM night WHERE network = $1 AND day <= $2', [network, until])
    return row?.day ?? undefined
  },
})
