// A network at one cycle: which signals run it, which half or double of it, and which cannot. Seconds.
import type { CompiledSignal } from '../../model/plan.ts'
import type { Choice, SignalChoices } from './choices.ts'
import { NetworkModel, type NetworkState } from './model.ts'
import { streetTables } from './tables.ts'

/** Of a signal's own cycle to that of its area. */
export type Ratio = 0.5 | 1 | 2

/** How a signal may run in an area; `undefined` ratio: it keeps its own cycle and keeps no time with others. */
export interface Setting {
  choice: Choice
  ratio?: Ratio
}

export interface CycleSetting {
  cycle_s: number
  /** In the order of the model. */
  settings: Setting[]
  /** What each would wait alone, and what each street saves with both its ends at this cycle. */
  alone: number[]
  gains: { from: number; to: number; gain: number }[]
}

/** Halving keeps about half of what coordination saves: every second green of a neighbour meets the same one. */
const KEPT_BY_HALF = 0.5

/** Shorter cycles lose more to clearances than any half gains, and leave pedestrians no time. */
const SHORTEST_HALF_S = 40

/** Seconds between table entries when cycles are compared. */
const COARSE = 10

export const aloneAreas = (n: number): number[] => Array.from({ length: n }, (): number => -1)

/** In: the choices of each signal; `free` ones keep what they have. */
export function cycleSetting(model: NetworkModel, choices: readonly SignalChoices[], free: readonly boolean[], cycle_s: number): CycleSetting {
  const full = choices.map((own, i) => (free[i] === true ? { choice: own.running } : settingAt(own, cycle_s)))
  const alone = costsAlone(model, full)
  const gains = gainsOf(model, full)
  const halves = choices.map((own, i) => (full[i]?.ratio === 1 && cycle_s % 2 === 0 && cycle_s / 2 >= SHORTEST_HALF_S ? own.at(cycle_s / 2) : undefined))
  if (halves.every((half) => half === undefined)) return { cycle_s, settings: full, alone, gains }
  const halved = costsAlone(model, full.map((setting, i) => (halves[i] === undefined ? setting : { choice: halves[i], ratio: 0.5 })))
  const saved = new Float64Array(choices.length)
  for (const { from, to, gain } of gains) { saved[from] = (saved[from] as number) + gain; saved[to] = (saved[to] as number) + gain }
  const chosen = full.map((setting, i): Setting => {
    const half = halves[i]
    return half !== undefined && (halved[i] as number) + (1 - KEPT_BY_HALF) * (saved[i] as number) < (alone[i] as number) ? { choice: half, ratio: 0.5 } : setting
  })
  // Where most would rather run the half, that is a cycle of its own, to be tried as such.
  if (2 * chosen.filter(({ ratio }) => ratio === 0.5).length > chosen.length) return { cycle_s, settings: full, alone, gains }
  if (chosen.every((setting, i) => setting === full[i])) return { cycle_s, settings: full, alone, gains }
  return { cycle_s, settings: chosen, alone: costsAlone(model, chosen), gains: gainsOf(model, chosen) }
}

function settingAt(choices: SignalChoices, cycle_s: number): Setting {
  const own = choices.at(cycle_s)
  if (own !== undefined) return { choice: own, ratio: 1 }
  const double = choices.at(2 * cycle_s)
  return double === undefined ? { choice: choices.running } : { choice: double, ratio: 2 }
}

const compiledOf = (settings: readonly Setting[]): CompiledSignal[] => settings.map(({ choice }) => choice.compiled)

/** What each signal would cost with nobody to keep time with, vehicles. */
export const costsAlone = (model: NetworkModel, settings: readonly Setting[]): number[] => [...model.evaluate(compiledOf(settings), aloneAreas(settings.length)).costs]

export const areasOf = (settings: readonly Setting[]): number[] => settings.map(({ ratio }) => (ratio === undefined ? -1 : 0))

function gainsOf(model: NetworkModel, settings: readonly Setting[]): CycleSetting['gains'] {
  const state = model.evaluate(compiledOf(settings).map((timed) => ({ ...timed, offset_s: Math.round(timed.offset_s) })), areasOf(settings))
  return streetGains(model, state, 0, COARSE)
}

/** What the best difference of offsets saves beside a chance one, by street. */
export function streetGains(model: NetworkModel, state: NetworkState, area: number, stride: number): CycleSetting['gains'] {
  return streetTables(model, state, area, stride).map(({ from, to, cost }) => ({ from, to, gain: cost.reduce((a, b) => a + b, 0) / cost.length - cost.reduce((a, b) => Math.min(a, b)) }))
}
