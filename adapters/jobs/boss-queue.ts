// Jobs over PostgreSQL, for any number of processes: pg-boss hands each job to one worker and takes it back when the worker's heartbeat stops. Its
// rows carry the id of the job and nothing else; what the job is and how it goes stands in the store.
import { setTimeout as sleep } from 'node:timers/promises'
import { PgBoss, systemClock } from 'pg-boss'
import { GreenwaveError } from '../../model/errors.ts'
import type { JobQueue, JobWork } from '../../plans/ports/jobs.ts'
import { insertJob, isOfStore, type JobPace, type JobPlace, listAll, mayPass, MOST_ATTEMPTS, PACE, problemOfJob } from './job-record.ts'
import { announce, type Attempt, runJob } from './run-job.ts'

export interface BossQueueOptions extends JobPlace {
  /** Of the same database as the store, or another. */
  url: string
  pace?: Partial<JobPace>
  /** Without a sign of life for so long a worker counts as dead, s; pg-boss takes at least 10. Work that blocks the process for longer is done twice. */
  heartbeat_s?: number
  /** Connections to the database. */
  connections?: number
  onDefect?: (id: string, error: unknown) => void
}

interface Kind {
  work: JobWork
  at_once: number
}

export const bossQueue = (options: BossQueueOptions): JobQueue => new BossQueue(options)

const SCHEMA = 'greenwave_jobs'
/** No job may take longer, s: what looks alive for half a day is stuck. */
const LONGEST_S = 12 * 3600
/** Jobs that stand in the store and not with pg-boss, because a process died between the two, are handed over this often. */
const SWEEP_MS = 15_000
const HEARTBEAT_S = 10
/** A day before now by the clock of the database: it may be put back after a job was sent, and the job would wait until then. */
const AT_ONCE = '-1 day'
/** By the computer's clock a worker would wait for an hour after that was put back by one. */
const STEADY_CLOCK = { ...systemClock, now: () => performance.timeOrigin + performance.now() }
/** Between attempts of a job at most, where it waits for the database or its disk. */
const LONGEST_PAUSE_MS = 15_000

class BossQueue implements JobQueue {
  readonly #options: BossQueueOptions
  readonly #pace: JobPace
  readonly #boss: PgBoss
  readonly #kinds = new Map<string, Kind>()
  readonly #known = new Set<string>()
  readonly #running = new Map<string, () => void>()
  readonly #cutOff = new AbortController()
  readonly #active = new Set<Promise<void>>()
  #opened: Promise<unknown> | undefined
  #sweep: NodeJS.Timeout | undefined
  #sweeping: Promise<void> = Promise.resolve()
  #started = false
  #stopped = false

  constructor(options: BossQueueOptions) {
    this.#options = options
    this.#pace = { ...PACE, ...options.pace }
    this.#boss = new PgBoss({
      connectionString: options.url, schema: SCHEMA, max: options.connections ?? 4, application_name: 'greenwave jobs', clock: STEADY_CLOCK,
      schedule: false, supervise: true, superviseIntervalSeconds: 2, monitorIntervalSeconds: 2, maintenanceIntervalSeconds: 60, reindex: false, monitorVacuum: false,
      // Its statements are short: a server that says nothing for so long is not waited for.
      ...({ connectionTimeoutMillis: 5000, query_timeout: 20_000, keepAlive: true } as object),
    })
    // Without a listener a lost connection would end the process; pg-boss asks again by itself, and the store tells that the database is away.
    this.#boss.on('error', (error: unknown) => this.#defect('', error))
  }

  handle(kind: string, work: JobWork, { at_once = 1 }: { at_once?: number } = {}): void {
    if (this.#kinds.has(kind)) throw new GreenwaveError('internal', `jobs of kind "${kind}" have a worker already`)
    this.#kinds.set(kind, { work, at_once })
  }

  async send(kind: string, input: unknown, options: { by: string; once?: string }): Promise<string> {
    const id = await insertJob(this.#options, kind, input, options)
    try {
      await this.#open(kind)
      await this.#boss.send(kind, { id }, { id, startAfter: AT_ONCE })
    } catch (error) {
      // It is written down: a worker's next sweep hands it over.
      this.#defect(id, error)
    }
    return id
  }

  /** The record alone decides: its worker, wherever it is, looks at it. */
  async cancel(id: string): Promise<boolean> {
    const { jobs, clock } = this.#options
    if (!(await jobs.update(id, { state: 'cancelled', updated_at: clock.now() }))) return false
    this.#running.get(id)?.()
    const job = await jobs.get(id)
    if (job !== undefined) await announce(this.#options, job)
    return true
  }

  async start(): Promise<void> {
    if (this.#started || this.#stopped) return
    this.#started = true
    for (const [kind, { work, at_once }] of this.#kinds) {
      await this.#insist(() => this.#open(kind))
      await this.#insist(() => this.#boss.work<{ id: string }>(kind, { batchSize: 1, localConcurrency: at_once, pollingIntervalSeconds: 0.5, includeMetadata: true, heartbeatRefreshSeconds: 2 }, async ([job]) => {
        if (job !== undefined) await this.#tracked(this.#run(job.data.id, work, job.retryCount + 1, job.signal))
      }))
      await this.#insist(() => this.#boss.work<{ id: string }>(deadOf(kind), { batchSize: 1, pollingIntervalSeconds: 2 }, async ([job]) => {
        if (job !== undefined) await this.#giveUp(job.data.id)
      }))
    }
    await this.#insist(() => this.#handOver())
    this.#sweep = setInterval(() => { this.#sweeping = this.#sweeping.then(() => this.#handOver()).catch((error: unknown) => this.#defect('', error)) }, SWEEP_MS)
  }

  async stop(patience_ms: number): Promise<void> {
    if (this.#stopped) return
    this.#stopped = true
    clearInterval(this.#sweep)
    if (this.#opened === undefined) return
    await this.#opened.catch(() => {})
    await this.#sweeping
    for (const kind of this.#started ? this.#kinds.keys() : []) for (const name of [kind, deadOf(kind)]) await this.#boss.offWork(name, { wait: false })
    await withinMs(Promise.all(this.#active), patience_ms)
    // What is cut off fails its attempt by itself, so that another worker has it at once.
    this.#cutOff.abort(new GreenwaveError('service.stopping', 'This process stops.'))
    await withinMs(Promise.all(this.#active), CUT_OFF_MS)
    await this.#boss.stop({ graceful: true, timeout: CUT_OFF_MS, close: true })
  }

  #tracked(work: Promise<void>): Promise<void> {
    const kept = work.catch(() => {}).finally(() => this.#active.delete(kept))
    this.#active.add(kept)
    return work
  }

  async #run(id: string, work: JobWork, attempt: number, lost: AbortSignal): Promise<void> {
    const { onDefect } = this.#options
    // pg-boss aborts a job's signal also after its end; what matters here is before.
    const cutOff = AbortSignal.any([this.#cutOff.signal, lost])
    try {
      for (let tries = 0, pause_ms = this.#pace.again_ms; ; tries++, pause_ms = Math.min(2 * pause_ms, LONGEST_PAUSE_MS)) {
        const error = await this.#attempt({ place: this.#options, pace: this.#pace, id, work, attempt: Math.max(attempt, Math.min(attempt + tries, MOST_ATTEMPTS - 1)), cutOff, ...(onDefect === undefined ? {} : { onDefect }), onStart: (cancel) => this.#running.set(id, cancel) })
        if (error === undefined) return
        if (!cutOff.aborted && mayPass(error)) await sleep(pause_ms, undefined, { signal: cutOff, ref: false }).catch(() => {})
        // However long the database is away or full: no worker could do better, and to give the job back takes a database as well.
        if (cutOff.aborted || !isOfStore(error)) throw error
      }
    } finally {
      this.#running.delete(id)
    }
  }

  /** Why it must be tried again; undefined where it has ended. */
  async #attempt(task: Attempt): Promise<Error | undefined> {
    try {
      const outcome = await runJob(task)
      if (outcome.state === 'ended') return undefined
      return outcome.error instanceof Error ? outcome.error : new Error(String(outcome.error))
    } catch (error) {
      // Its record could not be read or written.
      if (error instanceof Error && isOfStore(error)) return error
      throw error
    }
  }

  async #giveUp(id: string): Promise<void> {
    const problem = problemOfJob(new GreenwaveError('internal', `No worker lived to the end of the job in ${MOST_ATTEMPTS} attempts.`), id)
    await this.#options.jobs.update(id, { state: 'failed', problem, updated_at: this.#options.clock.now() })
  }

  /** Asks for what the store has queued; what pg-boss has already stays as it is. */
  async #handOver(): Promise<void> {
    for (const { id, kind } of await listAll(this.#options.jobs, 'queued')) {
      if (this.#stopped) return
      if (this.#kinds.has(kind)) await this.#boss.send(kind, { id }, { id, startAfter: AT_ONCE })
    }
  }

  #defect(id: string, error: unknown): void {
    if (!isAway(error)) this.#options.onDefect?.(id, error)
  }

  /** Again until the database is there. */
  async #insist(work: () => Promise<unknown>): Promise<void> {
    for (;;) {
      try {
        await work()
        return
      } catch (error) {
        if (!isAway(error) || this.#stopped) throw error
        await new Promise((resolve) => { setTimeout(resolve, this.#pace.again_ms) })
      }
    }
  }

  async #open(kind: string): Promise<void> {
    if (this.#stopped) throw new GreenwaveError('service.stopping', 'This process stops and takes no more jobs.')
    // A database that is away now may be there for the next one.
    this.#opened ??= this.#boss.start().catch((error: unknown) => {
      this.#opened = undefined
      throw error
    })
    await this.#opened
    if (this.#known.has(kind)) return
    await this.#boss.createQueue(deadOf(kind))
    await this.#boss.createQueue(kind, {
      retryLimit: MOST_ATTEMPTS - 1, retryDelay: 0, expireInSeconds: LONGEST_S, heartbeatSeconds: Math.max(HEARTBEAT_S, this.#options.heartbeat_s ?? HEARTBEAT_S), deadLetter: deadOf(kind),
    })
    this.#known.add(kind)
  }
}

const CUT_OFF_MS = 1000

/** Whether the database could not be reached, or is going down or coming up (classes 08, 53 and 57P of SQLSTATE): it passes. */
function isAway(error: unknown): boolean {
  if (error instanceof GreenwaveError) return mayPass(error)
  // What pg-boss tells of its workers is a copy of the error.
  if (typeof error !== 'object' || error === null) return false
  const { code = '', message = '' } = error as { code?: unknown; message?: unknown }
  return /^(08|53|57P)\w+$|^E[A-Z]{3,}$/.test(String(code)) || /Connection terminated|timeout exceeded|read timeout|not queryable|connect ECONN/i.test(String(message))
}
const deadOf = (kind: string): string => `${kind}-given-up`

async function withinMs(work: Promise<unknown>, patience_ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([work, new Promise((resolve) => { timer = setTimeout(resolve, patience_ms) })])
  clearTimeout(timer)
}
