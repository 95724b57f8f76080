// Level of service of an urban street by travel speed: HCM 7 exhibit 18-1. That of movements, by control delay, stands
// with the evaluation in the model.
import type { LevelOfService } from '../../model/evaluation.ts'
import { mphFromMps, type MetresPerSecond } from '../../model/units.ts'

/** Base free-flow speeds of the exhibit, mi/h, and the travel speed that each level must exceed. */
const BASES = [55, 50, 45, 40, 35, 30, 25]
const LIMITS: [LevelOfService, number[]][] = [
  ['A', [44, 40, 36, 32, 28, 24, 20]], ['B', [37, 34, 30, 27, 23, 20, 17]], ['C', [28, 25, 23, 20, 18, 15, 13]],
  ['D', [22, 20, 18, 16, 14, 12, 10]], ['E', [17, 15, 14, 12, 11, 9, 8]],
]

/** A speed on the limit does not exceed it, whatever rounding says, mi/h. */
const EXCEEDS = 1e-9

/** Interpolated in the base free-flow speed; beyond the exhibit its nearest column in proportion. F where a through movement is over capacity. */
export function streetLevelOfService(travel_speed_mps: MetresPerSecond, base_free_flow_mps: MetresPerSecond, overCapacity = false): LevelOfService {
  if (overCapacity || !(travel_speed_mps > 0)) return 'F'
  const [speed, base] = [mphFromMps(travel_speed_mps), mphFromMps(base_free_flow_mps)]
  return LIMITS.find(([, limits]) => speed > limitAt(base, limits) + EXCEEDS)?.[0] ?? 'F'
}

function limitAt(base: number, limits: readonly number[]): number {
  if (base >= BASES[0]!) return (limits[0]! * base) / BASES[0]!
  const right = BASES.findIndex((candidate) => candidate <= base)
  if (right < 0) return (limits.at(-1)! * base) / BASES.at(-1)!
  if (right === 0) return limits[0]!
  const share = (BASES[right - 1]! - base) / (BASES[right - 1]! - BASES[right]!)
  return limits[right - 1]! + share * (limits[right]! - limits[right - 1]!)
}
