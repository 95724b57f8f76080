// Means over runs and their intervals. One run gives one value of a measure; vehicles of a run are not independent.
import type { MeanCi } from '../../model/evaluation.ts'

const CONFIDENCE = 0.95

/** Lanczos approximation (g = 5, n = 6; Numerical Recipes 6.1), relative error below 2e-10. */
const LANCZOS = [76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 1.208650973866179e-3, -5.395239384953e-6]

function logGamma(x: number): number {
  const t = x + 5.5
  const series = LANCZOS.reduce((sum, coefficient, i) => sum + coefficient / (x + 1 + i), 1.000000000190015)
  return (x + 0.5) * Math.log(t) - t + Math.log((2.506628274631 * series) / x)
}

/** Regularised incomplete beta function by its continued fraction (modified Lentz; Numerical Recipes 6.4). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a)
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))]
  let fraction = d
  for (let m = 1; m < 300; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    let step = 1
    for (const term of [even, odd]) {
      d = 1 / (1 + term * d)
      c = 1 + term / c
      step = c * d
      fraction *= step
    }
    if (Math.abs(step - 1) < 1e-14) break
  }
  return front * fraction
}

const known = new Map<string, number>()

/** Student's t: the value that |t| exceeds with this probability, 0.05 by default. `freedom` is at least 1. */
export function studentT(freedom: number, probability: number = 1 - CONFIDENCE): number {
  const key = `${freedom} ${probability}`
  const found = known.get(key) ?? solveStudentT(freedom, probability)
  known.set(key, found)
  return found
}

function solveStudentT(freedom: number, probability: number): number {
  const beyond = (t: number): number => incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5)
  let [low, high] = [0, 1000]
  while (beyond(high) > probability) high *= 2
  for (let i = 0; i < 100; i++) {
    const middle = (low + high) / 2
    if (beyond(middle) > probability) low = middle
    else high = middle
  }
  return (low + high) / 2
}

export const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Mean and half width of its 95 % interval over those values that are numbers; NaN where none is, null where one is no sample. */
export function meanCi(values: readonly number[]): MeanCi {
  const finite = values.filter((value) => Number.isFinite(value))
  const n = finite.length
  const average = mean(finite)
  if (n < 2) return { mean: average, ci95: null }
  const variance = finite.reduce((sum, value) => sum + (value - average) ** 2, 0) / (n - 1)
  return { mean: average, ci95: studentT(n - 1) * Math.sqrt(variance / n) }
}

/** GEH of hourly flows (UK Design Manual for Roads and Bridges): sqrt(2 (m - c)^2 / (m + c)). */
export function geh(m: number, c: number): number {
  return m + c === 0 ? 0 : Math.sqrt((2 * (m - c) ** 2) / (m + c))
}
