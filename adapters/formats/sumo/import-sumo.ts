// A SUMO network with its routes and additional files becomes a scenario.
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import type { Demand } from '../../../model/demand.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { Network } from '../../../model/network.ts'
import type { Scenario } from '../../../model/scenario.ts'
import { controlsFrom } from './control.ts'
import { findCorridors, namedCorridor } from './corridors.ts'
import { setCoordinated } from './coordinated.ts'
import type { SumoNet } from './net-document.ts'
import { connections, coordinateReference, links, movements, nodes } from './network-from-net.ts'
import { Notes } from './notes.ts'
import { collectPaths } from './paths.ts'
import type { Paths } from './paths.ts'
import { readConfig } from './read-config.ts'
import { readNet } from './read-net.ts'
import { ProgramReader } from './read-programs.ts'
import { deriveRightOfWay } from './right-of-way.ts'
import { Router } from './router.ts'
import { deriveSignals } from './signals.ts'
import { timingFrom } from './switches.ts'
import { TrafficReader } from './traffic-reader.ts'
import { departureSpan, periodsOf, quarterIntervals, volumesFromVehicles } from './volumes-from-vehicles.ts'

export interface SumoImportOptions {
  /** Route and trip files, in SUMO's order; absent or empty = those of the configuration. */
  routes?: readonly string[]
  additional?: readonly string[]
  /** Traffic light ids of the corridor in outbound order, as a list or separated by commas; absent = found. */
  corridor?: string | readonly string[]
  /** A .sumocfg to take files and period from, when the path is a network. */
  config?: string
  /** Scenario name; absent = the file's name. */
  name?: string
  /** Period in seconds of the day; vehicles outside are left out. */
  begin?: number
  end?: number
}

interface Inputs {
  net: string
  routes: readonly string[]
  additional: readonly string[]
  begin: number
  end: number
}

/**
 * Imports a .net.xml (plain or gzip) or a .sumocfg. Notes list everything that was assumed, corrected or not
 * understood. Throws GreenwaveError with file, line and value for broken input.
 */
export async function importSumo(path: string, options: SumoImportOptions = {}): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const notes = new Notes()
  const inputs = await findInputs(path, options, notes)
  const net = await readNet(inputs.net, notes)
  const paths = collectPaths(net, notes)
  const router = new Router(net, paths.paths)
  const traffic = new TrafficReader(router, new ProgramReader(notes), inputs, notes)
  for (const file of [...inputs.additional, ...inputs.routes]) await traffic.read(file)
  const network = buildNetwork(net, paths, options.name ?? nameOf(inputs.net), notes)
  const rights = deriveRightOfWay(net, paths, notes)
  network.connections = connections(paths.paths, rights)
  const written = [...net.programs, ...traffic.programs.programs]
  const programs = deriveSignals(net, paths, rights, written, network, notes)
  const control = controlsFrom(network, written, notes)
  const timing = { ...timingFrom(programs, traffic.switches, notes), ...(control.length === 0 ? {} : { control }) }
  const demand = buildDemand(network, traffic, inputs, notes)
  const corridors = options.corridor === undefined ? findCorridors(network, demand) : [namedCorridor(network, options.corridor)]
  if (corridors.length === 0) notes.add('not-understood', { file: inputs.net }, 'no two traffic lights are linked by a main flow, so no corridor was found; name one')
  setCoordinated(network, timing, corridors)
  const scenario: Scenario = {
    scenario: {
      format: 'greenwave.scenario/1', name: network.name, time_zone: 'UTC', coordinate_reference: network.coordinate_reference,
      corridors, periods: periodsOf(demand.intervals), driving: 'sumo', car_following: traffic.types.followingOf(demand.vehicle_types, demand.vehicles.type), import_notes: notes.list(),
    },
    network, demand, timing,
  }
  return { scenario, notes: notes.list() }
}

const nameOf = (path: string): string => basename(path).replace(/(\.net)?\.xml(\.gz)?$/, '')

async function findInputs(path: string, options: SumoImportOptions, notes: Notes): Promise<Inputs> {
  const config = options.config ?? (path.endsWith('.sumocfg') ? path : undefined)
  if (config !== undefined) {
    const read = await readConfig(config)
    return {
      net: path === config ? read.net : path,
      routes: given(options.routes) ?? read.routes, additional: given(options.additional) ?? read.additional,
      begin: options.begin ?? read.begin ?? -Infinity, end: options.end ?? read.end ?? Infinity,
    }
  }
  const net = await netOf(path, notes)
  if (given(options.routes) === undefined && given(options.additional) === undefined) await noteSiblings(net, notes)
  return {
    net, routes: options.routes ?? [], additional: options.additional ?? [],
    begin: options.begin ?? -Infinity, end: options.end ?? Infinity,
  }
}

const given = (files: readonly string[] | undefined): readonly string[] | undefined => (files === undefined || files.length === 0 ? undefined : files)

const NET_FILE = /\.net\.xml(\.gz)?$/
const SIBLING = /\.(rou|trips|add|tll|sumocfg)(\.xml)?(\.gz)?$/

/** A folder stands for the one network in it. */
async function netOf(path: string, notes: Notes): Promise<string> {
  const info = await stat(path).catch((cause: unknown) => {
    throw new GreenwaveError('input.unreadable', `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { file: path }, cause)
  })
  if (!info.isDirectory()) return path
  const nets = (await readdir(path)).filter((file) => NET_FILE.test(file)).sort()
  if (nets.length !== 1) {
    throw new GreenwaveError('input.format', `the folder holds ${nets.length} SUMO networks (.net.xml); name one file or a .sumocfg`, { file: path })
  }
  notes.add('assumed', { file: path }, `the only network of the folder, ${nets[0] ?? ''}, is taken`)
  return `${path}/${nets[0] ?? ''}`
}

/** Files beside the network may or may not belong to it: they are named, not guessed at. */
async function noteSiblings(net: string, notes: Notes): Promise<void> {
  const beside = await readdir(dirname(net)).catch(() => [])
  const others = beside.filter((file) => SIBLING.test(file)).sort()
  if (others.length > 0) notes.add('assumed', { file: net }, `only the network was read; beside it lie ${others.join(', ')}`)
}

function buildNetwork(net: SumoNet, { paths }: Paths, name: string, notes: Notes): Network {
  return {
    format: 'greenwave.network/1', name, driving_side: net.lefthand ? 'left' : 'right',
    coordinate_reference: coordinateReference(net),
    nodes: nodes(net, paths, notes), links: links(net), movements: movements(paths), connections: [], signals: [],
    provenance: `SUMO network ${basename(net.file)}`,
  }
}

function buildDemand(network: Network, traffic: TrafficReader, inputs: Inputs, notes: Notes): Demand {
  const linkIds = network.links.map((link) => link.id)
  const { routes, vehicles, vehicle_types, stops } = traffic.vehicles.finish(linkIds, traffic.types.list, notes, inputs.net)
  const span = departureSpan(vehicles.depart_s)
  const begin = Number.isFinite(inputs.begin) ? inputs.begin : span?.begin
  const end = Number.isFinite(inputs.end) ? inputs.end : span?.end
  const intervals = begin === undefined || end === undefined || end <= begin ? [] : quarterIntervals(begin, end)
  if (vehicles.depart_s.length === 0) notes.add('assumed', { file: inputs.net }, 'there are no vehicles; volumes must come from elsewhere before a plan can be made')
  const volumes = intervals.length === 0 || vehicles.depart_s.length === 0 ? [] : volumesFromVehicles(network, { routes, vehicles }, intervals)
  return {
    format: 'greenwave.demand/1', intervals, volumes, vehicle_types, routes, vehicles,
    ...(stops.length === 0 ? {} : { stops }),
  }
}
