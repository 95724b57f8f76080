// What must hold for the plans of the street before anything computes with them. A running plan may break a rule that
// a new plan must keep (checkPlan says so); here stands only what makes it unreadable or impossible.
import { GreenwaveError } from './errors.ts'
import type { Network } from './network.ts'
import type { Timing } from './scenario.ts'
import type { Pattern, Signal } from './signal.ts'
import { getGroup, TIME_TOLERANCE_S } from './compile.ts'
import { validateControl } from './validate-control.ts'

/** Shortest cycle in which every phase or stage still gets its minimum and its clearance, s. */
export function minimumCycle(signal: Signal, pattern: Pattern): number {
  if (pattern.kind === 'stages') {
    return pattern.stages.reduce((sum, stage) => sum + (stage.kind === 'interstage' ? stage.duration_s : (stage.min_s ?? 0)), 0)
  }
  return pattern.barriers.reduce((sum, barrier) => {
    const rings = barrier.rings.map((ring) => ring.reduce((ringSum, { phase }) => {
      const group = getGroup(signal, phase)
      return ringSum + group.min_green_s + group.yellow_s + group.red_clearance_s
    }, 0))
    return sum + Math.max(0, ...rings)
  }, 0)
}

function validatePattern(signal: Signal, pattern: Pattern, file: string): void {
  const element = `pattern of signal "${signal.id}"`
  if (!Number.isFinite(pattern.cycle_s) || pattern.cycle_s <= 0) {
    throw new GreenwaveError('input.value', `cycle_s is ${pattern.cycle_s}; it must be a positive number`, { file, element })
  }
  if (!Number.isFinite(pattern.offset_s)) {
    throw new GreenwaveError('input.value', `offset_s is ${pattern.offset_s}; it must be a number`, { file, element })
  }
  const parts = pattern.kind === 'rings' ? pattern.barriers.flatMap(({ rings }) => rings.flat().map(({ phase }) => phase)) : pattern.stages.flatMap(({ green }) => green)
  for (const id of parts) getGroup(signal, id)
  if (pattern.kind === 'rings' ? parts.length === 0 : pattern.stages.length === 0) {
    throw new GreenwaveError('network.signal', 'it has no phases or stages; it needs at least 1', { file, element })
  }
  const needed = minimumCycle(signal, pattern)
  if (pattern.cycle_s < needed - TIME_TOLERANCE_S) {
    const round = (s: number): number => Math.round(s * 10) / 10
    throw new GreenwaveError('input.value', `the cycle of ${round(pattern.cycle_s)} s is shorter than its minimums, ${round(needed)} s`, { file, element })
  }
}

/** Throws a GreenwaveError that names the signal and the value; returns the timing unchanged. */
export function validateTiming(network: Network, timing: Timing, file = 'timing.json'): Timing {
  const signals = new Map(network.signals.map((signal) => [signal.id, signal]))
  const plans = new Set<string>()
  for (const plan of timing.plans) {
    if (plans.has(plan.id)) throw new GreenwaveError('input.duplicate', `plan "${plan.id}" is there twice`, { file })
    plans.add(plan.id)
    const seen = new Set<string>()
    for (const pattern of plan.patterns) {
      const signal = signals.get(pattern.signal)
      if (signal === undefined) throw new GreenwaveError('input.reference', `signal "${pattern.signal}" does not exist`, { file, element: `plan "${plan.id}"` })
      if (seen.has(signal.id)) throw new GreenwaveError('input.duplicate', `signal "${signal.id}" has two patterns`, { file, element: `plan "${plan.id}"` })
      seen.add(signal.id)
      validatePattern(signal, pattern, file)
    }
  }
  for (const entry of timing.schedule) {
    if (!plans.has(entry.plan)) throw new GreenwaveError('input.reference', `plan "${entry.plan}" does not exist`, { file, element: 'schedule' })
  }
  validateControl(network, timing.control ?? [], file)
  return timing
}
