// From the runs of one plan to what is said of it. Every run counts, gridlocked ones too; a run gives one value per measure.
import { levelOfService, type DirectionMeasures, type Evaluation, type MovementMeasures } from '../../model/evaluation.ts'
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { Movement } from '../../model/network.ts'
import type { Direction } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { CorridorResults, RunResult } from '../result.ts'
import { mean, meanCi } from './statistics.ts'

export interface SummaryContext {
  graph: RoadGraph
  corridor?: ResolvedCorridor | undefined
  /** What was measured, s. */
  measured_s: number
  /** CPU time of all these runs, s. */
  cpu_s: number
}

const DIRECTIONS: Direction[] = ['outbound', 'inbound']

const sum = (values: ArrayLike<number>): number => {
  let total = 0
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i])) total += values[i]!
  return total
}

/** Mean over those that are numbers; NaN where there are none. */
const average = (values: ArrayLike<number>): number => mean(Array.from(values).filter((value) => Number.isFinite(value)))

/** Runs of one plan, at least one, with different seeds. */
export function summariseRuns(runs: readonly RunResult[], context: SummaryContext): Evaluation {
  const over = (value: (run: RunResult) => number): Evaluation['delay_s'] => meanCi(runs.map(value))
  const sides = sideStreetMovements(context)
  return {
    runs: runs.length,
    seeds: runs.map(({ seed }) => seed),
    gridlocked_runs: runs.filter(({ gridlocked }) => gridlocked).length,
    completed_share: share(sum(runs.map(({ completed }) => completed)), sum(runs.map(({ vehicles_demanded }) => vehicles_demanded))),
    travel_time_s: over(({ vehicles }) => average(vehicles.travel_time_s)),
    delay_s: over(({ vehicles }) => average(vehicles.delay_s)),
    stops: over(({ vehicles }) => average(vehicles.stops)),
    insertion_delay_s: over(({ vehicles }) => average(vehicles.insertion_delay_s)),
    corridor: { outbound: directionMeasures(runs, 'outbound'), inbound: directionMeasures(runs, 'inbound') },
    movements: movementMeasures(runs, context),
    vehicle_updates: sum(runs.map(({ updates }) => updates)),
    cpu_s: context.cpu_s,
    per_seed: runs.map((run) => perSeed(run, sides)),
  }
}

/** Nobody was to come: nobody failed to. */
const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 1)

/** Of those that travelled the whole corridor. */
interface WholeWay {
  travel_time_s: number[]
  delay_s: number[]
  stops: number[]
}

function wholeWay(results: readonly CorridorResults[]): WholeWay {
  const all: WholeWay = { travel_time_s: [], delay_s: [], stops: [] }
  for (const { complete, travel_time_s, delay_s, stops } of results) {
    complete.forEach((flag, i) => {
      if (flag === 0) return
      all.travel_time_s.push(travel_time_s[i]!)
      all.delay_s.push(delay_s[i]!)
      all.stops.push(stops[i]!)
    })
  }
  return all
}

const atMostOneStop = ({ stops }: WholeWay): number => (stops.length === 0 ? Number.NaN : stops.filter((count) => count <= 1).length / stops.length)

function directionMeasures(runs: readonly RunResult[], direction: Direction): DirectionMeasures {
  const ways = runs.map(({ corridor }) => wholeWay([corridor[direction]]))
  return {
    vehicles: sum(ways.map(({ stops }) => stops.length)),
    travel_time_s: meanCi(ways.map((way) => average(way.travel_time_s))),
    stops: meanCi(ways.map((way) => average(way.stops))),
    delay_s: meanCi(ways.map((way) => average(way.delay_s))),
    share_at_most_one_stop: meanCi(ways.map(atMostOneStop)),
  }
}

function perSeed(run: RunResult, sides: readonly number[]): Evaluation['per_seed'][number] {
  const { seed, vehicles, movements } = run
  const way = wholeWay(DIRECTIONS.map((direction) => run.corridor[direction]))
  const side = sides.reduce((total, m) => ({ delay: total.delay + movements.delay_sum_s[m]!, count: total.count + movements.delay_count[m]! }), { delay: 0, count: 0 })
  return {
    seed,
    travel_time_s: average(vehicles.travel_time_s),
    delay_s: average(vehicles.delay_s),
    stops: average(vehicles.stops),
    corridor_stops: average(way.stops),
    corridor_delay_s: average(way.delay_s),
    corridor_travel_time_s: average(way.travel_time_s),
    insertion_delay_s: average(vehicles.insertion_delay_s),
    side_street_delay_s: side.count === 0 ? Number.NaN : side.delay / side.count,
    share_at_most_one_stop: atMostOneStop(way),
  }
}

/** Movements at the signals of the corridor that come from elsewhere than along it; by index in the network. */
function sideStreetMovements({ graph, corridor }: SummaryContext): number[] {
  if (corridor === undefined) return []
  const along = new Set(DIRECTIONS.flatMap((direction) => corridor[direction]?.links ?? []))
  const signals = new Set(corridor.corridor.intersections)
  return graph.network.movements.flatMap(({ signal, from }, m) => (signal !== undefined && signals.has(signal) && !along.has(from) ? [m] : []))
}

/**
 * Movements with a signal, and others that somebody used. Delay is measured against the same vehicle's own free way past
 * the junction, which is control delay but for what followers lose on the way (HCM 7 chapter 19: grades by control delay).
 * Where vehicles wait and none gets through in any run, the delay is no number and the level F.
 */
function movementMeasures(runs: readonly RunResult[], context: SummaryContext): MovementMeasures[] {
  const { graph, corridor, measured_s } = context
  const along = new Set(DIRECTIONS.flatMap((direction) => (corridor?.[direction]?.crossings ?? []).flatMap(({ movements }) => movements.map(({ id }) => id))))
  return graph.network.movements.flatMap((movement, m) => {
    const total = (column: 'count' | 'delay_count' | 'delay_sum_s' | 'stops_sum'): number => sum(runs.map(({ movements }) => movements[column][m]!))
    const [count, passed] = [total('count'), total('delay_count')]
    const queue_p95_m = average(runs.map(({ movements }) => movements.queue_p95_m[m]!)) || 0
    if (count === 0 && (movement.signal === undefined || movement.turn === 'u-turn')) return []
    const perVehicle = (value: number): number => (passed > 0 ? value / passed : queue_p95_m > 0 ? Number.NaN : 0)
    const delay_s = perVehicle(total('delay_sum_s'))
    return [{
      ...names(graph, movement), on_corridor: along.has(movement.id),
      volume_vph: (count / runs.length) * (3600 / measured_s),
      delay_s, stops: perVehicle(total('stops_sum')), queue_p95_m, level_of_service: levelOfService(delay_s),
    }]
  })
}

function names(graph: RoadGraph, { id, from, to, name, signal }: Movement): Pick<MovementMeasures, 'movement' | 'from' | 'to' | 'from_link' | 'to_link' | 'name' | 'signal'> {
  return {
    movement: id, from: graph.getLink(from).source_id, to: graph.getLink(to).source_id, from_link: from, to_link: to,
    ...(name === undefined ? {} : { name }), ...(signal === undefined ? {} : { signal }),
  }
}
