import { describe, expect, it } from 'vitest'
import { resolveCorridor } from '../model/corridor.ts'
import type { Evaluation, MeanCi, MovementMeasures } from '../model/evaluation.ts'
import { levelOfService } from '../model/evaluation.ts'
import { RoadGraph } from '../model/road-graph.ts'
import { street } from '../test/street.ts'
import { simulatedLosers } from './losers.ts'

const graph = new RoadGraph(street())
const corridor = resolveCorridor(graph, { id: 'c', name: 'c', intersections: ['S1', 'S2'] })

const MEAN: MeanCi = { mean: 0, ci95: null }
const WAY = { vehicles: 0, travel_time_s: MEAN, stops: MEAN, delay_s: MEAN, share_at_most_one_stop: MEAN }

/** Delay by movement of the street, s. The throughs of the corridor are `wS1>S1m` and `mS2>S2e`. */
function evaluation(delays: Record<string, number>, changed: Partial<MovementMeasures> = {}): Evaluation {
  const movements = Object.entries(delays).map(([id, delay_s]): MovementMeasures => {
    const { from, to, signal, turn } = graph.getMovement(id)
    return {
      movement: id, from, to, from_link: from, to_link: to, ...(signal === undefined ? {} : { signal }), on_corridor: turn === 'through',
      volume_vph: 100, delay_s, stops: 0, queue_p95_m: 0, level_of_service: levelOfService(delay_s), ...changed,
    }
  })
  return {
    runs: 1, seeds: [1], gridlocked_runs: 0, completed_share: 1, travel_time_s: MEAN, delay_s: MEAN, stops: MEAN, insertion_delay_s: MEAN,
    corridor: { outbound: WAY, inbound: WAY }, movements, vehicle_updates: 0, cpu_s: 0, per_seed: [],
  }
}

describe('who loses by simulation', () => {
  it('names movement, signal, delays and levels of service in one sentence', () => {
    const [loser] = simulatedLosers(graph, corridor, evaluation({ 'nS2>S2e': 20 }), evaluation({ 'nS2>S2e': 40.04 }))
    expect(loser).toMatchObject({ kind: 'side-street', signal: 'S2', movement: 'nS2>S2e', measure: 'delay_s', before: 20, after: 40 })
    expect(loser?.sentence).toBe('nS2 to S2e at S2: delay 20 s before, 40 s after (B to D), 100 veh/h')
  })

  it('tells throughs of the corridor, turns and side streets apart', () => {
    const before = evaluation({ 'mS2>S2e': 10, 'mS2>S2n': 10, 'nS2>S2e': 10 })
    const after = evaluation({ 'mS2>S2e': 30, 'mS2>S2n': 30, 'nS2>S2e': 30 })
    expect(simulatedLosers(graph, corridor, before, after).map(({ kind }) => kind)).toEqual(['through', 'turning', 'side-street'])
  })

  it('passes over what nobody feels: up to 5 s, and up to a tenth of a long wait', () => {
    const lost = (before: number, after: number): number => simulatedLosers(graph, corridor, evaluation({ 'nS2>S2e': before }), evaluation({ 'nS2>S2e': after })).length
    expect([lost(10, 15), lost(10, 15.1), lost(100, 109), lost(100, 111), lost(30, 10)]).toEqual([0, 1, 0, 1, 0])
  })

  it('passes over a handful of vehicles, places without a signal, and movements that were not measured before', () => {
    const few = { volume_vph: 9 }
    expect(simulatedLosers(graph, corridor, evaluation({ 'nS2>S2e': 10 }, few), evaluation({ 'nS2>S2e': 90 }, few))).toEqual([])
    expect(simulatedLosers(graph, corridor, evaluation({ 'S1m>mS2': 10 }), evaluation({ 'S1m>mS2': 90 }))).toEqual([])
    expect(simulatedLosers(graph, corridor, evaluation({}), evaluation({ 'nS2>S2e': 90 }))).toEqual([])
  })

  it('lists first where most vehicle-hours are lost', () => {
    const before = evaluation({ 'nS2>S2e': 10, 'mS2>S2n': 10 })
    const after = evaluation({ 'nS2>S2e': 30, 'mS2>S2n': 25 })
    const busy: Evaluation = { ...after, movements: after.movements.map((measures) => (measures.movement === 'mS2>S2n' ? { ...measures, volume_vph: 400 } : measures)) }
    expect(simulatedLosers(graph, corridor, before, after).map(({ movement }) => movement)).toEqual(['nS2>S2e', 'mS2>S2n'])
    expect(simulatedLosers(graph, corridor, before, busy).map(({ movement }) => movement)).toEqual(['mS2>S2n', 'nS2>S2e'])
  })
})
