// A rig for the suites: the demo adapter and an emulated controller that speaks its protocol, over TCP, by a clock that leaps.
import type { RingPattern, Signal } from '../../../model/signal.ts'
import type { ControllerAdapter, WireEntry } from '../../../plans/ports/controllers.ts'
import { byLeapingClock } from '../around.ts'
import type { ControllerRig } from '../conformance.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { EmulatedController } from '../emulator/controller.ts'
import { setupOf, wantedOf } from '../emulator/setup.ts'
import { demoDriver } from './adapter.ts'
import { DemoController } from './emulator/server.ts'

/** Monday 8 o'clock. */
const START_S = 1_767_571_200 + 8 * 3600
const KEY = 'pa55word'

/** For a dual-ring signal with a cycle of 100 s. */
export async function demoRig(signal: Signal, running: RingPattern, options: { skew_s?: number } = {}): Promise<ControllerRig> {
  const clock = new LeapingClock(START_S)
  const device = new EmulatedController(setupOf(signal, running, { skew_s: options.skew_s ?? 0 }), clock)
  // Beyond the adapter's patience, which a loaded computer must not exceed where nothing is wrong.
  device.faults.late_ms = 1000
  const server = new DemoController(device, KEY)
  const wire: WireEntry[] = []
  const record = { id: 'd', network: 'n', signal: signal.id, protocol: 'demo', settings: { host: '127.0.0.1', port: await server.listen(), timeout_ms: 800 }, enabled: true, version: 0 }
  // In step before anybody looks.
  await clock.wait(600)
  const opOf = (hex: string): string => (JSON.parse(Buffer.from(hex, 'hex').toString()) as { op: string }).op
  return {
    driver: byLeapingClock(demoDriver, clock), record, wire, device, clock,
    context: { signal, time_zone: 'UTC', now: () => clock.now(), wait: (seconds, aborted) => clock.wait(seconds, aborted), wire: (entry) => { wire.push(entry) }, secret: (name) => (name === 'demo-key' ? KEY : undefined) },
    good: wantedOf(signal, running, { by: 10, offset_s: 42 }),
    edges: [{ title: 'a cycle of 255 s', want: wantedOf(signal, running, { by: 155 }) }, { title: 'an offset of 0', want: wantedOf(signal, running, { offset_s: 0 }) }],
    unfit: [
      { title: 'a cycle of 256 s', want: wantedOf(signal, running, { by: 156 }), sentence: /a cycle of 256 s; controller d keeps at most 255 s/ },
      { title: 'half a tenth', want: wantedOf(signal, running, { offset_s: 10.05 }), sentence: /10.05 s; the controller keeps whole multiples of 0.1 s/ },
    ],
    isWritable: (id) => /^[23] (cycle|offset|greens [1-8])$/.test(id),
    kindOf: ({ hex }) => ({ write: 'write', select: 'command', renew: 'command', release: 'command' } as const)[opOf(hex)] ?? 'read',
    mask: (hex) => Buffer.from(hex, 'hex').toString().replace(/"id":\d+/, '"id":0'),
    secrets: [KEY],
    hostile: [
      { title: 'bytes that are no text', bytes: Uint8Array.of(0xff, 0xfe, 0x00, 0x0a) }, { title: 'an empty object', bytes: '{}\n' },
      { title: 'a reply nobody asked for', bytes: '{"id":99999,"ok":true,"data":{"groups":[]}}\n' }, { title: 'a replayed yes', bytes: '{"id":1,"ok":true,"data":{}}\n' },
    ],
    shout: (bytes) => server.shout(bytes),
    counted: (adapter) => { const { malformed, unexpected } = (adapter as ControllerAdapter & { counters: { malformed: number; unexpected: number } }).counters; return malformed + unexpected },
    close: () => server.close(),
  }
}
