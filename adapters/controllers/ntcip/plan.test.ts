import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareLamps, lampTimingOf } from '../../../model/device/lamp-timing.ts'
import type { Baseline } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { OffsetReference, StagePattern } from '../../../model/signal.ts'
import type { Settings } from './config.ts'
import { WRITABLE, writeValueOf } from './objects.ts'
import { valuesOf } from './push.ts'
import { patternTiming } from './rings.ts'
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

  it('takes stages where rings show the same, and refuses them where a ring would be without a phase', async () => {
    const { adapter, device } = ntcipRig({ transaction: false })
    const base = await adapter.readConfig(never)
    const staged = (...stages: [green: string[], duration_s: number][]): StagePattern => ({
      kind: 'stages', signal: 'S', cycle_s: stages.reduce((sum, [, duration_s]) => sum + duration_s, 0), offset_s: 21, offset_reference: 'sequence_start', coordinated: ['2', '6'],
      stages: stages.map(([green, duration_s], i) => ({ id: String(i), kind: green.length > 0 ? 'stage' : 'interstage', green, duration_s })),
    })
    const want = { ...wantedTiming(), pattern: staged([['1', '6'], 12], [['6'], 5], [['2', '6'], 30], [[], 5], [['4', '8'], 33], [[], 5]) }
    const writes = adapter.plan(base, want)
    expect(compareLamps(lampTimingOf(SIGNAL, want.pattern), writes.timing)).toEqual([])
    for (const { id, new: value } of writes.items) expect(device.set(id, Number(value))).toBe('DONE')
    expect(compareLamps(writes.timing, device.controller.timing(writes.slot)!)).toEqual([])
    expect(() => adapter.plan(base, { ...want, pattern: staged([['2', '6'], 30], [[], 8], [['4', '8'], 33], [[], 5]) })).toThrow(/without a phase for 3 s/)
    expect(() => adapter.plan(base, { ...want, pattern: staged([['2', '6'], 30], [[], 5], [['4', '8'], 33], [[], 5], [['2', '6'], 20], [[], 5]) })).toThrow(/green 2 times/)
  })

  it('shows overlaps as the controller forms them, and refuses kinds that are green at other times too', async () => {
    const base = await baseline()
    const [type, parents, modifiers] = [2, 3, 4].map((column) => `${A}.9.2.1.${column}.1`) as [string, string, string]
    const signal = { ...SIGNAL, groups: [...SIGNAL.groups, { id: 'A', kind: 'vehicle' as const, min_green_s: 5, yellow_s: 4, red_clearance_s: 1 }], overlaps: [{ group: 'A', parents: ['1', '2'] }] }
    const settings = { phases: new Map(SIGNAL.groups.map(({ id }) => [id, Number(id)])), overlaps: new Map([['A', 1]]), profile: { max_varbinds: 10, split_number_writable: 'no', sync_point: 'unknown', sync_minutes: undefined } } as unknown as Settings
    const image = { ...base.image, [type]: '2', [parents]: '0x0102', [modifiers]: '0x' }
    // Through the change from phase 1 to phase 2: 18 s and 32 s less the last clearance.
    expect(patternTiming(image, 1, settings, signal)?.groups.find(({ group }) => group === 'A')?.greens.map(([start, end]) => end - start)).toEqual([450])
    expect(() => patternTiming({ ...image, [type]: '3' }, 1, settings, signal)).toThrow(/overlap 1/)
    expect(() => patternTiming({ ...image, [modifiers]: '0x06' }, 1, settings, signal)).toThrow(/overlap 1/)
  })

  it('refuses phases that nobody named, and rings that do not meet', async () => {
    const base = await baseline()
    const { adapter } = ntcipRig()
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
