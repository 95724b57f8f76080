import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dualRingPattern, dualRingSignal } from '../../../test/dual-ring.ts'
import { controllerConformance, type MakeRig } from '../conformance.ts'
import { wantedOf } from '../emulator/setup.ts'
import { demoDriver } from './adapter.ts'
import { fuzzTarget } from './fuzz.ts'
import { isWritable, itemId } from './plan.ts'
import { demoRig } from './testing.ts'

const SIGNAL = dualRingSignal()
const makeRig: MakeRig = (options) => demoRig(SIGNAL, dualRingPattern(), options)

describe('the demo protocol', () => {
  controllerConformance('the demo adapter', makeRig, it)

  it('writes no id outside its list, whatever the plan', async () => {
    const rig = await makeRig()
    const adapter = demoDriver.open(rig.record, rig.context)
    const base = await adapter.readConfig(new AbortController().signal)
    fc.assert(fc.property(fc.integer({ min: 0, max: 155 }), fc.integer({ min: 0, max: 99 }), (by, offset) => {
      const { items, frames } = adapter.plan(base, wantedOf(SIGNAL, dualRingPattern(), { by, offset_s: offset }))
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
