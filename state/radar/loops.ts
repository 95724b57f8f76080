// Detectors that are not there: events 82 and 81 of loops at the stop line, 40 m and 100 m before it, so that measures of
// controller logs run on radar as they are.
import type { LogChannel, SignalEvent } from '../../model/feed.ts'
import type { Network } from '../../model/network.ts'
import type { Signal } from '../../model/signal.ts'
import type { Instant, Metres, Seconds } from '../../model/units.ts'
import type { LaneMap } from './lane-map.ts'
import type { Crossing, Vehicle } from './vehicle.ts'

const ON = 82
const OFF = 81
/** Upstream and downstream edge, metres from the line. */
const LOOPS = [
  { role: 'count', from: -2, to: 0 },
  { role: 'presence', from: -12, to: 0 },
  { role: 'near', from: -42, to: -40 },
  { role: 'far', from: -102, to: -100 },
] as const
const USUAL_LENGTH_M: Metres = 4.6
/** How long an unseen vehicle covers the counter. */
const PULSE_S: Seconds = 0.4

interface Loop { device: string; channel: number; from: number; to: number; counts: boolean; over: Set<Vehicle> }

/** Channels above those of real detectors. */
const FIRST_CHANNEL = 1001

export class VirtualLoops {
  /** What the channels are; the loop at 40 m is an advance detector where the lane has no room for the one at 100 m. */
  readonly channels: LogChannel[] = []
  readonly #loops: (Loop[] | undefined)[] = []
  readonly #last = new WeakMap<Vehicle, { lane: number; s: number; time_s: Instant }>()
  readonly #over = new Map<Vehicle, Set<Loop>>()
  readonly #tell: (event: SignalEvent) => void
  #events: SignalEvent[] = []

  constructor(network: Network, map: LaneMap, tell: (event: SignalEvent) => void) {
    this.#tell = tell
    const signals = new Map(network.signals.map((signal) => [signal.id, signal]))
    const next = new Map<string, number>()
    map.lanes.forEach((strip, i) => {
      const phase = phaseOf(network, map, i, signals)
      if (phase === undefined) return
      const link = network.links[strip.link]!
      const far = strip.length_m >= 102
      this.#loops[i] = LOOPS.filter(({ from }) => -from <= strip.length_m).map(({ role, from, to }): Loop => {
        const channel = next.get(phase.device) ?? FIRST_CHANNEL
        next.set(phase.device, channel + 1)
        const kind = role === 'far' || (role === 'near' && !far) ? 'advance' as const : role === 'near' ? undefined : role
        if (kind !== undefined) this.channels.push({ ...phase, channel, function: kind, link: link.id, lane: strip.lane, distance_m: -to, length_m: to - from, speed_mps: link.speed_mps > 0 ? link.speed_mps : undefined })
        return { device: phase.device, channel, from, to, counts: role === 'count', over: new Set() }
      })
    })
  }

  /** A vehicle that nobody saw cross. */
  infer({ lane, time_s }: Crossing): void {
    const loop = this.#loops[lane]?.find(({ counts }) => counts)
    if (loop === undefined || loop.over.size > 0) return
    this.#add(loop, ON, time_s)
    this.#add(loop, OFF, time_s + PULSE_S)
  }

  frame(time_s: Instant, vehicles: readonly Vehicle[]): void {
    const here = new Set(vehicles)
    for (const [vehicle, loops] of this.#over) if (!here.has(vehicle)) for (const loop of loops) this.#leave(loop, vehicle, time_s)
    for (const vehicle of vehicles) if (vehicle.confirmed && vehicle.time_s === time_s) this.#pass(vehicle)
    this.#events.sort((a, b) => a.time_s - b.time_s || a.event - b.event)
    let told = 0
    while (told < this.#events.length && this.#events[told]!.time_s <= time_s) this.#tell(this.#events[told++]!)
    this.#events.splice(0, told)
  }

  /** Nothing is known any more of who stands where. */
  gap(time_s: Instant): void {
    for (const [vehicle, loops] of this.#over) for (const loop of loops) this.#leave(loop, vehicle, time_s)
    this.frame(time_s, [])
  }

  #pass(vehicle: Vehicle): void {
    const { lane, s, time_s } = vehicle
    const before = this.#last.get(vehicle)
    const same = before !== undefined && before.lane === lane && s >= before.s - 20
    const length = vehicle.length_m ?? USUAL_LENGTH_M
    if (before !== undefined && !same) for (const loop of this.#over.get(vehicle) ?? []) this.#leave(loop, vehicle, time_s)
    for (const loop of this.#loops[lane] ?? []) {
      const at = (edge: number): Instant => (same && s > before.s && edge > before.s ? before.time_s + ((edge - before.s) / (s - before.s)) * (time_s - before.time_s) : time_s)
      const was = loop.over.has(vehicle)
      if (!was && s >= loop.from && (same ? before.s < loop.from : s - length < loop.to)) this.#enter(loop, vehicle, at(loop.from))
      if (loop.over.has(vehicle) && s - length >= loop.to) this.#leave(loop, vehicle, at(loop.to + length))
    }
    this.#last.set(vehicle, { lane, s, time_s })
  }

  #enter(loop: Loop, vehicle: Vehicle, time_s: Instant): void {
    loop.over.add(vehicle)
    const own = this.#over.get(vehicle)
    if (own === undefined) this.#over.set(vehicle, new Set([loop]))
    else own.add(loop)
    // A counter counts two vehicles whose ends meet.
    if (loop.over.size > 1 && loop.counts) this.#add(loop, OFF, time_s)
    if (loop.over.size === 1 || loop.counts) this.#add(loop, ON, time_s)
  }

  #leave(loop: Loop, vehicle: Vehicle, time_s: Instant): void {
    if (!loop.over.delete(vehicle)) return
    const own = this.#over.get(vehicle)
    own?.delete(loop)
    if (own?.size === 0) this.#over.delete(vehicle)
    if (loop.over.size === 0) this.#add(loop, OFF, time_s)
  }

  #add({ device, channel }: Loop, event: number, time_s: Instant): void {
    this.#events.push({ device, time_s, event, parameter: channel })
  }
}

/** Phase of the first connection of a lane, protected before permissive; numbered as the log of its device numbers phases. */
function phaseOf(network: Network, map: LaneMap, lane: number, signals: ReadonlyMap<string, Signal>): { device: string; phase: number } | undefined {
  let permissive: { device: string; phase: number } | undefined
  for (const path of map.lanes[lane]!.out) {
    const { connection, movement } = map.paths[path]!
    const signal = signals.get(network.movements[movement]!.signal ?? '')
    if (signal === undefined) continue
    for (const { group, right_of_way } of connection.groups ?? []) {
      const phase = phaseNumber(signal, group)
      if (phase === undefined) continue
      if (right_of_way === 'protected') return { device: signal.source_id, phase }
      permissive ??= { device: signal.source_id, phase }
    }
  }
  return permissive
}

/** The number in the name of a group, else its place among the groups. */
function phaseNumber({ groups }: Signal, id: string): number | undefined {
  const at = groups.findIndex((group) => group.id === id)
  if (at < 0) return undefined
  const named = /(\d+)\D*$/.exec(groups[at]!.source_id ?? id)?.[1]
  return named === undefined ? at + 1 : Math.max(1, Number(named))
}
