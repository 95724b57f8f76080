// One job of a batch: a plan and a seed. What all jobs share is prepared once, whatever the number of threads.
import type { SignalControl } from '../../model/control.ts'
import type { Demand, VehicleType } from '../../model/demand.ts'
import type { Network } from '../../model/network.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Seconds } from '../../model/units.ts'
import type { Stratum } from '../demand/draws.ts'
import { drawTripTable, hasFixedTrips, tripSources, type TripSources } from '../demand/trips.ts'
import { vehicleTypes } from '../demand/vehicle-class.ts'
import type { TimeSpan } from '../demand/volumes.ts'
import type { CorridorPaths, DrivingRules, FollowingModel, PlanChange, SimulationInput } from '../input.ts'
import { routeBook, type RouteColumns } from '../kernel/routes.ts'
import type { FuelModel } from '../measures/fuel.ts'
import { referenceRunner } from '../measures/reference.ts'
import { prepareNetwork, type PreparedNetwork } from '../prepare.ts'
import type { PassageTimes, RunResult } from '../result.ts'
import { simulate } from '../simulate.ts'
import type { TripTable } from '../trip-table.ts'
import { recordOf, type RunRecord } from './record.ts'
import { shareColumns } from './shared.ts'
import type { SimulationWindow } from './window.ts'

/** What is measured beyond the usual. */
export interface ExtraMeasures {
  /** Control delay by its definition: one run more per seed, with all signals always green. */
  control_delay?: boolean
  fuel?: FuelModel
}

/** How every run of a batch is done. */
export interface RunSettings {
  plans: CompiledSignal[][]
  /** By plan: the control of the signals that do not run fixed. */
  control?: SignalControl[][]
  /** By plan: what its signals switch to on the way. */
  plan_changes?: PlanChange[][]
  corridor?: CorridorPaths
  window: SimulationWindow
  model: FollowingModel
  /** Absent = field. */
  rules?: DrivingRules
  step_s: Seconds
  /** Runs with this seed record the trajectories of corridor vehicles. */
  trajectories_of_seed?: number
  measures?: ExtraMeasures
}

/** All that runs share; plain values. */
export interface Workload extends RunSettings {
  network: Network
  demand: Demand
  period: TimeSpan
  growth: number
}

/** The same with everything worked out that no run changes. Columns may lie on shared memory. */
export interface PreparedWorkload {
  settings: RunSettings
  prepared: PreparedNetwork
  vehicle_types: VehicleType[]
  sources: TripSources
  /** Where every seed has the same trips: they, and what is worked out of their routes. */
  fixed?: { trips: TripTable; routes: RouteColumns }
}

export interface Job {
  /** Index in `Workload.plans`. */
  plan: number
  seed: number
  /** Place in a Latin hypercube; absent = independent draws. */
  stratum?: Stratum
}

export interface RunOutcome {
  record: RunRecord
  result: RunResult
}

export type Runner = (job: Job) => RunOutcome

/** Deep enough for the columns of a source: kind, pieces, piece, source, chances, link, rows. */
const SOURCE_DEPTH = 8

/** Throws what is wrong with the network, the demand or a route. `shared` puts the columns where threads can read them. */
export function prepareWorkload({ network, demand, period, growth, ...settings }: Workload, shared: boolean): PreparedWorkload {
  const { start_s, measure_until_s } = settings.window
  const graph = new RoadGraph(network)
  const prepared = shared ? shareColumns(prepareNetwork(network)) : prepareNetwork(network)
  const vehicle_types = vehicleTypes(demand)
  const drawn = tripSources(graph, demand, { from_s: start_s, until_s: measure_until_s, period, growth })
  const sources = shared ? shareColumns(drawn, SOURCE_DEPTH) : drawn
  if (!hasFixedTrips(sources)) return { settings, prepared, vehicle_types, sources }
  const table = drawTripTable(graph, vehicle_types, sources, 0)
  const trips = shared ? shareColumns(table) : table
  const routes = routeBook(prepared, trips, vehicle_types).columns()
  return { settings, prepared, vehicle_types, sources, fixed: { trips, routes: shared ? shareColumns(routes) : routes } }
}

/** The trips of a seed are drawn once for all its plans. */
export function createRunner({ settings, prepared, vehicle_types, sources, fixed }: PreparedWorkload): Runner {
  const { plans, window, model, rules, step_s } = settings
  const { network } = prepared
  if (fixed !== undefined) routeBook(prepared, fixed.trips, vehicle_types, fixed.routes)
  let graph: RoadGraph | undefined
  const draw = ({ seed, stratum }: Job): TripTable => {
    if (fixed !== undefined && stratum === undefined) return fixed.trips
    const trips = drawTripTable(graph ??= new RoadGraph(network), vehicle_types, sources, seed, stratum)
    // Only the drivers differ: whoever knows the routes of one table knows those of the other.
    return fixed === undefined ? trips : { ...fixed.trips, speed_draw: trips.speed_draw! }
  }
  let last: { job: Job; trips: TripTable; reference?: PassageTimes } | undefined
  const refer = referenceRunner(network)
  return (job) => {
    if (last === undefined || !sameDraws(last.job, job)) last = { job, trips: draw(job) }
    const { trips } = last
    const input: SimulationInput = {
      network, signals: plans[job.plan]!, trips, vehicle_types,
      ...(settings.control === undefined ? {} : { control: settings.control[job.plan]! }),
      ...(settings.plan_changes === undefined ? {} : { plan_changes: settings.plan_changes[job.plan]! }),
      ...(settings.corridor === undefined ? {} : { corridor: settings.corridor }),
      options: {
        seed: job.seed, step_s, model, ...(rules === undefined ? {} : { rules }), start_s: window.start_s, measure_from_s: window.measure_from_s, measure_until_s: window.measure_until_s, stop_at_s: window.stop_at_s,
        record_trajectories: job.seed === settings.trajectories_of_seed,
        ...(settings.measures?.fuel === undefined ? {} : { fuel: settings.measures.fuel }),
      },
    }
    if (settings.measures?.control_delay === true) last.reference ??= refer(input)
    const result = simulate(prepared, last.reference === undefined ? input : { ...input, reference: last.reference })
    return { result, record: recordOf(result, trips, window.stop_at_s) }
  }
}

const sameDraws = (a: Job, b: Job): boolean =>
  a.seed === b.seed && a.stratum?.key === b.stratum?.key && a.stratum?.index === b.stratum?.index && a.stratum?.of === b.stratum?.of
