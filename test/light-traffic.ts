// Light traffic from every end of a network to every other, for tests that an imported network can be driven.
import { compileSignal } from '../model/compile.ts'
import { emptyDemand } from '../model/demand.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import { buildTrips, vehicleTypes } from '../simulation/demand/index.ts'
import { createRun, prepareNetwork, type Run } from '../simulation/index.ts'

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
  const { network, timing } = scenario
  const routes = crossTown(scenario)
  const departures = routes.length === 0 ? [] : Array.from({ length: Math.floor(600 / headway_s) }, (_, i) => i * headway_s)
  const demand = {
    ...emptyDemand(), routes: routes.map((links, i) => ({ id: `r${i}`, links })),
    vehicles: { depart_s: departures, route: departures.map((_, i) => i % routes.length), type: departures.map(() => 0) },
  }
  const trips = buildTrips(new RoadGraph(network), demand, { seed: 1, from_s: 0, until_s: 600 })
  const byId = new Map(network.signals.map((signal) => [signal.id, signal]))
  const signals = (timing.plans[0]?.patterns ?? []).map((pattern) => compileSignal(byId.get(pattern.signal)!, pattern))
  const options = { seed: 1, step_s: 0.5, model: 'idm' as const, start_s: 0, measure_from_s: 0, measure_until_s: 600, stop_at_s: 3600 }
  return createRun(prepareNetwork(network), { network, signals, trips, vehicle_types: vehicleTypes(demand), options })
}
