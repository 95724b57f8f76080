// Records of jobs: their ids, and what stands in one that failed.
import { randomUUID } from 'node:crypto'
import { CATALOGUE, type ErrorCode, GreenwaveError } from '../../model/errors.ts'
import { sha256 } from '../../plans/ports/canonical.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { EventLog } from '../../plans/ports/event-log.ts'
import type { JobRecord, JobStore } from '../../plans/ports/jobs.ts'

/** What a queue works on. */
export interface JobPlace {
  jobs: JobStore
  /** Hears of every change as `job.progress`; whoever shows jobs listens there. */
  events?: Pick<EventLog, 'append'>
  clock: Clock
}

/** Times of a queue, for tests to shorten. */
export interface JobPace {
  /** How often a running job is looked at for having been cancelled elsewhere. */
  watch_ms: number
  /** Progress is written at most this often. */
  report_ms: number
  /** Before the second attempt after a disturbance; twice that before the third. */
  again_ms: number
}

export const PACE: JobPace = { watch_ms: 1000, report_ms: 250, again_ms: 1000 }

/** Attempts at a job whose worker died, or that met a disturbance. */
export const MOST_ATTEMPTS = 5

/** A UUID; the same for the same kind and word, so that two who ask at once ask for one job. */
export function jobId(kind: string, once: string | undefined): string {
  if (once === undefined) return randomUUID()
  const hex = sha256(`${kind}\0${once}`)
  // Version 8 (RFC 9562): made up by the application.
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The new job's id, or that of the one asked for with the same word before. */
export async function insertJob({ jobs, clock }: JobPlace, kind: string, input: unknown, { by, once }: { by: string; once?: string }): Promise<string> {
  const id = jobId(kind, once)
  const now = clock.now()
  try {
    await jobs.insert({ id, kind, input, state: 'queued', progress: 0, label: '', by, created_at: now, updated_at: now })
  } catch (error) {
    if (once === undefined || !(error instanceof GreenwaveError) || error.code !== 'store.conflict') throw error
  }
  return id
}

export const hasEnded = (job: JobRecord | undefined): boolean => job === undefined || (job.state !== 'queued' && job.state !== 'running')

/** As the API's problem documents, without the request. What is not in the catalogue is a defect; its words belong into the log. */
export function problemOfJob(error: unknown, id: string): { type: string; title: string; status: number; detail: string; instance: string; code: ErrorCode; next: string } {
  const known = error instanceof GreenwaveError ? error : new GreenwaveError('internal', 'Something in greenwave failed; the log has it by the id of the job.')
  const { status, next } = CATALOGUE[known.code]
  return { type: `/api/docs/problems#${known.code}`, title: 'The job failed', status, detail: known.message, instance: id, code: known.code, next }
}

/** Disturbances that pass by themselves. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['store.unreachable', 'store.full', 'service.busy', 'feed.unreachable'])

export const mayPass = (error: unknown): boolean => error instanceof GreenwaveError && PASSING.has(error.code)

/** The database is away or full: no matter of the job, and no attempt at it. */
export const isOfStore = (error: unknown): boolean => error instanceof GreenwaveError && (error.code === 'store.unreachable' || error.code === 'store.full')

/** The jobs of a state, oldest first. */
export async function listAll(jobs: JobStore, state: 'queued' | 'running'): Promise<JobRecord[]> {
  const found: JobRecord[] = []
  for (let after: string | undefined; ;) {
    const page = await jobs.list({ state }, { limit: 1000, ...(after === undefined ? {} : { after }) })
    found.push(...page.items)
    after = page.next
    if (after === undefined) return found.reverse()
  }
}
