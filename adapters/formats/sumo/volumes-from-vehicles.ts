// Turning volumes from vehicles with routes: how many pass each movement, if nobody were held up. Gives the planner the
// volumes that a simulation's route file implies.
import type { Demand, DemandInterval, TurningVolume } from '../../../model/demand.ts'
import type { Network } from '../../../model/network.ts'
import type { Period } from '../../../model/scenario.ts'
import { formatTimeOfDay } from '../../../model/units.ts'

const QUARTER_S = 900
const HOUR_S = 3600
/** A run of more quarters than this is no day of traffic; the whole is kept as one interval. */
const MOST_QUARTERS = 7 * 96

/** The whole span first, then its quarter-hours. Ids as "07:00-08:00". */
export function quarterIntervals(begin: number, end: number): DemandInterval[] {
  const interval = (start_s: number, end_s: number): DemandInterval => ({ id: `${formatTimeOfDay(start_s)}-${formatTimeOfDay(end_s)}`, start_s, end_s })
  const whole = interval(begin, end)
  const first = Math.floor(begin / QUARTER_S) * QUARTER_S
  const quarters: DemandInterval[] = []
  if ((end - first) / QUARTER_S <= MOST_QUARTERS) {
    for (let start = first; start < end; start += QUARTER_S) quarters.push(interval(Math.max(start, begin), Math.min(start + QUARTER_S, end)))
  }
  return quarters.length === 1 ? [whole] : [whole, ...quarters]
}

export const periodsOf = (intervals: readonly DemandInterval[]): Period[] => intervals.map(({ id, start_s, end_s }) => ({ id, start_s, end_s }))

/** The span of departures, widened to whole quarter-hours. Undefined without vehicles. */
export function departureSpan(departures: readonly number[]): { begin: number; end: number } | undefined {
  let [first, last] = [Infinity, -Infinity]
  for (const depart of departures) {
    first = Math.min(first, depart)
    last = Math.max(last, depart)
  }
  if (first > last) return undefined
  return { begin: Math.floor(first / QUARTER_S) * QUARTER_S, end: (Math.floor(last / QUARTER_S) + 1) * QUARTER_S }
}

interface Passages {
  /** Index of the movement, and seconds after departure, for each movement on the route. */
  movement: Int32Array
  after: Float64Array
}

/**
 * In: the network; demand with routes and vehicles; intervals, the first of which is the whole. Out: one row per
 * movement that is signalised or passed by anybody, in the order of the network. A passage counts in the quarter in
 * which it happens at free flow; in the whole, every passage of every vehicle counts.
 */
export function volumesFromVehicles(network: Network, demand: Pick<Demand, 'routes' | 'vehicles'>, intervals: readonly DemandInterval[]): TurningVolume[] {
  const rows = network.movements.map(() => new Float64Array(intervals.length))
  const passages = demand.routes.map((route) => passagesOf(network, route.links))
  demand.vehicles.depart_s.forEach((depart, i) => {
    const route = passages[demand.vehicles.route[i] ?? -1]
    if (route !== undefined) count(route, depart, intervals, rows)
  })
  return network.movements.flatMap((movement, m): TurningVolume[] => {
    const counts = rows[m] ?? new Float64Array(0)
    if (movement.signal === undefined && (counts[0] ?? 0) === 0) return []
    return [{ movement: movement.id, volume_vph: intervals.map((interval, k) => round((counts[k] ?? 0) * HOUR_S / (interval.end_s - interval.start_s))) }]
  })
}

const round = (volume: number): number => Math.round(volume * 100) / 100

function count(route: Passages, depart: number, intervals: readonly DemandInterval[], rows: readonly Float64Array[]): void {
  const begin = intervals[1]?.start_s ?? 0
  for (let p = 0; p < route.movement.length; p++) {
    const row = rows[route.movement[p] ?? -1]
    if (row === undefined) continue
    row[0] = (row[0] ?? 0) + 1
    if (intervals.length < 2) continue
    const time = depart + (route.after[p] ?? 0)
    // Quarters lie on the raster of the clock; only the first and last may be shorter.
    const quarter = 1 + Math.floor(time / QUARTER_S) - Math.floor(begin / QUARTER_S)
    const interval = intervals[quarter]
    if (interval !== undefined && time >= interval.start_s && time < interval.end_s) row[quarter] = (row[quarter] ?? 0) + 1
  }
}

const caches = new WeakMap<Network, { movement: Map<string, number>; time: Map<string, number> }>()

function lookups(network: Network): { movement: Map<string, number>; time: Map<string, number> } {
  const known = caches.get(network)
  if (known !== undefined) return known
  const built = {
    movement: new Map(network.movements.map(({ from, to }, i) => [JSON.stringify([from, to]), i])),
    time: new Map(network.links.map((link) => [link.id, link.length_m / link.speed_mps])),
  }
  caches.set(network, built)
  return built
}

function passagesOf(network: Network, links: readonly string[]): Passages {
  const { movement, time } = lookups(network)
  const movements: number[] = []
  const after: number[] = []
  let elapsed = 0
  for (let i = 0; i + 1 < links.length; i++) {
    elapsed += time.get(links[i] ?? '') ?? 0
    const index = movement.get(JSON.stringify([links[i], links[i + 1]]))
    if (index === undefined) continue
    movements.push(index)
    after.push(elapsed)
  }
  return { movement: Int32Array.from(movements), after: Float64Array.from(after) }
}
