import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clipLine, clipPolygon, thinLine, timeAtPosition } from './polyline.ts'
import type { ScenePoint } from './polyline.ts'

// The same cases in every run.
fc.configureGlobal({ seed: 1 })

const p = (time_s: number, position_m: number): ScenePoint => ({ time_s, position_m })

/** Vehicles: time goes on, position goes on or stands. */
const trajectories = fc.array(fc.tuple(fc.double({ min: 0.1, max: 5, noNaN: true }), fc.double({ min: 0, max: 60, noNaN: true })), { minLength: 2, maxLength: 60 }).map((steps) => {
  let [t, x] = [0, 0]
  return steps.map(([dt, dx]) => p((t += dt), (x += dx)))
})

describe('lines and areas in the time-space plane', () => {
  it('clips an area to a stretch of time and keeps what lies inside', () => {
    const band = [p(0, 0), p(10, 100), p(30, 100), p(20, 0)]
    const clipped = clipPolygon(band, [5, 15])
    expect(clipped.every(({ time_s }) => time_s >= 5 && time_s <= 15)).toBe(true)
    expect(clipped).toContainEqual(p(10, 100))
    expect(clipped).toContainEqual(p(5, 50))
    expect(clipPolygon(band, [40, 50])).toEqual([])
    expect(clipPolygon(band, [-5, 50])).toHaveLength(4)
  })

  it('cuts a line where it enters and leaves', () => {
    expect(clipLine([p(0, 0), p(10, 100)], [2, 4])).toEqual([p(2, 20), p(4, 40)])
    expect(clipLine([p(0, 0), p(4, 40), p(10, 100)], [4, 20])).toEqual([p(4, 40), p(10, 100)])
    expect(clipLine([p(0, 0), p(1, 10)], [2, 4])).toEqual([])
  })

  it('keeps only points of the line inside the range, in order', () => {
    fc.assert(fc.property(trajectories, fc.double({ min: -10, max: 150, noNaN: true }), fc.double({ min: 1, max: 80, noNaN: true }), (line, start, length) => {
      const clipped = clipLine(line, [start, start + length])
      clipped.forEach(({ time_s }, i) => {
        expect(time_s).toBeGreaterThanOrEqual(start)
        expect(time_s).toBeLessThanOrEqual(start + length)
        if (i > 0) expect(time_s).toBeGreaterThanOrEqual((clipped[i - 1] as ScenePoint).time_s)
      })
    }))
  })

  it('thins without leaving the line by more than the tolerance', () => {
    fc.assert(fc.property(trajectories, (line) => {
      const tolerance = p(0.8, 6)
      const thin = thinLine(line, tolerance)
      expect([thin[0], thin.at(-1)]).toEqual([line[0], line.at(-1)])
      for (const point of line) {
        const near = Math.min(...thin.slice(1).map((b, i) => distanceToSegment(point, thin[i] as ScenePoint, b, tolerance)))
        expect(near).toBeLessThanOrEqual(1 + 1e-9)
      }
    }))
  })

  it('leaves out the samples of a vehicle that stands', () => {
    const standing = Array.from({ length: 50 }, (_, i) => p(i, i < 10 ? i * 10 : 90))
    expect(thinLine(standing, p(0.5, 2))).toEqual([p(0, 0), p(9, 90), p(49, 90)])
  })

  it('finds the time at a position, and none where the line does not go', () => {
    expect(timeAtPosition([p(0, 100), p(10, 0)], 25)).toBe(7.5)
    expect(timeAtPosition([p(0, 100), p(10, 0)], 101)).toBeUndefined()
  })
})

function distanceToSegment(q: ScenePoint, a: ScenePoint, b: ScenePoint, unit: ScenePoint): number {
  const [dx, dy] = [(b.time_s - a.time_s) / unit.time_s, (b.position_m - a.position_m) / unit.position_m]
  const [x, y] = [(q.time_s - a.time_s) / unit.time_s, (q.position_m - a.position_m) / unit.position_m]
  const along = dx === 0 && dy === 0 ? 0 : Math.min(1, Math.max(0, (x * dx + y * dy) / (dx * dx + dy * dy)))
  return Math.hypot(x - along * dx, y - along * dy)
}
