import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Signal, StagePattern } from '../signal.ts'
import type { LampTiming } from './device.ts'
import { compareLamps, lampTimingOf, withLocalZero } from './lamp-timing.ts'

const group = (id: string) => ({ id, kind: 'vehicle' as const, min_green_s: 5, yellow_s: 3.5, red_clearance_s: 1.5 })
const signal: Signal = { id: 'a', source_id: 'a', nodes: [], groups: [group('1'), group('2')], conflicts: [['1', '2']] }
const pattern = (offset_s: number, first = 30): StagePattern => ({
  kind: 'stages', signal: 'a', cycle_s: 60, offset_s, offset_reference: 'sequence_start', coordinated: ['1'],
  stages: [
    { id: 'A', kind: 'stage', green: ['1'], duration_s: first - 5 }, { id: 'ab', kind: 'interstage', green: [], duration_s: 5 },
    { id: 'B', kind: 'stage', green: ['2'], duration_s: 55 - first }, { id: 'ba', kind: 'interstage', green: [], duration_s: 5 },
  ],
})

it('keeps greens, yellow and red clearance in tenths', () => {
  expect(lampTimingOf(signal, pattern(12))).toEqual({
    cycle: 600, offset: 120,
    groups: [{ group: '1', greens: [[0, 250]], yellow: 35, red_clearance: 15 }, { group: '2', greens: [[300, 550]], yellow: 35, red_clearance: 15 }],
  } satisfies LampTiming)
})

it('refuses what the unit of a controller cannot say', () => {
  expect(() => lampTimingOf(signal, pattern(12.5), 10)).toThrow('the offset of signal a is 12.5 s; the controller keeps whole multiples of 1 s')
  expect(() => lampTimingOf(signal, pattern(12.55))).toThrow('12.55')
})

it('shows the same lamps from whichever zero they are told, and others after any change', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 59 }), fc.integer({ min: -2000, max: 2000 }), fc.integer({ min: 12, max: 45 }), (offset, shift, first) => {
    const one = lampTimingOf(signal, pattern(offset, first))
    expect(compareLamps(one, withLocalZero(one, shift))).toEqual([])
    expect(compareLamps(one, lampTimingOf(signal, pattern(offset + 1, first)))).not.toEqual([])
    expect(compareLamps(one, lampTimingOf(signal, pattern(offset, first + 1)))).not.toEqual([])
  }))
})
