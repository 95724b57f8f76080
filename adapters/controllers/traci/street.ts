// One run of SUMO with all its traffic lights: the connection that they share, the clock that they live by, and who lets time pass.
// SUMO stands still between two steps, so whatever is asked between them happens at one instant; time passes only by the step command.
// Its time is the clock of the adapters: instant = `starts_at` + time of the simulation.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Instant, Seconds } from '../../../model/units.ts'
import { TraciConnection } from './connection.ts'
import type { Exchange } from './connection.ts'
import { close, COMMAND, decodeStep, decodeSubscribed, decodeVersion, getLight, LIGHT, order, SIMULATION_TIME, step, subscribeLight, subscribeTime, version } from './codec.ts'
import type { Subscribed, TraciAnswer, TraciCommand } from './codec.ts'

export interface StreetSettings {
  host: string
  port: number
  /** Instant of time 0 of the simulation. */
  starts_at: Instant
  /** Steps in a second of the computer's clock. Absent: as many as SUMO manages while somebody waits, and none while nobody does. */
  steps_per_s?: number
  /** Where SUMO was started with `--num-clients`: our place among them. Every client must step, or the simulation waits. */
  client_order?: number
  timeout_ms: number
}

/** What a light showed in the step that ended at `time_s`. */
export interface LightSample {
  /** Of the simulation, s. */
  time_s: Seconds
  state: string
  phase: number
  program: string
  next_switch_s: Seconds
  /** What SUMO said of it. */
  hex: string
}

export type Watcher = (sample: LightSample) => void | Promise<void>

interface Waiter {
  until_s: Seconds
  resolve(): void
  reject(error: unknown): void
}

/** A step of a large network takes longer than an answer. */
const STEP_TIMEOUT_MS = 60_000
const WATCHED = [LIGHT.state, LIGHT.currentIndex, LIGHT.currentProgram, LIGHT.nextSwitch]

export class TraciStreet {
  readonly settings: StreetSettings
  /** API number and name that SUMO told. */
  version = { api: 0, name: '' }
  #connection: TraciConnection | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #time_s = 0
  #stepping = false
  #closed = false
  #held = true
  #unbelieved = 0
  readonly #waiters = new Set<Waiter>()
  readonly #before = new Set<() => Promise<void>>()
  readonly #watchers = new Map<string, { last: LightSample; watchers: Set<Watcher> }>()

  constructor(settings: StreetSettings) {
    this.settings = settings
  }

  /** Messages that could not be believed. */
  get unbelieved(): number {
    return this.#unbelieved + (this.#connection?.unbelieved ?? 0)
  }

  /** Instant of the simulation. */
  now(): Instant {
    return this.settings.starts_at + this.#time_s
  }

  /** Comes back after so much simulated time; where no pace is set, this is what makes SUMO step. */
  async wait(seconds: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await this.#connected()
    await new Promise<void>((resolve, reject) => {
      const done = (end: () => void) => () => { this.#waiters.delete(waiter); signal.removeEventListener('abort', aborted); end() }
      const waiter: Waiter = { until_s: this.#time_s + seconds, resolve: done(resolve), reject: (error) => done(() => reject(error as Error))() }
      const aborted = (): void => waiter.reject(signal.reason)
      signal.addEventListener('abort', aborted)
      this.#waiters.add(waiter)
      this.#step()
    })
  }

  /** Commands in one message: SUMO does them one after the other without time passing. Throws where there is no answer, or none that can be read; refusals are answers. */
  ask(commands: readonly TraciCommand[], heard?: (exchange: Exchange) => void): Promise<TraciAnswer[]> {
    return this.#alone(async () => {
      const exchange = await (await this.#connected()).exchange(commands, this.settings.timeout_ms)
      heard?.(exchange)
      return exchange.answers
    })
  }

  /** Calls for every step from now on, before the next one is made, until the function given back is called. Throws `controller.refused` where SUMO does not know the light. */
  async watch(light: string, watcher: Watcher): Promise<() => void> {
    // What was watched of a SUMO that is gone is no longer told.
    await this.#connected()
    let watched = this.#watchers.get(light)
    if (watched === undefined) {
      // A subscription of a light that is not there is answered with more than can be told apart, so it is asked for first.
      const [known] = await this.ask([getLight(light, LIGHT.currentProgram)])
      const [answer] = known?.result === 0 ? await this.ask([subscribeLight(light, WATCHED)]) : [known]
      if (answer?.content === undefined) throw new GreenwaveError('controller.refused', `SUMO: ${answer?.text ?? 'no answer'}`)
      const first = this.#sample(decodeSubscribed(answer.content, COMMAND.subscribeLight))
      // Two may have asked at once.
      watched = this.#watchers.get(light) ?? { last: first, watchers: new Set() }
      this.#watchers.set(light, watched)
    }
    const { watchers } = watched
    watchers.add(watcher)
    this.#step()
    return () => void watchers.delete(watcher)
  }

  /** Calls before every step, after those who waited have spoken, until the function given back is called. */
  beforeStep(work: () => Promise<void>): () => void {
    this.#before.add(work)
    return () => void this.#before.delete(work)
  }

  /** Whether somebody waits for this street: otherwise it does not keep the process alive. */
  hold(held: boolean): void {
    this.#held = held
    this.#connection?.hold(held)
  }

  /** What the light showed last; undefined while nobody has watched it, and once the connection is gone. */
  findLast(light: string): LightSample | undefined {
    return this.#connection?.broken !== false ? undefined : this.#watchers.get(light)?.last
  }

  /** SUMO ends where this was its only client. */
  async close(): Promise<void> {
    this.#closed = true
    const connection = this.#connection
    if (connection !== undefined && !connection.broken) await this.#alone(() => connection.exchange([close()], this.settings.timeout_ms)).catch(() => undefined)
    connection?.close()
    this.#fail(new GreenwaveError('controller.unreachable', 'the street was closed'))
  }

  /** One after another, however many ask. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#queue.then(work)
    this.#queue = mine.catch(() => undefined)
    return mine
  }

  #opening: Promise<TraciConnection> | undefined

  #connected(): Promise<TraciConnection> {
    if (this.#connection?.broken === false) return Promise.resolve(this.#connection)
    this.#opening ??= this.#open().finally(() => { this.#opening = undefined })
    return this.#opening
  }

  async #open(): Promise<TraciConnection> {
    const { host, port, client_order, timeout_ms } = this.settings
    if (this.#closed) throw new GreenwaveError('controller.unreachable', `SUMO at ${host}:${port}: the street was closed`)
    this.#unbelieved = this.unbelieved
    const connection = await TraciConnection.open(host, port, timeout_ms)
    if (client_order !== undefined) await connection.exchange([order(client_order)], timeout_ms)
    const { answers: [told, time] } = await connection.exchange([version(), subscribeTime()], timeout_ms)
    if (told?.content === undefined || time?.content === undefined) throw new GreenwaveError('controller.refused', `SUMO at ${host}:${port}: ${told?.text} ${time?.text}`)
    this.version = decodeVersion(told.content)
    this.#time_s = timeOf(decodeSubscribed(time.content, COMMAND.subscribeSimulation))
    // What was watched is another SUMO's; those who watch ask anew.
    this.#watchers.clear()
    connection.hold(this.#held)
    this.#connection = connection
    return connection
  }

  #step(): void {
    if (this.#stepping || !this.#wanted()) return
    this.#stepping = true
    void this.#steps().catch((error: unknown) => this.#fail(error)).finally(() => { this.#stepping = false })
  }

  #wanted(): boolean {
    return !this.#closed && (this.#waiters.size > 0 || (this.settings.steps_per_s !== undefined && this.#watchers.size > 0))
  }

  async #steps(): Promise<void> {
    const { steps_per_s } = this.settings
    let next_ms = performance.now()
    while (this.#wanted()) {
      if (steps_per_s !== undefined) {
        next_ms = Math.max(next_ms + 1000 / steps_per_s, performance.now() - 1000)
        await new Promise((resolve) => { const timer = setTimeout(resolve, Math.max(0, next_ms - performance.now())); if (!this.#held) timer.unref() })
      }
      await this.#oneStep()
      for (const waiter of this.#waiters) if (waiter.until_s <= this.#time_s + 1e-6) waiter.resolve()
      // Those who waited for this instant speak before the next step.
      await new Promise((resolve) => { setImmediate(resolve) })
    }
  }

  async #oneStep(): Promise<void> {
    for (const work of this.#before) await work()
    // A step stands alone in its message: SUMO answers commands beside it in another order.
    const { answers: [stepped] } = await this.#alone(async () => (await this.#connected()).exchange([step()], STEP_TIMEOUT_MS))
    if (stepped?.content === undefined) throw new GreenwaveError('controller.refused', `SUMO did not step: ${stepped?.text}`)
    const told = decodeStep(stepped.content)
    const time = told.find(({ id }) => id === COMMAND.subscribeSimulation)
    if (time === undefined) throw new GreenwaveError('controller.malformed', 'SUMO stepped and did not tell its time')
    this.#time_s = timeOf(time)
    for (const one of told) {
      const watched = one.id === COMMAND.subscribeLight ? this.#watchers.get(one.object) : undefined
      if (watched === undefined) continue
      watched.last = this.#sample(one)
      for (const watcher of watched.watchers) await watcher(watched.last)
    }
  }

  #sample({ object, values, hex }: Subscribed): LightSample {
    const get = <T extends 'text' | 'int' | 'double'>(variable: number, type: T): T extends 'text' ? string : number => {
      const found = values.get(variable)
      if (found?.type !== type) throw new GreenwaveError('controller.malformed', `SUMO tells variable 0x${variable.toString(16)} of light ${object} as ${found?.type ?? 'nothing'}, not as ${type}`)
      return found.value as T extends 'text' ? string : number
    }
    return {
      time_s: this.#time_s, hex, state: get(LIGHT.state, 'text'), phase: get(LIGHT.currentIndex, 'int'), program: get(LIGHT.currentProgram, 'text'), next_switch_s: get(LIGHT.nextSwitch, 'double'),
    }
  }

  #fail(error: unknown): void {
    for (const waiter of this.#waiters) waiter.reject(error)
  }
}

function timeOf({ values }: Subscribed): Seconds {
  const time = values.get(SIMULATION_TIME)
  if (time?.type !== 'double') throw new GreenwaveError('controller.malformed', `SUMO tells its time as ${time?.type ?? 'nothing'}`)
  return time.value
}
