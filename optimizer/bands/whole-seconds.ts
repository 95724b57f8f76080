/**
 * Local search for the best plan on the controllers' steps, on the exact geometric score: single offsets, runs of
 * neighbouring signals, and changes of pattern.
 */
import type { Window } from './problem.ts'
import { compareBands, compareManner, type Rated, type Rater } from './rating.ts'
import type { Setting } from './score.ts'
import { snapOffset, stepOf } from './steps.ts'

/** Offsets move by up to three steps: rounding errors of neighbours add up to no more in practice. */
const FARTHEST_STEPS = 3

/** Up to here every run of neighbours is moved (n²/2 runs); beyond, only runs that end at the last signal. */
const ALL_RUNS_UP_TO = 12

/** Sweeps end by themselves when nothing improves; the limit only guards against cycling on rounding noise. */
const SWEEP_LIMIT = 60

/** The first setting reached from `start` that no move improves in band width. */
export function climbBands(rater: Rater, start: Setting): Rated {
  let best = rater.rate(start)
  for (let sweep = 0; sweep < SWEEP_LIMIT; sweep++) {
    const before = best
    visitMoves(rater, () => best.setting, (setting) => {
      const rated = rater.rate(setting)
      if (compareBands(rated, best) > 0) best = rated
    })
    if (best === before) break
  }
  return best
}

/** Among settings with the same bands, towards firmer bands, target speeds and the offsets in the street. */
export function climbManner(rater: Rater, start: Rated): Rated {
  let best = start
  let manner = rater.manner(start.setting)
  for (let sweep = 0; sweep < SWEEP_LIMIT; sweep++) {
    const before = best
    visitMoves(rater, () => best.setting, (setting) => {
      const rated = rater.rate(setting)
      if (compareBands(rated, best) !== 0) return
      const own = rater.manner(setting)
      if (compareManner(own, manner) <= 0) return
      best = rated
      manner = own
    })
    if (best === before) break
  }
  return best
}

/** Offers every neighbour of the current setting, which may change between two offers. */
function visitMoves(rater: Rater, current: () => Setting, offer: (setting: Setting) => void): void {
  const n = rater.problem.signals.length
  for (let i = 0; i < n; i++) {
    visitPatterns(rater, i, current, offer)
    // Turning all signals together changes nothing, so a run never starts at the first.
    const lastEnds = n <= ALL_RUNS_UP_TO ? listFrom(i, n) : [...new Set([i, n - 1])]
    for (const end of i === 0 ? [0] : lastEnds) {
      for (let steps = 1; steps <= FARTHEST_STEPS; steps++) {
        offer(shiftRun(rater, current(), i, end, steps))
        offer(shiftRun(rater, current(), i, end, -steps))
      }
    }
  }
}

function listFrom(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, k) => start + k)
}

/** Signals `from` to `to` moved by whole steps. Real offsets move by half seconds. */
function shiftRun({ problem }: Rater, setting: Setting, from: number, to: number, steps: number): Setting {
  const offsets = setting.offsets.slice()
  for (let i = from; i <= to; i++) {
    const step = stepOf(problem, i)
    offsets[i] = snapOffset(offsets[i] + steps * (step === 0 ? 0.5 : step), step, problem.cycle_s)
  }
  return { offsets, patterns: setting.patterns }
}

/** Every other pattern of signal i, at offsets that keep some edge of some window where it was. */
function visitPatterns({ problem }: Rater, i: number, current: () => Setting, offer: (setting: Setting) => void): void {
  const { patterns } = problem.signals[i]
  const step = stepOf(problem, i)
  for (let p = 0; p < patterns.length; p++) {
    const { offsets, patterns: chosen } = current()
    if (p === chosen[i]) continue
    const turns = new Set<number>()
    for (const direction of ['outbound', 'inbound'] as const) {
      for (const edge of [startOf, endOf]) {
        for (const old of patterns[chosen[i]][direction]) {
          for (const own of patterns[p][direction]) turns.add(snapOffset(offsets[i] + edge(old) - edge(own), step, problem.cycle_s))
        }
      }
    }
    for (const offset of turns) offer({ offsets: offsets.with(i, offset), patterns: chosen.with(i, p) })
  }
}

function startOf(window: Window): number {
  return window.start_s
}

function endOf(window: Window): number {
  return window.start_s + window.length_s
}
