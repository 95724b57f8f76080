// A plan with something to coordinate, for tests of the pages: what runs in the town's corridor, brought to one cycle.
import { resolveCorridor } from '../../model/corridor.ts'
import type { Plan } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { getCorridor } from '../../plans/street.ts'
import { deriveDocument } from '../../plans/workflow/derived.ts'
import { applyEdits } from '../../plans/workflow/edits.ts'
import { runningDocument } from '../../plans/workflow/testing.ts'
import { changeCycle, setOffset } from '../../web/editing/moves.ts'
import type { WebTown } from './serve.ts'

const CYCLE_S = 120

/** Bands at the limits of the street, measured; nothing optimised. */
export function coordinated({ scenario }: Pick<WebTown, 'scenario'>): Plan {
  const graph = new RoadGraph(scenario.network)
  const corridor = getCorridor(scenario.scenario)
  const ways = resolveCorridor(graph, corridor)
  const bands = (['outbound', 'inbound'] as const).flatMap((direction) => {
    const links = ways[direction]?.legs.map(({ from, to, distance_m, speed_limit_mps }) => ({ from, to, distance_m, speed_mps: speed_limit_mps, travel_time_s: distance_m / speed_limit_mps }))
    return links === undefined ? [] : [{ direction, width_s: 0, width_cycle: 0, limited_by: [], front_s: [], links }]
  })
  const plan = { ...runningDocument(scenario, 0), bands }
  return deriveDocument(graph, corridor, applyEdits(plan, changeCycle(graph, plan, corridor.intersections, CYCLE_S)))
}

/** The same with each signal as much later as one drives to it outbound: a band by hand. */
export function outboundWave(town: Pick<WebTown, 'scenario'>): Plan {
  const plan = coordinated(town)
  const graph = new RoadGraph(town.scenario.network)
  const corridor = getCorridor(town.scenario.scenario)
  let time_s = 0
  const edits = plan.bands.find(({ direction }) => direction === 'outbound')!.links.flatMap(({ to, travel_time_s }) => setOffset(plan, to, Math.round(time_s += travel_time_s)))
  return deriveDocument(graph, corridor, applyEdits(plan, edits))
}
