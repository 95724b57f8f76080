// What the runs of one plan say of each movement. A run gives one value per measure; the intervals are over the runs.
import { listCrossings } from '../../model/corridor.ts'
import { levelOfService, type MeanCi, type MovementMeasures } from '../../model/evaluation.ts'
import { backOfQueue } from '../../model/hcm/back-of-queue.ts'
import type { Movement } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { arrivalType } from '../measures/arrival-type.ts'
import type { MovementResults, RunResult } from '../result.ts'
import { average } from './columns.ts'
import { meanCi } from './statistics.ts'
import type { SummaryContext } from './summary.ts'

/** The columns that there is one value of per movement. */
type Column = { [K in keyof MovementResults]-?: MovementResults[K] extends ArrayLike<number> | undefined ? K : never }[keyof MovementResults]

/** One movement over all runs. */
interface Member {
  runs: readonly RunResult[]
  index: number
  movement: Movement
  measured_s: number
}

/**
 * Movements with a signal, and others that somebody used. Graded by control delay where a reference run told it, else by
 * the loss against each vehicle's own free way, which also holds what followers lose on the way. Where vehicles wait and
 * none gets through in any run, the delay is no number and the level F.
 */
export function movementMeasures(runs: readonly RunResult[], context: SummaryContext): MovementMeasures[] {
  const { graph, corridor, measured_s } = context
  const along = new Set((corridor === undefined ? [] : listCrossings(corridor)).flatMap(({ movements }) => movements.map(({ id }) => id)))
  return graph.network.movements.flatMap((movement, index) => {
    const member = { runs, index, movement, measured_s }
    const count = total(member, 'count')
    const passed = total(member, 'delay_count')
    if (count === 0 && (movement.signal === undefined || movement.turn === 'u-turn')) return []
    const queue_p95_m = average(values(member, 'queue_p95_m')) || 0
    const perVehicle = (value: number): number => (passed > 0 ? value / passed : queue_p95_m > 0 ? Number.NaN : 0)
    const delay_s = perVehicle(total(member, 'delay_sum_s'))
    const control = share(member, 'control_delay_sum_s', 'control_delay_count')
    const capacity = capacityOf(member, graph)
    return [{
      ...names(graph, movement), on_corridor: along.has(movement.id),
      volume_vph: (count / runs.length) * (3600 / measured_s),
      delay_s, stops: perVehicle(total(member, 'stops_sum')), queue_p95_m,
      level_of_service: levelOfService(control?.mean ?? delay_s, capacity.degree_of_saturation),
      graded_by: control === undefined ? 'speed_loss' as const : 'control_delay' as const,
      ...(movement.signal === undefined ? {} : { delay_by_seed_s: delayBySeed(member) }),
      ...intervals(member), ...(control === undefined ? {} : { control_delay_s: control }),
      ...signalMeasures(member), ...capacity, ...fuel(member),
    }]
  })
}

const values = ({ runs, index }: Member, column: Column): number[] => runs.map(({ movements }) => movements[column]?.[index] ?? Number.NaN)

const total = (member: Member, column: Column): number => values(member, column).reduce((sum, value) => sum + value, 0)

/** Sum over count in each run; undefined where no run has any. */
function share(member: Member, part: Column, whole: Column): MeanCi | undefined {
  const [parts, wholes] = [values(member, part), values(member, whole)]
  const ratios = parts.map((value, i) => (wholes[i]! > 0 ? value / wholes[i]! : Number.NaN))
  return ratios.some((ratio) => Number.isFinite(ratio)) ? meanCi(ratios) : undefined
}

/** So that two plans can be paired run by run, movement by movement. */
function delayBySeed(member: Member): (number | null)[] {
  const [sums, counts] = [values(member, 'delay_sum_s'), values(member, 'delay_count')]
  return sums.map((sum, i) => (counts[i]! > 0 ? Math.round((100 * sum) / counts[i]!) / 100 : null))
}

function intervals(member: Member): Pick<MovementMeasures, 'delay_ci95' | 'stops_ci95' | 'travel_time_s' | 'queue_m' | 'spillback_share' | 'blockings_per_h'> {
  const travel_time_s = share(member, 'travel_time_sum_s', 'delay_count')
  const { measured_s } = member
  return {
    delay_ci95: share(member, 'delay_sum_s', 'delay_count')?.ci95 ?? null,
    stops_ci95: share(member, 'stops_sum', 'delay_count')?.ci95 ?? null,
    ...(travel_time_s === undefined ? {} : { travel_time_s }),
    queue_m: { mean: meanCi(values(member, 'queue_mean_m')), p95: meanCi(values(member, 'queue_p95_m')), max: meanCi(values(member, 'queue_max_m')) },
    spillback_share: meanCi(values(member, 'spillback_share')),
    blockings_per_h: meanCi(values(member, 'blockings').map((count) => (count * 3600) / measured_s)),
  }
}

function signalMeasures(member: Member): Pick<MovementMeasures, 'arrivals_on_green' | 'platoon_ratio' | 'arrival_type' | 'split_failure_share'> {
  const arrivals_on_green = share(member, 'arrivals_on_green', 'arrivals')
  const split_failure_share = share(member, 'split_failures', 'greens')
  const [parts, wholes, green] = [values(member, 'arrivals_on_green'), values(member, 'arrivals'), values(member, 'green_share')]
  const ratios = parts.map((part, i) => (wholes[i]! > 0 && green[i]! > 0 ? part / wholes[i]! / green[i]! : Number.NaN))
  const platoon_ratio = ratios.some((ratio) => Number.isFinite(ratio)) ? meanCi(ratios) : undefined
  return {
    ...(arrivals_on_green === undefined ? {} : { arrivals_on_green }),
    ...(platoon_ratio === undefined ? {} : { platoon_ratio, arrival_type: arrivalType(platoon_ratio.mean) }),
    ...(split_failure_share === undefined ? {} : { split_failure_share }),
  }
}

/** Demand, and capacity where the source gives a saturation flow: effective green is the green shown (2 s lost, 2 s of yellow used). */
function capacityOf(member: Member, graph: RoadGraph): Pick<MovementMeasures, 'demand_vph' | 'capacity_vph' | 'degree_of_saturation' | 'stops_hcm'> {
  const { movement, measured_s } = member
  const demand_vph = average(values(member, 'demanded')) * (3600 / measured_s)
  const green = average(values(member, 'green_share'))
  const saturation = movement.saturation_flow_vph
  if (saturation === undefined || !(green > 0)) return { demand_vph }
  const capacity_vph = saturation * green
  const greens = average(values(member, 'greens'))
  const arrivals = share(member, 'arrivals_on_green', 'arrivals')?.mean ?? green
  const lanes = new Set(graph.network.connections.flatMap((connection) => (connection.movement === movement.id ? [connection.from_lane] : []))).size
  const result = { demand_vph, capacity_vph, degree_of_saturation: demand_vph / capacity_vph }
  if (!(greens > 0) || lanes === 0) return result
  const cycle_s = measured_s / greens
  return {
    ...result,
    stops_hcm: backOfQueue({
      lanes, volume_vph: demand_vph, saturation_vph: saturation, cycle_s, green_s: green * cycle_s,
      on_green: arrivals, speed_limit_mps: graph.getLink(movement.from).speed_mps, period_h: measured_s / 3600,
    }).stops_per_vehicle,
  }
}

function fuel(member: Member): Pick<MovementMeasures, 'fuel_g' | 'co2_g'> {
  const [fuel_g, co2_g] = [share(member, 'fuel_sum_g', 'fuel_count'), share(member, 'co2_sum_g', 'fuel_count')]
  return { ...(fuel_g === undefined ? {} : { fuel_g }), ...(co2_g === undefined ? {} : { co2_g }) }
}

function names(graph: RoadGraph, { id, from, to, name, signal }: Movement): Pick<MovementMeasures, 'movement' | 'from' | 'to' | 'from_link' | 'to_link' | 'name' | 'signal'> {
  return {
    movement: id, from: graph.getLink(from).source_id, to: graph.getLink(to).source_id, from_link: from, to_link: to,
    ...(name === undefined ? {} : { name }), ...(signal === undefined ? {} : { signal }),
  }
}
