import { describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import { backOfQueue } from '../../model/hcm/back-of-queue.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { CorridorResults, RunResult } from '../result.ts'
import { summariseRuns } from './summary.ts'

const graph = countedStreet(['s', 's'])
const { movements } = graph.network
const corridor = resolveCorridor(graph, { id: 'c', name: 'c', intersections: ['c0', 'c1'] })
const number = (id: string): number => movements.findIndex((movement) => movement.id === id)

function along(travel_time_s: number[], stops: number[], complete: number[]): CorridorResults {
  return { trip: Int32Array.from(stops, (_, i) => i), travel_time_s: Float64Array.from(travel_time_s), delay_s: Float64Array.from(travel_time_s, (t) => t - 50), stops: Int32Array.from(stops), complete: Uint8Array.from(complete) }
}

/** A run of three measured vehicles, the third of which never came through. */
function run(seed: number, more: Partial<RunResult> = {}): RunResult {
  const column = (values: Record<string, number>): Float64Array => Float64Array.from(movements, ({ id }) => values[id] ?? 0)
  return {
    seed, vehicles_demanded: 4, inserted: 3, completed: 2, inside: 1, waiting: 1, gridlocked: false, updates: 1000, end_s: 3600, missed_turns: 0, grants: 0,
    vehicles: {
      trip: Int32Array.of(0, 1, 2), travel_time_s: Float64Array.of(60 + seed, 80 + seed, Number.NaN), free_flow_s: Float64Array.of(50, 50, Number.NaN),
      delay_s: Float64Array.of(10, 30, 200), standing_s: Float64Array.of(0, 20, 180), stops: Int32Array.of(0, 1, 5), insertion_delay_s: Float64Array.of(0, 0, 6), completed: Uint8Array.of(1, 1, 0),
    },
    movements: {
      count: Int32Array.from(column({ 'west>c0>c1': 100, 'n0>c0>c1': 20 })), delay_sum_s: column({ 'west>c0>c1': 1200, 'n0>c0>c1': 1000 }),
      delay_count: Int32Array.from(column({ 'west>c0>c1': 100, 'n0>c0>c1': 20 })), stops_sum: Int32Array.from(column({ 'west>c0>c1': 30, 'n0>c0>c1': 20 })),
      queue_p95_m: column({ 'west>c0>c1': 40 + seed, 's0>c0>c1': 90 }), queue_max_m: column({}), queue_mean_m: column({}),
      demanded: Int32Array.from(column({ 'west>c0>c1': 100 })), travel_time_sum_s: column({ 'west>c0>c1': 4000 + 100 * seed }),
      spillback_share: column({ 's0>c0>c1': 0.5 }), blockings: Int32Array.from(column({ 's0>c0>c1': 3, 's0>c0>n0': 3 })),
      arrivals: Int32Array.from(column({ 'west>c0>c1': 100 })), arrivals_on_green: Int32Array.from(column({ 'west>c0>c1': 60 })), green_share: column({ 'west>c0>c1': 0.4 }),
      greens: Int32Array.from(column({ 'west>c0>c1': 20, 'n0>c0>c1': 20 })), split_failures: Int32Array.from(column({ 'n0>c0>c1': 5 })),
    },
    corridor: { outbound: along([90, 110, 300], [0, 2, 9], [1, 1, 0]), inbound: along([], [], []) },
    ...more,
  }
}

describe('summariseRuns', () => {
  const context = { graph, corridor, measured_s: 1800, cpu_s: 3 }
  const found = summariseRuns([run(1), run(3, { gridlocked: true, completed: 1 }), run(5)], context)

  it('counts gridlocked runs and drops none', () => {
    expect(found).toMatchObject({ runs: 3, seeds: [1, 3, 5], gridlocked_runs: 1, completed_share: 5 / 12, vehicle_updates: 3000, cpu_s: 3 })
    expect(found.per_seed.map(({ seed }) => seed)).toEqual([1, 3, 5])
  })

  it('takes travel time of those that came through, delay and stops of all', () => {
    expect(found.travel_time_s.mean).toBeCloseTo(73, 9)
    expect(found.travel_time_s.ci95).toBeCloseTo((4.3027 * 2) / Math.sqrt(3), 3)
    expect(found.delay_s).toEqual({ mean: 80, ci95: 0 })
    expect(found.stops.mean).toBe(2)
    expect(found.insertion_delay_s.mean).toBe(2)
  })

  it('measures the corridor on those that travelled all of it, and says nothing where nobody did', () => {
    expect(found.corridor.outbound).toMatchObject({ vehicles: 6, travel_time_s: { mean: 100 }, stops: { mean: 1 }, share_at_most_one_stop: { mean: 0.5 } })
    expect(found.corridor.inbound.vehicles).toBe(0)
    expect(found.corridor.inbound.stops).toEqual({ mean: Number.NaN, ci95: null })
    expect(found.per_seed[0]).toMatchObject({ corridor_stops: 1, corridor_travel_time_s: 100, side_street_delay_s: 50 })
  })

  it('grades movements by delay, and gives F to those where vehicles wait and none gets through', () => {
    const of = (id: string): (typeof found.movements)[number] | undefined => found.movements.find(({ movement }) => movement === id)
    expect(of('west>c0>c1')).toMatchObject({ from: 'west>c0', to: 'c0>c1', signal: 'c0', on_corridor: true, volume_vph: 200, delay_s: 12, stops: 0.3, queue_p95_m: 43, level_of_service: 'B' })
    expect(of('n0>c0>c1')).toMatchObject({ on_corridor: false, delay_s: 50, level_of_service: 'D' })
    expect(of('s0>c0>c1')).toMatchObject({ volume_vph: 0, delay_s: Number.NaN, level_of_service: 'F' })
    expect(of('c0>c1>east')).toMatchObject({ volume_vph: 0, delay_s: 0, level_of_service: 'A' })
    expect(movements[number('west>c0>west')]!.turn).toBe('u-turn')
    expect(of('west>c0>west')).toBeUndefined()
  })

  it('gives movements their intervals over the runs', () => {
    const west = found.movements.find(({ movement }) => movement === 'west>c0>c1')!
    expect(west.travel_time_s!.mean).toBeCloseTo(43, 9)
    expect(west.travel_time_s!.ci95).toBeCloseTo((4.3027 * 2) / Math.sqrt(3), 3)
    expect(west).toMatchObject({ delay_ci95: 0, delay_by_seed_s: [12, 12, 12], graded_by: 'speed_loss', arrivals_on_green: { mean: 0.6, ci95: 0 }, split_failure_share: { mean: 0 }, demand_vph: 200 })
    expect(west.platoon_ratio!.mean).toBeCloseTo(1.5, 9)
    expect(west.control_delay_s).toBeUndefined()
    expect(found.movements.find(({ movement }) => movement === 'n0>c0>c1')!.split_failure_share!.mean).toBe(0.25)
  })

  it('lays beside them the stops by the HCM, where the source gives the saturation flow of all lanes', () => {
    const id = 'west>c0>c1'
    const { network } = graph
    const second = network.connections.filter(({ movement }) => movement === id).map((connection) => ({ ...connection, id: `${id}/1`, from_lane: 1, to_lane: 1 }))
    const wide = new RoadGraph({
      ...network, connections: [...network.connections, ...second],
      movements: movements.map((movement) => (movement.id === id ? { ...movement, saturation_flow_vph: 3600 } : movement)),
    })
    const of = (movement: string): (typeof found.movements)[number] => summariseRuns([run(1)], { ...context, graph: wide }).movements.find((one) => one.movement === movement)!
    // 100 in half an hour, 20 greens of 36 s, 60 % of arrivals on green.
    const expected = backOfQueue({ lanes: 2, volume_vph: 200, saturation_vph: 3600, cycle_s: 90, green_s: 36, on_green: 0.6, speed_limit_mps: 15, period_h: 0.5 })
    expect(of(id)).toMatchObject({ capacity_vph: 1440, degree_of_saturation: 200 / 1440 })
    expect(of(id).stops_hcm).toBeCloseTo(expected.stops_per_vehicle, 9)
    expect(of(id).stops_hcm).toBeGreaterThan(0.2)
    expect(of('n0>c0>c1').stops_hcm).toBeUndefined()
  })

  it('counts the blockings of one queue once, however many movements wait in it', () => {
    expect(found.blockings_per_h!.mean).toBe(6)
    expect(found.arrivals_on_green!.mean).toBe(0.6)
  })

  it('grades by control delay where a reference run told it', () => {
    const base = run(1)
    const column = (value: number): Float64Array => Float64Array.from(movements, () => value)
    const graded = summariseRuns([{ ...base, movements: { ...base.movements, control_delay_sum_s: column(2500), control_delay_count: Int32Array.from(column(100)) }, vehicles: { ...base.vehicles, control_delay_s: Float64Array.of(4, 8, Number.NaN) } }], context)
    expect(graded.control_delay_s!.mean).toBe(6)
    expect(graded.movements.find(({ movement }) => movement === 'west>c0>c1')).toMatchObject({ delay_s: 12, control_delay_s: { mean: 25 }, level_of_service: 'C', graded_by: 'control_delay' })
  })

  it('lists what happens at each signal of a direction, in order of travel', () => {
    const { crossings } = found.corridor.outbound
    expect(crossings!.map(({ signal }) => signal)).toEqual(['c0', 'c1'])
    expect(crossings![0]).toMatchObject({ movement: 'west>c0>c1', distance_m: 0, delay_s: 12, stops: 0.3, arrivals_on_green: { mean: 0.6 } })
    expect(crossings![1]!.distance_m).toBeGreaterThan(100)
    expect(found.corridor.inbound.crossings!.map(({ signal }) => signal)).toEqual(['c1', 'c0'])
  })

  it('grades a street by its travel speed', () => {
    expect(found.corridor.outbound.level_of_service).toBeDefined()
    expect(found.corridor.outbound.travel_speed_mps! * found.corridor.outbound.travel_time_s.mean).toBeGreaterThan(500)
    expect(found.corridor.inbound.travel_speed_mps).toBeUndefined()
  })
})
