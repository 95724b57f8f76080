// The cycle of a coordinated ring controller: its plan, where phases lie in it, the local clock, and in which cycle of that
// clock each green is forced off. Ticks.
import type { Transition } from '../../model/control.ts'
import { modulo } from '../../model/units.ts'
import { CoordinationClock } from './coordination-clock.ts'
import { CyclePositions, type RingCoordination, type RingPhase } from './ring-plan.ts'

export class RingCycle {
  readonly plan: RingCoordination
  readonly positions: CyclePositions
  readonly clock: CoordinationClock
  /** By phase: the cycle of the local clock. */
  readonly #forcedIn: Int32Array

  constructor(plan: RingCoordination, phases: readonly RingPhase[], transition: Transition) {
    const positions = new CyclePositions(plan, phases)
    this.plan = plan
    this.positions = positions
    this.clock = new CoordinationClock({
      cycle: plan.cycle, target: plan.zero + positions.yieldAt, transition, shortest: positions.shortest(),
      setLength: (length, dwell) => positions.setLength(length, dwell),
    })
    this.#forcedIn = new Int32Array(phases.length)
  }

  /** The phase starts now: it is forced off in this cycle, or in the next where it spans the yield point. */
  begin(p: number): void {
    const { clock, positions } = this
    this.#forcedIn[p] = clock.cycle + (positions.spans[p] === 1 && clock.now >= positions.forceOff[p]! ? 1 : 0)
  }

  /** Ticks to the force-off of a green phase; negative when it is overdue. */
  untilForceOff(p: number): number {
    const { clock, positions } = this
    const cycles = this.#forcedIn[p]! - clock.cycle
    if (cycles < 0) return -1
    return positions.forceOff[p]! - clock.now + (cycles > 0 ? clock.length : 0)
  }

  /** Ticks to where the force-off of the phase comes next in the cycle. */
  untilNextForceOff(p: number): number {
    return modulo(this.positions.forceOff[p]! - this.clock.now, this.clock.length)
  }

  /** Green of the phase in the cycle as it is laid out now: what a floating force-off grants. */
  greenOf(p: number): number {
    return modulo(this.positions.forceOff[p]! - this.positions.start[p]!, this.positions.length)
  }

  /** Whether pedestrians that need so much green are served: if it fits before the force-off, or if it never does, on a start on time. */
  walkFits(p: number, needed: number): boolean {
    return this.untilForceOff(p) >= needed || this.clock.now <= this.positions.start[p]! || this.positions.spans[p] === 1
  }
}
