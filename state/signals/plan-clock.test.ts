import { describe, expect, it } from 'vitest'
import { LocalTime } from '../../model/local-time.ts'
import type { Timing } from '../../model/scenario.ts'
import type { StagePattern } from '../../model/signal.ts'
import { madeUpStreet } from '../runs/testing.ts'
import { PlanClock } from './plan-clock.ts'

const { network } = madeUpStreet()
const SHANGHAI = new LocalTime('Asia/Shanghai')
/** Monday 2026-01-05, local midnight. */
const MIDNIGHT = SHANGHAI.instant(20_458, 0)

const pattern = (cycle_s: number, green_s: number, offset_s: number): StagePattern => ({
  kind: 'stages', signal: 'A', cycle_s, offset_s, offset_reference: 'sequence_start', coordinated: ['g'],
  stages: [{ id: 's1', kind: 'stage', green: ['g'], duration_s: green_s }, { id: 's2', kind: 'interstage', green: [], duration_s: cycle_s - green_s }],
})
const timing = (control?: Timing['control']): Timing => ({
  format: 'greenwave.timing/1', plans: [{ id: 'day', patterns: [pattern(100, 40, 30)] }, { id: 'evening', patterns: [pattern(80, 30, 0)] }],
  schedule: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 6 * 3600, plan: 'day' }, { weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 20 * 3600, plan: 'evening' }], ...(control === undefined ? {} : { control }),
})
const clock = new PlanClock(network, timing(), SHANGHAI)
const TEN = MIDNIGHT + 36_000

describe('PlanClock', () => {
  it('finds the green that runs and the one after it, counted from local midnight', () => {
    expect(clock.find(0, TEN + 35)).toEqual({ start_s: TEN + 30, end_s: TEN + 70, next_s: TEN + 130 })
    expect(clock.find(0, TEN + 30)!.start_s).toBe(TEN + 30)
    expect(clock.find(0, TEN + 120)!.start_s).toBe(TEN + 30)
    expect(clock.find(0, TEN + 29)!.start_s).toBe(TEN - 70)
    expect(clock.cycle(0, TEN)).toBe(100)
  })

  it('changes plans by the schedule: a green of the old plan ends with it', () => {
    const change = MIDNIGHT + 20 * 3600
    const last = clock.find(0, change - 1)!
    expect(last.start_s).toBe(change - 70)
    expect(last.next_s).toBe(change)
    expect(clock.find(0, change + 5)).toEqual({ start_s: change, end_s: change + 30, next_s: change + 80 })
    expect(clock.cycle(0, change + 5)).toBe(80)
  })

  it('follows the evening plan over midnight until the morning', () => {
    expect(clock.cycle(0, MIDNIGHT + 3600)).toBe(80)
    const found = clock.find(0, MIDNIGHT)!
    expect(found.start_s).toBeLessThanOrEqual(MIDNIGHT)
    expect(found.next_s).toBeGreaterThan(MIDNIGHT)
  })

  it('always answers with a green that began before and is followed by one after', () => {
    for (let time = MIDNIGHT; time < MIDNIGHT + 86_400; time += 17.3) {
      const found = clock.find(3, time)!
      expect(found.start_s).toBeLessThanOrEqual(time)
      expect(found.end_s).toBeGreaterThan(found.start_s)
      expect(found.next_s).toBeGreaterThan(time)
      expect(found.end_s).toBeLessThanOrEqual(found.next_s)
    }
  })

  it('knows nothing of movements without a signal, of signals without a pattern and of actuated greens', () => {
    expect(clock.find(1, TEN)).toBeUndefined()
    expect(clock.find(2, TEN)).toBeUndefined()
    expect(clock.cycle(1, TEN)).toBeUndefined()
    const actuated = new PlanClock(network, timing([{ signal: 'A', type: 'actuated' } as never]), SHANGHAI)
    expect(actuated.find(0, TEN)).toBeUndefined()
    expect(actuated.cycle(0, TEN)).toBeUndefined()
  })
})
