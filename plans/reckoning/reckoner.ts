// Does long sums on a thread beside, so that whoever answers requests never waits for them. Compiled code only; from TypeScript sources, and with no
// threads asked for, they are done where they are asked, with the same answers.
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { CATALOGUE, type ErrorCode, GreenwaveError } from '../../model/errors.ts'
import type { Network } from '../../model/network.ts'
import type { FromSums, ToSums } from './messages.ts'
import { openSums, type Sums } from './sums.ts'

type Asked<K extends keyof Sums> = Parameters<Sums[K]>[0]
type Answer<K extends keyof Sums> = Awaited<ReturnType<Sums[K]>>

export interface Reckoner {
  /** In the order asked. Rejects as the sum throws, or with the reason of the signal: then nothing more can be asked. */
  ask<K extends keyof Sums>(sum: K, asked: Asked<K>, signal?: AbortSignal): Promise<Answer<K>>
  close(): Promise<void>
}

const isCompiled = import.meta.url.endsWith('.js')

/** For one network; its thread begins with the first question. `threads` 0: here. */
export const openReckoner = (network: Network, threads?: number): Reckoner => (isCompiled && threads !== 0 ? new ThreadReckoner(network) : reckonerHere(network))

function reckonerHere(network: Network): Reckoner {
  let sums: Sums | undefined
  return {
    async ask<K extends keyof Sums>(sum: K, asked: Asked<K>, signal?: AbortSignal): Promise<Answer<K>> {
      // Between two sums others have their turn, and an abort arrives.
      await setImmediate()
      signal?.throwIfAborted()
      sums ??= openSums(network)
      return await ((sums[sum] as (given: Asked<K>) => unknown)(asked) as Answer<K> | Promise<Answer<K>>)
    },
    close: async () => {},
  }
}

interface Waiting { resolve: (answer: unknown) => void; reject: (error: unknown) => void }

class ThreadReckoner implements Reckoner {
  readonly #network: Network
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #tickets = 0
  #ended: { why: unknown } | undefined

  constructor(network: Network) {
    this.#network = network
  }

  async ask<K extends keyof Sums>(sum: K, asked: Asked<K>, signal?: AbortSignal): Promise<Answer<K>> {
    signal?.throwIfAborted()
    if (this.#ended !== undefined) throw this.#ended.why
    const worker = this.#worker ??= this.#start()
    const ticket = ++this.#tickets
    // A sum hears nothing while it is done: only its thread can be ended.
    const onAbort = (): void => {
      this.#end(signal?.reason)
      void worker.terminate()
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    // Only a thread that is waited for keeps the process alive.
    worker.ref()
    try {
      return await new Promise<Answer<K>>((resolve, reject) => {
        this.#waiting.set(ticket, { resolve: resolve as Waiting['resolve'], reject })
        worker.postMessage({ ticket, sum, asked } satisfies ToSums, [])
      })
    } finally {
      signal?.removeEventListener('abort', onAbort)
      if (this.#waiting.size === 0) worker.unref()
    }
  }

  async close(): Promise<void> {
    this.#end(new GreenwaveError('internal', 'the thread of sums was closed'))
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(new URL('./sums-worker.js', import.meta.url), { workerData: this.#network })
    worker.on('message', (said: FromSums) => {
      const waiting = this.#waiting.get(said.ticket)
      this.#waiting.delete(said.ticket)
      if ('answer' in said) waiting?.resolve(said.answer)
      else waiting?.reject(failure(said.failed))
    })
    worker.on('error', (error) => this.#end(error))
    worker.on('exit', () => this.#end(new GreenwaveError('internal', 'the thread of sums ended by itself')))
    return worker
  }

  #end(why: unknown): void {
    this.#ended ??= { why }
    for (const { reject } of this.#waiting.values()) reject(this.#ended.why)
    this.#waiting.clear()
  }
}

function failure({ code, message, stack }: Extract<FromSums, { failed: unknown }>['failed']): Error {
  const error = code !== undefined && code in CATALOGUE ? new GreenwaveError(code as ErrorCode, message) : new Error(message)
  if (stack !== undefined) error.stack = stack
  return error
}
