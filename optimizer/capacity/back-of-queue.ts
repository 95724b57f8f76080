// Back of queue and stops of one lane: HCM 7 chapter 31 section 4. Speeds enter in m/s and are turned to mi/h inside,
// where the manual's acceleration constants live. Flows in veh/s per lane inside, veh/h outside.
import { incrementalDelay, initialQueue } from './delay.ts'

export interface LaneService {
  cycle_s: number
  green_s: number
  /** Of this lane. */
  volume_vph: number
  saturation_vph: number
  speed_limit_mps: number
  /** Share of arrivals on green; uniform unless told. */
  on_green?: number
  initial_queue?: number
  upstream?: number
  period_h?: number
}

export interface BackOfQueue {
  /** Vehicles stopped per cycle by red and queue. */
  q1: number
  /** Random and overflow part. */
  q2: number
  /** Initial queue part. */
  q3: number
  mean: number
  /** 95th percentile, vehicles. */
  p95: number
  stops_per_vehicle: number
}

const MPH_PER_MPS = 3600 / 1609.344

/** Standard normal quantiles of HCM 7 for 85, 90 and 95 per cent. */
const PERCENTILE_Z = { 85: 1.04, 90: 1.28, 95: 1.64 } as const

/** Acceleration and deceleration delay of a stop, s: from and to the average running speed. */
export function stopDelay(speed_limit_mps: number): number {
  const running = 0.9 * (25.6 + 0.47 * speed_limit_mps * MPH_PER_MPS)
  return ((1.47 * (running - 5)) ** 2 / (2 * 1.47 * running)) * (1 / 3.5 + 1 / 4)
}

export function backOfQueue(lane: LaneService): BackOfQueue {
  const { cycle_s: C, green_s: g } = lane
  const [q, s] = [lane.volume_vph / 3600, lane.saturation_vph / 3600]
  const r = C - g
  const p = Math.min(1, lane.on_green ?? g / C)
  const capacity = (lane.saturation_vph * g) / C
  const x = lane.volume_vph / capacity
  const stopped = stoppedPerCycle({ q, s, g, r, C, p, x: Math.min(1, x), delay: stopDelay(lane.speed_limit_mps) })
  const period_h = lane.period_h ?? 0.25
  const upstream = lane.upstream ?? 1
  const q2 = (capacity * incrementalDelay(lane.volume_vph, capacity, { period_h, upstream })) / 3600
  const start = lane.initial_queue ?? 0
  const carry = initialQueue(lane.volume_vph, capacity, start, period_h)
  const q3 = start === 0 ? 0 : (carry.clears_after_h * (start + carry.end - carry.end_alone)) / (2 * period_h)
  const random = stopped + q2
  const spread = PERCENTILE_Z[95] * Math.sqrt(upstream / Math.max(random, 1e-9)) + (x < 1 ? 0 : 0.6 * PERCENTILE_Z[95] ** 0.24 * (g / C) ** 0.33 * (1 - Math.exp(2 - 2 * x)))
  return {
    q1: stopped, q2, q3, mean: random + q3,
    p95: random * Math.min(1.8, 1 + spread) + q3,
    stops_per_vehicle: lane.volume_vph === 0 ? 0 : 3600 * (stopped / (Math.min(1, x) * g * lane.saturation_vph) + (q2 + q3) / (lane.volume_vph * C)),
  }
}

function stoppedPerCycle(lane: { q: number; s: number; g: number; r: number; C: number; p: number; x: number; delay: number }): number {
  const { q, s, g, r, C, p, x, delay } = lane
  if (q === 0 || r <= 0) return 0
  const onRed = ((1 - p) * q * C) / r
  const onGreen = (p * q * C) / g
  if (delay <= (1 - p) * g * x) {
    const time = (q * C * (1 - p - (p * delay) / g)) / (s * (1 - x * p))
    return onRed * r + onGreen * (time - delay)
  }
  const time = (q * C * (1 - p) * (r - delay)) / (s * (r - x * (1 - p) * g))
  return Math.max(0, onRed * (r - delay + time))
}
