// What must hold of a document before it is simulated: every rule, and windows that are those of its patterns.
import { checkChange, type Violation } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import type { Plan } from '../../model/plan.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { canonicalJson } from '../ports/canonical-json.ts'
import { getCorridor, patternOf } from '../street.ts'
import type { Streets } from './streets.ts'

/** Sentences, empty = the plan may go on. Throws corridor.unknown, period.unknown, input.reference for what the network does not have. */
export function findFaults({ scenario, graph }: Streets, document: Plan): string[] {
  const corridor = getCorridor(scenario.scenario, document.corridor)
  const period = resolvePeriod(scenario, document.period)
  const foreign = document.intersections.filter(({ signal, id }) => id !== signal || !corridor.intersections.includes(signal))
  if (foreign.length > 0) return foreign.map(({ id, signal }) => `intersection "${id}" with the pattern of signal "${signal}" is none of the corridor "${corridor.id}"`)
  if (document.intersections.length === 0) return ['the plan has no intersections; it needs at least 1']
  const violations: Violation[] = checkChange(graph, document.intersections.map(patternOf), runningPatterns(scenario.timing, period.start_s))
  if (violations.length > 0) return violations.map(({ sentence }) => sentence)
  return document.intersections.flatMap((one) => {
    const { groups } = compileSignal(graph.getSignal(one.signal), patternOf(one))
    return canonicalJson(groups) === canonicalJson(one.signal_groups) ? [] : [`the green windows of signal "${one.signal}" are not those that its pattern compiles to`]
  })
}
