// Linear scales and round ticks: which times (s) and distances (m, or feet given in m) deserve a mark on an axis.

/** Maps a domain (s or m) linearly onto a range (px). */
export interface LinearScale {
  (value: number): number
  /** Units of range per unit of domain, unsigned. */
  readonly density: number
}

/** A scale through [domain[0] -> range[0], domain[1] -> range[1]]; the range may run backwards. */
export function linearScale(domain: readonly [number, number], range: readonly [number, number]): LinearScale {
  const slope = (range[1] - range[0]) / (domain[1] - domain[0])
  return Object.assign((value: number) => range[0] + (value - domain[0]) * slope, { density: Math.abs(slope) })
}

/** Steps that read well on a clock: divisors of a minute, an hour, a day. */
const TIME_STEPS_S = [1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200]

/** Smallest clock step that gives at most `most` marks over `span_s`. */
export function timeStep(span_s: number, most: number): number {
  return TIME_STEPS_S.find((step) => span_s / step <= most) ?? 86_400 * Math.ceil(span_s / most / 86_400)
}

/** Smallest step of the form 1, 2 or 5 times a power of ten that gives at most `most` marks over `span`. */
export function decimalStep(span: number, most: number): number {
  const power = 10 ** Math.floor(Math.log10(span / most))
  const step = [1, 2, 5, 10].find((factor) => span / (factor * power) <= most + 1e-9)
  return (step ?? 10) * power
}

/** Multiples of `step` in [start, end], free of floating point dust. */
export function multiples(start: number, end: number, step: number): number[] {
  const first = Math.ceil(start / step - 1e-9)
  const last = Math.floor(end / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step)
}
