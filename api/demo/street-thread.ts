// A street in a thread of its own, asked for what its probes tell. Compiled code only; from TypeScript sources it runs where it is called.
import { Worker } from 'node:worker_threads'
import { GreenwaveError } from '../../model/errors.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Instant } from '../../model/units.ts'
import type { FromStreet, StreetOf, Told, ToStreet } from './messages.ts'
import type { Stretch } from './street.ts'
import { StreetTeller } from './teller.ts'

export interface Street {
  begin(stretch: Stretch): Promise<void>
  /** What was told since the last time, up to an instant. */
  advance(to: Instant): Promise<Told>
  close(): Promise<void>
}

const isCompiled = import.meta.url.endsWith('.js')

export const openStreet = (scenario: Scenario): Street => (isCompiled ? new StreetThread(scenario) : streetHere(scenario))

function streetHere(scenario: Scenario): Street {
  const teller = new StreetTeller(scenario)
  return { begin: async (stretch) => teller.begin(stretch), advance: async (to) => teller.advance(to), close: async () => {} }
}

interface Asked { resolve: (told: Told) => void; reject: (error: unknown) => void }

class StreetThread implements Street {
  readonly #worker: Worker
  readonly #asked = new Map<number, Asked>()
  #tickets = 0
  #ended: GreenwaveError | undefined

  constructor(scenario: Scenario) {
    this.#worker = new Worker(new URL('./street-worker.js', import.meta.url), { workerData: { scenario } satisfies StreetOf })
    this.#worker.on('message', (message: FromStreet) => {
      const asked = this.#asked.get(message.ticket)
      this.#asked.delete(message.ticket)
      if ('told' in message) asked?.resolve(message.told)
      else asked?.reject(new GreenwaveError('internal', `the simulated street failed: ${message.failed}`))
    })
    this.#worker.on('error', (error) => this.#end(`the thread of the simulated street failed: ${String(error)}`))
    this.#worker.on('exit', () => this.#end('the thread of the simulated street has ended'))
  }

  async begin(stretch: Stretch): Promise<void> {
    await this.#ask((ticket) => ({ ticket, begin: stretch }))
  }

  advance(to: Instant): Promise<Told> {
    return this.#ask((ticket) => ({ ticket, advance_to: to }))
  }

  async close(): Promise<void> {
    await this.#worker.terminate()
  }

  #ask(message: (ticket: number) => ToStreet): Promise<Told> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    const ticket = ++this.#tickets
    return new Promise((resolve, reject) => {
      this.#asked.set(ticket, { resolve, reject })
      this.#worker.postMessage(message(ticket), [])
    })
  }

  #end(sentence: string): void {
    this.#ended ??= new GreenwaveError('internal', sentence)
    for (const { reject } of this.#asked.values()) reject(this.#ended)
    this.#asked.clear()
  }
}
