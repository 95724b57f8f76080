// Where two paths across a junction meet. Plane geometry on polylines, metres.
import { pathLength } from '../../model/lines.ts'
import type { Point } from '../../model/network.ts'

export interface Meeting {
  /** Metres along each polyline. */
  a: number
  b: number
  /** Sine and absolute cosine of the angle between them. */
  sin: number
  cos: number
}

/** First proper intersection of two polylines, or undefined. */
export function findMeeting(p: readonly Point[], q: readonly Point[]): Meeting | undefined {
  let a = 0
  for (let i = 1; i < p.length; i++) {
    const [px, py] = p[i - 1]!
    const [dx, dy] = [p[i]![0] - px, p[i]![1] - py]
    const dl = Math.hypot(dx, dy)
    let b = 0
    for (let j = 1; j < q.length; j++) {
      const [qx, qy] = q[j - 1]!
      const [ex, ey] = [q[j]![0] - qx, q[j]![1] - qy]
      const el = Math.hypot(ex, ey)
      const det = dx * ey - dy * ex
      if (Math.abs(det) > 1e-9) {
        const s = ((qx - px) * ey - (qy - py) * ex) / det
        const t = ((qx - px) * dy - (qy - py) * dx) / det
        if (s >= 0 && s <= 1 && t >= 0 && t <= 1) {
          return { a: a + s * dl, b: b + t * el, sin: Math.abs(det) / (dl * el), cos: Math.abs(dx * ex + dy * ey) / (dl * el) }
        }
      }
      b += el
    }
    a += dl
  }
  return undefined
}

/** Point at `s` metres along a polyline. */
function pointAt(line: readonly Point[], s: number): Point {
  let rest = s
  for (let i = 1; i < line.length; i++) {
    const [x, y] = line[i - 1]!
    const [dx, dy] = [line[i]![0] - x, line[i]![1] - y]
    const l = Math.hypot(dx, dy)
    if (rest <= l || i === line.length - 1) return l === 0 ? [x, y] : [x + (dx * rest) / l, y + (dy * rest) / l]
    rest -= l
  }
  return line[0]!
}

/** Direction of travel at the start of a polyline, radians. */
export function headingAtStart(line: readonly Point[]): number {
  const [a, b] = [line[0]!, pointAt(line, Math.min(2, pathLength(line)))]
  return Math.atan2(b[1] - a[1], b[0] - a[0])
}

/** Length of the common last stretch, within which the centre lines are nearer than `width`. */
export function commonEnd(p: readonly Point[], q: readonly Point[], width: number): number {
  const [lp, lq] = [pathLength(p), pathLength(q)]
  const longest = Math.min(lp, lq)
  for (let s = 0; s < longest; s += 0.5) {
    const [a, b] = [pointAt(p, lp - s), pointAt(q, lq - s)]
    if (Math.hypot(a[0] - b[0], a[1] - b[1]) > width) return s
  }
  return longest
}

/** The same for the common first stretch. */
export function commonStart(p: readonly Point[], q: readonly Point[], width: number): number {
  return commonEnd([...p].reverse(), [...q].reverse(), width)
}
