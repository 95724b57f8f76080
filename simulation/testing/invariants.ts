// What must hold after every step of every run, whatever the network and the demand.
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

/** Steps a run to its end (or `until`) and collects what must not happen. */
export function runChecked(run: Run, until = Infinity): Violations {
  const found: Violations = { overlaps: [], sharedPlaces: [], redRuns: [], unaccounted: [] }
  const before = { strip: new Int32Array(run.world.n).fill(-1), rest: new Float64Array(run.world.n), speed: new Float64Array(run.world.n), shows: run.world.signals.shows.slice() }
  while (run.world.now < until && run.step()) {
    checkOverlaps(run.world, found.overlaps)
    checkPlaces(run.world, found.sharedPlaces)
    checkRed(run.world, before, found.redRuns)
    checkCount(run.world, found.unaccounted)
  }
  return found
}

export const none: Violations = { overlaps: [], sharedPlaces: [], redRuns: [], unaccounted: [] }

function checkOverlaps(w: World, found: string[]): void {
  for (let s = 0; s < w.p.lanes + w.p.connections; s++) {
    for (let i = 1; i < w.count[s]!; i++) {
      const [leader, v] = [w.at(s, i - 1), w.at(s, i)]
      const gap = w.pos[leader]! - w.len[leader]! - w.pos[v]!
      if (gap < -1e-6) found.push(`${w.now} s: vehicle ${v} is ${(-gap).toFixed(2)} m inside ${leader} on strip ${s}`)
    }
  }
}

function checkPlaces(w: World, found: string[]): void {
  const { p } = w
  const isIn = (id: number, from: number, to: number): boolean => {
    const v = w.resVehicle[id]!
    const front = w.odo[v]! - w.resLine[id]!
    return w.state[v] === DRIVING && front > from + 0.01 && front - w.len[v]! < to - 0.01
  }
  for (let c = 0; c < p.connections; c++) {
    for (let z = p.zoneStart[c]!; z < p.zoneStart[c + 1]!; z++) {
      if (p.zoneFoe[z]! < c || p.zoneKind[z] !== CROSSING) continue
      for (const mine of w.reserved[c]!) {
        if (!isIn(mine, p.zoneFrom[z]!, p.zoneTo[z]!)) continue
        for (const its of w.reserved[p.zoneFoe[z]!]!) {
          if (isIn(its, p.zoneFoeFrom[z]!, p.zoneFoeTo[z]!)) found.push(`${w.now} s: vehicles ${w.resVehicle[mine]} and ${w.resVehicle[its]} share the crossing of connections ${c} and ${p.zoneFoe[z]}`)
        }
      }
    }
  }
}

interface Before { strip: Int32Array; rest: Float64Array; speed: Float64Array; shows: Uint8Array }

/** Braking as hard as tyres allow, m/s2. */
const HARDEST = 9

/**
 * Over the line at red, other than a turn on red after a stop. Excepted is who could not have stopped by any means when
 * the light turned red and passed in that very step.
 */
function checkRed(w: World, before: Before, found: string[]): void {
  const { shows } = w.signals
  for (let v = 0; v < w.n; v++) {
    const strip = w.strip[v]!
    const c = strip - w.p.lanes
    if (before.strip[v]! >= 0 && before.strip[v]! < w.p.lanes && c >= 0 && shows[c] === RED && w.p.connTurnOnRed[c] === 0) {
      const couldStop = before.rest[v]! > before.speed[v]! ** 2 / (2 * HARDEST)
      if (before.shows[c] === RED || couldStop) found.push(`${w.now} s: vehicle ${v} passed red on connection ${c}`)
    }
    before.strip[v] = strip
    before.speed[v] = w.spd[v]!
    before.rest[v] = strip < 0 ? 0 : w.p.length[strip]! - w.pos[v]!
  }
  before.shows.set(shows)
}

function checkCount(w: World, found: string[]): void {
  let [waiting, driving, gone, onStrips] = [0, 0, 0, 0]
  for (let v = 0; v < w.n; v++) {
    if (w.state[v] === WAITING) waiting++
    else if (w.state[v] === GONE) gone++
    else driving++
  }
  for (let s = 0; s < w.p.lanes + w.p.connections; s++) onStrips += w.count[s]!
  if (waiting + driving + gone !== w.n || driving !== onStrips || gone !== w.completed || driving !== w.driving) {
    found.push(`${w.now} s: ${waiting} waiting, ${driving} driving (${onStrips} on strips), ${gone} gone of ${w.n}`)
  }
}
