// Bands of single links and of paths as bands that the time-space diagram repeats and clips like those of the whole corridor.
import type { FrontTime } from '../model/part-bands.ts'
import type { Band, Direction, Plan } from '../model/plan.ts'
import type { SignalId } from '../model/signal.ts'

/** In: a plan with its signals in outbound order. Out: every band of a link or path that has a width; distances and speeds are not filled, nothing draws them. */
export function partBandsOf({ cycle_s, intersections, link_bands, paths }: Pick<Plan, 'cycle_s' | 'intersections' | 'link_bands' | 'paths'>): Band[] {
  const place = new Map(intersections.map(({ id }, i) => [id, i]))
  const directionOf = (from: SignalId, to: SignalId): Direction => ((place.get(from) ?? 0) <= (place.get(to) ?? 0) ? 'outbound' : 'inbound')
  return [...(link_bands?.bands ?? []), ...(paths?.bands ?? [])].flatMap(({ width_s, front_s }) => {
    const [first, last] = [front_s[0], front_s.at(-1)]
    if (first === undefined || last === undefined || width_s <= 0) return []
    return [{ direction: directionOf(first.signal, last.signal), width_s, width_cycle: width_s / cycle_s, limited_by: [], links: linksOf(front_s), front_s }]
  })
}

const linksOf = (front_s: readonly FrontTime[]): Band['links'] => front_s.slice(1).map(({ signal, time_s }, i) => {
  const before = front_s[i] as FrontTime
  return { from: before.signal, to: signal, distance_m: 0, travel_time_s: time_s - before.time_s, speed_mps: 0 }
})
