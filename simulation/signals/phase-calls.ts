// Which phases somebody asks for: recalls, detectors that are on, calls locked on red, pedestrians. By phase.
import type { Actuations } from './controller.ts'
import type { PedestrianService } from './pedestrian-service.ts'
import type { RingPhase } from './ring-plan.ts'

export class PhaseCalls {
  readonly #phase: readonly RingPhase[]
  readonly #walkers: PedestrianService
  /** Phases asked for in every cycle, as bits. */
  readonly recalled: number
  readonly #soft: number
  /** Locked until green. */
  readonly #called: Uint8Array
  readonly #calling: Uint8Array
  readonly #waiting: Int32Array

  constructor(phases: readonly RingPhase[], walkers: PedestrianService) {
    this.#phase = phases
    this.#walkers = walkers
    this.recalled = phaseBits(phases, ({ coordinated, recall }) => coordinated || (recall !== 'none' && recall !== 'soft'))
    this.#soft = phaseBits(phases, ({ recall }) => recall === 'soft')
    this.#called = new Uint8Array(phases.length)
    this.#calling = new Uint8Array(phases.length)
    this.#waiting = new Int32Array(phases.length)
  }

  /** What detectors and push buttons say; `green` are the phases now served, as bits. */
  sense(seen: Actuations, green: number): void {
    for (let p = 0; p < this.#phase.length; p++) {
      this.#calling[p] = seen.calling[p]!
      if ((green & (1 << p)) === 0) {
        this.#waiting[p] = this.#waiting[p]! + seen.arrivals[p]!
        if (this.#phase[p]!.locking && (seen.calling[p] === 1 || seen.arrivals[p]! > 0)) this.#called[p] = 1
      }
      if (seen.pedestrians[p] === 1) this.#walkers.push(p)
    }
  }

  /** Whether somebody asks for the phase. */
  asks(p: number): boolean {
    return ((this.recalled | this.#walkers.called) & (1 << p)) !== 0 || this.#called[p] === 1 || this.#calling[p] === 1
  }

  /** Whether the phase is served when nobody asks for any. */
  asksSoftly(p: number): boolean {
    return (this.#soft & (1 << p)) !== 0
  }

  /** Green begins. Out: vehicles that came since the last one. */
  serve(p: number): number {
    const waiting = this.#waiting[p]!
    this.#called[p] = 0
    this.#waiting[p] = 0
    return waiting
  }

  /** Green ends: who waits is counted from here. */
  end(p: number): void {
    this.#waiting[p] = 0
  }
}

/** The phases that hold to something, as bits. */
export const phaseBits = (phases: readonly RingPhase[], holds: (phase: RingPhase) => boolean): number =>
  phases.reduce((mask, phase, p) => (holds(phase) ? mask | (1 << p) : mask), 0)
