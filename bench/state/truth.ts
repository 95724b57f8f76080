// What really happened, from the places of all vehicles once a second without noise: by the definitions of the measures, in plain
// code of its own that shares nothing with the estimators.
import type { Network } from '../../model/network.ts'
import type { GreenClock } from '../../state/signals/greens.ts'
import type { Track } from './drive.ts'

/** One movement, on one day or several. */
export interface Truth {
  movement: number
  vehicles: number
  delay_s: number
  stops: number
  /** Undefined where greens are not known. */
  on_green: number | undefined
  /** Largest back of queue of each cycle, ascending, m. */
  queues_m: number[]
  /** All that passed; means of some of them are what could be known from those at best. */
  passes: Pass[]
}

/** One vehicle at one line. */
export interface Pass {
  vehicle: number
  /** 0 for the first day. */
  day: number
  delay_s: number
  stops: number
  on_green: boolean | undefined
  /** After the start of green, and the cycle it lies in. */
  phase_s: number | undefined
  crossing_s: number
}

interface Sums { passes: Pass[]; cycles: Map<number, number> }

const REST = 1.4
const AWAY = 10 / 3.6
const VEHICLE_M = 5

/** Gathers days; `movements` gives the table of all that was added. */
export class TruthTable {
  readonly #network: Network
  readonly #clock: GreenClock
  readonly #sums = new Map<number, Sums>()
  readonly #movement = new Map<string, number>()
  readonly #index: ReadonlyMap<string, number>
  #expected = new Map<number, number>()

  constructor(network: Network, clock: GreenClock) {
    this.#network = network
    this.#clock = clock
    this.#index = new Map(network.links.map(({ id }, l) => [id, l]))
    network.movements.forEach(({ from, to }, m) => this.#movement.set(`${this.#index.get(from)} ${this.#index.get(to)}`, m))
  }

  /** Crossings in [from_s, until_s) of the tracks' own seconds; `origin` is the instant of their second 0. */
  add(tracks: readonly Track[], day: number, origin: number, from_s: number, until_s: number): void {
    for (const track of tracks) this.#vehicle(track, day, origin, from_s, until_s)
    this.#network.movements.forEach((movement, m) => {
      const cycle = movement.signal === undefined ? undefined : this.#clock.cycle(m, origin + from_s)
      if (cycle !== undefined) this.#expected.set(m, (this.#expected.get(m) ?? 0) + Math.round((until_s - from_s) / cycle))
    })
  }

  movements(): Truth[] {
    return [...this.#sums].sort((a, b) => a[0] - b[0]).filter(([, { passes }]) => passes.length > 0).map(([movement, { passes, cycles }]) => {
      const queues = [...cycles.values()]
      const empty = Math.max(0, (this.#expected.get(movement) ?? 0) - queues.length)
      return { movement, vehicles: passes.length, ...meansOf(passes), passes, queues_m: [...Array.from({ length: empty }, () => 0), ...queues].sort((a, b) => a - b) }
    })
  }

  #vehicle(track: Track, day: number, origin: number, from_s: number, until_s: number): void {
    const { t_s, link, position_m, speed_mps: v } = track
    const n = t_s.length
    const x = new Float64Array(n)
    const lines: { movement: number; at: number }[] = []
    let last = -1
    for (let i = 0; i < n; i++) {
      x[i] = i === 0 ? position_m[0]! : x[i - 1]! + (link[i] === link[i - 1] && link[i]! >= 0 && position_m[i]! >= position_m[i - 1]! ? position_m[i]! - position_m[i - 1]! : ((v[i]! + v[i - 1]!) / 2) * (t_s[i]! - t_s[i - 1]!))
      if (link[i]! < 0) continue
      if (last >= 0 && link[last] !== link[i]) {
        const movement = this.#movement.get(`${link[last]} ${link[i]}`)
        if (movement !== undefined && this.#network.movements[movement]!.signal !== undefined) lines.push({ movement, at: x[last]! + this.#network.links[link[last]!]!.length_m - position_m[last]! })
      }
      last = i
    }
    lines.forEach(({ movement, at }, k) => {
      const before = lines[k - 1]?.at
      const start = before === undefined ? x[0]! : before + Math.min(40, (at - before) / 2)
      const end = at + Math.min(40, ((lines[k + 1]?.at ?? Infinity) - at) / 2)
      this.#pass(track, x, day, movement, start, at, end, origin, from_s, until_s)
    })
  }

  #pass({ vehicle, t_s, speed_mps: v }: Track, x: Float64Array, day: number, movement: number, start: number, line: number, end: number, origin: number, from_s: number, until_s: number): void {
    const crossing = timeAt(t_s, x, line)
    const [into, out] = [timeAt(t_s, x, start), timeAt(t_s, x, end)]
    if (crossing === undefined || into === undefined || out === undefined) return
    const sums = this.#of(movement)
    this.#queue(sums, movement, t_s, x, v, start, line, origin, from_s, until_s)
    if (crossing < from_s || crossing >= until_s) return
    const first = x.findIndex((at) => at >= start)
    const free = this.#network.links[this.#index.get(this.#network.movements[movement]!.from)!]!.speed_mps
    const running = Math.min(free, Math.max(0.7 * free, topSpeed(t_s, x, first, end)))
    const stops = findStops(t_s, x, v, first, line)
    const delay_s = Math.max(-3, out - into - (end - start) / running)
    const green = this.#clock.find(movement, origin + crossing)
    const arrival = Math.min(crossing, unqueued(t_s, x, v, first, line, running, stops[0]) ?? crossing)
    const met = green === undefined ? undefined : this.#clock.find(movement, origin + arrival)
    const known = met === undefined ? { on_green: undefined, phase_s: undefined } : { on_green: origin + arrival < met.end_s + 3, phase_s: origin + arrival - met.start_s }
    sums.passes.push({ vehicle, day, delay_s, stops: stops.length, crossing_s: origin + crossing, ...known })
  }

  /** Rear of whoever stands, by the cycle that ends with the green that may serve it. */
  #queue({ cycles }: Sums, movement: number, t_s: Float64Array, x: Float64Array, v: Float32Array, start: number, line: number, origin: number, from_s: number, until_s: number): void {
    for (let i = 0; i < x.length && x[i]! < line; i++) {
      if (x[i]! < start || v[i]! >= REST || t_s[i]! < from_s || t_s[i]! >= until_s) continue
      const green = this.#clock.find(movement, origin + t_s[i]!)
      if (green === undefined) continue
      const cycle = origin + t_s[i]! < green.end_s ? green.start_s : green.next_s
      cycles.set(cycle, Math.max(cycles.get(cycle) ?? 0, line - x[i]! + VEHICLE_M))
    }
  }

  #of(movement: number): Sums {
    let sums = this.#sums.get(movement)
    if (sums === undefined) this.#sums.set(movement, sums = { passes: [], cycles: new Map() })
    return sums
  }
}

export function meansOf(passes: readonly Pass[]): Pick<Truth, 'delay_s' | 'stops' | 'on_green'> {
  const clocked = passes.filter(({ on_green }) => on_green !== undefined)
  const sum = (pick: (pass: Pass) => number): number => passes.reduce((total, pass) => total + pick(pass), 0)
  return { delay_s: sum(({ delay_s }) => delay_s) / passes.length, stops: sum(({ stops }) => stops) / passes.length, on_green: clocked.length > 0 ? clocked.filter(({ on_green }) => on_green).length / clocked.length : undefined }
}

/** Of days, each a table of its own. */
export function mergeTruth(days: readonly (readonly Truth[])[]): Truth[] {
  const merged = new Map<number, Truth[]>()
  for (const truth of days.flat()) {
    const list = merged.get(truth.movement)
    if (list === undefined) merged.set(truth.movement, [truth])
    else list.push(truth)
  }
  return [...merged].sort((a, b) => a[0] - b[0]).map(([movement, list]) => {
    const passes = list.flatMap((truth) => truth.passes)
    return { movement, vehicles: passes.length, ...meansOf(passes), passes, queues_m: list.flatMap(({ queues_m }) => queues_m).sort((a, b) => a - b) }
  })
}

function timeAt(t_s: Float64Array, x: Float64Array, place: number): number | undefined {
  const i = x.findIndex((at) => at >= place)
  if (i < 0) return undefined
  return i === 0 || x[i] === x[i - 1] ? t_s[i]! : t_s[i - 1]! + ((place - x[i - 1]!) / (x[i]! - x[i - 1]!)) * (t_s[i]! - t_s[i - 1]!)
}

function topSpeed(t_s: Float64Array, x: Float64Array, first: number, end: number): number {
  let top = 0
  for (let i = first; i + 5 < x.length && x[i + 5]! <= end; i++) top = Math.max(top, (x[i + 5]! - x[i]!) / (t_s[i + 5]! - t_s[i]!))
  return top
}

/** Slower than 5 km/h for 3 s, until 10 km/h; less than 10 s and 20 m apart as one. */
function findStops(t_s: Float64Array, x: Float64Array, v: Float32Array, first: number, line: number): { from: number; until_s: number; at: number; index: number }[] {
  const stops: { from: number; until_s: number; at: number; index: number }[] = []
  for (let i = first; i < x.length && x[i]! < line; i++) {
    if (v[i]! >= REST) continue
    let j = i
    while (j + 1 < x.length && v[j + 1]! <= AWAY && x[j + 1]! < line) j++
    const slow = t_s.subarray(i, j + 1).filter((_, k) => v[i + k]! < REST).length
    const before = stops.at(-1)
    if (slow >= 3) {
      if (before !== undefined && t_s[i]! - before.until_s < 10 && x[i]! - before.at < 20) before.until_s = t_s[j]!
      else stops.push({ from: t_s[i]!, until_s: t_s[j]!, at: x[i]!, index: i })
    }
    i = j
  }
  return stops
}

/** When it would have come to the line: from where it last drove freely before it was first held. */
function unqueued(t_s: Float64Array, x: Float64Array, v: Float32Array, first: number, line: number, running: number, stop: { index: number } | undefined): number | undefined {
  let held = stop?.index ?? -1
  if (held < 0) for (let i = first; i < x.length && x[i]! < line && held < 0; i++) if (v[i]! < 0.5 * running) held = i
  if (held < 0) return undefined
  let i = held
  while (i > first && v[i]! < 0.8 * running) i--
  return t_s[i]! + (line - x[i]!) / running
}
