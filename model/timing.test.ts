import { describe, expect, it } from 'vitest'
import { dualRingPattern, dualRingSignal } from '../test/dual-ring.ts'
import { street } from '../test/street.ts'
import { emptyDemand } from './demand.ts'
import { listPlanSwitches, runningPatterns } from './schedule.ts'
import type { Timing } from './scenario.ts'
import { formatTimeOfDay, metresFromFeet, modulo, mpsFromMph, parseTimeOfDay } from './units.ts'
import { validateDemand } from './validate-demand.ts'
import { minimumCycle, validateTiming } from './validate-timing.ts'

describe('units', () => {
  it('converts the field units exactly', () => {
    expect(metresFromFeet(1000)).toBeCloseTo(304.8, 12)
    expect(mpsFromMph(40)).toBeCloseTo(17.8816, 10)
    expect(modulo(-3, 90)).toBe(87)
  })

  it('reads and writes times of day and refuses what is none', () => {
    for (const text of ['00:00', '07:05', '17:00', '23:59:30', '24:00']) expect(formatTimeOfDay(parseTimeOfDay(text) ?? -1)).toBe(text)
    for (const text of ['25:00', '7', '12:60', 'noon', '24:01', '']) expect(parseTimeOfDay(text)).toBeUndefined()
  })
})

const timing = (): Timing => ({
  format: 'greenwave.timing/1',
  plans: [{ id: 'day', patterns: [dualRingPattern('S1')] }, { id: 'night', patterns: [{ ...dualRingPattern('S1'), offset_s: 40 }] }],
  schedule: [{ weekdays: [1, 2], start_s: 6 * 3600, plan: 'day' }, { weekdays: [1, 2], start_s: 22 * 3600, plan: 'night' }],
})

describe('runningPatterns', () => {
  it('takes the last switch before the time of day, and the evening plan before the first', () => {
    expect(runningPatterns(timing(), 7 * 3600, 1).get('S1')?.offset_s).toBe(10)
    expect(runningPatterns(timing(), 23 * 3600, 2).get('S1')?.offset_s).toBe(40)
    expect(runningPatterns(timing(), 3 * 3600, 1).get('S1')?.offset_s).toBe(40)
  })

  it('falls back to the first plan on a day without switches', () => {
    expect(runningPatterns(timing(), 12 * 3600, 7).get('S1')?.offset_s).toBe(10)
  })
})

describe('listPlanSwitches', () => {
  it('lists what the schedule switches inside a span, without its ends, on the day asked for', () => {
    const switches = (from_h: number, until_h: number, weekday?: number): [number, number | undefined][] =>
      listPlanSwitches(timing(), from_h * 3600, until_h * 3600, weekday).map(({ time_s, patterns }) => [time_s / 3600, patterns.get('S1')?.offset_s])
    expect(switches(0, 24)).toEqual([[6, 10], [22, 40]])
    expect(switches(6, 22)).toEqual([])
    expect(switches(5, 7)).toEqual([[6, 10]])
    expect(switches(0, 24, 7)).toEqual([])
  })
})

describe('validateTiming', () => {
  const network = (): ReturnType<typeof street> => {
    const built = street()
    built.signals[0] = { ...dualRingSignal('S1'), nodes: ['S1'] }
    return built
  }

  it('passes a sound timing', () => {
    expect(validateTiming(network(), timing()).plans).toHaveLength(2)
  })

  it('refuses a cycle shorter than its minimums, with both numbers', () => {
    const short = timing()
    short.plans[0]!.patterns[0] = { ...dualRingPattern('S1'), cycle_s: 49 }
    // Each barrier group needs 5 + 5 for the left and 10 + 5 for the through: 25 s, twice.
    expect(minimumCycle(dualRingSignal(), dualRingPattern())).toBe(50)
    expect(() => validateTiming(network(), short)).toThrow(/pattern of signal "S1": the cycle of 49 s is shorter than its minimums, 50 s/)
  })

  it('refuses patterns of unknown signals and plans that do not exist', () => {
    const unknown = timing()
    unknown.plans[0]!.patterns[0] = dualRingPattern('S9')
    expect(() => validateTiming(network(), unknown)).toThrow(/signal "S9" does not exist/)
    const missing = timing()
    missing.schedule[0]!.plan = 'holiday'
    expect(() => validateTiming(network(), missing)).toThrow(/plan "holiday" does not exist/)
  })
})

describe('validateDemand', () => {
  it('refuses volumes of unknown movements, negative volumes and routes over unknown links', () => {
    const interval = { id: 'a', start_s: 0, end_s: 900 }
    const volumes = (movement: string, value: number): Parameters<typeof validateDemand>[1] => ({ ...emptyDemand(), intervals: [interval], volumes: [{ movement, volume_vph: [value] }] })
    expect(() => validateDemand(street(), volumes('wS1>S1m', 400))).not.toThrow()
    expect(() => validateDemand(street(), volumes('nowhere', 400))).toThrow(/movement "nowhere" does not exist/)
    expect(() => validateDemand(street(), volumes('wS1>S1m', -4))).toThrow(/volume_vph is -4/)
    expect(() => validateDemand(street(), { ...emptyDemand(), routes: [{ id: 'r', links: ['xy'] }] })).toThrow(/link "xy" does not exist/)
  })
})
