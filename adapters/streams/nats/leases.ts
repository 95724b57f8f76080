// Which process reads what. A process holds a name by a message that it renews and that the broker forgets when it doesn't; names are shared out evenly
// among the processes that are alive. Two may think that they hold the same for a moment: nothing is stored twice, because batches have names of their own.
import { randomBytes } from 'node:crypto'
import { type NatsLink, pause } from './link.ts'
import { STREAM, tokenOf, wordOf } from './names.ts'
import { LEASE_MS } from './settings.ts'

export interface LeaseOptions {
  link: NatsLink
  /** `fix`, `mqtt`: what the names are of. */
  group: string
  /** All names that somebody should hold, read before every look. */
  wanted: () => Promise<readonly string[]>
  /** Called when a name is held here from now on. */
  gain: (name: string) => Holding
  warn: (sentence: string) => void
  /** Between looks, ms. */
  look_ms?: number
}

export interface Holding {
  /** Takes no more and finishes what runs, within `patience_ms`; another process begins after it. */
  release(patience_ms: number): Promise<void>
}

interface Held {
  holding: Holding
  seq: number
  renewed_ms: number
}

const RELEASE_MS = 3000

export class Leases {
  readonly #options: LeaseOptions
  readonly #id = randomBytes(6).toString('hex')
  readonly #held = new Map<string, Held>()
  /** Names that are being given back: not to be taken anew before. */
  readonly #leaving = new Map<string, Promise<void>>()
  readonly #stopping = new AbortController()
  readonly #running: Promise<void>

  constructor(options: LeaseOptions) {
    this.#options = options
    this.#running = this.#run()
  }

  holds(name: string): boolean {
    return this.#held.has(name)
  }

  get names(): string[] {
    return [...this.#held.keys()]
  }

  async stop(patience_ms: number): Promise<void> {
    this.#stopping.abort()
    await this.#running
    for (const name of this.names) this.#release(name, true, patience_ms)
    await Promise.all(this.#leaving.values())
    const { link } = this.#options
    if (link.trouble === undefined) await link.streams.manager.streams.purge(STREAM.leases, { filter: this.#memberSubject }).catch(() => {})
  }

  async #run(): Promise<void> {
    const { link, warn, look_ms = LEASE_MS / 3 } = this.#options
    const { signal } = this.#stopping
    await Promise.race([link.ready, new Promise((resolve) => { signal.addEventListener('abort', resolve) })])
    while (!signal.aborted) {
      try {
        await this.#look()
      } catch (error) {
        // Without a broker nobody else can take anything over; what was held is kept until it can be asked again.
        if (link.trouble === undefined) {
          warn(`who reads what could not be settled: ${(error as Error).message}`)
          this.#dropLost()
        }
      }
      await pause(look_ms * (0.9 + 0.2 * Math.random()), signal)
    }
  }

  get #memberSubject(): string {
    return `lease.${this.#options.group}.member.${this.#id}`
  }

  #subjectOf(name: string): string {
    return `lease.${this.#options.group}.held.${tokenOf(name)}`
  }

  async #look(): Promise<void> {
    const { link, group, wanted } = this.#options
    const { js, manager } = link.streams
    await js.publish(this.#memberSubject, '')
    await Promise.all(this.names.map((name) => this.#renew(name)))
    const { state } = await manager.streams.info(STREAM.leases, { subjects_filter: `lease.${group}.>` })
    const subjects = Object.keys(state.subjects ?? {}).map((subject) => subject.split('.').slice(2))
    const members = subjects.filter(([kind]) => kind === 'member').length
    const taken = new Set(subjects.filter(([kind]) => kind === 'held').map(([, token]) => wordOf(token!)))
    const names = new Set(await wanted())
    for (const name of this.names) if (!names.has(name)) this.#release(name, true, RELEASE_MS)
    const share = Math.ceil(names.size / Math.max(1, members))
    for (const name of this.names.slice(share)) this.#release(name, true, RELEASE_MS)
    for (const name of shuffled([...names].filter((name) => !taken.has(name) && !this.#leaving.has(name)))) {
      if (this.#held.size >= share) break
      await this.#claim(name)
    }
  }

  async #claim(name: string): Promise<void> {
    const seq = await this.#write(name, 0)
    if (seq === undefined) return
    this.#held.set(name, { holding: this.#options.gain(name), seq, renewed_ms: performance.now() })
  }

  async #renew(name: string): Promise<void> {
    const held = this.#held.get(name)!
    // A broker that was away for longer has forgotten it; then whoever comes first has it.
    const seq = await this.#write(name, held.seq) ?? await this.#write(name, 0)
    if (seq === undefined) this.#release(name, false, RELEASE_MS)
    else Object.assign(held, { seq, renewed_ms: performance.now() })
  }

  /** Undefined where somebody else wrote meanwhile. */
  async #write(name: string, after: number): Promise<number | undefined> {
    try {
      return (await this.#options.link.streams.js.publish(this.#subjectOf(name), this.#id, { expect: { lastSubjectSequence: after } })).seq
    } catch (error) {
      if (/wrong last sequence/i.test((error as Error).message)) return undefined
      throw error
    }
  }

  /** What could not be renewed in time may be somebody else's by now. */
  #dropLost(): void {
    for (const [name, { renewed_ms }] of this.#held) if (performance.now() - renewed_ms > LEASE_MS) this.#release(name, false, RELEASE_MS)
  }

  #release(name: string, ours: boolean, patience_ms: number): void {
    const held = this.#held.get(name)
    if (held === undefined) return
    this.#held.delete(name)
    const { link, warn } = this.#options
    const leaving = (async () => {
      try {
        await held.holding.release(patience_ms)
        if (ours && link.trouble === undefined) await link.streams.manager.streams.purge(STREAM.leases, { filter: this.#subjectOf(name) })
      } catch (error) {
        warn(`${name} was not given back in good order: ${(error as Error).message}`)
      }
      this.#leaving.delete(name)
    })()
    this.#leaving.set(name, leaving)
  }
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const k = Math.floor(Math.random() * (i + 1))
    ;[items[i], items[k]] = [items[k]!, items[i]!]
  }
  return items
}
