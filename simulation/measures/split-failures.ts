// Split failures in their exact form: a green fails where somebody who was queued at its start has not passed the stop
// line when it ends. Queued: slower than 2.24 m/s on the approach link.
import { STOPPED } from '../kernel/parameters.ts'
import { DRIVING, type World } from '../kernel/world.ts'
import type { GreenListener } from './greens.ts'

export class SplitFailureMeter implements GreenListener {
  readonly greens: Int32Array
  readonly failures: Int32Array
  readonly #w: World
  /** Per head: who stood in the queue when its green began, by leg; undefined before the first. */
  readonly #queued: (number[] | undefined)[] = []
  readonly #connections: (head: number) => readonly number[]

  constructor(w: World, connections: (head: number) => readonly number[]) {
    this.#w = w
    this.#connections = connections
    this.greens = new Int32Array(w.p.network.movements.length)
    this.failures = new Int32Array(w.p.network.movements.length)
  }

  greenStarted(head: number): void {
    const w = this.#w
    const list = (this.#queued[head] ??= [])
    list.length = 0
    for (const c of this.#connections(head)) {
      const lane = w.p.connFrom[c]!
      for (let i = 0; i < w.count[lane]!; i++) {
        const v = w.at(lane, i)
        if (w.spd[v]! < STOPPED && w.nextConnection(lane, w.leg[v]!) === c) list.push(v, w.leg[v]!)
      }
    }
  }

  greenEnded(head: number): void {
    const w = this.#w
    const list = this.#queued[head]
    const { measure_from_s: from, measure_until_s: until } = w.input.options
    if (list === undefined || w.now < from || w.now >= until) return
    const m = w.p.connMovement[this.#connections(head)[0]!]!
    this.greens[m]!++
    for (let i = 0; i < list.length; i += 2) {
      const v = list[i]!
      if (w.state[v] !== DRIVING || w.leg[v] !== list[i + 1] || !w.isLane(w.strip[v]!)) continue
      this.failures[m]!++
      return
    }
  }
}
