import { beforeAll, afterAll, describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { PlaceCard } from '../../model/diagnosis.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { DayState, TrafficState } from '../../model/traffic-state.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { SimulationPool } from '../../simulation/batch/index.ts'
import { advance, diagnosePlaces, mergeWorklist } from './index.ts'
import { calmState, sure } from './testing.ts'

let scenario: Scenario
let pool: SimulationPool
beforeAll(async () => {
  scenario = (await readScenario('scenarios/textbook-arterial')).scenario
  pool = new SimulationPool(1)
})
afterAll(() => pool.close())

const request = (state: TrafficState, runs: number) => ({ scenario, state, period: resolvePeriod(scenario), runs, seed: 1, places: 3, date: '2026-01-06', pool })

describe('the diagnosis of a measured street', () => {
  it('leaves signals alone at which nothing is wrong', async () => {
    const { places, sound, unknown } = await diagnosePlaces(request(calmState(scenario), 0))
    expect(sound.length).toBeGreaterThan(0)
    expect(unknown).toEqual([])
    expect(places.every(({ findings }) => findings.length > 0)).toBe(true)
  })

  it('says of what it knows nothing', async () => {
    const state = calmState(scenario)
    const blind = { ...scenario, demand: { ...scenario.demand, volumes: [] } }
    const { unknown } = await diagnosePlaces({ ...request({ ...state, movements: [] }, 0), scenario: blind })
    expect(unknown).toHaveLength(scenario.network.signals.length)
  })

  it('refuses a state of another network', async () => {
    const state = calmState(scenario)
    state.movements[0] = { ...state.movements[0]!, movement: 'elsewhere' }
    await expect(diagnosePlaces(request(state, 0))).rejects.toThrow('movement "elsewhere"')
  })
})

describe('the worklist', () => {
  const card: PlaceCard = {
    id: 's@peak', name: 's', links: [], delay_veh_h_per_day: 10, avoidable_veh_h_per_day: 4, findings: [], status: 'tried', before: { delay_s: { value: 60, low: 55, high: 65 }, date: '2026-01-05' },
    history: [{ status: 'found', date: '2026-01-05', by: 'greenwave' }, { status: 'analysed', date: '2026-01-05', by: 'greenwave' }, { status: 'tried', date: '2026-01-05', by: 'greenwave' }],
  }
  const step = (from: PlaceCard, status: PlaceCard['status'], by = 'a'): PlaceCard => advance(from, status, { by, date: '2026-01-06' })

  it('skips no step, and asks a second person to approve', () => {
    expect(() => step(card, 'approved')).toThrow('proposed or dismissed')
    const proposed = step(card, 'proposed')
    expect(() => step(proposed, 'approved')).toThrow('somebody else')
    expect(step(step(proposed, 'approved', 'b'), 'treated').history.map(({ by }) => by)).toEqual(['greenwave', 'greenwave', 'greenwave', 'a', 'b', 'a'])
  })

  it('keeps what people did when a place comes up again', () => {
    const proposed = { ...step(card, 'proposed'), owner: 'crew 3' }
    const again = { ...card, delay_veh_h_per_day: 12 }
    const [kept] = mergeWorklist({ format: 'greenwave.worklist/1', cards: [proposed] }, [again], '2026-02-01').cards
    expect(kept).toMatchObject({ status: 'proposed', owner: 'crew 3', delay_veh_h_per_day: 12 })
  })

  it('measures a treatment with the day as unit, and leaves it open until there are days enough', () => {
    const movements = [{ movement: 'm', weight: 1 }]
    const day = (i: number, delay: number): DayState => ({ day: `2026-01-${String(i).padStart(2, '0')}`, movements: [{ movement: 'm', from: 'a', to: 'b', control_delay_s: sure(delay), day_delay_s: delay, arrival_on_green: sure(null), probes: 50 }] })
    // Working days only.
    const before = [5, 6, 7, 8, 9].map((i, k) => ({ day: day(i, 0).day, delay_s: 60 + k, control_s: null }))
    const proposed = advance({ ...card, follow: { period: 'peak', movements, control: [], days: before } }, 'proposed', { by: 'a', date: '2026-01-10' })
    const treated = advance(advance(proposed, 'approved', { by: 'b', date: '2026-01-10' }), 'treated', { by: 'a', date: '2026-01-10' })
    // The treated place does not come up again: it is followed all the same.
    const next = (delays: readonly number[]): PlaceCard => mergeWorklist({ format: 'greenwave.worklist/1', cards: [treated] }, [], '2026-02-01', { period: 'peak', daily: [13, 14, 15, 16, 19].slice(0, delays.length).map((i, k) => day(i, delays[k]!)) }).cards[0]!
    expect(next([40, 41, 42])).toMatchObject({ status: 'treated', effect: { verdict: 'cannot tell', days_after: 3 } })
    expect(next([40, 41, 42, 40, 41])).toMatchObject({ status: 'measured', effect: { verdict: 'better', days_before: 5, days_after: 5, control: false } })
    expect(next([80, 81, 82, 80, 81]).effect!.verdict).toBe('worse')
    expect(next([40, 90, 55, 70, 62])).toMatchObject({ status: 'measured', effect: { verdict: 'cannot tell' } })
    expect(mergeWorklist({ format: 'greenwave.worklist/1', cards: [treated] }, [], '2026-02-01', { period: 'night', daily: [day(13, 40)] }).cards[0]).toEqual(treated)
  })
})
