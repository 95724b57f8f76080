// The last resort of a vehicle that ended in a lane without its movement: after a set wait it takes a movement that its
// lane has, and finds a new way to its destination or, where no way leads there, out of the network. Counted as a missed turn; nothing ever vanishes.
import { WRONG_LANE_S } from './parameters.ts'
import type { Meter } from './meter.ts'
import type { World } from './world.ts'
import { lastLink } from '../trip-table.ts'

/** So near the line a vehicle is stranded; further back it merely waits for room in its own lane or pocket, m. */
const AT_THE_LINE_M = 20
/** Beside a lane that is held up as a whole it waits so long, s: several cycles, but not for ever. */
const PATIENT_S = 4 * WRONG_LANE_S
/** Looked for this often, in steps. */
const EVERY_STEPS = 8

export function rerouteStranded(w: World, meter: Meter): void {
  if (w.step % EVERY_STEPS !== 0) return
  for (let lane = 0; lane < w.p.lanes; lane++) {
    if (w.count[lane] === 0) continue
    const v = w.at(lane, 0)
    if (w.haltedFor[v]! < WRONG_LANE_S || w.p.length[lane]! - w.pos[v]! > AT_THE_LINE_M || w.book.legLast[w.leg[v]!] === 1 || w.nextConnection(lane, w.leg[v]!) >= 0) continue
    if (w.haltedFor[v]! < PATIENT_S && isHeldUp(w, lane + Math.sign(w.book.offset[w.book.legTable[w.leg[v]!]! + lane - w.p.linkLane[w.p.laneLink[lane]!]!]!))) continue
    const links = findWay(w, v, lane)
    if (links === undefined) continue
    const type = w.input.vehicle_types[w.trips.type[v]!]!
    w.leg[v] = w.book.add(links, type.vehicle_class, `trip ${v}`)
    w.stopLeg[v] = -1
    w.missedTurns++
    w.haltedFor[v] = 0
    meter.corridor.giveUp(v)
  }
}

/** A lane whose first vehicle has stood for long itself, and not for a planned halt: there is nothing to be had from giving up. */
function isHeldUp(w: World, lane: number): boolean {
  if (w.count[lane] === 0) return false
  const first = w.at(lane, 0)
  return w.haltedFor[first]! >= WRONG_LANE_S && w.dwellUntil[first]! <= w.now
}

/** Quickest chain of links from a movement of this lane to the destination or else to an exit, own link first; undefined if there is none. */
function findWay(w: World, v: number, lane: number): number[] | undefined {
  const { p } = w
  const type = w.input.vehicle_types[w.trips.type[v]!]!
  const allowed = w.book.allowed(type.vehicle_class)
  const goal = lastLink(w.trips, v)
  const here = p.laneLink[lane]!
  const best = new Map<number, number>()
  const from = new Map<number, number>()
  const open = new Map<number, number>()
  const relax = (out: number, base: number, previous: number): void => {
    for (let k = p.laneOutStart[out]!; k < p.laneOutStart[out + 1]!; k++) {
      const c = p.laneOut[k]!
      if (allowed[p.connTo[c]!] !== 1) continue
      const link = p.laneLink[p.connTo[c]!]!
      const time = base + p.length[p.lanes + c]! / p.speed[p.lanes + c]! + p.length[p.connTo[c]!]! / p.speed[p.connTo[c]!]!
      if (time >= (best.get(link) ?? Infinity)) continue
      best.set(link, time)
      open.set(link, time)
      from.set(link, previous)
    }
  }
  relax(lane, 0, -1)
  let exit = -1
  while (open.size > 0) {
    let link = -1
    let least = Infinity
    for (const [candidate, time] of open) if (time < least || (time === least && candidate < link)) [link, least] = [candidate, time]
    open.delete(link)
    if (link === goal) return [here, ...trace(from, goal)]
    if (exit < 0 && isExit(w, link)) exit = link
    for (let l = p.linkLane[link]!; l < p.linkLane[link + 1]!; l++) if (allowed[l] === 1) relax(l, least, link)
  }
  return exit < 0 ? undefined : [here, ...trace(from, exit)]
}

/** A link that leads out of the network. */
function isExit(w: World, link: number): boolean {
  const { p } = w
  return p.laneOutStart[p.linkLane[link]!] === p.laneOutStart[p.linkLane[link + 1]!]
}

function trace(from: Map<number, number>, goal: number): number[] {
  const links: number[] = []
  for (let link = goal; link !== -1; link = from.get(link) ?? -1) links.unshift(link)
  return links
}
