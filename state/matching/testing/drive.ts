// Drivers in a network who stop at signals, slow down for turns, and mostly go straight on; and what a receiver in their cars
// would tell: noise of a standard deviation per coordinate, independent from fix to fix or wandering.
import type { Fix } from '../../../model/feed.ts'
import { metresAlong } from '../../../model/lines.ts'
import type { Network, Point } from '../../../model/network.ts'
import { RoadGraph } from '../../../model/road-graph.ts'
import { draw, drawNormal } from './draw.ts'

export interface DriveOptions {
  seed: number
  vehicles: number
  /** On the road, s. */
  duration_s: number
}

/** Second by second. */
export interface Drive {
  vehicle: string
  begin_s: number
  x: number[]
  y: number[]
  speed: number[]
  heading_deg: number[]
  /** Link, or link before the junction; `movement` is -1 outside. */
  link: number[]
  movement: number[]
  position_m: number[]
}

export interface NoiseOptions {
  seed: number
  interval_s: number
  sigma_m: number
  /** Over which an error is forgotten, s; 0 = independent. */
  correlation_s: number
  /** True where the feed tells no speed and no heading. */
  positionOnly?: boolean
}

const DRAW = { start: 11, turn: 12, pace: 13, stop: 14, wait: 15, lane: 16, east: 17, north: 18, speed: 19, heading: 20, phase: 21 }
const STEP_S = 0.5
const ACCELERATION = 1.6
const BRAKING = 2
const TURN_MPS = 7

interface Line { points: readonly Point[]; along: number[] }

export function driveTown(network: Network, { seed, vehicles, duration_s }: DriveOptions): Drive[] {
  const graph = new RoadGraph(network)
  const index = new Map(network.links.map(({ id }, l) => [id, l]))
  const movementIndex = new Map(network.movements.map(({ id }, m) => [id, m]))
  const lines = network.links.map(({ shape_m }) => lineOf(shape_m!))
  const paths = network.movements.map(({ id }) => lineOf(graph.listConnections(id)[0]!.shape_m!))
  return Array.from({ length: vehicles }, (_, v) => {
    const drive: Drive = { vehicle: String(v), begin_s: 1000 * draw(seed, v, 0, DRAW.start), x: [], y: [], speed: [], heading_deg: [], link: [], movement: [], position_m: [] }
    let link = Math.floor(draw(seed, v, 1, DRAW.start) * network.links.length)
    const pace = 0.8 + 0.35 * draw(seed, v, 0, DRAW.pace)
    const clock = { t: 0, speed: 8 }
    for (let leg = 0; clock.t < duration_s; leg++) {
      const next = choose(graph, network.links[link]!.id, seed, v, leg)
      if (next === undefined) break
      const movement = movementIndex.get(next)!
      const { lanes, speed_mps } = network.links[link]!
      const lane = Math.floor(draw(seed, v, leg, DRAW.lane) * lanes.length)
      const off = (Math.floor(lanes.length / 2) - lane) * (lanes[lane]?.width_m ?? 3)
      const stops = draw(seed, v, leg, DRAW.stop) < 0.4
      const exit = network.movements[movement]!.turn === 'through' ? speed_mps * pace : TURN_MPS
      run(drive, clock, duration_s, lines[link]!, off, speed_mps * pace, stops ? 0 : exit, { link, movement: -1, before_m: 0 })
      if (stops) stand(drive, clock, duration_s, 5 + 55 * draw(seed, v, leg, DRAW.wait))
      run(drive, clock, duration_s, paths[movement]!, 0, exit, exit, { link, movement, before_m: lines[link]!.along.at(-1)! })
      link = index.get(network.movements[movement]!.to)!
    }
    return drive
  })
}

/** Straight on seven times in ten; leaves its carriageway for the one beside it as seldom as it turns back. */
function choose(graph: RoadGraph, link: string, seed: number, v: number, leg: number): string | undefined {
  const options = graph.listMovementsFrom(link)
  const kind = link.slice(0, link.indexOf(' '))
  const weights = options.map(({ turn, to }) => {
    const stays = to.slice(0, to.indexOf(' ')) === kind
    return turn === 'u-turn' ? 0.01 : turn === 'through' ? (stays ? 0.7 : 0.07) : 0.15
  })
  let at = draw(seed, v, leg, DRAW.turn) * weights.reduce((sum, weight) => sum + weight, 0)
  return options.find((_, k) => (at -= weights[k]!) <= 0)?.id
}

interface Clock { t: number; speed: number }
interface On { link: number; movement: number; before_m: number }

/** Along a line to its end, at most at `cruise`, reaching the end with `exit`. */
function run(drive: Drive, clock: Clock, until: number, line: Line, off: number, cruise: number, exit: number, on: On): void {
  const total = line.along.at(-1)!
  let at = 0
  while (at < total && clock.t < until) {
    const allowed = Math.sqrt(exit * exit + 2 * BRAKING * Math.max(0, total - at))
    clock.speed = Math.max(0.5, Math.min(clock.speed + ACCELERATION * STEP_S, cruise, allowed))
    if (clock.t % 1 === 0) record(drive, line, at, off, clock.speed, on)
    at += clock.speed * STEP_S
    clock.t += STEP_S
  }
  if (exit === 0) clock.speed = 0
}

function stand(drive: Drive, clock: Clock, until: number, wait: number): void {
  for (const end = clock.t + wait; clock.t < Math.min(end, until); clock.t += STEP_S) {
    if (clock.t % 1 !== 0 || drive.x.length === 0) continue
    for (const column of [drive.x, drive.y, drive.heading_deg, drive.link, drive.movement, drive.position_m]) column.push(column.at(-1)!)
    drive.speed.push(0)
  }
}

function record(drive: Drive, line: Line, at: number, off: number, speed: number, { link, movement, before_m }: On): void {
  let i = 1
  while (i < line.along.length - 1 && line.along[i]! < at) i++
  const [a, b] = [line.points[i - 1]!, line.points[i]!]
  const step = line.along[i]! - line.along[i - 1]! || 1
  const [ux, uy] = [(b[0] - a[0]) / step, (b[1] - a[1]) / step]
  const d = at - line.along[i - 1]!
  drive.x.push(a[0] + ux * d + uy * off)
  drive.y.push(a[1] + uy * d - ux * off)
  drive.speed.push(speed)
  drive.heading_deg.push(((Math.atan2(ux, uy) * 180) / Math.PI + 360) % 360)
  drive.link.push(link)
  drive.movement.push(movement)
  drive.position_m.push(before_m + at)
}

const lineOf = (points: readonly Point[]): Line => ({ points, along: metresAlong(points) })

/** Fixes of a drive, each with the second of the drive that it tells of. */
export function fixesOf(drive: Drive, { seed, interval_s, sigma_m, correlation_s, positionOnly }: NoiseOptions): { fix: Fix; second: number }[] {
  const v = Number(drive.vehicle)
  const kept = correlation_s > 0 ? Math.exp(-interval_s / correlation_s) : 0
  const fresh = sigma_m * Math.sqrt(1 - kept * kept)
  let [east, north] = [sigma_m * drawNormal(seed, v, 999_999, DRAW.east), sigma_m * drawNormal(seed, v, 999_999, DRAW.north)]
  const rows: { fix: Fix; second: number }[] = []
  for (let second = Math.floor(draw(seed, v, 0, DRAW.phase) * interval_s); second < drive.x.length; second += interval_s) {
    east = kept * east + fresh * drawNormal(seed, v, second, DRAW.east)
    north = kept * north + fresh * drawNormal(seed, v, second, DRAW.north)
    const speed = Math.max(0, drive.speed[second]! + 0.4 * drawNormal(seed, v, second, DRAW.speed))
    // A standing receiver's heading is noise.
    const heading = drive.heading_deg[second]! + (drive.speed[second]! > 1 ? 7 * drawNormal(seed, v, second, DRAW.heading) : 360 * draw(seed, v, second, DRAW.heading))
    rows.push({
      second, fix: {
        vehicle: drive.vehicle, time_s: drive.begin_s + second, x_m: drive.x[second]! + east, y_m: drive.y[second]! + north,
        speed_mps: positionOnly === true ? undefined : speed, heading_deg: positionOnly === true ? undefined : ((heading % 360) + 360) % 360,
      },
    })
  }
  return rows
}
