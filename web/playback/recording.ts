// What was written down of a run, and what of it there is at an instant. Pure; the same instant gives the same whether one came to it by playing or by jumping.
import type { RunHead, Seconds, TotalName } from './protocol.ts'

/** Where a vehicle is at an instant, between the seconds that were written down. */
export interface Car {
  vehicle: number
  x: number
  y: number
  /** Radians from east, counter-clockwise. */
  heading: number
  speed_mps: number
  length_m: number
  stops: number
  lost_s: number
}

export class Recording {
  readonly head: RunHead
  readonly #chunks: Seconds[] = []
  /** Row numbers at which chunks begin. */
  readonly #begins: number[] = []
  #rows = 0
  readonly #changes: { time_s: number[]; shows: number[] }[]
  #seen: { vehicle: number; rows: number; first?: number; last?: number } | undefined
  ended: { why: 'done' | 'gridlock' | 'full'; where?: string } | undefined

  constructor(head: RunHead) {
    this.head = head
    this.#changes = head.heads.map(() => ({ time_s: [], shows: [] }))
  }

  add(seconds: Seconds): void {
    this.#begins.push(this.#rows)
    this.#chunks.push(seconds)
    this.#rows += seconds.time_s.length
    const { time_s, head, shows } = seconds.changes
    for (let i = 0; i < time_s.length; i++) {
      const own = this.#changes[head[i]!]!
      own.time_s.push(time_s[i]!)
      own.shows.push(shows[i]!)
    }
  }

  /** Up to when all of it is known: what lanterns change to at the last second is told with the next. */
  get until_s(): number {
    return this.head.from_s + Math.max(0, this.#rows - (this.ended === undefined ? 2 : 1))
  }

  /** Rows written down. */
  get rows(): number {
    return this.#rows
  }

  #rowAt(row: number): { chunk: Seconds; i: number } | undefined {
    if (row < 0 || row >= this.#rows) return undefined
    // Chunks are of nearly equal length: the place is guessed and mended.
    let at = Math.min(this.#chunks.length - 1, Math.floor((row / this.#rows) * this.#chunks.length))
    while (this.#begins[at]! > row) at--
    while (at + 1 < this.#begins.length && this.#begins[at + 1]! <= row) at++
    return { chunk: this.#chunks[at]!, i: row - this.#begins[at]! }
  }

  /** All vehicles on the road. Who is there in one of the two seconds only is there in the first half or the second. */
  carsAt(time_s: number): Car[] {
    const place = Math.min(Math.max(0, time_s - this.head.from_s), Math.max(0, this.#rows - 1))
    const row = Math.floor(place)
    const share = place - row
    const [a, b] = [this.#rowAt(row), this.#rowAt(row + 1)]
    if (a === undefined) return []
    const cars: Car[] = []
    const [from, to] = [a.chunk.starts[a.i]!, a.chunk.starts[a.i + 1]!]
    if (b === undefined || share === 0) {
      for (let k = from; k < to; k++) cars.push(this.#car(a.chunk, k))
      return cars
    }
    let [k, m] = [from, b.chunk.starts[b.i]!]
    const end = b.chunk.starts[b.i + 1]!
    while (k < to || m < end) {
      const [u, v] = [k < to ? a.chunk.vehicle[k]! : Infinity, m < end ? b.chunk.vehicle[m]! : Infinity]
      if (u === v) cars.push(this.#between(a.chunk, k++, b.chunk, m++, share))
      else if (u < v) {
        if (share < 0.5) cars.push(this.#car(a.chunk, k))
        k++
      } else {
        if (share >= 0.5) cars.push(this.#car(b.chunk, m))
        m++
      }
    }
    return cars
  }

  #car({ vehicle, x_m, y_m, heading, speed_mps, stops, lost_s }: Seconds, k: number): Car {
    return { vehicle: vehicle[k]!, x: x_m[k]!, y: y_m[k]!, heading: heading[k]!, speed_mps: speed_mps[k]!, length_m: this.head.length_m[vehicle[k]!]!, stops: stops[k]!, lost_s: lost_s[k]! }
  }

  #between(a: Seconds, k: number, b: Seconds, m: number, share: number): Car {
    const mix = (p: number, q: number): number => p + (q - p) * share
    const turned = Math.atan2(Math.sin(b.heading[m]! - a.heading[k]!), Math.cos(b.heading[m]! - a.heading[k]!))
    return {
      vehicle: a.vehicle[k]!, x: mix(a.x_m[k]!, b.x_m[m]!), y: mix(a.y_m[k]!, b.y_m[m]!), heading: a.heading[k]! + turned * share, speed_mps: mix(a.speed_mps[k]!, b.speed_mps[m]!),
      length_m: this.head.length_m[a.vehicle[k]!]!, stops: a.stops[k]!, lost_s: mix(a.lost_s[k]!, b.lost_s[m]!),
    }
  }

  /** Rows of standing cars: [x0, y0, x1, y1], of the second that has begun. */
  queuesAt(time_s: number): [number, number, number, number][] {
    const found = this.#rowAt(this.#rowOf(time_s))
    if (found === undefined) return []
    const { chunk: { queueStarts, queue: { x0, y0, x1, y1 } }, i } = found
    const queues: [number, number, number, number][] = []
    for (let k = queueStarts[i]!; k < queueStarts[i + 1]!; k++) queues.push([x0[k]!, y0[k]!, x1[k]!, y1[k]!])
    return queues
  }

  /** What a lantern shows; undefined before the first is known. */
  lampAt(head: number, time_s: number): number | undefined {
    const { time_s: times, shows } = this.#changes[head]!
    let [low, high] = [0, times.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (times[middle]! <= time_s + 1e-9) low = middle + 1
      else high = middle
    }
    return low === 0 ? undefined : shows[low - 1]
  }

  totalsAt(time_s: number): Record<TotalName, number> | undefined {
    const found = this.#rowAt(this.#rowOf(time_s))
    return found === undefined ? undefined : Object.fromEntries(Object.entries(found.chunk.totals).map(([name, column]) => [name, column[found.i]!])) as Record<TotalName, number>
  }

  /** One total over the whole recording, every so many seconds. */
  series(name: TotalName, every: number): number[] {
    const values: number[] = []
    for (let row = 0; row < this.#rows; row += every) {
      const { chunk, i } = this.#rowAt(row)!
      values.push(chunk.totals[name][i]!)
    }
    return values
  }

  /** What a vehicle has been through by an instant, or why nothing can be said: it has not set off, waits outside, or left before the first second. */
  findCar(vehicle: number, time_s: number): (Car & { arrived: boolean }) | 'not-yet' | 'waiting' | 'before' {
    if (!(this.head.depart_s[vehicle]! <= time_s)) return 'not-yet'
    const { first, last } = this.#seenOf(vehicle)
    const row = this.#rowOf(time_s)
    if (first === undefined) return this.head.depart_s[vehicle]! < this.head.from_s ? 'before' : 'waiting'
    if (row < first) return 'waiting'
    const at = this.#rowAt(Math.min(row, last!))!
    for (let k = at.chunk.starts[at.i]!; k < at.chunk.starts[at.i + 1]!; k++) if (at.chunk.vehicle[k] === vehicle) return { ...this.#car(at.chunk, k), arrived: row > last! }
    return 'waiting'
  }

  /** First and last row in which a vehicle is there; of the one that was asked for last, as long as nothing is added. */
  #seenOf(vehicle: number): { first?: number; last?: number } {
    if (this.#seen?.vehicle === vehicle && this.#seen.rows === this.#rows) return this.#seen
    const seen: { vehicle: number; rows: number; first?: number; last?: number } = { vehicle, rows: this.#rows }
    let row = 0
    for (const chunk of this.#chunks) {
      for (let i = 0; i < chunk.time_s.length; i++, row++) {
        const there = chunk.vehicle.subarray(chunk.starts[i], chunk.starts[i + 1]).includes(vehicle)
        if (there) {
          seen.first ??= row
          seen.last = row
        }
      }
    }
    this.#seen = seen
    return seen
  }

  #rowOf(time_s: number): number {
    return Math.min(this.#rows - 1, Math.max(0, Math.floor(time_s - this.head.from_s + 1e-9)))
  }
}
