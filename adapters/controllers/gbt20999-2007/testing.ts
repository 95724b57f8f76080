// A junction of six phases and three stages with its emulated controller, for tests: pedestrians beside cars, a phase that runs through two stages.
import type { WantedTiming } from '../../../model/device/device.ts'
import type { Signal, SignalGroup, StagePattern } from '../../../model/signal.ts'
import { hashOf } from '../../../plans/ports/canonical.ts'
import type { ControllerAdapter, WireEntry } from '../../../plans/ports/controllers.ts'
import { byLeapingClock } from '../around.ts'
import type { ControllerRig } from '../conformance.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { EmulatedController } from '../emulator/controller.ts'
import { deviceGroupsOf } from '../emulator/setup.ts'
import { gbt20999LegacyDriver } from './adapter.ts'
import { type Dialect, type EmulatedStage, type EmulatedTables, Gb2007Device, paintTables } from './emulator/device.ts'
import { Gb2007Server } from './emulator/server.ts'
import { hear } from './emulator/wire.ts'

const TIME_ZONE = 'Asia/Shanghai'
/** Monday 8 o'clock there. */
const START_S = 1_767_571_200
/** Cars 1 with pedestrians 3 beside them, cars 4 through two stages with turning 2 in the second, then the side street 5. */
const CONFLICTS: readonly (readonly [number, number])[] = [[1, 2], [1, 5], [2, 3], [2, 5], [3, 5], [4, 5]]
const PHASES = [1, 2, 3, 4, 5]
const PEDESTRIANS = 3

export const SIGNAL: Signal = {
  id: 'S', source_id: 'S', nodes: ['S'], conflicts: CONFLICTS.map(([a, b]): [string, string] => [String(a), String(b)]),
  groups: PHASES.map((phase): SignalGroup => (phase === PEDESTRIANS
    ? { id: '3', kind: 'pedestrian', min_green_s: 11, yellow_s: 0, red_clearance_s: 5, walk_s: 7, pedestrian_clearance_s: 4 }
    : { id: String(phase), kind: 'vehicle', min_green_s: 6, yellow_s: 3, red_clearance_s: 2 })),
}

export interface Splits {
  /** Of the three stages, clearance and all, s. */
  stages: readonly [number, number, number]
  offset_s: number
}

export const RUNNING: Splits = { stages: [40, 22, 28], offset_s: 10 }
export const NEXT: Splits = { stages: [46, 24, 30], offset_s: 37 }
const PHASES_OF = [[1, 3, 4], [2, 4], [5]] as const

const stagesOf = ({ stages }: Splits): EmulatedStage[] => stages.map((seconds, i) => ({ phases: PHASES_OF[i]!, green: seconds - 5, yellow: 3, red: 2 }))
const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0)

export const STANDARD: Dialect = { takes: 'table', offset: 'first_stage', effective: 'stage' }
export const OTHER: Dialect = { takes: 'row', offset: 'coordinated_phase', effective: 'green' }

const tablesOf = (dialect: Dialect): EmulatedTables => ({
  phases: PHASES.map((phase) => ({
    phase, group: String(phase), walk: phase === PEDESTRIANS ? 7 : 0, clearance: phase === PEDESTRIANS ? 4 : 0, minimum: phase === PEDESTRIANS ? 11 : 6,
    conflicts: CONFLICTS.flatMap(([a, b]) => (a === phase ? [b] : b === phase ? [a] : [])),
  })),
  stages: new Map([[1, stagesOf(RUNNING)]]),
  // Group 2 turns green with the second stage.
  patterns: new Map([[1, { cycle: sumOf(RUNNING.stages), offset: RUNNING.offset_s + (dialect.offset === 'first_stage' ? 0 : RUNNING.stages[0]), coordinated: dialect.offset === 'first_stage' ? 1 : 2, table: 1 }]]),
})

/** What the lamps of the stages do, written down by hand. */
export function patternOf({ stages: [first, second, third], offset_s }: Splits): StagePattern {
  const steps: [string, number][] = [['1 3 4', first - 5], ['4', 5], ['2 4', second - 5], ['', 5], ['5', third - 5], ['', 5]]
  return {
    kind: 'stages', signal: 'S', cycle_s: first + second + third, offset_s, offset_reference: 'sequence_start', coordinated: ['2'],
    stages: steps.map(([green, duration_s], i) => ({ id: String(i), kind: 'stage', green: green === '' ? [] : green.split(' '), duration_s })),
  }
}

export function wantedOf(splits: Splits, change: (pattern: StagePattern) => void = () => undefined): WantedTiming {
  const pattern = patternOf(splits)
  change(pattern)
  return { signal: SIGNAL, pattern, hash: hashOf(pattern), plan: 'plan-1', name: 'afternoon' }
}

export interface RigOptions {
  skew_s?: number
  dialect?: Dialect
  profile?: Record<string, unknown>
  /** Takes a change of the row that runs. */
  used_slot?: boolean
}

export interface Gb2007Rig extends ControllerRig {
  gb: Gb2007Device
}

export async function gb2007Rig({ skew_s = 0, dialect = STANDARD, profile = {}, used_slot = true }: RigOptions = {}): Promise<Gb2007Rig> {
  const clock = new LeapingClock(START_S)
  const tables = tablesOf(dialect)
  const setup = {
    id: 'd', signal: 'S', groups: deviceGroupsOf(SIGNAL), conflicts: SIGNAL.conflicts, slots: new Map([[1, paintTables(tables, 1, dialect)], [2, undefined], [3, undefined]]),
    day_plan: [{ from: 0, slot: 1 }], time_zone: TIME_ZONE, skew_s, refuses: { used_slot },
  }
  const device = new EmulatedController(setup, clock)
  const gb = new Gb2007Device(device, tables, dialect)
  const server = new Gb2007Server(gb)
  const port = await server.listen()
  const wire: WireEntry[] = []
  const settings = { host: '127.0.0.1', port, timeout_ms: 400, profile: { writes: dialect.takes, offset_reference: dialect.offset, effective: dialect.effective, ...profile } }
  // In step before anybody looks.
  await clock.wait(900)
  return {
    gb, driver: byLeapingClock(gbt20999LegacyDriver, clock), record: { id: 'd', network: 'n', signal: 'S', protocol: 'gbt20999-2007', settings, enabled: true, version: 0 }, wire, device, clock,
    context: { signal: SIGNAL, time_zone: TIME_ZONE, now: () => clock.now(), wait: (seconds, aborted) => clock.wait(seconds, aborted), wire: (entry) => { wire.push(entry) }, secret: () => undefined },
    good: wantedOf(NEXT),
    edges: [{ title: 'an offset of 0', want: wantedOf({ ...NEXT, offset_s: 0 }) }, { title: 'a cycle of 255 s, an offset of 254 s', want: wantedOf({ stages: [180, 35, 40], offset_s: 254 }) }],
    unfit: [
      { title: 'a cycle of 256 s', want: wantedOf({ stages: [181, 35, 40], offset_s: 37 }), sentence: /a cycle of 256 s; the controller keeps whole numbers from 0 to 255/ },
      { title: 'a green of 256 s', want: wantedOf({ stages: [261, 35, 40], offset_s: 37 }), sentence: /a green of 256 s; the controller keeps whole numbers from 0 to 255/ },
      { title: 'half a second', want: wantedOf({ ...NEXT, offset_s: 10.5 }), sentence: /10.5 s; the controller keeps whole multiples of 1 s/ },
      { title: 'a stage that it does not have', want: wantedOf(NEXT, ({ stages }) => { stages[0]!.green = ['1', '4'] }), sentence: /none of its stage tables changes from groups/ },
      { title: 'another clearance', want: wantedOf(NEXT, ({ stages }) => { stages[3]!.duration_s = 6; stages[4]!.duration_s -= 1 }), sentence: /with its own clearances/ },
    ],
    isWritable: (id) => /^c0\.[23]$|^c1\.(?!1\.)\d+\.\d+$/.test(id),
    kindOf: ({ hex }) => { const request = hear(hex); return request === undefined ? 'read' : gb.kindOf(request) },
    mask: (hex) => hex,
    secrets: [],
    hostile: [
      { title: 'bytes that are no message', bytes: Uint8Array.of(0x01, 0xfe, 0x00) }, { title: 'a message cut short', bytes: Uint8Array.of(0x84, 0xc0, 0x00, 0x02, 0x01) },
      { title: 'an answer nobody asked for', bytes: Uint8Array.of(0x84, 0xb9, 0x00, 0x25) }, { title: 'a replayed yes', bytes: Uint8Array.of(0x85, 0xc2, 0x00) },
      { title: 'a report nobody asked for', bytes: Uint8Array.of(0x83, 0xb8, 0x00, 0x64) },
    ],
    shout: (bytes) => server.shout(bytes),
    counted: (adapter) => { const { malformed, unexpected } = (adapter as ControllerAdapter & { counters: { malformed: number; unexpected: number } }).counters; return malformed + unexpected },
    close: () => server.close(),
  }
}
