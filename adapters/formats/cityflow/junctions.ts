// Nodes, links, movements and connections from a CityFlow road network, with who gives way to whom. CityFlow ranks by turn
// alone, straight before left before right (Cross::canPass of its source), and lets equals go as they come.
import { buildConnections } from '../../../model/junction.ts'
import type { Junction, JunctionArm } from '../../../model/junction.ts'
import type { Connection, Link, Movement, NetworkNode } from '../../../model/network.ts'
import { cutRoad, headingAt } from './geometry.ts'
import type { CutRoad } from './geometry.ts'
import { isSignalised, readLight } from './light.ts'
import type { Light } from './light.ts'
import { listMovements } from './movements.ts'
import type { CityMovement } from './movements.ts'
import type { Notes } from '../sumo/notes.ts'
import type { Intersection, Road, Roadnet } from './roadnet.ts'

/** Speed of every turn in CityFlow, m/s (vehicleInfo.turnSpeed of its source); tight curves are driven slower. */
const TURN_SPEED_MPS = 8.3333
/** Stands for the groups of a signal until they are known. */
const TO_COME = [{ group: '', right_of_way: 'protected' as const }]

export interface BuiltIntersection {
  intersection: Intersection
  movements: CityMovement[]
  light: Light
  connections: Connection[]
}

export interface Streets {
  nodes: NetworkNode[]
  links: Link[]
  movements: Movement[]
  intersections: BuiltIntersection[]
}

export function buildStreets(net: Roadnet, notes: Notes): Streets {
  const cut = new Map([...net.roads.values()].map((road) => [road.id, cutRoad(net, road)]))
  for (const road of net.roads.values()) {
    if (cut.get(road.id)?.squeezed === true) notes.count('squeezed', 'corrected', road.place, (n) => `${n} road(s) are shorter than their intersections are wide; 5 m of each are kept`)
  }
  const links = new Map([...net.roads.values()].map((road) => [road.id, linkOf(road, cut.get(road.id) as CutRoad)]))
  const ends = roadsByEnd(net)
  const built = [...net.intersections.values()].filter(({ virtual }) => !virtual).map((intersection): BuiltIntersection => {
    const listed = listMovements(intersection, cut)
    noteMovements(intersection, listed, notes)
    const light = readLight(intersection, listed, notes)
    const movements = listed.filter(({ id }) => !light.never.has(id))
    return { intersection, movements, light, connections: connect(intersection, movements, light, links, cut, ends) }
  })
  return {
    nodes: nodesOf(net, built, ends), links: [...links.values()],
    movements: built.flatMap(({ intersection, movements, light }) => movements.map((movement) => movementOf(intersection, movement, light))),
    intersections: built,
  }
}

interface RoadEnds {
  into: Map<string, Road[]>
  outOf: Map<string, Road[]>
}

function roadsByEnd({ roads, intersections }: Roadnet): RoadEnds {
  const empty = (): Map<string, Road[]> => new Map([...intersections.keys()].map((id) => [id, []]))
  const ends = { into: empty(), outOf: empty() }
  for (const road of roads.values()) {
    ends.into.get(road.to)?.push(road)
    ends.outOf.get(road.from)?.push(road)
  }
  return ends
}

function nodesOf({ intersections }: Roadnet, built: readonly BuiltIntersection[], ends: RoadEnds): NetworkNode[] {
  const signalised = new Set(built.filter(({ light, movements }) => isSignalised(light, movements)).map(({ intersection }) => intersection.id))
  return [...intersections.values()].filter(({ id }) => (ends.into.get(id)?.length ?? 0) + (ends.outOf.get(id)?.length ?? 0) > 0).map(({ id, virtual, point }) => ({
    id, source_id: id, kind: virtual ? 'boundary' : signalised.has(id) ? 'signal' : 'priority', x_m: point[0], y_m: point[1],
  }))
}

/** CityFlow counts lanes from the left, we from the kerb. */
function linkOf(road: Road, { points, length_m }: CutRoad): Link {
  const lanes = road.lanes.map(({ width, speed }, i) => ({ width_m: width, speed_mps: speed, source_id: `${road.id}_${i}` })).reverse()
  return {
    id: road.id, source_id: road.id, from: road.from, to: road.to, length_m,
    speed_mps: Math.max(...road.lanes.map(({ speed }) => speed)),
    lanes: lanes.map(({ source_id, width_m, speed_mps }, index) => ({ index, source_id, width_m, speed_mps, length_m })),
    shape_m: points,
  }
}

function noteMovements(intersection: Intersection, movements: readonly CityMovement[], notes: Notes): void {
  const { place } = intersection
  for (const link of intersection.links) {
    if (link.lanes.length === 0) notes.count('no lanes', 'not-understood', link.place, (n) => `${n} road link(s) have no lane links and lead nowhere`)
  }
  for (const { misdrawn } of movements) {
    for (let i = 0; i < misdrawn; i++) notes.count('misdrawn', 'corrected', place, (n) => `${n} lane link(s) are drawn with points more than 1 m off the ends of their lanes; their paths are drawn anew from stop line to road`)
  }
}

function movementOf({ id }: Intersection, movement: CityMovement, light: Light): Movement {
  return {
    id: movement.id, node: id, from: movement.from.id, to: movement.to.id, turn: movement.turn,
    ...(light.phases.has(movement.id) ? { signal: id } : {}),
  }
}

function connect(
  intersection: Intersection, movements: readonly CityMovement[], light: Light, links: ReadonlyMap<string, Link>, cut: ReadonlyMap<string, CutRoad>, ends: RoadEnds,
): Connection[] {
  const arm = (road: Road, end: 'start' | 'end'): JunctionArm => {
    const { points } = cut.get(road.id) as CutRoad
    const heading = headingAt(points, end)
    return {
      link: links.get(road.id) as Link, at_m: (end === 'end' ? points.at(-1) : points[0]) ?? [0, 0],
      outward_rad: end === 'end' ? heading + Math.PI : heading, two_way: true,
    }
  }
  const junction: Junction = {
    // Without groups every path is ranked by its turn, as CityFlow does where no light governs.
    driving_side: 'right', control: 'signal',
    incoming: (ends.into.get(intersection.id) ?? []).map((road) => arm(road, 'end')),
    outgoing: (ends.outOf.get(intersection.id) ?? []).map((road) => arm(road, 'start')),
    movements: movements.map((movement) => ({
      movement: movementOf(intersection, movement, light), from_lanes: movement.from_lanes, to_lanes: movement.to_lanes, shapes: movement.shapes,
      ...(light.phases.has(movement.id) ? { groups: TO_COME } : {}),
    })),
  }
  const connections = buildConnections(junction)
  const byId = new Map(movements.map((movement) => [movement.id, movement]))
  for (const connection of connections) {
    if (byId.get(connection.movement)?.turn !== 'through') connection.speed_mps = Math.min(connection.speed_mps, TURN_SPEED_MPS)
  }
  rankLeftBeforeRight(connections, byId)
  return connections
}

/** Where a left and a right turn meet, CityFlow lets the left go first. */
function rankLeftBeforeRight(connections: readonly Connection[], movements: ReadonlyMap<string, CityMovement>): void {
  const byId = new Map(connections.map((connection) => [connection.id, connection]))
  for (const left of connections) {
    if (movements.get(left.movement)?.type !== 'turn_left') continue
    for (const id of left.yields_to) {
      const right = byId.get(id) as Connection
      if (movements.get(right.movement)?.type !== 'turn_right') continue
      left.yields_to = left.yields_to.filter((other) => other !== id)
      right.yields_to.push(left.id)
    }
  }
}
