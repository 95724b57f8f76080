// When the green of a phase may end: minimum with added initial, passage time with gap reduction, maximum, force-off and
// pedestrians (Signal Timing Manual 2nd ed. chapters 5 and 7). By phase, in ticks. Which phase is next stands elsewhere.
import type { PedestrianService } from './pedestrian-service.ts'
import type { RingCycle } from './ring-cycle.ts'
import type { RingPhase } from './ring-plan.ts'

const NONE = -1

export class GreenTimers {
  readonly #phase: readonly RingPhase[]
  readonly #walkers: PedestrianService
  readonly #cycle: RingCycle | undefined
  readonly #greenAt: Int32Array
  readonly #minimum: Int32Array
  readonly #lastOn: Float64Array
  /** Begin of the maximum: the first conflicting call of this green. */
  readonly #maxFrom: Int32Array
  readonly #gapped: Uint8Array

  /** Without a cycle the phases run free. */
  constructor(phases: readonly RingPhase[], walkers: PedestrianService, cycle: RingCycle | undefined) {
    this.#phase = phases
    this.#walkers = walkers
    this.#cycle = cycle
    this.#greenAt = new Int32Array(phases.length)
    this.#minimum = new Int32Array(phases.length)
    this.#lastOn = new Float64Array(phases.length).fill(-Infinity)
    this.#maxFrom = new Int32Array(phases.length).fill(NONE)
    this.#gapped = new Uint8Array(phases.length)
  }

  /** The detectors of the phase were last on at that tick. */
  sense(p: number, lastOn: number): void {
    this.#lastOn[p] = Math.max(this.#lastOn[p]!, lastOn)
  }

  /** Green begins, with so many vehicles that came on red. */
  begin(p: number, tick: number, waiting: number): void {
    const phase = this.#phase[p]!
    this.#greenAt[p] = tick
    this.#gapped[p] = 0
    this.#maxFrom[p] = phase.recall === 'max' ? tick : NONE
    this.#minimum[p] = Math.max(phase.min, Math.min(phase.maxInitial, phase.perVehicle * waiting))
    this.#cycle?.begin(p)
    const fits = this.#cycle?.walkFits(p, this.#walkers.needed(p)) ?? true
    this.#walkers.begin(p, tick, fits, phase.recall === 'ped' || (phase.restInWalk && (phase.coordinated || phase.recall !== 'none')))
  }

  /** Whether somebody in conflict with the green phase waits: the maximum runs while somebody does. */
  contest(p: number, tick: number, contested: boolean): void {
    if (this.#phase[p]!.recall === 'max') return
    if (!contested) this.#maxFrom[p] = NONE
    else if (this.#maxFrom[p] === NONE) this.#maxFrom[p] = tick
  }

  /** One tick of green. */
  run(p: number, tick: number, contested: boolean): void {
    const phase = this.#phase[p]!
    if (phase.walk > 0) this.#runWalk(p, tick, contested)
    if (!phase.simultaneousGap && contested && this.servedMinimum(p, tick) && this.#hasGap(p, tick)) this.#gapped[p] = 1
  }

  #runWalk(p: number, tick: number, contested: boolean): void {
    const phase = this.#phase[p]!
    const held = phase.coordinated ? this.#cycle : undefined
    const left = held?.untilForceOff(p) ?? Infinity
    // Before its yield point a coordinated phase ends for nobody; once past it, the next one counts.
    const room = left >= 0 ? left : held!.untilNextForceOff(p)
    this.#walkers.run(p, tick, { contested: contested && !(held !== undefined && left > 0), room, mayRest: phase.coordinated || phase.recall !== 'none' })
  }

  /** Whether minimum and pedestrians let a green end at that tick. */
  servedMinimum(p: number, at: number): boolean {
    return at - this.#greenAt[p]! >= this.#minimum[p]! && this.#walkers.isDone(p, at)
  }

  #hasGap(p: number, tick: number): boolean {
    const phase = this.#phase[p]!
    let allowed = phase.passage
    const contestedFor = this.#maxFrom[p] === NONE ? 0 : tick - this.#maxFrom[p]!
    if (phase.minGap < phase.passage && contestedFor > phase.beforeReduce) {
      const share = phase.reduce === 0 ? 1 : Math.min(1, (contestedFor - phase.beforeReduce) / phase.reduce)
      allowed = phase.passage - share * (phase.passage - phase.minGap)
    }
    return this.#gapped[p] === 1 || tick - Math.max(this.#lastOn[p]!, this.#greenAt[p]!) >= allowed
  }

  /** Whether a green may end `lead` ticks from now, a conflicting call being there. */
  isReady(p: number, tick: number, lead: number): boolean {
    const phase = this.#phase[p]!
    if (!this.servedMinimum(p, tick + lead)) return false
    const cycle = this.#cycle
    if (cycle !== undefined) {
      if (cycle.untilForceOff(p) <= lead) return true
      if (phase.coordinated) return false
      if (!cycle.plan.fixedForceOff && tick + lead - this.#greenAt[p]! >= Math.max(this.#minimum[p]!, cycle.greenOf(p))) return true
      if (!cycle.plan.inhibitMax && this.#isMaxedOut(p, tick + lead)) return true
    } else if (this.#isMaxedOut(p, tick + lead)) return true
    return phase.recall !== 'max' && this.#hasGap(p, tick)
  }

  #isMaxedOut(p: number, at: number): boolean {
    return this.#maxFrom[p] !== NONE && at - this.#maxFrom[p]! >= Math.max(this.#phase[p]!.max, this.#minimum[p]!)
  }

  /** Longest that a green may go on from now, ticks. */
  longestLeft(p: number, tick: number): number {
    if (this.#cycle !== undefined) return this.#cycle.untilForceOff(p)
    return this.#maxFrom[p] === NONE ? Infinity : this.#phase[p]!.max - (tick - this.#maxFrom[p]!)
  }

  /** Whether the green is past its force-off and held by its minimum or by pedestrians. */
  overruns(p: number, tick: number): boolean {
    return this.#cycle !== undefined && this.#cycle.untilForceOff(p) <= 0 && !this.servedMinimum(p, tick)
  }
}
