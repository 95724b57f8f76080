// The runs of one movement as columns: about 60 bytes a run and 12 a stop, instead of an object each.
import type { Run, RunStop } from './run.ts'

/** Instants are kept whole; all other times relative to the crossing, to a tenth of a millisecond or better. */
export class RunColumns {
  size = 0
  crossing_s = new Float64Array(8)
  /** Stands for the vehicle: a hash of its name. */
  vehicle = new Uint32Array(8)
  /** Columns of one run, RECORD wide. */
  #rest = new Float32Array(8 * RECORD)
  /** Stops of run i: `#stopEnd[i - 1] .. #stopEnd[i]`. */
  #stopEnd = new Uint32Array(8)
  #stops = new Float32Array(8 * STOP)
  #order: Uint32Array | undefined

  push(run: Run): void {
    const i = this.size++
    this.#order = undefined
    if (i === this.crossing_s.length) this.#grow(2 * i)
    this.crossing_s[i] = run.crossing_s
    this.vehicle[i] = hashText(run.vehicle)
    const [rest, at, t] = [this.#rest, i * RECORD, run.crossing_s]
    rest[at] = run.start_m
    rest[at + 1] = run.in_s - t
    rest[at + 2] = run.out_s - t
    rest[at + 3] = run.running_mps
    rest[at + 4] = run.control_delay_s
    rest[at + 5] = run.departure_s === undefined ? Number.NaN : run.departure_s - t
    rest[at + 6] = run.arrival_s - t
    rest[at + 7] = run.interval_s
    rest[at + 8] = run.posterior
    rest[at + 9] = Number(run.whole) + 2 * Number(run.blocked)
    let end = i === 0 ? 0 : this.#stopEnd[i - 1]!
    while ((end + run.stops.length) * STOP > this.#stops.length) this.#stops = grown(this.#stops, 2 * this.#stops.length)
    for (const stop of run.stops) {
      this.#stops.set([stop.time_s - t, stop.s_m, stop.duration_s], end * STOP)
      end++
    }
    this.#stopEnd[i] = end
  }

  /** Runs in order of crossing; those of one instant in the order of their vehicles. */
  order(): Uint32Array {
    this.#order ??= Uint32Array.from({ length: this.size }, (_, i) => i).sort((a, b) =>
      this.crossing_s[a]! - this.crossing_s[b]! || this.vehicle[a]! - this.vehicle[b]! || this.#rest[a * RECORD + 1]! - this.#rest[b * RECORD + 1]!)
    return this.#order
  }

  at(i: number, movement: number): Run {
    const [rest, at, t] = [this.#rest, i * RECORD, this.crossing_s[i]!]
    const flags = rest[at + 9]!
    const departure = rest[at + 5]!
    return {
      vehicle: this.vehicle[i]!.toString(36), movement, start_m: rest[at]!, whole: flags % 2 === 1, in_s: t + rest[at + 1]!, crossing_s: t, out_s: t + rest[at + 2]!,
      running_mps: rest[at + 3]!, control_delay_s: rest[at + 4]!, stops: this.#stopsOf(i), departure_s: Number.isNaN(departure) ? undefined : t + departure,
      arrival_s: t + rest[at + 6]!, blocked: flags >= 2, interval_s: rest[at + 7]!, posterior: rest[at + 8]!,
    }
  }

  /** Those that stay, as new columns. */
  filter(stays: (crossing_s: number) => boolean): RunColumns {
    const kept = new RunColumns()
    for (let i = 0; i < this.size; i++) {
      if (!stays(this.crossing_s[i]!)) continue
      kept.push(this.at(i, 0))
      kept.vehicle[kept.size - 1] = this.vehicle[i]!
    }
    return kept
  }

  #stopsOf(i: number): RunStop[] {
    const stops: RunStop[] = []
    for (let k = (i === 0 ? 0 : this.#stopEnd[i - 1]!) * STOP; k < this.#stopEnd[i]! * STOP; k += STOP) {
      stops.push({ time_s: this.crossing_s[i]! + this.#stops[k]!, s_m: this.#stops[k + 1]!, duration_s: this.#stops[k + 2]! })
    }
    return stops
  }

  #grow(length: number): void {
    this.crossing_s = grown(this.crossing_s, length)
    this.vehicle = grown(this.vehicle, length)
    this.#rest = grown(this.#rest, length * RECORD)
    this.#stopEnd = grown(this.#stopEnd, length)
  }
}

const RECORD = 10
const STOP = 3

function grown<A extends Float64Array | Float32Array | Uint32Array>(array: A, length: number): A {
  const longer = new (array.constructor as new (length: number) => A)(length)
  longer.set(array)
  return longer
}

/** FNV-1a with a final mix: 32 bits that stand for a text. */
export function hashText(text: string): number {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}
