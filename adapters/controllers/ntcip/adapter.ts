// One controller over NTCIP 1202: its patterns and splits over SNMP, its own backup timer as lease.
import type { Baseline, Capabilities, ControlLease, Difference, Identity, ItemResult, LiveSample, Observation, WantedTiming, WriteFinding, WriteSet } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Instant, Seconds } from '../../../model/units.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { readSkew } from './clock.ts'
import { readSettings, type Settings } from './config.ts'
import { pollLamps } from '../watch.ts'
import { COLUMN, SCALAR } from './objects.ts'
import { LOOK_EVERY_S, looksAt, observeSlot } from './observe.ts'
import { checkWrites, planWrites } from './plan.ts'
import type { Counters, SnmpPort } from './port.ts'
import { differences, pushFrames, type Sender } from './push.ts'
import { configOf, hashOf, readImage } from './read-config.ts'
import { rollBack } from './rollback.ts'
import { SnmpSession } from './session.ts'
import { readStatus } from './status.ts'
import { UdpPort } from './udp-port.ts'

const LONGEST_LEASE_S = 65_535
const PUSHABLE: readonly string[] = ['coordinated', 'free', 'fixed']
/** A lease need not be written anew for this much: the memory of controllers wears. */
const LEASE_TOLERANCE_S = 5
const MOST_MODULES = 3
/** moduleType software. */
const SOFTWARE = '3'

export class NtcipAdapter implements ControllerAdapter {
  readonly counters: Counters
  readonly #device: DeviceRecord
  readonly #context: DriverContext
  readonly #settings: Settings
  readonly #session: SnmpSession
  readonly #look: ReturnType<typeof looksAt>
  /** globalSetIDParameter when a baseline was read: whoever changes anything at the cabinet moves it. */
  readonly #setIds = new Map<string, string | undefined>()

  constructor(device: DeviceRecord, context: DriverContext, settings: Settings, port: SnmpPort, counters: Counters) {
    this.#device = device
    this.#context = context
    this.#settings = settings
    this.counters = counters
    this.#session = new SnmpSession(port, context, device.id, settings.profile.max_varbinds)
    this.#look = looksAt(this.#session, settings, context)
  }

  async identify(signal: AbortSignal): Promise<Identity> {
    const modules = Array.from({ length: MOST_MODULES }, (_, i) => i + 1)
    const columns = [COLUMN.moduleMake, COLUMN.moduleModel, COLUMN.moduleVersion, COLUMN.moduleType]
    const found = await this.#session.read([SCALAR.maxPhases, SCALAR.unitSyncPoint, ...modules.flatMap((row) => columns.map((column) => `${column}.${row}`))], signal)
    if (!found.has(SCALAR.maxPhases)) throw new GreenwaveError('controller.malformed', 'it has no phase table; it is no actuated controller of NTCIP 1202')
    const text = (column: string, row: number): string => Buffer.from((found.get(`${column}.${row}`) ?? '').replace(/^0x/, ''), 'hex').toString('latin1')
    const software = modules.find((row) => found.get(`${COLUMN.moduleType}.${row}`) === SOFTWARE) ?? 1
    const skew = await readSkew(this.#session, this.#context, signal)
    return {
      vendor: text(COLUMN.moduleMake, 1), model: text(COLUMN.moduleModel, 1), firmware: text(COLUMN.moduleVersion, software),
      protocol: 'ntcip', profile: `${this.#settings.profile_name}, ${found.has(SCALAR.unitSyncPoint) ? 'v03' : 'before v03'}, SNMP${this.#settings.link.version}`,
      ...(skew === undefined ? {} : { clock_skew_s: skew }),
      capabilities: await this.#capabilities(signal),
    }
  }

  async #capabilities(signal: AbortSignal): Promise<Capabilities> {
    const yes = { can: 'yes' } as const
    const user = (await this.#session.read([SCALAR.userBackupTime], signal)).get(SCALAR.userBackupTime)
    const unknown = [...this.#settings.phases.keys(), ...this.#settings.overlaps.keys(), ...this.#settings.channels.keys()].length === 0
    return {
      read_config: yes, new_plans: yes, splits: yes, select_plan: yes,
      offset: { can: 'approximate', because: 'whole seconds from 0 to 254' },
      cycle: { can: 'approximate', because: 'whole seconds from 1 to 255' },
      schedule: { can: 'no', because: 'day plans are read at the controller and not written' },
      lease: user === undefined || user === '0' ? yes : { can: 'approximate', because: `the controller ends control after ${user} s of its own choice (unitUserDefinedBackupTime)` },
      lamps: unknown ? { can: 'no', because: 'nobody said which phase which group is' } : yes,
    }
  }

  async readConfig(signal: AbortSignal): Promise<Baseline> {
    const setId = (await this.#session.read([SCALAR.globalSetId], signal)).get(SCALAR.globalSetId)
    const status = await readStatus(this.#session, signal)
    const image = await readImage(this.#session, this.#settings, signal)
    const skew = await readSkew(this.#session, this.#context, signal)
    const active = status.active_slot === undefined ? {} : { active_slot: status.active_slot }
    const hash = hashOf(image)
    this.#setIds.set(hash, setId)
    return {
      device: this.#device.id, read_at: this.#context.now(), hash, image, mode: status.mode, ...active,
      config: configOf(image, this.#settings, this.#context.signal, active),
      ...(skew === undefined ? {} : { clock_skew_s: skew }),
    }
  }

  plan(base: Baseline, want: WantedTiming): WriteSet {
    return planWrites(base, want, this.#planContext())
  }

  check(base: Baseline, writes: WriteSet): WriteFinding[] {
    return checkWrites(base, writes, this.#planContext())
  }

  async push(writes: WriteSet, signal: AbortSignal): Promise<ItemResult[]> {
    const sender = this.#sender(signal)
    const { mode } = await readStatus(this.#session, signal)
    if (!PUSHABLE.includes(mode)) throw new GreenwaveError('controller.refused', `the controller is in mode ${mode}; nothing is written`)
    const setId = (await this.#session.read([SCALAR.globalSetId], signal)).get(SCALAR.globalSetId)
    if (this.#setIds.has(writes.baseline_hash) && this.#setIds.get(writes.baseline_hash) !== setId) {
      throw new GreenwaveError('controller.refused', 'somebody changed the controller since it was read (globalSetIDParameter moved); read it again')
    }
    return pushFrames(writes, sender)
  }

  verify(writes: WriteSet, signal: AbortSignal): Promise<Difference[]> {
    return differences(writes.items, this.#sender(signal))
  }

  async activate(writes: WriteSet, at: Instant, lease: ControlLease | undefined, signal: AbortSignal): Promise<void> {
    const lead = at - this.#context.now()
    if (lead > 0) await this.#context.wait(lead, signal)
    if (lease !== undefined) await this.#session.write([{ object: 'backupTime', index: [], value: this.#secondsOf(lease) }], signal)
    await this.#session.write([{ object: 'patternControl', index: [], value: writes.slot }], signal)
  }

  async renew(writes: WriteSet, lease: ControlLease, signal: AbortSignal): Promise<void> {
    const seconds = this.#secondsOf(lease)
    const found = await this.#session.read([SCALAR.patternControl, SCALAR.backupTime], signal)
    const commanded = found.get(SCALAR.patternControl)
    if (commanded !== String(writes.slot)) throw new GreenwaveError('controller.refused', `the lease is over: systemPatternControl is ${commanded ?? 'not told'}, not ${writes.slot}`)
    if (Math.abs(Number(found.get(SCALAR.backupTime)) - seconds) > LEASE_TOLERANCE_S) await this.#session.write([{ object: 'backupTime', index: [], value: seconds }], signal)
    // The timer begins anew with every SET of a system control object.
    await this.#session.write([{ object: 'patternControl', index: [], value: writes.slot }], signal)
  }

  observe(writes: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
    return observeSlot(writes, cycles, this.#look, this.#context, signal)
  }

  rollback(base: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<Observation> {
    return rollBack(base, writes, this.#settings.profile.max_varbinds, this.#sender(signal))
  }

  live(signal: AbortSignal): AsyncIterable<LiveSample> {
    const sample = async (aborted: AbortSignal): Promise<LiveSample> => {
      const { free: _, ...seen } = await this.#look(aborted)
      return seen
    }
    return pollLamps(sample, this.#context, LOOK_EVERY_S, signal)
  }

  async close(): Promise<void> {
    this.#session.close()
  }

  #planContext(): { device: string; settings: Settings; signal: DriverContext['signal'] } {
    return { device: this.#device.id, settings: this.#settings, signal: this.#context.signal }
  }

  #sender(signal: AbortSignal): Sender {
    return { session: this.#session, context: this.#context, signal }
  }

  #secondsOf({ expires_at }: ControlLease): Seconds {
    const seconds = Math.floor(expires_at - this.#context.now())
    if (seconds < 1 || seconds > LONGEST_LEASE_S) throw new GreenwaveError('controller.unfit', `the lease would last ${seconds} s; the controller holds 1 to ${LONGEST_LEASE_S} s`)
    return seconds
  }
}

/** Over UDP; tests give a port of their own to an emulated controller in the same process. */
export const ntcipDriver = (connect?: (device: DeviceRecord, context: DriverContext) => SnmpPort): ControllerDriver => ({
  protocol: 'ntcip',
  open(device, context) {
    const settings = readSettings(device, context)
    const counters: Counters = { malformed: 0, unexpected: 0, unanswered: 0 }
    const keep = (entry: { direction: 'sent' | 'received'; hex: string; note?: string }): void => context.wire({ time_s: context.now(), device: device.id, ...entry })
    return new NtcipAdapter(device, context, settings, connect?.(device, context) ?? new UdpPort(settings.link, keep, counters), counters)
  },
})
