// A signal controller without a protocol: plans in slots, a day plan, plan changes at cycle ends with transition, minimums, leases, modes, a clock of its own.
// Emulators of protocols decode what they are told into lamp timings and put them here; what stands here is what the lamps do.
import type { AsRunGreen, DeviceConfig, DeviceMode, Lamp, LampTiming, Tenths } from '../../../model/device/device.ts'
import { LocalTime } from '../../../model/local-time.ts'
import type { GroupId, SignalId } from '../../../model/signal.ts'
import { modulo, type Instant, type Seconds, type TimeOfDay } from '../../../model/units.ts'
import type { DeviceClock } from './clock.ts'
import { Elasticity, leastGreen, type TransitionRule } from './cycle.ts'
import { Faults } from './faults.ts'
import { LampSequence } from './lamps.ts'

export interface EmulatedSetup {
  id: string
  signal: SignalId
  groups: DeviceConfig['groups']
  conflicts: DeviceConfig['conflicts']
  intergreens?: DeviceConfig['intergreens']
  /** Places for plans; undefined = empty. */
  slots: ReadonlyMap<number, LampTiming | undefined>
  /** Which slot runs from when on, local time; the first also before it. */
  day_plan: readonly { from: TimeOfDay; slot: number }[]
  time_zone: string
  transition?: TransitionRule
  /** When another plan begins: at the end of the cycle (default), or as soon as minimums and clearances let it. */
  changes?: 'cycle-end' | 'at-once'
  /** What it refuses when it is written or commanded; default all. */
  refuses?: { used_slot?: boolean; minimum?: boolean; conflict?: boolean; empty_plan?: boolean }
  /** Own clock less true time. */
  skew_s?: Seconds
  /** All red after power comes back, s. Default 5. */
  start_up_s?: Seconds
}

export type RefusalReason = 'no-such-slot' | 'slot-in-use' | 'minimum' | 'conflict' | 'sum' | 'empty' | 'refused' | 'transaction'

/** A controller's no. */
export class Refusal extends Error {
  readonly reason: RefusalReason

  constructor(reason: RefusalReason, sentence: string) {
    super(sentence)
    this.name = 'Refusal'
    this.reason = reason
  }
}

/** A street that shows what controllers do. */
export interface Plant {
  setLamps(signal: SignalId, lamps: readonly { group: GroupId; lamp: Lamp }[]): void
}

interface Command {
  slot: number
  until: Tenths
}

interface Running {
  slot: number
  timing: LampTiming
  began: Tenths
  length: Tenths
  /** Not in step with its offset. */
  isCorrecting: boolean
}

const ALL_LAMPS: Partial<Record<DeviceMode, Lamp>> = { flash: 'yellow-flashing', fault: 'yellow-flashing', dark: 'dark', 'all-red': 'red', starting: 'red' }

/** Tenths after which a controller without any plan looks for one again. */
const RETRY = 50

export class EmulatedController {
  readonly setup: EmulatedSetup
  readonly faults = new Faults()
  readonly #clock: DeviceClock
  readonly #local: LocalTime
  readonly #slots: Map<number, LampTiming | undefined>
  readonly #elasticity = new WeakMap<LampTiming, Elasticity>()
  #skew: Seconds
  #sequence: LampSequence
  #running: Running | undefined
  #last: { slot: number; length: Tenths; isCorrecting: boolean } | undefined
  #command: Command | undefined
  #told: number | undefined
  #mode: DeviceMode | undefined
  #starts_at: Tenths
  #buffer: Map<number, LampTiming | undefined> | undefined
  #restarts = 0

  constructor(setup: EmulatedSetup, clock: DeviceClock) {
    this.setup = setup
    this.#clock = clock
    this.#local = new LocalTime(setup.time_zone)
    this.#slots = new Map(setup.slots)
    this.#skew = setup.skew_s ?? 0
    this.#sequence = this.#newSequence()
    this.#starts_at = this.#tenths() - 1
  }

  #newSequence(): LampSequence {
    return new LampSequence({ groups: this.setup.groups, conflicts: this.setup.conflicts, intergreens: this.setup.intergreens ?? [] })
  }

  /** By its own clock. */
  now(): Instant { return this.#clock.now() + this.#skew }
  #tenths(): Tenths { return Math.floor(this.now() * 10 + 1e-3) }
  setClock(time_s: Instant): void { this.#skew = time_s - this.#clock.now() }
  /** How often it was restarted: what it remembers only while it runs is lost with each. */
  get restarts(): number { return this.#restarts }

  // What it holds.

  timing(slot: number): LampTiming | undefined { return this.#slots.get(slot) }
  get slots(): number[] { return [...this.#slots.keys()] }

  usedBy(slot: number): string[] {
    const named = this.setup.day_plan.filter((entry) => entry.slot === slot).map(({ from }) => `day plan from ${Math.floor(from / 3600)}:${String(Math.floor(from / 60) % 60).padStart(2, '0')}`)
    return [...(this.cycle()?.slot === slot ? ['runs now'] : []), ...named]
  }

  /** Throws Refusal. `cabinet`: somebody on the spot, whom no transaction binds. */
  store(slot: number, timing: LampTiming | undefined, by: 'central' | 'cabinet' = 'central'): void {
    const { used_slot = true, minimum = true, conflict = true } = this.setup.refuses ?? {}
    if (this.faults.refuses_writes && by === 'central') throw new Refusal('refused', 'no')
    if (!this.#slots.has(slot)) throw new Refusal('no-such-slot', `there is no slot ${slot}`)
    if (used_slot && by === 'central' && this.usedBy(slot).length > 0) throw new Refusal('slot-in-use', `slot ${slot}: ${this.usedBy(slot).join(', ')}`)
    if (timing !== undefined && minimum) this.#checkMinimums(timing)
    if (timing !== undefined && conflict) this.#checkConflicts(timing)
    if (this.faults.ignores_writes && by === 'central') return
    if (this.#buffer !== undefined && by === 'central') this.#buffer.set(slot, timing)
    else this.#slots.set(slot, timing)
  }

  #checkMinimums({ groups }: LampTiming): void {
    for (const { group, greens } of groups) {
      const own = this.setup.groups.find((one) => one.group === group)
      for (const [start, end] of greens) {
        if (own !== undefined && end - start < leastGreen(own)) throw new Refusal('minimum', `group ${group}: ${(end - start) / 10} s is below ${leastGreen(own) / 10} s`)
      }
    }
  }

  #checkConflicts({ cycle, groups }: LampTiming): void {
    const greensOf = (id: GroupId): [Tenths, Tenths][] => groups.find(({ group }) => group === id)?.greens ?? []
    for (const [a, b] of this.setup.conflicts) {
      const overlap = greensOf(a).some(([s, e]) => greensOf(b).some(([t, u]) => modulo(t - s, cycle) < e - s || modulo(s - t, cycle) < u - t))
      if (overlap) throw new Refusal('conflict', `groups ${a} and ${b}`)
    }
  }

  /** Writes stand only once committed. Throws Refusal while one is open. */
  begin(): void {
    if (this.#buffer !== undefined) throw new Refusal('transaction', 'a transaction is open')
    this.#buffer = new Map()
  }

  get isInTransaction(): boolean { return this.#buffer !== undefined }

  commit(): void {
    for (const [slot, timing] of this.#buffer ?? []) this.#slots.set(slot, timing)
    this.#buffer = undefined
  }

  abort(): void { this.#buffer = undefined }

  // What it is told to do.

  /** Runs a slot from the next cycle end on (or at once), until the lease ends or it is released. Throws Refusal. */
  select(slot: number, lease_s: Seconds = Number.POSITIVE_INFINITY): void {
    if (this.faults.refuses_commands) throw new Refusal('refused', 'no')
    if (!this.#slots.has(slot)) throw new Refusal('no-such-slot', `there is no slot ${slot}`)
    if ((this.setup.refuses?.empty_plan ?? true) && this.#slots.get(slot) === undefined) throw new Refusal('empty', `slot ${slot} is empty`)
    this.#advance()
    if (this.faults.echo_without_effect) this.#told = slot
    if (this.faults.echo_without_effect || this.faults.ack_without_effect) return
    this.#command = { slot, until: this.#tenths() + lease_s * 10 }
    this.#changeAtOnce()
  }

  /** Throws Refusal where nothing is commanded. */
  renew(lease_s: Seconds): void {
    this.#advance()
    if (this.commanded === undefined && this.#told === undefined) throw new Refusal('empty', 'no plan is commanded')
    if (this.#command !== undefined) this.#command.until = this.#tenths() + lease_s * 10
  }

  /** Back to its own plan, at the next cycle end unless it changes at once. */
  release(): void {
    this.#advance()
    this.#command = undefined
    this.#told = undefined
    this.#changeAtOnce()
  }

  #changeAtOnce(): void {
    const at = this.#tenths()
    const wanted = this.setup.changes !== 'at-once' || this.#running === undefined ? undefined : this.#wanted(at)
    if (wanted === undefined || wanted.timing === this.#running?.timing) return
    this.#sequence.cut(at)
    this.#runCycle(at, wanted.slot, wanted.timing)
    // The cycle that was cut short was none.
    this.#last = undefined
  }

  /** The slot that it is commanded to run, while the lease holds. */
  get commanded(): number | undefined { return this.#command !== undefined && this.#tenths() < this.#command.until ? this.#command.slot : undefined }
  get lease_left_s(): Seconds | undefined { return this.commanded === undefined ? undefined : ((this.#command as Command).until - this.#tenths()) / 10 }

  /** Something on the spot: flash, manual, an open door. Undefined = over. */
  setMode(mode: DeviceMode | undefined): void {
    this.#advance()
    const [before, at] = [this.#mode, this.#tenths()]
    this.#mode = mode
    const isBroken = (one: DeviceMode | undefined): boolean => one !== undefined && ALL_LAMPS[one] !== undefined
    if (isBroken(mode)) this.#stop(at)
    else if (isBroken(before)) this.#starts_at = at + this.#startUp()
  }

  #stop(at: Tenths): void {
    this.#sequence.break(at)
    this.#running = undefined
    this.#starts_at = Number.POSITIVE_INFINITY
  }

  #startUp(): Tenths { return Math.round((this.setup.start_up_s ?? 5) * 10) }

  /** Power off and on: what is stored stays, what was commanded or not yet committed is gone. */
  restart(): void {
    this.#advance()
    this.#stop(this.#tenths())
    this.#command = undefined
    this.#told = undefined
    this.#buffer = undefined
    this.#last = undefined
    this.#mode = undefined
    this.#restarts++
    this.#starts_at = this.#tenths() + this.#startUp()
  }

  // What it does.

  get mode(): DeviceMode {
    this.#advance()
    if (this.#mode !== undefined) return this.#mode
    if (this.#running === undefined) return 'starting'
    return this.#running.isCorrecting ? 'transition' : 'coordinated'
  }

  /** The slot that it tells when asked: what runs, unless it lies. */
  get told_slot(): number | undefined { return this.#told ?? this.cycle()?.slot }

  /** The cycle that runs; undefined while none does. Tenths by its own clock. */
  cycle(): Readonly<Running> & { position: Tenths } | undefined {
    this.#advance()
    return this.#running === undefined ? undefined : { ...this.#running, position: this.#tenths() - this.#running.began }
  }

  /** Of the last whole cycle, as effective durations are told. */
  get lastCycle(): { slot: number; length: Tenths; isCorrecting: boolean } | undefined {
    this.#advance()
    return this.#last
  }

  lamps(): { group: GroupId; lamp: Lamp }[] {
    const mode = this.mode
    const at = this.#tenths()
    return this.setup.groups.map(({ group }) => ({ group, lamp: ALL_LAMPS[mode] ?? this.#sequence.lamp(group, at) }))
  }

  /** What the lamps really did, by true time: the last 64 greens of each group. */
  greens(): AsRunGreen[] {
    this.#advance()
    return this.#sequence.greens(this.#tenths()).map(({ group, start, end }) => ({ group, start_s: start / 10 - this.#skew, end_s: end / 10 - this.#skew }))
  }

  /** Of its own day plan. */
  #scheduled(at: Tenths): number | undefined {
    const time = this.#local.timeOfDay(at / 10)
    return (this.setup.day_plan.findLast(({ from }) => from <= time) ?? this.setup.day_plan[0])?.slot
  }

  #wanted(at: Tenths): { slot: number; timing: LampTiming } | undefined {
    const commanded = this.#command !== undefined && at < this.#command.until ? this.#command.slot : undefined
    if (this.#command !== undefined && commanded === undefined) this.#command = undefined
    for (const slot of [commanded, this.#scheduled(at), this.#running?.slot]) {
      const timing = slot === undefined ? undefined : this.#slots.get(slot)
      if (timing !== undefined) return { slot: slot as number, timing }
    }
    return undefined
  }

  #advance(): void {
    const now = this.#tenths()
    for (;;) {
      const at = this.#running === undefined ? this.#starts_at : this.#running.began + this.#running.length
      if (at > now) return
      const wanted = this.#wanted(at)
      if (wanted === undefined) {
        this.#stop(at)
        this.#starts_at = at + RETRY
        continue
      }
      this.#runCycle(at, wanted.slot, wanted.timing)
    }
  }

  #runCycle(at: Tenths, slot: number, timing: LampTiming): void {
    const before = this.#running
    if (before !== undefined) this.#last = { slot: before.slot, length: before.length, isCorrecting: before.isCorrecting }
    const begin = before !== undefined && before.timing === timing ? at : this.#sequence.bridge(at, timing)
    const elasticity = this.#elasticityOf(timing)
    const late = modulo(Math.round(this.#local.timeOfDay(begin / 10) * 10) - timing.offset, timing.cycle)
    const extra = modulo(timing.cycle - late, timing.cycle)
    const cycle = elasticity.next(extra, this.setup.transition ?? { method: 'shortway' })
    this.#sequence.run(begin, timing, cycle)
    this.#running = { slot, timing, began: begin, length: cycle.length, isCorrecting: extra !== 0 }
  }

  #elasticityOf(timing: LampTiming): Elasticity {
    const known = this.#elasticity.get(timing) ?? new Elasticity(timing, this.setup.groups)
    this.#elasticity.set(timing, known)
    return known
  }
}

/** Shows a street what controllers do, step by step, until `signal` aborts. */
export async function driveStreet(controllers: readonly EmulatedController[], plant: Plant, clock: DeviceClock, step_s: Seconds, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const controller of controllers) plant.setLamps(controller.setup.signal, controller.lamps())
    try {
      await clock.wait(step_s, signal)
    } catch {
      return
    }
  }
}
