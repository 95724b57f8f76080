// What follows from an edited timing: green windows compiled anew.
import { compileSignal } from '../../model/compile.ts'
import type { Plan } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { patternOf } from '../street.ts'

export function deriveDocument(graph: RoadGraph, plan: Plan): Plan {
  return { ...plan, intersections: plan.intersections.map((one) => ({ ...one, signal_groups: compileSignal(graph.getSignal(one.signal), patternOf(one)).groups })) }
}
