// Along the street as it is drawn: at true distances, or with all signals equally far apart. Metres in, drawn metres out; both grow together.

export interface DistanceAxis {
  /** Metres along the corridor to metres as drawn. */
  drawn(position_m: number): number
  position(drawn_m: number): number
}

const TRUE: DistanceAxis = { drawn: (position_m) => position_m, position: (drawn_m) => drawn_m }

/** `positions_m` of the stations, ascending. Signals at the same place stay at the same place. */
export function distanceAxis(positions_m: readonly number[], equal: boolean): DistanceAxis {
  const places = [...new Set(positions_m)]
  if (!equal || places.length < 3) return TRUE
  const [first, last] = [places[0]!, places.at(-1)!]
  const step = (last - first) / (places.length - 1)
  const drawn = places.map((_, i) => first + i * step)
  return { drawn: (position_m) => along(places, drawn, position_m), position: (drawn_m) => along(drawn, places, drawn_m) }
}

/** Piecewise linear between the knots, by the metre beyond them. */
function along(from: readonly number[], to: readonly number[], value: number): number {
  const last = from.length - 1
  if (value <= from[0]!) return to[0]! + value - from[0]!
  if (value >= from[last]!) return to[last]! + value - from[last]!
  let [low, high] = [0, last]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (from[middle]! <= value) low = middle
    else high = middle
  }
  return to[low]! + ((value - from[low]!) / (from[high]! - from[low]!)) * (to[high]! - to[low]!)
}
