// The paths that people take over a corridor, with persons, buses with their stops and bicycles: those of the demand's vehicles,
// or where only turns were counted those that the simulation's drivers take.
import type { Demand, VehicleStop } from '../model/demand.ts'
import type { ResolvedCorridor } from '../model/corridor.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { LinkId } from '../model/network.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { Period } from '../model/scenario.ts'
import type { SignalId } from '../model/signal.ts'
import { buildTrips, hasVehicles, vehicleTypes } from '../simulation/demand/index.ts'
import type { CorridorPath, PathCrossing, PathLeg } from '../optimizer/corridor/index.ts'

/** Persons in a vehicle: a car's usual mean, and a city bus about a third full. Nothing in the demand says it. */
export const PERSONS = { car: 1.3, bus: 30, bicycle: 1 } as const

/** The paths of most persons that are planned for; the others are too many to tell apart in a plan. */
const MOST_PATHS = 12

const ASSUMED = `the ${MOST_PATHS} of most persons are planned for. Assumed: ${PERSONS.car} persons in a car, ${PERSONS.bus} in a bus, ${PERSONS.bicycle} on a bicycle.`

/** Where the paths come from, and what was assumed. */
export const pathsNote = (demand: Demand): string => (hasVehicles(demand) ? `Paths are those of the demand's vehicles; ${ASSUMED}`
  : `Paths were drawn from counted turns, one after the other by their shares, because nobody told whole ways; ${ASSUMED}`)

interface Driven {
  links: readonly LinkId[]
  /** Index in the types. */
  type: number
  stops: readonly VehicleStop[]
}

/** Drawn vehicles are the same each time: a plan must not change by chance. */
const DRAWN_SEED = 1

function* drivenIn(graph: RoadGraph, demand: Demand, period: Period): Generator<Driven> {
  if (!hasVehicles(demand)) {
    if (demand.intervals.length === 0) return
    const links = new Map<readonly number[], LinkId[]>()
    for (const trip of buildTrips(graph, demand, { seed: DRAWN_SEED, from_s: period.start_s, until_s: period.end_s, period })) {
      if (!links.has(trip.links)) links.set(trip.links, trip.links.map((link) => graph.network.links[link]!.id))
      yield { links: links.get(trip.links)!, type: trip.type, stops: [] }
    }
    return
  }
  const stops = new Map<number, VehicleStop[]>()
  for (const stop of demand.stops ?? []) stops.set(stop.vehicle, [...(stops.get(stop.vehicle) ?? []), stop])
  const { depart_s, route, type } = demand.vehicles
  for (const [v, depart] of depart_s.entries()) {
    if (depart >= period.start_s && depart < period.end_s) yield { links: demand.routes[route[v]!]?.links ?? [], type: type[v]!, stops: stops.get(v) ?? [] }
  }
}

/**
 * Paths over at least two signals of the corridor, of vehicles that depart in the period, most persons first.
 * A path that turns back on the corridor ends where it turns. Throws input.value where nobody takes the corridor.
 */
export function listCorridorPaths(graph: RoadGraph, corridor: ResolvedCorridor, demand: Demand, period: Period): CorridorPath[] {
  const place = new Map(corridor.corridor.intersections.map((id, i) => [id, i]))
  const hours = (period.end_s - period.start_s) / 3600
  const types = vehicleTypes(demand)
  const found = new Map<string, CorridorPath>()
  const pieces = new Map<readonly LinkId[], Piece | undefined>()
  for (const { links, type, stops } of drivenIn(graph, demand, period)) {
    if (!pieces.has(links)) pieces.set(links, pieceOf(graph, place, links))
    const piece = pieces.get(links)
    if (piece === undefined) continue
    const kind = types[type]
    const vehicleClass = kind?.vehicle_class ?? 'passenger'
    const mode = vehicleClass === 'bus' ? 'bus' : vehicleClass === 'bicycle' ? 'bicycle' : 'car'
    const key = `${mode} ${piece.key}`
    const legs = piece.legs.map((leg) => legOf(graph, leg, kind?.max_speed_mps ?? Infinity, stops))
    const known = found.get(key)
    if (known === undefined) {
      found.set(key, { id: key, name: nameOf(graph, piece), mode, persons_h: PERSONS[mode] / hours, crossings: piece.crossings, legs })
      continue
    }
    known.persons_h += PERSONS[mode] / hours
    known.legs = known.legs.map((leg, i) => ({ ...leg, dwell_min_s: Math.min(leg.dwell_min_s, legs[i]!.dwell_min_s), dwell_max_s: Math.max(leg.dwell_max_s, legs[i]!.dwell_max_s) }))
  }
  if (found.size === 0) throw new GreenwaveError('input.value', `no vehicle that departs in period "${period.id}" takes two signals of corridor "${corridor.corridor.id}" one after the other: bands along paths need vehicles with routes, or counted turns that lead along it`)
  return [...found.values()].sort((a, b) => b.persons_h - a.persons_h || (a.id < b.id ? -1 : 1)).slice(0, MOST_PATHS)
}

interface Piece {
  key: string
  crossings: PathCrossing[]
  /** From stop line to stop line. */
  legs: Drive[][]
  from: LinkId
  to: LinkId
}

/** A link, and the way over the junction before it, m. */
interface Drive {
  link: LinkId
  crossing_m: number
}

/** The first run of a route over at least two signals of the corridor that goes one way. */
function pieceOf(graph: RoadGraph, place: ReadonlyMap<SignalId, number>, links: readonly LinkId[]): Piece | undefined {
  const crossings: PathCrossing[] = []
  const legs: Drive[][] = []
  let since: Drive[] = []
  let crossing_m = 0
  let [from, to] = ['', '']
  for (let i = 0; i + 1 < links.length; i++) {
    const [link, next] = [links[i]!, links[i + 1]!]
    const movement = graph.findMovement(link, next)
    if (movement === undefined) return undefined
    if (crossings.length > 0) since.push({ link, crossing_m })
    crossing_m = graph.movementLength(movement.id)
    const signal = graph.findSignalOfMovement(movement)?.id
    if (signal === undefined || !place.has(signal)) continue
    const last = crossings.at(-1)
    if (last?.signal === signal) {
      last.movements.push({ movement: movement.id, after_s: driveTime(graph, since) })
      to = next
      continue
    }
    const before = crossings.at(-2)
    const turnsBack = last !== undefined && before !== undefined && Math.sign(place.get(signal)! - place.get(last.signal)!) !== Math.sign(place.get(last.signal)! - place.get(before.signal)!)
    if (turnsBack) break
    if (last === undefined) from = link
    else legs.push(since)
    crossings.push({ signal, movements: [{ movement: movement.id, after_s: 0 }] })
    since = []
    to = next
  }
  if (crossings.length < 2) return undefined
  return { key: crossings.flatMap(({ movements }) => movements.map(({ movement }) => movement)).join(' '), crossings, legs, from, to }
}

const driveTime = (graph: RoadGraph, drives: readonly Drive[]): number => drives.reduce((sum, { link, crossing_m }) => sum + (crossing_m + graph.getLink(link).length_m) / graph.getLink(link).speed_mps, 0)

function legOf(graph: RoadGraph, drives: readonly Drive[], most_mps: number, stops: readonly VehicleStop[]): PathLeg {
  let distance_m = 0
  let time_s = 0
  for (const { link, crossing_m } of drives) {
    const { length_m, speed_mps } = graph.getLink(link)
    distance_m += crossing_m + length_m
    time_s += (crossing_m + length_m) / Math.min(speed_mps, most_mps)
  }
  const dwell = stops.reduce((sum, { link, duration_s }) => sum + (drives.some((drive) => drive.link === link) ? duration_s : 0), 0)
  return { distance_m, speed_mps: distance_m / time_s, dwell_min_s: dwell, dwell_max_s: dwell }
}

function nameOf(graph: RoadGraph, { crossings, from, to }: Piece): string {
  const place = (id: SignalId): string => graph.getSignal(id).name ?? id
  const turn = (crossing: PathCrossing): string => graph.getMovement(crossing.movements[0]!.movement).turn
  return `${from} to ${to}, ${turn(crossings[0]!)} at ${place(crossings[0]!.signal)} to ${turn(crossings.at(-1)!)} at ${place(crossings.at(-1)!.signal)}`
}
