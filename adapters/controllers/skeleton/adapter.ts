// A made-up protocol in which every part of an adapter stands once, as short as it can be: the copy to begin a new one from.
import type { Baseline, ControlLease, Difference, Identity, ItemResult, LiveSample, Observation, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import type { Instant } from '../../../model/units.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { pollLamps, watchLamps } from '../watch.ts'
import { imageHash } from '../write-set.ts'
import { type DemoConfig, decodeConfig, decodeStatus, readSettings, timingOfRow } from './config.ts'
import { checkWrites, nameOf, pairsOf, planWrites } from './plan.ts'
import { DemoSession } from './session.ts'

/** Without a lease a command holds for a day: nobody's forgotten plan runs for ever. */
const NO_LEASE_S = 86_400
const yes = { can: 'yes' } as const

class DemoAdapter implements ControllerAdapter {
  readonly #device: DeviceRecord
  readonly #context: DriverContext
  readonly #session: DemoSession

  constructor(device: DeviceRecord, context: DriverContext) {
    this.#device = device
    this.#context = context
    this.#session = new DemoSession(device.id, readSettings(device), context)
  }

  get counters(): DemoSession['counters'] { return this.#session.counters }

  async identify(signal: AbortSignal): Promise<Identity> {
    const { time_s } = await this.#status(signal)
    return {
      vendor: 'greenwave', model: 'demo', firmware: '1', protocol: 'demo', profile: 'demo', clock_skew_s: time_s - this.#context.now(),
      capabilities: { read_config: yes, new_plans: yes, splits: yes, offset: yes, cycle: yes, select_plan: yes, schedule: { can: 'no', because: 'the protocol has no words for it' }, lease: yes, lamps: yes },
    }
  }

  async readConfig(signal: AbortSignal): Promise<Baseline> {
    const config = decodeConfig(await this.#session.ask({ op: 'read' }, signal))
    const { mode, active_slot } = await this.#status(signal)
    const image = imageOf(config)
    const slots = config.rows.map(({ slot, used_by, values }) => {
      const timing = timingOfRow(values, config.groups)
      return { slot, used_by, ...(timing === undefined ? {} : { timing }) }
    })
    return {
      device: this.#device.id, read_at: this.#context.now(), hash: imageHash(image), image, mode, clock_skew_s: config.time_s - this.#context.now(),
      config: { groups: config.groups, conflicts: config.conflicts, intergreens: [], slots }, ...(active_slot === undefined ? {} : { active_slot }),
    }
  }

  plan(base: Baseline, want: WantedTiming): WriteSet { return planWrites(base, want) }

  check(base: Baseline, writes: WriteSet): WriteFinding[] { return checkWrites(base, writes) }

  async push({ slot, items }: WriteSet, signal: AbortSignal): Promise<ItemResult[]> {
    const { ok, error, item } = await this.#session.answer({ op: 'write', slot, items: pairsOf(items) }, signal)
    const refused = ok ? items.length : Math.max(0, items.findIndex(({ id }) => nameOf(id) === item))
    return items.slice(0, refused + 1).map(({ id }, i) => (i < refused ? { id, acknowledged: true } : { id, acknowledged: false, sentence: error ?? 'refused without a reason' }))
  }

  async verify({ items }: WriteSet, signal: AbortSignal): Promise<Difference[]> {
    const image = imageOf(decodeConfig(await this.#session.ask({ op: 'read' }, signal)))
    return items.filter(({ id, new: value }) => image[id] !== value).map(({ id, name, new: expected }) => ({ id, name, expected, found: image[id] ?? null }))
  }

  async activate({ slot }: WriteSet, at: Instant, lease: ControlLease | undefined, signal: AbortSignal): Promise<void> {
    // The controller changes at the cycle end after the command: the command itself waits for the instant.
    await this.#context.wait(Math.max(0, at - this.#context.now()), signal)
    await this.#session.ask({ op: 'select', slot, lease_s: this.#left(lease) }, signal)
  }

  async renew(_: WriteSet, lease: ControlLease, signal: AbortSignal): Promise<void> {
    await this.#session.ask({ op: 'renew', lease_s: this.#left(lease) }, signal)
  }

  observe({ slot, timing }: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
    return watchLamps({ slot, timing, cycles, sample: (aborted) => this.#status(aborted) }, this.#context, signal)
  }

  async rollback(base: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<Observation> {
    const from_s = this.#context.now()
    await this.#session.ask({ op: 'release' }, signal)
    let status = await this.#status(signal)
    if (writes !== undefined) {
      // Its slot can be put back once it has left it, which is at a cycle end.
      const until = from_s + 3 * (writes.timing.cycle / 10)
      while (status.active_slot === writes.slot && base.active_slot !== writes.slot && this.#context.now() < until) {
        await this.#context.wait(1, signal)
        status = await this.#status(signal)
      }
    }
    let after = await this.readConfig(signal)
    const differingIn = ({ image }: Baseline): WriteItem[] => (writes?.items ?? []).filter(({ id, old }) => (image[id] ?? null) !== old)
    if (writes !== undefined && differingIn(after).length > 0) {
      // An empty value takes a row away.
      await this.#session.answer({ op: 'write', slot: writes.slot, items: writes.items.map(({ id, old }) => [nameOf(id), old ?? '']) }, signal)
      after = await this.readConfig(signal)
    }
    const differing = differingIn(after)
    const sentences = differing.map(({ id, name, old }) => `${name} is ${after.image[id] ?? 'nothing'}, not ${old ?? 'nothing'} as before`)
    if (writes !== undefined && after.active_slot === writes.slot && base.active_slot !== writes.slot) sentences.push(`slot ${writes.slot} still runs`)
    const level = sentences.length > 0 ? 1 : after.active_slot === base.active_slot ? 3 : 2
    return { level, mode: after.mode, ...(after.active_slot === undefined ? {} : { active_slot: after.active_slot }), cycles: 0, greens: [], sentences, from_s, until_s: this.#context.now() }
  }

  live(signal: AbortSignal): AsyncIterable<LiveSample> { return pollLamps((aborted) => this.#status(aborted), this.#context, 0.5, signal) }

  async close(): Promise<void> { this.#session.close() }

  /** By our clock: by its own, a controller whose clock is wrong would always seem to be in step. */
  async #status(signal: AbortSignal): Promise<LiveSample> { return { ...decodeStatus(await this.#session.ask({ op: 'status' }, signal)), time_s: this.#context.now() } }

  #left(lease: ControlLease | undefined): number { return lease === undefined ? NO_LEASE_S : Math.max(1, Math.round(lease.expires_at - this.#context.now())) }
}

function imageOf({ groups, conflicts, rows }: DemoConfig): Record<string, string> {
  return {
    ...Object.fromEntries(groups.map(({ group, ...rest }) => [`group ${group}`, JSON.stringify(rest)])), conflicts: JSON.stringify(conflicts),
    // That a slot runs now changes by itself; who names it doesn't.
    ...Object.fromEntries(rows.map(({ slot, used_by }) => [`${slot} named by`, used_by.filter((one) => one !== 'runs now').join(', ')])),
    ...Object.fromEntries(rows.flatMap(({ slot, values }) => Object.entries(values).map(([name, value]) => [`${slot} ${name}`, value]))),
  }
}

export const demoDriver: ControllerDriver = { protocol: 'demo', open: (device, context) => new DemoAdapter(device, context) }
