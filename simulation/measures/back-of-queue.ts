// Back of queue and stop rate of a lane group as HCM 7 computes them (chapter 31 section 4; equation 18-11): what the
// method says for a steady arrival rate in two parts, to lay beside what the simulation counts.
import { feetFromMetres, mphFromMps, type MetresPerSecond, type Seconds } from '../../model/units.ts'

export interface LaneGroupFlow {
  lanes: number
  /** Of all lanes together, veh/h. */
  volume_vph: number
  /** Per lane, veh/h of green. */
  saturation_flow_vphpl: number
  cycle_s: Seconds
  effective_green_s: Seconds
  /** Share of vehicles that arrive on green; green over cycle where arrivals are random. */
  arrivals_on_green: number
  speed_limit_mps: MetresPerSecond
  /** Analysis period, h. A quarter by default. */
  period_h?: number
  /** Incremental delay factor k, 0.5 for fixed time, and upstream filtering I, 1 for an isolated signal. */
  incremental_delay_factor?: number
  upstream_filtering?: number
}

export interface BackOfQueue {
  degree_of_saturation: number
  /** Uniform, incremental: s/veh. */
  uniform_delay_s: Seconds
  incremental_delay_s: Seconds
  /** Vehicles per lane that come to a full stop in a cycle, and what randomness adds to them. */
  fully_stopped: number
  overflow: number
  /** Per lane: mean and 95th percentile, vehicles. */
  mean_veh: number
  p95_veh: number
  stops_per_vehicle: number
}

/** Acceleration and deceleration from and to stops, ft/s2 (HCM 7 chapter 31). */
const ACCELERATION_FT = 3.5
const DECELERATION_FT = 4
/** z of the 95th percentile. */
const Z95 = 1.64

export function backOfQueue(flow: LaneGroupFlow): BackOfQueue {
  const { lanes, cycle_s: c, effective_green_s: g, saturation_flow_vphpl, arrivals_on_green: p } = flow
  const { period_h = 0.25, incremental_delay_factor: k = 0.5, upstream_filtering: i = 1 } = flow
  const q = flow.volume_vph / lanes / 3600
  const s = saturation_flow_vphpl / 3600
  const capacity = (lanes * saturation_flow_vphpl * g) / c
  const x = flow.volume_vph / capacity
  const served = Math.min(1, x)
  const overload = x - 1
  const d2 = 900 * period_h * (overload + Math.sqrt(overload * overload + (8 * k * i * x) / (capacity * period_h)))
  const fully = fullyStopped({ q, s, c, g, p, x: served, lost: accelerationDelay(flow.speed_limit_mps) })
  const overflow = (capacity * d2) / (3600 * lanes)
  const mean = fully + overflow
  const extra = x >= 1 ? 0.6 * Z95 ** 0.24 * (g / c) ** 0.33 * (1 - Math.exp(2 - 2 * x)) : 0
  return {
    degree_of_saturation: x, uniform_delay_s: uniformDelay(c, g, served, p), incremental_delay_s: d2,
    fully_stopped: fully, overflow, mean_veh: mean,
    p95_veh: mean === 0 ? 0 : mean * Math.min(1.8, 1 + Z95 * Math.sqrt(i / mean) + extra),
    stops_per_vehicle: flow.volume_vph === 0 ? 0 : 3600 * (fully / (served * g * saturation_flow_vphpl) + (lanes * overflow) / (flow.volume_vph * c)),
  }
}

/** Uniform delay with progression (equations 19-19, 19-20). */
function uniformDelay(c: number, g: number, x: number, p: number): number {
  const share = g / c
  const y = x * share
  const progression = ((1 - p) / (1 - share)) * ((1 - y) / (1 - x * p)) * (1 + (y * (1 - p / share)) / (1 - share))
  return (progression * 0.5 * c * (1 - share) ** 2) / (1 - x * share)
}

/** Time lost in slowing to a stop and speeding up again, s: equation 31-139 on. */
function accelerationDelay(limit_mps: MetresPerSecond): number {
  const speed = 0.9 * (25.6 + 0.47 * mphFromMps(limit_mps))
  const footPerMile = feetFromMetres(1609.344) / 3600
  return ((footPerMile * (speed - 5)) ** 2 / (2 * footPerMile * speed)) * (1 / ACCELERATION_FT + 1 / DECELERATION_FT)
}

function fullyStopped({ q, s, c, g, p, x, lost }: { q: number; s: number; c: number; g: number; p: number; x: number; lost: number }): number {
  const r = c - g
  if (r <= 0) return 0
  const inRed = ((1 - p) * q * c) / r
  const inGreen = (p * q * c) / g
  if (lost <= (1 - p) * g * x) {
    const t = (q * c * (1 - p - (p * lost) / g)) / (s * (1 - x * p))
    return inRed * r + inGreen * (t - lost)
  }
  const t = (q * c * (1 - p) * (r - lost)) / (s * (r - x * (1 - p) * g))
  return Math.max(0, inRed * (r - lost + t))
}
