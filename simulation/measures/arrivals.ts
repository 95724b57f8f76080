// Arrivals on green: would a vehicle have met green, had nobody stood before it? Its unqueued arrival at the stop line is
// projected at its own desired speed from a virtual detector DETECTOR_S of travel upstream; where it was held up before
// that, from its entry of the link, or from its intended departure where it had to wait for entry.
import type { World } from '../kernel/world.ts'
import { MOVING_AGAIN } from '../kernel/parameters.ts'
import type { Greens } from './greens.ts'

/** Travel time at the limit from the detector to the stop line, s: the 5 to 6 s of coordination diagrams. */
const DETECTOR_S = 6

export class ArrivalMeter {
  /** Odometer at which v passes the detector ahead; Infinity where there is none. */
  readonly detectAt: Float64Array
  readonly count: Int32Array
  readonly onGreen: Int32Array
  readonly #w: World
  readonly #greens: Greens
  /** Projected arrival at the stop line ahead. */
  readonly #arrival: Float64Array
  readonly #stopsBefore: Int32Array

  constructor(w: World, greens: Greens) {
    this.#w = w
    this.#greens = greens
    this.detectAt = new Float64Array(w.n).fill(Infinity)
    this.#arrival = new Float64Array(w.n).fill(NaN)
    this.#stopsBefore = new Int32Array(w.n)
    this.count = new Int32Array(w.p.network.movements.length)
    this.onGreen = new Int32Array(w.p.network.movements.length)
  }

  /** Onto a link, at its position on the lane; `unheld_s` is when it would have been there had it not waited to enter. */
  enterLink(v: number, unheld_s: number): void {
    const w = this.#w
    const lane = w.strip[v]!
    this.detectAt[v] = Infinity
    if (!w.isLane(lane) || w.book.legLast[w.leg[v]!] === 1) return
    const [length, position] = [w.p.length[lane]!, w.pos[v]!]
    this.#arrival[v] = unheld_s + (length - position) / w.desired(v, lane)
    this.#stopsBefore[v] = w.stops[v]!
    const detector = length - DETECTOR_S * w.p.speed[lane]!
    if (detector > position) this.detectAt[v] = w.odo[v]! + detector - position
  }

  /** Passes its detector at `time`. */
  detect(v: number, time: number): void {
    const w = this.#w
    const rest = w.odo[v]! - this.detectAt[v]!
    this.detectAt[v] = Infinity
    if (w.stops[v]! > this.#stopsBefore[v]! || w.spd[v]! < Math.min(MOVING_AGAIN, 0.5 * w.desired(v, w.strip[v]!))) return
    const lane = w.strip[v]!
    if (!w.isLane(lane)) return
    this.#arrival[v] = time + (w.p.length[lane]! - w.pos[v]! + rest) / w.desired(v, lane)
  }

  /** Passes the stop line of a connection inside the measuring window. */
  passLine(v: number, c: number, time: number): void {
    const head = this.#greens.headOf[c]!
    if (head < 0 || Number.isNaN(this.#arrival[v]!)) return
    const m = this.#w.p.connMovement[c]!
    this.count[m]!++
    // Who was faster than projected met what was shown as it passed.
    if (this.#greens.wasGreen(head, Math.min(this.#arrival[v]!, time))) this.onGreen[m]!++
  }
}
