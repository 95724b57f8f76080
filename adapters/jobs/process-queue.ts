// Jobs within this process, kept in the store: what a stop or a crash left is taken up at the next start. For one process per store; several share
// their jobs over `boss-queue.ts`.
import { GreenwaveError } from '../../model/errors.ts'
import type { JobQueue, JobWork } from '../../plans/ports/jobs.ts'
import { insertJob, isOfStore, type JobPace, type JobPlace, listAll, MOST_ATTEMPTS, PACE, problemOfJob } from './job-record.ts'
import { announce, runJob } from './run-job.ts'

export interface ProcessQueueOptions extends JobPlace {
  pace?: Partial<JobPace>
  onDefect?: (id: string, error: unknown) => void
}

interface Kind {
  work: JobWork
  at_once: number
  waiting: string[]
  running: Map<string, Running>
}

interface Running {
  cancel: () => void
  cutOff: AbortController
  done: Promise<void>
}

export const processQueue = (options: ProcessQueueOptions): JobQueue => new ProcessQueue(options)

class ProcessQueue implements JobQueue {
  readonly #options: ProcessQueueOptions
  readonly #pace: JobPace
  readonly #kinds = new Map<string, Kind>()
  /** Attempts so far of jobs that are to be tried again. */
  readonly #attempts = new Map<string, number>()
  readonly #pauses = new Set<NodeJS.Timeout>()
  #state: 'new' | 'started' | 'stopped' = 'new'

  constructor(options: ProcessQueueOptions) {
    this.#options = options
    this.#pace = { ...PACE, ...options.pace }
  }

  handle(kind: string, work: JobWork, { at_once = 1 }: { at_once?: number } = {}): void {
    if (this.#kinds.has(kind)) throw new GreenwaveError('internal', `jobs of kind "${kind}" have a worker already`)
    this.#kinds.set(kind, { work, at_once, waiting: [], running: new Map() })
  }

  async send(kind: string, input: unknown, options: { by: string; once?: string }): Promise<string> {
    const id = await insertJob(this.#options, kind, input, options)
    if (this.#state === 'started') this.#enqueue(kind, id)
    return id
  }

  async cancel(id: string): Promise<boolean> {
    const { jobs, clock } = this.#options
    if (!(await jobs.update(id, { state: 'cancelled', updated_at: clock.now() }))) return false
    for (const { running } of this.#kinds.values()) running.get(id)?.cancel()
    const job = await jobs.get(id)
    if (job !== undefined) await announce(this.#options, job)
    return true
  }

  /** Takes up what was queued or running when this store's last process ended. */
  async start(): Promise<void> {
    if (this.#state !== 'new') return
    const { jobs, clock } = this.#options
    const interrupted = await listAll(jobs, 'running')
    for (const { id, kind, result } of interrupted) {
      if (!this.#kinds.has(kind)) continue
      // While a job runs its result says how often its process ended under it: one that brings the process down must not do so for ever.
      const times = interruptionsOf(result) + 1
      if (times >= MOST_ATTEMPTS) {
        await jobs.update(id, { state: 'failed', problem: problemOfJob(new GreenwaveError('internal', `The process ended ${times} times while the job ran.`), id), updated_at: clock.now() })
        continue
      }
      await jobs.update(id, { result: { interrupted: times }, updated_at: clock.now() })
      this.#attempts.set(id, times)
    }
    const queued = await listAll(jobs, 'queued')
    this.#state = 'started'
    for (const { id, kind } of [...interrupted, ...queued]) this.#enqueue(kind, id)
  }

  async stop(patience_ms: number): Promise<void> {
    if (this.#state === 'stopped') return
    this.#state = 'stopped'
    for (const pause of this.#pauses) clearTimeout(pause)
    const running = [...this.#kinds.values()].flatMap((kind) => [...kind.running.values()])
    const all = Promise.all(running.map(({ done }) => done))
    let timer: NodeJS.Timeout | undefined
    await Promise.race([all, new Promise<void>((resolve) => { timer = setTimeout(resolve, patience_ms) })])
    clearTimeout(timer)
    for (const { cutOff } of running) cutOff.abort()
    await Promise.race([all, new Promise<void>((resolve) => { timer = setTimeout(resolve, CUT_OFF_MS) })])
    clearTimeout(timer)
  }

  #enqueue(kindName: string, id: string): void {
    const kind = this.#kinds.get(kindName)
    if (kind === undefined || this.#state !== 'started' || kind.running.has(id) || kind.waiting.includes(id)) return
    kind.waiting.push(id)
    this.#pump(kindName, kind)
  }

  #pump(kindName: string, kind: Kind): void {
    while (this.#state === 'started' && kind.running.size < kind.at_once && kind.waiting.length > 0) {
      const id = kind.waiting.shift()!
      const running: Running = { cancel: () => {}, cutOff: new AbortController(), done: Promise.resolve() }
      kind.running.set(id, running)
      running.done = this.#run(kindName, kind, id, running).finally(() => {
        kind.running.delete(id)
        this.#pump(kindName, kind)
      })
    }
  }

  async #run(kindName: string, kind: Kind, id: string, running: Running): Promise<void> {
    const { onDefect } = this.#options
    const attempt = (this.#attempts.get(id) ?? 0) + 1
    try {
      const outcome = await runJob({
        place: this.#options, pace: this.#pace, id, work: kind.work, attempt, cutOff: running.cutOff.signal, ...(onDefect === undefined ? {} : { onDefect }),
        onStart: (cancel) => { running.cancel = cancel },
      })
      if (outcome.state === 'again') this.#later(kindName, id, isOfStore(outcome.error) ? Math.min(attempt, MOST_ATTEMPTS - 1) : attempt)
      else this.#attempts.delete(id)
    } catch (error) {
      // The store itself is away: the job stands in it as it was, and is tried as long as this process lives.
      onDefect?.(id, error)
      this.#later(kindName, id, Math.min(attempt, MOST_ATTEMPTS - 1))
    }
  }

  #later(kind: string, id: string, attempt: number): void {
    this.#attempts.set(id, attempt)
    if (this.#state !== 'started') return
    const pause = setTimeout(() => {
      this.#pauses.delete(pause)
      this.#enqueue(kind, id)
    }, this.#pace.again_ms * 2 ** (attempt - 1))
    this.#pauses.add(pause)
  }
}

/** Work that does not hear its signal is left alone after this; the process is about to end. */
const CUT_OFF_MS = 1000

const interruptionsOf = (result: unknown): number =>
  typeof result === 'object' && result !== null && 'interrupted' in result && typeof result.interrupted === 'number' ? result.interrupted : 0

