// The plan document: what is proposed at each intersection, the bands, the proof and where it all came from.
import { compileSignal } from '../model/compile.ts'
import type { ResolvedCorridor } from '../model/corridor.ts'
import type { Insight } from '../model/insight.ts'
import type { Loser, Plan, PlannedIntersection } from '../model/plan.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { Period } from '../model/scenario.ts'
import type { Candidate } from '../optimizer/corridor/index.ts'

export interface DocumentInput {
  graph: RoadGraph
  corridor: ResolvedCorridor
  period: Period
  candidate: Candidate
  losers: Loser[]
  insight?: Insight
  notes: string[]
  request: { scenario_name: string; version: string; seed: number; inputs: Record<string, string> }
}

/** What holds for every plan until other controls are simulated (see the decision records). */
const ASSUMPTIONS = [
  'Before and after both run as fixed time with their full splits, whatever the controllers are.',
  'Greens of the bands are those that the signal shows: no start-up loss is cut off, no yellow is added.',
]

export function planDocument({ graph, corridor, period, candidate, losers, insight, notes, request }: DocumentInput): Plan {
  const { id } = corridor.corridor
  return {
    format: 'greenwave.plan/1',
    id: `${id}-${period.id}`.replaceAll(/[^\w.-]+/g, '-').toLowerCase(),
    scenario: request.scenario_name,
    corridor: id,
    period: period.id,
    cycle_s: candidate.cycle_s,
    intersections: candidate.patterns.map((pattern): PlannedIntersection => {
      const signal = graph.getSignal(pattern.signal)
      return {
        id: signal.id, source_id: signal.source_id, ...(signal.name === undefined ? {} : { name: signal.name }),
        ...pattern, signal_groups: compileSignal(signal, pattern).groups,
      }
    }),
    bands: candidate.bands,
    ...(candidate.link_bands === undefined ? {} : { link_bands: candidate.link_bands }),
    ...(candidate.paths === undefined ? {} : { paths: candidate.paths }),
    certificate: candidate.certificate,
    ...(insight === undefined ? {} : { insight }),
    losers,
    provenance: { version: request.version, seed: request.seed, inputs: request.inputs, objective: candidate.kind, assumptions: [...ASSUMPTIONS, ...notes] },
  }
}
