// Worker threads that stay: a cold thread is several times slower than a warm one, so one pool serves many batches.
// What all runs share is prepared once, in the calling thread, and lies on shared memory. Compiled code only; from
// TypeScript sources, and with no threads asked for, the jobs run one by one in this thread with the same results.
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { CATALOGUE, GreenwaveError, type ErrorCode } from '../../model/errors.ts'
import type { RunResult } from '../result.ts'
import type { FromWorker, SharedBatch, Ticketed, ToWorker } from './messages.ts'
import { readRecord, RECORD_SIZE, type RunRecord } from './record.ts'
import { createRunner, prepareWorkload, type Job, type PreparedWorkload, type Runner, type Workload } from './workload.ts'

export interface BatchOptions {
  /** Called after every run. */
  onProgress?: (done: number, total: number) => void
  /** Aborting ends the batch with the reason of the signal; runs under way are thrown away. */
  signal?: AbortSignal
}

/** Jobs of one group run after each other on one thread: they share trips. */
export type JobGroup = readonly Job[]

/** In the order of the jobs, whichever thread ran them. */
export interface BatchOutcome {
  records: RunRecord[]
  /** Empty where only records were asked for. */
  results: RunResult[]
}

/** Memory of a thread for short-lived values, MB. V8 takes up to 48 by itself; a run makes few, and eight are as fast. */
const YOUNG_GENERATION_MB = 8

const isCompiled = import.meta.url.endsWith('.js')

export class SimulationPool {
  readonly size: number
  #workers: Worker[] = []
  #loaded: Loaded | undefined

  /** `threads` 0 = run in the calling thread; by default as many as the machine has cores. */
  constructor(threads: number = availableParallelism()) {
    this.size = isCompiled ? Math.max(0, Math.floor(threads)) : 0
  }

  /** Whole results in the order of the jobs. Rejects with the first failure, or with the abort reason. One batch at a time. */
  async run(workload: Workload, groups: readonly JobGroup[], options: BatchOptions = {}): Promise<RunResult[]> {
    return (await this.execute(workload, groups, { ...options, keep: true })).results
  }

  /**
   * Records of all runs and, with `keep`, whole results. Batches of one workload, given as the same object, share what was
   * prepared for it.
   */
  async execute(workload: Workload, groups: readonly JobGroup[], options: BatchOptions & { keep: boolean }): Promise<BatchOutcome> {
    const { signal, keep } = options
    signal?.throwIfAborted()
    const jobs = groups.flat().length
    const batch: SharedBatch = {
      groups: numbered(groups), keep,
      taken: new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT), records: new SharedArrayBuffer(jobs * RECORD_SIZE * Float64Array.BYTES_PER_ELEMENT),
    }
    const results = keep ? Array.from<RunResult>({ length: jobs }) : []
    const rows = new Float64Array(batch.records)
    const records: RunRecord[] = Array.from({ length: jobs })
    let done = 0
    const finished: Finished = (ticket, result, record) => {
      if (keep) results[ticket] = result!
      records[ticket] = record ?? readRecord(rows, ticket)
      done += 1
      options.onProgress?.(done, jobs)
    }
    if (this.size === 0) await this.#runHere(workload, batch, finished, signal)
    else await this.#runThere(workload, batch, finished, signal)
    return { records, results }
  }

  async close(): Promise<void> {
    const workers = this.#workers
    this.#workers = []
    this.#loaded = undefined
    await Promise.all(workers.map((worker) => worker.terminate()))
  }

  #load(workload: Workload): Loaded {
    if (this.#loaded?.workload !== workload) this.#loaded = { workload, prepared: prepareWorkload(workload, this.size > 0), by: new Set() }
    return this.#loaded
  }

  async #runHere(workload: Workload, { groups }: SharedBatch, finished: Finished, signal: AbortSignal | undefined): Promise<void> {
    const loaded = this.#load(workload)
    const runner = loaded.runner ??= createRunner(loaded.prepared)
    for (const { job, ticket } of groups.flat()) {
      const { result, record } = runner(job)
      finished(ticket, result, record)
      // Lets progress be drawn and an abort arrive.
      await setImmediate()
      signal?.throwIfAborted()
    }
  }

  async #runThere(workload: Workload, batch: SharedBatch, finished: Finished, signal: AbortSignal | undefined): Promise<void> {
    const wanted = Math.min(this.size, batch.groups.length)
    // Threads load their code while this one prepares.
    while (this.#workers.length < wanted) this.#workers.push(new Worker(new URL('./worker.js', import.meta.url), { resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB } }))
    try {
      const { prepared, by } = this.#load(workload)
      await Promise.all(this.#workers.slice(0, wanted).map((worker) => {
        const message: ToWorker = by.has(worker) ? { batch } : { batch, prepared }
        by.add(worker)
        return serve(worker, message, finished, signal)
      }))
    } catch (error) {
      // What still runs has nobody left to report to.
      await this.close()
      throw error
    }
  }
}

/** The workload prepared last, who has it, and the runner of this thread. */
interface Loaded {
  workload: Workload
  prepared: PreparedWorkload
  by: Set<Worker>
  runner?: Runner
}

type Finished = (ticket: number, result: RunResult | undefined, record?: RunRecord) => void

function numbered(groups: readonly JobGroup[]): Ticketed[] {
  let ticket = 0
  return groups.map((group) => group.map((job) => ({ job, ticket: ticket++ })))
}

/** Hands a batch to one worker, which takes groups by itself; resolves when it finds none left. */
function serve(worker: Worker, message: ToWorker, finished: Finished, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (settle: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      signal?.removeEventListener('abort', onAbort)
      worker.unref()
      settle()
    }
    const onMessage = (said: FromWorker): void => {
      if (said.kind === 'done') finished(said.ticket, said.result)
      else if (said.kind === 'idle') finish(resolve)
      else finish(() => reject(failure(said)))
    }
    const onError = (error: Error): void => finish(() => reject(error))
    const onExit = (): void => finish(() => reject(new GreenwaveError('internal', 'a worker of the simulation ended by itself')))
    const onAbort = (): void => finish(() => reject(signal?.reason as Error))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    // Only a thread that works keeps the process alive.
    worker.ref()
    if (signal?.aborted === true) return onAbort()
    signal?.addEventListener('abort', onAbort, { once: true })
    worker.postMessage(message, [])
  })
}

function failure({ message, code, stack }: Extract<FromWorker, { kind: 'failed' }>): Error {
  const error = code !== undefined && code in CATALOGUE ? new GreenwaveError(code as ErrorCode, message) : new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}
