// The roads of an OpenStreetMap file become a scenario. The map has no timing and no traffic: plans are assumed, volumes are left
// empty, and all of it is said.
import { basename } from 'node:path'
import { emptyDemand } from '../../../model/demand.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { ImportNote } from '../../../model/errors.ts'
import type { CoordinateReference, Network, Point } from '../../../model/network.ts'
import { findProjection, type Projection } from '../../../model/projection.ts'
import type { Scenario } from '../../../model/scenario.ts'
import { buildStreets, type BuiltStreets } from '../../../model/streets/build.ts'
import { coordinateAlong } from '../../../model/streets/coordinate.ts'
import { findCorridors, namedCorridor } from '../sumo/corridors.ts'
import { isBarred, roadClassOf } from './access.ts'
import { buildArcs } from './arcs.ts'
import { joinVertices } from './clusters.ts'
import { drawStreets } from './draw.ts'
import { drivingSideAt } from './driving-side.ts'
import { listJunctions, waysOf } from './junctions.ts'
import { OsmNotes } from './notes.ts'
import type { OsmData } from './osm-data.ts'
import { readOsm } from './read-osm.ts'
import { Restrictions } from './restrictions.ts'
import { cutStreets } from './roads.ts'
import { placeSignals, signalNodes } from './signal-places.ts'
import { streetOf } from './streets.ts'

export interface OsmImportOptions {
  /** Absent = by the tags of the roads, else by the country. */
  drivingSide?: Network['driving_side']
  /** Driveways, alleys and car parks too. */
  service?: boolean
  /** Signal ids of the corridor in outbound order; absent = found. */
  corridor?: readonly string[]
  /** Scenario name; absent = the file's name. */
  name?: string
}

/**
 * Imports OpenStreetMap XML (.osm, also gzip) or an extract in protocol buffers (.osm.pbf). Notes list what was assumed, corrected
 * or not understood, with ids. Throws GreenwaveError (input.*) with file and place for broken input.
 */
export async function importOsm(path: string, options: OsmImportOptions = {}): Promise<{ scenario: Scenario; notes: ImportNote[] }> {
  const notes = new OsmNotes(path)
  const service = options.service === true
  const data = await readOsm(path, (tags) => roadClassOf(tags, service) !== undefined, notes)
  const { reference, projection } = referenceOf(data)
  const driving_side = options.drivingSide ?? findDrivingSide(data, notes)
  const built = buildRoads(data, projection, { driving_side, service }, notes)
  const name = options.name ?? basename(path).replace(/(\.osm)?(\.pbf|\.xml)?(\.gz)?$/i, '')
  const network: Network = {
    format: 'greenwave.network/1', name, driving_side, coordinate_reference: reference,
    nodes: built.nodes, links: built.links, movements: built.movements, connections: built.connections, signals: built.signals,
    provenance: `OpenStreetMap file ${basename(path)} (data © OpenStreetMap contributors, ODbL 1.0); lane-to-lane paths and most stop lines are drawn from lanes and turns, signal timing is assumed`,
  }
  const demand = emptyDemand()
  const corridors = options.corridor === undefined ? findCorridors(network, demand) : [namedCorridor(network, options.corridor)]
  if (corridors.length === 0) notes.add('not-understood', 'no two signals follow each other along a street, so no corridor was found; name one')
  notes.add('assumed', 'the map has no traffic; volumes must come from elsewhere before a plan can be made')
  const timing: Scenario['timing'] = {
    format: 'greenwave.timing/1', plans: [{ id: 'assumed', name: 'Assumed, not the plan of the street', patterns: built.patterns }],
    schedule: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 0, plan: 'assumed' }],
  }
  coordinateAlong(network, built.patterns, corridors)
  const all = [...built.notes.map((note) => ({ ...note, place: { file: path, ...note.place } })), ...notes.list()]
  const scenario: Scenario = {
    scenario: { format: 'greenwave.scenario/1', name, time_zone: 'UTC', coordinate_reference: reference, corridors, periods: [], import_notes: all },
    network, demand, timing,
  }
  return { scenario, notes: all }
}

/** A transverse Mercator projection of the middle of the roads, in which a metre is a metre. */
function referenceOf({ nodes, file }: OsmData): { reference: CoordinateReference; projection: Projection } {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { lon, lat } of nodes.values()) [west, south, east, north] = [Math.min(west, lon), Math.min(south, lat), Math.max(east, lon), Math.max(north, lat)]
  if (nodes.size === 0) throw new GreenwaveError('input.reference', 'the file holds none of the nodes that its roads name', { file })
  const middle = (a: number, b: number): number => Math.round(((a + b) / 2) * 1e5) / 1e5
  const reference: CoordinateReference = { kind: 'projected', projection: `+proj=tmerc +lat_0=${middle(south, north)} +lon_0=${middle(west, east)} +k=1 +x_0=0 +y_0=0 +ellps=WGS84` }
  return { reference, projection: findProjection(reference) as Projection }
}

function findDrivingSide({ ways, nodes }: OsmData, notes: OsmNotes): Network['driving_side'] {
  const tagged = ways.map(({ tags }) => tags.get('driving_side')).filter((side) => side === 'left' || side === 'right')
  if (tagged.length > 0) return tagged.filter((side) => side === 'left').length * 2 > tagged.length ? 'left' : 'right'
  const list = [...nodes.values()]
  const [lon, lat] = [list.reduce((sum, node) => sum + node.lon, 0) / list.length, list.reduce((sum, node) => sum + node.lat, 0) / list.length]
  const side = drivingSideAt(lon, lat)
  notes.add('assumed', `traffic drives on the ${side}, by the country at ${lat.toFixed(3)} north, ${lon.toFixed(3)} east (coarse boxes; --driving-side says otherwise)`)
  return side
}

function buildRoads(data: OsmData, projection: Projection, options: { driving_side: Network['driving_side']; service: boolean }, notes: OsmNotes): BuiltStreets {
  const { driving_side } = options
  const streets = data.ways.flatMap((way) => streetOf(way, options, notes) ?? [])
  if (streets.length === 0) throw new GreenwaveError('input.value', 'the file has no roads for cars', { file: data.file })
  const points = new Map<number, Point>([...data.nodes.values()].map(({ id, lon, lat }) => [id, projection.fromLonLat(lon, lat)]))
  const marked = signalNodes(data.nodes, notes)
  const barred = new Set([...data.nodes.values()].filter(({ tags }) => isBarred(tags)).map(({ id }) => id))
  for (const id of barred) notes.count('barred', 'assumed', `node ${id}`, (n) => `${n} barrier(s) let no car pass; the road ends there`)
  const roads = cutStreets(streets, data.nodes, points, { at: marked, barred }, notes)
  if (roads.segments.length === 0) throw new GreenwaveError('input.reference', 'the file does not hold the nodes of its roads', { file: data.file })
  const places = placeSignals(roads, marked, notes)
  const groups = joinVertices(roads, places)
  const arcs = buildArcs(roads, places.alone, driving_side)
  const map = listJunctions(arcs, groups, new Set([...places.junctions, ...places.alone]))
  const joined = map.junctions.filter(({ members }) => members.length > 1)
  for (const { members } of joined) notes.count('joined', 'assumed', `node ${members.join('+')}`, (n) => `${n} junction(s) are drawn with several nodes; each is one intersection here`)
  const restrictions = new Restrictions(data.restrictions, notes)
  restrictions.noteUnused(new Set([...map.inside].flatMap(({ pieces }) => pieces.map(({ segment }) => segment.street.way.id))), notes)
  const ways = waysOf(roads, arcs, { restrictions, inside: map.inside, driving_side, notes })
  const nameOf = (vertex: number): string => String(vertex)
  return buildStreets(drawStreets({ file: data.file, roads, map, ways, lines: places.lines, driving_side, nameOf, notes }))
}
