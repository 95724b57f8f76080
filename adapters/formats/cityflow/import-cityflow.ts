// A CityFlow road network with its flows becomes a scenario.
import { basename } from 'node:path'
import { canFollowKrauss } from '../../../model/car-following.ts'
import { emptyDemand, type Demand } from '../../../model/demand.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { Network } from '../../../model/network.ts'
import type { Scenario } from '../../../model/scenario.ts'
import type { StagePattern } from '../../../model/signal.ts'
import { setCoordinated } from '../sumo/coordinated.ts'
import { findCorridors, namedCorridor } from '../sumo/corridors.ts'
import { Notes } from '../sumo/notes.ts'
import { periodsOf, quarterIntervals, volumesFromVehicles } from '../sumo/volumes-from-vehicles.ts'
import { FlowReader } from './flow.ts'
import { buildStreets, type Streets } from './junctions.ts'
import { buildSignal, isSignalised, longestStage } from './light.ts'
import { readRoadnet } from './roadnet.ts'
import { RoadRoutes } from './routes.ts'

export interface CityflowImportOptions {
  /** Flow files, in order. */
  routes?: readonly string[]
  /** Intersection ids of the corridor in outbound order; absent = found. */
  corridor?: readonly string[]
  /** Scenario name; absent = the file's name. */
  name?: string
}

const QUARTER_S = 900
const MINUTE_S = 60

/**
 * Imports a roadnet file and its flows. Notes list what was assumed, corrected or not understood. Throws GreenwaveError
 * (input.*) with file, element and value for broken input.
 */
export async function importCityflow(path: string, options: CityflowImportOptions = {}): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const notes = new Notes()
  const net = await readRoadnet(path)
  const streets = buildStreets(net, notes)
  const { network, patterns } = buildNetwork(path, options.name ?? basename(path).replace(/\.json$/i, ''), streets, notes)
  const demand = await readDemand(path, network, options.routes ?? [], notes)
  const corridors = options.corridor === undefined ? findCorridors(network, demand) : [namedCorridor(network, options.corridor)]
  if (corridors.length === 0) notes.add('not-understood', { file: path }, 'no two signals are linked by a main flow, so no corridor was found; name one')
  notes.add('assumed', { file: path }, 'traffic drives on the right, and seconds of the flows count from midnight')
  const timing: Scenario['timing'] = {
    format: 'greenwave.timing/1', plans: [{ id: 'running', name: 'Light phases of the file', patterns }],
    schedule: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 0, plan: 'running' }],
  }
  setCoordinated(network, timing, corridors)
  for (const pattern of patterns) if (pattern.coordinated.length === 0) pattern.coordinated = longestStage(pattern)
  const scenario: Scenario = {
    scenario: {
      format: 'greenwave.scenario/1', name: network.name, time_zone: 'UTC', coordinate_reference: network.coordinate_reference,
      corridors, periods: periodsOf(demand.intervals), ...(canFollowKrauss(demand.vehicle_types) ? { car_following: 'krauss' } : {}), import_notes: notes.list(),
    },
    network, demand, timing,
  }
  return { scenario, notes: notes.list() }
}

function buildNetwork(path: string, name: string, streets: Streets, notes: Notes): { network: Network; patterns: StagePattern[] } {
  const built = streets.intersections.flatMap(({ intersection, movements, light, connections }) =>
    (isSignalised(light, movements) ? [buildSignal(intersection, movements, light, connections, notes)] : []))
  const network: Network = {
    format: 'greenwave.network/1', name, driving_side: 'right', coordinate_reference: { kind: 'local' },
    nodes: streets.nodes, links: streets.links, movements: streets.movements,
    connections: streets.intersections.flatMap(({ connections }) => connections),
    signals: built.map(({ signal }) => signal),
    provenance: `CityFlow road network ${basename(path)}`,
  }
  return { network, patterns: built.map(({ pattern }) => pattern) }
}

async function readDemand(path: string, network: Network, files: readonly string[], notes: Notes): Promise<Demand> {
  const reader = new FlowReader(new RoadRoutes(network.links, network.movements), notes)
  for (const file of files) await reader.read(file)
  const read = reader.finish(network.links.map(({ id }) => id), { file: files[0] ?? path })
  const { depart_s } = read.vehicles
  const [first, last] = [depart_s[0], depart_s.at(-1)]
  if (first === undefined || last === undefined) {
    notes.add('assumed', { file: path }, 'there are no vehicles; volumes must come from elsewhere before a plan can be made')
    return emptyDemand()
  }
  notes.add('assumed', { file: files[0] ?? path }, `vehicles follow by ${canFollowKrauss(read.vehicle_types) ? 'Krauss\'s model, from which CityFlow\'s own is derived' : 'the intelligent driver model, because some keep less than half a second'}: accelerations, gap, speed and headway are of the file, width, greatest deceleration and usual acceleration are not used; all drivers of a type are alike and departures are fixed, so runs of different seeds hardly differ`)
  // The file's time ends with its last vehicle; a quarter-hour that is mostly over would thin out the volumes.
  const intervals = quarterIntervals(Math.floor(first / QUARTER_S) * QUARTER_S, (Math.floor(last / MINUTE_S) + 1) * MINUTE_S)
  return { ...emptyDemand(), ...read, intervals, volumes: volumesFromVehicles(network, read, intervals) }
}
