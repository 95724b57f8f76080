/**
 * Proof that an artery carries no wider bands than claimed, for the checker alone: the angles between the two bands that
 * some choice of windows allows are followed along the road on plain lists of intervals until none is left.
 * psi = outbound start - inbound start - inbound width; it depends on the widths by their sum only.
 */
import type { BandProblem, LinkTravel, Window } from '../bands/problem.ts'

type Pieces = readonly (readonly [number, number])[]

/** A claim counts as exact if nothing passes that is wider by this share of the cycle. */
const HAIR = 2e-8

/**
 * True if no plan of a weighted two-way, or one-way, problem has an objective above `claim`, for travel times scaled by
 * any factor in [low, high].
 */
export function refuteWider(problem: BandProblem, claim: number, low: number, high: number): boolean {
  if (problem.division.kind !== 'weighted') return false
  const { outbound: w, inbound: v } = problem.division
  const outs = problem.directions === 'inbound' || w === 0 ? [] : thresholds(problem, 'outbound')
  const ins = problem.directions === 'outbound' || v === 0 ? [] : thresholds(problem, 'inbound')
  const more = claim + HAIR * problem.cycle_s * Math.max(w, v)
  if (outs.some((g) => w * g > more) || ins.some((g) => v * g > more)) return false
  for (const g of outs) {
    for (const h of ins) {
      if (w * g + v * h <= more) continue
      // The least sum of widths that still exceeds the claim: fill the heavier direction first.
      const sum = w >= v ? Math.min(g, more / w) + Math.max(0, more - w * g) / v : Math.min(h, more / v) + Math.max(0, more - v * h) / w
      if (carries(problem, sum, g, h, low, high)) return false
    }
  }
  return true
}

/** Usable part of each window; one that never ends is as long as two cycles. */
function usable(window: Window, cycle: number): { start: number; length: number } {
  if (window.length_s >= cycle * (1 - 1e-9)) return { start: 0, length: 2 * cycle }
  return { start: window.start_s + window.clearance_s, length: window.length_s - window.clearance_s }
}

/** Lengths that can be the narrowest window of a band, none above what every signal offers. */
function thresholds(problem: BandProblem, direction: 'outbound' | 'inbound'): number[] {
  const lengths = problem.signals.map(({ patterns }) =>
    patterns.flatMap((pattern) => pattern[direction].map((window) => usable(window, problem.cycle_s).length)).filter((length) => length > 0),
  )
  const cap = Math.min(problem.cycle_s, ...lengths.map((own) => Math.max(0, ...own)))
  return [...new Set([cap, ...lengths.flat().filter((length) => length < cap)])].filter((length) => length > 0)
}

/** Whether bands of this sum get through on windows of at least `g` outbound and `h` inbound. */
function carries(problem: BandProblem, sum: number, g: number, h: number, low: number, high: number): boolean {
  const { cycle_s, signals, links } = problem
  const hair = 1e-10 * cycle_s
  let reached: Pieces = [[0, cycle_s]]
  for (let i = 0; i < signals.length; i++) {
    if (i > 0) {
      const out = timeOf(links[i - 1].outbound)
      const back = timeOf(links[i - 1].inbound)
      reached = onCircle(reached.map(([a, c]) => [a + (out[0] + back[0]) * low, c + (out[1] + back[1]) * high] as const), cycle_s)
    }
    const allowed: [number, number][] = []
    for (const pattern of signals[i].patterns) {
      for (const first of pattern.outbound.map((window) => usable(window, cycle_s))) {
        if (first.length < g - hair) continue
        for (const second of pattern.inbound.map((window) => usable(window, cycle_s))) {
          if (second.length < h - hair) continue
          const from = first.start - second.start - second.length
          const length = first.length + second.length - sum
          if (length >= -hair) allowed.push([from - hair, from + length + hair])
        }
      }
    }
    reached = common(reached, onCircle(allowed, cycle_s))
    if (reached.length === 0) return false
  }
  return true
}

function timeOf(travel: LinkTravel | undefined): readonly [number, number] {
  if (!travel) throw new Error('a two-way artery lacks travel in one direction')
  return [travel.distance_m / travel.speed_max_mps + travel.dwell_min_s, travel.distance_m / travel.speed_min_mps + travel.dwell_max_s]
}

/** Pieces reduced to [0, cycle), joined where they touch. */
function onCircle(pieces: Pieces, cycle: number): Pieces {
  const cut: [number, number][] = []
  for (const [a, c] of pieces) {
    if (c - a >= cycle) return [[0, cycle]]
    const from = a - Math.floor(a / cycle) * cycle
    const to = from + (c - a)
    cut.push([from, Math.min(to, cycle)])
    if (to > cycle) cut.push([0, to - cycle])
  }
  const joined: [number, number][] = []
  for (const [a, c] of cut.toSorted((x, y) => x[0] - y[0])) {
    const last = joined.at(-1)
    if (last && a <= last[1]) last[1] = Math.max(last[1], c)
    else joined.push([a, c])
  }
  return joined
}

function common(a: Pieces, b: Pieces): Pieces {
  return a.flatMap(([from, to]) =>
    b.flatMap(([start, end]) => (Math.min(to, end) >= Math.max(from, start) ? [[Math.max(from, start), Math.min(to, end)] as const] : [])),
  )
}
