// Detectors: where they lie, what they call, and what they see of the vehicles of a run. A detector looks at its own
// lane from the stop line back to its upstream edge and no further. How long ago it was left is known to the part of a step.
import type { Detector } from '../../model/control.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { GroupId, Signal } from '../../model/signal.ts'
import type { PreparedNetwork } from '../prepare.ts'
import { TICKS_PER_S, type Actuations } from './controller.ts'
import { passageAtLimit } from './settings.ts'

/** Length of presence detection at the stop line where nothing is said, m: the usual 40 ft (Signal Timing Manual chapter 4). */
const STOP_LINE_DETECTOR_M = 12

/** What detectors need to see of a run; the world of the kernel has it. */
export interface Traffic {
  readonly dt: number
  readonly pos: Float64Array
  readonly spd: Float64Array
  readonly odo: Float64Array
  readonly len: Float64Array
  readonly state: Uint8Array
  readonly count: Int32Array
  /** Last vehicle over the end of each lane, and its odometer there. */
  readonly lastOut: Int32Array
  readonly lastOutLine: Float64Array
  at(strip: number, i: number): number
}

const IS_DRIVING = 1

/** Stop-line detection on every lane that the signal governs. Through lanes call the through phase, others what protects them. */
export function defaultDetectors(p: PreparedNetwork, signal: Signal): Detector[] {
  const found: Detector[] = []
  for (let lane = 0; lane < p.lanes; lane++) {
    const calls = groupsOfLane(p, signal, lane)
    if (calls.length === 0) continue
    const link = p.network.links[p.laneLink[lane]!]!
    const length = Math.min(STOP_LINE_DETECTOR_M, p.length[lane]! - p.laneStart[lane]!)
    found.push({ link: link.id, lane: lane - p.linkLane[p.laneLink[lane]!]!, position_m: 0, length_m: length, calls, extends: calls })
  }
  return found
}

/** Phases that a vehicle on a lane asks for: protected ones of its throughs, else of its turns, else permissive ones. */
function groupsOfLane(p: PreparedNetwork, signal: Signal, lane: number): GroupId[] {
  const entries = Array.from({ length: p.laneOutStart[lane + 1]! - p.laneOutStart[lane]! }, (_, i) => p.laneOut[p.laneOutStart[lane]! + i]!).flatMap((c) => {
    const movement = p.network.movements[p.connMovement[c]!]!
    return movement.signal === signal.id ? (p.network.connections[c]!.groups ?? []).map((entry) => ({ ...entry, through: movement.turn === 'through' })) : []
  })
  const rank = ({ right_of_way, through }: (typeof entries)[number]): number => (right_of_way === 'protected' ? 2 : 0) + (through ? 1 : 0)
  const best = Math.max(-1, ...entries.map(rank))
  const overlaps = new Map((signal.overlaps ?? []).map(({ group, parents }) => [group, parents]))
  return [...new Set(entries.filter((entry) => rank(entry) === best).flatMap(({ group }) => overlaps.get(group) ?? [group]))]
}

/** Passage of each phase, s: the longest that one of its extending detectors needs. */
export function passages(p: PreparedNetwork, detectors: readonly Detector[]): Map<GroupId, number> {
  const found = new Map<GroupId, number>()
  for (const detector of detectors) {
    const link = p.network.links[p.linkIndex.get(detector.link) ?? -1]
    if (link === undefined) continue
    const passage = passageAtLimit(detector.length_m, link.speed_mps)
    for (const id of detector.extends) found.set(id, Math.max(found.get(id) ?? 0, passage))
  }
  return found
}

interface Placed {
  lane: number
  /** Zone in metres from the start of the link. */
  from: number
  to: number
  calls: number[]
  extends: number[]
  pulse: boolean
  delay: number
  extend: number
}

/** All detectors of one signal. */
export class DetectorBank {
  readonly #p: PreparedNetwork
  readonly #placed: Placed[]
  readonly #onSince: Float64Array

  /** Throws input.reference or input.value, naming signal and detector, for one that cannot be placed. */
  constructor(p: PreparedNetwork, signal: Signal, detectors: readonly Detector[], phases: readonly GroupId[]) {
    this.#p = p
    this.#placed = detectors.map((detector) => place(p, signal, detector, phases))
    this.#onSince = new Float64Array(detectors.length).fill(Infinity)
  }

  /** Reads all detectors at `now`, s, into the actuations. */
  read(w: Traffic, now: number, seen: Actuations): void {
    this.#placed.forEach((detector, d) => {
      const { on, arrivals, offFor } = look(this.#p, w, detector)
      if (!on) this.#onSince[d] = Infinity
      else if (this.#onSince[d] === Infinity) this.#onSince[d] = now
      const actuated = detector.pulse ? arrivals > 0 : on
      const calling = actuated && (detector.delay === 0 || now - this.#onSince[d]! >= detector.delay - 1e-9)
      for (const phase of detector.calls) {
        if (calling) seen.calling[phase] = 1
        seen.arrivals[phase] = seen.arrivals[phase]! + arrivals
      }
      const last = actuated ? now : offFor < w.dt && !detector.pulse ? now - offFor : -Infinity
      if (last > -Infinity) for (const phase of detector.extends) seen.lastOn[phase] = Math.max(seen.lastOn[phase]!, (last + detector.extend) * TICKS_PER_S)
    })
  }
}

function place(p: PreparedNetwork, signal: Signal, detector: Detector, phases: readonly GroupId[]): Placed {
  const name = `detector ${detector.id ?? `on lane ${detector.lane} of link ${detector.link}`} of signal ${signal.id}`
  const link = p.linkIndex.get(detector.link)
  const lane = link === undefined ? -1 : p.linkLane[link]! + detector.lane
  if (link === undefined || !(detector.lane >= 0) || lane >= p.linkLane[link + 1]!) throw new GreenwaveError('input.reference', `${name} lies on lane ${detector.lane} of link ${detector.link}, which does not exist`)
  if (!(detector.position_m >= 0) || !(detector.length_m >= 0)) throw new GreenwaveError('input.value', `${name} lies ${detector.position_m} m from the stop line and is ${detector.length_m} m long; both must be at least 0 m`)
  const indices = (ids: readonly GroupId[]): number[] => ids.flatMap((id) => {
    if (!signal.groups.some((group) => group.id === id)) throw new GreenwaveError('input.reference', `${name} names phase "${id}", which the signal does not have`)
    return phases.flatMap((phase, i) => (phase === id ? [i] : []))
  })
  const to = Math.max(0, p.length[lane]! - detector.position_m)
  return {
    lane, to, from: Math.max(0, to - detector.length_m), calls: indices(detector.calls), extends: indices(detector.extends),
    pulse: detector.mode === 'pulse', delay: detector.delay_s ?? 0, extend: detector.extend_s ?? 0,
  }
}

/** Who is over a detector, who came onto it in this step, and how long ago the last one left, s. */
function look(p: PreparedNetwork, w: Traffic, { lane, from, to }: Placed): { on: boolean; arrivals: number; offFor: number } {
  const end = p.length[lane]!
  const result = { on: false, arrivals: 0, offFor: Infinity }
  const judge = (front: number, length: number, speed: number): void => {
    const moved = speed * w.dt
    const rear = front - length
    if (rear < to && front >= from) result.on = true
    else if (rear - moved < to && front >= from && speed > 0) result.offFor = Math.min(result.offFor, (rear - to) / speed)
    if (front >= from && front - moved < from) result.arrivals++
  }
  const gone = w.lastOut[lane]!
  if (gone >= 0 && w.state[gone] === IS_DRIVING) judge(end + w.odo[gone]! - w.lastOutLine[lane]!, w.len[gone]!, w.spd[gone]!)
  for (let i = 0; i < w.count[lane]!; i++) {
    const v = w.at(lane, i)
    const front = w.pos[v]!
    if (front < from) break
    judge(front, w.len[v]!, w.spd[v]!)
  }
  return result
}
