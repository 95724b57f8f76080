// What runs in the street at a time of day, with or without a new plan laid over it.
import { checkChange, refuseViolations } from '../model/check-plan.ts'
import { compileSignal } from '../model/compile.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { CompiledSignal, Plan, PlannedIntersection } from '../model/plan.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { Corridor, ScenarioDocument } from '../model/scenario.ts'
import type { Pattern, SignalId } from '../model/signal.ts'

/** The pattern inside a planned intersection, without what was compiled from it. */
export function patternOf(intersection: PlannedIntersection): Pattern {
  const { id: _id, source_id: _source, name: _name, signal_groups: _groups, ...pattern } = intersection
  return pattern
}

/** Compiles what runs at every signal. Out: in the order of the patterns. */
export function compileStreet(graph: RoadGraph, patterns: ReadonlyMap<SignalId, Pattern>): CompiledSignal[] {
  return [...patterns].map(([id, pattern]) => compileSignal(graph.getSignal(id), pattern))
}

/** Compiles what runs with other patterns laid over it, unchecked: for plans that are only compared. */
export function compileWith({ graph, running }: { graph: RoadGraph; running: ReadonlyMap<SignalId, Pattern> }, { patterns }: { patterns: readonly Pattern[] }): CompiledSignal[] {
  return compileStreet(graph, laidOver(running, patterns))
}

const laidOver = (running: ReadonlyMap<SignalId, Pattern>, patterns: readonly Pattern[]): Map<SignalId, Pattern> => new Map([...running, ...patterns.map((pattern) => [pattern.signal, pattern] as const)])

/**
 * The running patterns with a plan laid over them. Throws plan.refused where the plan breaks a rule: what is not checked
 * does not even reach the simulation. Throws input.reference for a signal that the network does not have.
 */
export function withPlan(graph: RoadGraph, running: ReadonlyMap<SignalId, Pattern>, plan: Pick<Plan, 'intersections'>): Map<SignalId, Pattern> {
  const patterns = plan.intersections.map(patternOf)
  refuseViolations(checkChange(graph, patterns, running))
  return laidOver(running, patterns)
}

/** The corridor of that id, or the first of the scenario. Throws corridor.unknown with the ids there are. */
export function getCorridor(scenario: ScenarioDocument, id?: string): Corridor {
  const known = scenario.corridors.map((corridor) => corridor.id)
  const found = id === undefined ? scenario.corridors[0] : scenario.corridors.find((corridor) => corridor.id === id)
  if (found === undefined) {
    const sentence = id === undefined ? 'the scenario has no corridor' : `the scenario has no corridor "${id}"; it has ${known.slice(0, 12).join(', ')}${known.length > 12 ? ', …' : ''}`
    throw new GreenwaveError('corridor.unknown', sentence)
  }
  return found
}
