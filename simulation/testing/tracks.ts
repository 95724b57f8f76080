// Where every vehicle was, step by step, from nothing but the places of vehicles: whatever decides who may go is not asked.
// A passage is the time at which a front or a rear passes a place, linear between two steps.
import type { Run } from '../simulate.ts'
import { DRIVING, GONE, type World } from '../kernel/world.ts'

/** A place across a link, `at_m` from its start; `lane` absent = any lane of it. */
export interface Line {
  link: string
  at_m: number
  lane?: number
  part: 'front' | 'rear'
}

export interface Passage {
  vehicle: number
  time_s: number
  /** Lane of the link on which the front came to the line. */
  lane: number
}

interface Watched { odo: number; lane: number; done: boolean }

/** Steps a run to its end, or until a time, and gives the passages of each line in order of time. */
export function watchLines(run: Run, lines: readonly Line[], until = Infinity): Passage[][] {
  const w = run.world
  const at = lines.map(() => new Map<number, Watched>())
  const found: Passage[][] = lines.map(() => [])
  const last = w.odo.slice()
  // Vehicles that have set off and are not gone; those behind have gone through all of this.
  let active: number[] = []
  let next = 0
  while (w.now < until && run.step()) {
    while (next < w.n && w.trips.depart_s[next]! <= w.now + 1e-9) active.push(next++)
    let hasLeft = false
    for (const v of active) {
      if (w.state[v] === GONE) hasLeft = true
      if (w.state[v] !== DRIVING) continue
      for (let i = 0; i < lines.length; i++) {
        const passage = look(w, v, lines[i]!, at[i]!, last[v]!)
        if (passage !== undefined) found[i]!.push(passage)
      }
      last[v] = w.odo[v]!
    }
    if (hasLeft) active = active.filter((v) => w.state[v] !== GONE)
  }
  for (const list of found) list.sort((a, b) => a.time_s - b.time_s)
  return found
}

function look(w: World, v: number, line: Line, watched: Map<number, Watched>, lastOdo: number): Passage | undefined {
  const link = w.p.linkIndex.get(line.link)!
  const strip = w.strip[v]!
  const [lane0, laneN] = [w.p.linkLane[link]!, w.p.linkLane[link + 1]!]
  const back = line.part === 'rear' ? w.len[v]! : 0
  let seen = watched.get(v)
  const isOn = strip >= lane0 && strip < laneN
  const odo = w.odo[v]! - w.pos[v]! + line.at_m
  // Once its front is over the line the lane is settled.
  if (isOn && (seen === undefined || seen.odo > w.odo[v]!)) {
    const isPast = seen === undefined && lastOdo - back > odo
    seen = { odo, lane: strip - lane0, done: isPast }
    watched.set(v, seen)
  }
  if (seen === undefined || seen.done || w.odo[v]! - back < seen.odo) return undefined
  seen.done = true
  if (line.lane !== undefined && line.lane !== seen.lane) return undefined
  const driven = w.odo[v]! - lastOdo
  const share = driven > 0 ? Math.min(1, Math.max(0, (seen.odo - (lastOdo - back)) / driven)) : 1
  return { vehicle: v, time_s: w.now - w.dt * (1 - share), lane: seen.lane }
}

/** Times at which each vehicle first moves faster than a speed after having stood, with the place where it stood; in order of time. */
export function watchStarts(run: Run, strip: number, from_s: number, speed_mps: number): { vehicle: number; time_s: number; stood_m: number }[] {
  const w = run.world
  const stood = new Map<number, { at: number; speed: number }>()
  const starts: { vehicle: number; time_s: number; stood_m: number }[] = []
  while (w.now < from_s - 1e-9 && run.step());
  for (let i = 0; i < w.count[strip]!; i++) {
    const v = w.at(strip, i)
    if (w.spd[v]! < 0.1) stood.set(v, { at: w.pos[v]!, speed: w.spd[v]! })
  }
  while (stood.size > 0 && run.step()) {
    for (const [v, { at, speed }] of stood) {
      if (w.spd[v]! >= speed_mps) {
        starts.push({ vehicle: v, time_s: w.now - w.dt * (1 - (speed_mps - speed) / (w.spd[v]! - speed)), stood_m: at })
        stood.delete(v)
      } else stood.set(v, { at, speed: w.spd[v]! })
    }
  }
  return starts
}
