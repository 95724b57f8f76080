// Pedestrians of the phases: calls that lock until walk, walk, clearance (flashing don't walk), rest in walk. Ticks.
import type { RingPhase } from './ring-plan.ts'

const [NOBODY, WALK, CLEARANCE] = [0, 1, 2]

export interface WalkContext {
  /** Somebody in conflict waits, and the phase may end for it. */
  contested: boolean
  /** Ticks until the phase has to end; Infinity where nothing says. */
  room: number
  /** Coordinated or recalled: may rest in walk. */
  mayRest: boolean
}

export class PedestrianService {
  readonly #phase: readonly RingPhase[]
  /** Phases with a call, as bits. */
  called = 0
  readonly #state: Uint8Array
  /** Begin of walk, or end of clearance. */
  readonly #since: Int32Array
  readonly #until: Int32Array

  constructor(phases: readonly RingPhase[]) {
    this.#phase = phases
    this.#state = new Uint8Array(phases.length)
    this.#since = new Int32Array(phases.length)
    this.#until = new Int32Array(phases.length)
  }

  push(p: number): void {
    if (this.#phase[p]!.walk > 0) this.called |= 1 << p
  }

  isCalled(p: number): boolean {
    return (this.called & (1 << p)) !== 0
  }

  isWalking(p: number): boolean {
    return this.#state[p] === WALK
  }

  /** Green that walk and clearance need. */
  needed(p: number): number {
    const { walk, clearance, clearanceBeyondGreen } = this.#phase[p]!
    return walk + Math.max(0, clearance - clearanceBeyondGreen)
  }

  /** At begin of green. */
  begin(p: number, tick: number, fits: boolean, recalled: boolean): void {
    this.#state[p] = NOBODY
    if (this.#phase[p]!.walk > 0 && fits && (recalled || this.isCalled(p))) this.#walk(p, tick)
  }

  #walk(p: number, tick: number): void {
    this.called &= ~(1 << p)
    this.#state[p] = WALK
    this.#since[p] = tick
  }

  clear(p: number): void {
    this.#state[p] = NOBODY
  }

  run(p: number, tick: number, { contested, room, mayRest }: WalkContext): void {
    const phase = this.#phase[p]!
    if (phase.walk === 0) return
    const needed = this.needed(p)
    if (this.#state[p] === WALK && tick >= this.#since[p]! + phase.walk) {
      const rests = phase.restInWalk && mayRest && !contested && room > needed - phase.walk
      if (!rests) {
        this.#state[p] = CLEARANCE
        this.#until[p] = tick + phase.clearance
      }
    } else if (this.#state[p] === CLEARANCE && tick >= this.#until[p]!) this.#state[p] = NOBODY
    const asked = this.isCalled(p) || (phase.restInWalk && mayRest)
    if (this.#state[p] === NOBODY && asked && !contested && room >= needed) this.#walk(p, tick)
  }

  /** Whether green may end at that tick as far as pedestrians go. */
  isDone(p: number, at: number): boolean {
    if (this.#state[p] === NOBODY) return true
    const { walk, clearance, clearanceBeyondGreen } = this.#phase[p]!
    if (this.#state[p] === CLEARANCE) return at >= this.#until[p]! - clearanceBeyondGreen
    return at >= this.#since[p]! + walk + Math.max(0, clearance - clearanceBeyondGreen) && !this.#phase[p]!.restInWalk
  }
}
