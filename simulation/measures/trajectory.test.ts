import { describe, expect, it } from 'vitest'
import { arrivalType, platoonRatio } from './arrival-type.ts'
import { measureTrajectory, type TrajectoryColumns } from './trajectory.ts'

/** Enters at -300 m with 50 km/h, brakes at 2 m/s2 to stand at -30 m, waits, speeds up again at 1.3 m/s2. */
function drive(wait_s: number, dt = 0.01): TrajectoryColumns {
  const columns = { time_s: [0], position_m: [-300], speed_mps: [50 / 3.6] }
  let [t, x, v, waited] = [0, -300, 50 / 3.6, 0]
  while (x < 60.5) {
    const before = v
    if (waited === 0 && x >= -30 - (v * v) / 4) v = Math.max(0, v - 2 * dt)
    else if (waited >= wait_s) v = Math.min(50 / 3.6, v + 1.3 * dt)
    if (v === 0) waited += dt
    x += ((before + v) / 2) * dt
    t += dt
    columns.time_s.push(t)
    columns.position_m.push(x)
    columns.speed_mps.push(v)
  }
  return columns
}

describe('a trajectory past a stop line', () => {
  it('that waits 20 s has a control delay of 28.8 s, stands for about 20 s and 2.8 s of creeping, and stops once', () => {
    const found = measureTrajectory(drive(20), -300, 60, 50 / 3.6)
    expect(found.travel_time_s).toBeCloseTo(54.7, 1)
    expect(found.delay_s).toBeCloseTo(28.8, 1)
    expect(found.stopped_s).toBeCloseTo(22.8, 1)
    expect(found.stops).toBe(1)
  })

  it('says nothing of a stretch that it does not cover', () => {
    expect(measureTrajectory(drive(1), -400, 60, 10).travel_time_s).toBeNaN()
    expect(measureTrajectory(drive(1), -300, 100, 10).travel_time_s).toBeNaN()
  })
})

describe('the arrival type', () => {
  it('of 61 % of arrivals in 40 % of green is 5', () => {
    expect(platoonRatio(0.61, 0.4)).toBeCloseTo(1.525, 9)
    expect(arrivalType(platoonRatio(0.61, 0.4))).toBe(5)
  })

  it.each([[0.333, 1], [0.667, 2], [1, 3], [1.333, 4], [1.667, 5], [2.1, 6]])('of a platoon ratio of %f is %i', (ratio, type) => expect(arrivalType(ratio)).toBe(type))
})
