// Travel times of who starts now and later: one point queue at the bottleneck of each route. The vehicles that are already on their way count, since
// they will stand there first; without them advice swings.
import type { Seconds, VehiclesPerHour } from '../../model/units.ts'

export interface RouteNow {
  id: string
  /** Without a queue: from the sign to the bottleneck, and to the destination. */
  to_bottleneck_s: Seconds
  free_s: Seconds
  capacity_vph: VehiclesPerHour
  /** Standing at the bottleneck. */
  queue_veh: number
  /** Under way between sign and bottleneck: arrivals there in each of the next minutes. */
  under_way_veh: readonly number[]
  /** What comes from elsewhere. */
  other_vph: VehiclesPerHour
  /** False where its state is grey. */
  known: boolean
}

export interface RouteForecast {
  /** By minute of the departure at the sign. */
  travel_s: Seconds[]
  /** Of all who stand there within the horizon. */
  delay_veh_s: number
  longest_queue_veh: number
}

export const HORIZON_MIN = 30
const MINUTE_S = 60

/** `inflow_vph` passes the sign onto the route from now on. */
export function forecast(route: RouteNow, inflow_vph: VehiclesPerHour, horizon_min = HORIZON_MIN): RouteForecast {
  const way_min = Math.round(route.to_bottleneck_s / MINUTE_S)
  const [served, fresh, other] = [route.capacity_vph, inflow_vph, route.other_vph].map((vph) => vph / 60) as [number, number, number]
  const queues: number[] = []
  let [queue, delay_veh_s] = [route.queue_veh, 0]
  for (let minute = 0; minute < horizon_min + way_min; minute++) {
    queue = Math.max(0, queue + (minute < way_min ? (route.under_way_veh[minute] ?? 0) : fresh) + other - served)
    queues.push(queue)
    delay_veh_s += queue * MINUTE_S
  }
  return { travel_s: Array.from({ length: horizon_min }, (_, start) => route.free_s + (queues[start + way_min]! / served) * MINUTE_S), delay_veh_s, longest_queue_veh: Math.max(route.queue_veh, ...queues) }
}
