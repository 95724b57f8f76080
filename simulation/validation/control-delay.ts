// Control delay of one lane at a fixed-time signal against HCM 7 chapter 19.
import type { Trip } from '../input.ts'
import { prepareNetwork } from '../prepare.ts'
import { createRun, simulate } from '../simulate.ts'
import { poisson } from '../testing/arrivals.ts'
import { compiled, flow, inputFor, oneLaneSignal } from '../testing/networks.ts'
import { watchLines } from '../testing/tracks.ts'
import { mean, slope, standardError, type Driving, type Figure, type Phenomenon } from './figures.ts'
import { saturated } from './queue-discharge.ts'

const network = oneLaneSignal()
const prepared = prepareNetwork(network)
const CYCLE_S = 90
const GREEN_S = 40
/** HCM's analysis period: ten whole cycles. */
const PERIOD_S = 900

/** Runs per degree of saturation, so that the standard error of the mean lies below 3 %. */
const RUNS: readonly (readonly [x: number, runs: number])[] = [[0.3, 32], [0.5, 24], [0.7, 24], [0.85, 40], [0.95, 96]]

/** Vehicles an hour that a lasting queue sends through, counted. */
function capacity(driving: Driving): number {
  const trips = flow(network, ['in', 'out'], 0, 3600, 2)
  const [passages] = watchLines(createRun(prepared, inputFor(network, [compiled('x', CYCLE_S, 0, { g: [[0, GREEN_S]] })], trips, { ...driving, stop_at_s: 3600 })), [{ link: 'in', at_m: 700, part: 'front' }])
  const [from, until] = [5 * CYCLE_S, 40 * CYCLE_S]
  return (passages!.filter(({ time_s }) => time_s >= from && time_s < until).length * 3600) / (until - from)
}

/** Control delay of all vehicles of a run, s: against the same drivers and demand with the signal always green. */
function controlDelay(driving: Driving, trips: Trip[], seed: number): number {
  const total = (green: number): number => {
    const { vehicles } = simulate(prepared, inputFor(network, [compiled('x', CYCLE_S, 0, { g: [[0, green]] })], trips, { ...driving, seed }))
    return vehicles.travel_time_s.reduce((sum, t, i) => sum + t + vehicles.insertion_delay_s[i]!, 0)
  }
  return total(GREEN_S) - total(CYCLE_S)
}

interface Estimate { mean: number; error: number }

/** Mean of y per vehicle where the number of vehicles is known to be `expected` on average: what chance gave too many is taken out (control variate). */
function perVehicle(totals: readonly number[], counts: readonly number[], expected: number): Estimate {
  const b = slope(counts, totals)
  const corrected = totals.map((total, i) => (total - b * (counts[i]! - expected)) / expected)
  return { mean: mean(corrected), error: standardError(corrected) }
}

/** HCM 7 equations 19-20 and 19-26: random arrivals, fixed time, isolated (k 0.5, I 1). */
function hcmDelay(x: number, c: number, share: number): number {
  const uniform = (0.5 * CYCLE_S * (1 - share) ** 2) / (1 - Math.min(1, x) * share)
  const T = PERIOD_S / 3600
  return uniform + 900 * T * (x - 1 + Math.sqrt((x - 1) ** 2 + (4 * x) / (c * T)))
}

function measureDelay(driving: Driving): Figure[] {
  const c = capacity(driving)
  const saturation = saturated(driving, [1]).saturation_vph
  const rows = RUNS.map(([x, full]) => {
    // What is only told may be noisier.
    const runs = driving.model === 'idm' ? full : full / 4
    const arrivals = Array.from({ length: runs }, (_, i) => poisson(network, ['in', 'out'], x * c, PERIOD_S, i + 1))
    const counts = arrivals.map((trips) => trips.length)
    const expected = (x * c * PERIOD_S) / 3600
    const measured = perVehicle(arrivals.map((trips, i) => controlDelay(driving, trips, i + 1)), counts, expected)
    return { x, ratio: measured.mean / hcmDelay(x, c, c / saturation), noise: measured.error / measured.mean }
  })
  return [
    { name: 'capacity', unit: 'veh/h', value: c, digits: 0 },
    ...rows.map(({ x, ratio }): Figure => ({ name: `delay over that of the HCM, degree of saturation ${x}`, unit: '', value: ratio, digits: 2, target: x > 0.9 ? [0.8, 1.2] : [0.85, 1.15] })),
    { name: 'largest standard error of a mean delay', unit: '%', value: 100 * Math.max(...rows.map(({ noise }) => noise)), digits: 1, ...(driving.model === 'idm' ? { target: [0, 3] } : {}) },
  ]
}

export const controlDelays: Phenomenon[] = [{
  title: 'Control delay', compared: true, measure: measureDelay,
  how: `One lane, 50 km/h, ${GREEN_S} s of green in ${CYCLE_S} s, Poisson arrivals for a quarter of an hour. Travel time and wait to enter less those of the same drivers with the signal always green; capacity counted.`,
  source: 'HCM 7 chapter 19, uniform and incremental delay, T 0.25 h, k 0.5, I 1.',
}]
