// A junction of seven phases and four stages with its emulated controller, for tests: pedestrians who end early and flash, a phase that starts late, one that runs through two stages.
import type { WantedTiming } from '../../../model/device/device.ts'
import type { Signal, SignalGroup, StagePattern } from '../../../model/signal.ts'
import { hashOf } from '../../../plans/ports/canonical.ts'
import type { ControllerAdapter, WireEntry } from '../../../plans/ports/controllers.ts'
import { byLeapingClock } from '../around.ts'
import type { ControllerRig } from '../conformance.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { EmulatedController } from '../emulator/controller.ts'
import { deviceGroupsOf } from '../emulator/setup.ts'
import { gbt20999Driver } from './adapter.ts'
import { type EmulatedPlan, type EmulatedTables, GbDevice, paintPlan } from './emulator/device.ts'
import { GbServer } from './emulator/server.ts'
import { type Dialect, hear, say, stuff, unstuff } from './emulator/wire.ts'

const TIME_ZONE = 'Asia/Shanghai'
/** Monday 8 o'clock there. */
const START_S = 1_767_571_200
const WHO = '010000002a01'

const CONFLICTS: readonly (readonly [number, number])[] = [[1, 2], [1, 3], [1, 4], [1, 7], [2, 3], [2, 4], [2, 5], [2, 7], [3, 4], [3, 5], [3, 6], [4, 5], [4, 6], [4, 7], [5, 7], [6, 7]]
const PHASES = [1, 2, 3, 4, 5, 6, 7]
const PEDESTRIANS = 5

export const SIGNAL: Signal = {
  id: 'S', source_id: 'S', nodes: ['S'], conflicts: CONFLICTS.map(([a, b]): [string, string] => [String(a), String(b)]),
  groups: PHASES.map((phase): SignalGroup => (phase === PEDESTRIANS
    ? { id: '5', kind: 'pedestrian', min_green_s: 11, yellow_s: 0, red_clearance_s: 1, walk_s: 7, pedestrian_clearance_s: 4 }
    : { id: String(phase), kind: 'vehicle', min_green_s: 6, yellow_s: 3, red_clearance_s: 2 })),
}

export const TABLES: EmulatedTables = {
  phases: PHASES.map((phase) => {
    const conflicts = CONFLICTS.flatMap(([a, b]) => (a === phase ? [b] : b === phase ? [a] : []))
    const isWalked = phase === PEDESTRIANS
    return {
      phase, group: String(phase), lamp_group: phase + 10, minimum: isWalked ? 7 : 6, losing: isWalked ? [[0x21, 4], [0x10, 1]] as const : [[0x30, 3], [0x10, 2]] as const,
      conflicts, intergreens: Object.fromEntries(conflicts.map((to) => [to, 5])),
    }
  }),
  stages: [{ stage: 1, phases: [1, 5, 6], early: { 5: 3 } }, { stage: 2, phases: [2, 6] }, { stage: 3, phases: [3, 7], late: { 7: 3 } }, { stage: 4, phases: [4] }, { stage: 5, phases: [1, 6] }],
}

export interface Splits {
  /** Of the four stages, s. */
  stages: readonly [number, number, number, number]
  offset_s: number
}

export const RUNNING: Splits = { stages: [30, 17, 26, 17], offset_s: 10 }
/** The worked example. */
export const NEXT: Splits = { stages: [34, 19, 29, 18], offset_s: 37 }

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0)
const planOf = ({ stages, offset_s }: Splits): EmulatedPlan => ({ cycle: sumOf(stages), offset: offset_s, stages: stages.map((seconds, i) => [i + 1, seconds] as const) })

/** What the lamps of the stages do, written down by hand. */
export function patternOf({ stages: [first, second, third, fourth], offset_s }: Splits): StagePattern {
  // Pedestrians lose their right of way three seconds before the cars beside them and flash green for four: one second longer than those.
  const steps: [string, number][] = [
    ['1 5 6', first - 5], ['5 6', 1], ['6', 4], ['2 6', second - 5], ['', 5], ['3', 3], ['3 7', third - 8], ['', 5], ['4', fourth - 5], ['', 5],
  ]
  return {
    kind: 'stages', signal: 'S', cycle_s: first + second + third + fourth, offset_s, offset_reference: 'sequence_start', coordinated: ['1'],
    stages: steps.map(([green, duration_s], i) => ({ id: String(i), kind: 'stage', green: green === '' ? [] : green.split(' '), duration_s })),
  }
}

export function wantedOf(splits: Splits): WantedTiming {
  const pattern = patternOf(splits)
  return { signal: SIGNAL, pattern, hash: hashOf(pattern), plan: 'plan-1', name: 'afternoon' }
}

export const STANDARD: Dialect = { crc: [0x1005, 0], uncounted: 4, version: '0100', reversed: true, repeats: 'addresses', heartbeat_count: true }
/** All that is known to differ between vendors. */
export const OTHER: Dialect = { crc: [0x1021, 0xffff], uncounted: 6, version: '0102', reversed: false, repeats: 'nothing', heartbeat_count: false }

const profileOf = ({ crc: [crc_polynomial, crc_initial], uncounted, version, reversed, heartbeat_count }: Dialect): Record<string, unknown> =>
  ({ crc_polynomial, crc_initial, length_adjust: uncounted === 4 ? 0 : -2, version: Number.parseInt(version, 16), array_order: reversed ? 'last' : 'first', heartbeat_count })

export interface RigOptions {
  skew_s?: number
  dialect?: Dialect
  transport?: 'tcp' | 'udp'
  profile?: Record<string, unknown>
}

export interface GbRig extends ControllerRig {
  gb: GbDevice
}

export async function gbRig({ skew_s = 0, dialect = STANDARD, transport = 'tcp', profile = {} }: RigOptions = {}): Promise<GbRig> {
  const clock = new LeapingClock(START_S)
  const running = planOf(RUNNING)
  const setup = {
    id: 'd', signal: 'S', groups: deviceGroupsOf(SIGNAL), conflicts: SIGNAL.conflicts, slots: new Map([[1, paintPlan(TABLES, running)], [2, undefined], [3, undefined]]),
    day_plan: [{ from: 0, slot: 1 }], time_zone: TIME_ZONE, skew_s,
  }
  const device = new EmulatedController(setup, clock)
  const gb = new GbDevice(device, TABLES, dialect, new Map([[1, running]]))
  const server = new GbServer(gb)
  const ports = await server.listen()
  const wire: WireEntry[] = []
  const settings = { transport, host: '127.0.0.1', port: ports[transport], timeout_ms: 400, controller_id: 0x2a, profile: { ...profileOf(dialect), heartbeat_s: 0, ...profile } }
  // In step before anybody looks.
  await clock.wait(900)
  const plain = (hex: string): Buffer => (transport === 'tcp' ? unstuff(hex).frames[0]! : Buffer.from(hex, 'hex'))
  const told = (frame: Buffer): Buffer => (transport === 'tcp' ? stuff(frame) : frame)
  const broken = say({ who: WHO, sequence: 9, type: 0x20, values: [] }, dialect)
  broken[broken.length - 2]! ^= 0xff
  return {
    gb, driver: byLeapingClock(gbt20999Driver, clock), record: { id: 'd', network: 'n', signal: 'S', protocol: 'gbt20999-2017', settings, enabled: true, version: 0 }, wire, device, clock,
    context: { signal: SIGNAL, time_zone: TIME_ZONE, now: () => clock.now(), wait: (seconds, aborted) => clock.wait(seconds, aborted), wire: (entry) => { wire.push(entry) }, secret: () => undefined },
    good: wantedOf(NEXT),
    edges: [
      { title: 'an offset of 0', want: wantedOf({ ...NEXT, offset_s: 0 }) }, { title: 'a stage of 65535 s', want: wantedOf({ stages: [34, 19, 65_535, 18], offset_s: 37 }) },
      { title: 'an offset of 65535 s', want: wantedOf({ stages: [34, 19, 65_535, 18], offset_s: 65_535 }) },
    ],
    unfit: [
      { title: 'a stage of 65536 s', want: wantedOf({ stages: [34, 19, 65_536, 18], offset_s: 37 }), sentence: /a stage of 65536 s; it keeps at most 65535 s/ },
      { title: 'an offset of 65536 s', want: wantedOf({ stages: [34, 19, 65_535, 18], offset_s: 65_536 }), sentence: /an offset of 65536 s; it keeps at most 65535 s/ },
      { title: 'half a second', want: wantedOf({ ...NEXT, offset_s: 10.5 }), sentence: /10.5 s; the controller keeps whole multiples of 1 s/ },
      { title: 'a stage that it does not have', want: withLastStage('2'), sentence: /no stage of it gives green to groups/ },
    ],
    isWritable: (id) => /^9\.2\.[2-8]\.[23]$/.test(id),
    kindOf: ({ hex }) => { const message = hear(plain(hex), dialect); return message === undefined ? 'read' : gb.kindOf(message) },
    mask: (hex) => masked(hex.startsWith('7e') && transport === 'tcp' && hear(Buffer.from(hex, 'hex'), dialect) === undefined ? plain(hex) : Buffer.from(hex, 'hex')),
    secrets: [],
    hostile: [
      { title: 'bytes that are no frame', bytes: Uint8Array.of(0xff, 0xfe, 0x00) }, { title: 'a frame with a wrong CRC', bytes: told(broken) },
      { title: 'an answer nobody asked for', bytes: told(say({ who: WHO, sequence: 200, type: 0x20, values: [{ index: 1, at: '09020304', hex: '00000064' }] }, dialect)) },
      { title: 'a replayed yes', bytes: told(say({ who: WHO, sequence: 1, type: 0x40, values: [] }, dialect)) },
      { title: 'a frame of another controller', bytes: told(say({ who: '010000002b01', sequence: 1, type: 0x20, values: [] }, dialect)) },
    ],
    shout: (bytes) => server.shout(bytes),
    counted: (adapter) => { const { malformed, unexpected } = (adapter as ControllerAdapter & { counters: { malformed: number; unexpected: number } }).counters; return malformed + unexpected },
    close: () => server.close(),
  }
}

/** Without sequence and CRC, which the session puts in. */
function masked(frame: Buffer): string {
  const bytes = Buffer.from(frame)
  bytes[11] = 0
  bytes.writeUInt16BE(0, bytes.length - 3)
  return bytes.toString('hex')
}

/** The last stage with another group than the controller has in it. */
function withLastStage(group: string): WantedTiming {
  const pattern = patternOf(NEXT)
  pattern.stages[8]!.green = [group]
  return { ...wantedOf(NEXT), pattern, hash: hashOf(pattern) }
}
