// Seconds on the circle of a cycle.
import { modulo, type Seconds } from '../../model/units.ts'

/** The way from 0 to a time by the shorter side, in [-cycle/2, cycle/2). */
export const wrap = (time_s: number, cycle_s: Seconds): number => modulo(time_s + cycle_s / 2, cycle_s) - cycle_s / 2

/** Cosine and sine sums of times. */
export function phasor(times_s: Iterable<number>, cycle_s: Seconds): { re: number; im: number; n: number } {
  let [re, im, n] = [0, 0, 0]
  for (const time of times_s) {
    const angle = (2 * Math.PI * time) / cycle_s
    re += Math.cos(angle)
    im += Math.sin(angle)
    n++
  }
  return { re, im, n }
}

export const timeOf = (re: number, im: number, cycle_s: Seconds): number => modulo((Math.atan2(im, re) / (2 * Math.PI)) * cycle_s, cycle_s)

/** Resultant of the phases as it would be of many: mean cosine over pairs, so that few times at random give 0. */
export function resultant(times_s: readonly number[], cycle_s: Seconds): number {
  const { re, im, n } = phasor(times_s, cycle_s)
  return n < 2 ? 0 : Math.sqrt(Math.max(0, (re * re + im * im - n) / (n * (n - 1))))
}

export interface Mode {
  at_s: number
  /** Of those that belong to it. */
  deviation_s: Seconds
  n: number
  /** Share of all times that belong to it. */
  share: number
}

/** Half width in which the densest place is sought, and least reach of what belongs to it. */
const KERNEL_S: Seconds = 4

/** Where times gather, read robustly: the densest place, then the mean of what lies within three deviations. */
export function findMode(times_s: readonly number[], cycle_s: Seconds): Mode | undefined {
  if (times_s.length === 0) return undefined
  let [at, most] = [times_s[0]!, -1]
  const bins = histogram(times_s, cycle_s)
  for (let b = 0; b < bins.length; b++) {
    let weight = 0
    for (let k = -KERNEL_S; k <= KERNEL_S; k++) weight += bins[modulo(b + k, bins.length)]! * (KERNEL_S + 1 - Math.abs(k))
    if (weight > most) [at, most] = [((b + 0.5) * cycle_s) / bins.length, weight]
  }
  let [deviation, reach, inside] = [0, 2 * KERNEL_S, [] as number[]]
  for (let round = 0; round < 6; round++) {
    inside = times_s.map((time) => wrap(time - at, cycle_s)).filter((d) => Math.abs(d) <= reach)
    if (inside.length === 0) return undefined
    at += biweightMean(inside, reach)
    const distances = inside.map((d) => Math.abs(d)).sort((a, b) => a - b)
    deviation = 1.4826 * distances[distances.length >> 1]!
    reach = Math.min(2 * KERNEL_S, Math.max(KERNEL_S, 3 * deviation))
  }
  return { at_s: modulo(at, cycle_s), deviation_s: Math.max(0.3, deviation), n: inside.length, share: inside.length / times_s.length }
}

/** The middle of times that gather about one place, whatever a third of them do. */
export function centreOf(times_s: readonly number[], cycle_s: Seconds): Seconds {
  const { re, im } = phasor(times_s, cycle_s)
  const rough = timeOf(re, im, cycle_s)
  const sorted = times_s.map((time) => wrap(time - rough, cycle_s)).sort((a, b) => a - b)
  const median = sorted[sorted.length >> 1] ?? 0
  const near = sorted.filter((off) => Math.abs(off - median) <= KERNEL_S)
  return rough + near.reduce((sum, off) => sum + off, 0) / Math.max(1, near.length)
}

function histogram(times_s: readonly number[], cycle_s: Seconds): number[] {
  const bins = Array.from({ length: Math.max(1, Math.round(cycle_s)) }, () => 0)
  for (const time of times_s) bins[Math.min(bins.length - 1, Math.floor((modulo(time, cycle_s) / cycle_s) * bins.length))]!++
  return bins
}

/** Mean with Tukey's weights, nothing beyond the reach. */
function biweightMean(values: readonly number[], reach: number): number {
  let [sum, weights] = [0, 0]
  for (const value of values) {
    const weight = (1 - (value / (1.001 * reach)) ** 2) ** 2
    sum += weight * value
    weights += weight
  }
  return weights > 0 ? sum / weights : 0
}
