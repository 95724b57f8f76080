// One controller over GB/T 20999-2007: a spare pattern that runs a spare stage table, with stages and clearances that it has. Without checksum and sequence: what reads back counts.
import type { Baseline, Capabilities, ControlLease, Difference, Identity, ItemResult, LiveSample, Observation, WantedTiming, WriteFinding, WriteSet } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Instant } from '../../../model/units.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { pollLamps } from '../watch.ts'
import { imageHash } from '../write-set.ts'
import { readSkew } from './clock.ts'
import { encodeValue } from './codec.ts'
import { readSettings, type Settings } from './config.ts'
import { download, endDownload, isOpen } from './download.ts'
import { factsOf, type Image } from './facts.ts'
import { checkWrites, framesOf, isPedestrianOf, planWrites, readOnlyBecause } from './plan.ts'
import { configOf, readImage, readPatterns } from './read-config.ts'
import { Session } from './session.ts'
import { observePattern, type Reader, readStatus, type Status } from './status.ts'

const RELEASED = 0
/** A released pattern runs to its cycle end, at most 255 s. */
const RELEASE_WITHIN_S = 600
const LOOK_S = 1
const LIVE_S = 0.5
const yes = { can: 'yes' } as const

class Gb2007Adapter implements ControllerAdapter {
  readonly #device: DeviceRecord
  readonly #context: DriverContext
  readonly #settings: Settings
  readonly #session: Session

  constructor(device: DeviceRecord, context: DriverContext) {
    this.#device = device
    this.#context = context
    this.#settings = readSettings(device, context.signal)
    this.#session = new Session(device.id, this.#settings, context)
  }

  get counters(): Session['counters'] { return this.#session.counters }
  get #reader(): Reader { return { session: this.#session, settings: this.#settings, context: this.#context } }
  get #isPointed(): boolean { return this.#settings.profile.system_pattern === 'no_effect' }

  async identify(signal: AbortSignal): Promise<Identity> {
    const image = await readImage(this.#session, signal)
    const skew = await readSkew(this.#session, this.#context, signal)
    return {
      vendor: 'unknown', model: 'unknown', firmware: 'unknown', protocol: 'gbt20999-2007', profile: this.#settings.profile_name,
      ...(skew === undefined ? {} : { clock_skew_s: skew }), capabilities: this.#capabilities(image),
    }
  }

  #capabilities(image: Image): Capabilities {
    const [reason] = readOnlyBecause(factsOf(image, this.#settings, isPedestrianOf(this.#context.signal.groups)), this.#settings)
    const write = reason === undefined ? yes : { can: 'no', because: reason } as const
    return {
      read_config: yes, new_plans: reason === undefined ? { can: 'approximate', because: 'of changes between stages that it has; their clearances are not made up' } : write, splits: write, offset: write, cycle: write,
      select_plan: this.#isPointed ? { can: 'approximate', because: 'by its profile 0xB6 has no effect: the row of the pattern that runs is pointed to our stages' } : yes,
      schedule: { can: 'no', because: 'schedule and timetables are read and not written' },
      lease: { can: 'no', because: 'the standard has none; what runs when the line is lost differs by device' },
      lamps: this.#settings.profile.lamps === 'none' ? { can: 'no', because: 'by its profile it tells its stages and how long they really took, not its lamps' } : yes,
    }
  }

  async readConfig(signal: AbortSignal): Promise<Baseline> {
    const image = await readImage(this.#session, signal)
    const { mode, active_slot } = await readStatus(this.#reader, image, signal)
    const skew = await readSkew(this.#session, this.#context, signal)
    // Somebody is writing, or was cut off while doing so.
    const isWritten = await isOpen(this.#session, signal)
    const facts = factsOf(image, this.#settings, isPedestrianOf(this.#context.signal.groups))
    return {
      device: this.#device.id, read_at: this.#context.now(), hash: imageHash(image), image, mode: isWritten ? 'unknown' : mode,
      config: configOf(image, facts, this.#settings, this.#context.signal, active_slot), ...(active_slot === undefined ? {} : { active_slot }), ...(skew === undefined ? {} : { clock_skew_s: skew }),
    }
  }

  plan(base: Baseline, want: WantedTiming): WriteSet { return planWrites(base, want, this.#settings) }

  check(base: Baseline, writes: WriteSet): WriteFinding[] { return checkWrites(base, writes, this.#settings) }

  async push(writes: WriteSet, signal: AbortSignal): Promise<ItemResult[]> {
    // Whole tables are written around what stands there: what somebody else changed in the meantime must not be undone by it.
    const now = await this.#rows(signal)
    if (JSON.stringify(framesOf(writes.items, now, this.#settings)) !== JSON.stringify(writes.frames)) {
      throw new GreenwaveError('controller.refused', `controller ${this.#device.id}: its tables or its settings are no more those that the write set was made for`)
    }
    return download(writes, this.#session, signal)
  }

  async verify({ items }: WriteSet, signal: AbortSignal): Promise<Difference[]> {
    const found = await this.#rows(signal)
    return items.filter(({ id, new: value }) => found[id] !== value).map(({ id, name, new: expected }) => ({ id, name, expected, found: found[id] ?? null }))
  }

  #rows(signal: AbortSignal): Promise<Image> { return readPatterns(this.#session, signal) }

  async activate(writes: WriteSet, at: Instant, _: ControlLease | undefined, signal: AbortSignal): Promise<void> {
    // The controller changes at the cycle end after the command: the command itself waits for the instant.
    await this.#context.wait(Math.max(0, at - this.#context.now()), signal)
    if (this.#isPointed) { await this.#point(writes, signal); return }
    await this.#command(writes.slot, signal)
  }

  /** The one exception to writing spare rows only, for controllers on which 0xB6 has no effect: the row of the pattern that runs becomes ours, but for its number. */
  async #point({ slot }: WriteSet, signal: AbortSignal): Promise<void> {
    const rows = await this.#rows(signal)
    const { active_slot: live } = await readStatus(this.#reader, rows, signal)
    const ours = rows[`c0.${slot}`]
    if (live === undefined || ours === undefined || rows[`c0.${live}`] === undefined) throw new GreenwaveError('controller.refused', `controller ${this.#device.id}: which pattern runs can't be told, so that its row is not pointed to ours`)
    if (live === slot) return
    await this.#write([{ id: `c0.${live}`, new: numbered(ours, live) }], rows, signal)
  }

  async renew(): Promise<void> { throw new GreenwaveError('controller.unfit', `controller ${this.#device.id}: the standard has no lease to renew`) }

  async observe(writes: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
    return observePattern(this.#reader, await this.#rows(signal), writes, cycles, signal)
  }

  async rollback(base: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<Observation> {
    const from_s = this.#context.now()
    if (await isOpen(this.#session, signal)) await endDownload(this.#session)
    if (this.#isPointed) await this.#pointBack(base, writes, signal)
    else await this.#release(base, writes, signal)
    const rows = await this.#rows(signal)
    let status = await readStatus(this.#reader, rows, signal)
    const isOurs = ({ active_slot }: Status): boolean => writes !== undefined && active_slot === writes.slot && base.active_slot !== writes.slot
    while (isOurs(status) && this.#context.now() < from_s + RELEASE_WITHIN_S) {
      await this.#context.wait(LOOK_S, signal)
      status = await readStatus(this.#reader, rows, signal)
    }
    const sentences = isOurs(status) ? [`pattern ${writes!.slot} still runs ${RELEASE_WITHIN_S} s after it was released; its rows were not touched`] : await this.#restore(writes, signal)
    const level = sentences.length > 0 ? 1 : status.active_slot === base.active_slot ? 3 : 2
    return { level, mode: status.mode, ...(status.active_slot === undefined ? {} : { active_slot: status.active_slot }), cycles: 0, greens: [], sentences, from_s, until_s: this.#context.now() }
  }

  /** Only what is ours is released: a pattern that somebody else commands in the meantime is theirs. */
  async #release({ image }: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<void> {
    const now = (await this.#session.read([0xb6], signal)).get(0xb6)?.data[0]
    if (now === RELEASED || (now !== undefined && writes !== undefined && now !== writes.slot)) return
    const before = Number(image['b6'] ?? RELEASED)
    await this.#command(before >= 1 && before <= 32 && before !== writes?.slot ? before : RELEASED, signal)
  }

  /** The rows of the baseline, wherever one is a copy of ours now. */
  async #pointBack({ image }: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<void> {
    if (writes === undefined) return
    const rows = await this.#rows(signal)
    const ours = writes.items.find(({ id }) => id === `c0.${writes.slot}`)!.new
    const pointed = Object.keys(rows).filter((id) => id.startsWith('c0.') && id !== `c0.${writes.slot}` && rows[id] === numbered(ours, Number(id.slice(3))) && image[id] !== undefined && image[id] !== rows[id])
    if (pointed.length > 0) await this.#write(pointed.map((id) => ({ id, new: image[id]! })), rows, signal)
  }

  /** Puts back what stood in the rows, and says what still differs. */
  async #restore(writes: WriteSet | undefined, signal: AbortSignal): Promise<string[]> {
    const before = (writes?.items ?? []).flatMap(({ id, name, old }) => (old === null ? [] : [{ id, name, new: old }]))
    const differing = (rows: Image): typeof before => before.filter(({ id, new: value }) => rows[id] !== value)
    const rows = await this.#rows(signal)
    const changed = differing(rows)
    if (changed.length === 0) return []
    await this.#write(changed, rows, signal)
    const left = await this.#rows(signal)
    return differing(left).map(({ id, name, new: value }) => `${id} (${name}) is ${left[id] ?? 'nothing'}, not ${value} as before`)
  }

  async #write(rows: readonly { id: string; new: string }[], around: Image, signal: AbortSignal): Promise<void> {
    const items = rows.map(({ id, new: value }) => ({ id, name: `row ${id}`, old: around[id] ?? null, new: value }))
    const refused = (await download({ items, frames: framesOf(items, around, this.#settings) }, this.#session, signal)).find(({ acknowledged }) => !acknowledged)
    if (refused !== undefined) throw new GreenwaveError('controller.refused', `controller ${this.#device.id} refuses ${refused.id}: ${refused.sentence ?? 'without a reason'}`)
  }

  async #command(pattern: number, signal: AbortSignal): Promise<void> {
    const refused = await this.#session.set(encodeValue(0xb6, pattern), signal)
    if (refused !== undefined) throw new GreenwaveError('controller.refused', `controller ${this.#device.id} refuses ${pattern === RELEASED ? 'release' : `pattern ${pattern}`}: ${refused}`)
  }

  async *live(signal: AbortSignal): AsyncGenerator<LiveSample> {
    const rows = await this.#rows(signal)
    yield* pollLamps(async (aborted) => { const { effective: _, ...sample } = await readStatus(this.#reader, rows, aborted); return sample }, this.#context, LIVE_S, signal)
  }

  async close(): Promise<void> { this.#session.close() }
}

/** A row of a pattern under another number. */
const numbered = (row: string, pattern: number): string => pattern.toString(16).padStart(2, '0') + row.slice(2)

export const gbt20999LegacyDriver: ControllerDriver = { protocol: 'gbt20999-2007', open: (device, context) => new Gb2007Adapter(device, context) }
