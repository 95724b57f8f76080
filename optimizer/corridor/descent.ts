// Offsets and sequences of least predicted delay by coordinate moves: one signal, a run to the end of the corridor, or a
// change of sequence. Deterministic; whole seconds.
import { modulo } from '../../model/units.ts'
import type { PlatoonModel } from './profile.ts'

export interface Offsets {
  readonly offsets: readonly number[]
  readonly patterns: readonly number[]
}

/** What an offset set must keep; undefined = refused. */
export type Keep = (setting: Offsets) => boolean

export interface Found {
  setting: Offsets
  cost: number
}

/** Steps of a refinement, s: wide slack is crossed in a few moves, and the last second is found too. */
const FINE_STEPS = [1, 2, 3, 5, 8, 13, 21]

/** Sweeps end when nothing improves; more than this is rounding noise. */
const SWEEP_LIMIT = 30

/** An improvement smaller than this is none (vehicles). */
const SAME = 1e-7

/** Moves that keep what must be kept until none lowers the cost. Never worse than the start. */
export function refine(model: PlatoonModel, start: Offsets, choices: readonly number[], keep: Keep = () => true): Found {
  return descend(model, start, choices, FINE_STEPS.flatMap((step) => [step, -step]), keep)
}

/** Rounds of link by link optima; the platoons settle after two or three. */
const LINK_ROUNDS = 5

/** Links are tried in steps of 2 s; refinement finds the odd second. */
const LINK_STEP_S = 2

/** Sets every link to its own optimum under the platoons of the setting before, keeps the best setting met, and refines it. */
export function search(model: PlatoonModel, start: Offsets, choices: readonly number[]): Found {
  let best: Found = { setting: start, cost: model.evaluate(start.offsets, start.patterns).total }
  let at = start
  for (let round = 0; round < LINK_ROUNDS; round++) {
    const links = model.bestLinks(at.offsets, at.patterns, LINK_STEP_S)
    const offsets = [at.offsets[0] as number]
    for (const link of links) offsets.push(modulo((offsets.at(-1) as number) + link, model.cycle_s))
    if (offsets.every((offset, i) => offset === at.offsets[i])) break
    at = { offsets, patterns: at.patterns }
    const cost = model.evaluate(offsets, at.patterns).total
    if (cost < best.cost - SAME) best = { setting: at, cost }
  }
  return refine(model, best.setting, choices)
}

function descend(model: PlatoonModel, start: Offsets, choices: readonly number[], steps: readonly number[], keep: Keep): Found {
  let best: Found = { setting: start, cost: model.evaluate(start.offsets, start.patterns).total }
  const offer = (setting: Offsets): void => {
    const cost = model.evaluate(setting.offsets, setting.patterns).total
    if (cost < best.cost - SAME && keep(setting)) best = { setting, cost }
  }
  const n = start.offsets.length
  for (let sweep = 0; sweep < SWEEP_LIMIT; sweep++) {
    const before = best
    for (let i = 0; i < n; i++) {
      for (let p = 0; p < (choices[i] as number); p++) {
        if (p !== best.setting.patterns[i]) offer({ offsets: best.setting.offsets, patterns: best.setting.patterns.with(i, p) })
      }
      const at = best.setting
      for (const step of steps) {
        offer(shift(at, i, i + 1, step, model.cycle_s))
        if (i > 0 && i + 1 < n) offer(shift(at, i, n, step, model.cycle_s))
      }
    }
    if (best === before) break
  }
  return best
}

function shift({ offsets, patterns }: Offsets, from: number, to: number, step: number, cycle: number): Offsets {
  return { offsets: offsets.map((offset, i) => (i >= from && i < to ? modulo(offset + step, cycle) : offset)), patterns }
}
