// The plate that tells drivers the speed of the green wave. It is dark unless the wave is there.
import { kmhFromMps, type MetresPerSecond, type Seconds } from '../../../model/units.ts'
import type { SignText } from './reading.ts'

/** Share of vehicles that must pass without a stop, and clock drift from which the wave is not there. */
export const SPEED_PLATE = { least_no_stop: 0.7, most_drift_s: 1, step_kmh: 5 } as const

export interface WaveState {
  /** Of the running plan, in the direction of the plate. */
  design_speed_mps: MetresPerSecond
  speed_limit_mps: MetresPerSecond
  /** Predicted share that passes without a stop; undefined where nobody can tell. */
  no_stop_share: number | undefined
  in_transition: boolean
  /** Largest of its signals; undefined where not measured. */
  clock_drift_s: Seconds | undefined
}

export type PlateVerdict = { shown: true; pages: SignText; from_kmh: number; to_kmh: number } | { shown: false; why: string }

/** A step of 5 km/h within 5 km/h of the design speed, not above the limit: 「绿波车速 45–50」. */
export function speedPlate({ design_speed_mps, speed_limit_mps, no_stop_share, in_transition, clock_drift_s }: WaveState): PlateVerdict {
  const { least_no_stop, most_drift_s, step_kmh } = SPEED_PLATE
  if (in_transition) return { shown: false, why: 'the plan is in transition' }
  if (clock_drift_s === undefined || !(Math.abs(clock_drift_s) < most_drift_s)) return { shown: false, why: clock_drift_s === undefined ? 'the clock drift is not measured' : `a clock is ${clock_drift_s.toFixed(1)} s off` }
  if (no_stop_share === undefined || !(no_stop_share >= least_no_stop)) return { shown: false, why: no_stop_share === undefined ? 'nobody can tell who passes without a stop' : `only ${Math.round(100 * no_stop_share)} % pass without a stop` }
  // A hair below a step is that step: 13.8889 m/s are 50 km/h.
  const steps = (mps: MetresPerSecond): number => Math.floor(kmhFromMps(mps) / step_kmh + 1e-3)
  const to_kmh = step_kmh * Math.min(steps(design_speed_mps) + 1, steps(speed_limit_mps))
  const from_kmh = to_kmh - step_kmh
  if (!(from_kmh > 0) || from_kmh < kmhFromMps(design_speed_mps) - step_kmh - 0.01) return { shown: false, why: 'the design speed is not below the limit' }
  return { shown: true, pages: [['绿波车速', `${from_kmh}–${to_kmh}`]], from_kmh, to_kmh }
}
