// Which time is simulated and which is measured? The network starts empty, fills during the warm-up, is measured, and clears.
// Seconds of the day. Warm-up of at least twice the longest free travel time and three cycles: FHWA Traffic Analysis
// Toolbox III (2004) asks for a loaded network, these two bounds are the usual rule for one.
import type { Demand } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { formatTimeOfDay, type Seconds, type TimeOfDay } from '../../model/units.ts'
import { drawTripTable, hasVehicles, tripSources } from '../demand/trips.ts'
import { vehicleTypes } from '../demand/vehicle-class.ts'
import type { TimeSpan } from '../demand/volumes.ts'
import { routeLinks } from '../trip-table.ts'

export interface SimulationWindow {
  start_s: TimeOfDay
  /** Vehicles that set off in [measure_from_s, measure_until_s) are measured; none set off later. */
  measure_from_s: TimeOfDay
  measure_until_s: TimeOfDay
  /** The run ends sooner when all have left. */
  stop_at_s: TimeOfDay
  /** What the reader must know, in plain words. */
  assumptions: string[]
}

export interface WindowOptions {
  graph: RoadGraph
  demand: Demand
  period: TimeSpan
  /** All plans that will be compared: they must be measured over the same time. */
  plans: readonly { compiled: readonly CompiledSignal[] }[]
  /** How long to measure; an hour by default. */
  window_s?: Seconds
  growth?: number
}

const HOUR_S = 3600
/** A network without signals needs some unit of time for its warm-up. */
const NO_CYCLE_S = 60
const WARM_UP_CYCLES = 3
const WARM_UP_TRAVELS = 2
/** Of the demand, this much is enough to meet the longest ways. */
const SAMPLE_S = 900
/** What has not come through an hour after the last departure is not coming through. */
const CLEAR_OUT_S = 3600
/** Less than a quarter of an hour is no sample of a period (HCM's analysis period). */
const LEAST_WINDOW_S = 900

/** Throws period.unknown where the demand says nothing of the period. */
export function simulationWindow({ graph, demand, period, plans, window_s = HOUR_S, growth = 1 }: WindowOptions): SimulationWindow {
  const cycle = Math.max(NO_CYCLE_S, ...plans.flatMap(({ compiled }) => compiled.map(({ cycle_s }) => cycle_s)))
  const travel = longestFreeTravel(graph, demand, period, growth)
  const warmUp = Math.ceil(Math.max(WARM_UP_TRAVELS * travel, WARM_UP_CYCLES * cycle) / cycle) * cycle
  const span = hasVehicles(demand) ? givenVehicles(demand, period, warmUp, window_s) : heldVolumes(period, warmUp, window_s, cycle)
  return { ...span, stop_at_s: span.measure_until_s + CLEAR_OUT_S }
}

type Span = Omit<SimulationWindow, 'stop_at_s'>

const spoken = (seconds: number): string => (seconds >= 600 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds)} s`)

/** Volumes are rates: they are held from the start of the period for as long as the run needs. */
function heldVolumes(period: TimeSpan, warmUp: number, window: number, cycle: number): Span {
  const from = period.start_s + warmUp
  const until = from + Math.ceil(window / cycle) * cycle
  const assumptions = [`The mean volumes of ${formatTimeOfDay(period.start_s)}-${formatTimeOfDay(period.end_s)} arrive at a steady rate for ${spoken(until - from)}, after a warm-up of ${spoken(warmUp)}.`]
  if (until - from > period.end_s - period.start_s + cycle) assumptions.push(`The period is shorter than what is measured: its volumes are held longer than they were counted (${spoken(period.end_s - period.start_s)}).`)
  return { start_s: period.start_s, measure_from_s: from, measure_until_s: until, assumptions }
}

/** Vehicles have their times: the warm-up lies before the period where vehicles drive then, else at its start. */
function givenVehicles({ vehicles }: Demand, period: TimeSpan, warmUp: number, window: number): Span {
  const first = vehicles.depart_s.reduce((least, depart) => Math.min(least, depart), Infinity)
  const start = Math.floor(Math.min(Math.max(first, period.start_s - warmUp), period.start_s))
  const from = Math.max(period.start_s, start + warmUp)
  const until = Math.min(period.end_s, from + window)
  if (until - from < LEAST_WINDOW_S) {
    const end = Math.min(period.end_s, period.start_s + window)
    return { start_s: start, measure_from_s: period.start_s, measure_until_s: end, assumptions: [`The vehicles of the period are measured from the first on: it is too short for a warm-up of ${spoken(warmUp)}, and the roads are emptier at its start.`] }
  }
  const assumptions = [`Vehicles that depart in ${formatTimeOfDay(from)}-${formatTimeOfDay(until)} are measured; those of the ${spoken(from - start)} before fill the network.`]
  return { start_s: start, measure_from_s: from, measure_until_s: until, assumptions }
}

/** Of the ways that vehicles take: the longest time at the speed limits, s. */
function longestFreeTravel(graph: RoadGraph, demand: Demand, period: TimeSpan, growth: number): number {
  const { links } = graph.network
  const until = hasVehicles(demand) ? period.end_s : period.start_s + SAMPLE_S
  if (hasVehicles(demand) && !demand.vehicles.depart_s.some((depart) => depart >= period.start_s && depart < period.end_s)) {
    throw new GreenwaveError('period.unknown', `no vehicle departs in ${formatTimeOfDay(period.start_s)}-${formatTimeOfDay(period.end_s)}`)
  }
  const sources = tripSources(graph, demand, { from_s: period.start_s, until_s: until, period, growth })
  const trips = drawTripTable(graph, vehicleTypes(demand), sources, 0)
  let longest = 0
  for (let route = 0; route < trips.route_start.length - 1; route++) {
    longest = Math.max(longest, routeLinks(trips, route).reduce((time, link) => time + links[link]!.length_m / links[link]!.speed_mps, 0))
  }
  return longest
}
