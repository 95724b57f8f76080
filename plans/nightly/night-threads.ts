// What simulates and plans for the nights of one process, kept between them: a thread that begins anew compiles its code anew, seconds of CPU time a corridor.
import type { Network } from '../../model/network.ts'
import { SimulationPool } from '../../simulation/batch/index.ts'
import { openReckoner, type Reckoner } from '../reckoning/reckoner.ts'

interface Streets {
  /** Two networks with the same are the same. */
  hash: string
  network: Network
}

interface Kept {
  pool: SimulationPool
  reckoner: Reckoner
  /** Of the network that the reckoner plans for. */
  hash: string
}

/** Nights that follow each other come within seconds; then the memory of threads is better given back, ms. */
const IDLE_MS = 30_000

export class NightThreads {
  readonly #threads: number | undefined
  readonly #idle_ms: number
  #idle: (Kept & { timer: NodeJS.Timeout }) | undefined

  /** `threads` as of a `SimulationPool`. */
  constructor(threads?: number, idle_ms = IDLE_MS) {
    this.#threads = threads
    this.#idle_ms = idle_ms
  }

  /** For the time of `work`; nights at the same time have threads of their own. Those of one that fails are not used again. */
  async use<T>({ hash, network }: Streets, work: (threads: { pool: SimulationPool; reckoner: Reckoner }) => Promise<T>): Promise<T> {
    const own = await this.#take({ hash, network })
    try {
      const done = await work(own)
      if (this.#idle === undefined) this.#keep(own)
      else await close(own)
      return done
    } catch (error) {
      await close(own)
      throw error
    }
  }

  async close(): Promise<void> {
    const idle = this.#idle
    this.#idle = undefined
    if (idle === undefined) return
    clearTimeout(idle.timer)
    await close(idle)
  }

  async #take({ hash, network }: Streets): Promise<Kept> {
    const idle = this.#idle
    this.#idle = undefined
    if (idle === undefined) return { pool: new SimulationPool(this.#threads), reckoner: openReckoner(network, this.#threads), hash }
    clearTimeout(idle.timer)
    if (idle.hash === hash) return idle
    await idle.reckoner.close()
    return { pool: idle.pool, reckoner: openReckoner(network, this.#threads), hash }
  }

  #keep({ pool, reckoner, hash }: Kept): void {
    const timer = setTimeout(() => void this.close(), this.#idle_ms)
    timer.unref()
    this.#idle = { pool, reckoner, hash, timer }
  }
}

const close = async ({ pool, reckoner }: Kept): Promise<void> => { await Promise.all([pool.close(), reckoner.close()]) }
