// Runs of the microsimulation for the diagram, without any globals of a worker: the service's own engine, demand and window. Vehicles and
// queues along the corridor as columns.
import { resolveCorridor } from '../../model/corridor.ts'
import type { Direction } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { corridorPosition, listStations } from '../../plans/stations.ts'
import { compileStreet, getCorridor, withPlan } from '../../plans/street.ts'
import { simulationWindow } from '../../simulation/batch/window.ts'
import { drawTripTable, resolvePeriod, tripSources, vehicleTypes } from '../../simulation/demand/index.ts'
import { createRun, prepareNetwork, type RunResult } from '../../simulation/index.ts'
import { observed, type QueueArea, QueueAreas } from '../../simulation/observe/index.ts'
import { columnsOf, joined } from './columns.ts'
import type { EngineInput, QueueColumns, Simulated, SimulateRequest, TrajectoryColumns } from './protocol.ts'

const DIRECTIONS: Direction[] = ['outbound', 'inbound']
const WINDOW_S = 1800
const STEP_S = 0.5
const LOOK_S = 4
/** The length of a car: on a screen that shows three kilometres it is a pixel. */
export const TOLERANCE_M = 5
/** Steps between two reports of progress. */
const REPORT_STEPS = 200
const MOST_RUNS = 50

/** Throws plan.refused for a plan with a fault; whatever `onProgress` throws ends it. */
export function simulateDocument(input: EngineInput, request: SimulateRequest, onProgress: (share: number) => void): Simulated {
  const { scenario } = input
  const graph = new RoadGraph(scenario.network)
  const corridor = resolveCorridor(graph, getCorridor(scenario.scenario, input.corridor))
  const period = resolvePeriod(scenario, input.period)
  const compiled = compileStreet(graph, withPlan(graph, runningPatterns(scenario.timing, period.start_s), request.document ?? input.original))
  const window = simulationWindow({ graph, demand: scenario.demand, period, plans: [{ compiled }], window_s: request.window_s ?? WINDOW_S })
  const sources = tripSources(graph, scenario.demand, { from_s: window.start_s, until_s: window.measure_until_s, period, growth: 1 })
  const types = vehicleTypes(scenario.demand)
  const prepared = prepareNetwork(scenario.network)
  const ways = DIRECTIONS.map((direction) => corridor[direction]?.links ?? [])
  const mapping = DIRECTIONS.map((direction) => corridorPosition(corridor, listStations(graph, corridor), direction))
  const parts: TrajectoryColumns[] = []
  let [areas, stopLines, runs, gridlocked, vehicles]: [QueueArea[], Float32Array[], number, boolean, number] = [[], [], 0, false, 0]
  const wanted = request.vehicles ?? 1
  while (vehicles < wanted && runs < MOST_RUNS) {
    const seed = request.seed + runs
    const looks = new QueueAreas(ways, LOOK_S)
    const { start_s, measure_from_s, measure_until_s, stop_at_s } = window
    const run = observed(createRun(prepared, {
      network: scenario.network, signals: compiled, trips: drawTripTable(graph, types, sources, seed), vehicle_types: types, corridor: { outbound: [ways[0]!], inbound: [ways[1]!] },
      options: { seed, step_s: STEP_S, model: 'idm', rules: scenario.scenario.driving ?? 'field', start_s, measure_from_s, measure_until_s, stop_at_s, record_trajectories: true },
    }), runs === 0 ? [looks] : [])
    // Of all runs that it will take, as far as can be told by now.
    const expected = runs === 0 || vehicles === 0 ? 1 : (wanted / vehicles) * runs
    for (let step = 1; run.step(); step++) {
      if (step % REPORT_STEPS === 0) onProgress(Math.min(0.99, (runs + (run.world.now - start_s) / (measure_until_s - start_s)) / Math.max(expected, runs + 1)))
    }
    const result = run.result()
    const own = vehiclesOf(result, mapping)
    parts.push(own)
    vehicles += own.directions.length
    gridlocked ||= result.gridlocked
    if (runs === 0) [areas, stopLines] = [looks.areas, DIRECTIONS.map((direction) => result.trajectories?.stop_lines_m[direction] ?? new Float32Array())]
    runs += 1
    if (own.directions.length === 0) break
  }
  return { trajectories: joined(parts), queues: queuesOf(areas.filter(({ time_s }) => time_s >= window.measure_from_s && time_s <= window.measure_until_s), stopLines, mapping), range_s: [window.measure_from_s, window.measure_until_s], runs, gridlocked }
}

function vehiclesOf({ trajectories }: RunResult, mapping: readonly ((travelled_m: number) => number)[]): TrajectoryColumns {
  if (trajectories === undefined) return joined([])
  const { start, time_s, position_m, direction } = trajectories
  const positions_m = new Float32Array(position_m.length)
  for (let v = 0; v < direction.length; v++) {
    for (let i = start[v]!; i < start[v + 1]!; i++) positions_m[i] = mapping[direction[v]!]!(position_m[i]!)
  }
  return columnsOf({ starts: start, times_s: time_s, positions_m }, (v) => direction[v]!, TOLERANCE_M, 'simulated')
}

function queuesOf(areas: readonly QueueArea[], stopLines: readonly Float32Array[], mapping: readonly ((travelled_m: number) => number)[]): QueueColumns {
  const at = ({ way, place }: QueueArea, behind_m: number): number => mapping[way]!((stopLines[way]![place] ?? 0) - behind_m)
  return {
    starts_s: Float32Array.from(areas, ({ time_s }) => time_s), ends_s: Float32Array.from(areas, ({ time_s }) => time_s + LOOK_S),
    front_m: Float32Array.from(areas, (area) => at(area, area.front_m)), back_m: Float32Array.from(areas, (area) => at(area, area.back_m)),
    directions: Uint8Array.from(areas, ({ way }) => way), spillback: Uint8Array.from(areas, ({ full }) => (full ? 1 : 0)),
  }
}
