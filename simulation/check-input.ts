// Is this an input that can be run? Whatever is wrong is refused before the first step, in one sentence with the element
// and the value. What runs share (network, types, trips, signals) is looked at once, not once per run.
import { GreenwaveError } from '../model/errors.ts'
import type { VehicleType } from '../model/demand.ts'
import type { CompiledSignal } from '../model/plan.ts'
import { checkGreens, checkSignals } from './check/signals.ts'
import { checkTripList, checkTrips, LATEST_S, type UsedConnections } from './check/trips.ts'
import { requireKnown, requireOneOf, requireWhole, requireWithin } from './check/values.ts'
import type { SimulationInput, SimulationOptions } from './input.ts'
import type { PreparedNetwork } from './prepare.ts'
import { isTripTable, tripTable } from './trip-table.ts'

/** Steps outside are not computed: below, a run takes for ever; above, drivers are blind for longer than they react. */
const STEP_S = [0.02, 1] as const
/** A run of more than a week is a mistake of units. */
const LONGEST_RUN_S = 7 * 86_400

interface Known { prepared: PreparedNetwork; types: readonly VehicleType[]; used: UsedConnections }

const knownTypes = new WeakSet<readonly VehicleType[]>()
/** By the trips as given, or their column of departures: tables that differ in their drivers only share it. */
const knownTrips = new WeakMap<object, Known>()
const knownSignals = new WeakMap<readonly CompiledSignal[], Pick<SimulationInput, 'control' | 'plan_changes'> & { prepared: PreparedNetwork; used: UsedConnections }>()

/** Throws input.value, input.reference or input.duplicate. Linear in the input, and constant for what was looked at before. */
export function checkSimulationInput(prepared: PreparedNetwork, input: SimulationInput): void {
  const { vehicle_types: types, signals, options } = input
  checkOptions(options)
  if (!knownTypes.has(types)) {
    for (const type of types) checkType(type)
    knownTypes.add(types)
  }
  checkModel(types, options)
  const used = checkedTrips(prepared, input)
  const seen = knownSignals.get(signals)
  if (seen?.prepared !== prepared || seen.used !== used || seen.control !== input.control || seen.plan_changes !== input.plan_changes) {
    checkPlans(prepared, input, used)
    knownSignals.set(signals, { prepared, used, ...(input.control && { control: input.control }), ...(input.plan_changes && { plan_changes: input.plan_changes }) })
  }
  for (const direction of ['outbound', 'inbound'] as const) {
    for (const id of input.corridor?.[direction].flat() ?? []) requireKnown(prepared.linkIndex.has(id), `the corridor ${direction}`, 'link', id)
  }
}

function checkPlans(prepared: PreparedNetwork, { signals, control = [], plan_changes = [] }: SimulationInput, used: UsedConnections): void {
  const plans = [signals, ...plan_changes.map((change) => change.signals)]
  for (const { time_s } of plan_changes) requireWithin(time_s, -LATEST_S, LATEST_S, 'a change of plans', 'its time at', 's')
  for (const plan of plans) checkSignals(prepared, plan)
  const known = new Set(prepared.network.signals.map(({ id }) => id))
  for (const { signal } of control) requireKnown(known.has(signal), 'the control of signals', 'signal', signal)
  checkGreens(prepared, plans, new Set(control.flatMap(({ signal, type }) => (type === 'fixed' ? [] : [signal]))), used)
}

function checkedTrips(prepared: PreparedNetwork, { trips, vehicle_types: types }: SimulationInput): UsedConnections {
  const key = isTripTable(trips) ? trips.depart_s : trips
  const known = knownTrips.get(key)
  if (known !== undefined && known.prepared === prepared && known.types === types) return known.used
  if (!isTripTable(trips)) checkTripList(trips)
  const used = checkTrips(prepared, tripTable(trips), types)
  knownTrips.set(key, { prepared, types, used })
  return used
}

function checkOptions(options: SimulationOptions): void {
  const run = 'the run'
  requireWithin(options.step_s, STEP_S[0], STEP_S[1], run, 'a step of', 's')
  requireWhole(options.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER, run, 'seed')
  requireOneOf(options.model, ['idm', 'krauss'], run, 'model')
  requireOneOf(options.rules, [undefined, 'field', 'sumo'], run, 'driving rules')
  requireWithin(options.start_s, -LATEST_S, LATEST_S, run, 'a start at', 's')
  requireWithin(options.stop_at_s, options.start_s, options.start_s + LONGEST_RUN_S, run, 'an end at', 's')
  if (!Number.isFinite(options.measure_from_s) || !Number.isFinite(options.measure_until_s) || options.measure_until_s < options.measure_from_s) {
    throw new GreenwaveError('input.value', `the run has a measuring window from ${options.measure_from_s} s to ${options.measure_until_s} s; it must begin before it ends`)
  }
  if (options.gridlock_after_s !== undefined) requireWithin(options.gridlock_after_s, 1, LONGEST_RUN_S, run, 'a gridlock after', 's')
}

/** Ranges within which every formula of driving has an answer; far wider than any vehicle. */
const TYPE_RANGES = [
  ['length_m', 0.5, 200, 'a length of', 'm'], ['min_gap_m', 0, 100, 'a gap at standstill of', 'm'],
  ['accel_mps2', 0.01, 50, 'an acceleration of', 'm/s2'], ['decel_mps2', 0.01, 50, 'a deceleration of', 'm/s2'],
  ['max_speed_mps', 0.1, 200, 'a top speed of', 'm/s'], ['speed_factor', 0.01, 10, 'a speed factor of', ''], ['speed_deviation', 0, 10, 'a deviation of speed of', ''],
  ['headway_s', 0.01, 100, 'a headway of', 's'], ['sigma', 0, 1, 'an imperfection of', ''], ['share', 0, Number.MAX_VALUE, 'a share of', ''],
] as const

function checkType(type: VehicleType): void {
  for (const [key, least, most, what, unit] of TYPE_RANGES) requireWithin(type[key], least, most, `vehicle type ${type.id}`, what, unit)
  if (typeof type.vehicle_class !== 'string' || type.vehicle_class === '') throw new GreenwaveError('input.value', `vehicle type ${type.id} has the class "${type.vehicle_class}"`)
}

/** Krauss's safe speed holds only where drivers react within their headway (Krauss 1998). */
function checkModel(types: readonly VehicleType[], { model, step_s }: SimulationOptions): void {
  if (model !== 'krauss') return
  const short = types.find(({ headway_s }) => headway_s < step_s)
  if (short !== undefined) throw new GreenwaveError('input.value', `vehicle type ${short.id} has a headway of ${short.headway_s} s, less than the step of ${step_s} s: by Krauss's model vehicles would run into each other`)
}
