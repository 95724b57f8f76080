// A signal system with intersections and a clock that leaps, for tests: stages 1 (groups 1, 2), 2 (2, 3) and 3 (4), of 35, 15 and 25 s green, 3 s yellow and 2 s all red.
import type { DeviceGroup, WantedTiming } from '../../../model/device/device.ts'
import type { Signal, StagePattern } from '../../../model/signal.ts'
import { hashOf } from '../../../plans/ports/canonical.ts'
import type { ControllerAdapter, DriverContext, WireEntry } from '../../../plans/ports/controllers.ts'
import type { ControllerRig } from '../conformance.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { EmulatedController } from '../emulator/controller.ts'
import { gat1049Driver } from './adapter.ts'
import { Cross, type CrossSetup, type StagePlan, timingOf } from './emulator/cross.ts'
import { kindOf, Utcs } from './emulator/utcs.ts'
import type { Counters } from './session.ts'

const CONFLICTS: [string, string][] = [['1', '3'], ['1', '4'], ['2', '4'], ['3', '4']]
export const SIGNAL: Signal = {
  id: 'S', source_id: 'S', nodes: ['S'], conflicts: CONFLICTS,
  groups: ['1', '2', '3', '4'].map((id) => ({ id, kind: 'vehicle' as const, min_green_s: 8, yellow_s: 3, red_clearance_s: 2 })),
}
const GROUPS: DeviceGroup[] = SIGNAL.groups.map(({ id }) => ({ group: id, name: `group ${id}`, kind: 'vehicle', min_green: 80, yellow: 30, red_clearance: 20 }))
const STAGES = new Map([[1, [11, 12]], [2, [12, 13]], [3, [14]]])
const NUMBERS = new Map(GROUPS.map(({ group }) => [group, 10 + Number(group)]))
const row = (stage: number, green: number): StagePlan['rows'][number] => ({ stage, green, yellow: 3, red: 2, adjust: [] })
const OWN: StagePlan = { name: 'morning', cycle: 90, coordinated: 2, offset: 60, rows: [row(1, 35), row(2, 15), row(3, 25)] }
export const PASSWORD = 'pa55word'

/** Stage 1 longer by `by`; group 1 ends `early` before its stage does. */
export function wanted({ by = 0, early = 0, offset = 10 }: { by?: number; early?: number; offset?: number }): WantedTiming {
  const stage = (id: string, green: string[], duration_s: number): StagePattern['stages'][number] => ({ id, kind: 'stage', green, duration_s })
  const pattern: StagePattern = {
    kind: 'stages', signal: 'S', cycle_s: 90 + by, offset_s: offset, offset_reference: 'sequence_start', coordinated: ['2'],
    stages: [stage('a', ['1', '2'], 35 + by - early), stage('a2', ['2'], 5 + early), stage('b', ['2', '3'], 15), stage('bc', [], 5), stage('c', ['4'], 25), stage('ca', [], 5)],
  }
  return { signal: SIGNAL, pattern, hash: hashOf(pattern), plan: 'plan-1', name: 'afternoon' }
}

export interface RigOptions {
  skew_s?: number
  edition?: '2013' | '2024'
  segment?: number
  crosses?: number
  settings?: Record<string, unknown>
}

export type GatRig = ControllerRig & { utcs: Utcs; context: DriverContext }

export async function makeRig({ skew_s = 0, edition = '2024', segment, crosses: count = 1, settings = {} }: RigOptions = {}): Promise<GatRig> {
  const clock = new LeapingClock(1_767_571_200 + 8 * 3600)
  const crosses = Array.from({ length: count }, (_, i) => makeCross(`9999010000000${i + 1}`, clock, skew_s))
  const utcs = new Utcs({ version: edition === '2024' ? '2.0' : '1.0', user: 'gw', password: PASSWORD, time_zone: 'Asia/Shanghai', crosses, ...(segment === undefined ? {} : { segment }) }, clock)
  const wire: WireEntry[] = []
  const record = {
    id: 'd', network: 'n', signal: 'S', protocol: 'gat1049', enabled: true, version: 1,
    settings: { host: '127.0.0.1', port: await utcs.listen(), user: 'gw', edition, cross_id: '99990100000001', timeout_ms: 350, plan_numbers: [1, 4], groups: Object.fromEntries(NUMBERS), ...settings },
  }
  await clock.wait(600)
  return {
    driver: gat1049Driver, record, wire, device: crosses[0].setup.device, clock, utcs,
    context: {
      signal: SIGNAL, time_zone: 'Asia/Shanghai', now: () => clock.now(), wait: (seconds, signal) => clock.wait(seconds, signal), wire: (entry) => { wire.push(entry) },
      secret: (name) => (name === 'gat1049-password' ? PASSWORD : undefined),
    },
    good: wanted({ by: 12, early: 4, offset: 42 }),
    edges: [{ title: 'a cycle of 3600 s', want: wanted({ by: 3510 }) }, { title: 'an offset of 0', want: wanted({ offset: 0 }) }],
    unfit: [
      { title: 'a cycle of 3601 s', want: wanted({ by: 3511 }), sentence: /a cycle of 3601 s; a plan carries at most 3600 s/ },
      { title: 'half a second', want: wanted({ offset: 10.5 }), sentence: /10.5 s; the controller keeps whole multiples of 1 s/ },
    ],
    isWritable: (id) => /^PlanParam\/[234]\/(PlanName|CycleLen|CoordStageNo|Offset|StageTiming\/[1-3]\/(StageNo|Green|Adjust))$/.test(id),
    kindOf: ({ hex }) => kindOf(Buffer.from(hex, 'hex').toString()),
    mask: (hex) => Buffer.from(hex, 'hex').toString().replace(/<Token>[^<]*<\/Token>|<Token\/>/, '').replace(/<Seq>\d+<\/Seq>/, ''),
    secrets: [PASSWORD, 'token-1'],
    hostile: [
      { title: 'bytes that are no text', bytes: Buffer.concat([Uint8Array.of(0xff, 0xfe, 0), Buffer.from('</Message>')]) }, { title: 'an empty message', bytes: '<Message></Message>' },
      { title: 'a DTD', bytes: '<!DOCTYPE a [<!ENTITY b "c">]><Message></Message>' },
      { title: 'an answer nobody asked for', bytes: message('RESPONSE', 'token-1', '') },
      { title: 'lamps with a token of before', bytes: message('PUSH', 'token-0', '<CrossCtrlInfo><CrossID>99990100000001</CrossID><ControlMode>13</ControlMode><PlanNo>9</PlanNo></CrossCtrlInfo>') },
      { title: 'a plan pushed', bytes: message('PUSH', 'token-1', '<PlanParam><CrossID>99990100000001</CrossID></PlanParam>') },
    ],
    shout: (bytes) => utcs.shout(bytes),
    counted: (adapter: ControllerAdapter) => { const { malformed, unexpected } = (adapter as unknown as { counters: Counters }).counters; return malformed + unexpected },
    close: () => utcs.close(),
  }
}

function makeCross(id: string, clock: LeapingClock, skew_s: number): Cross {
  const own = { setup: { groups: GROUPS } } as unknown as EmulatedController
  const setup = (device: EmulatedController): CrossSetup => ({ id, device, numbers: NUMBERS, stages: STAGES, plans: new Map([[1, OWN]]) })
  const device = new EmulatedController({
    id, signal: 'S', groups: GROUPS, conflicts: CONFLICTS, slots: new Map([[1, timingOf(OWN, setup(own))], [2, undefined], [3, undefined], [4, undefined]]), day_plan: [{ from: 0, slot: 1 }],
    time_zone: 'Asia/Shanghai', skew_s,
  }, clock)
  return new Cross(setup(device))
}

const address = (sys: string): string => `<Address><Sys>${sys}</Sys><SubSys/><Instance/></Address>`
export const message = (type: string, token: string, objects: string): string =>
  `<Message><Version>2.0</Version><Token>${token}</Token><From>${address('UTCS')}</From><To>${address('TICP')}</To><Type>${type}</Type><Seq>20260105083000999999</Seq><Body><Operation order="1" name="Notify">${objects}</Operation></Body></Message>`
