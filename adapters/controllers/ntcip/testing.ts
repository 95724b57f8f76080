// A junction of eight phases with its emulated controller, for tests: the usual dual ring, pattern 1 running by the day plan, the others empty.
import type { WantedTiming } from '../../../model/device/device.ts'
import type { RingPattern, Signal } from '../../../model/signal.ts'
import type { ControllerAdapter, DeviceRecord, DriverContext, WireEntry } from '../../../plans/ports/controllers.ts'
import type { DeviceClock } from '../emulator/clock.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { RequestKind } from '../emulator/faults.ts'
import { byLeapingClock } from '../around.ts'
import type { ControllerRig } from '../conformance.ts'
import { ntcipDriver } from './adapter.ts'
import { encodeMessage, encodePdu } from './ber.ts'
import { kindOf, SnmpAgent } from './emulator/agent.ts'
import { EmulatedNtcip, type NtcipSetup, type SetAnswer } from './emulator/device.ts'
import { oidOf, type WriteValue } from './objects.ts'
import { SnmpRefusal, type Counters, type Found, type SnmpPort } from './port.ts'

export const TIME_ZONE = 'Europe/Berlin'
/** Half past nine of a working day. */
export const MORNING = Date.UTC(2026, 2, 3, 8, 30) / 1000

const BESIDE: Record<number, number[]> = { 1: [5, 6], 2: [5, 6], 3: [7, 8], 4: [7, 8], 5: [1, 2], 6: [1, 2], 7: [3, 4], 8: [3, 4] }
const PHASES = [1, 2, 3, 4, 5, 6, 7, 8]
const areConcurrent = (a: number, b: number): boolean => BESIDE[a]!.includes(b)
const CONFLICTS = PHASES.flatMap((a) => PHASES.filter((b) => b > a && !areConcurrent(a, b)).map((b): [string, string] => [String(a), String(b)]))

export const SIGNAL: Signal = {
  id: 'S', source_id: 'S', nodes: ['S'], conflicts: CONFLICTS, sequence_free: true,
  groups: PHASES.map((phase) => ({ id: String(phase), kind: 'vehicle', min_green_s: phase % 2 === 0 ? 10 : 5, yellow_s: 4, red_clearance_s: 1 })),
}

export interface Splits {
  cycle_s: number
  offset_s?: number
  /** By phase, 1 to 8. */
  splits: number[]
  lag?: boolean
}

/** Leading lefts, or with `lag` the lefts of ring 2 lagging on both streets. */
export function ringPattern({ cycle_s, offset_s = 0, splits, lag = false }: Splits): RingPattern {
  const of = (...phases: number[]): { phase: string; split_s: number }[] => phases.map((phase) => ({ phase: String(phase), split_s: splits[phase - 1]! }))
  return {
    kind: 'rings', signal: 'S', cycle_s, offset_s, offset_reference: 'begin_of_green', coordinated: ['2', '6'],
    barriers: [{ rings: [of(1, 2), lag ? of(6, 5) : of(5, 6)] }, { rings: [of(3, 4), lag ? of(8, 7) : of(7, 8)] }],
  }
}

export const RUNNING: Splits = { cycle_s: 90, splits: [18, 32, 16, 24, 18, 32, 16, 24] }
export const NEXT: Splits = { cycle_s: 100, offset_s: 37, splits: [20, 38, 17, 25, 19, 39, 18, 24] }

export const wantedTiming = (splits: Splits = NEXT): WantedTiming => ({ signal: SIGNAL, pattern: ringPattern(splits), hash: `hash of ${JSON.stringify(splits)}`, plan: 'P1' })

const MAX_RECALL = 4

export function deviceSetup(changes: Partial<NtcipSetup> = {}): NtcipSetup {
  return {
    id: 'S', time_zone: TIME_ZONE, conflicts: CONFLICTS, actions: [1],
    phases: PHASES.map((phase) => ({ phase, ring: phase <= 4 ? 1 : 2, minimum_green_s: phase % 2 === 0 ? 10 : 5, yellow_tenths: 40, red_clear_tenths: 10, concurrent: BESIDE[phase]! })),
    sequences: [[[1, 2, 3, 4], [5, 6, 7, 8]], [[1, 2, 3, 4], [6, 5, 8, 7]]],
    patterns: [{ pattern: 1, cycle_s: RUNNING.cycle_s, offset_s: 0, split: 1, sequence: 1 }],
    splits: [{ split: 1, rows: Object.fromEntries(PHASES.map((phase) => [phase, { time_s: RUNNING.splits[phase - 1]!, mode: MAX_RECALL, coordinated: phase === 2 || phase === 6 }])) }],
    ...changes,
  }
}

/** RFC 3416, by the words of pass_persist. */
const STATUS: Record<Exclude<SetAnswer, 'DONE'>, number> = { 'wrong-value': 10, 'not-writable': 17, 'inconsistent-value': 12, 'wrong-type': 7 }
const COMMANDS: readonly WriteValue['object'][] = ['patternControl', 'backupTime']

/** The emulated controller as if it were at the other end of a line, with the line's faults. */
export class EmulatorPort implements SnmpPort {
  readonly #device: EmulatedNtcip

  constructor(device: EmulatedNtcip) {
    this.#device = device
  }

  async get(oids: string[]): Promise<Found[]> {
    return this.#carry('read', () => oids.map((oid): Found => {
      const found = this.#device.get(oid)
      return { oid, value: found === undefined ? undefined : found.type === 'octet' ? `0x${Buffer.from(found.value).toString('hex')}` : found.type === 'string' ? `0x${Buffer.from(found.value).toString('hex')}` : String(found.value) }
    }))
  }

  async set(items: WriteValue[]): Promise<void> {
    const { faults } = this.#device.controller
    this.#carry(items.every(({ object }) => COMMANDS.includes(object)) ? 'command' : 'write', () => {
      items.forEach(({ object, index, value }, i) => {
        const isPartial = faults.partial_after !== undefined && i === faults.partial_after && object !== 'transaction'
        const answer = isPartial ? 'wrong-value' : this.#device.set(oidOf(object, index), value)
        if (answer !== 'DONE') throw new SnmpRefusal(STATUS[answer], i + 1)
      })
    })
  }

  close(): void {
    // Nothing is open.
  }

  #carry<T>(kind: RequestKind, work: () => T): T {
    const { faults } = this.#device.controller
    const silence = new GreenwaveError('controller.unreachable', 'no answer from the emulated controller')
    if (!faults.arrives(kind)) throw silence
    const result = work()
    let isDelivered = false
    faults.deliver(kind, () => { isDelivered = true })
    if (!isDelivered) throw silence
    return result
  }
}

export interface Rig {
  clock: DeviceClock
  device: EmulatedNtcip
  adapter: ControllerAdapter
  record: DeviceRecord
  context: DriverContext
  wire: WireEntry[]
}

/** Test keys; nothing real opens with them. */
export const SECRETS: Record<string, string> = { 'd1-auth': 'authentication-key', 'd1-privacy': 'privacy-key-of-test', 'd1-community': 'lab-rw' }
export const SETTINGS = { host: '127.0.0.1', user: 'greenwave', groups: Object.fromEntries(PHASES.map((phase) => [String(phase), phase])) }

export function contextFor(clock: DeviceClock, wire: WireEntry[], signal: Signal = SIGNAL): DriverContext {
  return { signal, time_zone: TIME_ZONE, now: () => clock.now(), wait: (seconds, abort) => clock.wait(seconds, abort), wire: (entry) => { wire.push(entry) }, secret: (name) => SECRETS[name] }
}

/** A device that was switched on a quarter of an hour ago and is in step with its plan. */
export function runningDevice(setup: NtcipSetup, clock: DeviceClock): EmulatedNtcip {
  let ago = 900
  const device = new EmulatedNtcip(setup, { now: () => clock.now() - ago, wait: (seconds, abort) => clock.wait(seconds, abort) })
  ago = 0
  return device
}

export function ntcipRig(setup: Partial<NtcipSetup> = {}, settings: Record<string, unknown> = {}, clock: DeviceClock = new LeapingClock(MORNING)): Rig {
  const device = runningDevice(deviceSetup(setup), clock)
  const wire: WireEntry[] = []
  const context = contextFor(clock, wire)
  const record: DeviceRecord = { id: 'd1', network: 'n', signal: 'S', protocol: 'ntcip', settings: { ...SETTINGS, ...settings }, enabled: true, version: 1 }
  return { clock, device, wire, context, record, adapter: ntcipDriver(() => new EmulatorPort(device)).open(record, context) }
}

/** For the suites of all adapters: over UDP, with an agent that keeps the faults of lines. */
export async function ntcipConformanceRig({ skew_s = 0 }: { skew_s?: number } = {}): Promise<ControllerRig> {
  const clock = new LeapingClock(MORNING)
  const emulated = runningDevice(deviceSetup(), clock)
  emulated.controller.setClock(clock.now() + skew_s)
  const community = SECRETS['d1-community']!
  const agent = new SnmpAgent(emulated, community)
  const wire: WireEntry[] = []
  const settings = { host: '127.0.0.1', port: await agent.listen(), timeout_s: 0.3, version: 'v2c', waiver: { by: 'nobody', reason: 'the emulated agent has no version 3' }, groups: SETTINGS.groups }
  // In step again after its clock was set.
  await clock.wait(900)
  const octets = (text: string): Buffer => Buffer.from(text, 'latin1')
  return {
    driver: byLeapingClock(ntcipDriver(), clock), context: contextFor(clock, wire), wire, device: emulated.controller, clock,
    record: { id: 'd1', network: 'n', signal: 'S', protocol: 'ntcip', settings, enabled: true, version: 1 },
    good: wantedTiming(),
    edges: [{ title: 'a cycle of 255 s', want: wantedTiming({ cycle_s: 255, splits: [60, 80, 50, 65, 60, 80, 50, 65] }) }, { title: 'an offset of 0 s', want: wantedTiming({ ...NEXT, offset_s: 0 }) }],
    unfit: [
      { title: 'a cycle of 256 s', want: wantedTiming({ cycle_s: 256, splits: [60, 80, 50, 66, 60, 80, 50, 66] }), sentence: /cycle is 256 s/ },
      { title: 'half a second', want: wantedTiming({ ...NEXT, offset_s: 12.5 }), sentence: /\.5 s at the sync point/ },
    ],
    isWritable: (id) => /^1\.3\.6\.1\.4\.1\.1206\.4\.2\.1\.4\.(7\.1\.[2-5]\.\d+|9\.1\.[345]\.\d+\.\d+)$/.test(id),
    // Datagrams hold the request's own id and a mark for the community; beside each SET stands its PDU in clear.
    kindOf: ({ hex }) => (hex.startsWith('a3') ? kindOf(Buffer.from(hex, 'hex')) : 'read'),
    mask: (hex) => hex,
    secrets: [community],
    hostile: [
      { title: 'no BER', bytes: octets('hello') }, { title: 'a length beyond its end', bytes: Uint8Array.of(0x30, 0x7f, 2, 1, 1) },
      { title: 'a request instead of an answer', bytes: encodeMessage(1, community, encodePdu('set', [{ oid: '1.3.6.1.4.1.1206.4.2.1.4.14.0', value: 2 }], 5)) },
      { title: 'an answer in another version', bytes: encodeMessage(0, community, encodePdu('get', [])) },
    ],
    shout: (bytes) => { void agent.shout(typeof bytes === 'string' ? octets(bytes) : bytes) },
    counted: (adapter) => { const { malformed, unexpected } = (adapter as ControllerAdapter & { counters: Counters }).counters; return malformed + unexpected },
    close: async () => agent.close(),
  }
}
