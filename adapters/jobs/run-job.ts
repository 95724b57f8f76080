// One attempt at one job, whichever queue brought it: its record follows what happens, and the record alone says whether it was cancelled.
import type { JobRecord, JobWork } from '../../plans/ports/jobs.ts'
import { hasEnded, isOfStore, type JobPace, type JobPlace, mayPass, MOST_ATTEMPTS, problemOfJob } from './job-record.ts'

/** `again`: a disturbance, or the queue stopped; the job is still to be done. */
export type Outcome = { state: 'ended' } | { state: 'again'; error: unknown }

export interface Attempt {
  place: JobPlace
  pace: JobPace
  id: string
  work: JobWork
  /** From 1. */
  attempt: number
  /** Aborts when the queue gives up waiting, or has lost the job to another worker. */
  cutOff: AbortSignal
  /** Learns how to abort this attempt at once, when the job is cancelled here. */
  onStart?: (cancel: () => void) => void
  /** Defects, for the log. */
  onDefect?: (id: string, error: unknown) => void
}

export async function runJob(task: Attempt): Promise<Outcome> {
  const { place, id, work, attempt, cutOff } = task
  const job = await place.jobs.get(id)
  if (job === undefined || hasEnded(job)) return { state: 'ended' }
  const cancelled = new AbortController()
  task.onStart?.(() => cancelled.abort())
  const ledger = new Ledger(task, job, () => cancelled.abort())
  try {
    if (!(await ledger.begin())) return { state: 'ended' }
    const result = await work(job.input, { report: (share, label) => ledger.report(share, label), signal: AbortSignal.any([cancelled.signal, cutOff]), attempt })
    await ledger.end({ state: 'done', progress: 1, result: result ?? {} })
    return { state: 'ended' }
  } catch (error) {
    if (cancelled.signal.aborted) return { state: 'ended' }
    if (cutOff.aborted || isOfStore(error) || (mayPass(error) && attempt < MOST_ATTEMPTS)) return { state: 'again', error }
    const problem = problemOfJob(error, id)
    if (problem.code === 'internal') task.onDefect?.(id, error)
    await ledger.end({ state: 'failed', problem })
    return { state: 'ended' }
  } finally {
    ledger.close()
  }
}

/** Writes a job's record: progress not too often, one write at a time, nothing after its end. */
class Ledger {
  readonly #task: Attempt
  readonly #job: JobRecord
  readonly #onEnded: () => void
  readonly #watch: NodeJS.Timeout
  #waiting: { progress: number; label: string } | undefined
  #timer: NodeJS.Timeout | undefined
  #written = Promise.resolve()
  #closed = false

  constructor(task: Attempt, job: JobRecord, onEnded: () => void) {
    this.#task = task
    this.#job = { ...job }
    this.#onEnded = onEnded
    this.#watch = setInterval(() => void this.#look(), task.pace.watch_ms)
  }

  /** False when the job had ended meanwhile. */
  begin(): Promise<boolean> {
    return this.#write({ state: 'running' })
  }

  report(share: number, label: string): void {
    if (this.#closed || Number.isNaN(share)) return
    this.#waiting = { progress: Math.min(1, Math.max(0, share)), label }
    this.#timer ??= setTimeout(() => this.#flush(), this.#task.pace.report_ms)
  }

  /** Nothing changes when the job was cancelled or ended by another worker. */
  async end(change: Partial<JobRecord>): Promise<void> {
    const last = this.#waiting
    this.close()
    await this.#written
    await this.#write({ ...last, ...change })
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#timer)
    clearInterval(this.#watch)
  }

  #flush(): void {
    const report = this.#waiting
    this.#timer = undefined
    this.#waiting = undefined
    // A report that could not be written is of no harm: the next one or the end says more.
    if (report !== undefined) this.#written = this.#written.then(async () => { await this.#write(report) }).catch(() => {})
  }

  async #look(): Promise<void> {
    try {
      if (hasEnded(await this.#task.place.jobs.get(this.#job.id)) && !this.#closed) this.#onEnded()
    } catch {
      // The store is away for a moment; the next look may find it.
    }
  }

  async #write(change: Partial<JobRecord>): Promise<boolean> {
    const { jobs, clock } = this.#task.place
    const stored = await jobs.update(this.#job.id, { ...change, updated_at: clock.now() })
    if (stored) await announce(this.#task.place, Object.assign(this.#job, change))
    return stored
  }
}

/** Tells those who listen; that it could not be told does not harm the job. */
export async function announce({ events, clock }: JobPlace, { id, kind, state, progress, label, by }: JobRecord): Promise<void> {
  try {
    await events?.append({ time_s: clock.now(), kind: 'job.progress', body: { id, kind, state, progress, label, by } })
  } catch {
    // They ask for the job itself when they hear nothing.
  }
}
