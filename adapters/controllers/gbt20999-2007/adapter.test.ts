import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Baseline } from '../../../model/device/device.ts'
import { controllerConformance } from '../conformance.ts'
import { gbt20999LegacyDriver } from './adapter.ts'
import { type Gb2007Rig, gb2007Rig, NEXT, STANDARD, wantedOf } from './testing.ts'

const never = (): AbortSignal => new AbortController().signal

async function withBaseline(options: Parameters<typeof gb2007Rig>[0], run: (base: Baseline, adapter: ReturnType<typeof gbt20999LegacyDriver.open>, rig: Gb2007Rig) => Promise<void> | void): Promise<void> {
  const rig = await gb2007Rig(options)
  const adapter = rig.driver.open(rig.record, rig.context)
  try {
    await run(await adapter.readConfig(never()), adapter, rig)
  } finally {
    await adapter.close()
    await rig.close()
  }
}

describe('GB/T 20999-2007', () => {
  controllerConformance('with whole tables', (options) => gb2007Rig(options), it)

  controllerConformance('with lamps', (options) => gb2007Rig({ ...options, profile: { lamps: 'phase_output' } }), it)

  it.each([['writes', /rows or whole tables/], ['offset_reference', /what its offsets are the time of/]])('is read-only while %s is not known', async (name, sentence) => {
    await withBaseline({}, async (base, adapter, rig) => {
      const writes = adapter.plan(base, wantedOf(NEXT))
      const settings = { ...rig.record.settings, profile: { ...(rig.record.settings.profile as object), [name]: 'unknown' } }
      const unknowing = gbt20999LegacyDriver.open({ ...rig.record, settings }, rig.context)
      expect(unknowing.check(base, writes)).toEqual(expect.arrayContaining([expect.objectContaining({ rule: 'profile', weight: 'hard' })]))
      expect(() => unknowing.plan(base, wantedOf(NEXT))).toThrow(sentence)
      expect((await unknowing.identify(never())).capabilities.splits).toMatchObject({ can: 'no' })
      await unknowing.close()
    })
  })

  it('writes begin, whole stage tables, whole patterns and end, with the rows of others as they were', async () => {
    await withBaseline({}, (base, adapter) => {
      const { frames, items, slot } = adapter.plan(base, wantedOf(NEXT))
      expect(slot).toBe(2)
      expect(frames.map(({ hex }) => [hex.slice(0, 10), hex.length / 2])).toEqual([['81c20001', 4], ['81c1001010', 2565], ['81c0000301', 19], ['81c20000', 4]])
      // Stage 1 of table 2: phases 1, 3 and 4, green 41, yellow 3, red 2; pattern 2: cycle 100, offset 37, phase 2, table 2.
      expect(items[0]).toMatchObject({ id: 'c1.2.1', new: '02010000000d29030200' })
      expect(items.at(-1)).toMatchObject({ id: 'c0.2', old: '0200000000', new: '0264250202' })
      expect(frames[2]!.hex).toBe(`81c00003${base.image['c0.1']}0264250202${base.image['c0.3']}`)
    })
  })

  it('writes nothing of rows that are in use and no clearance but its own, whatever the plan', async () => {
    await withBaseline({}, (base, adapter) => {
      const seconds = fc.integer({ min: 16, max: 80 })
      fc.assert(fc.property(fc.tuple(seconds, seconds, seconds), fc.nat(47), (stages, offset_s) => {
        const { frames, items, slot } = adapter.plan(base, wantedOf({ stages, offset_s }))
        const rows = [...frames[1]!.hex.slice(10).match(/.{20}/g)!]
        expect(rows.length).toBe(256)
        for (const row of rows) {
          const [table, stage] = [Number.parseInt(row.slice(0, 2), 16), Number.parseInt(row.slice(2, 4), 16)]
          if (table !== 2) expect(row).toBe(base.image[`c1.${table}.${stage}`])
          else expect(['030200', '000000']).toContain(row.slice(14))
        }
        expect(frames.map(({ hex }) => hex.slice(2, 4))).toEqual(['c2', 'c1', 'c0', 'c2'])
        expect(items.every(({ id }) => id === `c0.${slot}` || id.startsWith('c1.2.'))).toBe(true)
      }), { numRuns: 40 })
    })
  })

  it.each([
    ['the tables are refused', (rig: Gb2007Rig) => { rig.device.faults.refuses_writes = true }], ['half a table is taken', (rig: Gb2007Rig) => { rig.device.faults.partial_after = 1 }],
    ['the answer to the tables is lost', (rig: Gb2007Rig) => { rig.device.faults.atRequest('write', () => rig.device.faults.nextReply('dropped', 'write'), 2) }],
    ['the answer to the end is lost', (rig: Gb2007Rig) => { rig.device.faults.atRequest('write', () => rig.device.faults.nextReply('dropped', 'write'), 4) }],
    ['what was written is not kept', (rig: Gb2007Rig) => { rig.device.faults.ignores_writes = true }],
  ])('ends the download when %s', async (_, arm) => {
    await withBaseline({}, async (base, adapter, rig) => {
      const writes = adapter.plan(base, wantedOf(NEXT))
      arm(rig)
      await adapter.push(writes, never()).catch(() => undefined)
      expect([rig.gb.isDownloading, rig.gb.ended > 0]).toEqual([false, true])
    })
  })

  it('ends the download when it is called off in the middle, and one that was left open before it takes anything back', async () => {
    await withBaseline({}, async (base, adapter, rig) => {
      const writes = adapter.plan(base, wantedOf(NEXT))
      const stop = new AbortController()
      rig.device.faults.atRequest('write', () => { stop.abort(new Error('enough')) }, 2)
      await expect(adapter.push(writes, stop.signal)).rejects.toThrow('enough')
      expect(rig.gb.isDownloading).toBe(false)
      rig.gb.answer({ operation: 'set', asked: [{ id: 'c2', indexes: [], rest: '01' }] })
      expect((await adapter.readConfig(never())).mode).toBe('unknown')
      expect((await adapter.rollback(base, writes, never())).sentences).toEqual([])
      expect(rig.gb.isDownloading).toBe(false)
      expect((await adapter.readConfig(never())).image).toEqual(base.image)
    })
  })

  it('sends nothing where another row changed since it was read', async () => {
    await withBaseline({}, async (base, adapter, rig) => {
      const writes = adapter.plan(base, wantedOf(NEXT))
      const running = rig.device.timing(1)!
      rig.device.store(3, { ...running, offset: (running.offset + 70) % running.cycle }, 'cabinet')
      await expect(adapter.push(writes, never())).rejects.toThrow('no more those that the write set was made for')
      expect(rig.gb.ended).toBe(0)
    })
  })

  it('tells by the durations of stages that 0xB6 was echoed and ignored', async () => {
    await withBaseline({}, async (base, adapter, rig) => {
      // The same cycle and offset as before: nothing but durations tells them apart.
      const writes = adapter.plan(base, wantedOf({ stages: [35, 24, 31], offset_s: 10 }))
      await adapter.push(writes, never())
      rig.device.faults.echo_without_effect = true
      await adapter.activate(writes, rig.clock.now(), undefined, never())
      const seen = await adapter.observe(writes, 2, never())
      expect(seen.level).toBeLessThan(4)
      expect(seen.sentences.join()).toContain('took 40, 22, 28 s (0xBE), not 35, 24, 31')
    })
  })

  it('points the row of the pattern that runs to its stages where 0xB6 has no effect, and back', async () => {
    await withBaseline({ profile: { system_pattern: 'no_effect' }, used_slot: false }, async (base, adapter, rig) => {
      const writes = adapter.plan(base, wantedOf(NEXT))
      await adapter.push(writes, never())
      const before = rig.wire.length
      await adapter.activate(writes, rig.clock.now(), undefined, never())
      expect(rig.wire.slice(before).every(({ hex }) => !hex.startsWith('81b6'))).toBe(true)
      const seen = await adapter.observe(writes, 2, never())
      expect([seen.level, seen.active_slot]).toEqual([4, writes.slot])
      expect((await adapter.readConfig(never())).image['c0.1']).toBe(`01${writes.items.at(-1)!.new.slice(2)}`)
      expect((await adapter.rollback(base, writes, never())).sentences).toEqual([])
      expect((await adapter.readConfig(never())).image).toEqual(base.image)
    })
  })

  it.each([
    [{ host: '', port: 1 }, 'host is ""'], [{ host: 'a' }, 'port is undefined'], [{ host: 'a', port: 1, groups: { 1: 33 } }, 'phases from 1 to 32'], [{ host: 'a', port: 1, password: 'x' }, 'password is "x"'],
    [{ host: 'a', port: 1, profile: { writes: 'both' } }, 'writes is "both"'], [{ host: 'a', port: 1, patterns: [33] }, 'patterns is [33]'],
  ])('refuses settings %j with place and value', async (settings, sentence) => {
    const rig = await gb2007Rig({ dialect: STANDARD })
    await rig.close()
    expect(() => gbt20999LegacyDriver.open({ ...rig.record, settings }, rig.context)).toThrow(sentence)
  })
})
