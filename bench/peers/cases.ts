// The streets on which planners meet: a network that SUMO loads, the scenario that was made of it, and trips of any seed and load.
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { importCityflow } from '../../adapters/formats/cityflow/index.ts'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { exportSumoNetwork, exportSumoPatterns, exportSumoRoutes, importSumo } from '../../adapters/formats/sumo/index.ts'
import { importUtdf } from '../../adapters/formats/utdf/index.ts'
import type { Demand, VehicleType } from '../../model/demand.ts'
import type { Network } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { hasVehicles, resolvePeriod, tripBuilder, vehicleTypes } from '../../simulation/demand/index.ts'
import type { Trip } from '../../simulation/index.ts'
import { builtNet, corridorStreets, corridorTrips, netOf } from '../sumo/corridors.ts'

/** The peer reads one hour of vehicles as hourly volumes, so no span is longer. */
export const HOUR_S = 3600

/** Vehicles per hour of the generated corridor at load 1; seeds of its trips are the bench's. */
const GENERATED = { west: 1000, east: 600, side: 140 }

export interface PeerCase {
  name: string
  scenario: Scenario
  graph: RoadGraph
  /** Path of the .net.xml; its programs are those that run, so every planner starts from them. */
  net: string
  /** The network with SUMO's link indices, to write plans with. */
  indexed: Network
  running: Map<SignalId, Pattern>
  /** Departures lie in [from_s, until_s), at most an hour. */
  from_s: number
  until_s: number
  trips: (seed: number, load: number) => Trip[]
  /** Text of a route file. */
  routes: (trips: readonly Trip[]) => string
}

const SAMPLES: Readonly<Record<string, { needs: string; read: (data: string) => Promise<Scenario> }>> = {
  'shallowford': { needs: 'shallowford/Synchro_signal.csv', read: async (data) => (await importUtdf(join(data, 'shallowford/Synchro_signal.csv'), { counts: join(data, 'shallowford/turning_counts_15min_2023-07-11.csv') })).scenario },
  'bullhead': { needs: 'bullhead/UTDF.csv', read: async (data) => (await importUtdf(join(data, 'bullhead/UTDF.csv'))).scenario },
  'peachtree': { needs: 'peachtree/roadnet_atlanta.json', read: async (data) => (await importCityflow(join(data, 'peachtree/roadnet_atlanta.json'), { routes: [join(data, 'peachtree/atlanta.json')] })).scenario },
}

/** Networks that are SUMO's own: configuration and network. */
const OF_SUMO: Readonly<Record<string, readonly [config: string, net: string]>> = {
  'bologna-acosta': ['sumo/bologna-acosta/run.sumocfg', 'sumo/bologna-acosta/acosta_buslanes.net.xml'],
  'bologna-pasubio': ['sumo/bologna-pasubio/run.sumocfg', 'sumo/bologna-pasubio/pasubio_buslanes.net.xml'],
}

const BUILT_IN = ['textbook-arterial', 'nanhu-avenue']
const CORRIDOR = 'generated-corridor'

export const PEER_CASES = [...Object.keys(SAMPLES), ...Object.keys(OF_SUMO), ...BUILT_IN, CORRIDOR]

/** Undefined where the samples are absent. Networks are written to `folder`. Throws for a name that is none of the cases or a scenario folder. */
export async function peerCase(name: string, data: string, folder: string): Promise<PeerCase | undefined> {
  if (name === CORRIDOR) return generated(folder)
  const own = OF_SUMO[name]
  if (own !== undefined) return existsSync(join(data, own[0])) ? ofSumo(name, join(data, own[0]), join(data, own[1]), folder) : undefined
  const sample = SAMPLES[name]
  if (sample !== undefined) return existsSync(join(data, sample.needs)) ? exported(name, await sample.read(data), folder) : undefined
  const home = BUILT_IN.includes(name) ? builtIn(name) : resolve(name)
  if (!existsSync(join(home, 'scenario.json'))) throw new Error(`"${name}" is none of ${PEER_CASES.join(', ')} and no scenario folder`)
  return exported(name.split('/').at(-1)!, (await readScenario(home)).scenario, folder)
}

/** Source and compiled code lie at different depths. */
function builtIn(name: string): string {
  let at = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(at, 'scenarios', name)) && dirname(at) !== at) at = dirname(at)
  return join(at, 'scenarios', name)
}

function spanOf(scenario: Scenario): { from_s: number; until_s: number } {
  const { depart_s } = scenario.demand.vehicles
  const span = hasVehicles(scenario.demand)
    ? { from_s: Math.floor(depart_s[0] ?? 0), until_s: Math.ceil((depart_s.at(-1) ?? 0) + 1) }
    : (({ start_s, end_s }) => ({ from_s: start_s, until_s: end_s }))(resolvePeriod(scenario))
  return { from_s: span.from_s, until_s: Math.min(span.until_s, span.from_s + HOUR_S) }
}

/** Load is a factor on the demand; the volumes are balanced once for each. */
function builder(scenario: Scenario, graph: RoadGraph, { from_s, until_s }: { from_s: number; until_s: number }): PeerCase['trips'] {
  const builders = new Map<number, (seed: number) => Trip[]>()
  const period = hasVehicles(scenario.demand) ? {} : { period: { start_s: from_s, end_s: until_s } }
  return (seed, load) => {
    if (!builders.has(load)) builders.set(load, tripBuilder(graph, scenario.demand, { from_s, until_s, growth: load, ...period }))
    return builders.get(load)!(seed)
  }
}

/** A scenario of any origin, exported and built by netconvert. */
async function exported(name: string, scenario: Scenario, folder: string): Promise<PeerCase> {
  const graph = new RoadGraph(scenario.network)
  const span = spanOf(scenario)
  const running = runningPatterns(scenario.timing, span.from_s)
  const plain = exportSumoNetwork(scenario.network, { patterns: [...running.values()] })
  const net = await netOf(plain, name, folder)
  const types: VehicleType[] = vehicleTypes(scenario.demand)
  return {
    name, scenario, graph, net, indexed: plain.network, running, ...span, trips: builder(scenario, graph, span),
    routes: (trips) => exportSumoRoutes(plain.network, trips, types, { edges: plain.edges }),
  }
}

/** A network of SUMO's; programs of additional files are written into it, because the peer looks nowhere else. */
async function ofSumo(name: string, config: string, source: string, folder: string): Promise<PeerCase> {
  const { scenario } = await importSumo(config)
  const graph = new RoadGraph(scenario.network)
  const span = spanOf(scenario)
  const running = runningPatterns(scenario.timing, span.from_s)
  const net = join(folder, `${name}.net.xml`)
  await writeFile(net, withPrograms(await readFile(source, 'utf8'), exportSumoPatterns(scenario.network, [...running.values()], '0')))
  const types = vehicleTypes(scenario.demand)
  return { name, scenario, graph, net, indexed: scenario.network, running, ...span, trips: builder(scenario, graph, span), routes: (trips) => exportSumoRoutes(scenario.network, trips, types) }
}

const PROGRAM = /[ \t]*<tlLogic id="([^"]*)"[\s\S]*?<\/tlLogic>\s*?\n/g

/** The network's text with the programs of an additional file in place of its own. */
function withPrograms(net: string, additional: string): string {
  const programs = new Map([...additional.matchAll(PROGRAM)].map(([text, id]) => [id!, text]))
  const written = new Set<string>()
  return net.replaceAll(PROGRAM, (text: string, id: string) => {
    const own = programs.get(id)
    if (own === undefined) return text
    const first = !written.has(id)
    written.add(id)
    return first ? own : ''
  })
}

async function generated(folder: string): Promise<PeerCase> {
  const streets = corridorStreets()
  const { net, translate } = await builtNet(streets.network, streets.patterns, CORRIDOR, folder)
  const { scenario } = await importSumo(net)
  const graph = new RoadGraph(scenario.network)
  const types = vehicleTypes(scenario.demand)
  return {
    name: CORRIDOR, scenario, graph, net, indexed: scenario.network, running: runningPatterns(scenario.timing, 0), from_s: 0, until_s: HOUR_S,
    trips: (seed, load) => corridorTrips(streets, { west: GENERATED.west * load, east: GENERATED.east * load, side: GENERATED.side * load }, seed).map((trip) => ({ ...trip, links: translate(trip.links) })),
    routes: (trips) => exportSumoRoutes(scenario.network, trips, types),
  }
}

/** Demand that is these trips and nothing else: what a planner learns of the traffic. */
export function demandOf(of: PeerCase, trips: readonly Trip[]): Demand {
  const { network, demand } = of.scenario
  const numbers = new Map<string, number>()
  const routes: Demand['routes'] = []
  const route = trips.map(({ links }) => {
    const key = links.join(' ')
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, routes.length)
    routes.push({ id: `r${routes.length}`, links: links.map((link) => network.links[link]!.id) })
    return routes.length - 1
  })
  return {
    format: 'greenwave.demand/1', intervals: [], volumes: [], vehicle_types: vehicleTypes(demand), routes,
    vehicles: { depart_s: trips.map(({ depart_s }) => depart_s), route, type: trips.map(({ type }) => type) },
  }
}
