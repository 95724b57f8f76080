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

/** Positions tried in a first sweep lie this far apart, s: less than half of any green. */
const COARSE_STEP_S = 4

/** Sweeps end when nothing improves; more than this is rounding noise. */
const SWEEP_LIMIT = 30

/** An improvement smaller than this is none (vehicles). */
const SAME = 1e-7

/** Moves that keep what must be kept until none lowers the cost. Never worse than the start. */
export function refine(model: PlatoonModel, start: Offsets, choices: readonly number[], keep: Keep = () => true): Found {
  return descend(model, start, choices, FINE_STEPS.flatMap((step) => [step, -step]), keep)
}

/** Tries every part of the cycle for every signal first, then refines. */
export function search(model: PlatoonModel, start: Offsets, choices: readonly number[]): Found {
  const wide = Array.from({ length: Math.floor((model.cycle_s - 1) / COARSE_STEP_S) }, (_, k) => (k + 1) * COARSE_STEP_S)
  const coarse = descend(model, start, choices, wide, () => true)
  return refine(model, coarse.setting, choices)
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
