// What every part of a deployment works with: which driver speaks to which controller, the streets it stands in, and the locks this process holds.
import type { WriteHistory, WriteLimits } from '../../model/device/check-write.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay, LocalTime } from '../../model/local-time.ts'
import type { SignalId } from '../../model/signal.ts'
import type { Instant } from '../../model/units.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, WireEntry } from '../ports/controllers.ts'
import type { DeploymentRecord } from '../ports/deployments.ts'
import type { Store } from '../ports/store.ts'
import { type Calendar, NO_HOLIDAYS } from '../workflow/calendar.ts'
import { StreetCache, type Streets } from '../workflow/streets.ts'
import { Journal, type JournalTools } from './journal.ts'
import { Lines } from './lines.ts'
import { Member, type MemberTools } from './member.ts'
import { findPeriod } from './period.ts'
import { DEFAULT_DEPLOYMENT_RULES, type DeploymentRules } from './rules.ts'

export interface DeploymentClock {
  /** Seconds since 1970. */
  now(): Instant
  /** Comes back after so long by the same clock. Throws the signal's reason when it aborts. */
  wait(seconds: number, signal: AbortSignal): Promise<void>
}

export interface DeskOptions {
  store: Store
  clock: DeploymentClock
  drivers: readonly ControllerDriver[]
  /** From the operator's files: of a controller, by name. */
  secret?: (device: string, name: string) => string | undefined
  rules?: Partial<DeploymentRules>
  /** Local rules of a network, for example for pedestrians. */
  limitsOf?: (network: string, signal: SignalId) => Promise<Partial<WriteLimits>>
  /** Holidays of a network, by which its schedules go; none by default. */
  calendarOf?: (network: string) => Promise<Calendar>
  newId?: () => string
}

export class Desk {
  readonly store: Store
  readonly clock: DeploymentClock
  readonly rules: DeploymentRules
  readonly newId: () => string
  readonly lines = new Lines()
  readonly #owner: string
  readonly #options: DeskOptions
  readonly #streets = new StreetCache()
  readonly #held = new Map<string, { deployment: string; token: number }>()
  #beating: AbortController | undefined

  constructor(options: DeskOptions) {
    this.#options = options
    this.store = options.store
    this.clock = options.clock
    this.rules = { ...DEFAULT_DEPLOYMENT_RULES, ...options.rules }
    this.newId = options.newId ?? (() => crypto.randomUUID())
    this.#owner = crypto.randomUUID()
  }

  /** Throws `request.unknown`. */
  async streets(network: string, version?: number): Promise<Streets> {
    const newest = version ?? (await this.store.networks.get(network))?.version
    if (newest === undefined) throw new GreenwaveError('request.unknown', `there is no network "${network}"`)
    return this.#streets.get(this.store, network, newest)
  }

  /** To be closed. Throws `input.value` for a protocol that nobody speaks, `input.reference` for a signal that the network does not have. */
  async open(device: DeviceRecord, wire: (entry: WireEntry) => void): Promise<ControllerAdapter> {
    return this.lines.speak(device.id, await this.openToLook(device, wire))
  }

  /** The same for whoever hangs up when others want to speak (`lines`). */
  async openToLook(device: DeviceRecord, wire: (entry: WireEntry) => void): Promise<ControllerAdapter> {
    const driver = this.#options.drivers.find(({ protocol }) => protocol === device.protocol)
    if (driver === undefined) throw new GreenwaveError('input.value', `controller ${device.id} speaks "${device.protocol}", which no driver here does`)
    const { scenario, graph } = await this.streets(device.network)
    const { clock } = this
    return driver.open(device, {
      signal: graph.getSignal(device.signal), time_zone: scenario.scenario.time_zone, now: () => clock.now(), wait: (seconds, signal) => clock.wait(seconds, signal), wire,
      secret: (name) => this.secret(device.id, name),
    })
  }

  /** From the operator's files; undefined where there is none. */
  secret(device: string, name: string): string | undefined {
    return this.#options.secret?.(device, name)
  }

  get journalTools(): JournalTools {
    return { store: this.store, now: () => this.clock.now(), owner: this.#owner, lock_s: this.rules.lock_s }
  }

  async member(journal: Journal): Promise<Member> {
    const { device, network } = journal.record
    const found = await this.store.devices.get(device)
    if (found === undefined) throw new GreenwaveError('request.unknown', `there is no controller "${device}"`)
    const zone = await this.#zoneOf(network)
    const tools: MemberTools = {
      now: () => this.clock.now(), wait: (seconds, signal) => this.clock.wait(seconds, signal), rules: this.rules, limits: await this.#limitsOf(found),
      today: () => formatDay(zone.day(this.clock.now())), history: () => this.#historyOf(found),
      lock: (id, deployment, force) => this.lock(id, deployment, force), unlock: (lock) => this.unlock(lock),
    }
    return new Member(journal, await this.open(found, (entry) => journal.wire(entry)), tools)
  }

  /** What a controller's writes are checked by beside itself. */
  async rulesFor(device: DeviceRecord): Promise<{ history: WriteHistory; limits: Partial<WriteLimits> }> {
    return { history: await this.#historyOf(device), limits: await this.#limitsOf(device) }
  }

  async #zoneOf(network: string): Promise<LocalTime> {
    return new LocalTime((await this.streets(network)).scenario.scenario.time_zone)
  }

  async #limitsOf({ network, signal }: DeviceRecord): Promise<Partial<WriteLimits>> {
    return await this.#options.limitsOf?.(network, signal) ?? {}
  }

  async #historyOf({ id, network, signal }: DeviceRecord): Promise<WriteHistory> {
    const now = this.clock.now()
    const { scenario: { scenario, timing } } = await this.streets(network)
    const local = new LocalTime(scenario.time_zone)
    const { changed_s, day, writes } = await this.store.devices.writes(id)
    const corridors = await Promise.all(scenario.corridors.filter(({ intersections }) => intersections.includes(signal)).map(async (one) => (await this.store.schedules.get(network, one.id)).entries))
    const period = findPeriod({ local, calendar: await this.#options.calendarOf?.(network) ?? NO_HOLIDAYS, timing, corridors }, now)
    return { ...(changed_s === undefined ? {} : { changed_s }), writes_today: day === formatDay(local.day(now)) ? writes : 0, ...(period === undefined ? {} : { period }) }
  }

  async lock(device: string, deployment: string, force: boolean) {
    const now = this.clock.now()
    const lock = await this.store.devices.lock({ device, deployment, owner: this.#owner, now, until_s: now + this.rules.lock_s, force })
    if (lock !== undefined) {
      this.#held.set(device, lock)
      void this.#beat()
    }
    return lock
  }

  async unlock({ device, token }: { device: string; token: number }): Promise<void> {
    if (this.#held.get(device)?.token === token) this.#held.delete(device)
    if (this.#held.size === 0) this.#beating?.abort()
    await this.store.devices.unlock({ device, token })
  }

  /** While controllers are held, others are told so: long waits for lamps are no sign of death. */
  async #beat(): Promise<void> {
    if (this.#beating !== undefined) return
    const beating = new AbortController()
    this.#beating = beating
    try {
      while (this.#held.size > 0) {
        await this.clock.wait(this.rules.lock_s / 3, beating.signal)
        const now = this.clock.now()
        for (const [device, { deployment, token }] of this.#held) {
          const lock = await this.store.devices.lock({ device, deployment, owner: this.#owner, now, until_s: now + this.rules.lock_s })
          if (lock?.token !== token) this.#held.delete(device)
        }
      }
    } catch {
      // Nothing is held any more, or the store is away: then the next step that is written says so.
    } finally {
      this.#beating = undefined
    }
  }

  /** Takes the controller of a record and goes on with it; undefined while somebody else does, in this process or another. */
  async resume(record: DeploymentRecord, by: string, force = false): Promise<Member | undefined> {
    // The store lends a lock again to whoever holds it: a run of this process is told from one that it left behind by what is held now.
    if (!force && this.#held.get(record.device)?.deployment === record.id) return undefined
    const lock = await this.lock(record.device, record.id, force)
    if (lock === undefined) return undefined
    // Read again: whoever had it may have written until now.
    const newest = await this.store.deployments.get(record.id)
    const journal = Journal.resume(this.journalTools, { ...newest!, fencing_token: lock.token }, by)
    return this.member(journal)
  }
}
