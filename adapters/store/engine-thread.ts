// The embedded database on a thread of its own, so that whoever answers requests never waits for a statement. Compiled code only.
import { Worker } from 'node:worker_threads'
import { GreenwaveError } from '../../model/errors.ts'
import type { Engine, EngineOptions } from './engine.ts'
import type { Asked, Failed, FromEngine, ToEngine } from './engine-messages.ts'
import type { PackedRows } from './packed-rows.ts'

interface Waiting { resolve: (answer: unknown) => void; reject: (error: unknown) => void }

/** Throws as opening does. When the thread dies all that is asked throws `store.broken`. */
export async function engineOnThread(options: EngineOptions): Promise<Engine> {
  const worker = new Worker(new URL('./engine-worker.js', import.meta.url), { workerData: options })
  const engine = new ThreadEngine(worker, options.directory)
  try {
    await engine.opened
    return engine
  } catch (error) {
    await worker.terminate()
    throw error
  }
}

class ThreadEngine implements Engine {
  readonly opened: Promise<void>
  readonly #worker: Worker
  readonly #waiting = new Map<number, Waiting>()
  #tickets = 0
  #dead: GreenwaveError | undefined

  constructor(worker: Worker, directory: string) {
    this.#worker = worker
    let opening: Waiting | undefined
    this.opened = new Promise<void>((resolve, reject) => { opening = { resolve: () => resolve(), reject } })
    const die = (why: string, cause?: unknown): void => {
      this.#dead ??= new GreenwaveError('store.broken', `the embedded database in ${directory} ended by itself (${why}); what it had acknowledged is on the disk`, undefined, cause)
      opening!.reject(this.#dead)
      for (const { reject } of this.#waiting.values()) reject(this.#dead)
      this.#waiting.clear()
    }
    worker.on('message', (said: FromEngine) => {
      if ('ready' in said) opening!.resolve(undefined)
      else if ('unopened' in said) opening!.reject(errorOf(said.unopened))
      else this.#heard(said)
    })
    worker.on('error', (error) => die(error instanceof Error ? error.message : String(error), error))
    worker.on('exit', (code) => die(`its thread ended with code ${code}`))
  }

  async query(text: string, params: readonly unknown[]): Promise<PackedRows> {
    return await this.#ask({ ask: 'query', text, params }) as PackedRows
  }

  async exec(text: string): Promise<void> {
    await this.#ask({ ask: 'exec', text })
  }

  async copy(target: string, bytes: Uint8Array<ArrayBuffer>, binary: boolean): Promise<number> {
    return await this.#ask({ ask: 'copy', target, bytes, binary }, [bytes.buffer]) as number
  }

  async close(): Promise<void> {
    try {
      if (this.#dead === undefined) await this.#ask({ ask: 'close' })
    } finally {
      await this.#worker.terminate()
    }
  }

  #ask(asked: Asked, buffers: ArrayBuffer[] = []): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#dead !== undefined) throw this.#dead
      const ticket = ++this.#tickets
      this.#worker.postMessage({ ticket, ...asked } satisfies ToEngine, buffers)
      this.#waiting.set(ticket, { resolve, reject })
    })
  }

  #heard(said: Extract<FromEngine, { ticket: number }>): void {
    const waiting = this.#waiting.get(said.ticket)
    this.#waiting.delete(said.ticket)
    if ('answer' in said) waiting?.resolve(said.answer)
    else waiting?.reject(errorOf(said.failed))
  }
}

function errorOf({ message, code, stack }: Failed): Error {
  const error = Object.assign(new Error(message), code === undefined ? {} : { code })
  if (stack !== undefined) error.stack = stack
  return error
}
