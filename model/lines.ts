// Lines of points in the plane: their lengths, and places along them. Metres.
import type { Point } from './network.ts'
import type { Metres } from './units.ts'

export const distance = (a: Point, b: Point): Metres => Math.hypot(b[0] - a[0], b[1] - a[1])

/** How far along the line each of its points is; the last is its length. */
export function metresAlong(points: readonly Point[]): Metres[] {
  const along = [0]
  for (let i = 1; i < points.length; i++) along.push(along[i - 1]! + distance(points[i - 1]!, points[i]!))
  return along
}

export function pathLength(points: readonly Point[]): Metres {
  let sum = 0
  for (let i = 1; i < points.length; i++) sum += distance(points[i - 1]!, points[i]!)
  return sum
}

/** The point so far along a line; its ends for what lies beyond them. */
export function pointAlong(points: readonly Point[], at_m: Metres): Point {
  let left = at_m
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!]
    const step = distance(a, b)
    if (left <= step || i === points.length - 1) {
      const share = step === 0 ? 0 : Math.min(1, Math.max(0, left / step))
      return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share]
    }
    left -= step
  }
  return points[0]!
}

/** The part of a line between two places along it. */
export function sliceLine(points: readonly Point[], from_m: Metres, to_m: Metres): Point[] {
  const inner: Point[] = []
  let along = 0
  points.forEach((point, i) => {
    if (i > 0) along += distance(points[i - 1]!, point)
    if (along > from_m + 1e-9 && along < to_m - 1e-9) inner.push(point)
  })
  return [pointAlong(points, from_m), ...inner, pointAlong(points, to_m)]
}

/** The point to the millimetre. */
export const roundPoint = ([x, y]: Point): Point => [Math.round(x * 1000) / 1000, Math.round(y * 1000) / 1000]
