// Light traffic from every end of a network to every other, for tests that an imported network can be driven.
import { emptyDemand } from '../model/demand.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Run } from '../simulation/index.ts'
import { runDemand } from './run-demand.ts'

const MOST_ROUTES = 60

/** Quickest routes from links that nobody leads into to links that lead nowhere. */
export function crossTown({ network }: Scenario): string[][] {
  const graph = new RoadGraph(network)
  const [entered, left] = [new Set(network.movements.map(({ to }) => to)), new Set(network.movements.map(({ from }) => from))]
  const goals = new Set(network.links.filter(({ id }) => !left.has(id)).map(({ id }) => id))
  const starts = network.links.filter(({ id }) => !entered.has(id) && left.has(id)).map(({ id }) => id)
  const routes = starts.flatMap((start) => [...graph.quickestChains(start, goals, () => false).values()].map(({ links }) => links)).filter((links) => links.length > 1)
  const step = Math.ceil(routes.length / MOST_ROUTES)
  return routes.filter((_, i) => i % step === 0)
}

/** A run in which one car sets out on some route every `headway_s` over ten minutes. */
export function lightTraffic(scenario: Scenario, headway_s = 6): Run {
  const routes = crossTown(scenario)
  const departures = routes.length === 0 ? [] : Array.from({ length: Math.floor(600 / headway_s) }, (_, i) => i * headway_s)
  const demand = {
    ...emptyDemand(), routes: routes.map((links, i) => ({ id: `r${i}`, links })),
    vehicles: { depart_s: departures, route: departures.map((_, i) => i % routes.length), type: departures.map(() => 0) },
  }
  return runDemand(scenario, demand, 600)
}
