// Worker threads that stay: a cold thread is several times slower than a warm one, so one pool serves many batches.
// Compiled code only; from TypeScript sources, and with no threads asked for, the jobs run one by one in this thread with
// the same results.
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { CATALOGUE, GreenwaveError, type ErrorCode } from '../../model/errors.ts'
import type { RunResult } from '../result.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { createRunner, type Job, type Workload } from './workload.ts'

export interface BatchOptions {
  /** Called after every run. */
  onProgress?: (done: number, total: number) => void
  /** Aborting ends the batch with the reason of the signal; runs under way are thrown away. */
  signal?: AbortSignal
}

/** Jobs of one group run after each other on one thread: they share trips. */
export type JobGroup = readonly Job[]

const isCompiled = import.meta.url.endsWith('.js')

export class SimulationPool {
  readonly size: number
  #workers: Worker[] = []

  /** `threads` 0 = run in the calling thread; by default as many as the machine has cores. */
  constructor(threads: number = availableParallelism()) {
    this.size = isCompiled ? Math.max(0, Math.floor(threads)) : 0
  }

  /** Results in the order of the jobs. Rejects with the first failure, or with the abort reason. One batch at a time. */
  async run(workload: Workload, groups: readonly JobGroup[], options: BatchOptions = {}): Promise<RunResult[]> {
    options.signal?.throwIfAborted()
    const tickets = groups.flat().length
    const results = Array.from<RunResult>({ length: tickets })
    let done = 0
    const keep = (ticket: number, result: RunResult): void => {
      results[ticket] = result
      done += 1
      options.onProgress?.(done, tickets)
    }
    const queue: Queue = { groups: numbered(groups), keep }
    if (this.size === 0) await runHere(workload, queue, options.signal)
    else await this.#runThere(workload, queue, options.signal)
    return results
  }

  async close(): Promise<void> {
    const workers = this.#workers
    this.#workers = []
    await Promise.all(workers.map((worker) => worker.terminate()))
  }

  async #runThere(workload: Workload, queue: Queue, signal: AbortSignal | undefined): Promise<void> {
    const wanted = Math.min(this.size, queue.groups.length)
    while (this.#workers.length < wanted) this.#workers.push(new Worker(new URL('./worker.js', import.meta.url)))
    try {
      await Promise.all(this.#workers.slice(0, wanted).map((worker) => drain(worker, workload, queue, signal)))
    } catch (error) {
      // What still runs has nobody left to report to.
      await this.close()
      throw error
    }
  }
}

type Numbered = { ticket: number; job: Job }[]

interface Queue {
  groups: Numbered[]
  keep: (ticket: number, result: RunResult) => void
}

function numbered(groups: readonly JobGroup[]): Numbered[] {
  let ticket = 0
  return groups.map((group) => group.map((job) => ({ job, ticket: ticket++ })))
}

async function runHere(workload: Workload, queue: Queue, signal: AbortSignal | undefined): Promise<void> {
  const runner = createRunner(workload)
  for (const { job, ticket } of queue.groups.flat()) {
    queue.keep(ticket, runner(job))
    // Lets progress be drawn and an abort arrive.
    await setImmediate()
    signal?.throwIfAborted()
  }
}

/** Feeds one worker until the queue is empty. */
function drain(worker: Worker, workload: Workload, queue: Queue, signal: AbortSignal | undefined): Promise<void> {
  const post = (message: ToWorker): void => worker.postMessage(message, [])
  return new Promise((resolve, reject) => {
    let mine: Numbered = []
    const finish = (settle: () => void): void => {
      worker.off('message', onMessage).off('error', onError).off('exit', onExit)
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    const next = (): void => {
      if (mine.length === 0) mine = [...(queue.groups.shift() ?? [])]
      const entry = mine.shift()
      if (entry === undefined) finish(resolve)
      else post({ kind: 'run', ...entry })
    }
    const onMessage = (message: FromWorker): void => {
      if (message.kind === 'failed') return finish(() => reject(failure(message)))
      queue.keep(message.ticket, message.result)
      next()
    }
    const onError = (error: Error): void => finish(() => reject(error))
    const onExit = (): void => finish(() => reject(new GreenwaveError('internal', 'a worker of the simulation ended by itself')))
    const onAbort = (): void => finish(() => reject(signal?.reason as Error))
    worker.on('message', onMessage).on('error', onError).on('exit', onExit)
    signal?.addEventListener('abort', onAbort, { once: true })
    post({ kind: 'load', workload })
    next()
  })
}

function failure({ message, code, stack }: Extract<FromWorker, { kind: 'failed' }>): Error {
  const error = code !== undefined && code in CATALOGUE ? new GreenwaveError(code as ErrorCode, message) : new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}
