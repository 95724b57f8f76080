// How the signals of a street are controlled in the simulation: as the scenario says, or all alike; and what its schedule
// switches on the way.
import type { SignalControl } from '../model/control.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { Timing } from '../model/scenario.ts'
import { listPlanSwitches } from '../model/schedule.ts'
import type { Pattern, SignalId } from '../model/signal.ts'
import type { TimeOfDay } from '../model/units.ts'
import type { PlanChange } from '../simulation/index.ts'
import { compileStreet } from './street.ts'

/** street: as the scenario knows it, else fixed. The others: every signal that way, with the settings of the street where there are any. */
export const CONTROL_MODES = ['street', 'fixed', 'actuated', 'coordinated'] as const
export type ControlMode = (typeof CONTROL_MODES)[number]

/**
 * The control of every signal that does not run fixed. In: patterns that run (before or after; both get the same
 * treatment), and the timing of the scenario. A pattern without coordinated groups cannot be coordinated and runs free.
 */
export function controlStreet(graph: RoadGraph, patterns: ReadonlyMap<SignalId, Pattern>, timing: Timing, mode: ControlMode = 'street'): SignalControl[] {
  const known = new Map((timing.control ?? []).map((control) => [control.signal, control]))
  return [...patterns].flatMap(([id, pattern]): SignalControl[] => {
    const own = known.get(graph.getSignal(id).id)
    const wanted = mode === 'street' ? own?.type ?? 'fixed' : mode
    if (wanted === 'fixed') return []
    return [{ ...own, signal: id, type: wanted === 'coordinated' && pattern.coordinated.length === 0 ? 'actuated' : wanted, pattern }]
  })
}

/**
 * What the schedule switches after the start of a period and before its end. In: the patterns at its start; the signals
 * that keep theirs, because a new plan is laid over them for the whole period. Out: in order of time, each with those
 * signals alone whose pattern changes. Signals that are off at the start stay off.
 */
export function listPlanChanges(graph: RoadGraph, timing: Timing, running: ReadonlyMap<SignalId, Pattern>, period: { start_s: TimeOfDay; end_s: TimeOfDay }, mode: ControlMode = 'street', keep: ReadonlySet<SignalId> = new Set()): PlanChange[] {
  const now = new Map(running)
  return listPlanSwitches(timing, period.start_s, period.end_s).flatMap(({ time_s, patterns }): PlanChange[] => {
    const changed = new Map([...patterns].filter(([id, pattern]) => now.has(id) && !keep.has(id) && JSON.stringify(pattern) !== JSON.stringify(now.get(id))))
    if (changed.size === 0) return []
    for (const [id, pattern] of changed) now.set(id, pattern)
    return [{ time_s, signals: compileStreet(graph, changed), patterns: [...changed.values()], control: controlChanged(graph, changed, timing, mode) }]
  })
}

/** As `controlStreet`, with those that run fixed too: they get in step by the transition of their settings. */
function controlChanged(graph: RoadGraph, changed: ReadonlyMap<SignalId, Pattern>, timing: Timing, mode: ControlMode): SignalControl[] {
  const controlled = new Map(controlStreet(graph, changed, timing, mode).map((control) => [control.signal, control]))
  const transitions = new Map((timing.control ?? []).map(({ signal, transition }) => [signal, transition]))
  return [...changed].map(([id, pattern]): SignalControl => {
    const transition = transitions.get(graph.getSignal(id).id)
    return controlled.get(id) ?? { signal: id, type: 'fixed', pattern, ...(transition === undefined ? {} : { transition }) }
  })
}
