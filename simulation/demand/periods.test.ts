import { describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { emptyDemand, type Demand } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import { listPeriods, resolvePeriod } from './periods.ts'
import { listMissingVolumes, movementVolumes } from './volumes.ts'

const graph = countedStreet(['s'])
const hour = (h: number): { start_s: number; end_s: number } => ({ start_s: h * 3600, end_s: (h + 1) * 3600 })

function scenarioWith(demand: Partial<Demand>, periods: Period[]): Scenario {
  return {
    scenario: { format: 'greenwave.scenario/1', name: 's', time_zone: 'UTC', coordinate_reference: { kind: 'local' }, corridors: [], periods },
    network: graph.network, demand: { ...emptyDemand(), ...demand }, timing: { format: 'greenwave.timing/1', plans: [], schedule: [] },
  }
}

const COUNTS: Partial<Demand> = {
  intervals: [{ id: 'i7', ...hour(7) }, { id: 'i8', ...hour(8) }, { id: 'i17', ...hour(17) }],
  volumes: [{ movement: 'west>c0>east', volume_vph: [300, 500, 400] }, { movement: 'east>c0>west', volume_vph: [200, null, 600] }],
}
const counted = scenarioWith(COUNTS, [{ id: 'am', ...hour(7) }, { id: 'am-long', start_s: 25_200, end_s: 32_400 }, { id: 'pm', ...hour(17) }])
const driven = scenarioWith({ routes: [{ id: 'r', links: ['west>c0', 'c0>east'] }], vehicles: { depart_s: [25_210, 25_300, 28_790], route: [0, 0, 0], type: [0, 0, 0] } }, [])

const codeOf = (run: () => unknown): string => {
  try {
    run()
  } catch (error) {
    return error instanceof GreenwaveError ? `${error.code}: ${error.message}` : String(error)
  }
  return 'nothing thrown'
}

describe('resolvePeriod', () => {
  it('takes an id, a start, a range, or the busiest', () => {
    expect(resolvePeriod(counted, 'am-long').end_s).toBe(32_400)
    expect(resolvePeriod(counted, '17:00').id).toBe('pm')
    expect(resolvePeriod(counted, '7:00').id).toBe('am')
    expect(resolvePeriod(counted, '07:15-08:30')).toEqual({ id: '07:15-08:30', start_s: 26_100, end_s: 30_600 })
    expect(resolvePeriod(counted).id).toBe('pm')
  })

  it('refuses what is no period, with the value and some that are', () => {
    expect(codeOf(() => resolvePeriod(counted, '06:00'))).toBe('period.unknown: there is no period "06:00"; there are am (07:00-08:00), am-long (07:00-09:00), pm (17:00-18:00)')
    expect(codeOf(() => resolvePeriod(counted, 'rush'))).toContain('there is no period "rush"')
    expect(codeOf(() => resolvePeriod(counted, '08:30-09:30'))).toContain('does not cover the period "08:30-09:30"')
    expect(codeOf(() => resolvePeriod(counted, '25:00'))).toContain('period.unknown')
    expect(codeOf(() => resolvePeriod(scenarioWith({}, [])))).toContain('the scenario has no traffic')
  })

  it('makes periods of intervals or of the departures where the scenario names none', () => {
    expect(listPeriods(scenarioWith(COUNTS, [])).map(({ id }) => id)).toEqual(['i7', 'i8', 'i17'])
    expect(listPeriods(driven)).toEqual([{ id: '07:00-08:00', start_s: 25_200, end_s: 28_800 }])
    expect(resolvePeriod(driven).id).toBe('07:00-08:00')
    expect(resolvePeriod(driven, '07:10-07:30').start_s).toBe(25_800)
  })
})

describe('movementVolumes', () => {
  it('averages the intervals by overlap and leaves out what nobody measured', () => {
    const volumes = movementVolumes(graph, counted.demand, { start_s: 27_000, end_s: 32_400 })
    expect(volumes.get('west>c0>east')).toBeCloseTo((300 + 2 * 500) / 3, 9)
    expect(volumes.get('east>c0>west')).toBe(200)
    expect(movementVolumes(graph, counted.demand, hour(8)).has('east>c0>west')).toBe(false)
    expect(listMissingVolumes(graph, counted.demand, hour(8))).toContain('east>c0>west')
    expect(listMissingVolumes(graph, counted.demand, hour(7))).not.toContain('east>c0>west')
  })

  it('does not count an hour twice that is there with its quarters', () => {
    const quarters = [0, 1, 2, 3].map((q) => ({ id: `q${q}`, start_s: 25_200 + q * 900, end_s: 26_100 + q * 900 }))
    const demand: Demand = { ...emptyDemand(), intervals: [{ id: 'whole', ...hour(7) }, ...quarters], volumes: [{ movement: 'west>c0>east', volume_vph: [400, 100, 200, 500, 700] }] }
    const at = (start_s: number, end_s: number): number | undefined => movementVolumes(graph, demand, { start_s, end_s }).get('west>c0>east')
    expect(at(25_200, 28_800)).toBe(400)
    expect(at(27_000, 27_900)).toBe(500)
    expect(at(25_200, 27_000)).toBe(150)
    const periods = demand.intervals.map(({ id, start_s, end_s }) => ({ id, start_s, end_s }))
    expect(resolvePeriod(scenarioWith(demand, periods)).id).toBe('whole')
  })

  it('counts the routes of vehicles where there are no volumes', () => {
    const volumes = movementVolumes(graph, driven.demand, { start_s: 25_200, end_s: 27_000 })
    expect(volumes.get('west>c0>east')).toBe(4)
    expect(volumes.get('east>c0>west')).toBe(0)
  })

  it('refuses a time without demand', () => {
    expect(codeOf(() => movementVolumes(graph, counted.demand, hour(12)))).toBe('period.unknown: there is no demand for 12:00-13:00: no interval of the counts overlaps it')
  })
})
