// Trips as a .rou.xml, for a network that came from SUMO (by source ids) or one that we exported (by its edges).
import type { VehicleType } from '../../../model/demand.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Link, Network } from '../../../model/network.ts'
import type { EdgePart } from './edge-parts.ts'
import { tag, XML_HEAD } from './write-xml.ts'

/** One vehicle and its way, as the simulation takes it. */
export interface SumoTrip {
  depart_s: number
  /** Indices in `network.links`. */
  links: readonly number[]
  /** Index in the vehicle types. */
  type: number
  depart_position_m?: number
  arrive_position_m?: number
  /** Absent = max. */
  depart_speed_mps?: number | 'max'
  /** Absent = best. */
  depart_lane?: number | 'first' | 'best'
  stops?: readonly { link_index_in_route: number; lane: number; position_m: number; duration_s: number }[]
}

export interface ExportRoutesOptions {
  /** SUMO's edges of each link, from `exportSumoNetwork`; absent = the network's source ids. */
  edges?: ReadonlyMap<string, readonly EdgePart[]>
  /** Absent = Krauss, SUMO's default. */
  model?: 'krauss' | 'idm'
}

/** In: trips in any order. Out: the text of a route file, sorted by departure as SUMO wants it. */
export function exportSumoRoutes(network: Network, trips: readonly SumoTrip[], types: readonly VehicleType[], options: ExportRoutesOptions = {}): string {
  const partsOf = (link: number): readonly EdgePart[] => {
    const found = network.links[link]
    if (found === undefined) throw new GreenwaveError('input.reference', `a trip names link number ${link}; the network has ${network.links.length}`)
    return options.edges?.get(found.id) ?? [wholeEdge(found)]
  }
  const order = trips.map((_, i) => i).sort((a, b) => (trips[a]?.depart_s ?? 0) - (trips[b]?.depart_s ?? 0) || a - b)
  const vehicles = order.map((i) => vehicle(trips[i] as SumoTrip, String(i), types, partsOf))
  return `${XML_HEAD}<routes>\n${types.map((type) => vehicleType(type, options.model ?? 'krauss')).join('')}${vehicles.join('')}</routes>\n`
}

const wholeEdge = (link: Link): EdgePart => ({ edge: link.source_id, start_m: 0, end_m: link.length_m, lanes: link.lanes.map((lane) => lane.index) })

function vehicleType(type: VehicleType, model: 'krauss' | 'idm'): string {
  return `    ${tag('vType', {
    id: type.id, vClass: type.vehicle_class, length: type.length_m, minGap: type.min_gap_m, accel: type.accel_mps2, decel: type.decel_mps2,
    maxSpeed: type.max_speed_mps, speedFactor: type.speed_factor, speedDev: type.speed_deviation, tau: type.headway_s,
    sigma: model === 'krauss' ? type.sigma : undefined, carFollowModel: model === 'idm' ? 'IDM' : undefined,
  })}\n`
}

function vehicle(trip: SumoTrip, id: string, types: readonly VehicleType[], partsOf: (link: number) => readonly EdgePart[]): string {
  const type = types[trip.type]
  if (type === undefined) throw new GreenwaveError('input.reference', `trip ${id} names vehicle type number ${trip.type}; there are ${types.length}`)
  const ways = trip.links.map((link) => [...partsOf(link)])
  const [first, last] = [ways[0], ways.at(-1)]
  const depart = trip.depart_position_m === undefined || first === undefined ? undefined : place(first, trip.depart_position_m)
  // A trip that begins or ends in the middle of a split link doesn't touch the parts before or behind.
  if (first !== undefined && depart !== undefined) first.splice(0, depart.index)
  const arrive = trip.arrive_position_m === undefined || last === undefined ? undefined : place(last, trip.arrive_position_m)
  if (last !== undefined && arrive !== undefined) last.splice(arrive.index + 1)
  // Lanes are counted anew on each part of a split link.
  const departLane = typeof trip.depart_lane === 'number' ? Math.max(0, first?.[0]?.lanes.indexOf(trip.depart_lane) ?? 0) : trip.depart_lane ?? 'best'
  const head = tag('vehicle', { id, type: type.id, depart: trip.depart_s, departLane, departSpeed: trip.depart_speed_mps ?? 'max', departPos: depart?.position, arrivalPos: arrive?.position }, false)
  const stops = (trip.stops ?? []).map((stop) => {
    const parts = partsOf(trip.links[stop.link_index_in_route] ?? -1)
    const { index, position } = place(parts, stop.position_m)
    const lane = Math.max(0, parts[index]?.lanes.indexOf(stop.lane) ?? 0)
    return `        ${tag('stop', { lane: `${parts[index]?.edge ?? ''}_${lane}`, endPos: position, duration: stop.duration_s })}\n`
  })
  return `    ${head}\n        ${tag('route', { edges: ways.flat().map((part) => part.edge).join(' ') })}\n${stops.join('')}    </vehicle>\n`
}

/** Part of a link that holds a position, and the position in it. */
function place(parts: readonly EdgePart[], position_m: number): { index: number; position: number } {
  const found = parts.findIndex((part) => position_m <= part.end_m)
  const index = found === -1 ? parts.length - 1 : found
  const part = parts[index]
  return { index, position: Math.max(0, Math.min(position_m, part?.end_m ?? 0) - (part?.start_m ?? 0)) }
}
