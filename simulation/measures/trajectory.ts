// What one trajectory past a stop line says: delay, time stopped, stops. The definitions of the run's own meters, written
// for columns of a recorded trajectory. Positions in the frame of the stop line: 0 at the line, negative upstream; m, s, m/s.
import { MOVING_AGAIN, STOPPED } from '../kernel/parameters.ts'

export interface TrajectoryColumns {
  time_s: ArrayLike<number>
  position_m: ArrayLike<number>
  speed_mps: ArrayLike<number>
}

export interface TrajectoryMeasures {
  /** Between the two ends of the stretch, interpolated; NaN where the trajectory does not cover it. */
  travel_time_s: number
  /** Travel time less that at the free speed: control delay where nothing but the control slows the vehicle. */
  delay_s: number
  /** Time slower than 2.24 m/s. */
  stopped_s: number
  stops: number
}

/** Over the stretch from `from_m` upstream (negative) to `to_m` beyond the line. */
export function measureTrajectory(columns: TrajectoryColumns, from_m: number, to_m: number, free_speed_mps: number): TrajectoryMeasures {
  const { time_s, position_m, speed_mps } = columns
  const travel_time_s = passage(columns, to_m) - passage(columns, from_m)
  let [stopped_s, stops] = [0, 0]
  let armed = true
  for (let i = 0; i < time_s.length; i++) {
    if (position_m[i]! < from_m || position_m[i]! > to_m) continue
    const speed = speed_mps[i]!
    if (speed < STOPPED) {
      if (i + 1 < time_s.length) stopped_s += time_s[i + 1]! - time_s[i]!
      if (armed) stops++
      armed = false
    } else if (speed > MOVING_AGAIN) armed = true
  }
  return { travel_time_s, delay_s: travel_time_s - (to_m - from_m) / free_speed_mps, stopped_s, stops }
}

/** When a position is passed first. */
function passage({ time_s, position_m }: TrajectoryColumns, at_m: number): number {
  for (let i = 0; i < time_s.length; i++) {
    if (position_m[i]! < at_m) continue
    if (i === 0) return position_m[0] === at_m ? time_s[0]! : Number.NaN
    const share = (at_m - position_m[i - 1]!) / (position_m[i]! - position_m[i - 1]!)
    return time_s[i - 1]! + share * (time_s[i]! - time_s[i - 1]!)
  }
  return Number.NaN
}
