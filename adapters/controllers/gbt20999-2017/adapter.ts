// One controller over GB/T 20999-2017: a spare plan of stages that it has, run by command of the centre.
import type { Baseline, Capabilities, ControlLease, Difference, Identity, ItemResult, LiveSample, Observation, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Instant } from '../../../model/units.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { pollLamps } from '../watch.ts'
import { imageHash } from '../write-set.ts'
import { readSkew } from './clock.ts'
import { addressOf, type Field } from './codec.ts'
import { readSettings, type ReleaseMode, type Settings } from './config.ts'
import { type Facts, factsOf, textOf } from './facts.ts'
import { checkWrites, commandField, fieldsOf, frameOf, planWrites, readOnlyBecause } from './plan.ts'
import { configOf, inPieces, readImage } from './read-config.ts'
import { Session } from './session.ts'
import { isDoorOpen, observePlan, type Reader, readStatus } from './status.ts'

/** What the centre commands: to coordinate. */
const COORDINATE = 0x13
const NO_PLAN = 0
/** A released plan runs to its cycle end. */
const RELEASE_WITHIN_S = 600
const LOOK_S = 1
const LIVE_S = 0.5
const yes = { can: 'yes' } as const

class GbAdapter implements ControllerAdapter {
  readonly #device: DeviceRecord
  readonly #context: DriverContext
  readonly #settings: Settings
  readonly #session: Session
  #facts: Facts | undefined

  constructor(device: DeviceRecord, context: DriverContext) {
    this.#device = device
    this.#context = context
    this.#settings = readSettings(device, context.signal)
    this.#session = new Session(device.id, this.#settings, context)
  }

  get counters(): Session['counters'] { return this.#session.counters }
  get #reader(): Reader { return { session: this.#session, settings: this.#settings, context: this.#context } }

  async identify(signal: AbortSignal): Promise<Identity> {
    const found = await this.#session.read(['1.1.0.0', '1.2.0.0', '1.3.0.0'].map(addressOf), signal)
    const text = (id: string): string => new TextDecoder().decode(found.get(id) ?? new Uint8Array()).replaceAll('\0', '').trim()
    const skew = await readSkew(this.#session, this.#context, signal)
    return {
      vendor: text('1.1.0.0'), model: text('1.3.0.0'), firmware: text('1.2.0.0'), protocol: 'gbt20999-2017', profile: this.#settings.profile_name,
      ...(skew === undefined ? {} : { clock_skew_s: skew }), capabilities: this.#capabilities(await this.#readFacts(signal)),
    }
  }

  #capabilities(facts: Facts): Capabilities {
    const [reason] = readOnlyBecause(facts, this.#settings)
    const write = reason === undefined ? yes : { can: 'no', because: reason } as const
    return {
      read_config: yes, new_plans: reason === undefined ? { can: 'approximate', because: 'of the stages that it has; stages are not written' } : write, splits: write, offset: write, cycle: write, select_plan: yes,
      schedule: { can: 'no', because: 'day plans and schedule are read and not written' },
      lease: { can: 'no', because: 'the standard has none; what runs when the line is lost differs by device' },
      lamps: this.#settings.profile.lamps ? yes : { can: 'no', because: 'by its profile lamp groups can\'t be read' },
    }
  }

  async readConfig(signal: AbortSignal): Promise<Baseline> {
    const { mode, active_slot } = await readStatus(this.#reader, new Map(), signal)
    const isOpen = await isDoorOpen(this.#reader, signal)
    const image = await readImage(this.#session, this.#settings, signal)
    const skew = await readSkew(this.#session, this.#context, signal)
    const facts = factsOf(image, this.#settings)
    this.#facts = facts
    return {
      device: this.#device.id, read_at: this.#context.now(), hash: imageHash(image), image, mode: isOpen ? 'door-open' : mode,
      config: configOf(image, facts, this.#settings, this.#context.signal, active_slot), ...(active_slot === undefined ? {} : { active_slot }), ...(skew === undefined ? {} : { clock_skew_s: skew }),
    }
  }

  plan(base: Baseline, want: WantedTiming): WriteSet { return planWrites(base, want, this.#settings) }

  check(base: Baseline, writes: WriteSet): WriteFinding[] { return checkWrites(base, writes, this.#settings) }

  async push({ items, slot, frames }: WriteSet, signal: AbortSignal): Promise<ItemResult[]> {
    const fields = fieldsOf(items, slot)
    if (this.#settings.profile.array_order === 'unknown' || frames.length !== 1 || frames[0]!.hex !== frameOf(fields, this.#settings)) {
      throw new GreenwaveError('controller.unfit', `controller ${this.#device.id}: the write set was not made for its settings as they are now`)
    }
    const results = await this.#session.set(fields, signal)
    return results.map(({ address, ...rest }) => ({ id: address, ...rest }))
  }

  async verify({ items }: WriteSet, signal: AbortSignal): Promise<Difference[]> {
    const found = await this.#values(items, signal)
    return items.filter(({ id, new: value }) => found.get(id) !== value).map(({ id, name, new: expected }) => ({ id, name, expected, found: found.get(id) ?? null }))
  }

  async #values(items: readonly WriteItem[], signal: AbortSignal): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    for (const piece of inPieces(items.map(({ id }) => addressOf(id)), this.#settings.profile.most_values)) for (const [id, data] of await this.#session.read(piece, signal)) found.set(id, textOf(data))
    return found
  }

  async activate({ slot }: WriteSet, at: Instant, _: ControlLease | undefined, signal: AbortSignal): Promise<void> {
    // The controller changes at the cycle end after the command: the command itself waits for the instant.
    await this.#context.wait(Math.max(0, at - this.#context.now()), signal)
    await this.#command([this.#planCommand(slot, 1), this.#modeCommand(COORDINATE, 2)], `plan ${slot}`, signal)
  }

  async renew(): Promise<void> { throw new GreenwaveError('controller.unfit', `controller ${this.#device.id}: the standard has no lease to renew`) }

  async observe(writes: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
    const facts = await this.#readFacts(signal)
    return observePlan(this.#reader, facts, lampGroupsOf(facts), writes, cycles, signal)
  }

  async rollback(base: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<Observation> {
    const from_s = this.#context.now()
    const { release_mode } = this.#settings.profile
    await this.#command([release_mode === undefined ? this.#planCommand(NO_PLAN, 1) : this.#modeCommand(release_mode, 1)], 'release', signal)
    const isOurs = (active: number | undefined): boolean => writes !== undefined && active === writes.slot && base.active_slot !== writes.slot
    let status = await readStatus(this.#reader, new Map(), signal)
    while (isOurs(status.active_slot) && this.#context.now() < from_s + RELEASE_WITHIN_S) {
      await this.#context.wait(LOOK_S, signal)
      status = await readStatus(this.#reader, new Map(), signal)
    }
    const sentences = isOurs(status.active_slot) ? [`plan ${writes!.slot} still runs ${RELEASE_WITHIN_S} s after it was released; its values were not touched`] : await this.#restore(writes, signal)
    const level = sentences.length > 0 ? 1 : status.active_slot === base.active_slot ? 3 : 2
    return { level, mode: status.mode, ...(status.active_slot === undefined ? {} : { active_slot: status.active_slot }), cycles: 0, greens: [], sentences, from_s, until_s: this.#context.now() }
  }

  /** Puts back what stood in the plan, and says what still differs. */
  async #restore(writes: WriteSet | undefined, signal: AbortSignal): Promise<string[]> {
    if (writes === undefined) return []
    // A plan that was not there can't be taken away again; without cycle and stages it is as good as none.
    const before = writes.items.map((item) => ({ ...item, new: item.old ?? (/^\d{1,10}$/.test(item.new) ? '0' : item.new.replaceAll(/./g, '0')) }))
    const differing = async (): Promise<string[]> => {
      const found = await this.#values(before, signal)
      return before.filter(({ id, new: value, old }) => found.get(id) !== value && !(old === null && found.get(id) === undefined)).map(({ id, name, new: value }) => `${name} is ${found.get(id) ?? 'nothing'}, not ${value} as before`)
    }
    if ((await differing()).length === 0) return []
    await this.#session.set(fieldsOf(before, writes.slot), signal)
    return differing()
  }

  async *live(signal: AbortSignal): AsyncGenerator<LiveSample> {
    const groups = lampGroupsOf(await this.#readFacts(signal))
    yield* pollLamps((aborted) => readStatus(this.#reader, this.#settings.profile.lamps ? groups : new Map(), aborted), this.#context, LIVE_S, signal)
  }

  async close(): Promise<void> { this.#session.close() }

  async #readFacts(signal: AbortSignal): Promise<Facts> {
    this.#facts ??= factsOf(await readImage(this.#session, this.#settings, signal), this.#settings)
    return this.#facts
  }

  #planCommand(plan: number, index: number): Field { return commandField('17.3.1', this.#settings.intersection, plan, index) }
  #modeCommand(mode: typeof COORDINATE | ReleaseMode, index: number): Field { return commandField('17.4.1', this.#settings.intersection, mode, index) }

  async #command(fields: Field[], what: string, signal: AbortSignal): Promise<void> {
    const refused = (await this.#session.set(fields, signal)).find(({ acknowledged }) => !acknowledged)
    if (refused !== undefined) throw new GreenwaveError('controller.refused', `controller ${this.#device.id} refuses ${what}: ${refused.address}: ${refused.sentence ?? 'without a reason'}`)
  }
}

const lampGroupsOf = ({ phases }: Facts): Map<string, number> => new Map(phases.flatMap(({ group, lamp_group }) => (lamp_group === undefined ? [] : [[group, lamp_group] as const])))

export const gbt20999Driver: ControllerDriver = { protocol: 'gbt20999-2017', open: (device, context) => new GbAdapter(device, context) }
