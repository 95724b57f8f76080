// Which cycle starts of green keep to. Groups are counted apart, each with its own unknown phase: one movement on one day. The
// mean cosine over the pairs inside groups is the square of the resultant R(C), without its bias of few times.
import type { Seconds } from '../../model/units.ts'

/** Times of one movement in seconds of one clock. */
export type Group = readonly number[]

export const SHORTEST_CYCLE_S: Seconds = 40
export const LONGEST_CYCLE_S: Seconds = 200

export interface Spectrum {
  first_hz: number
  step_hz: number
  /** Mean cosine over pairs, by frequency. */
  coherence: Float64Array
}

/** Step 0.1 / span: what lies between two steps loses less than half a per cent. */
export function spectrumOf(groups: readonly Group[], span_s: Seconds): Spectrum {
  const step_hz = 0.1 / Math.max(span_s, 600)
  const first_hz = 1 / LONGEST_CYCLE_S
  const length = Math.ceil((1 / SHORTEST_CYCLE_S - first_hz) / step_hz) + 1
  const coherence = new Float64Array(length)
  const [re, im] = [new Float64Array(length), new Float64Array(length)]
  let pairs = 0
  for (const group of groups) {
    if (group.length < 2) continue
    re.fill(0)
    im.fill(0)
    for (const time of group) addTurning(re, im, time - group[0]!, first_hz, step_hz)
    for (let k = 0; k < length; k++) coherence[k]! += re[k]! * re[k]! + im[k]! * im[k]! - group.length
    pairs += group.length * (group.length - 1)
  }
  if (pairs > 0) for (let k = 0; k < length; k++) coherence[k]! /= pairs
  return { first_hz, step_hz, coherence }
}

/** e^(2 pi i f t) for all frequencies, by turning on from one to the next. */
function addTurning(re: Float64Array, im: Float64Array, time: number, first_hz: number, step_hz: number): void {
  const [from, by] = [2 * Math.PI * first_hz * time, 2 * Math.PI * step_hz * time]
  const [cosine, sine] = [Math.cos(by), Math.sin(by)]
  let [x, y] = [Math.cos(from), Math.sin(from)]
  for (let k = 0; k < re.length; k++) {
    re[k]! += x
    im[k]! += y
    const turned = x * cosine - y * sine
    y = x * sine + y * cosine
    x = turned
  }
}

export function coherenceAt(groups: readonly Group[], cycle_s: Seconds): number {
  let [sum, pairs] = [0, 0]
  for (const group of groups) {
    const square = powerAt(group, cycle_s)
    sum += square - group.length
    pairs += group.length * (group.length - 1)
  }
  return pairs > 0 ? sum / pairs : 0
}

export function powerAt(group: Group, cycle_s: Seconds): number {
  let [re, im] = [0, 0]
  for (const time of group) {
    const angle = (2 * Math.PI * (time - group[0]!)) / cycle_s
    re += Math.cos(angle)
    im += Math.sin(angle)
  }
  return re * re + im * im
}

/** The best cycle within `width_hz` of a frequency, sought first at steps of `step_hz`, then ever finer. */
export function refine(groups: readonly Group[], hz: number, width_hz: number, step_hz: number): { cycle_s: Seconds; coherence: number } {
  let best = { cycle_s: 1 / hz, coherence: -1 }
  let [width, step] = [width_hz, Math.min(step_hz, width_hz / 5)]
  for (let round = 0; round < 4; round++) {
    const centre = 1 / best.cycle_s
    for (let off = -width; off <= width * 1.001; off += step) {
      const cycle_s = 1 / (centre + off)
      const coherence = coherenceAt(groups, cycle_s)
      if (coherence > best.coherence) best = { cycle_s, coherence }
    }
    width = step
    step /= 5
  }
  return best
}

/**
 * Natural logarithm of the probability that times at random keep to a cycle given beforehand this well: Rayleigh's test of each
 * group (approximation of Zar 1999, section 27.1), joined as Fisher does. `sharing`: how many groups tell the same, since
 * movements that start together are not independent.
 */
export function logChance(groups: readonly Group[], cycle_s: Seconds, sharing = 2): number {
  let [evidence, count] = [0, 0]
  for (const group of groups) {
    const n = group.length
    if (n < 2) continue
    evidence += 1 + 2 * n - Math.sqrt(1 + 4 * n + 4 * Math.max(0, n * n - powerAt(group, cycle_s)))
    count++
  }
  return logGammaTail(Math.max(1, Math.round(count / sharing)), evidence / (count > 1 ? sharing : 1))
}

/** ln of the sum of x^k/k! e^-x for k < m. */
function logGammaTail(m: number, x: number): number {
  if (x <= 0) return 0
  let [term, top] = [-x, -x]
  const terms = [term]
  for (let k = 1; k < m; k++) {
    term += Math.log(x / k)
    terms.push(term)
    top = Math.max(top, term)
  }
  return Math.min(0, top + Math.log(terms.reduce((sum, t) => sum + Math.exp(t - top), 0)))
}
