import fc from 'fast-check'
import { expect, it } from 'vitest'
import { modulo } from '../units.ts'
import { AsRunRecorder, driftOf, judgeLamps, lampAlarm } from './as-run.ts'
import type { Lamp, LampTiming } from './device.ts'

const MIDNIGHT = 1_767_571_200
const PLAN: LampTiming = {
  cycle: 600, offset: 130,
  groups: [
    { group: '1', greens: [[0, 250]], yellow: 30, red_clearance: 20 }, { group: '2', greens: [[300, 550]], yellow: 30, red_clearance: 20 },
    { group: 'always', greens: [[0, 600]], yellow: 30, red_clearance: 20 }, { group: 'never', greens: [], yellow: 30, red_clearance: 20 },
  ],
}

/** What somebody who looks every half second sees of a controller that runs a plan. */
function watched(plan: LampTiming, from: number, seconds: number, every = 0.5, break_at = Number.POSITIVE_INFINITY): AsRunRecorder {
  const recorder = new AsRunRecorder()
  for (let at = from; at <= from + seconds; at += every) {
    const local = modulo(Math.round((at - MIDNIGHT) * 10) - plan.offset, plan.cycle)
    const isGreen = (greens: [number, number][]): boolean => greens.some(([start, end]) => modulo(local - start, plan.cycle) < end - start)
    if (at < break_at) recorder.add({ time_s: at, lamps: plan.groups.map(({ group, greens }): { group: string; lamp: Lamp } => ({ group, lamp: isGreen(greens) ? 'green' : 'red' })) })
  }
  return recorder
}
const watchOf = (recorder: AsRunRecorder) => ({ midnight_s: MIDNIGHT, from_s: recorder.from_s!, until_s: recorder.until_s!, widest_gap_s: recorder.widest_gap_s })

it('finds that lamps follow from whichever instant they are watched', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 80_000 }), fc.integer({ min: 0, max: 9 }), (from, tenths) => {
    const recorder = watched(PLAN, MIDNIGHT + from + tenths / 10, 121)
    expect(judgeLamps(PLAN, recorder.greens(), watchOf(recorder))).toEqual({ cycles: 2, followed: true, sentences: [] })
  }))
})

it('tells any shift and any other green of more than the tolerance, and forgives less', () => {
  fc.assert(fc.property(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 14, max: 580 }), (from, by) => {
    const recorder = watched({ ...PLAN, offset: PLAN.offset + by }, MIDNIGHT + from, 121)
    const judged = judgeLamps(PLAN, recorder.greens(), watchOf(recorder))
    expect(judged.followed).toBe(by > 586)
    expect(judged.sentences.join()).toMatch(/group [12] should turn (green|yellow) at \d+/)
  }))
  const little = watched({ ...PLAN, offset: PLAN.offset + 7 }, MIDNIGHT + 400, 121)
  expect(judgeLamps(PLAN, little.greens(), watchOf(little)).followed).toBe(true)
})

it('tells a green that should not be, one that never came, and a lamp that should not change', () => {
  const other: LampTiming = {
    ...PLAN, groups: [{ ...PLAN.groups[0]!, greens: [[0, 100], [150, 250]] }, { ...PLAN.groups[1]!, greens: [] }, { ...PLAN.groups[2]!, greens: [[0, 500]] }, { ...PLAN.groups[3]!, greens: [[0, 50]] }],
  }
  const recorder = watched(other, MIDNIGHT + 13, 121)
  const text = judgeLamps(PLAN, recorder.greens(), watchOf(recorder)).sentences.join('\n')
  expect(text).toContain('group 1 turned green at 27.8 s of the day, which is not in the plan')
  expect(text).toMatch(/group 2 should turn green at [\d.]+ s of the day and never did/)
  expect(text).toContain('and 2 more differences')
  const steady = judgeLamps({ ...other, groups: PLAN.groups.slice(2) }, recorder.greens().filter(({ group }) => group.length > 1), watchOf(recorder)).sentences
  expect(steady).toEqual(['group always should always be green and was so for 100 s of 120 s', 'group never should never be green and was so for 10 s'])
})

it('says nothing of less than two cycles, nor of lamps seen too rarely', () => {
  const short = watched(PLAN, MIDNIGHT, 119)
  expect(judgeLamps(PLAN, short.greens(), watchOf(short))).toEqual({ cycles: 1, followed: false, sentences: ['1 whole cycles of 60 s were watched; at least 2 must be'] })
  const rare = watched(PLAN, MIDNIGHT, 180, 3)
  expect(judgeLamps(PLAN, rare.greens(), watchOf(rare))).toMatchObject({ followed: false, sentences: ['nothing was seen for 3 s: an edge can\'t be told within 1 s'] })
  expect(lampAlarm(PLAN, rare.greens(), watchOf(rare))).toBeUndefined()
})

it('tells a drifting clock from another plan', () => {
  const late = watched({ ...PLAN, offset: PLAN.offset + 35 }, MIDNIGHT + 1000, 181)
  expect(driftOf(late.greens(), PLAN, MIDNIGHT)).toBeCloseTo(3.5, 0)
  expect(lampAlarm(PLAN, late.greens(), watchOf(late))).toMatchObject({ kind: 'drift' })
  const other = watched({ ...PLAN, cycle: 700 }, MIDNIGHT + 1000, 181)
  expect(lampAlarm(PLAN, other.greens(), watchOf(other))).toMatchObject({ kind: 'mismatch' })
  const right = watched(PLAN, MIDNIGHT + 1000, 181)
  expect(lampAlarm(PLAN, right.greens(), watchOf(right))).toBeUndefined()
})

it('leaves out samples that are older than the last', () => {
  const recorder = watched(PLAN, MIDNIGHT, 121)
  const before = recorder.greens()
  recorder.add({ time_s: MIDNIGHT + 5, lamps: [{ group: '1', lamp: 'green' }, { group: 'never', lamp: 'green' }] })
  expect(recorder.greens()).toEqual(before)
  expect(recorder.groups).toEqual(['1', '2', 'always', 'never'])
})

it('forgets a gap between samples once it lies before the watch', () => {
  const recorder = new AsRunRecorder()
  for (const time_s of [0, 1, 6, 7, 9, 10]) recorder.add({ time_s, lamps: [] })
  expect([recorder.widest_gap_s, recorder.widestGap(0), recorder.widestGap(6), recorder.widestGap(9), recorder.widestGap(10)]).toEqual([5, 5, 2, 1, 0])
})
