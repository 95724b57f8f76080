// Lines and areas in the time-space plane: points of time (s) and position (m), clipped to a stretch of time,
// cut at a position, and thinned so that a picture of thousands of vehicles stays small.

export interface ScenePoint {
  time_s: number
  position_m: number
}

function atTime(a: ScenePoint, b: ScenePoint, time_s: number): ScenePoint {
  const share = (time_s - a.time_s) / (b.time_s - a.time_s)
  return { time_s, position_m: a.position_m + share * (b.position_m - a.position_m) }
}

/** Part of a polygon with start <= time <= end (Sutherland-Hodgman against the two vertical lines). */
export function clipPolygon(polygon: readonly ScenePoint[], [start, end]: readonly [number, number]): ScenePoint[] {
  const half = (points: readonly ScenePoint[], limit: number, side: 1 | -1): ScenePoint[] =>
    points.flatMap((point, i) => {
      const previous = points[(i + points.length - 1) % points.length] as ScenePoint
      const inside = side * (point.time_s - limit) >= 0
      const crossed = inside !== side * (previous.time_s - limit) >= 0
      return [...(crossed ? [atTime(previous, point, limit)] : []), ...(inside ? [point] : [])]
    })
  return half(half(polygon, start, 1), end, -1)
}

/** Part of a line whose time never decreases, with start <= time <= end; empty or a single point when outside. */
export function clipLine(line: readonly ScenePoint[], [start, end]: readonly [number, number]): ScenePoint[] {
  const clipped: ScenePoint[] = []
  line.forEach((point, i) => {
    const previous = line[i - 1]
    for (const limit of [start, end]) {
      if (previous !== undefined && previous.time_s < limit && point.time_s > limit) clipped.push(atTime(previous, point, limit))
    }
    if (point.time_s >= start && point.time_s <= end) clipped.push(point)
  })
  return clipped
}

/** Time at which a line that moves one way along the street passes a position; undefined when it does not. */
export function timeAtPosition(line: readonly ScenePoint[], position_m: number): number | undefined {
  for (let i = 1; i < line.length; i++) {
    const [a, b] = [line[i - 1] as ScenePoint, line[i] as ScenePoint]
    if ((a.position_m - position_m) * (b.position_m - position_m) > 0 || a.position_m === b.position_m) continue
    return a.time_s + ((position_m - a.position_m) / (b.position_m - a.position_m)) * (b.time_s - a.time_s)
  }
  return undefined
}

/**
 * Douglas-Peucker: leaves out points that lie within one tolerance of the line without them.
 * Tolerances say what counts as equally far in time (s) and in distance (m); ends are kept.
 */
export function thinLine(line: readonly ScenePoint[], tolerance: ScenePoint): ScenePoint[] {
  if (line.length < 3) return [...line]
  const x = (i: number): number => (line[i] as ScenePoint).time_s / tolerance.time_s
  const y = (i: number): number => (line[i] as ScenePoint).position_m / tolerance.position_m
  const keep = new Uint8Array(line.length)
  keep[0] = keep[line.length - 1] = 1
  const open: [number, number][] = [[0, line.length - 1]]
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [a, b] = span
    const [dx, dy] = [x(b) - x(a), y(b) - y(a)]
    const length2 = dx * dx + dy * dy
    let farthest = -1
    let distance2 = 1
    for (let i = a + 1; i < b; i++) {
      const along = length2 === 0 ? 0 : Math.min(1, Math.max(0, ((x(i) - x(a)) * dx + (y(i) - y(a)) * dy) / length2))
      const d2 = (x(i) - x(a) - along * dx) ** 2 + (y(i) - y(a) - along * dy) ** 2
      if (d2 > distance2) [farthest, distance2] = [i, d2]
    }
    if (farthest < 0) continue
    keep[farthest] = 1
    open.push([a, farthest], [farthest, b])
  }
  return line.filter((_, i) => keep[i] === 1)
}
