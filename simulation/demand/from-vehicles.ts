// Vehicles that are given with their routes (SUMO imports): those of a span of time, more or fewer of them by a factor.
import type { Demand } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { uniform } from '../kernel/random.ts'
import type { Trip, TripStop } from '../input.ts'
import { DRAW } from './arrivals.ts'

/** Copies of a vehicle set off within this time of it, so that they do not all stand at the entry at one instant. */
const COPY_SPREAD_S = 60

export interface Span {
  from_s: number
  until_s: number
}

/**
 * Trips that depart in [from_s, until_s), in order of time. With a growth of g, vehicle i is there floor((i + 1) g + 1/2) -
 * floor(i g + 1/2) times: evenly thinned or multiplied, the same for every seed but for the moments of the copies.
 * Throws input.reference where a route's links are not joined.
 */
export function tripsFromVehicles(graph: RoadGraph, demand: Demand, { from_s, until_s }: Span, seed: number, growth: number): Trip[] {
  const routeLinks = routeReader(graph, demand)
  const stopsOf = stopReader(demand)
  const { depart_s, route, type } = demand.vehicles
  const trips: Trip[] = []
  for (let i = 0; i < depart_s.length; i++) {
    const depart = depart_s[i]!
    if (depart < from_s || depart >= until_s) continue
    const copies = Math.floor((i + 1) * growth + 0.5) - Math.floor(i * growth + 0.5)
    for (let copy = 0; copy < copies; copy++) {
      const later = copy === 0 ? 0 : (uniform(seed, i, copy, DRAW.copy) - 0.5) * COPY_SPREAD_S
      const links = routeLinks(route[i]!)
      const stops = stopsOf(i, route[i]!)
      trips.push({
        depart_s: Math.min(Math.max(depart + later, from_s), Math.max(depart, until_s - 1e-3)), links, type: type[i]!,
        ...(stops.length > 0 ? { stops } : {}),
      })
    }
  }
  return trips.sort((a, b) => a.depart_s - b.depart_s)
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
