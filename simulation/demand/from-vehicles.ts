// Vehicles that are given with their routes (SUMO imports): those of a span of time, more or fewer of them by a factor.
import type { Demand } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { TripStop } from '../input.ts'
import { gatherTrips, TripTableBuilder, type TripTable } from '../trip-table.ts'
import { DRAW, speedDraw, type Draws } from './draws.ts'
import { entryLeg } from './entry.ts'
import { vehicleTypes } from './vehicle-class.ts'

/** Copies of a vehicle set off within this time of it, so that they do not all stand at the entry at one instant. */
const COPY_SPREAD_S = 60

export interface Span {
  from_s: number
  until_s: number
}

/** Given vehicles, ready to be multiplied; the same for all seeds. */
export interface VehicleSource {
  /** In order of the demand's vehicles, not of time. */
  trips: TripTable
  /** Number of each in the demand, and how often it drives. */
  vehicle: Int32Array
  copies: Int32Array
  span: Span
}

/**
 * Vehicles that depart in [from_s, until_s). With a growth of g, vehicle i is there floor((i + 1) g + 1/2) - floor(i g + 1/2)
 * times: evenly thinned or multiplied, the same for every seed but for the moments of the copies. Who does not fit on the first
 * link of a route sets out on the first one with room.
 * Throws input.reference where a route's links are not joined.
 */
export function vehicleSource(graph: RoadGraph, demand: Demand, span: Span, growth: number): VehicleSource {
  const routeLinks = routeReader(graph, demand)
  const stopsOf = stopReader(demand)
  const types = vehicleTypes(demand)
  const { depart_s, route, type, departures, departure } = demand.vehicles
  const trips = new TripTableBuilder()
  const vehicle: number[] = []
  const all: number[] = []
  for (let i = 0; i < depart_s.length; i++) {
    const depart = depart_s[i]!
    if (depart < span.from_s || depart >= span.until_s) continue
    const copies = Math.floor((i + 1) * growth + 0.5) - Math.floor(i * growth + 0.5)
    if (copies === 0) continue
    const entry = departures?.[departure?.[i] ?? 0]
    const links = routeLinks(route[i]!)
    const stops = stopsOf(i, route[i]!)
    const first = entryLeg(graph, links, types[type[i]!]?.length_m ?? 0)
    const left = stops.flatMap((stop) => (stop.link_index_in_route < first ? [] : [{ ...stop, link_index_in_route: stop.link_index_in_route - first }]))
    trips.add({
      depart_s: depart, links: first === 0 ? links : trips.intern(links.slice(first)), type: type[i]!,
      ...(left.length > 0 ? { stops: left } : {}),
      // A lane by its number is one of the link that was named.
      ...(entry === undefined ? {} : { depart_speed_mps: entry.speed_mps, depart_lane: first > 0 && typeof entry.lane === 'number' ? 'first' : entry.lane }),
    })
    vehicle.push(i)
    all.push(copies)
  }
  return { trips: trips.finish(false), vehicle: Int32Array.from(vehicle), copies: Int32Array.from(all), span }
}

/** Whether every seed has the same trips. */
export const isFixed = ({ copies }: VehicleSource): boolean => copies.every((count) => count === 1)

/** Trips of one run, in order of time. */
export function drawVehicles({ trips, vehicle, copies, span: { from_s, until_s } }: VehicleSource, draws: Draws): TripTable {
  const rows: number[] = []
  const depart_s: number[] = []
  const speeds: number[] = []
  for (let i = 0; i < trips.length; i++) {
    for (let copy = 0; copy < copies[i]!; copy++) {
      const depart = trips.depart_s[i]!
      const later = copy === 0 ? 0 : (draws.uniform(vehicle[i]!, copy, DRAW.copy) - 0.5) * COPY_SPREAD_S
      rows.push(i)
      depart_s.push(Math.min(Math.max(depart + later, from_s), Math.max(depart, until_s - 1e-3)))
      if (draws.stratified) speeds.push(speedDraw(draws, draws.vehicle(vehicle[i]!, copy)))
    }
  }
  return gatherTrips(trips, rows, depart_s, draws.stratified ? speeds : undefined)
}

function routeReader(graph: RoadGraph, demand: Demand): (route: number) => readonly number[] {
  const index = new Map(graph.network.links.map((link, i) => [link.id, i]))
  const known = new Map<number, readonly number[]>()
  return (number) => {
    const cached = known.get(number)
    if (cached !== undefined) return cached
    const { id, links } = demand.routes[number]!
    links.forEach((link, i) => {
      const next = links[i + 1]
      if (next !== undefined && graph.findMovement(link, next) === undefined) {
        throw new GreenwaveError('input.reference', `route "${id}": no movement leads from link "${link}" to link "${next}"`)
      }
    })
    const indices = links.map((link) => index.get(link)!)
    known.set(number, indices)
    return indices
  }
}

function stopReader(demand: Demand): (vehicle: number, route: number) => TripStop[] {
  const byVehicle = new Map<number, NonNullable<Demand['stops']>>()
  for (const stop of demand.stops ?? []) byVehicle.set(stop.vehicle, [...(byVehicle.get(stop.vehicle) ?? []), stop])
  return (vehicle, route) => {
    const links = demand.routes[route]!.links
    let at = 0
    return (byVehicle.get(vehicle) ?? []).flatMap(({ link, lane, position_m, duration_s }) => {
      const found = links.indexOf(link, at)
      if (found < 0) return []
      at = found
      return [{ link_index_in_route: found, lane, position_m, duration_s }]
    })
  }
}
