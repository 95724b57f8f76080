import { describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { emptyDemand } from '../../model/demand.ts'
import { listDemandAssumptions } from './assumptions.ts'

const PERIOD = { start_s: 0, end_s: 3600 }

describe('listDemandAssumptions', () => {
  it('says what begins and ends between intersections, what is missing and what cannot be', () => {
    const graph = countedStreet(['s', 's'])
    const counted: Record<string, number> = { 'west>c0>c1': 800, 'c0>c1>east': 700, 'east>c1>c0': 2100, 'c1>c0>west': 2160 }
    const movements = graph.network.movements.filter(({ turn, id }) => turn !== 'u-turn' && id !== 'n0>c0>s0')
    const demand = { ...emptyDemand(), intervals: [{ id: 'i', ...PERIOD }], volumes: movements.map(({ id }) => ({ movement: id, volume_vph: [counted[id] ?? 0] })) }
    expect(listDemandAssumptions(graph, demand, PERIOD)).toEqual([
      'Counts of neighbouring intersections differ: 60 veh/h begin and 100 veh/h end between intersections, so that every counted movement keeps its volume.',
      '1 signalised movements have no volume in the period: n0>c0>s0; they carry what the counts around them ask for.',
      'More is counted than lanes can carry even at steady green (1900 veh/h each): 2160 veh/h on the 1 lanes of link c1>c0, 2100 veh/h on the 1 lanes of link east>c1.',
    ])
    expect(listDemandAssumptions(graph, demand, PERIOD, 0.5)).toEqual([
      'The demand is multiplied by 0.5.',
      'Counts of neighbouring intersections differ: 30 veh/h begin and 50 veh/h end between intersections, so that every counted movement keeps its volume.',
      '1 signalised movements have no volume in the period: n0>c0>s0; they carry what the counts around them ask for.',
    ])
  })

  it('says that given vehicles drive as they are given', () => {
    const graph = countedStreet(['s'])
    const demand = { ...emptyDemand(), routes: [{ id: 'r', links: ['west>c0', 'c0>east'] }], vehicles: { depart_s: [5], route: [0], type: [0] } }
    expect(listDemandAssumptions(graph, demand, PERIOD)).toEqual(['Vehicles drive the routes and set off at the times of the scenario.'])
  })
})
