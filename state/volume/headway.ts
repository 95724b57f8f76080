// How fast queues leave, from single probes: who stood farther back on red crosses the line later, by one headway for each place.
// Probes show the pace along the queue, seconds a metre; headway and length of a place are known only by what they usually are,
// and share the surprise of the pace by how sure each of them is.
import type { Metres, Seconds } from '../../model/units.ts'
import { median } from '../statistics.ts'
import type { Discharge } from './departures.ts'

/** Before anything is seen: 1,800 veh/h and lane, places of 25 ft (HCM 2000, ch. 16 and its appendix on queues); standard deviations are ours. */
export const USUAL = { headway_s: 2, headway_spread: 0.08, place_m: 7.5, place_spread: 0.03, first_s: 2 } as const
/** Probes that a fit asks for. */
const LEAST = 30
/** Front of the first vehicle, before the line. */
const FIRST_M: Metres = 1
const ROUNDS = 4
const FARTHEST = 3

export interface Pace {
  headway_s: Seconds
  place_m: Metres
  /** Crossing of the first vehicle after the start of green. */
  first_s: Seconds
  /** Relative standard error of the headway. */
  error: number
  /** Probes it was seen from; 0 for the usual. */
  seen: number
}

export const usualPace = (): Pace => ({ headway_s: USUAL.headway_s, place_m: USUAL.place_m, first_s: USUAL.first_s, error: USUAL.headway_spread, seen: 0 })

/** Place and time of the probes that a pace is seen from. */
export function pacePoints(discharges: readonly Discharge[]): [stop_m: number, offset_s: number][] {
  return discharges.flatMap(({ departures, green_s }) => departures.flatMap(({ waited, stop_m, offset_s }): [number, number][] => (waited && stop_m > 0 && offset_s > 0 && offset_s < green_s ? [[stop_m, offset_s]] : [])))
}

/** Undefined from fewer than 30 probes, or where they show none. */
export function fitPace(all: readonly (readonly [number, number])[]): Pace | undefined {
  let points = all
  let fit: Line | undefined
  for (let round = 0; round < ROUNDS; round++) {
    if (points.length < LEAST) return undefined
    fit = reducedAxis(points)
    if (fit === undefined) return undefined
    const { slope, at } = fit
    const residuals = all.map(([s, t]) => Math.abs(t - at - slope * s))
    const most = FARTHEST * 1.4826 * Math.max(0.3, median(residuals))
    points = all.filter((_, i) => residuals[i]! <= most)
  }
  const { slope, at, error } = fit!
  const surprise = Math.log(slope / (USUAL.headway_s / USUAL.place_m))
  const [headway, place, seen] = [USUAL.headway_spread ** 2, USUAL.place_spread ** 2, error ** 2]
  const total = headway + place + seen
  return {
    headway_s: USUAL.headway_s * Math.exp((surprise * headway) / total), place_m: USUAL.place_m * Math.exp((-surprise * place) / total), first_s: Math.max(0, at + slope * FIRST_M),
    error: Math.sqrt((headway * (place + seen)) / total), seen: points.length,
  }
}

interface Line { slope: number; at: number; error: number }

/** Both coordinates are noisy by about as much of their spread: the axis that treats them alike (Samuelson 1942). */
function reducedAxis(points: readonly (readonly [number, number])[]): Line | undefined {
  const n = points.length
  const [ms, mt] = [0, 1].map((k) => points.reduce((sum, point) => sum + point[k]!, 0) / n) as [number, number]
  let [ss, tt, st] = [0, 0, 0]
  for (const [s, t] of points) {
    ss += (s - ms) ** 2
    tt += (t - mt) ** 2
    st += (s - ms) * (t - mt)
  }
  if (!(st > 0)) return undefined
  const slope = Math.sqrt(tt / ss)
  return { slope, at: mt - slope * ms, error: Math.sqrt(Math.max(0, 1 - (st * st) / (ss * tt)) / (n - 2)) }
}
