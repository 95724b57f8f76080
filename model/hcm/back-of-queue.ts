// Back of queue and stops of a lane group with steady arrivals: HCM 7 chapter 31 section 4, stop rate by equation 18-11.
// The manual's constants are for feet and mi/h; speeds are turned to those inside. Flows are in veh/s per lane inside.
import { mphFromMps, type MetresPerSecond, type Seconds } from '../units.ts'
import { ANALYSIS_PERIOD_H, capacityOf, incrementalDelay, initialQueue, saturationDegree, type RandomTerm, type Service } from './delay.ts'

export interface QueueService extends Service, RandomTerm {
  /** Volume and saturation flow are of all of them together; one by default. */
  lanes?: number
  speed_limit_mps: MetresPerSecond
  /** Share of arrivals on green; uniform unless told. */
  on_green?: number
  /** Vehicles on all lanes at the start of the period. */
  initial_queue?: number
}

export interface BackOfQueue {
  /** Vehicles per lane stopped in a cycle by red and queue. */
  q1: number
  /** Random and overflow part. */
  q2: number
  /** Initial queue part. */
  q3: number
  /** Vehicles per lane. */
  mean: number
  /** 95th percentile, vehicles per lane. */
  p95: number
  stops_per_vehicle: number
}

/** Standard normal quantile of 95 per cent, as HCM 7 rounds it. */
const Z95 = 1.64

/** Acceleration and deceleration from and to stops, ft/s2. */
const ACCELERATION_FT = 3.5
const DECELERATION_FT = 4

/** ft/s in a mi/h, as HCM 7 rounds it. */
const FT_PER_S = 1.47

/** Acceleration and deceleration delay of a stop, s: from and to the average running speed. */
export function stopDelay(speed_limit_mps: MetresPerSecond): Seconds {
  const running = 0.9 * (25.6 + 0.47 * mphFromMps(speed_limit_mps))
  return ((FT_PER_S * (running - 5)) ** 2 / (2 * FT_PER_S * running)) * (1 / ACCELERATION_FT + 1 / DECELERATION_FT)
}

/** Queues are per lane; stops are those of all vehicles of the group. */
export function backOfQueue(group: QueueService): BackOfQueue {
  const { cycle_s: C, green_s: g, volume_vph, lanes = 1, upstream = 1, period_h = ANALYSIS_PERIOD_H, initial_queue = 0 } = group
  const s = group.saturation_vph / lanes
  const capacity = capacityOf(group)
  const x = saturationDegree(group)
  const served = Math.min(1, x)
  const q1 = stoppedPerCycle({ q: volume_vph / lanes / 3600, s: s / 3600, g, C, p: Math.min(1, group.on_green ?? g / C), x: served, delay: stopDelay(group.speed_limit_mps) })
  const q2 = (capacity * incrementalDelay(volume_vph, capacity, group)) / (3600 * lanes)
  const carry = initialQueue(volume_vph, capacity, initial_queue, period_h)
  const q3 = initial_queue === 0 ? 0 : (carry.clears_after_h * (initial_queue + carry.end - carry.end_alone)) / (2 * lanes * period_h)
  const random = q1 + q2
  const overload = x < 1 ? 0 : 0.6 * Z95 ** 0.24 * (g / C) ** 0.33 * (1 - Math.exp(2 - 2 * x))
  const spread = Z95 * Math.sqrt(upstream / Math.max(random, 1e-9)) + overload
  return {
    q1, q2, q3, mean: random + q3,
    p95: random * Math.min(1.8, 1 + spread) + q3,
    stops_per_vehicle: volume_vph === 0 ? 0 : 3600 * (q1 / (served * g * s) + (lanes * (q2 + q3)) / (volume_vph * C)),
  }
}

function stoppedPerCycle(lane: { q: number; s: number; g: number; C: number; p: number; x: number; delay: number }): number {
  const { q, s, g, C, p, x, delay } = lane
  const r = C - g
  if (q === 0 || r <= 0) return 0
  const onRed = ((1 - p) * q * C) / r
  const onGreen = (p * q * C) / g
  if (delay <= (1 - p) * g * x) {
    const time = (q * C * (1 - p - (p * delay) / g)) / (s * (1 - x * p))
    return onRed * r + onGreen * (time - delay)
  }
  const time = (q * C * (1 - p) * (r - delay)) / (s * (r - x * (1 - p) * g))
  // Only who comes on red stops. Where red is shorter than the delay of a stop the quotient has a pole and says otherwise.
  return Math.min(onRed * r, Math.max(0, onRed * (r - delay + time)))
}
