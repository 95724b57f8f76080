// How much wants to pass, from counts of a few minutes: each movement's flow with its variance, a random walk seen through
// counts that scatter by chance (Kalman 1960 for one value: gain = own variance over own variance and that of the count).
// A few cars more in one window say little of a small flow and more of a large one; so plans follow traffic, not chance.
import type { MovementId } from '../../model/network.ts'
import { lengthOf, type MeasuredApproach, passedOf } from './measurement.ts'

export interface FlowEstimate {
  volume_vph: number
  /** (veh/h)^2. */
  variance: number
}

export type FlowEstimates = ReadonlyMap<MovementId, FlowEstimate>

/** A schedule is made for usual days: one day differs from it by about three tenths, and few vehicles by a few more. */
const USUAL_ERROR = { share: 0.3, vph: 10 } as const

/** Flows drift by a tenth in a quarter of an hour, and small ones by as much as this flow does. */
const DRIFT = { share: 0.1, per_s: 900, least_vph: 60 } as const

/** Before anything was measured: what the schedule was made for. In: veh/h. */
export function expectedFlows(volumes: ReadonlyMap<MovementId, number>): FlowEstimates {
  return new Map([...volumes].map(([movement, volume_vph]) => [movement, { volume_vph, variance: (USUAL_ERROR.share * volume_vph + USUAL_ERROR.vph) ** 2 }]))
}

/** One window further. Movements of approaches that are not in the list keep their flow and lose certainty. `elapsed_s` since the last. */
export function followFlows(before: FlowEstimates, approaches: readonly MeasuredApproach[], elapsed_s: number): FlowEstimates {
  const after = new Map<MovementId, FlowEstimate>()
  for (const [movement, { volume_vph, variance }] of before) {
    after.set(movement, { volume_vph, variance: variance + (DRIFT.share * Math.max(volume_vph, DRIFT.least_vph)) ** 2 * (elapsed_s / DRIFT.per_s) })
  }
  for (const approach of approaches) {
    const length_s = lengthOf(approach)
    if (!(length_s > 0)) continue
    const passed = passedOf(approach)
    // Those who came into sight want to pass, whether or not they could yet.
    const scale = passed > 0 ? approach.entered / passed : 1
    for (const each of approach.movements) {
      const known = after.get(each.movement) ?? { volume_vph: 0, variance: USUAL_ERROR.vph ** 2 }
      after.set(each.movement, seen(known, each.passed * scale, 3600 / length_s))
    }
  }
  return after
}

/** Chance of a count as large as the flow that is expected, or as the count itself where that is larger: a window with nobody is no proof of nobody. */
function seen({ volume_vph, variance }: FlowEstimate, count: number, per_hour: number): FlowEstimate {
  const chance = Math.max(1, count, volume_vph / per_hour) * per_hour ** 2
  const gain = variance / (variance + chance)
  return { volume_vph: Math.max(0, volume_vph + gain * (count * per_hour - volume_vph)), variance: (1 - gain) * variance }
}
