// From the runs of one plan to what is said of it. Every run counts, gridlocked ones too; a run gives one value per measure.
import type { DirectionMeasures, Evaluation, MeanCi } from '../../model/evaluation.ts'
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { Direction } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { streetLevelOfService } from '../measures/level-of-service.ts'
import type { CorridorResults, MovementResults, RunResult } from '../result.ts'
import { average, ratio, sum } from './columns.ts'
import { movementMeasures } from './movement-measures.ts'
import { meanCi } from './statistics.ts'

export interface SummaryContext {
  graph: RoadGraph
  corridor?: ResolvedCorridor | undefined
  /** What was measured, s. */
  measured_s: number
  /** CPU time of all these runs, s. */
  cpu_s: number
}

const DIRECTIONS: Direction[] = ['outbound', 'inbound']

/** Runs of one plan, at least one, with different seeds. */
export function summariseRuns(runs: readonly RunResult[], context: SummaryContext): Evaluation {
  const over = (value: (run: RunResult) => number): Evaluation['delay_s'] => meanCi(runs.map(value))
  const sides = sideStreetMovements(context)
  const movements = movementMeasures(runs, context)
  return {
    runs: runs.length,
    seeds: runs.map(({ seed }) => seed),
    gridlocked_runs: runs.filter(({ gridlocked }) => gridlocked).length,
    completed_share: share(sum(runs.map(({ completed }) => completed)), sum(runs.map(({ vehicles_demanded }) => vehicles_demanded))),
    travel_time_s: over(({ vehicles }) => average(vehicles.travel_time_s)),
    delay_s: over(({ vehicles }) => average(vehicles.delay_s)),
    stops: over(({ vehicles }) => average(vehicles.stops)),
    insertion_delay_s: over(({ vehicles }) => average(vehicles.insertion_delay_s)),
    ...optional('control_delay_s', runs.map(({ vehicles }) => average(vehicles.control_delay_s ?? []))),
    ...optional('arrivals_on_green', runs.map(({ movements }) => ratio(movements.arrivals_on_green, movements.arrivals))),
    ...optional('split_failure_share', runs.map(({ movements }) => ratio(movements.split_failures, movements.greens))),
    ...optional('blockings_per_h', runs.map(({ movements }) => (blockings(movements, context) * 3600) / context.measured_s)),
    ...fuelMeasures(runs),
    corridor: { outbound: directionMeasures(runs, 'outbound', context, movements), inbound: directionMeasures(runs, 'inbound', context, movements) },
    movements,
    vehicle_updates: sum(runs.map(({ updates }) => updates)),
    cpu_s: context.cpu_s,
    per_seed: runs.map((run) => perSeed(run, sides)),
  }
}

/** A measure with its interval, or nothing where no run gave a value. */
function optional<K extends string>(key: K, values: readonly number[]): { [P in K]?: MeanCi } {
  return values.some((value) => Number.isFinite(value)) ? { [key]: meanCi(values) } as { [P in K]?: MeanCi } : {}
}

/** The columns stand by movement; movements of one approach tell of the same queue. */
function blockings({ blockings: counts }: MovementResults, { graph }: SummaryContext): number {
  const seen = new Set<string>()
  return graph.network.movements.reduce((total, { from }, m) => {
    if (seen.has(from)) return total
    seen.add(from)
    return total + counts[m]!
  }, 0)
}

function fuelMeasures(runs: readonly RunResult[]): Pick<Evaluation, 'fuel_g' | 'co2_g' | 'fuel_covered_share'> {
  const columns = runs.flatMap(({ vehicles: { fuel_g } }) => (fuel_g === undefined ? [] : [fuel_g]))
  if (columns.length === 0) return {}
  return {
    ...optional('fuel_g', runs.map(({ vehicles }) => average(vehicles.fuel_g ?? []))), ...optional('co2_g', runs.map(({ vehicles }) => average(vehicles.co2_g ?? []))),
    fuel_covered_share: share(sum(columns.map((column) => column.reduce((n, g) => (Number.isFinite(g) ? n + 1 : n), 0))), sum(columns.map(({ length }) => length))),
  }
}

/** Nobody was to come: nobody failed to. */
const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 1)

/** Of those that travelled the whole corridor. */
interface WholeWay {
  travel_time_s: number[]
  delay_s: number[]
  stops: number[]
  control_delay_s: number[]
  fuel_g: number[]
  co2_g: number[]
}

function wholeWay(results: readonly CorridorResults[]): WholeWay {
  const all: WholeWay = { travel_time_s: [], delay_s: [], stops: [], control_delay_s: [], fuel_g: [], co2_g: [] }
  for (const { complete, travel_time_s, delay_s, stops, control_delay_s, fuel_g, co2_g } of results) {
    complete.forEach((flag, i) => {
      if (flag === 0) return
      all.travel_time_s.push(travel_time_s[i]!)
      all.delay_s.push(delay_s[i]!)
      all.stops.push(stops[i]!)
      all.control_delay_s.push(control_delay_s?.[i] ?? Number.NaN)
      all.fuel_g.push(fuel_g?.[i] ?? Number.NaN)
      all.co2_g.push(co2_g?.[i] ?? Number.NaN)
    })
  }
  return all
}

const atMostOneStop = ({ stops }: WholeWay): number => (stops.length === 0 ? Number.NaN : stops.filter((count) => count <= 1).length / stops.length)

function directionMeasures(runs: readonly RunResult[], direction: Direction, context: SummaryContext, movements: Evaluation['movements']): DirectionMeasures {
  const ways = runs.map(({ corridor }) => wholeWay([corridor[direction]]))
  const travel_time_s = meanCi(ways.map((way) => average(way.travel_time_s)))
  return {
    vehicles: sum(ways.map(({ stops }) => stops.length)),
    travel_time_s,
    stops: meanCi(ways.map((way) => average(way.stops))),
    delay_s: meanCi(ways.map((way) => average(way.delay_s))),
    share_at_most_one_stop: meanCi(ways.map(atMostOneStop)),
    ...optional('control_delay_s', ways.map((way) => average(way.control_delay_s))),
    ...optional('fuel_g', ways.map((way) => average(way.fuel_g))),
    ...optional('co2_g', ways.map((way) => average(way.co2_g))),
    ...streetGrade(travel_time_s.mean, direction, context, movements),
    ...crossings(direction, context, movements),
  }
}

/** The through movements as measured, in order of travel. */
function crossings(direction: Direction, { corridor }: SummaryContext, movements: Evaluation['movements']): Pick<DirectionMeasures, 'crossings'> {
  const way = corridor?.[direction]
  if (way === undefined) return {}
  return {
    crossings: way.crossings.flatMap(({ signal, movements: through }, i) => {
      const ids = new Set(through.map(({ id }) => id))
      const [busiest] = movements.filter(({ movement }) => ids.has(movement)).sort((a, b) => b.volume_vph - a.volume_vph)
      if (busiest === undefined) return []
      const { movement, delay_s, stops, travel_time_s, arrivals_on_green, platoon_ratio, split_failure_share } = busiest
      return [{
        signal, movement, distance_m: i === 0 ? 0 : way.legs[i - 1]!.distance_m, delay_s, stops,
        ...(travel_time_s === undefined ? {} : { travel_time_s }), ...(arrivals_on_green === undefined ? {} : { arrivals_on_green }),
        ...(platoon_ratio === undefined ? {} : { platoon_ratio }), ...(split_failure_share === undefined ? {} : { split_failure_share }),
      }]
    }),
  }
}

/** Travel speed and its grade; the base free-flow speed is that of the limits, which is what drivers here aim at. */
function streetGrade(travel_time_s: number, direction: Direction, { graph, corridor }: SummaryContext, movements: Evaluation['movements']): Pick<DirectionMeasures, 'travel_speed_mps' | 'level_of_service'> {
  const way = corridor?.[direction]
  if (way === undefined || !Number.isFinite(travel_time_s)) return {}
  const links = way.links.map((id) => graph.getLink(id))
  const length_m = links.reduce((total, link) => total + link.length_m, 0)
  const free_s = links.reduce((total, link) => total + link.length_m / link.speed_mps, 0)
  const through = new Set(way.crossings.flatMap((crossing) => crossing.movements.map(({ id }) => id)))
  const over = movements.some(({ movement, degree_of_saturation = 0 }) => through.has(movement) && degree_of_saturation > 1)
  const crossing_m = way.links.slice(1).reduce((total, id, i) => total + meanCrossing(graph, way.links[i]!, id), 0)
  const travel_speed_mps = (length_m + crossing_m) / travel_time_s
  return { travel_speed_mps, level_of_service: streetLevelOfService(travel_speed_mps, length_m / free_s, over) }
}

/** Mean length of the paths from one link to the next, m. */
function meanCrossing(graph: RoadGraph, from: string, to: string): number {
  const ids = new Set(graph.network.movements.flatMap((movement) => (movement.from === from && movement.to === to ? [movement.id] : [])))
  return average(graph.network.connections.filter(({ movement }) => ids.has(movement)).map(({ length_m }) => length_m)) || 0
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
    arrivals_on_green: ratio(movements.arrivals_on_green, movements.arrivals),
    split_failure_share: ratio(movements.split_failures, movements.greens),
    ...(vehicles.control_delay_s === undefined ? {} : { control_delay_s: average(vehicles.control_delay_s), corridor_control_delay_s: average(way.control_delay_s) }),
    ...(vehicles.fuel_g === undefined || vehicles.co2_g === undefined ? {} : { fuel_g: average(vehicles.fuel_g), co2_g: average(vehicles.co2_g) }),
  }
}

/** Movements at the signals of the corridor that come from elsewhere than along it; by index in the network. */
function sideStreetMovements({ graph, corridor }: SummaryContext): number[] {
  if (corridor === undefined) return []
  const along = new Set(DIRECTIONS.flatMap((direction) => corridor[direction]?.links ?? []))
  const signals = new Set(corridor.corridor.intersections)
  return graph.network.movements.flatMap(({ signal, from }, m) => (signal !== undefined && signals.has(signal) && !along.has(from) ? [m] : []))
}
