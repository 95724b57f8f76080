// Are there vehicles that wait for each other in a circle? Each vehicle knows whom it waits for; a chain that ends at a
// red light or at a vehicle that moves is ordinary waiting, a chain that closes is a lock. A circle that holds somebody who
// merely yields is broken by letting that one go first (a grant, counted); one of bodies only is a gridlock.
import type { Gridlock } from '../result.ts'
import { HALTING } from './parameters.ts'
import { takeLowestRank } from './reservations.ts'
import { DRIVING, NOBODY, RED_LIGHT, type World } from './world.ts'

/** Look this often, s. */
const EVERY_S = 10
/** A circle this old is broken, s: longer than drivers hesitate, shorter than a cycle. */
const GRANT_AFTER_S = 30
const GRANT_S = 6
/** A circle still there after a grant needs another way out, s. */
const LASTS_S = 60

export class GridlockWatch {
  readonly limit: number
  lastMotion: number
  nextLook: number
  /** Mark of the search that visited a vehicle last. */
  readonly seen: Int32Array
  search = 0

  constructor(w: World, limit: number) {
    this.limit = limit
    this.lastMotion = w.now
    this.nextLook = w.now + EVERY_S
    this.seen = new Int32Array(w.n)
  }
}

export function findGridlock(w: World, watch: GridlockWatch): Gridlock | undefined {
  if (w.now < watch.nextLook) return undefined
  watch.nextLook = w.now + EVERY_S
  const halted: number[] = []
  let moving = w.driving === 0
  for (let s = 0; s < w.p.lanes + w.p.connections; s++) {
    for (let i = 0; i < w.count[s]!; i++) {
      const v = w.at(s, i)
      if (w.spd[v]! >= HALTING || w.dwellUntil[v]! > w.now) moving = true
      else if (w.haltedFor[v]! >= GRANT_AFTER_S) halted.push(v)
    }
  }
  if (moving) watch.lastMotion = w.now
  watch.search = 0
  watch.seen.fill(0)
  for (const v of halted) {
    const circle = findCircle(w, watch, v)
    if (circle.length === 0) continue
    const shortest = circle.reduce((least, u) => Math.min(least, w.haltedFor[u]!), Infinity)
    if (shortest >= watch.limit) return { time_s: w.now, where: describe(w, circle), trips: circle }
    if (shortest >= GRANT_AFTER_S) grant(w, circle)
  }
  if (w.now - watch.lastMotion >= watch.limit) {
    return { time_s: w.now, where: `nothing has moved since ${Math.round(watch.lastMotion)} s; ${describe(w, halted.slice(0, 5))}`, trips: [] }
  }
  return undefined
}

function findCircle(w: World, watch: GridlockWatch, from: number): number[] {
  const search = ++watch.search
  const path: number[] = []
  let v = from
  while (v !== NOBODY && v !== RED_LIGHT && v >= 0) {
    if (watch.seen[v] === search) return path.slice(path.indexOf(v))
    if (watch.seen[v] !== 0 || w.state[v] !== DRIVING || w.spd[v]! >= HALTING) return []
    watch.seen[v] = search
    path.push(v)
    v = w.waitsFor[v]!
  }
  return []
}

/** The one that has yielded longest goes next. */
function grant(w: World, circle: number[]): void {
  const yielding = circle.filter((u) => w.yieldingSince[u]! > 0).sort((a, b) => w.yieldingSince[a]! - w.yieldingSince[b]! || a - b)
  // Or who is kept before its line by want of room: with its rear it frees what the others wait for.
  const v = yielding[0] ?? circle.filter((u) => w.keptOut[u] === 1).sort((a, b) => w.haltedFor[b]! - w.haltedFor[a]! || a - b)[0]
  if (v !== undefined && w.grantedUntil[v]! > w.now) return
  if (v !== undefined && w.grantedUntil[v]! < w.now - LASTS_S) {
    w.grantedUntil[v] = w.now + GRANT_S
    w.grants++
    return
  }
  // Nobody merely yields, or it did not help: whoever waits by rank alone, its way free of bodies, goes before those it waits for.
  if (circle.some((u) => w.heldByLeader[u] === 0 && w.strip[u]! >= w.p.lanes && takeLowestRank(w, u))) w.grants++
}

function describe(w: World, vehicles: number[]): string {
  const { p } = w
  const places = vehicles.slice(0, 12).map((v) => {
    const strip = w.strip[v]!
    const on = w.isLane(strip) ? `link ${p.network.links[p.laneLink[strip]!]!.id} lane ${strip - p.linkLane[p.laneLink[strip]!]!}` : `connection ${p.network.connections[strip - p.lanes]!.id}`
    return `trip ${v} on ${on} at ${w.pos[v]!.toFixed(1)} m`
  })
  const more = vehicles.length > 12 ? ` and ${vehicles.length - 12} more` : ''
  return vehicles.length === 0 ? 'no vehicle stands' : `waiting: ${places.join(' -> ')}${more}`
}
