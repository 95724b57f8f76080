// What runs in a street as a plan that can be edited: for tests and benches.
import { resolveCorridor } from '../../model/corridor.ts'
import type { Plan } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Corridor, Scenario } from '../../model/scenario.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { deriveDocument } from '../../plans/workflow/derived.ts'

/** What runs at eight in the morning, with bands at the speed limits. */
export function runningPlan({ timing }: Scenario, graph: RoadGraph, corridor: Corridor, period: string): Plan {
  const running = runningPatterns(timing, 8 * 3600)
  const ways = resolveCorridor(graph, corridor)
  const bands = (['outbound', 'inbound'] as const).map((direction) => ({
    direction, width_s: 0, width_cycle: 0, limited_by: [], front_s: [],
    links: ways[direction]!.legs.map(({ from, to, distance_m, speed_limit_mps }) => ({ from, to, distance_m, speed_mps: speed_limit_mps, travel_time_s: distance_m / speed_limit_mps })),
  }))
  const intersections = corridor.intersections.map((id) => ({ ...running.get(id)!, id, source_id: id, signal_groups: [] }))
  const plan: Plan = {
    format: 'greenwave.plan/1', id: 'p', scenario: 's', corridor: corridor.id, period, cycle_s: intersections[0]!.cycle_s, intersections, bands, losers: [],
    certificate: { objective: 'band', value: 0, bound: 0, gap: 0, proven: false, method: '', sentence: '' }, provenance: { version: '', seed: 1, inputs: {}, objective: '', assumptions: [] },
  }
  return deriveDocument(graph, corridor, plan)
}

