// Stages for the stage controller: from a stage pattern, or from green windows cut at every change.
import { referencePoint, TIME_TOLERANCE_S } from '../../model/compile.ts'
import type { SignalControl } from '../../model/control.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { GroupId, Signal, StagePattern } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { ticks } from './controller.ts'
import { resolvePhase, type PhaseDefaults } from './settings.ts'
import type { ControlledStage } from './stage-controller.ts'

export interface StagePlan {
  stages: ControlledStage[]
  coordinated: number
  coordination: { cycle: number; zero: number }
}

/** Windows cut at every green start, green end and end of clearance; a stage is steady while nobody changes and somebody goes. */
export function stagesOfWindows(signal: Signal, compiled: CompiledSignal, coordinated: readonly GroupId[]): StagePlan {
  const { cycle_s: cycle, groups } = compiled
  const windows = groups.filter(({ id }) => signal.groups.some((group) => group.id === id)).flatMap((group) => group.green_windows_s.map(([start, end]) => ({ group, start, end })))
  const cuts = new Set([0, ...windows.flatMap(({ group, start, end }) =>
    (end - start >= cycle - TIME_TOLERANCE_S ? [] : [start, end, end + group.yellow_s + group.red_clearance_s])).map((t) => ticks(modulo(t, cycle)))])
  const sorted = [...cuts].filter((t) => t < ticks(cycle)).sort((a, b) => a - b)
  const stages = sorted.map((from, i): ControlledStage => {
    const until = sorted[i + 1] ?? ticks(cycle)
    const middle = (from + until) / 20
    const inside = ({ start }: { start: number }, length: number): boolean => modulo(middle - start, cycle) < length
    const green = windows.filter((window) => inside(window, window.end - window.start)).map(({ group }) => group.id)
    const changing = windows.some(({ group, start, end }) => end - start < cycle && modulo(middle - end, cycle) < Math.min(group.yellow_s + group.red_clearance_s, cycle - (end - start)))
    return { green: [...new Set(green)], duration: until - from, min: 0, max: Infinity, passage: Infinity, steady: !changing && green.length > 0 }
  })
  return { stages, coordinated: coordinatedStage(stages, coordinated), coordination: { cycle: cycle * 10, zero: compiled.offset_s * 10 } }
}

/** Stages of a pattern as controlled: a stage ends in a gap of its groups, an interstage never. */
export function stagesOfPattern(signal: Signal, control: SignalControl, pattern: StagePattern, defaults: PhaseDefaults): StagePlan {
  const stages = pattern.stages.map((stage): ControlledStage => {
    const phases = stage.green.map((id) => resolvePhase(signal, control, id, defaults))
    const steady = stage.kind === 'stage'
    const held = phases.some(({ recall }) => recall === 'max') && !phases.some(({ recall }) => recall !== 'max')
    const min = Math.min(ticks(stage.min_s ?? Math.max(0, ...phases.map((phase) => phase.min / 10))), ticks(stage.duration_s))
    return {
      green: stage.green, duration: ticks(stage.duration_s), steady, min,
      max: Math.max(min, ticks(stage.max_s ?? stage.duration_s)), passage: held || !steady ? Infinity : Math.max(0, ...phases.map((phase) => phase.passage)),
    }
  })
  return {
    stages, coordinated: coordinatedStage(stages, pattern.coordinated),
    coordination: { cycle: pattern.cycle_s * 10, zero: (pattern.offset_s - referencePoint(signal, pattern, pattern.offset_reference)) * 10 },
  }
}

/** The steady stage before the coordinated groups end: the longest of those that have most of them. */
function coordinatedStage(stages: readonly ControlledStage[], coordinated: readonly GroupId[]): number {
  const n = stages.length
  const share = ({ green }: ControlledStage): number => green.filter((id) => coordinated.includes(id)).length
  let best = 0
  const better = (a: ControlledStage, b: ControlledStage): boolean => {
    if (a.steady !== b.steady) return a.steady
    return share(a) !== share(b) ? share(a) > share(b) : a.duration > b.duration
  }
  stages.forEach((stage, i) => { if (better(stage, stages[best]!)) best = i })
  // From there on to the last steady stage in which they are all still green.
  for (let i = 1; i < n; i++) {
    const next = stages[(best + 1) % n]!
    if (!next.steady || share(next) < share(stages[best]!) || share(next) === 0) break
    best = (best + 1) % n
  }
  return best
}

