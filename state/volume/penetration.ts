// Which share of vehicles are probes, from the order in which queues leave: a probe that crosses so long after the start of green
// has let so many others go first, and the share of probes among those is the penetration, whatever the demand. Where a vehicle
// stood says less: who joins while the head of the queue is already leaving stops nearer than its rank.
import type { Discharge } from './departures.ts'
import type { Pace } from './headway.ts'

/** Vehicles and probes that had left before probes did; of each lane group. */
export interface OrderCount {
  vehicles: number
  probes: number
  /** Square of the standard error of probes / vehicles, relative, by the scatter over greens. */
  variance: number
}

/**
 * Vehicles that another lane has let go more than one's own when one crosses: half a vehicle where lanes are filled evenly. Drivers
 * do not quite; it was found a quarter to a half less in the cities of `bench state`, whoever drove.
 */
const AHEAD = 0.25

/**
 * Every probe that left from the queue is asked: given that it is one, those before it are others' lots. Sums over all of them are
 * less moved by lanes of unequal queues than the last probe alone (Wong et al. 2019 count up to that one).
 */
export function countOrder(discharges: readonly Discharge[], lanes: number, { headway_s, first_s }: Pace): OrderCount {
  const pairs = discharges.map(({ departures }) => {
    let [vehicles, probes] = [0, 0]
    departures.forEach(({ queued, offset_s }, before) => {
      if (!queued) return
      vehicles += Math.max(0, (lanes * (offset_s - first_s)) / headway_s + AHEAD * (lanes - 1))
      probes += before
    })
    return { vehicles, probes }
  })
  const vehicles = pairs.reduce((sum, pair) => sum + pair.vehicles, 0)
  const probes = pairs.reduce((sum, pair) => sum + pair.probes, 0)
  const share = vehicles > 0 ? probes / vehicles : 0
  const scatter = pairs.reduce((sum, pair) => sum + (pair.probes - share * pair.vehicles) ** 2, 0)
  return { vehicles, probes, variance: probes > 0 ? scatter / probes ** 2 : Infinity }
}

export interface Share {
  value: number
  /** Relative standard error. */
  error: number
}

/** Least probes found before others for a share that can be believed at all. */
const LEAST_PROBES = 5

/** Of all groups together; undefined where too little was seen. */
export function shareOf(counts: readonly OrderCount[]): Share | undefined {
  const vehicles = counts.reduce((sum, count) => sum + count.vehicles, 0)
  const probes = counts.reduce((sum, count) => sum + count.probes, 0)
  if (probes < LEAST_PROBES || !(vehicles > 0)) return undefined
  const scatter = counts.reduce((sum, count) => sum + (Number.isFinite(count.variance) ? count.variance * count.probes ** 2 : 0), 0)
  return { value: Math.min(1, probes / vehicles), error: Math.sqrt(scatter) / probes }
}

/** Of one group, drawn to that of all by how alike groups have been found (DerSimonian and Laird 1986). */
export function drawnShares(counts: readonly OrderCount[], all: Share): Share[] {
  const known = counts.filter(({ probes }) => probes >= LEAST_PROBES)
  const logs = known.map(({ probes, vehicles }) => Math.log(probes / vehicles / all.value))
  const weights = known.map(({ variance }) => 1 / variance)
  const total = weights.reduce((sum, w) => sum + w, 0)
  const mean = logs.reduce((sum, x, i) => sum + x * weights[i]!, 0) / total
  const excess = logs.reduce((sum, x, i) => sum + weights[i]! * (x - mean) ** 2, 0) - (known.length - 1)
  const spread = known.length < 3 ? 0 : Math.max(0, excess / (total - weights.reduce((sum, w) => sum + w * w, 0) / total))
  return counts.map(({ probes, vehicles, variance }) => {
    if (probes < LEAST_PROBES || spread === 0) return { value: all.value, error: Math.sqrt(all.error ** 2 + spread) }
    const own = spread / (spread + variance)
    return { value: Math.min(1, all.value * Math.exp(own * Math.log(probes / vehicles / all.value))), error: Math.sqrt(own * variance + ((1 - own) * all.error) ** 2) }
  })
}
