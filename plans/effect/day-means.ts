// One figure a day for a place and for its control: the mean delay over chosen movements with fixed weights, so that a change of
// where vehicles go is no change of delay.
import type { FollowedDay, FollowedMovement } from '../../model/diagnosis.ts'
import type { DayState } from '../../model/traffic-state.ts'

/** Share of the weight that a day must have measured; another mix of movements would be another measure. */
const LEAST_SHARE = 0.8

/** Days on which enough of the place was measured, ascending; the control is null where too little of it was. */
export function dayMeans(daily: readonly DayState[], movements: readonly FollowedMovement[], control: readonly FollowedMovement[]): FollowedDay[] {
  return daily.flatMap(({ day, movements: rows }): FollowedDay[] => {
    const delays = new Map(rows.map(({ movement, day_delay_s }) => [movement, day_delay_s]))
    const delay_s = weighted(delays, movements)
    return delay_s === null ? [] : [{ day, delay_s, control_s: weighted(delays, control) }]
  }).sort((a, b) => (a.day < b.day ? -1 : 1))
}

function weighted(delays: ReadonlyMap<string, number>, movements: readonly FollowedMovement[]): number | null {
  let [sum, seen, all] = [0, 0, 0]
  for (const { movement, weight } of movements) {
    all += weight
    const delay = delays.get(movement)
    if (delay === undefined || !Number.isFinite(delay)) continue
    sum += weight * delay
    seen += weight
  }
  return seen > 0 && seen >= LEAST_SHARE * all ? sum / seen : null
}

/** Days of both, each once; what was measured last stands. */
export function joinDays(earlier: readonly FollowedDay[], later: readonly FollowedDay[]): FollowedDay[] {
  const days = new Map([...earlier, ...later].map((one) => [one.day, one]))
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
}
