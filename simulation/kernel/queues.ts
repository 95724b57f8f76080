// Queues per movement, looked at every two seconds. Queued is who is slow at the stop line or close behind somebody queued,
// until it passes the line (HCM field method). Back of queue: the farthest rear of a queued vehicle that is still slow, m
// from its stop line, one sample per signal cycle. Where a queue reaches the upstream end of its link it is followed across the junction
// into the links that feed it, as long as one slow vehicle stands behind the other. Halts at bus stops are no queue.
import { BY_RANK, PERMISSIVE } from './signals.ts'
import { STOPPED } from './parameters.ts'
import type { MovementResults } from '../result.ts'
import type { World } from './world.ts'

/** Looked at this often, s: a queue grows by at most one vehicle per lane in it. */
const EVERY_S = 2
/** Sample period where there is no signal, s. */
const UNSIGNALISED_S = 90
/** No other car fits between a rear and the upstream end of the link below this, m: one jam spacing. */
const SPACING_M = 7.5
/** A slow vehicle this far behind another still belongs to its queue, m. */
const CONTIGUOUS_M = 15
/** The ends of sample periods are looked for this much early, s. */
const EARLY_S = 1e-3
/** A queue is followed over this many links upstream at most. */
const DEEPEST = 8

export class QueueMeter {
  readonly #w: World
  readonly #largest: Float64Array
  readonly #samples: number[][]
  readonly #period: Float64Array
  readonly #offset: Float64Array
  readonly #index: Int32Array
  /** Per link: a lane of it is queued to the upstream end at this look; how often that was so; metres of queue beyond. */
  readonly #full: Uint8Array
  readonly #fullLooks: Int32Array
  readonly #beyond: Float64Array
  /** Per lane: 1 where it is the one that is full. */
  readonly #fullLane: Uint8Array
  /** Per connection: somebody with the right to go is kept before its line by the queue beyond it. */
  readonly #blocked: Uint8Array
  /** Per lane: that is so for one of its connections. */
  readonly #holds: Uint8Array
  readonly #blockings: Int32Array
  /** Per vehicle: the leg on which it is queued, -1 for none. */
  readonly #queuedOn: Int32Array
  #looks = 0
  #nextLook = -Infinity
  /** Before it no sample period ends; a little early, because of rounding. */
  #nextTurn = -Infinity

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
    this.#queuedOn = new Int32Array(w.n).fill(-1)
    this.#full = new Uint8Array(w.p.links)
    this.#fullLooks = new Int32Array(w.p.links)
    this.#beyond = new Float64Array(w.p.links)
    this.#fullLane = new Uint8Array(w.p.lanes)
    this.#blocked = new Uint8Array(w.p.connections)
    this.#holds = new Uint8Array(w.p.lanes)
    this.#blockings = new Int32Array(w.p.links)
  }

  look(): void {
    const w = this.#w
    if (w.now < this.#nextLook) return
    this.#nextLook = w.now + EVERY_S
    const { measure_from_s: from, measure_until_s: until } = w.input.options
    const measured = w.now > from && w.now <= until
    if (measured) this.#looks++
    let anyFull = false
    for (let lane = 0; lane < w.p.lanes; lane++) {
      const full = w.count[lane]! > 0 && this.#lookAtLane(lane)
      this.#fullLane[lane] = full ? 1 : 0
      if (!full) continue
      anyFull = true
      this.#full[w.p.laneLink[lane]!] = 1
    }
    if (anyFull) this.#follow(measured)
    this.#watchBlockings(measured)
    if (w.now < this.#nextTurn) return
    this.#nextTurn = Infinity
    for (let m = 0; m < this.#largest.length; m++) this.#turnOver(m)
  }

  /** Slow now, but not for a planned halt. */
  #isSlow(v: number): boolean {
    const w = this.#w
    return w.spd[v]! < STOPPED && w.dwellUntil[v]! <= w.now
  }

  /** Notes the backs of queue on a lane; true where the queue reaches the upstream end of its link. */
  #lookAtLane(lane: number): boolean {
    const w = this.#w
    const { p } = w
    const length = p.length[lane]!
    let rear = length
    let full = false
    for (let i = 0; i < w.count[lane]!; i++) {
      const v = w.at(lane, i)
      const [slow, leg] = [this.#isSlow(v), w.leg[v]!]
      if (slow && rear - w.pos[v]! <= CONTIGUOUS_M) this.#queuedOn[v] = leg
      if (this.#queuedOn[v] !== leg || w.book.legLast[leg] === 1) continue
      rear = w.pos[v]! - w.len[v]!
      full = slow && rear < SPACING_M
      const c = slow ? w.nextConnection(lane, leg) : -1
      if (c >= 0) this.#note(p.connMovement[c]!, length - rear)
    }
    return full
  }

  #note(m: number, back: number): void {
    if (back > this.#largest[m]!) this.#largest[m] = back
  }

  /** Queues that reach the upstream end go on beyond it; every movement that waits in such a lane waits in all of it. */
  #follow(measured: boolean): void {
    const w = this.#w
    const { p } = w
    this.#beyond.fill(NaN)
    for (let link = 0; link < p.links; link++) {
      if (this.#full[link] !== 1) continue
      if (measured) this.#fullLooks[link]!++
      const beyond = this.#beyondLink(link, 0)
      if (beyond === 0) continue
      for (let lane = p.linkLane[link]!; lane < p.linkLane[link + 1]!; lane++) {
        if (this.#fullLane[lane] !== 1) continue
        for (let i = 0; i < w.count[lane]!; i++) {
          const v = w.at(lane, i)
          const c = w.nextConnection(lane, w.leg[v]!)
          if (c >= 0 && this.#isSlow(v)) this.#note(p.connMovement[c]!, p.length[lane]! + beyond)
        }
      }
    }
    this.#full.fill(0)
  }

  /** Metres of queue for a full link beyond its upstream end, over all links that feed it. */
  #beyondLink(link: number, depth: number): number {
    const known = this.#beyond[link]!
    if (!Number.isNaN(known)) return known
    const { p } = this.#w
    // Set first, so that links in a circle do not follow each other for ever.
    this.#beyond[link] = 0
    let most = 0
    for (let lane = p.linkLane[link]!; lane < p.linkLane[link + 1]!; lane++) {
      for (let k = p.laneInStart[lane]!; k < p.laneInStart[lane + 1]!; k++) most = Math.max(most, this.#beyondConnection(p.laneIn[k]!, link, depth))
    }
    this.#beyond[link] = most
    return most
  }

  /** Metres by which the queue for `link` reaches back over a connection and its lane. */
  #beyondConnection(c: number, link: number, depth: number): number {
    const w = this.#w
    const { p } = w
    const [strip, lane] = [p.lanes + c, p.connFrom[c]!]
    const across = p.length[strip]!
    let back = 0
    for (let i = 0; i < w.count[strip]!; i++) {
      const v = w.at(strip, i)
      if (this.#isSlow(v)) back = Math.max(back, across - w.pos[v]! + w.len[v]!)
    }
    let front = p.length[lane]! + CONTIGUOUS_M
    for (let i = 0; i < w.count[lane]!; i++) {
      const v = w.at(lane, i)
      if (!this.#isSlow(v) || front - CONTIGUOUS_M - w.pos[v]! > CONTIGUOUS_M) break
      front = w.pos[v]! - w.len[v]! + CONTIGUOUS_M
      const next = w.nextConnection(lane, w.leg[v]!)
      if (next < 0 || p.laneLink[p.connTo[next]!] !== link) continue
      back = across + p.length[lane]! - w.pos[v]! + w.len[v]!
      if (i === w.count[lane]! - 1 && this.#fullLane[lane] === 1 && depth < DEEPEST) back += this.#beyondLink(p.laneLink[lane]!, depth + 1)
    }
    return back
  }

  /** Somebody at a line who may go but finds no room behind a queue beyond the junction. */
  #watchBlockings(measured: boolean): void {
    const w = this.#w
    const { p } = w
    for (let lane = 0; lane < p.lanes; lane++) {
      const v = w.count[lane] === 0 ? -1 : w.at(lane, 0)
      const c = v < 0 || w.keptOut[v] !== 1 || !this.#isSlow(v) || p.length[lane]! - w.pos[v]! > CONTIGUOUS_M ? -1 : w.nextConnection(lane, w.leg[v]!)
      const shows = c < 0 ? 0 : w.signals.shows[c]!
      const blocks = c >= 0 && (shows >= PERMISSIVE || shows === BY_RANK)
      if (!blocks && this.#holds[lane] === 0) continue
      this.#holds[lane] = blocks ? 1 : 0
      for (let k = p.laneOutStart[lane]!; k < p.laneOutStart[lane + 1]!; k++) {
        const out = p.laneOut[k]!
        const now = blocks && out === c ? 1 : 0
        if (now === 1 && this.#blocked[out] === 0 && measured) this.#blockings[p.laneLink[p.connTo[out]!]!]!++
        this.#blocked[out] = now
      }
    }
  }

  #cycleAt(m: number, t: number): number {
    return Math.floor((t - this.#offset[m]!) / this.#period[m]!)
  }

  #turnOver(m: number): void {
    const cycle = this.#cycleAt(m, this.#w.now)
    this.#nextTurn = Math.min(this.#nextTurn, this.#offset[m]! + (cycle + 1) * this.#period[m]! - EARLY_S)
    if (cycle === this.#index[m]) return
    this.#index[m] = cycle
    const { measure_from_s: from, measure_until_s: until } = this.#w.input.options
    if (this.#w.now > from && this.#w.now <= until + this.#period[m]!) this.#samples[m]!.push(this.#largest[m]!)
    this.#largest[m] = 0
  }

  results(): Pick<MovementResults, 'queue_p95_m' | 'queue_max_m' | 'queue_mean_m' | 'spillback_share' | 'blockings'> {
    const { p } = this.#w
    const sorted = this.#samples.map((list, m) => (list.length > 0 ? list : [this.#largest[m]!]).slice().sort((a, b) => a - b))
    const from = p.network.movements.map((movement) => p.linkIndex.get(movement.from)!)
    return {
      queue_p95_m: Float64Array.from(sorted, (list) => list[Math.min(list.length - 1, Math.ceil(0.95 * list.length) - 1)]!),
      queue_max_m: Float64Array.from(sorted, (list) => list.at(-1)!),
      queue_mean_m: Float64Array.from(sorted, (list) => list.reduce((sum, x) => sum + x, 0) / list.length),
      spillback_share: Float64Array.from(from, (link) => (this.#looks === 0 ? 0 : this.#fullLooks[link]! / this.#looks)),
      blockings: Int32Array.from(from, (link) => this.#blockings[link]!),
    }
  }
}
