// Detectors of signal approaches: presence over 12 m before the stop line, a count loop at the line, and an advance loop six
// seconds upstream, on every lane that a signal controls. On and off times are interpolated within the step.
import type { DetectorChannel } from '../../model/observation.ts'
import type { World } from '../kernel/world.ts'
import type { Fleet } from './observer.ts'
import { phaseNumbers } from './phase-events.ts'

const PRESENCE_M = 12
const LOOP_M = 2
/** Travel time at the limit, s: the 5 to 6 s of advance detectors. */
const ADVANCE_S = 6

/** Channels of every device, in order of links and lanes. */
export function detectorChannels(world: World): DetectorChannel[] {
  const { p } = world
  const { network } = p
  const signals = new Map(network.signals.map((signal) => [signal.id, signal]))
  const numbers = new Map(phaseNumbers(network).map(({ signal, group, phase }) => [`${signal} ${group}`, phase]))
  const channels = new Map<string, number>()
  const result: DetectorChannel[] = []
  for (let lane = 0; lane < p.lanes; lane++) {
    const phase = phaseOf(world, lane, numbers)
    if (phase === undefined) continue
    const link = network.links[p.laneLink[lane]!]!
    const device = signals.get(phase.signal)?.source_id ?? phase.signal
    const usable = p.length[lane]! - p.laneStart[lane]!
    const add = (kind: DetectorChannel['function'], distance_m: number, length_m: number): void => {
      if (distance_m + length_m > usable) return
      const channel = (channels.get(device) ?? 0) + 1
      channels.set(device, channel)
      result.push({ device, channel, phase: phase.number, function: kind, link: link.id, lane: lane - p.linkLane[p.laneLink[lane]!]!, distance_m, length_m })
    }
    add('Presence', 0, PRESENCE_M)
    add('Count', 0, LOOP_M)
    add('Advance', Math.round(ADVANCE_S * p.speed[lane]!), LOOP_M)
  }
  return result
}

/** The phase of a lane: that of its first connection, protected before permissive. */
function phaseOf({ p }: World, lane: number, numbers: ReadonlyMap<string, number>): { signal: string; number: number } | undefined {
  let permissive: { signal: string; number: number } | undefined
  for (let k = p.laneOutStart[lane]!; k < p.laneOutStart[lane + 1]!; k++) {
    const c = p.laneOut[k]!
    const signal = p.network.movements[p.connMovement[c]!]!.signal
    if (signal === undefined) continue
    for (const { group, right_of_way } of p.network.connections[c]!.groups ?? []) {
      const number = numbers.get(`${signal} ${group}`)
      if (number === undefined) continue
      if (right_of_way === 'protected') return { signal, number }
      permissive ??= { signal, number }
    }
  }
  return permissive
}

/** Called at every change; on = covered. */
export type DetectorChange = (channel: number, time_s: number, on: boolean) => void

/** Watches all channels; `channels` are numbered by their place in the list. */
export class DetectorWatch {
  readonly channels: readonly DetectorChannel[]
  /** Position along the lane of the upstream and downstream edge. */
  readonly #from: Float64Array
  readonly #to: Float64Array
  readonly #ofLane: (number[] | undefined)[]
  /** Vehicles over each, and over it at this look. */
  readonly #over: Int32Array
  readonly #seen: Int32Array
  /** Changes of a step: triples of channel, time, +1 or -1. */
  readonly #changes: { channel: number; time_s: number; by: 1 | -1 }[] = []
  readonly #tell: DetectorChange

  constructor(world: World, channels: readonly DetectorChannel[], tell: DetectorChange) {
    const { p } = world
    this.channels = channels
    this.#tell = tell
    this.#ofLane = Array.from<number[] | undefined>({ length: p.lanes })
    const lanes = channels.map(({ link, lane }) => p.linkLane[p.linkIndex.get(link)!]! + lane)
    lanes.forEach((lane, i) => (this.#ofLane[lane] ??= []).push(i))
    this.#to = Float64Array.from(channels, ({ distance_m }, i) => p.length[lanes[i]!]! - distance_m)
    this.#from = Float64Array.from(channels, ({ length_m }, i) => this.#to[i]! - length_m)
    this.#over = new Int32Array(channels.length)
    this.#seen = new Int32Array(channels.length)
  }

  look({ world, list, count }: Fleet): void {
    const { p } = world
    this.#seen.fill(0)
    this.#changes.length = 0
    for (let i = 0; i < count; i++) {
      const v = list[i]!
      const strip = world.strip[v]!
      if (strip < p.lanes) this.#pass(world, v, strip, world.pos[v]!)
      // A vehicle inside the junction may still stand over the detectors of the lane that it comes from.
      else this.#pass(world, v, p.connFrom[strip - p.lanes]!, p.length[p.connFrom[strip - p.lanes]!]! + world.pos[v]!)
    }
    this.#changes.sort((a, b) => a.time_s - b.time_s || b.by - a.by)
    for (const { channel, time_s, by } of this.#changes) this.#change(channel, time_s, by)
    // Who came or went sideways crossed no edge: the count is put right at the end of the step.
    for (let d = 0; d < this.#over.length; d++) {
      while (this.#over[d] !== this.#seen[d]) this.#change(d, world.now, this.#seen[d]! > this.#over[d]! ? 1 : -1)
    }
  }

  #pass(world: World, v: number, lane: number, front: number): void {
    const speed = world.spd[v]!
    const moved = speed * world.dt
    for (const d of this.#ofLane[lane] ?? []) {
      const [from, to] = [this.#from[d]!, this.#to[d]!]
      const rear = front - world.len[v]!
      if (front >= from && rear < to) this.#seen[d]!++
      if (front >= from && front - moved < from) this.#changes.push({ channel: d, time_s: world.now - (front - from) / speed, by: 1 })
      if (rear >= to && rear - moved < to) this.#changes.push({ channel: d, time_s: world.now - (rear - to) / speed, by: -1 })
    }
  }

  #change(d: number, time_s: number, by: 1 | -1): void {
    const before = this.#over[d]!
    // One that leaves without having come in was put in by the step's own count already.
    this.#over[d] = before + by
    if (before === 0 && by === 1) this.#tell(d, time_s, true)
    else if (before === 1 && by === -1) this.#tell(d, time_s, false)
  }
}
