// Green bands as areas of the time-space plane: one per cycle, from the first stop line to the last, with the speed
// of each link as its slope. Times are master time (s), positions metres along the outbound direction.
import type { Band, Direction } from '../model/plan.ts'
import type { SignalId } from '../model/signal.ts'
import { clipLine, clipPolygon } from './polyline.ts'
import type { ScenePoint } from './polyline.ts'

export interface SceneBand {
  direction: Direction
  width_s: number
  /** Of the whole band, before clipping; in order of travel. */
  front: ScenePoint[]
  rear: ScenePoint[]
  /** The area inside the time range, and the parts of its two edges. */
  polygon: ScenePoint[]
  front_inside: ScenePoint[]
  rear_inside: ScenePoint[]
}

const DUST_S = 1e-6

/**
 * The times of a band's front in order of travel without jumps at the cycle: each is the representative (mod cycle)
 * nearest to the time before plus the travel time of the link.
 */
export function unwrapFront(band: Band, cycle_s: number): { signal: SignalId; time_s: number }[] {
  let previous: { signal: SignalId; time_s: number } | undefined
  return band.front_s.map(({ signal, time_s }) => {
    const from = previous
    if (from !== undefined) {
      const link = band.links.find((candidate) => candidate.from === from.signal && candidate.to === signal)
      // Without the link, the first passage after the signal before: half a cycle on, at the nearest.
      const expected = from.time_s + (link?.travel_time_s ?? cycle_s / 2)
      time_s += Math.round((expected - time_s) / cycle_s) * cycle_s
    }
    previous = { signal, time_s }
    return previous
  })
}

/** All repetitions of a band that touch the time range; none for a band without width. */
export function repeatBand(
  band: Band,
  cycle_s: number,
  position: ReadonlyMap<SignalId, number>,
  range_s: readonly [number, number],
): SceneBand[] {
  const front = unwrapFront(band, cycle_s).flatMap(({ signal, time_s }) => {
    const position_m = position.get(signal)
    return position_m === undefined ? [] : [{ time_s, position_m }]
  })
  const [first, last] = [front[0], front.at(-1)]
  if (first === undefined || last === undefined || front.length < 2 || band.width_s <= 0) return []
  // A band that only touches the range has no area in it; the dust keeps rounding from deciding.
  const from = Math.ceil((range_s[0] + DUST_S - last.time_s - band.width_s) / cycle_s)
  const to = Math.floor((range_s[1] - DUST_S - first.time_s) / cycle_s)
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => {
    const shift = (from + i) * cycle_s
    const move = (by: number): ScenePoint[] => front.map(({ time_s, position_m }) => ({ time_s: time_s + by, position_m }))
    return sceneBand(band, move(shift), move(shift + band.width_s), range_s)
  })
}

function sceneBand(band: Band, front: ScenePoint[], rear: ScenePoint[], range_s: readonly [number, number]): SceneBand {
  return {
    direction: band.direction,
    width_s: band.width_s,
    front,
    rear,
    polygon: clipPolygon([...front, ...rear.toReversed()], range_s),
    front_inside: clipLine(front, range_s),
    rear_inside: clipLine(rear, range_s),
  }
}
