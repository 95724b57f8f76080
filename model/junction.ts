// From lanes and turns to paths across a junction: which lane leads to which, the curve between them, what crosses or
// merges, and who gives way. For sources that know turns but no lane-to-lane paths. Metres; x east, y north.
// Sources: priority of turns as in the Uniform Vehicle Code (left yields to opposing traffic, turn on red yields to
// all); turning speed from side friction, AASHTO Green Book (2018) chapter 3, low-speed turns.
import { arcPath, crossingDistance, sampleArc } from './junction-paths.ts'
import { pathLength } from './lines.ts'
import type { Connection, Link, LinkId, Movement, Network, Point } from './network.ts'
import type { GroupId } from './signal.ts'

/** A road where it meets the junction: one carriageway, seen from the middle of the junction. */
export interface JunctionArm {
  link: Link
  /** Middle of the road (its centre line) at the stop line, m. */
  at_m: Point
  /** Direction of the road away from the junction, radians counter-clockwise from east. */
  outward_rad: number
  /** False where all lanes run one way: then they lie on both sides of the middle. */
  two_way: boolean
}

export interface JunctionMovement {
  movement: Movement
  /** Lanes of the link that carry it, kerb first; with `to_lanes`, a lane may be there several times. */
  from_lanes: number[]
  /** Where the source gives it: the receiving lane of each of `from_lanes`; else chosen by the turn. */
  to_lanes?: number[]
  /** Where the source draws it: the path of each of `from_lanes`, m; else a curve. */
  shapes?: (Point[] | undefined)[]
  /** Where the source gives it; else from the curve. */
  turning_speed_mps?: number
  turn_on_red?: boolean
  groups?: Connection['groups']
}

export interface Junction {
  driving_side: Network['driving_side']
  control: 'signal' | 'sign'
  incoming: JunctionArm[]
  outgoing: JunctionArm[]
  movements: JunctionMovement[]
  /** Of each incoming link without a signal: 0 goes first, 1 yields, 2 stops. Absent = 0. */
  give_way?: ReadonlyMap<LinkId, number>
  /** Of each outgoing link, the lanes that carry its through traffic at the far end; through traffic is led into them. */
  onward?: ReadonlyMap<LinkId, ReadonlySet<number>>
}

/** Side friction 0.27 at 25 km/h (AASHTO), times g. */
const LATERAL_ACCELERATION_MPS2 = 2.65

/** A turner waits clear of the opposing stream: half a lane and a metre before the paths meet. */
const WAITING_MARGIN_M = 2.8

/** Less room than this inside the junction does not shelter a car: it waits at the line. */
const LEAST_WAITING_M = 4

interface Path {
  connection: Connection
  spec: JunctionMovement
  points: Point[]
  /** Direction of travel at the stop line. */
  heading: number
}

/**
 * Paths of all movements of one junction.
 * In: arms with lanes, movements with the lanes that carry them. Out: connections with shape, length, speed,
 * conflicts (symmetric), who yields to whom, and where turns across opposing traffic wait.
 */
export function buildConnections(junction: Junction): Connection[] {
  const paths = junction.movements.flatMap((spec) => movementPaths(junction, spec))
  paths.forEach((a, i) => {
    for (const b of paths.slice(i + 1)) {
      if (!inConflict(junction, a, b)) continue
      a.connection.conflicts_with.push(b.connection.id)
      b.connection.conflicts_with.push(a.connection.id)
      if (givesWay(junction, a, b)) a.connection.yields_to.push(b.connection.id)
      if (givesWay(junction, b, a)) b.connection.yields_to.push(a.connection.id)
    }
  })
  for (const path of paths) placeWaiting(junction, path, paths)
  return paths.map((path) => path.connection)
}

function movementPaths(junction: Junction, spec: JunctionMovement): Path[] {
  const { movement } = spec
  const incoming = junction.incoming.find((arm) => arm.link.id === movement.from)
  const outgoing = junction.outgoing.find((arm) => arm.link.id === movement.to)
  if (incoming === undefined || outgoing === undefined) return []
  const receiving = spec.to_lanes ?? receivingLanes(junction, spec, incoming, outgoing)
  const heading = incoming.outward_rad + Math.PI
  return spec.from_lanes.map((from_lane, i) => {
    const to_lane = receiving[i] ?? 0
    const start = lanePoint(junction, incoming, from_lane, 'in')
    const end = lanePoint(junction, outgoing, to_lane, 'out')
    const arc = arcPath(start, heading, end, outgoing.outward_rad, movement.turn === 'u-turn' ? junction.driving_side : undefined)
    const points = spec.shapes?.[i] ?? sampleArc(arc)
    const length_m = Math.max(pathLength(points), 0.1)
    const limit = Math.min(incoming.link.speed_mps, outgoing.link.speed_mps)
    const curve = Math.abs(arc.turn_rad) < 0.2 ? Infinity : Math.sqrt(LATERAL_ACCELERATION_MPS2 * (length_m / Math.abs(arc.turn_rad)))
    const connection: Connection = {
      id: spec.from_lanes.indexOf(from_lane) === i ? `${movement.id}_${from_lane}` : `${movement.id}_${from_lane}>${to_lane}`,
      movement: movement.id,
      from_lane,
      to_lane,
      length_m,
      speed_mps: Math.min(limit, spec.turning_speed_mps ?? curve),
      shape_m: points,
      conflicts_with: [],
      yields_to: [],
    }
    if (spec.groups !== undefined) connection.groups = spec.groups.map((entry) => ({ ...entry }))
    if (spec.turn_on_red === true) connection.turn_on_red = true
    return { connection, spec, points, heading }
  })
}

/** Lanes of a link that exist at its start: pockets open later. Kerb first. */
function lanesAtStart(link: Link): number[] {
  const full = link.lanes.filter((lane) => lane.length_m >= link.length_m - 1e-6).map((lane) => lane.index)
  return full.length > 0 ? full : link.lanes.map((lane) => lane.index)
}

/** Closed to cars: a lane for buses, say. */
const isReserved = ({ lanes }: Link, index: number): boolean => {
  const { allow, disallow } = lanes[index] ?? {}
  return allow === undefined ? disallow?.includes('passenger') === true : !allow.includes('passenger') && !allow.includes('all')
}

/** Cars are led into lanes that they may use, and lanes of buses into those of buses, where the road ahead has such. */
function receivingLanes(junction: Junction, spec: JunctionMovement, incoming: JunctionArm, outgoing: JunctionArm): number[] {
  const lanes = lanesAtStart(outgoing.link)
  const open = lanes.filter((lane) => !isReserved(outgoing.link, lane))
  if (open.length === lanes.length || open.length === 0) return spreadLanes(junction, spec, incoming, outgoing, lanes)
  const reserved = lanes.filter((lane) => isReserved(outgoing.link, lane))
  const ofCars = spec.from_lanes.filter((lane) => !isReserved(incoming.link, lane))
  const ofBuses = spec.from_lanes.filter((lane) => isReserved(incoming.link, lane))
  const forCars = spreadLanes(junction, { ...spec, from_lanes: ofCars }, incoming, outgoing, open)
  const forBuses = spreadLanes(junction, { ...spec, from_lanes: ofBuses }, incoming, outgoing, reserved)
  return spec.from_lanes.map((lane) => (ofCars.includes(lane) ? forCars[ofCars.indexOf(lane)] : forBuses[ofBuses.indexOf(lane)]) ?? 0)
}

/** Each lane of the movement gets its own receiving lane where there are enough; else the kerb side merges. */
function spreadLanes(junction: Junction, spec: JunctionMovement, incoming: JunctionArm, outgoing: JunctionArm, lanes: number[]): number[] {
  const [n, m] = [spec.from_lanes.length, lanes.length]
  const shift = n >= m ? m - n : receivingShift(junction, spec, incoming, outgoing, lanes)
  return spec.from_lanes.map((_, i) => lanes[Math.max(0, i + shift)] ?? lanes[0] ?? 0)
}

/** How many lanes at the kerb stay free: none for the turn at the kerb, all spare ones for the turn across, for the through what fits best. */
function receivingShift(junction: Junction, spec: JunctionMovement, incoming: JunctionArm, outgoing: JunctionArm, lanes: number[]): number {
  const spare = lanes.length - spec.from_lanes.length
  const { turn } = spec.movement
  if (turn !== 'through') return turn === junction.driving_side ? 0 : spare
  // A lane that turns off at the next junction costs more than any shift sideways: it would have to be left again.
  const onward = junction.onward?.get(outgoing.link.id)
  const cost = (shift: number): number =>
    spec.from_lanes.reduce((sum, lane, i) => {
      const to = lanes[i + shift] ?? 0
      const wrong = onward !== undefined && !onward.has(to) ? 1000 : 0
      return sum + wrong + Math.abs(laneOffset(incoming, lane, 'in') - laneOffset(outgoing, to, 'out'))
    }, 0)
  let best = 0
  for (let shift = 1; shift <= spare; shift++) if (cost(shift) <= cost(best) + 1e-6) best = shift
  return best
}

/** Distance of a lane's centre from the middle of the road towards the kerb, m. */
function laneOffset(arm: JunctionArm, index: number, side: 'in' | 'out'): number {
  const present = side === 'in' ? arm.link.lanes.map((lane) => lane.index) : lanesAtStart(arm.link)
  const widths = present.map((i) => ({ i, width: arm.link.lanes[i]?.width_m ?? 3.5 })).reverse()
  let inner = 0
  let offset = 0
  for (const { i, width } of widths) {
    if (i === index) offset = inner + width / 2
    inner += width
  }
  return arm.two_way ? offset : offset - inner / 2
}

function lanePoint(junction: Junction, arm: JunctionArm, index: number, side: 'in' | 'out'): Point {
  const heading = side === 'in' ? arm.outward_rad + Math.PI : arm.outward_rad
  const towardsKerb = heading + (junction.driving_side === 'right' ? -Math.PI / 2 : Math.PI / 2)
  const offset = laneOffset(arm, index, side)
  return [arm.at_m[0] + Math.cos(towardsKerb) * offset, arm.at_m[1] + Math.sin(towardsKerb) * offset]
}

function inConflict(junction: Junction, a: Path, b: Path): boolean {
  const [from, other] = [a.spec.movement, b.spec.movement]
  if (from.from === other.from && a.connection.from_lane === b.connection.from_lane) return false
  if (from.to === other.to && a.connection.to_lane === b.connection.to_lane) return true
  // Opposing turns across pass in front of each other; where their drawn curves touch, drivers keep apart.
  if (isOpposing(a, b) && crossesOpposing(junction, a) && crossesOpposing(junction, b)) return false
  return crossingDistance(a.points, b.points) !== undefined
}

const crossesOpposing = (junction: Junction, path: Path): boolean =>
  path.spec.movement.turn !== 'through' && path.spec.movement.turn !== junction.driving_side

/** From roughly opposite arms: headings more than 135 degrees apart. */
const isOpposing = (a: Path, b: Path): boolean => Math.cos(a.heading - b.heading) < -Math.SQRT1_2

function turnRank(junction: Junction, path: Path): number {
  const { turn } = path.spec.movement
  if (turn === 'through') return 0
  if (turn === 'u-turn') return 3
  return turn === junction.driving_side ? 1 : 2
}

/** Whether `a` lets `b` go first when neither is protected. */
function givesWay(junction: Junction, a: Path, b: Path): boolean {
  if (junction.control === 'signal') {
    const [freeA, freeB] = [isFree(a), isFree(b)]
    if (freeA !== freeB) return freeA
    if (a.connection.turn_on_red === true && a.spec.movement.from !== b.spec.movement.from) return true
  } else {
    const classOf = (path: Path): number => junction.give_way?.get(path.spec.movement.from) ?? 0
    if (classOf(a) !== classOf(b)) return classOf(a) > classOf(b)
    const crossing = a.spec.movement.from !== b.spec.movement.from && !isOpposing(a, b)
    if (crossing) return comesFromKerbSide(junction, a, b)
  }
  const [rankA, rankB] = [turnRank(junction, a), turnRank(junction, b)]
  if (rankA !== rankB) return rankA > rankB
  if (a.spec.movement.from === b.spec.movement.from) return a.connection.from_lane < b.connection.from_lane
  return comesFromKerbSide(junction, a, b)
}

/** At a signal, a path that no group governs: a slip lane or a free turn. */
const isFree = (path: Path): boolean => (path.connection.groups ?? []).length === 0

/** Whether `b` approaches from the side of `a`'s kerb (the right in right-hand traffic). */
function comesFromKerbSide(junction: Junction, a: Path, b: Path): boolean {
  const side = Math.sin(b.heading - a.heading)
  if (Math.abs(side) < 1e-9) return a.connection.id > b.connection.id
  return junction.driving_side === 'right' ? side > 0 : side < 0
}

function placeWaiting(junction: Junction, path: Path, all: Path[]): void {
  if (!crossesOpposing(junction, path) || path.spec.movement.turn === 'u-turn') return
  const opposing = all.filter((other) => isOpposing(path, other) && path.connection.yields_to.includes(other.connection.id))
  const distances = opposing.map((other) => crossingDistance(path.points, other.points) ?? path.connection.length_m)
  if (distances.length === 0) return
  const waiting = Math.min(...distances) - WAITING_MARGIN_M
  if (waiting >= LEAST_WAITING_M) path.connection.waiting_m = Math.round(waiting * 100) / 100
}

/** Pairs of groups that give protected green to paths in conflict; each pair once, in order of id. */
export function signalConflicts(connections: readonly Connection[]): [GroupId, GroupId][] {
  const protectedGroups = new Map(connections.map((connection) => [
    connection.id,
    (connection.groups ?? []).filter((entry) => entry.right_of_way === 'protected').map((entry) => entry.group),
  ]))
  const pairs = new Map<string, [GroupId, GroupId]>()
  for (const connection of connections) {
    for (const a of protectedGroups.get(connection.id) ?? []) {
      for (const b of connection.conflicts_with.flatMap((id) => protectedGroups.get(id) ?? [])) {
        if (a < b) pairs.set(`${a} ${b}`, [a, b])
      }
    }
  }
  return [...pairs.values()].sort((a, b) => (a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]) ? -1 : 1))
}

export interface SetbackArm {
  outward_rad: number
  /** Kerb to kerb, both directions, m. */
  width_m: number
  /** The stop line stays within this of the middle, m. */
  most_m: number
}

/** Kerb return, crosswalk and the gap to the stop line, m: 1.2 m gap and 3 m crosswalk (MUTCD), and the corner. */
const BEYOND_CROSS_STREET_M = 5

/** Distance from the middle of the junction to each arm's stop line, so that it clears the cross streets, m. */
export function stopLineSetbacks(arms: readonly SetbackArm[]): number[] {
  return arms.map((arm, i) => {
    let reach = 2
    arms.forEach((other, j) => {
      const sine = Math.abs(Math.sin(other.outward_rad - arm.outward_rad))
      if (i !== j && sine > 0.5) reach = Math.max(reach, other.width_m / 2 / sine)
    })
    return Math.min(reach + BEYOND_CROSS_STREET_M, arm.most_m)
  })
}
