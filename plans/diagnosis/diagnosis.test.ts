import { beforeAll, afterAll, describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { PlaceCard } from '../../model/diagnosis.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { SimulationPool } from '../../simulation/batch/index.ts'
import { advance, diagnosePlaces, mergeWorklist } from './index.ts'
import { calmState } from './testing.ts'

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

  it('measures a treatment at the next diagnosis, or says that it cannot tell', () => {
    const treated = step(step(step(card, 'proposed'), 'approved', 'b'), 'treated')
    const effect = (value: number, width: number): PlaceCard => mergeWorklist({ format: 'greenwave.worklist/1', cards: [treated] }, [{ ...card, before: { delay_s: { value, low: value - width, high: value + width }, date: '2026-03-01' } }], '2026-03-01').cards[0]!
    expect(effect(40, 5).effect).toMatchObject({ verdict: 'better', delay_s: { value: -20 } })
    expect(effect(80, 5).effect!.verdict).toBe('worse')
    expect(effect(57, 5).effect!.verdict).toBe('cannot tell')
    expect(effect(40, 5).status).toBe('measured')
  })
})
