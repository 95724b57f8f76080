// Light traffic on any scenario, to see that a network can be driven: from every link at the edge, vehicles that turn at
// random until they leave. For tests of importers whose files have no traffic.
import { emptyDemand, type Demand } from '../model/demand.ts'
import type { LinkId, Movement, Network } from '../model/network.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Run } from '../simulation/index.ts'
import { runDemand } from './run-demand.ts'

const MOST_LINKS = 60

/** Small linear congruential generator, enough to choose turns. */
function generator(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** One vehicle every `headway_s` from every link at the edge. */
export function randomDemand(network: Network, { seed = 1, headway_s = 30, duration_s = 600 } = {}): Demand {
  const graph = new RoadGraph(network)
  const below = generator(seed)
  const cars = (link: LinkId, lane: number): boolean => {
    const { allow, disallow } = graph.getLink(link).lanes[lane]!
    return (allow === undefined || allow.includes('passenger') || allow.includes('all')) && disallow?.includes('passenger') !== true && disallow?.includes('all') !== true
  }
  const drivable = (movement: Movement): boolean => movement.turn !== 'u-turn'
    && graph.listConnections(movement.id).some(({ from_lane, to_lane }) => cars(movement.from, from_lane) && cars(movement.to, to_lane))
  const entries = network.links.filter(({ id }) => !graph.listMovementsInto(id).some(drivable) && graph.listMovementsFrom(id).some(drivable))
  const demand = emptyDemand()
  for (let t = 0; t < duration_s; t += headway_s) {
    for (const entry of entries) {
      const links: LinkId[] = [entry.id]
      while (links.length < MOST_LINKS) {
        const onward = graph.listMovementsFrom(links.at(-1) as LinkId).filter(drivable)
        const next = onward[below(Math.max(1, onward.length))]
        if (next === undefined) break
        links.push(next.to)
      }
      demand.vehicles.route.push(demand.routes.push({ id: `r${demand.routes.length}`, links }) - 1)
      demand.vehicles.depart_s.push(t + below(headway_s))
      demand.vehicles.type.push(0)
    }
  }
  const order = demand.vehicles.depart_s.map((_, i) => i).sort((a, b) => (demand.vehicles.depart_s[a] as number) - (demand.vehicles.depart_s[b] as number))
  const { depart_s, route, type } = demand.vehicles
  demand.vehicles = { depart_s: order.map((i) => depart_s[i] as number), route: order.map((i) => route[i] as number), type: order.map((i) => type[i] as number) }
  return demand
}

/** A run of that traffic. */
export const driveThrough = (scenario: Scenario, options: { seed?: number; headway_s?: number; duration_s?: number } = {}): Run =>
  runDemand(scenario, randomDemand(scenario.network, options), (options.duration_s ?? 600) + 1)
