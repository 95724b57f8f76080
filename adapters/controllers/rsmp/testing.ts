// A rig for the suites: the RSMP adapter and an emulated controller that connects to it, by a clock that leaps.
import { createServer } from 'node:net'
import type { LampTiming } from '../../../model/device/device.ts'
import { lampTimingOf, withLocalZero } from '../../../model/device/lamp-timing.ts'
import { deviceStagesOf } from '../../../model/device/stages.ts'
import type { RingPattern, Signal } from '../../../model/signal.ts'
import type { ControllerAdapter, WireEntry } from '../../../plans/ports/controllers.ts'
import { byLeapingClock } from '../around.ts'
import type { ControllerRig } from '../conformance.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { EmulatedController } from '../emulator/controller.ts'
import { setupOf, wantedOf } from '../emulator/setup.ts'
import { rsmpDriver } from './adapter.ts'
import { RsmpController, type SiteOptions } from './emulator/site.ts'
import type { Counters } from './session.ts'

/** Monday 8 o'clock. */
const START_S = 1_767_571_200 + 8 * 3600
const CODE = 'pa55word'
const SITE = 'KK+AG9998=001TC000'
const NO_ID = '00000000-0000-4000-8000-000000000000'
/** The last stage of the first barrier. */
const STAGE = 2

export interface RsmpRig extends ControllerRig { site: RsmpController }

/** A port on which nobody listened a moment ago. */
const freePort = (): Promise<number> => new Promise((resolve) => {
  const server = createServer().listen(0, '127.0.0.1', () => { const address = server.address(); server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0)) })
})

/** What somebody types from the configuration of a controller. */
function settingsOf(signal: Signal, timing: LampTiming, port: number): Record<string, unknown> {
  const { first, stages } = deviceStagesOf(timing)
  const program = {
    first_s: first / 10,
    stages: stages.map(({ groups, green, yellow, red_clearance, early_end }) => ({ groups, green_s: green / 10, yellow_s: yellow / 10, red_clearance_s: red_clearance / 10, early_end: early_end.map(({ group, by }) => ({ group, by_s: by / 10 })) })),
    bands: [{ no: 1, stage: STAGE, max: 60 }, { no: 2, stage: 4, max: 20 }],
  }
  return {
    site: SITE, host: '127.0.0.1', port, answer_ms: 400, connect_ms: 800, conflicts: signal.conflicts,
    groups: signal.groups.map(({ id, kind, min_green_s, yellow_s, red_clearance_s }, i) => ({ group: id, no: i + 1, name: `group ${id}`, kind, min_green_s, yellow_s, red_clearance_s })),
    programs: [{ ...program, plan: 1, use: 'own' }, { ...program, plan: 4, use: 'spare' }],
  }
}

/** Both rings change together: engineered programs are told in stages. */
function inStages(pattern: RingPattern): RingPattern {
  const running = structuredClone(pattern)
  for (const { rings } of running.barriers) rings.forEach((ring, i) => { if (i > 0) ring.forEach((entry, j) => { entry.split_s = rings[0]?.[j]?.split_s ?? entry.split_s }) })
  return running
}

/** For a dual-ring signal with a cycle of 100 s. */
export async function rsmpRig(signal: Signal, rings: RingPattern, options: { skew_s?: number; settings?: Record<string, unknown>; site?: Partial<SiteOptions> } = {}): Promise<RsmpRig> {
  const [clock, running] = [new LeapingClock(START_S), inStages(rings)]
  const own = lampTimingOf(signal, running)
  const device = new EmulatedController(setupOf(signal, running, { skew_s: options.skew_s ?? 0, slots: new Map([[1, own], [4, own]]) }), clock)
  const port = await freePort()
  const stages = deviceStagesOf(own)
  const place = (stage: number): number => stages.first + stages.stages.slice(0, stage - 1).reduce((sum, one) => sum + one.green + one.yellow + one.red_clearance, 0) + 1
  const engineered = { base: withLocalZero(own, 0), bands: new Map([[1, place(STAGE)], [2, place(4)]]) }
  const site = new RsmpController(device, { site: SITE, port, code: CODE, plans: new Map([[1, engineered], [4, engineered]]), ...options.site }, clock)
  const wire: WireEntry[] = []
  const record = { id: 'd', network: 'n', signal: signal.id, protocol: 'rsmp', settings: { ...settingsOf(signal, own, port), ...options.settings }, enabled: true, version: 0 }
  // In step before anybody looks.
  await clock.wait(600)
  const textOf = (hex: string): string => Buffer.from(hex, 'hex').toString('latin1')
  return {
    driver: byLeapingClock(rsmpDriver, clock), record, wire, device, clock, site,
    context: { signal, time_zone: 'UTC', now: () => clock.now(), wait: (seconds, aborted) => clock.wait(seconds, aborted), wire: (entry) => { wire.push(entry) }, secret: (name) => (name === 'rsmp-code-2' ? CODE : undefined) },
    good: wantedOf(signal, running, { by: 10, offset_s: 42 }),
    edges: [{ title: 'a band at its longest', want: wantedOf(signal, running, { by: 60 }) }, { title: 'an offset of 0', want: wantedOf(signal, running, { offset_s: 0 }) }],
    unfit: [
      { title: 'a band beyond its longest', want: wantedOf(signal, running, { by: 61 }), sentence: /extended by 61 s; band 1 goes from 0 to 60 s/ },
      { title: 'a stage shorter than engineered', want: wantedOf(signal, running, { by: -1 }), sentence: /extended by -1 s; band 1 goes from 0 to 60 s/ },
      { title: 'a cycle of half a second', want: wantedOf(signal, running, { by: 0.5 }), sentence: /the cycle is 100.5 s; RSMP carries whole seconds from 1 to 255/ },
      { title: 'an offset of half a second', want: wantedOf(signal, running, { offset_s: 10.5 }), sentence: /would be up to 0.5 s beside what was approved, at most 0 s are allowed/ },
      { title: 'half a tenth', want: wantedOf(signal, running, { offset_s: 10.05 }), sentence: /10.05 s; the controller keeps whole multiples of 0.1 s/ },
    ],
    isWritable: (id) => /^(M0023|M00(14|15|18) 4)$/.test(id),
    kindOf: ({ hex }) => { const text = textOf(hex); return !text.includes('"CommandRequest"') ? 'read' : text.includes('"cCI":"M0002"') ? 'command' : 'write' },
    mask: (hex) => textOf(hex).replace(/"mId":"[^"]+"/, `"mId":"${NO_ID}"`).replace(/("n":"securityCode","v":")[^"]*"/, '$1"'),
    secrets: [CODE],
    hostile: [
      { title: 'bytes that are no text', bytes: Uint8Array.of(0xff, 0xfe, 0x00, 0x0c) }, { title: 'an empty object', bytes: '{}\f' },
      { title: 'an acknowledgement of nothing', bytes: `{"mType":"rSMsg","type":"MessageAck","oMId":"${NO_ID}"}\f` },
      { title: 'a status nobody asked for', bytes: `{"mType":"rSMsg","type":"StatusResponse","mId":"${NO_ID}","cId":"${SITE}","sTs":"2026-01-01T00:00:00.000Z","sS":[{"sCI":"S0014","n":"status","s":"4","q":"recent"}]}\f` },
      { title: 'a second version', bytes: `{"mType":"rSMsg","type":"Version","mId":"00000000-0000-4000-8000-000000000009","RSMP":[{"vers":"3.2.2"}],"siteId":[{"sId":"${SITE}"}],"SXL":"1.2.1"}\f` },
    ],
    shout: (bytes) => site.shout(bytes),
    counted: (adapter) => { const { malformed, unexpected } = (adapter as ControllerAdapter & { counters: Counters }).counters; return malformed + unexpected },
    close: async () => site.close(),
  }
}
