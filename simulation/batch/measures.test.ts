// What a batch measures beyond the usual: control delay by reference runs that plans share, fuel.
import { describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import { emptyDemand, type Demand } from '../../model/demand.ts'
import type { CompiledSignal, GreenWindow } from '../../model/plan.ts'
import { compare } from './compare.ts'
import { simulatePlans, type PlanToSimulate, type SimulatePlansOptions } from './simulate-plans.ts'

const graph = countedStreet(['s', 's'])
const period = { start_s: 25_200, end_s: 28_800 }
const along = graph.network.movements.filter(({ turn, from }) => turn === 'through' && !/^[ns]/.test(from))
const demand: Demand = { ...emptyDemand(), intervals: [{ id: 'h', ...period }], volumes: graph.network.movements.filter(({ turn }) => turn !== 'u-turn').map(({ id }) => ({ movement: id, volume_vph: [along.some((each) => each.id === id) ? 300 : 5] })) }

const plan = (id: string, main: GreenWindow, offsets: number[]): PlanToSimulate => ({
  id,
  compiled: offsets.map((offset_s, i): CompiledSignal => ({
    signal: `c${i}`, cycle_s: 60, offset_s,
    groups: [{ id: 'main', green_windows_s: [main], yellow_s: 3, red_clearance_s: 2 }, { id: 'side', green_windows_s: [[38, 55]], yellow_s: 3, red_clearance_s: 2 }],
  })),
})

const corridor = resolveCorridor(graph, { id: 'c', name: 'c', intersections: ['c0', 'c1'] })
const job: SimulatePlansOptions = {
  graph, demand, period, corridor, seeds: [1, 2], window_s: 600, trajectories: false,
  plans: [plan('short', [0, 15], [0, 21]), plan('long', [0, 33], [0, 21]), plan('long again', [0, 33], [0, 21])],
}

describe('a batch with more measures', () => {
  it('judges plans by the control delay and the fuel of the same vehicles', async () => {
    const { plans } = await simulatePlans({ ...job, measures: { control_delay: true, fuel: 'circles' } })
    const [short, long, again] = plans.map(({ evaluation }) => evaluation)
    expect(long!.control_delay_s!.mean).toBeGreaterThan(2)
    expect(short!.control_delay_s!.mean).toBeGreaterThan(long!.control_delay_s!.mean + 3)
    expect(again!.control_delay_s).toEqual(long!.control_delay_s)
    // What the signals cost is most of what is lost, and all of it is lost against the own free way.
    expect(long!.control_delay_s!.mean).toBeLessThan(long!.delay_s.mean + long!.insertion_delay_s.mean + 1)
    expect(short!.fuel_g!.mean).toBeGreaterThan(long!.fuel_g!.mean)
    expect(long!.fuel_covered_share).toBe(1)
    const differences = compare(short!, long!)
    for (const measure of ['control_delay_s', 'corridor_control_delay_s', 'fuel_g', 'co2_g']) expect(differences.find((each) => each.measure === measure)!.difference.mean).toBeLessThan(0)
    expect(long!.corridor.outbound.control_delay_s!.mean).toBeGreaterThan(0)
    expect(long!.movements.find(({ on_corridor }) => on_corridor)!.graded_by).toBe('control_delay')
  }, 60_000)

  it('changes nothing else by measuring more', async () => {
    const [plain, more] = await Promise.all([simulatePlans(job), simulatePlans({ ...job, measures: { control_delay: true, fuel: 'hbefa3' } })])
    plain.plans.forEach(({ evaluation }, i) => {
      const { control_delay_s, fuel_g } = evaluation
      expect([control_delay_s, fuel_g]).toEqual([undefined, undefined])
      expect(more.plans[i]!.evaluation.delay_s).toEqual(evaluation.delay_s)
      expect(more.plans[i]!.evaluation.stops).toEqual(evaluation.stops)
    })
  }, 60_000)
})
