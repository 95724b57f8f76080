// Which vehicle types may drive a way: permissions of lanes by vehicle class, as SUMO has them.
import { PASSENGER_CAR, type Demand, type VehicleType } from '../../model/demand.ts'
import type { Lane, Movement } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'

/** Vehicle types that `Trip.type` counts in. */
export const vehicleTypes = (demand: Demand): VehicleType[] => (demand.vehicle_types.length > 0 ? demand.vehicle_types : [PASSENGER_CAR])

export const admits = (lane: Lane | undefined, vehicleClass: string): boolean =>
  lane !== undefined
  && (lane.allow === undefined || lane.allow.length === 0 || lane.allow.includes(vehicleClass))
  && lane.disallow?.includes(vehicleClass) !== true

/** Some pair of lanes of the movement is open to the class. */
export function isDrivable(graph: RoadGraph, movement: Movement, vehicleClass: string): boolean {
  const [from, to] = [graph.getLink(movement.from), graph.getLink(movement.to)]
  return graph.listConnections(movement.id).some(({ from_lane, to_lane }) => admits(from.lanes[from_lane], vehicleClass) && admits(to.lanes[to_lane], vehicleClass))
}

/**
 * Draws the type of a vehicle by the shares of the types: `u` uniform in [0, 1). A type that the lanes on the way do not admit
 * (a bus, where buses are banned) gives way to the first that they do.
 */
export function admittingType(graph: RoadGraph, types: readonly VehicleType[]): (links: readonly number[], u: number) => number {
  const shares = types.map(({ share }) => (share > 0 ? share : 0))
  const total = shares.reduce((a, b) => a + b, 0)
  const known = types.map(() => new Map<readonly number[], boolean>())
  const mayDrive = (type: number, links: readonly number[]): boolean => {
    const memory = known[type]!
    const found = memory.get(links) ?? isOpen(graph, links, types[type]!.vehicle_class)
    memory.set(links, found)
    return found
  }
  return (links, u) => {
    let left = u * (total > 0 ? total : types.length)
    let drawn = types.findIndex((_, i) => (left -= total > 0 ? shares[i]! : 1) < 0)
    if (drawn < 0) drawn = types.length - 1
    if (mayDrive(drawn, links)) return drawn
    const other = types.findIndex((_, i) => mayDrive(i, links))
    return other < 0 ? drawn : other
  }
}

function isOpen(graph: RoadGraph, links: readonly number[], vehicleClass: string): boolean {
  const all = graph.network.links
  return links.every((index, i) => {
    const link = all[index]!
    if (i === 0 && !link.lanes.some((lane) => admits(lane, vehicleClass))) return false
    if (i + 1 === links.length) return true
    const movement = graph.findMovement(link.id, all[links[i + 1]!]!.id)
    return movement !== undefined && isDrivable(graph, movement, vehicleClass)
  })
}
