/** The offsets a controller can take: multiples of its step inside the cycle. */
import { modulo } from '../../model/units.ts'
import type { BandProblem } from './problem.ts'
import type { Setting } from './score.ts'

/** Most controllers take whole seconds. */
const DEFAULT_STEP_S = 1

export function stepOf(problem: BandProblem, i: number): number {
  return problem.signals[i].offset_step_s ?? DEFAULT_STEP_S
}

/** Nearest admissible offset in [0, cycle_s); any real one where the step is 0. */
export function snapOffset(offset: number, step: number, cycle_s: number): number {
  const inside = modulo(offset, cycle_s)
  if (step === 0) return inside
  const snapped = Math.round(inside / step) * step
  if (snapped < cycle_s - 1e-9) return snapped
  // The top of the circle is 0; where the cycle is no multiple of the step, the last step may be nearer.
  const below = Math.floor((cycle_s - 1e-9) / step) * step
  return inside - below < cycle_s - inside ? below : 0
}

export function snapSetting(problem: BandProblem, setting: Setting): Setting {
  return {
    patterns: setting.patterns,
    offsets: setting.offsets.map((offset, i) => snapOffset(offset, stepOf(problem, i), problem.cycle_s)),
  }
}

/** The one step of all signals if turning the whole plan by it stays admissible, else undefined. */
export function commonStep(problem: BandProblem): number | undefined {
  const step = stepOf(problem, 0)
  if (problem.signals.some((_, i) => stepOf(problem, i) !== step)) return undefined
  if (step === 0) return 0
  const turns = problem.cycle_s / step
  return Math.abs(turns - Math.round(turns)) < 1e-9 ? step : undefined
}

/**
 * Turns the whole plan, which changes no band, so that the fewest offsets of the street change, then by the least; with
 * no offsets known, so that the first signal has offset 0.
 */
export function turnToStreet(problem: BandProblem, setting: Setting): Setting {
  const step = commonStep(problem)
  if (step === undefined) return setting
  const cycle = problem.cycle_s
  const current = problem.signals.map(({ current_offset_s }) => current_offset_s)
  let best: Setting | undefined
  let bestCost = Number.POSITIVE_INFINITY
  const anchors = current.some((offset) => offset !== undefined) ? current : [0]
  anchors.forEach((anchor, i) => {
    if (anchor === undefined) return
    const turn = anchor - setting.offsets[i]
    const offsets = setting.offsets.map((offset) => snapOffset(offset + turn, step, cycle))
    const cost = costOfChange(offsets, current, cycle)
    if (cost >= bestCost) return
    bestCost = cost
    best = { patterns: setting.patterns, offsets }
  })
  return best ?? setting
}

/** A changed offset costs a cycle, more than any distance, so that few changes come before small ones (s). */
function costOfChange(offsets: readonly number[], current: readonly (number | undefined)[], cycle: number): number {
  let cost = 0
  offsets.forEach((offset, i) => {
    const old = current[i]
    if (old === undefined) return
    const apart = modulo(offset - old, cycle)
    const distance = Math.min(apart, cycle - apart)
    if (distance > 1e-6) cost += offsets.length * cycle + distance
  })
  return cost
}
