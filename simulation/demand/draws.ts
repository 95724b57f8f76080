// Uniform draws of one run. Plain: a hash of (seed, vehicle, step, purpose). Stratified: the runs of a batch share out the
// unit interval of every draw (Latin hypercube, McKay, Beckman and Conover 1979; for signal plans Kesur 2013): of R runs
// each takes another R-th of it, in an order of its own per draw. So each run alone has the distribution it had, while the
// runs together cover every draw evenly, and what adds up over draws (vehicles, headways, speed factors) hardly scatters.
import { hash, uniform } from '../kernel/random.ts'

/** Purposes of draws here; those of the kernel are below 100. */
export const DRAW = { vehicle: 101, headway: 102, firstHeadway: 103, way: 104, type: 105, copy: 106, speed: 107 } as const

/** Place of a run in a Latin hypercube. All plans of a seed have the same, so they still meet the same vehicles. */
export interface Stratum {
  /** 0 to `of` - 1, each taken once per design. */
  index: number
  of: number
  /** Tells designs apart; the same for the runs of one. */
  key: number
}

export interface Draws {
  /** Uniform in [0, 1). */
  uniform(vehicle: number, step: number, purpose: number): number
  /** Number that stands for the k-th vehicle of a place. */
  vehicle(place: number, k: number): number
  /** Whether drivers are drawn here rather than by the kernel. */
  stratified: boolean
}

export function createDraws(seed: number, stratum?: Stratum): Draws {
  if (stratum === undefined) {
    return {
      stratified: false,
      uniform: (vehicle, step, purpose) => uniform(seed, vehicle, step, purpose),
      vehicle: (place, k) => hash(seed, place, k, DRAW.vehicle) | 0,
    }
  }
  const { index, of, key } = stratum
  return {
    stratified: true,
    uniform: (vehicle, step, purpose) => (permuted(index, of, hash(key, vehicle, step, purpose)) + uniform(seed, vehicle, step, purpose)) / of,
    // Without the seed: the k-th vehicle of a place has the same draws to share out in every run of the design.
    vehicle: (place, k) => hash(key, place, k, DRAW.vehicle) | 0,
  }
}

/** Where a keyed permutation of 0..count-1 puts i: a hash on the next power of two, walked until it lies inside (Kensler 2013, Pixar memo 13-01). */
export function permuted(i: number, count: number, key: number): number {
  const p = key >>> 0
  const mask = count <= 1 ? 0 : (2 ** (32 - Math.clz32(count - 1)) - 1) >>> 0
  let x = i
  do {
    x = Math.imul(x ^ p, 0xe170893d)
    x ^= p >>> 16
    x ^= (x & mask) >>> 4
    x ^= p >>> 8
    x = Math.imul(x, 0x0929eb3f)
    x ^= p >>> 23
    x ^= (x & mask) >>> 1
    x = Math.imul(x, 1 | (p >>> 27))
    x = Math.imul(x, 0x6935fa69)
    x ^= (x & mask) >>> 11
    x = Math.imul(x, 0x74dcb303)
    x ^= (x & mask) >>> 2
    x = Math.imul(x, 0x9e501cc3)
    x ^= (x & mask) >>> 2
    x = Math.imul(x, 0xc860a3df)
    x = (x & mask) >>> 0
    x ^= x >>> 5
  } while (x >= count)
  return (x + p) % count
}

/** The value that a standard normal variable stays below with probability u, 0 < u < 1 (Acklam 2003, relative error below 1.2e-9). */
export function normalQuantile(u: number): number {
  if (u > 0.5) return -normalQuantile(1 - u)
  if (u < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(u))
    return (((((-7.784894002430293e-3 * q - 0.3223964580411365) * q - 2.400758277161838) * q - 2.549732539343734) * q + 4.374664141464968) * q + 2.938163982698783)
      / ((((7.784695709041462e-3 * q + 0.3224671290700398) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1)
  }
  const q = u - 0.5
  const r = q * q
  return ((((((-39.69683028665376 * r + 220.9460984245205) * r - 275.9285104469687) * r + 138.357751867269) * r - 30.66479806614716) * r + 2.506628277459239) * q)
    / (((((-54.47609879822406 * r + 161.5858368580409) * r - 155.6989798598866) * r + 66.80131188771972) * r - 13.28068155288572) * r + 1)
}

/** Standard normal of a vehicle's speed factor. */
export const speedDraw = (draws: Draws, vehicle: number): number => normalQuantile(Math.max(draws.uniform(vehicle, 0, DRAW.speed), 2 ** -33))
