// How the signals of a street are controlled in the simulation: as the scenario says, or all alike.
import type { SignalControl } from '../model/control.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { Timing } from '../model/scenario.ts'
import type { Pattern, SignalId } from '../model/signal.ts'

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
