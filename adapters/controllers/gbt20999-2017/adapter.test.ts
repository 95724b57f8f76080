import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Baseline } from '../../../model/device/device.ts'
import { controllerConformance } from '../conformance.ts'
import { gbt20999Driver } from './adapter.ts'
import { addressText, decodeFrame, STANDARD_FRAMES } from './codec.ts'
import { ATTRIBUTES } from './objects.ts'
import { fieldsOf } from './plan.ts'
import { type GbRig, gbRig, NEXT, OTHER, STANDARD, wantedOf } from './testing.ts'

const never = (): AbortSignal => new AbortController().signal

async function withBaseline(options: Parameters<typeof gbRig>[0], run: (base: Baseline, adapter: ReturnType<typeof gbt20999Driver.open>, rig: GbRig) => Promise<void> | void): Promise<void> {
  const rig = await gbRig(options)
  const adapter = rig.driver.open(rig.record, rig.context)
  try {
    await run(await adapter.readConfig(never()), adapter, rig)
  } finally {
    await adapter.close()
    await rig.close()
  }
}

describe('GB/T 20999-2017', () => {
  controllerConformance('over TCP', (options) => gbRig(options), it)

  it('is read-only while the order of arrays is not confirmed, and says what speaks for which', async () => {
    for (const [dialect, order] of [[STANDARD, 'last'], [OTHER, 'first']] as const) {
      await withBaseline({ dialect, profile: { array_order: 'unknown' } }, async (base, adapter) => {
        expect(() => adapter.plan(base, wantedOf(NEXT))).toThrow(`what it holds says "${order}" (plan 1: its stages add up to 90 s`)
        expect((await adapter.identify(never())).capabilities.splits).toMatchObject({ can: 'no' })
        expect(base.config.slots.find(({ slot }) => slot === 1)?.timing?.cycle).toBe(900)
      })
    }
  })

  it('is read-only where its profile and what it holds contradict each other', async () => {
    await withBaseline({ profile: { array_order: 'first' } }, (base, adapter) => {
      expect(() => adapter.plan(base, wantedOf(NEXT))).toThrow('the first byte of an array is the first element, by what it holds the last one')
    })
  })

  it('finds fault with a write set for a device whose profile is not known any more', async () => {
    await withBaseline({}, (base, adapter, rig) => {
      const writes = adapter.plan(base, wantedOf(NEXT))
      const settings = { ...rig.record.settings, profile: { ...(rig.record.settings.profile as object), array_order: 'unknown' } }
      expect(gbt20999Driver.open({ ...rig.record, settings }, rig.context).check(base, writes).map(({ rule, weight }) => [rule, weight])).toEqual([['profile', 'hard']])
    })
  })

  it('says a plan as the worked example does', async () => {
    await withBaseline({}, (base, adapter) => {
      const { frames: [frame], slot } = adapter.plan(base, wantedOf(NEXT))
      const element = slot.toString(16).padStart(2, '0')
      const values = `
        01 05 09 02 02 04 01   02 08 09 02 03 04 00000064   03 05 09 02 04 04 01   04 06 09 02 05 04 0025
        05 14 09 02 06 04 000000000000000000000000 04030201
        06 24 09 02 07 04 000000000000000000000000000000000000000000000000 0012 001d 0013 0022
        07 14 09 02 08 04 000000000000000000000000 10101010`.replaceAll(/(09 02 0.) 04/g, `$1 ${element}`).replaceAll(/\s/g, '')
      expect(frame!.hex.slice(0, -6)).toBe(`7e007f0100010000002a01003007${values}`)
    })
  })

  it('writes no id outside its list, whatever the plan', async () => {
    const plans = new Set(['9.2.2', '9.2.3', '9.2.4', '9.2.5', '9.2.6', '9.2.7', '9.2.8'])
    await withBaseline({}, (base, adapter) => {
      const seconds = fc.integer({ min: 12, max: 300 })
      fc.assert(fc.property(fc.tuple(seconds, seconds, seconds, seconds), fc.nat(47), (stages, offset_s) => {
        const { items, frames, slot } = adapter.plan(base, wantedOf({ stages, offset_s }))
        for (const { hex } of frames) {
          const { fields } = decodeFrame(Buffer.from(hex, 'hex'), STANDARD_FRAMES)
          expect(fields.map(addressText)).toEqual(items.map(({ id }) => id))
          for (const { class: group, object, attribute, element } of fields) expect([plans.has(`${group}.${object}.${attribute}`), element]).toEqual([true, slot])
        }
      }), { numRuns: 50 })
    })
    for (const { id, policy } of ATTRIBUTES) {
      if (policy === 'spare-plan') expect(plans.has(id)).toBe(true)
      else expect(() => fieldsOf([{ id: `${id}.2`, new: '1' }], 2)).toThrow('is not what is written')
    }
  })

  it('proves by stages what it can\'t by lamps, and says that it is level 4', async () => {
    await withBaseline({ profile: { lamps: false } }, async (base, adapter, rig) => {
      const writes = adapter.plan(base, wantedOf(NEXT))
      await adapter.push(writes, never())
      await adapter.activate(writes, rig.clock.now(), undefined, never())
      const seen = await adapter.observe(writes, 2, never())
      expect([seen.level, seen.greens]).toEqual([4, []])
      expect(seen.sentences.join()).toContain('lamps can\'t be read')
    })
  })

  it('does not send to a cabinet that stands open', async () => {
    await withBaseline({}, async (base, adapter, rig) => {
      expect(base.mode).toBe('coordinated')
      rig.gb.door = 1
      expect((await adapter.readConfig(never())).mode).toBe('door-open')
    })
  })

  it('answers heartbeats, believes nothing by them, and is answered its own', async () => {
    await withBaseline({ profile: { heartbeat_s: 1 } }, async (_, adapter, rig) => {
      rig.shout(Buffer.from('7e000d0100010000002a010170002a397d', 'hex'))
      await expect.poll(() => rig.wire.filter(({ note }) => note === 'heartbeat answered').map(({ direction, hex }) => [direction, hex.slice(24, 26)]), { timeout: 10_000 })
        .toEqual(expect.arrayContaining([['sent', '80'], ['received', '80']]))
      expect(rig.counted(adapter)).toBe(0)
    })
  })

  it('tells a write that is acknowledged with another value than was sent', async () => {
    await withBaseline({}, async (base, adapter, rig) => {
      rig.device.faults.wrong_echo = true
      const [first] = await adapter.push(adapter.plan(base, wantedOf(NEXT)), never())
      expect(first).toMatchObject({ acknowledged: false, sentence: 'it repeats 00, not 01' })
    })
  })

  it.each([
    [{ host: '', port: 1, controller_id: 1 }, 'host is ""'], [{ host: 'a', port: 70_000, controller_id: 1 }, 'port is 70000'], [{ host: 'a', port: 1 }, 'controller_id is undefined'],
    [{ host: 'a', port: 1, controller_id: 1, profile: { array_order: 'both' } }, 'array_order is "both"'], [{ host: 'a', port: 1, controller_id: 1, profile: { release_mode: 0x31 } }, 'release_mode is 49'],
    [{ host: 'a', port: 1, controller_id: 1, groups: { 1: 65 } }, 'phases from 1 to 64'], [{ host: 'a', port: 1, controller_id: 1, password: 'x' }, 'password is "x"'],
  ])('refuses settings %j with place and value', async (settings, sentence) => {
    const rig = await gbRig()
    await rig.close()
    expect(() => gbt20999Driver.open({ ...rig.record, settings }, rig.context)).toThrow(sentence)
  })
})
