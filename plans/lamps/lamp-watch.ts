// Follows the lamps of every enabled controller of a network: keeps what they did as their log, tells it to those who listen, raises an alarm where a
// plan of ours runs late or not at all, and takes back a corridor of which one controller shows another plan.
import { setMaxListeners } from 'node:events'
import type { LampTiming, LiveSample } from '../../model/device/device.ts'
import { LocalTime } from '../../model/local-time.ts'
import type { PhaseNumber } from '../../model/observation.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import { phaseNumbers } from '../../simulation/observe/index.ts'
import type { Deployer } from '../deployment/index.ts'
import type { DeviceRecord } from '../ports/controllers.ts'
import type { DeploymentRecord } from '../ports/deployments.ts'
import { SERVICE_ACTOR } from '../workflow/actors.ts'
import { AlarmState, tellAlarm } from './alarm.ts'
import { EventBatches } from './event-batches.ts'
import { LampLog } from './lamp-log.ts'
import { Places } from './places.ts'

export interface LampRules {
  /** Controllers whose lamps are followed at once; with more of them each has its turn. */
  at_once: number
  turn_s: Seconds
  /** Between two looks at which controllers there are and what they shall run. */
  look_s: Seconds
  /** Between two times that listeners are told. */
  tell_s: Seconds
  /** Between two batches: so much of the log goes with a process that dies. */
  store_s: Seconds
}

export const DEFAULT_LAMP_RULES: LampRules = { at_once: 500, turn_s: 600, look_s: 20, tell_s: 1, store_s: 15 }

/** A controller that is away is asked again after so long, in the end every five minutes. */
const BACK_OFF_S = [5, 10, 20, 40, 80, 160, 300]
/** After somebody else has spoken to it. */
const ASIDE_S = 5
/** Judging at each look at the lamps would say nothing more. */
const JUDGE_EVERY_S = 5
/** Controllers told of in one event. */
const MOST_TOLD = 200
/** An adapter that does not hang up keeps nobody from speaking for longer. */
const HANG_UP_S = 3

export interface LampWatchOptions {
  deployer: Deployer
  network: string
  rules?: Partial<LampRules>
  /** What went wrong, in a sentence; once for each time that a controller is lost. */
  onTrouble?: (about: string, sentence: string) => void
}

interface Follower {
  device: DeviceRecord
  ended: AbortController
  log: LampLog
  alarm: AlarmState
  /** What of ours it shall run. */
  ours?: { record: DeploymentRecord; timing: LampTiming; since_s: Instant }
  /** A deployment is at work on it, here or in another process. */
  busy: boolean
  sample?: LiveSample
  told?: string
  judge_at: Instant
  lost: boolean
}

export interface LampFigures {
  followed: number
  lost: number
  alarms: number
}

export class LampWatch {
  readonly #options: LampWatchOptions
  readonly #rules: LampRules
  readonly #places: Places
  readonly #batches: EventBatches
  readonly #followers = new Map<string, Follower>()
  readonly #running = new Set<Promise<unknown>>()
  /** Runs that are on their way back. */
  readonly #releasing = new Set<string>()
  #local = new LocalTime('UTC')
  #numbers: PhaseNumber[] = []

  constructor(options: LampWatchOptions) {
    this.#options = options
    this.#rules = { ...DEFAULT_LAMP_RULES, ...options.rules }
    this.#places = new Places(this.#rules.at_once)
    this.#batches = new EventBatches(options.deployer.desk.store, options.network)
  }

  get #desk() { return this.#options.deployer.desk }

  figures(): LampFigures {
    const all = [...this.#followers.values()]
    return { followed: all.length, lost: all.filter(({ lost }) => lost).length, alarms: all.filter(({ alarm }) => alarm.raised !== undefined).length }
  }

  /** Until the signal aborts; what was seen is stored before it comes back. */
  async run(signal: AbortSignal): Promise<void> {
    setMaxListeners(0, signal)
    const { look_s, tell_s, store_s } = this.#rules
    await Promise.all([
      this.#every(look_s, () => this.#look(signal), signal), this.#every(tell_s, () => this.#tell(), signal), this.#every(store_s, () => this.#flush(), signal),
    ])
    await Promise.allSettled(this.#running)
    await this.#flush().catch((error: unknown) => this.#trouble(this.#options.network, error))
  }

  async #every(seconds: Seconds, work: () => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await work()
      } catch (error) {
        this.#trouble(this.#options.network, error)
      }
      await this.#desk.clock.wait(seconds, signal).catch(() => {})
    }
  }

  #flush(): Promise<void> { return this.#batches.flush(this.#desk.clock.now()) }

  #trouble(about: string, error: unknown): void {
    this.#options.onTrouble?.(about, error instanceof Error ? error.message : String(error))
  }

  #spawn(work: Promise<unknown>, about: string): void {
    const running = work.catch((error: unknown) => this.#trouble(about, error)).finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /** Which controllers there are, and what of ours they shall run. */
  async #look(signal: AbortSignal): Promise<void> {
    const { network } = this.#options
    const { scenario } = await this.#desk.streets(network)
    this.#local = new LocalTime(scenario.scenario.time_zone)
    this.#numbers = phaseNumbers(scenario.network)
    const devices = (await this.#desk.store.devices.list(network)).filter(({ enabled }) => enabled)
    for (const [id, { device, ended }] of this.#followers) {
      if (devices.some((one) => one.id === id && one.version === device.version)) continue
      ended.abort()
      this.#followers.delete(id)
    }
    for (const device of devices) if (!this.#followers.has(device.id)) this.#begin(device, signal)
    const open = await this.#desk.store.deployments.open(network)
    const lasting = await this.#permanent()
    for (const follower of this.#followers.values()) {
      const isIts = ({ device }: DeploymentRecord): boolean => device === follower.device.id
      follower.busy = open.some((record) => isIts(record) && record.state !== 'LEASED' && record.state !== 'UNKNOWN')
      this.#expect(follower, open.find((record) => isIts(record) && record.state === 'LEASED') ?? lasting.find(isIts))
      this.#releaseIfWrong(follower)
    }
  }

  async #permanent(): Promise<DeploymentRecord[]> {
    const found: DeploymentRecord[] = []
    for (let after: string | undefined; ;) {
      const page = await this.#desk.store.deployments.list({ network: this.#options.network, state: 'PERMANENT' }, { limit: 1000, ...(after === undefined ? {} : { after }) })
      found.push(...page.items)
      if (page.next === undefined) return found
      after = page.next
    }
  }

  #begin(device: DeviceRecord, signal: AbortSignal): void {
    const numbers = this.#numbers.filter((number) => number.signal === device.signal)
    const follower: Follower = { device, ended: new AbortController(), log: new LampLog(numbers), alarm: new AlarmState(), busy: false, judge_at: 0, lost: false }
    this.#followers.set(device.id, follower)
    this.#spawn(this.#follow(follower, AbortSignal.any([signal, follower.ended.signal])), device.id)
  }

  #expect(follower: Follower, record: DeploymentRecord | undefined): void {
    const { ours } = follower
    if (ours !== undefined && record?.id !== ours.record.id) {
      const told = follower.alarm.clear()
      if (told.length > 0) this.#spawn(this.#tellAll(ours.record, told), follower.device.id)
    }
    const since_s = record?.times.LEASED ?? record?.times.PERMANENT
    if (record?.writes === undefined || since_s === undefined) delete follower.ours
    else follower.ours = { record, timing: record.writes.timing, since_s }
  }

  async #follow(follower: Follower, signal: AbortSignal): Promise<void> {
    setMaxListeners(0, signal)
    for (let failures = 0; !signal.aborted;) {
      const before = follower.log.last_s
      try {
        await this.#places.take(signal)
        try {
          await this.#listen(follower, signal)
        } finally {
          this.#places.give()
        }
      } catch (error) {
        if (signal.aborted) return
        if (!follower.lost) this.#trouble(follower.device.id, error)
        follower.lost = true
      }
      failures = follower.log.last_s === before ? failures + 1 : 0
      // Whoever has the controller now needs some seconds; one that is away is not asked ever again at once.
      const pause = failures === 0 || follower.busy ? ASIDE_S : BACK_OFF_S[Math.min(failures, BACK_OFF_S.length) - 1]!
      await this.#desk.clock.wait(pause, signal).catch(() => {})
    }
  }

  /** Until somebody else wants to speak to the controller, others want their turn, or it is away. */
  async #listen(follower: Follower, signal: AbortSignal): Promise<void> {
    const { lines, clock } = this.#desk
    const { device } = follower
    const aside = new AbortController()
    let hungUp = (): void => {}
    const done = new Promise<void>((resolve) => { hungUp = resolve })
    const hangUp = async (): Promise<void> => {
      aside.abort()
      const given = new AbortController()
      await Promise.race([done, clock.wait(HANG_UP_S, given.signal).catch(() => {})])
      given.abort()
    }
    if (follower.busy || !lines.look(device.id, hangUp)) return
    const until = clock.now() + this.#rules.turn_s
    try {
      const adapter = await this.#desk.openToLook(device, () => {})
      try {
        for await (const sample of adapter.live(AbortSignal.any([signal, aside.signal]))) {
          this.#take(follower, sample)
          if (aside.signal.aborted || follower.busy || (this.#places.isWanted && clock.now() >= until)) break
        }
      } finally {
        await adapter.close()
      }
    } catch (error) {
      if (!aside.signal.aborted) throw error
    } finally {
      lines.looked(device.id)
      hungUp()
    }
  }

  #take(follower: Follower, sample: LiveSample): void {
    follower.lost = false
    follower.sample = sample
    this.#batches.add(follower.log.add(sample))
    const { ours } = follower
    if (ours === undefined || sample.time_s < follower.judge_at) return
    follower.judge_at = sample.time_s + JUDGE_EVERY_S
    const told = follower.alarm.take(follower.log.judge(ours.timing, ours.since_s, this.#local))
    if (told.length > 0) this.#spawn(this.#tellAll(ours.record, told), follower.device.id)
    this.#releaseIfWrong(follower)
  }

  async #tellAll(record: DeploymentRecord, told: ReturnType<AlarmState['take']>): Promise<void> {
    for (const { alarm, raised } of told) await tellAlarm(this.#desk.store, record, alarm, raised, this.#desk.clock.now())
  }

  /** All of the run, since half a green wave is worse than none; beside the watch, which hangs up for it. What fails is tried again at the next look. */
  #releaseIfWrong({ ours, alarm: { raised }, device }: Follower): void {
    if (ours === undefined || raised?.kind !== 'mismatch' || this.#releasing.has(ours.record.run)) return
    const { run } = ours.record
    this.#releasing.add(run)
    const released = this.#options.deployer.release(run, SERVICE_ACTOR, `the lamps of controller ${device.id} are not those of the plan: ${raised.sentences[0]}`)
    this.#spawn(released.finally(() => this.#releasing.delete(run)), run)
  }

  /** What changed since listeners were told. */
  async #tell(): Promise<void> {
    const changed = [...this.#followers.values()].flatMap((follower) => {
      const { sample, device } = follower
      if (sample === undefined) return []
      const { time_s, mode, lamps, stage, active_slot, cycle_position_s } = sample
      const told = JSON.stringify([mode, stage, active_slot, lamps])
      if (told === follower.told) return []
      follower.told = told
      return [{ controller: device.id, signal: device.signal, time: new Date(time_s * 1000).toISOString(), mode, lamps, stage, active_slot, cycle_position_s }]
    })
    for (let i = 0; i < changed.length; i += MOST_TOLD) {
      await this.#desk.store.events.append({ time_s: this.#desk.clock.now(), kind: 'controller.lamps', network: this.#options.network, body: { controllers: changed.slice(i, i + MOST_TOLD) } })
    }
  }
}
