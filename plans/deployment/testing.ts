// For tests: time that passes when everybody waits, and controllers in memory that keep the rules of real ones and fail on demand.
import { GreenwaveError } from '../../model/errors.ts'
import type { Baseline, Capabilities, DeviceMode, ItemResult, LampTiming, Observation, WriteSet } from '../../model/device/device.ts'
import { lampTimingOf } from '../../model/device/lamp-timing.ts'
import type { Scenario } from '../../model/scenario.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Pattern, Signal } from '../../model/signal.ts'
import type { Instant } from '../../model/units.ts'
import { hashOf } from '../ports/canonical.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, DriverContext } from '../ports/controllers.ts'
import type { DeploymentClock } from './desk.ts'

/** When nothing else is left to do, time jumps to whoever waits for the next instant. */
export class SleepingClock implements DeploymentClock {
  #now: Instant
  #sleepers: { until: Instant; wake: () => void }[] = []
  #ticking = false

  constructor(now: Instant) {
    this.#now = now
  }

  readonly now = (): Instant => this.#now

  pass(seconds: number): void {
    this.#now += seconds
  }

  readonly wait = (seconds: number, signal: AbortSignal): Promise<void> => new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error)
    const sleeper = { until: this.#now + seconds, wake: () => { signal.removeEventListener('abort', stop); resolve() } }
    const stop = (): void => {
      this.#sleepers = this.#sleepers.filter((one) => one !== sleeper)
      reject(signal.reason as Error)
    }
    signal.addEventListener('abort', stop, { once: true })
    this.#sleepers.push(sleeper)
    this.#tick()
  })

  #tick(): void {
    if (this.#ticking) return
    this.#ticking = true
    setImmediate(() => {
      this.#ticking = false
      const [first, ...rest] = this.#sleepers.toSorted((a, b) => a.until - b.until)
      if (first === undefined) return
      this.#now = Math.max(this.#now, first.until)
      this.#sleepers = rest
      first.wake()
      if (rest.length > 0) this.#tick()
    })
  }
}

const YES = { can: 'yes' } as const
const ALL: Capabilities = { read_config: YES, new_plans: YES, splits: YES, offset: YES, cycle: YES, select_plan: YES, schedule: YES, lease: YES, lamps: YES }

/** What a test may make of a controller; each is called or looked at where it says. */
export interface FakeFaults {
  /** Before each call: what it throws, the caller is told. */
  before?: (call: keyof ControllerAdapter) => void
  /** After each call has done its work. */
  after?: (call: keyof ControllerAdapter) => void
  /** Items are acknowledged and kept nowhere. */
  ignores?: boolean
  /** The first item is kept, the second refused. */
  half?: boolean
  /** What was written reads back, and the lamps stay as they are. */
  echoes?: boolean
}

/** A controller in memory with four slots: the first runs, the third stands in its day plan, the others are spare. */
export class FakeController {
  readonly #clock: DeploymentClock
  readonly signal: Signal
  slots: (LampTiming | undefined)[]
  own: number = 1
  active: number = 1
  mode: DeviceMode = 'coordinated'
  clock_skew_s = 0
  capabilities = ALL
  faults: FakeFaults = {}
  lease_until: Instant | undefined
  /** Every call that reached it. */
  calls: string[] = []
  writes = 0

  constructor(clock: DeploymentClock, signal: Signal, running: Pattern) {
    this.#clock = clock
    this.signal = signal
    const timing = lampTimingOf(signal, running)
    this.slots = [timing, undefined, timing, undefined]
  }

  /** As its own clock has it by now. */
  tick(): void {
    if (this.lease_until !== undefined && this.#clock.now() >= this.lease_until) this.fallBack()
  }

  fallBack(): void {
    this.lease_until = undefined
    this.active = this.own
  }

  read(device: string): Baseline {
    this.tick()
    const image = Object.fromEntries(this.slots.map((timing, i) => [`slot.${i + 1}`, JSON.stringify(timing ?? null)]))
    const { groups, conflicts } = this.signal
    return {
      device, read_at: this.#clock.now(), hash: hashOf(image), image, mode: this.mode, active_slot: this.active, clock_skew_s: this.clock_skew_s,
      config: {
        groups: groups.map(({ id, kind, min_green_s, yellow_s, red_clearance_s }) => ({ group: id, name: id, kind, min_green: min_green_s * 10, yellow: yellow_s * 10, red_clearance: red_clearance_s * 10 })),
        conflicts, intergreens: [],
        slots: this.slots.map((timing, i) => ({ slot: i + 1, ...(timing === undefined ? {} : { timing }), used_by: [...(i + 1 === this.active ? ['runs now'] : []), ...(i === 2 ? ['day plan 1'] : [])] })),
      },
    }
  }
}

class FakeAdapter implements ControllerAdapter {
  readonly #device: DeviceRecord
  readonly #context: DriverContext
  readonly #controller: FakeController

  constructor(device: DeviceRecord, context: DriverContext, controller: FakeController) {
    this.#device = device
    this.#context = context
    this.#controller = controller
  }

  async #call<T>(call: keyof ControllerAdapter, work: () => T | Promise<T>): Promise<T> {
    const { calls, faults } = this.#controller
    this.#context.wire({ time_s: this.#context.now(), device: this.#device.id, direction: 'sent', hex: Buffer.from(call).toString('hex') })
    await this.#context.wait(0.1, new AbortController().signal)
    faults.before?.(call)
    calls.push(call)
    this.#controller.tick()
    const answer = await work()
    this.#controller.faults.after?.(call)
    this.#context.wire({ time_s: this.#context.now(), device: this.#device.id, direction: 'received', hex: '00' })
    return answer
  }

  identify = () => this.#call('identify', () => ({ vendor: 'greenwave', model: 'fake', firmware: '1', protocol: 'fake', profile: 'fake', capabilities: this.#controller.capabilities }))
  readConfig = () => this.#call('readConfig', () => this.#controller.read(this.#device.id))
  check = () => []

  plan(base: Baseline, want: Parameters<ControllerAdapter['plan']>[1]): WriteSet {
    const timing = lampTimingOf(want.signal, want.pattern, 10)
    const slot = base.config.slots.find(({ used_by }) => used_by.length === 0)?.slot
    if (slot === undefined) throw new GreenwaveError('controller.unfit', `controller ${this.#device.id} has no spare slot`)
    const items = ['cycle', 'greens'].map((name) => ({ id: `slot.${slot}.${name}`, name: `slot ${slot} ${name}`, old: base.image[`slot.${slot}`] ?? null, new: JSON.stringify(name === 'cycle' ? timing.cycle : timing.groups) }))
    const set = { device: this.#device.id, protocol: 'fake', slot, baseline_hash: base.hash, wanted_hash: want.hash, plan: want.plan, items, frames: [], timing, residual: [] }
    return { ...set, hash: hashOf(set) }
  }

  push = (writes: WriteSet) => this.#call('push', (): ItemResult[] => {
    const { faults, slots } = this.#controller
    this.#controller.writes++
    if (faults.half === true) {
      slots[writes.slot - 1] = { ...writes.timing, groups: [] }
      return [{ id: writes.items[0]!.id, acknowledged: true }, { id: writes.items[1]!.id, acknowledged: false, sentence: 'wrong value' }]
    }
    if (faults.ignores !== true) slots[writes.slot - 1] = writes.timing
    return writes.items.map(({ id }) => ({ id, acknowledged: true }))
  })

  verify = (writes: WriteSet) => this.#call('verify', () => {
    const found = this.#controller.slots[writes.slot - 1]
    return hashOf(found) === hashOf(writes.timing) ? [] : [{ id: `slot.${writes.slot}`, name: `slot ${writes.slot}`, expected: JSON.stringify(writes.timing), found: found === undefined ? null : JSON.stringify(found) }]
  })

  activate = (writes: WriteSet, _at: Instant, lease: { expires_at: Instant } | undefined) => this.#call('activate', () => {
    this.#controller.writes++
    this.#controller.active = writes.slot
    this.#controller.lease_until = lease?.expires_at
  })

  renew = (_writes: WriteSet, lease: { expires_at: Instant }) => this.#call('renew', () => { this.#controller.lease_until = lease.expires_at })

  async observe(writes: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
    return this.#call('observe', async () => {
      const from_s = this.#context.now()
      const length = (cycles + 1) * writes.timing.cycle / 10
      await this.#context.wait(length, signal).catch(() => {})
      this.#controller.faults.before?.('live')
      this.#controller.tick()
      const ours = this.#controller.active === writes.slot && this.#controller.mode === 'coordinated'
      const level = signal.aborted ? 2 : !ours ? 2 : this.#controller.faults.echoes === true ? 3 : 5
      return { level, active_slot: this.#controller.active, mode: this.#controller.mode, cycles, greens: [], sentences: level === 5 ? [] : [`slot ${this.#controller.active} runs, the lamps are not those of the plan`], from_s, until_s: this.#context.now() }
    })
  }

  rollback = (base: Baseline, writes: WriteSet | undefined) => this.#call('rollback', (): Observation => {
    this.#controller.writes++
    // What ran before may have been ours as well, under a lease that goes on.
    this.#controller.active = base.active_slot ?? this.#controller.own
    if (base.active_slot === this.#controller.own) this.#controller.lease_until = undefined
    if (writes !== undefined) this.#controller.slots[writes.slot - 1] = base.config.slots.find(({ slot }) => slot === writes.slot)?.timing
    const now = this.#context.now()
    return { level: 4, active_slot: this.#controller.active, mode: this.#controller.mode, cycles: 0, greens: [], sentences: [], from_s: now, until_s: now }
  })

  async *live(): AsyncGenerator<never> {}
  async close(): Promise<void> {}
}

export interface FakeStreet {
  driver: ControllerDriver
  controllers: Map<string, FakeController>
  devices: DeviceRecord[]
}

/** A controller for each signal of the scenario, in the network `town`, that runs what runs there. */
export function fakeStreet(clock: DeploymentClock, { network, timing, scenario }: Scenario): FakeStreet {
  const running = runningPatterns(timing, scenario.periods[0]!.start_s)
  const controllers = new Map<string, FakeController>()
  const devices = network.signals.filter(({ id }) => running.has(id)).map((signal): DeviceRecord => {
    controllers.set(`c${signal.id}`, new FakeController(clock, signal, running.get(signal.id)!))
    return { id: `c${signal.id}`, network: 'town', signal: signal.id, protocol: 'fake', settings: {}, enabled: true, version: 0 }
  })
  return { controllers, devices, driver: { protocol: 'fake', open: (device, context) => new FakeAdapter(device, context, controllers.get(device.id)!) } }
}
