import { describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { emptyDemand, type Demand } from '../../model/demand.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import { selectPlans, type SelectOptions } from './select.ts'

const graph = countedStreet(['s', 's'])
const period = { start_s: 25_200, end_s: 28_800 }
const demand: Demand = {
  ...emptyDemand(), intervals: [{ id: 'h', ...period }],
  volumes: graph.network.movements.filter(({ turn }) => turn !== 'u-turn').map(({ id, turn }) => ({ movement: id, volume_vph: [turn === 'through' ? 250 : 20] })),
}
/** Main street green for the given part of a cycle of 60 s; the shorter, the worse. */
const plan = (green: number): { id: string; compiled: CompiledSignal[] } => ({
  id: `green-${green}`,
  compiled: ['c0', 'c1'].map((signal) => ({
    signal, cycle_s: 60, offset_s: 0,
    groups: [
      { id: 'main', green_windows_s: [[0, green]], yellow_s: 3, red_clearance_s: 2 },
      { id: 'side', green_windows_s: [[38, 55]], yellow_s: 3, red_clearance_s: 2 },
    ],
  })),
})
const candidates = [8, 33, 12, 20].map(plan)
const options: SelectOptions = { graph, demand, period, window_s: 300 }

describe('selectPlans', () => {
  it('halves the field, keeps the best, and estimates it from seeds that no choice has seen', async () => {
    const found = await selectPlans(candidates, { runs: 16, final_seeds: 3 }, { ...options, baseline: plan(10) })
    expect(found.chosen).toBe('green-33')
    expect(found.rounds.map(({ seeds, ranking, kept }) => [seeds, ranking.length, kept])).toEqual([[[1, 2], 4, 2], [[3, 4, 5, 6], 2, 1]])
    expect(found.rounds[0]!.ranking.map(({ id }) => id)).toEqual(['green-33', 'green-20', 'green-12', 'green-8'])
    expect(found.estimate.seeds).toEqual([7, 8, 9])
    expect(found.estimate.cost.mean - found.optimism).toBeCloseTo(found.rounds[1]!.ranking[0]!.cost, 9)
    expect(found.difference!.mean).toBeLessThan(0)
    expect(found.runs).toBe(4 * 2 + 2 * 4 + 2 * 3)
  })

  it('gives the same again, and lets the caller say what is to be small', async () => {
    const budget = { runs: 8, final_seeds: 1 }
    expect(await selectPlans(candidates, budget, options)).toEqual(await selectPlans(candidates, budget, options))
    const worst = await selectPlans(candidates, budget, { ...options, cost: ({ total_delay_s }) => -total_delay_s })
    expect(worst.chosen).toBe('green-8')
    expect((await selectPlans([plan(20)], { runs: 1, final_seeds: 1 }, options)).chosen).toBe('green-20')
  })

  it('refuses no plans, two of one name, and a budget that does not reach every plan', async () => {
    await expect(selectPlans([], { runs: 9, final_seeds: 1 }, options)).rejects.toThrow('0 plans')
    await expect(selectPlans([plan(20), plan(20)], { runs: 9, final_seeds: 1 }, options)).rejects.toThrow('"green-20" is there twice')
    await expect(selectPlans(candidates, { runs: 7, final_seeds: 1 }, options)).rejects.toThrow('4 plans need at least 8')
    await expect(selectPlans(candidates, { runs: 8, final_seeds: 0 }, options)).rejects.toThrow('0 fresh seeds')
  })
})
