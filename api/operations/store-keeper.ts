// The store behind a door: opened in the background, looked at while it is open. Who asks too early, or while the database is away, hears why.
import { GreenwaveError } from '../../model/errors.ts'
import type { Store, Stores } from '../../plans/ports/store.ts'

/** How long a full disk is told of after the last time that it was met. */
const FULL_MS = 15_000
/** Between looks. */
const LOOK_MS = 1000
/** Between tries to open. */
const AGAIN_MS = 1000
/** A look that takes longer has failed. The embedded database answers one after the other: a long statement is no trouble there. */
const PATIENCE_MS = { postgres: 2000, pglite: 30_000 } as const
/** One failed look may be a connection that was closed; the second is the database. */
const FAILURES = 2
/** Looks that were never answered. */
const MOST_PENDING = 3

/** Keys of a Record, so that the compiler misses a store that is forgotten here. */
const STORES: Record<keyof Stores, true> = {
  networks: true, feeds: true, observations: true, states: true, treatments: true, plans: true, schedules: true, nights: true, jobs: true, people: true, idempotency: true,
  snapshots: true, screens: true, settings: true, devices: true, deployments: true, events: true, audit: true,
}

export interface KeeperOptions {
  kind: 'postgres' | 'pglite'
  /** In words, without a password. */
  address: string
  /** Tried again as long as it says `store.unreachable`. Whatever must be done before anybody is served belongs in here. */
  open: () => Promise<Store>
  log: { info: (what: object, message: string) => void; warn: (what: object, message: string) => void }
}

export class StoreKeeper {
  /** Good from the beginning; throws while there is nothing behind it. */
  readonly store: Store
  /** Resolves when the database died with this process in it (`store.broken`): waiting is of no use. */
  readonly broken: Promise<GreenwaveError>
  readonly #options: KeeperOptions
  #open: Store | undefined
  #trouble: GreenwaveError | undefined
  #full: { error: GreenwaveError; met_ms: number } | undefined
  #failures = 0
  #pending = 0
  #stopped = false
  #timer: NodeJS.Timeout | undefined
  #opening: Promise<void> | undefined
  #break: (error: GreenwaveError) => void = () => {}
  /** Seconds of the last look that was answered. */
  lastLook_s: number | undefined

  constructor(options: KeeperOptions) {
    this.#options = options
    this.broken = new Promise((resolve) => { this.#break = resolve })
    this.#trouble = new GreenwaveError('service.starting', `The database ${options.address} is being opened`)
    this.store = lateStore(options.kind, () => this.#behind(), (error) => this.#met(error))
  }

  /** The disk was full just now: what is there is served, but nothing new can be kept. */
  get full(): GreenwaveError | undefined {
    return this.#full !== undefined && performance.now() - this.#full.met_ms < FULL_MS ? this.#full.error : undefined
  }

  /** Why nobody can be served now. */
  get trouble(): GreenwaveError | undefined {
    return this.#trouble
  }

  /** Resolves when the store is open, also after many tries; rejects when trying again is of no use. */
  start(): Promise<void> {
    this.#opening ??= this.#openUntilOpen()
    return this.#opening
  }

  /** Nobody is let in any more. */
  refuse(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#trouble = new GreenwaveError('service.stopping', 'This process is being stopped')
  }

  /** What is being opened is not waited for: nobody was answered from it, and it closes by itself. */
  async close(): Promise<void> {
    this.refuse()
    await this.#open?.close()
  }

  async #openUntilOpen(): Promise<void> {
    for (;;) {
      try {
        const store = await this.#options.open()
        if (this.#stopped) return await store.close()
        this.#open = store
        break
      } catch (error) {
        if (this.#stopped) return
        if (!(error instanceof GreenwaveError) || error.code !== 'store.unreachable') throw error
        if (this.#trouble?.message !== error.message) this.#options.log.warn({ code: error.code }, error.message)
        this.#trouble = error
        await new Promise((resolve) => { setTimeout(resolve, AGAIN_MS) })
        if (this.#stopped) return
      }
    }
    this.#trouble = undefined
    this.#look()
  }

  #look(): void {
    this.#timer = setTimeout(() => this.#look(), LOOK_MS)
    if (this.#pending >= MOST_PENDING) return
    this.#pending++
    const began = performance.now()
    const patience = PATIENCE_MS[this.#options.kind]
    let answered = false
    const late = (): void => { if (!answered) this.#failed(new GreenwaveError('store.unreachable', `the database ${this.#options.address} has not answered for ${patience / 1000} s`)) }
    // What kept this process from hearing is no fault of the database: an answer that is here by now is read first.
    const timer = setTimeout(() => setImmediate(late), patience)
    void this.#open!.ping().then(
      () => {
        answered = true
        this.#answered((performance.now() - began) / 1000)
      },
      (error: unknown) => this.#failed(error instanceof GreenwaveError ? error : new GreenwaveError('store.unreachable', `the database ${this.#options.address} refuses to be read: ${String(error)}`, undefined, error)),
    ).finally(() => {
      clearTimeout(timer)
      this.#pending--
    })
  }

  #answered(seconds: number): void {
    this.lastLook_s = seconds
    this.#failures = 0
    if (this.#stopped || this.#trouble === undefined) return
    this.#trouble = undefined
    this.#options.log.info({}, `the database ${this.#options.address} answers again`)
  }

  #failed(error: GreenwaveError): void {
    this.#met(error)
    this.#failures++
    if (this.#stopped || this.#failures < FAILURES) return
    if (this.#trouble === undefined) this.#options.log.warn({ code: error.code }, error.message)
    this.#trouble = error
  }

  #met(error: unknown): void {
    if (!(error instanceof GreenwaveError)) return
    if (error.code === 'store.broken') this.#break(error)
    if (error.code !== 'store.full') return
    if (this.full === undefined) this.#options.log.warn({ code: error.code }, error.message)
    this.#full = { error, met_ms: performance.now() }
  }

  #behind(): Store {
    if (this.#open === undefined) throw this.#trouble!
    return this.#open
  }
}

/** A store whose every method asks for the one behind it first. `met` hears of what failed. */
function lateStore(kind: Store['kind'], behind: () => Store, met: (error: unknown) => void): Store {
  const heard = <T>(result: T): T => {
    if (result instanceof Promise) result.catch(met)
    return result
  }
  const parts = Object.keys(STORES).map((name) => [name, late(() => behind()[name as keyof Stores], heard)])
  return { kind, ...(Object.fromEntries(parts) as Stores), tx: (work) => heard(behind().tx(work)), ping: () => behind().ping(), claim: (name) => behind().claim(name), close: () => behind().close() }
}

function late<T extends object>(behind: () => T, heard: (result: unknown) => unknown): T {
  return new Proxy({} as T, {
    // A promise looks for `then` in whatever it is given.
    get: (_, name) => (typeof name === 'symbol' || name === 'then' ? undefined : (...args: unknown[]) => {
      const target = behind() as Record<string, (...args: unknown[]) => unknown>
      return heard(target[name]!(...args))
    }),
  })
}
