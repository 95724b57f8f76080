// Least green of a group, s: its minimum, and what its pedestrians need beyond yellow and red clearance.
import type { SignalGroup } from '../../model/signal.ts'

/** Rounding dust when seconds with decimals are added. */
const DUST_S = 1e-6

export const ceilSeconds = (s: number): number => Math.ceil(s - DUST_S)
export const floorSeconds = (s: number): number => Math.floor(s + DUST_S)

/**
 * Walk 7 s (MUTCD 4I.06) and 13 s to cross four lanes (14 m) at 1.07 m/s. A pedestrian group whose crossing is not
 * described keeps its green of the street up to this: shortening it further could strand somebody.
 */
const UNDESCRIBED_CROSSING_S = 20

/** `running_s` is the shortest green of the group in the street. */
export function leastGreen(group: SignalGroup, running_s = 0): number {
  const pedestrian = (group.walk_s ?? 0) + (group.pedestrian_clearance_s ?? 0)
  if (group.kind === 'pedestrian' && pedestrian === 0) return Math.max(group.min_green_s, Math.min(running_s, UNDESCRIBED_CROSSING_S))
  return Math.max(group.min_green_s, pedestrian - group.yellow_s - group.red_clearance_s)
}
