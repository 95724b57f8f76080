// Days as they might be: volumes and speeds around their means. Where the demand tells of several intervals within the period, whole
// intervals are drawn, with all movements as they went together; else counts scatter as stated. Seeded; nothing here is measured twice.
import type { Demand } from '../../model/demand.ts'
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { mulberry32 } from '../../optimizer/bands/instances/random.ts'
import { movementVolumes, type TimeSpan } from '../../simulation/demand/index.ts'

export interface TrafficSample {
  /** veh/h. */
  volumes: Map<MovementId, number>
  /** Index in `SPEED_FACTORS`. */
  speed: number
}

/** Mean speeds of days lie about 5 % around their mean: five equally likely levels of a normal distribution, as shares of the limits. */
const SPEED_DEVIATION = 0.05
export const SPEED_FACTORS: readonly number[] = [-1.28, -0.52, 0, 0.52, 1.28].map((z) => 1 + SPEED_DEVIATION * z)

/** Whole days differ by a tenth where nobody measured by how much. */
const DAY_DEVIATION = 0.1

/** Counting chance is that of a quarter of an hour, the time for which overloads are reckoned (HCM). */
const QUARTER_S = 900
const QUARTERS_PER_HOUR = 4

/** Fewer intervals say nothing of their spread. */
const LEAST_INTERVALS = 3

export interface TrafficSampler {
  sample(count: number, seed: number): TrafficSample[]
  /** What was measured and what was assumed, in words. */
  sentence: string
}

/** Intervals within the period for which the demand has volumes of their own. */
function slicesOf({ intervals, volumes, vehicles }: Demand, period: TimeSpan): TimeSpan[] {
  if (volumes.length > 0 && intervals.length > 0) return intervals.filter(({ start_s, end_s }) => start_s >= period.start_s && end_s <= period.end_s && end_s - start_s < period.end_s - period.start_s)
  if (vehicles.depart_s.length === 0) return []
  return Array.from({ length: Math.floor((period.end_s - period.start_s) / QUARTER_S) }, (_, k) => ({ start_s: period.start_s + k * QUARTER_S, end_s: period.start_s + (k + 1) * QUARTER_S }))
}

/** `mean` in veh/h. Throws what `movementVolumes` throws. */
export function trafficSampler(graph: RoadGraph, demand: Demand, period: TimeSpan, mean: ReadonlyMap<MovementId, number>): TrafficSampler {
  const slices = slicesOf(demand, period)
  const speeds = `mean speeds are taken to vary by ${100 * SPEED_DEVIATION} % (standard deviation, not measured)`
  if (slices.length >= LEAST_INTERVALS) {
    const measured = slices.map((slice) => movementVolumes(graph, demand, slice))
    return { sentence: `Volumes are those of ${slices.length} measured intervals of the period, drawn whole; ${speeds}.`, sample: (count, seed) => draw(count, seed, (random) => new Map(measured[Math.floor(random() * measured.length)]!)) }
  }
  return {
    sentence: `Nobody measured how volumes vary: days are taken to differ by ${100 * DAY_DEVIATION} % (standard deviation), and counts of a quarter of an hour to scatter by chance (Poisson); ${speeds}.`,
    sample: (count, seed) => draw(count, seed, (random) => {
      const day = 1 + DAY_DEVIATION * normal(random)
      return new Map([...mean].map(([id, vph]) => [id, Math.max(0, day * vph + QUARTERS_PER_HOUR * Math.sqrt(vph / QUARTERS_PER_HOUR) * normal(random))]))
    }),
  }
}

function draw(count: number, seed: number, volumes: (random: () => number) => Map<MovementId, number>): TrafficSample[] {
  const random = mulberry32(seed)
  return Array.from({ length: count }, () => ({ speed: Math.floor(random() * SPEED_FACTORS.length), volumes: volumes(random) }))
}

/** Box and Muller 1958. */
const normal = (random: () => number): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
