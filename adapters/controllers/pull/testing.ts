// A rig for the suites: the adapter and an emulated cabinet on one post, by a clock that leaps.
import type { WantedTiming } from '../../../model/device/device.ts'
import type { Signal, StagePattern } from '../../../model/signal.ts'
import { cabinetPost } from '../../../plans/cabinet-post.ts'
import { hashOf } from '../../../plans/ports/canonical.ts'
import type { ControllerAdapter, WireEntry } from '../../../plans/ports/controllers.ts'
import { memoryStore } from '../../../plans/testing/memory-store.ts'
import { byLeapingClock } from '../around.ts'
import type { ControllerRig } from '../conformance.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { EmulatedController } from '../emulator/controller.ts'
import { setupOf } from '../emulator/setup.ts'
import { pullDriver } from './adapter.ts'
import { EmulatedCabinet, kindOf } from './emulator/cabinet.ts'
import { KEY, PUBLIC } from './vectors.ts'

/** Monday 8 o'clock. */
const START_S = 1_767_571_200 + 8 * 3600
const GROUPS = ['1', '2', '3', '4'] as const

export const SIGNAL: Signal = {
  id: 's', source_id: 's', nodes: ['n'], groups: GROUPS.map((id) => ({ id, kind: 'vehicle', min_green_s: 7, yellow_s: 3, red_clearance_s: 2 })),
  conflicts: GROUPS.flatMap((a, i) => GROUPS.slice(i + 1).map((b): [string, string] => [a, b])),
}

/** Four stages, with the changes between them. */
export function patternOf(greens: readonly [number, number, number, number], offset_s: number): StagePattern {
  const stages = GROUPS.flatMap((group, i) => [
    { id: `stage ${group}`, kind: 'stage' as const, green: [group], duration_s: greens[i] as number }, { id: `change ${group}`, kind: 'interstage' as const, green: [], duration_s: 5 },
  ])
  return { kind: 'stages', signal: 's', cycle_s: greens.reduce((sum, one) => sum + one + 5, 0), offset_s, offset_reference: 'sequence_start', coordinated: ['1'], stages }
}

export function wantedOf(greens: readonly [number, number, number, number], offset_s: number): WantedTiming {
  const pattern = patternOf(greens, offset_s)
  return { signal: SIGNAL, pattern, hash: hashOf(pattern), plan: 'plan-1', name: 'afternoon' }
}

export async function pullRig(options: { skew_s?: number } = {}): Promise<ControllerRig> {
  const clock = new LeapingClock(START_S)
  const device = new EmulatedController(setupOf(SIGNAL, patternOf([29, 14, 24, 13], 37), { skew_s: options.skew_s ?? 0 }), clock)
  const post = cabinetPost(memoryStore(clock))
  const cabinet = new EmulatedCabinet(device, post, clock, { cabinet: 'cab-0001', keys: { 'test-1': PUBLIC }, poll_s: 2 })
  const wire: WireEntry[] = []
  const record = { id: 'd', network: 'n', signal: SIGNAL.id, protocol: 'pull', settings: { cabinet: 'cab-0001', patience_s: 30, kid: 'test-1' }, enabled: true, version: 0 }
  const pem = KEY.key.export({ type: 'pkcs8', format: 'pem' }).toString()
  // In step before anybody looks.
  await clock.wait(600)
  void cabinet.run()
  return {
    driver: byLeapingClock(pullDriver(post), clock), record, wire, device, clock,
    context: { signal: SIGNAL, time_zone: 'UTC', now: () => clock.now(), wait: (seconds, aborted) => clock.wait(seconds, aborted), wire: (entry) => { wire.push(entry) }, secret: (name) => (name === 'bundle-key' ? pem : undefined) },
    good: wantedOf([35, 14, 28, 13], 42),
    edges: [{ title: 'a cycle of 3600 s', want: wantedOf([3547, 11, 11, 11], 0) }, { title: 'an offset of one second less than the cycle', want: wantedOf([29, 14, 24, 13], 99) }],
    unfit: [
      { title: 'a cycle of 3601 s', want: wantedOf([3548, 11, 11, 11], 0), sentence: /a cycle of 3601 s; bundles carry at most 3600 s/ },
      { title: 'half a second', want: wantedOf([29, 14, 24, 13], 10.5), sentence: /10.5 s; the controller keeps whole multiples of 1 s/ },
    ],
    isWritable: (id) => /^plan [23] (cycleS|offsetS|stages)$/.test(id),
    kindOf: ({ hex }) => kindOf(Buffer.from(hex, 'hex').toString()),
    mask: (hex) => Buffer.from(hex, 'hex').toString().replace(/"(bundleId|notBefore|expiresAt)":"[^"]*"/g, '"$1":""'),
    secrets: [pem, pem.split('\n')[1] as string],
    hostile: [
      { title: 'what is no document', bytes: 'no' }, { title: 'an empty object', bytes: '{}' },
      { title: 'a report on a bundle that nobody sent', bytes: '{"bundleId":"99999","state":"EFFECTIVE","level":5,"clock":{"source":"ntp"}}' },
    ],
    shout: (bytes) => { void post.report('cab-0001', { received_s: clock.now(), bundle_id: '0', text: Buffer.from(bytes as string).toString() }, false) },
    counted: (adapter) => { const { malformed, unexpected } = (adapter as ControllerAdapter & { counters: { malformed: number; unexpected: number } }).counters; return malformed + unexpected },
    close: async () => cabinet.stop(),
  }
}
