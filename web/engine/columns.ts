// Vehicles as columns: thinned to the corners that a picture needs, and put together from several runs.
import type { TrajectoryColumns } from './protocol.ts'

/** Samples of many vehicles: vehicle v has those of starts[v] to starts[v + 1]. */
export interface Samples {
  starts: ArrayLike<number>
  times_s: Float32Array
  positions_m: Float32Array
}

/**
 * Which samples to keep of [from, to) so that at every instant a straight line between neighbours is at most `tolerance_m` off
 * (Douglas and Peucker 1973, with the distance taken along the street). Marks them in `keep`.
 */
export function thin(times: Float32Array, positions: Float32Array, from: number, to: number, tolerance_m: number, keep: Uint8Array): void {
  if (to <= from) return
  keep[from] = keep[to - 1] = 1
  const open: number[] = [from, to - 1]
  while (open.length > 0) {
    const b = open.pop()!
    const a = open.pop()!
    const [t0, x0] = [times[a]!, positions[a]!]
    const slope = times[b]! > t0 ? (positions[b]! - x0) / (times[b]! - t0) : 0
    let [farthest, most] = [-1, tolerance_m]
    for (let i = a + 1; i < b; i++) {
      const off = Math.abs(positions[i]! - x0 - slope * (times[i]! - t0))
      if (off > most) [farthest, most] = [i, off]
    }
    if (farthest < 0) continue
    keep[farthest] = 1
    open.push(a, farthest, farthest, b)
  }
}

/** Stops are counted as in the simulation's measures: below 2.24 m/s, again only after more than 6.7 m/s. */
const STOPPED_MPS = 2.24
const MOVING_MPS = 6.7

export function countStops(times: Float32Array, positions: Float32Array, from: number, to: number): number {
  let [stops, standing] = [0, false]
  for (let i = from + 1; i < to; i++) {
    const seconds = times[i]! - times[i - 1]!
    if (seconds <= 0) continue
    const speed = Math.abs(positions[i]! - positions[i - 1]!) / seconds
    if (speed < STOPPED_MPS && !standing) {
      stops += 1
      standing = true
    } else if (speed > MOVING_MPS) standing = false
  }
  return stops
}

/** Vehicles with fewer than two samples are left out. */
export function columnsOf({ starts, times_s, positions_m }: Samples, directionOf: (vehicle: number) => number, tolerance_m: number, source: TrajectoryColumns['source']): TrajectoryColumns {
  const keep = new Uint8Array(times_s.length)
  const vehicles: number[] = []
  for (let v = 0; v + 1 < starts.length; v++) {
    if (starts[v + 1]! - starts[v]! < 2) continue
    vehicles.push(v)
    thin(times_s, positions_m, starts[v]!, starts[v + 1]!, tolerance_m, keep)
  }
  const kept = vehicles.reduce((sum, v) => sum + keep.subarray(starts[v], starts[v + 1]).reduce((all, one) => all + one, 0), 0)
  const into: TrajectoryColumns = {
    starts: new Uint32Array(vehicles.length + 1), times_s: new Float32Array(kept), positions_m: new Float32Array(kept), source,
    directions: Uint8Array.from(vehicles, directionOf), stops: new Uint8Array(vehicles.length), mean_speed_mps: new Float32Array(vehicles.length),
  }
  let at = 0
  vehicles.forEach((v, n) => {
    const [from, to] = [starts[v]!, starts[v + 1]!]
    const seconds = times_s[to - 1]! - times_s[from]!
    into.stops[n] = Math.min(255, countStops(times_s, positions_m, from, to))
    into.mean_speed_mps[n] = seconds > 0 ? Math.abs(positions_m[to - 1]! - positions_m[from]!) / seconds : 0
    for (let i = from; i < to; i++) {
      if (keep[i] === 0) continue
      into.times_s[at] = times_s[i]!
      into.positions_m[at++] = positions_m[i]!
    }
    into.starts[n + 1] = at
  })
  return into
}

/** All vehicles of several, one behind the other. */
export function joined(parts: readonly TrajectoryColumns[]): TrajectoryColumns {
  const [first] = parts
  if (first !== undefined && parts.length === 1) return first
  const total = (size: (part: TrajectoryColumns) => number): number => parts.reduce((sum, part) => sum + size(part), 0)
  const [vehicles, points] = [total(({ directions }) => directions.length), total(({ times_s }) => times_s.length)]
  const into: TrajectoryColumns = {
    starts: new Uint32Array(vehicles + 1), times_s: new Float32Array(points), positions_m: new Float32Array(points), source: first?.source ?? 'simulated',
    directions: new Uint8Array(vehicles), stops: new Uint8Array(vehicles), mean_speed_mps: new Float32Array(vehicles),
  }
  let [v, p] = [0, 0]
  for (const part of parts) {
    into.starts.set(part.starts.map((start) => start + p), v)
    into.times_s.set(part.times_s, p)
    into.positions_m.set(part.positions_m, p)
    into.directions.set(part.directions, v)
    into.stops.set(part.stops, v)
    into.mean_speed_mps.set(part.mean_speed_mps, v)
    v += part.directions.length
    p += part.times_s.length
  }
  into.starts[vehicles] = points
  return into
}
