// When vehicles arrive where they enter: headways of shifted exponential distribution (Cowan 1975, M2), at least 1.5 s per
// lane, started in equilibrium, so that the expected number is exactly rate x time. Draws depend on (seed, place, number of
// the vehicle) only. Seconds.
import { DRAW, type Draws } from './draws.ts'

/** Shortest headway in one lane: drivers follow each other at 1.5 s at the densest (HCM 7 chapter 19, 1.5 s for 2400 veh/h). */
const LEAST_HEADWAY_S = 1.5
/** Of a flow near capacity, the part of the headway that is not random at most; else no randomness would be left. */
const LARGEST_SHIFT = 0.9

/** A number that stands for a text, the same on every machine (FNV-1a, 32 bits). */
export function textKey(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return h | 0
}

export interface Arrival {
  depart_s: number
  /** Stands for the vehicle in all further draws. */
  vehicle: number
}

/** Arrivals in [from_s, until_s) at a rate of `vph` over `lanes` lanes at the place that `place` stands for. */
export function drawArrivals(draws: Draws, place: number, vph: number, lanes: number, from_s: number, until_s: number): Arrival[] {
  if (!(vph > 0)) return []
  const mean = 3600 / vph
  const shift = Math.min(LEAST_HEADWAY_S / lanes, LARGEST_SHIFT * mean)
  const arrivals: Arrival[] = []
  let time = from_s + firstHeadway(draws, place, mean, shift)
  for (let k = 0; time < until_s; k++) {
    arrivals.push({ depart_s: time, vehicle: draws.vehicle(place, k) })
    time += shift + exponential(draws.uniform(place, k, DRAW.headway), mean - shift)
  }
  return arrivals
}

const exponential = (u: number, mean: number): number => -mean * Math.log(1 - u)

/** Time to the first arrival seen at a random instant: within the shift with chance shift/mean, else memoryless. */
function firstHeadway(draws: Draws, place: number, mean: number, shift: number): number {
  const u = draws.uniform(place, 0, DRAW.firstHeadway)
  const inShift = shift / mean
  return u < inShift ? u * mean : shift + exponential((u - inShift) / (1 - inShift), mean - shift)
}
