// Curves across a junction: a smooth path between two headings, its length, and where two paths meet. Metres.
import type { Network, Point } from './network.ts'

/** Cubic Bezier curve, close to a circular arc, and how far it turns (radians, left positive). */
export interface Arc {
  control: [Point, Point, Point, Point]
  turn_rad: number
}

const TWO_PI = 2 * Math.PI

/** The angle in (-pi, pi]. */
function wrapAngle(angle: number): number {
  const wrapped = angle - TWO_PI * Math.floor((angle + Math.PI) / TWO_PI)
  return wrapped <= -Math.PI ? wrapped + TWO_PI : wrapped
}

/** A curve that leaves `start` with one heading and reaches `end` with another; `uTurn` = driving side, to turn the right way round. */
export function arcPath(start: Point, heading: number, end: Point, endHeading: number, uTurn?: Network['driving_side']): Arc {
  let turn = wrapAngle(endHeading - heading)
  if (uTurn === 'right' && turn < 0) turn += TWO_PI
  if (uTurn === 'left' && turn > 0) turn -= TWO_PI
  const chord = Math.hypot(end[0] - start[0], end[1] - start[1])
  // Handles of the Bezier curve that is closest to an arc over this chord; a third of the chord when straight.
  const half = Math.min(Math.abs(turn), Math.PI) / 2
  const handle = half < 1e-6 ? chord / 3 : (chord * (4 / 3) * Math.tan(half / 2)) / (2 * Math.sin(half))
  const ahead = (from: Point, angle: number, distance: number): Point => [from[0] + Math.cos(angle) * distance, from[1] + Math.sin(angle) * distance]
  return { control: [start, ahead(start, heading, handle), ahead(end, endHeading, -handle), end], turn_rad: turn }
}

/** Points along the curve: two when it is straight, one per 10 degrees or so when it bends; rounded to centimetres. */
export function sampleArc(arc: Arc): Point[] {
  const [a, b, c, d] = arc.control
  const offLine = Math.max(distanceToLine(b, a, d), distanceToLine(c, a, d))
  const steps = offLine < 0.05 ? 1 : Math.min(18, Math.max(6, Math.ceil(Math.abs(arc.turn_rad) / 0.17)))
  const at = (t: number, axis: 0 | 1): number => {
    const u = 1 - t
    return u * u * u * a[axis] + 3 * u * u * t * b[axis] + 3 * u * t * t * c[axis] + t * t * t * d[axis]
  }
  return Array.from({ length: steps + 1 }, (_, i): Point => [centimetres(at(i / steps, 0)), centimetres(at(i / steps, 1))])
}

const centimetres = (m: number): number => Math.round(m * 100) / 100

function distanceToLine(p: Point, a: Point, b: Point): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]]
  const length = Math.hypot(dx, dy)
  return length === 0 ? Math.hypot(p[0] - a[0], p[1] - a[1]) : Math.abs(dx * (p[1] - a[1]) - dy * (p[0] - a[0])) / length
}

/** Metres along `a` to its first crossing with `b`; undefined if they do not cross. */
export function crossingDistance(a: readonly Point[], b: readonly Point[]): number | undefined {
  let travelled = 0
  for (let i = 1; i < a.length; i++) {
    const [p, q] = [a[i - 1] as Point, a[i] as Point]
    const length = Math.hypot(q[0] - p[0], q[1] - p[1])
    let first = Infinity
    for (let j = 1; j < b.length; j++) {
      const share = crossingShare(p, q, b[j - 1] as Point, b[j] as Point)
      if (share !== undefined && share < first) first = share
    }
    if (first < Infinity) return travelled + first * length
    travelled += length
  }
  return undefined
}

/** Share of p-q at which it crosses r-s. */
function crossingShare(p: Point, q: Point, r: Point, s: Point): number | undefined {
  const [ax, ay, bx, by] = [q[0] - p[0], q[1] - p[1], s[0] - r[0], s[1] - r[1]]
  const denominator = ax * by - ay * bx
  if (Math.abs(denominator) < 1e-12) return undefined
  const [cx, cy] = [r[0] - p[0], r[1] - p[1]]
  const t = (cx * by - cy * bx) / denominator
  const u = (cx * ay - cy * ax) / denominator
  return t >= 0 && t <= 1 && u >= 0 && u <= 1 ? t : undefined
}
