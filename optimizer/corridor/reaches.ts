// The stop lines of one direction as the platoon model meets them: who sends cars, how long they take, who serves them.
import type { PlatoonDispersion } from './profile.ts'
import { stopTime } from './served.ts'
import type { StreetLayout, Way } from './street.ts'

/** Room that a standing car takes: SUMO's default car and gap. */
export const QUEUE_SPACE_M = 7.5

export interface Feeder {
  /** Lane group of the signal before, and the share of it that turns into this way. */
  group: number
  share: number
}

export interface Reach {
  signal: number
  /** Lane groups of the approach, and which of all carries the corridor on (-1: none). */
  groups: number[]
  main: number
  feeders: Feeder[]
  /** Share of what the feeders send that arrives here, and what joins evenly on the way, veh/s. */
  scale: number
  extra: number
  lag_s: number
  smoothing: number
  stop_s: number
  /** Vehicles that fit before each of the lane groups. */
  storage: number[]
}

export function reachesOf(street: StreetLayout, way: Way, dispersion: PlatoonDispersion): Reach[] {
  return way.stops.map((stop, k) => {
    const groups = street.laneGroups[stop.signal] ?? []
    const link = stop.movement.from
    const own = groups.flatMap((group, g) => (group.approach === link ? [g] : []))
    const before = way.stops[k - 1]
    const lag_s = (dispersion.beta * stop.distance_m) / (stop.speed_limit_mps * dispersion.speed_share)
    const { feeders, sent, even } = before === undefined ? { feeders: [], sent: 0, even: 0 } : feedersOf(street, before)
    const wanted = own.reduce((sum, g) => sum + (groups[g]?.volume_vph ?? 0), 0)
    const scale = sent + even > 0 ? Math.min(1, wanted / (sent + even)) : 0
    return {
      signal: stop.signal, groups: own, main: groups.findIndex(({ movements }) => movements.includes(stop.movement.id)), feeders, scale,
      extra: (Math.max(0, wanted - sent - even) + even * scale) / 3600,
      lag_s, smoothing: 1 / (1 + dispersion.alpha * lag_s), stop_s: stopTime(stop.speed_limit_mps),
      storage: own.map((g) => ((groups[g]?.lanes.length ?? 1) * street.graph.getLink(link).length_m) / QUEUE_SPACE_M),
    }
  })
}

/** Who sends cars down the link behind a stop line: lane groups of its signal with their share, and free movements. */
function feedersOf(street: StreetLayout, before: Way['stops'][number]): { feeders: Feeder[]; sent: number; even: number } {
  const groups = street.laneGroups[before.signal] ?? []
  const feeders: Feeder[] = []
  let [sent, even] = [0, 0]
  for (const movement of street.graph.listMovementsInto(before.movement.to)) {
    const volume = street.volumes.get(movement.id) ?? 0
    const group = groups.findIndex(({ movements }) => movements.includes(movement.id))
    const all = groups[group]?.movements.reduce((sum, id) => sum + (street.volumes.get(id) ?? 0), 0) ?? 0
    if (group === -1) even += volume
    else if (all > 0) {
      feeders.push({ group, share: volume / all })
      sent += volume
    }
  }
  return { feeders, sent, even }
}
