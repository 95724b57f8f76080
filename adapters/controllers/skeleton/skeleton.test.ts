import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { DeviceGroup, WantedTiming } from '../../../model/device/device.ts'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import type { Pattern } from '../../../model/signal.ts'
import { dualRingPattern, dualRingSignal } from '../../../test/dual-ring.ts'
import { hashOf } from '../../../plans/ports/canonical.ts'
import type { WireEntry } from '../../../plans/ports/controllers.ts'
import { controllerConformance, type MakeRig } from '../conformance.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { EmulatedController } from '../emulator/controller.ts'
import { demoDriver } from './adapter.ts'
import { DemoController } from './emulator/server.ts'
import { fuzzTarget } from './fuzz.ts'
import { isWritable, itemId } from './plan.ts'

const SIGNAL = dualRingSignal()
const GROUPS: DeviceGroup[] = SIGNAL.groups.map(({ id, kind, min_green_s, yellow_s, red_clearance_s }) =>
  ({ group: id, name: `phase ${id}`, kind, min_green: min_green_s * 10, yellow: yellow_s * 10, red_clearance: red_clearance_s * 10 }))

function wanted(more: { by?: number; offset?: number }): WantedTiming {
  const pattern = structuredClone(dualRingPattern())
  pattern.cycle_s += more.by ?? 0
  pattern.offset_s = more.offset ?? 10
  for (const ring of pattern.barriers[0]!.rings) ring[1]!.split_s += more.by ?? 0
  return { signal: SIGNAL, pattern: pattern as Pattern, hash: hashOf(pattern), plan: 'plan-1', name: 'afternoon' }
}

const makeRig: MakeRig = async (options = {}) => {
  const clock = new LeapingClock(1_767_571_200 + 8 * 3600)
  const device = new EmulatedController({
    id: 'd', signal: 'S', groups: GROUPS, conflicts: SIGNAL.conflicts, slots: new Map([[1, lampTimingOf(SIGNAL, dualRingPattern())], [2, undefined], [3, undefined]]),
    day_plan: [{ from: 0, slot: 1 }], time_zone: 'UTC', skew_s: options.skew_s ?? 0,
  }, clock)
  const server = new DemoController(device, 'pa55word')
  const wire: WireEntry[] = []
  const record = { id: 'd', network: 'n', signal: 'S', protocol: 'demo', settings: { host: '127.0.0.1', port: await server.listen(), timeout_ms: 150 }, enabled: true, version: 1 }
  await clock.wait(600)
  const opOf = (hex: string): string => (JSON.parse(Buffer.from(hex, 'hex').toString()) as { op: string }).op
  return {
    driver: demoDriver, record, wire, device, clock,
    context: { signal: SIGNAL, time_zone: 'UTC', now: () => clock.now(), wait: (seconds, signal) => clock.wait(seconds, signal), wire: (entry) => { wire.push(entry) }, secret: (name) => (name === 'demo-key' ? 'pa55word' : undefined) },
    good: wanted({ by: 10, offset: 42 }),
    edges: [{ title: 'a cycle of 255 s', want: wanted({ by: 155 }) }, { title: 'an offset of 0', want: wanted({ offset: 0 }) }],
    unfit: [
      { title: 'a cycle of 256 s', want: wanted({ by: 156 }), sentence: /a cycle of 256 s; controller d keeps at most 255 s/ },
      { title: 'half a tenth', want: wanted({ offset: 10.05 }), sentence: /10.05 s; the controller keeps whole multiples of 0.1 s/ },
    ],
    isWritable: (id) => /^[23] (cycle|offset|greens [1-8])$/.test(id),
    kindOf: ({ hex }) => ({ write: 'write', select: 'command', renew: 'command', release: 'command' } as const)[opOf(hex)] ?? 'read',
    mask: (hex) => Buffer.from(hex, 'hex').toString().replace(/"id":\d+/, '"id":0'),
    secrets: ['pa55word'],
    hostile: [
      { title: 'bytes that are no text', bytes: Uint8Array.of(0xff, 0xfe, 0x00, 0x0a) }, { title: 'an empty object', bytes: '{}\n' },
      { title: 'a reply nobody asked for', bytes: '{"id":99999,"ok":true,"data":{"groups":[]}}\n' }, { title: 'a replayed yes', bytes: '{"id":1,"ok":true,"data":{}}\n' },
    ],
    shout: (bytes) => server.shout(bytes),
    counted: (adapter) => { const { malformed, unexpected } = (adapter as unknown as { counters: { malformed: number; unexpected: number } }).counters; return malformed + unexpected },
    close: () => server.close(),
  }
}

describe('the demo protocol', () => {
  controllerConformance('the demo adapter', makeRig, it)

  it('writes no id outside its list, whatever the plan', async () => {
    const rig = await makeRig()
    const adapter = demoDriver.open(rig.record, rig.context)
    const base = await adapter.readConfig(new AbortController().signal)
    fc.assert(fc.property(fc.integer({ min: 0, max: 155 }), fc.integer({ min: 0, max: 99 }), (by, offset) => {
      const { items, frames } = adapter.plan(base, wanted({ by, offset }))
      for (const { id } of items) expect(isWritable(id)).toBe(true)
      for (const { hex } of frames) for (const [name] of (JSON.parse(Buffer.from(hex, 'hex').toString()) as { items: [string, string][] }).items) expect(name).toMatch(/^(cycle|offset|greens [1-8])$/)
    }))
    expect(isWritable('2 min_green 1')).toBe(false)
    expect(isWritable(itemId(2, 'greens', '1'))).toBe(true)
    await adapter.close()
    await rig.close()
  })

  it('refuses settings with place and value', async () => {
    const rig = await makeRig()
    for (const [settings, sentence] of [[{ host: '', port: 1 }, 'settings.host is ""'], [{ host: 'a', port: 70_000 }, 'settings.port is 70000'], [{ host: 'a', port: 1, timeout_ms: 0 }, 'settings.timeout_ms is 0']] as const) {
      expect(() => demoDriver.open({ ...rig.record, settings }, rig.context)).toThrow(sentence)
    }
    await rig.close()
  })

  it('survives any bytes', () => {
    const whole = '{"id":1,"ok":true,"data":{"groups":[{"group":"1","name":"a","kind":"vehicle","min_green":50,"yellow":30,"red_clearance":10}],"conflicts":[["1","2"]],"rows":[{"slot":1,"used_by":[],"values":{"cycle":"900"}}],"time_s":1}}\n'
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => { expect(() => fuzzTarget(bytes)).not.toThrow() }))
    fc.assert(fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, byte, cut) => {
      const bytes = Buffer.from(whole)
      bytes[at] = byte
      expect(() => { fuzzTarget(bytes.subarray(0, cut)); fuzzTarget(bytes) }).not.toThrow()
    }), { numRuns: 500 })
  })
})
