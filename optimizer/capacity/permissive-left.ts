// Left turns that wait for gaps: saturation flow, time blocked by the opposing queue, and capacity. HCM 7 chapter 31,
// equations 31-9, 31-100, 31-119 and 31-124. Flows in veh/h, times in s.
import { PERMISSIVE_LEFT } from '../../model/network.ts'

/** Turners that complete at the end of a green from an exclusive lane, per cycle: HCM 7 chapter 31. */
export const SNEAKERS_PER_CYCLE = 2

/** Turns per hour through gaps of an unblocked opposing stream. */
export function permissiveSaturation(opposing_vph: number, gaps: { critical_gap_s: number; follow_up_s: number } = PERMISSIVE_LEFT): number {
  if (opposing_vph <= 0) return 3600 / gaps.follow_up_s
  return (opposing_vph * Math.exp((-opposing_vph * gaps.critical_gap_s) / 3600)) / (1 - Math.exp((-opposing_vph * gaps.follow_up_s) / 3600))
}

/** Time for the opposing queue to clear, s: uniform arrivals unless a share on green is given. `flow_ratio` is q/s. */
export function opposingQueueTime(cycle_s: number, green_s: number, flow_ratio: number, on_green = green_s / cycle_s): number {
  const left = 1 - (flow_ratio * on_green * cycle_s) / green_s
  if (green_s <= 0 || left <= 0) return Math.max(0, green_s)
  return Math.min(green_s, (flow_ratio * cycle_s * (1 - on_green)) / left)
}

/** Capacity in veh/h: protected green at `protected_vph`, unblocked permissive green at `permissive_vph`, and sneakers. */
export function leftCapacity(parts: {
  cycle_s: number
  lanes?: number
  protected_s?: number
  /** Of one lane. */
  protected_vph?: number
  unblocked_s: number
  permissive_vph: number
  sneakers?: number
}): number {
  const { cycle_s, lanes = 1, protected_s = 0, protected_vph = 0, unblocked_s, permissive_vph, sneakers = SNEAKERS_PER_CYCLE } = parts
  return ((protected_s * protected_vph + unblocked_s * permissive_vph + 3600 * sneakers) / cycle_s) * lanes
}
