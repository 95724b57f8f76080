// What must hold after every step of every run, whatever the network and the demand. Judged by where vehicles are, not by
// what the kernel has promised them.
import { RED } from '../kernel/signals.ts'
import { DRIVING, GONE, WAITING, type World } from '../kernel/world.ts'
import { CROSSING } from '../prepare.ts'
import type { Run } from '../simulate.ts'

export interface Violations {
  overlaps: string[]
  sharedPlaces: string[]
  redRuns: string[]
  unaccounted: string[]
}

export const none: Violations = { overlaps: [], sharedPlaces: [], redRuns: [], unaccounted: [] }

/** Steps a run to its end (or `until`) and collects what must not happen. */
export function runChecked(run: Run, until = Infinity): Violations {
  const found: Violations = { overlaps: [], sharedPlaces: [], redRuns: [], unaccounted: [] }
  const watch = new Bodies(run.world)
  while (run.world.now < until && run.step()) {
    const passed = watch.look()
    checkOverlaps(run.world, found.overlaps)
    checkTails(run.world, watch, found.overlaps)
    checkPlaces(run.world, watch, found.sharedPlaces)
    checkRed(run.world, watch, passed, found.redRuns)
    checkCount(run.world, found.unaccounted)
    watch.remember()
  }
  return found
}

function checkOverlaps(w: World, found: string[]): void {
  for (let s = 0; s < w.p.lanes + w.p.connections; s++) {
    for (let i = 1; i < w.count[s]!; i++) {
      const [leader, v] = [w.at(s, i - 1), w.at(s, i)]
      const gap = w.pos[leader]! - w.len[leader]! - w.pos[v]!
      if (!(gap >= -1e-6)) found.push(`${w.now} s: vehicle ${v} is ${(-gap).toFixed(2)} m inside ${leader} on strip ${s}`)
    }
  }
}

/** A vehicle that has passed the line to a connection and has part of it under itself. */
interface Body { vehicle: number; connection: number; /** Odometer at the line. */ line: number }

interface Passed { vehicle: number; connection: number }

/** Who stands on which connections, followed from step to step; also where a step jumps over a short one. */
class Bodies {
  readonly on: Body[][]
  readonly strip: Int32Array
  readonly rest: Float64Array
  readonly speed: Float64Array
  readonly odo: Float64Array
  readonly shows: Uint8Array
  readonly #w: World

  constructor(w: World) {
    this.#w = w
    this.on = Array.from({ length: w.p.connections }, () => [])
    this.strip = new Int32Array(w.n).fill(-1)
    this.rest = new Float64Array(w.n)
    this.speed = new Float64Array(w.n)
    this.odo = new Float64Array(w.n)
    this.shows = w.signals.shows.slice()
  }

  /** Brings the bodies up to date; gives the lines passed in this step. */
  look(): Passed[] {
    const w = this.#w
    const passed: Passed[] = []
    for (let v = 0; v < w.n; v++) {
      const [before, strip] = [this.strip[v]!, w.strip[v]!]
      if (before < 0 || strip < 0 || before === strip) continue
      let line = w.odo[v]! - w.pos[v]!
      for (const s of stripsBetween(w, before, strip, w.odo[v]! - this.odo[v]!).reverse()) {
        if (s !== strip) line -= w.p.length[s]!
        if (s < w.p.lanes) continue
        this.on[s - w.p.lanes]!.push({ vehicle: v, connection: s - w.p.lanes, line })
        passed.push({ vehicle: v, connection: s - w.p.lanes })
      }
    }
    this.on.forEach((list, c) => {
      if (list.length > 0) this.on[c] = list.filter(({ vehicle: v, line }) => w.state[v] === DRIVING && w.odo[v]! - w.len[v]! < line + w.p.length[w.p.lanes + c]!)
    })
    return passed
  }

  remember(): void {
    const w = this.#w
    for (let v = 0; v < w.n; v++) {
      const strip = (this.strip[v] = w.strip[v]!)
      this.speed[v] = w.spd[v]!
      this.odo[v] = w.odo[v]!
      this.rest[v] = strip < 0 ? 0 : w.p.length[strip]! - w.pos[v]!
    }
    this.shows.set(w.signals.shows)
  }
}

/** Strips from one to another, the first left out; empty for a change of lane. */
function stripsBetween(w: World, from: number, to: number, driven: number): number[] {
  const { p } = w
  if (from < p.lanes && to < p.lanes && p.laneLink[from] === p.laneLink[to]) return []
  const search = (at: number, room: number, depth: number): number[] | undefined => {
    const next = at >= p.lanes ? [p.connTo[at - p.lanes]!] : Array.from(p.laneOut.subarray(p.laneOutStart[at]!, p.laneOutStart[at + 1]!), (c) => p.lanes + c)
    for (const s of next) {
      if (s === to) return [s]
      const beyond = depth > 0 && p.length[s]! <= room ? search(s, room - p.length[s]!, depth - 1) : undefined
      if (beyond !== undefined) return [s, ...beyond]
    }
    return undefined
  }
  // A lane change in the same step may have moved the end of the way to a lane beside.
  return search(from, driven + 0.1, 12) ?? []
}

function checkPlaces(w: World, { on }: Bodies, found: string[]): void {
  const { p } = w
  const isIn = ({ vehicle: v, line }: Body, from: number, to: number): boolean => {
    const front = w.odo[v]! - line
    return front > from + 0.01 && front - w.len[v]! < to - 0.01
  }
  for (let c = 0; c < p.connections; c++) {
    if (on[c]!.length === 0) continue
    for (let z = p.zoneStart[c]!; z < p.zoneStart[c + 1]!; z++) {
      const foe = p.zoneFoe[z]!
      if (foe < c || p.zoneKind[z] !== CROSSING || on[foe]!.length === 0) continue
      for (const mine of on[c]!) {
        if (!isIn(mine, p.zoneFrom[z]!, p.zoneTo[z]!)) continue
        for (const its of on[foe]!) {
          if (its.vehicle !== mine.vehicle && isIn(its, p.zoneFoeFrom[z]!, p.zoneFoeTo[z]!)) {
            found.push(`${w.now} s: vehicles ${mine.vehicle} and ${its.vehicle} share the crossing of connections ${p.network.connections[c]!.id} and ${p.network.connections[foe]!.id}`)
          }
        }
      }
    }
  }
}

/** Who has left a lane or a connection with the front but not with the tail, against who follows there. */
function checkTails(w: World, { on }: Bodies, found: string[]): void {
  const { p } = w
  for (let c = 0; c < p.connections; c++) {
    const list = on[c]!
    if (list.length === 0) continue
    const lane = p.connFrom[c]!
    const first = w.count[lane]! > 0 ? w.at(lane, 0) : -1
    const ordered = list.map(({ vehicle, line }) => ({ vehicle, front: w.odo[vehicle]! - line })).sort((a, b) => b.front - a.front)
    ordered.forEach(({ vehicle, front }, i) => {
      const rear = front - w.len[vehicle]!
      const next = ordered[i + 1]
      if (next !== undefined && next.front > rear + 1e-6) found.push(`${w.now} s: vehicle ${next.vehicle} is ${(next.front - rear).toFixed(2)} m inside ${vehicle} on connection ${p.network.connections[c]!.id}`)
      const ahead = first < 0 || first === vehicle ? -1 : w.pos[first]! - p.length[lane]! - rear
      if (ahead > 1e-6) found.push(`${w.now} s: vehicle ${first} is ${ahead.toFixed(2)} m inside ${vehicle} at the end of link ${p.network.links[p.laneLink[lane]!]!.id}`)
    })
  }
}

/** Braking as hard as tyres allow, m/s2. */
const HARDEST = 9

/**
 * Over the line at red, other than a turn on red after a stop. Excepted is who could not have stopped by any means when
 * the light turned red and passed in that very step.
 */
function checkRed(w: World, before: Bodies, passed: readonly Passed[], found: string[]): void {
  const { shows } = w.signals
  for (const { vehicle: v, connection: c } of passed) {
    if (shows[c] !== RED || w.p.connTurnOnRed[c] === 1) continue
    const couldStop = before.rest[v]! > before.speed[v]! ** 2 / (2 * HARDEST)
    if (before.shows[c] === RED || couldStop) found.push(`${w.now} s: vehicle ${v} passed red on connection ${w.p.network.connections[c]!.id}`)
  }
}

function checkCount(w: World, found: string[]): void {
  let [waiting, driving, gone, onStrips] = [0, 0, 0, 0]
  for (let v = 0; v < w.n; v++) {
    if (w.state[v] === WAITING) waiting++
    else if (w.state[v] === GONE) gone++
    else driving++
  }
  for (let s = 0; s < w.p.lanes + w.p.connections; s++) {
    onStrips += w.count[s]!
    for (let i = 0; i < w.count[s]!; i++) if (w.strip[w.at(s, i)] !== s) found.push(`${w.now} s: vehicle ${w.at(s, i)} is on strip ${w.strip[w.at(s, i)]} and listed on ${s}`)
  }
  if (waiting + driving + gone !== w.n || driving !== onStrips || gone !== w.completed || driving !== w.driving) {
    found.push(`${w.now} s: ${waiting} waiting, ${driving} driving (${onStrips} on strips), ${gone} gone of ${w.n}`)
  }
}
