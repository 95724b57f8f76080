import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareLamps, lampTimingOf } from '../../../model/device/lamp-timing.ts'
import type { Baseline } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { OffsetReference } from '../../../model/signal.ts'
import { WRITABLE, writeValueOf } from './objects.ts'
import { valuesOf } from './push.ts'
import { NEXT, ntcipRig, ringPattern, SIGNAL, wantedTiming, type Splits } from './testing.ts'

const never = new AbortController().signal
const A = '1.3.6.1.4.1.1206.4.2.1'
const REFERENCES: OffsetReference[] = ['sequence_start', 'begin_of_green', 'first_green', 'begin_of_yellow', 'begin_of_red']

/** Splits of a dual ring that meet at both barriers. */
const splits = fc.record({ first: fc.integer({ min: 40, max: 120 }), second: fc.integer({ min: 40, max: 120 }), cuts: fc.array(fc.integer({ min: 12, max: 22 }), { minLength: 4, maxLength: 4 }), offset: fc.nat(250), lag: fc.boolean() })
  .map(({ first, second, cuts, offset, lag }): Splits => ({
    cycle_s: first + second, offset_s: offset % (first + second), lag,
    splits: [cuts[0]!, first - cuts[0]!, cuts[1]!, second - cuts[1]!, cuts[2]!, first - cuts[2]!, cuts[3]!, second - cuts[3]!],
  }))

const baseline = (setup = {}, settings = {}): Promise<Baseline> => ntcipRig(setup, settings).adapter.readConfig(never)

describe('a plan for a controller', () => {
  it('is the same lamps in the arithmetic of the emulated controller, wherever its offset is measured', async () => {
    for (const sync_point of [2, 3, 4, 5, 6, 7]) {
      const rig = ntcipRig({ sync_point, sync_minutes: sync_point === 3 ? 185 : 0, transaction: false })
      const base = await rig.adapter.readConfig(never)
      await fc.assert(fc.asyncProperty(splits, fc.constantFrom(...REFERENCES), async (some, offset_reference) => {
        const want = { ...wantedTiming(some), pattern: { ...ringPattern(some), offset_reference } }
        const writes = rig.adapter.plan(base, want)
        expect(compareLamps(lampTimingOf(SIGNAL, want.pattern), writes.timing)).toEqual([])
        for (const { id, new: value } of writes.items) expect(rig.device.set(id, Number(value))).toBe('DONE')
        expect(compareLamps(writes.timing, rig.device.controller.timing(writes.slot)!)).toEqual([])
      }), { numRuns: 12 })
    }
  })

  it('puts nothing into a frame but ids on the list', async () => {
    const rig = ntcipRig()
    const base = await rig.adapter.readConfig(never)
    fc.assert(fc.property(splits, (some) => {
      for (const { object } of valuesOf(rig.adapter.plan(base, wantedTiming(some))).flat()) expect(WRITABLE).toContain(object)
    }), { numRuns: 40 })
  })

  it('takes a cycle of 255 s and refuses 256 s, and whatever is no whole second', async () => {
    const { adapter } = ntcipRig()
    const base = await adapter.readConfig(never)
    const long = (cycle_s: number): Splits => ({ cycle_s, splits: [60, 80, 50, cycle_s - 190, 60, 80, 50, cycle_s - 190] })
    expect(adapter.plan(base, wantedTiming(long(255))).timing.cycle).toBe(2550)
    expect(() => adapter.plan(base, wantedTiming(long(256)))).toThrow(/cycle is 256 s/)
    expect(() => adapter.plan(base, wantedTiming({ ...NEXT, offset_s: 3.5 }))).toThrow(/\.5 s at the sync point/)
    expect(() => adapter.plan(base, wantedTiming({ cycle_s: 100, splits: [20.5, 37.5, 17, 25, 19, 39, 18, 24] }))).toThrow(/would be 20\.5/)
  })

  it('chooses the sequence that has the order, and refuses an order that no sequence has', async () => {
    const { adapter } = ntcipRig()
    const base = await adapter.readConfig(never)
    const sequence = (lag: boolean): string | undefined => adapter.plan(base, wantedTiming({ ...NEXT, lag })).items.find(({ name }) => name.endsWith('patternSequenceNumber'))?.new
    expect([sequence(false), sequence(true)]).toEqual(['1', '2'])
    const one = ntcipRig({ sequences: [[[1, 2, 3, 4], [5, 6, 7, 8]]] })
    const other = await one.adapter.readConfig(never)
    expect(() => one.adapter.plan(other, wantedTiming({ ...NEXT, lag: true }))).toThrow(/no sequence of the controller/)
  })

  it('uses no pattern that runs or that an action names, nor a split of another', async () => {
    const named = Array.from({ length: 14 }, (_, i) => i + 1)
    expect(ntcipRig().adapter.plan(await baseline({ actions: named }), wantedTiming()).slot).toBe(15)
    expect(() => ntcipRig().adapter.plan({ ...base16 }, wantedTiming())).toThrow(/no pattern is spare/)
    const shared = { patterns: Array.from({ length: 16 }, (_, i) => ({ pattern: i + 1, cycle_s: i === 0 ? 90 : 0, offset_s: 0, split: 1, sequence: 1 })) }
    const base = await baseline(shared)
    expect(() => ntcipRig().adapter.plan(base, wantedTiming())).toThrow(/split_number_writable/)
    const writable = ntcipRig({}, { profile: { split_number_writable: 'yes' } }).adapter.plan(base, wantedTiming())
    expect(writable.items.find(({ name }) => name === 'pattern 2 patternSplitNumber')?.new).toBe('2')
  })

  it('counts offsets from where the system cycle begins, and refuses where nobody knows', async () => {
    const { adapter } = ntcipRig()
    const base = await adapter.readConfig(never)
    const offsetAt = (image: Record<string, string>, profile = {}): string | undefined => ntcipRig({}, { profile }).adapter.plan({ ...base, image: { ...base.image, ...image } }, wantedTiming()).items.at(-1)?.new
    const [SYNC, midnight] = [`${A}.5.1.0`, Number(offsetAt({}))]
    // 61 minutes are 60 s more than 36 cycles of 100 s.
    expect(Number(offsetAt({ [SYNC]: '61' }))).toBe((midnight + 40) % 100)
    expect(offsetAt({ [SYNC]: '65535' }, { sync_minutes: 61 })).toBe(offsetAt({ [SYNC]: '61' }))
    expect(() => offsetAt({ [SYNC]: '65535' })).toThrow(/sync_minutes/)
  })

  it('refuses stages, phases that nobody named, and rings that do not meet', async () => {
    const base = await baseline()
    const { adapter } = ntcipRig()
    const stages = { kind: 'stages' as const, signal: 'S', cycle_s: 90, offset_s: 0, offset_reference: 'sequence_start' as const, coordinated: ['2'], stages: [] }
    expect(() => adapter.plan(base, { ...wantedTiming(), pattern: stages })).toThrow(/stages/)
    expect(() => adapter.plan(base, wantedTiming({ cycle_s: 100, splits: [20, 38, 17, 25, 18, 39, 18, 24] }))).toThrow(/must meet/)
    const unnamed = ntcipRig({}, { groups: { 1: 1, 2: 2 } })
    expect(() => unnamed.adapter.plan(base, wantedTiming())).toThrow(/nobody said which phase/)
  })

  it('finds a green above the maximum that holds in coordination, an open transaction, and foreign ids', async () => {
    const { adapter } = ntcipRig()
    const base = await adapter.readConfig(never)
    const writes = adapter.plan(base, wantedTiming())
    const rulesOf = (image: Record<string, string>): string[] => adapter.check({ ...base, image: { ...base.image, ...image } }, writes).map(({ rule }) => rule)
    expect(rulesOf({})).toEqual([])
    expect(rulesOf({ [`${A}.4.3.0`]: '2', [`${A}.1.2.1.6.4`]: '15' })).toEqual(['range'])
    expect(rulesOf({ [`${A}.4.3.0`]: '2', [`${A}.1.2.1.6.2`]: '15' })).toEqual([])
    expect(rulesOf({ '1.3.6.1.4.1.1206.4.2.6.2.1.0': '2' })).toEqual(['mode'])
    expect(rulesOf({ [`${A}.4.1.0`]: '3' })).toEqual(['mode'])
    const foreign = { ...writes, items: [...writes.items, { id: `${A}.1.2.1.4.2`, name: 'phaseMinimumGreen', old: '10', new: '1' }] }
    expect(adapter.check(base, foreign).map(({ rule, weight }) => [rule, weight])).toEqual([['never-written', 'hard']])
    expect(() => valuesOf({ ...writes, items: [] })).toThrow(GreenwaveError)
  })
})

describe('an id', () => {
  it('is read back as the object that it is', () => {
    expect(writeValueOf(`${A}.4.9.1.3.12.6`, 30)).toEqual({ object: 'splitTime', index: [12, 6], value: 30 })
  })
})

const base16 = await baseline({ actions: Array.from({ length: 16 }, (_, i) => i + 1) })
