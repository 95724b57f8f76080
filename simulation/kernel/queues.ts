// Back of queue per movement: the farthest rear of a slow vehicle from its stop line, m, one sample per signal cycle.
import { STOPPED } from './parameters.ts'
import type { MovementResults } from '../result.ts'
import type { World } from './world.ts'

/** Looked at this often, s: a queue grows by at most one vehicle per lane in it. */
const EVERY_S = 2
/** Sample period where there is no signal, s. */
const UNSIGNALISED_S = 90

export class QueueMeter {
  readonly #w: World
  readonly #largest: Float64Array
  readonly #samples: number[][]
  readonly #period: Float64Array
  readonly #offset: Float64Array
  readonly #index: Int32Array
  #nextLook = -Infinity

  constructor(w: World) {
    this.#w = w
    const { movements } = w.p.network
    const byId = new Map(w.input.signals.map((signal) => [signal.signal, signal]))
    const signals = movements.map((movement) => (movement.signal === undefined ? undefined : byId.get(movement.signal)))
    this.#largest = new Float64Array(movements.length)
    this.#samples = movements.map(() => [])
    this.#period = Float64Array.from(signals, (signal) => signal?.cycle_s ?? UNSIGNALISED_S)
    this.#offset = Float64Array.from(signals, (signal) => signal?.offset_s ?? 0)
    this.#index = Int32Array.from(movements, (_, m) => this.#cycleAt(m, w.now))
  }

  look(): void {
    const w = this.#w
    if (w.now < this.#nextLook) return
    this.#nextLook = w.now + EVERY_S
    const { p } = w
    for (let lane = 0; lane < p.lanes; lane++) {
      // From the rear: the first slow vehicle of each movement is its back of queue; others cannot exceed it.
      for (let i = w.count[lane]! - 1; i >= 0; i--) {
        const v = w.at(lane, i)
        if (w.spd[v]! >= STOPPED) continue
        const c = w.nextConnection(lane, w.leg[v]!)
        if (c < 0) continue
        const m = p.connMovement[c]!
        const back = p.length[lane]! - w.pos[v]! + w.len[v]!
        if (back > this.#largest[m]!) this.#largest[m] = back
      }
    }
    for (let m = 0; m < this.#largest.length; m++) this.#turnOver(m)
  }

  #cycleAt(m: number, t: number): number {
    return Math.floor((t - this.#offset[m]!) / this.#period[m]!)
  }

  #turnOver(m: number): void {
    const cycle = this.#cycleAt(m, this.#w.now)
    if (cycle === this.#index[m]) return
    this.#index[m] = cycle
    const { measure_from_s: from, measure_until_s: until } = this.#w.input.options
    if (this.#w.now > from && this.#w.now <= until + this.#period[m]!) this.#samples[m]!.push(this.#largest[m]!)
    this.#largest[m] = 0
  }

  results(): Pick<MovementResults, 'queue_p95_m' | 'queue_max_m' | 'queue_mean_m'> {
    const sorted = this.#samples.map((list, m) => (list.length > 0 ? list : [this.#largest[m]!]).slice().sort((a, b) => a - b))
    return {
      queue_p95_m: Float64Array.from(sorted, (list) => list[Math.min(list.length - 1, Math.ceil(0.95 * list.length) - 1)]!),
      queue_max_m: Float64Array.from(sorted, (list) => list.at(-1)!),
      queue_mean_m: Float64Array.from(sorted, (list) => list.reduce((sum, x) => sum + x, 0) / list.length),
    }
  }
}
