// Our own export read back: each feature holds one element of `network.json`, only the places are in the geometry.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Connection, Link, Movement, Network, NetworkNode, Point } from '../../../model/network.ts'
import type { Pattern, Signal } from '../../../model/signal.ts'
import type { Plane } from './plane.ts'
import type { Feature, GeojsonFile, Position } from './read.ts'

export const OWN_FORMAT = 'greenwave.geojson/1'

/** What the collection says of the whole network. */
export interface OwnHeader {
  format: typeof OWN_FORMAT
  name: string
  driving_side: Network['driving_side']
  coordinate_reference: Network['coordinate_reference']
  time_zone: string
}

/** The header; undefined for files of others. */
export function findOwnHeader({ members }: GeojsonFile): OwnHeader | undefined {
  const header = members.greenwave
  if (typeof header !== 'object' || header === null || (header as OwnHeader).format !== OWN_FORMAT) return undefined
  const { name, driving_side, coordinate_reference, time_zone } = header as Partial<OwnHeader>
  return {
    format: OWN_FORMAT, name: typeof name === 'string' ? name : '', driving_side: driving_side === 'left' ? 'left' : 'right', time_zone: typeof time_zone === 'string' ? time_zone : 'UTC',
    coordinate_reference: typeof coordinate_reference === 'object' && coordinate_reference !== null ? coordinate_reference : { kind: 'local' },
  }
}

/** True where the paths are there too: then nothing has to be made up. */
export const isComplete = (file: GeojsonFile): boolean => findOwnHeader(file) !== undefined && all(file).some((feature) => kindOf(feature) === 'connection')

const all = (file: GeojsonFile): Feature[] => [...file.points, ...file.lines, ...file.bare]
const kindOf = (feature: Feature): unknown => feature.properties.kind

export function readOwn(file: GeojsonFile, header: OwnHeader, plane: Plane): { network: Network; patterns: Pattern[] } {
  const of = (kind: string): Feature[] => all(file).filter((feature) => kindOf(feature) === kind)
  const place = (feature: Feature): Point => {
    const [first] = feature.coordinates
    if (first === undefined) throw feature.error('input.value', 'a node needs a point')
    return plane.toPoint(first as Position)
  }
  const patterns: Pattern[] = []
  const network: Network = {
    format: 'greenwave.network/1', name: header.name, driving_side: header.driving_side, coordinate_reference: plane.reference,
    nodes: of('node').map((feature): NetworkNode => {
      const [x_m, y_m] = place(feature)
      return { ...(document(feature, ['id', 'source_id', 'kind_of_node']) as unknown as NetworkNode), x_m, y_m }
    }).map(({ kind_of_node, ...node }: NetworkNode & { kind_of_node?: NetworkNode['kind'] }) => ({ ...node, kind: kind_of_node as NetworkNode['kind'] })),
    links: of('link').map((feature): Link => ({ ...(document(feature, ['id', 'from', 'to', 'length_m', 'speed_mps', 'lanes']) as unknown as Link), ...shapeOf(feature, plane) })),
    movements: of('movement').map((feature) => document(feature, ['id', 'node', 'from', 'to', 'turn']) as unknown as Movement),
    connections: of('connection').map((feature): Connection => ({
      ...(document(feature, ['id', 'movement', 'from_lane', 'to_lane', 'length_m', 'speed_mps', 'conflicts_with', 'yields_to']) as unknown as Connection), ...shapeOf(feature, plane),
    })),
    signals: of('signal').map((feature): Signal => {
      const { pattern, ...signal } = document(feature, ['id', 'nodes', 'groups', 'conflicts']) as unknown as Signal & { pattern?: Pattern }
      if (pattern !== undefined) patterns.push(pattern)
      return signal
    }),
    provenance: `GeoJSON ${file.path}`,
  }
  return { network, patterns }
}

const shapeOf = (feature: Feature, plane: Plane): { shape_m?: Point[] } => (feature.coordinates.length > 1 ? { shape_m: feature.coordinates.map(plane.toPoint) } : {})

const LISTS = new Set(['lanes', 'groups', 'conflicts', 'nodes', 'conflicts_with', 'yields_to'])

/** The element without its kind. Programs that draw maps write lists and objects as text; those are read again. */
function document(feature: Feature, needed: readonly string[]): Record<string, unknown> {
  const entries = Object.entries(feature.properties).filter(([name, value]) => name !== 'kind' && value !== null).map(([name, value]) => [name, parsed(value, name, feature)] as const)
  const element = Object.fromEntries(entries)
  for (const name of needed) {
    if (element[name] === undefined) throw feature.error('input.value', `${name} is missing`)
    if (LISTS.has(name) && !Array.isArray(element[name])) throw feature.error('input.value', `${name} must be a list`)
  }
  return element
}

function parsed(value: unknown, name: string, feature: Feature): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value) || ['name', 'id', 'source_id'].includes(name)) return value
  try {
    return JSON.parse(value) as unknown
  } catch (cause) {
    throw new GreenwaveError('input.value', `${name} is "${value.slice(0, 60)}", which is no JSON`, feature.place, cause)
  }
}
