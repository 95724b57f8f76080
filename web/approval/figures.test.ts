import { describe, expect, it } from 'vitest'
import type { MovementMeasures } from '../../model/evaluation.ts'
import { secondsOf, shiftOf, tightestOf, timeText, timingChanges, waitOf, winnersOf } from './figures.ts'

const movement = (id: string, delay_s: number, volume_vph = 100): MovementMeasures => ({ movement: id, from: 'a', to: 'b', from_link: 'a', to_link: 'b', on_corridor: true, volume_vph, delay_s, stops: 1, queue_p95_m: 0, level_of_service: 'B' })

describe('what comes nearest to its limit', () => {
  it('is told once a rule, with how many were compared and broken', () => {
    const row = (rule: 'minimum-green' | 'conflict', value_s: number, limit_s: number) => ({ rule, groups: ['1'], value_s, limit_s, holds: rule === 'conflict' ? value_s <= limit_s : value_s >= limit_s })
    const [conflict, green] = tightestOf([row('minimum-green', 9, 5), row('minimum-green', 4, 5), row('minimum-green', 20, 5), row('conflict', 0, 0), row('conflict', 2, 0)])
    expect([conflict?.compared, conflict?.broken, conflict?.row.value_s]).toEqual([2, 1, 2])
    expect([green?.compared, green?.broken, green?.row.value_s]).toEqual([3, 1, 4])
  })
})

describe('winners', () => {
  it('gain as much as losers must lose to be named, the most vehicle-hours first', () => {
    const before = { movements: [movement('much', 60), movement('busy', 40, 900), movement('little', 20), movement('rare', 90, 5), movement('loser', 20)] }
    const after = { movements: [movement('much', 30), movement('busy', 30, 900), movement('little', 16), movement('rare', 10, 5), movement('loser', 50)] }
    expect(winnersOf(before, after).map((one) => one.movement)).toEqual(['busy', 'much'])
  })
})

describe('what changes in a controller', () => {
  const timing = (offset: number, end: number) => ({ cycle: 1000, offset, groups: [{ group: '2', greens: [[900, end]] as [number, number][], yellow: 30, red_clearance: 20 }, { group: '9', greens: [], yellow: 0, red_clearance: 0 }] })
  it('has cycle, offset and each green with where its force-off lies in the cycle', () => {
    expect(timingChanges({ mode: 'coordinated', groups: [{ group: '2', name: 'phase 2' }], timing: timing(20, 1300) }, timing(980, 1350))).toEqual([
      { what: 'cycle', now: 100, next: 100 }, { what: 'offset', now: 2, next: 98 }, { what: 'green', group: '2', name: 'phase 2', now: 40, next: 45, windows: ['90.0–30.0', '90.0–35.0'] },
    ])
    expect(timingChanges(undefined, timing(0, 1000)).map(({ now }) => now)).toEqual([undefined, undefined, undefined])
  })
  it('moves an offset the shorter way round', () => {
    expect([shiftOf(2, 98, 100), shiftOf(98, 2, 100), shiftOf(10, 60, 100), shiftOf(5, 5, 100)]).toEqual([-4, 4, 50, 0])
  })
})

it('reads times of day as they are typed, and nothing else', () => {
  expect(['7:30', '24:00', '00:00'].map(secondsOf)).toEqual([27_000, 86_400, 0])
  expect(['24:01', '7:60', 'noon', ''].map(secondsOf)).toEqual([undefined, undefined, undefined, undefined])
  expect([27_000, 86_400].map(timeText)).toEqual(['07:30', '24:00'])
})

describe('what a push waits for', () => {
  const watch = (begins: string, ends: string, cycle_s = 100) => ({ begins_at: `2027-01-15T08:${begins}Z`, ends_at: `2027-01-15T08:${ends}Z`, cycle_s, cycles: 2 })
  it('is writing first, then the last of the members to be watched, and nothing in the end', () => {
    expect(waitOf([{ state: 'STORED' }, { state: 'SENDING' }, { state: 'CHECKED' }])).toEqual({ done: 1, of: 3 })
    expect(waitOf([{ state: 'ARMED', watch: watch('00:10', '16:50') }, { state: 'ARMED', watch: watch('00:10', '08:30', 50) }, { state: 'EFFECTIVE' }])).toEqual({
      done: 1, of: 3, watch: { begins_ms: Date.parse('2027-01-15T08:00:10Z'), earliest_ms: Date.parse('2027-01-15T08:03:30Z'), latest_ms: Date.parse('2027-01-15T08:16:50Z'), cycle_s: 100, cycles: 2 },
    })
    expect(waitOf([{ state: 'LEASED' }, { state: 'ROLLED_BACK' }])).toBeUndefined()
  })
})
