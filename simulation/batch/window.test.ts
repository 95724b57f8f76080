import { describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { emptyDemand, type Demand } from '../../model/demand.ts'
import { simulationWindow } from './window.ts'

const graph = countedStreet(['s', 's'])
const compiled = (cycle_s: number): { compiled: { signal: string; cycle_s: number; offset_s: number; groups: [] }[] } => ({ compiled: [{ signal: 'c0', cycle_s, offset_s: 0, groups: [] }] })
const hour = { start_s: 25_200, end_s: 28_800 }
const counted: Demand = { ...emptyDemand(), intervals: [{ id: 'h', ...hour }], volumes: [{ movement: 'west>c0>c1', volume_vph: [400] }, { movement: 'c0>c1>east', volume_vph: [400] }] }
/** One vehicle a minute through the street, which takes 60 s at the limit. */
const driven = (from_s: number, until_s: number): Demand => {
  const depart_s = Array.from({ length: (until_s - from_s) / 60 }, (_, i) => from_s + i * 60)
  return { ...emptyDemand(), routes: [{ id: 'r', links: ['west>c0', 'c0>c1', 'c1>east'] }], vehicles: { depart_s, route: depart_s.map(() => 0), type: depart_s.map(() => 0) } }
}

describe('simulationWindow', () => {
  it('warms up for three of the longest cycles or twice the longest way, in whole cycles', () => {
    const short = simulationWindow({ graph, demand: counted, period: hour, plans: [compiled(60), compiled(90)] })
    expect(short.measure_from_s - short.start_s).toBe(270)
    const slow = countedStreet(['s', 's'])
    for (const link of slow.network.links) link.speed_mps = 3
    const long = simulationWindow({ graph: slow, demand: counted, period: hour, plans: [compiled(90)] })
    // 900 m at 3 m/s, twice: 600 s, and on to 7 cycles.
    expect(long.measure_from_s - long.start_s).toBe(630)
  })

  it('holds volumes for an hour in whole cycles, and says so where the period is shorter', () => {
    const window = simulationWindow({ graph, demand: counted, period: { start_s: 25_200, end_s: 26_100 }, plans: [compiled(70)] })
    expect(window.start_s).toBe(25_200)
    expect(window.measure_until_s - window.measure_from_s).toBe(52 * 70)
    expect(window.stop_at_s).toBeGreaterThan(window.measure_until_s)
    expect(window.assumptions.join(' ')).toContain('held longer than they were counted (15 min)')
  })

  it('warms up with the vehicles before the period where there are any, else with the first of it', () => {
    const before = simulationWindow({ graph, demand: driven(21_600, 32_400), period: hour, plans: [compiled(90)] })
    expect(before).toMatchObject({ start_s: 25_200 - 270, measure_from_s: 25_200, measure_until_s: 28_800 })
    const alone = simulationWindow({ graph, demand: driven(25_200, 28_800), period: hour, plans: [compiled(90)] })
    expect(alone).toMatchObject({ start_s: 25_200, measure_from_s: 25_470, measure_until_s: 28_800 })
    const short = simulationWindow({ graph, demand: driven(25_200, 26_100), period: { start_s: 25_200, end_s: 26_100 }, plans: [compiled(90)] })
    expect(short).toMatchObject({ start_s: 25_200, measure_from_s: 25_200, measure_until_s: 26_100 })
    expect(short.assumptions[0]).toContain('too short for a warm-up of 270 s')
    expect(() => simulationWindow({ graph, demand: driven(25_200, 26_100), period: { start_s: 0, end_s: 900 }, plans: [] })).toThrow('no vehicle departs in 00:00-00:15')
  })
})
