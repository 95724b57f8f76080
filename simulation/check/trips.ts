// Can every trip be driven? One pass over the trips and one over their distinct routes.
import { GreenwaveError } from '../../model/errors.ts'
import { ENTRY_GAP_M, type VehicleType } from '../../model/demand.ts'
import type { Lane } from '../../model/network.ts'
import type { Trip } from '../input.ts'
import type { PreparedNetwork } from '../prepare.ts'
import { lastLink, legCount, routeLinks, type TripTable } from '../trip-table.ts'
import { requireOneOf, requireWhole, requireWithin } from './values.ts'

/** A year of the simulation's clock; beyond it is no time of day. */
export const LATEST_S = 366 * 86_400

/** Per pair of links that follow each other on a route: the connections between them, and the first trip that drives there. */
export type UsedConnections = readonly { connections: readonly number[]; trip: number }[]

/** What columns cannot say: values of trips that are given one by one, where NaN would be taken for "not given". */
export function checkTripList(trips: readonly Trip[]): void {
  const routes = new Set<readonly number[]>()
  trips.forEach((trip, i) => {
    const element = `trip ${i}`
    if (!routes.has(trip.links)) {
      routes.add(trip.links)
      for (const link of trip.links) requireWhole(link, 0, Number.MAX_SAFE_INTEGER, element, 'link number')
    }
    requireWhole(trip.type, 0, Number.MAX_SAFE_INTEGER, element, 'vehicle type number')
    for (const [value, what] of [[trip.depart_position_m, 'a position of departure of'], [trip.arrive_position_m, 'a position of arrival of']] as const) {
      if (value !== undefined) requireWithin(value, 0, Infinity, element, what, 'm')
    }
    if (trip.depart_speed_mps !== undefined && trip.depart_speed_mps !== 'max') requireWithin(trip.depart_speed_mps, 0, 150, element, 'a speed of departure of', 'm/s')
    if (typeof trip.depart_lane === 'number') requireWhole(trip.depart_lane, 0, 1000, element, 'a lane of departure of')
    else requireOneOf(trip.depart_lane, [undefined, 'first', 'best'], element, 'a lane of departure')
    for (const stop of trip.stops ?? []) {
      requireWhole(stop.link_index_in_route, 0, trip.links.length - 1, element, 'a halt on leg')
      requireWhole(stop.lane, 0, 1000, element, 'a halt on lane')
      requireWithin(stop.position_m, 0, Infinity, element, 'a halt at', 'm')
    }
  })
}

/** Throws input.value or input.reference, naming the trip. Gives what connections are used, for the check of signals. */
export function checkTrips(prepared: PreparedNetwork, trips: TripTable, types: readonly VehicleType[]): UsedConnections {
  const { links } = prepared.network
  for (let i = 0; i < trips.length; i++) {
    const element = (): string => `trip ${i}`
    const depart = trips.depart_s[i]!
    if (!(Math.abs(depart) <= LATEST_S)) requireWithin(depart, -LATEST_S, LATEST_S, element(), 'a departure at', 's')
    if (i > 0 && depart < trips.depart_s[i - 1]!) throw new GreenwaveError('input.value', `trip ${i} departs at ${depart} s, before trip ${i - 1} at ${trips.depart_s[i - 1]} s`)
    const type = types[trips.type[i]!]
    if (type === undefined) throw new GreenwaveError('input.reference', `trip ${i} has type ${trips.type[i]}; there are ${types.length}`)
    if (!(legCount(trips, i) > 0)) throw new GreenwaveError('input.value', `trip ${i} has a route without links`)
    const first = links[trips.route_link[trips.route_start[trips.route[i]!]!]!]
    const last = links[lastLink(trips, i)]
    if (first === undefined || last === undefined) continue
    checkEnds(prepared, trips, i, type, first.length_m, last.length_m)
  }
  if (trips.stop_start.length > 0) checkHalts(prepared, trips, types)
  return listUsed(prepared, trips)
}

function checkEnds(prepared: PreparedNetwork, trips: TripTable, i: number, type: VehicleType, firstLength: number, lastLength: number): void {
  const { links } = prepared.network
  const [from, to, speed, lane] = [trips.depart_position_m[i]!, trips.arrive_position_m[i]!, trips.depart_speed_mps[i]!, trips.depart_lane[i]!]
  const link = trips.route_link[trips.route_start[trips.route[i]!]!]!
  if (type.length_m + ENTRY_GAP_M > firstLength) {
    throw new GreenwaveError('input.value', `trip ${i}: vehicle type ${type.id} is ${type.length_m} m long and cannot enter on link ${links[link]!.id}, which has ${firstLength} m`)
  }
  if (from > firstLength || from < 0) throw new GreenwaveError('input.value', `trip ${i} departs at ${from} m of link ${links[link]!.id}, which has ${firstLength} m`)
  if (to > lastLength || to < 0) throw new GreenwaveError('input.value', `trip ${i} arrives at ${to} m of link ${links[lastLink(trips, i)]!.id}, which has ${lastLength} m`)
  if (legCount(trips, i) === 1 && to < from) throw new GreenwaveError('input.value', `trip ${i} departs at ${from} m of link ${links[link]!.id} and arrives at ${to} m, before it`)
  if (speed < 0 || speed === Infinity) throw new GreenwaveError('input.value', `trip ${i} departs with ${speed} m/s; it must be at least 0`)
  if (lane >= 0) checkLane(links[link]!.lanes, links[link]!.id, lane, type.vehicle_class, `trip ${i} departs on`)
}

function checkLane(lanes: readonly Lane[], link: string, lane: number, vehicleClass: string, who: string): Lane {
  const found = lanes[lane]
  if (found === undefined) throw new GreenwaveError('input.reference', `${who} lane ${lane} of link ${link}, which has ${lanes.length}`)
  const allowed = vehicleClass === 'ignoring' || (found.allow === undefined || found.allow.length === 0 || found.allow.includes(vehicleClass)) && found.disallow?.includes(vehicleClass) !== true
  if (!allowed) throw new GreenwaveError('input.value', `${who} lane ${lane} of link ${link}, which does not admit a ${vehicleClass}`)
  return found
}

function checkHalts(prepared: PreparedNetwork, trips: TripTable, types: readonly VehicleType[]): void {
  const { links } = prepared.network
  for (let i = 0; i < trips.length; i++) {
    const type = types[trips.type[i]!]!
    let [leg, at] = [0, -Infinity]
    for (let row = trips.stop_start[i]!; row < trips.stop_start[i + 1]!; row++) {
      const [nextLeg, position, duration] = [trips.stop_leg[row]!, trips.stop_position_m[row]!, trips.stop_duration_s[row]!]
      if (!(nextLeg >= 0 && nextLeg < legCount(trips, i))) throw new GreenwaveError('input.reference', `trip ${i} has a halt on leg ${nextLeg}; its route has ${legCount(trips, i)}`)
      if (nextLeg < leg || (nextLeg === leg && position < at)) throw new GreenwaveError('input.value', `trip ${i} has a halt at ${position} m of leg ${nextLeg} after one at ${at} m of leg ${leg}; halts must be in order of travel`)
      const link = links[routeLinks(trips, trips.route[i]!)[nextLeg]!]
      if (link === undefined) continue
      const lane = checkLane(link.lanes, link.id, trips.stop_lane[row]!, type.vehicle_class, `trip ${i} halts on`)
      if (!(position >= 0 && position <= link.length_m)) throw new GreenwaveError('input.value', `trip ${i} halts at ${position} m of link ${link.id}, whose lanes end at ${link.length_m} m`)
      if (position < link.length_m - lane.length_m) throw new GreenwaveError('input.value', `trip ${i} halts at ${position} m of link ${link.id}, where lane ${lane.index} has not begun; it is ${lane.length_m} m long`)
      if (type.length_m > lane.length_m) throw new GreenwaveError('input.value', `trip ${i}: vehicle type ${type.id} is ${type.length_m} m long and cannot halt on lane ${lane.index} of link ${link.id}, which has ${lane.length_m} m`)
      requireWithin(duration, 0, LATEST_S, `trip ${i}`, 'a halt of', 's')
      ;[leg, at] = [nextLeg, position]
    }
  }
}

/** The distinct pairs of links that routes join. Links that are not joined are named where routes are laid out (kernel/routes.ts). */
function listUsed(prepared: PreparedNetwork, trips: TripTable): UsedConnections {
  const p = prepared
  const firstTrip = new Map<number, number>()
  for (let i = trips.length - 1; i >= 0; i--) firstTrip.set(trips.route[i]!, i)
  const pairs = new Map<number, { connections: number[]; trip: number }>()
  for (const [route, trip] of firstTrip) {
    const links = routeLinks(trips, route)
    for (const link of links) {
      if (!(link >= 0 && link < p.links)) throw new GreenwaveError('input.reference', `trip ${trip} uses link number ${link}; the network has ${p.links}`)
    }
    for (let k = 1; k < links.length; k++) {
      const key = links[k - 1]! * p.links + links[k]!
      const known = pairs.get(key)
      if (known !== undefined) known.trip = Math.min(known.trip, trip)
      else {
        const connections = connectionsBetween(p, links[k - 1]!, links[k]!)
        if (connections.length > 0) pairs.set(key, { connections, trip })
      }
    }
  }
  return [...pairs.values()]
}

function connectionsBetween(p: PreparedNetwork, from: number, to: number): number[] {
  const found: number[] = []
  for (let k = p.laneOutStart[p.linkLane[from]!]!; k < p.laneOutStart[p.linkLane[from + 1]!]!; k++) {
    const c = p.laneOut[k]!
    if (p.laneLink[p.connTo[c]!] === to) found.push(c)
  }
  return found
}
