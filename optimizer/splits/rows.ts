// How much green a lane group needs for a degree of saturation X, and which X a green gives: one row per lane group.
// Seconds; flows in veh/h. Rows are monotone: more green, smaller X.
import type { GroupId } from '../../model/signal.ts'
import { type LaneGroup, permissiveSaturation, SNEAKERS_PER_CYCLE } from '../capacity/index.ts'

export interface Row {
  /** The green counts while any of these is green. */
  groups: readonly GroupId[]
  /** Through gaps only: its capacity hangs on others, so it never outranks a row with a green of its own. */
  soft: boolean
  need(x: number): number
  degreeAt(green_s: number): number
}

/**
 * The row of a lane group at a cycle; undefined without demand.
 * `credit` is the cars per cycle that turn in permissive green for sure; sneakers count always (HCM 7, 31-124).
 */
export function rowOf(group: LaneGroup, cycle_s: number, credit = 0): Row | undefined {
  if (group.volume_vph <= 0) return undefined
  const cars = (group.volume_vph * cycle_s) / 3600
  const rate = group.saturation_vph / 3600
  if (group.opposing === undefined) {
    return linear([...group.protected, ...group.permissive], false, cars, rate, 0)
  }
  const free = SNEAKERS_PER_CYCLE * group.lanes.length
  if (group.protected.length > 0) return linear(group.protected, false, cars, rate, free + credit)
  return gaps(group, cycle_s, cars, free)
}

function linear(groups: readonly GroupId[], soft: boolean, cars: number, rate: number, free: number): Row {
  return {
    groups, soft,
    need: (x) => Math.max(0, (cars / x - free) / rate),
    degreeAt: (green) => (green * rate + free > 0 ? cars / (green * rate + free) : Infinity),
  }
}

/** Permissive green only, beside an opposing green of the same length: g_u = (g - yC) / (1 - y). */
function gaps(group: LaneGroup, cycle: number, cars: number, free: number): Row {
  const opposing = group.opposing as NonNullable<LaneGroup['opposing']>
  const y = Math.min(0.99, opposing.flow_ratio)
  const rate = (permissiveSaturation(opposing.volume_vph) / 3600) * group.lanes.length
  return {
    groups: group.permissive, soft: true,
    need: (x) => {
      const rest = cars / x - free
      return rest <= 0 ? 0 : (rest / rate) * (1 - y) + y * cycle
    },
    degreeAt: (green) => cars / (free + rate * Math.max(0, (green - y * cycle) / (1 - y))),
  }
}

/** Without any volume at a signal: everybody keeps his share of the cycle, as if the running greens were just right. */
export function rowFromStreet(groups: readonly GroupId[], green_s: number, running_cycle_s: number, cycle_s: number): Row {
  return linear(groups, false, (green_s * cycle_s) / running_cycle_s, 1, 0)
}

/** X above this means no green can serve the demand: five times more cars than fit. */
export const HOPELESS = 5

/** Bisection stops at this relative width of X; the splits between two such values are the same whole seconds. */
const RESOLUTION = 1e-9

/** Smallest X at which `feasible` holds, from above (feasible stays true upwards); undefined if none up to HOPELESS. */
export function leastDegree(feasible: (x: number) => boolean, from: number): number | undefined {
  if (feasible(from)) return from
  let [low, high] = [from, HOPELESS]
  if (!feasible(high)) return undefined
  while (high - low > RESOLUTION * high) {
    const middle = (low + high) / 2
    if (feasible(middle)) high = middle
    else low = middle
  }
  return high
}
