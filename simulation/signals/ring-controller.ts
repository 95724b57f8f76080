// A dual-ring (or any-ring) actuated controller: NEMA TS 2 section 3, Signal Timing Manual 2nd ed. chapters 5 and 7.
// Each ring shows one phase at a time; all rings leave a barrier together; yellow and red clearance always run in full.
// Without coordination it runs free. With it, the coordinated phases hold to the yield point, the others end by their
// force-offs, and a phase that overruns (minimum or pedestrians) stops the local clock, which then has to get in step.
import { GreenwaveError } from '../../model/errors.ts'
import type { GroupId, Signal } from '../../model/signal.ts'
import type { Transition } from '../../model/control.ts'
import { modulo } from '../../model/units.ts'
import type { Actuations, Controller, CycleCount } from './controller.ts'
import { GreenTimers } from './green-timers.ts'
import { Lanterns } from './lanterns.ts'
import { PedestrianService } from './pedestrian-service.ts'
import { phaseBits, PhaseCalls } from './phase-calls.ts'
import { RingCycle } from './ring-cycle.ts'
import { change, conflictMasks, type RingCoordination, type RingPhase } from './ring-plan.ts'

export interface RingSettings {
  signal: Signal
  phases: readonly RingPhase[]
  coordination?: RingCoordination
  transition: Transition
  /** Phases whose end traps a permissive left while one of these is green: bits by phase; for conditional service. */
  traps?: Int32Array
}

const NONE = -1
const [IDLE, GREEN, YELLOW, CLEARING] = [0, 1, 2, 3]

export class RingController implements Controller {
  readonly groups: readonly GroupId[]
  readonly phases: readonly GroupId[]
  readonly shows: Uint8Array
  readonly yellowEnd: Int32Array
  readonly #phase: readonly RingPhase[]
  readonly #lanterns: Lanterns
  readonly #walkers: PedestrianService
  readonly #cycle: RingCycle | undefined
  readonly #timers: GreenTimers
  readonly #calls: PhaseCalls
  readonly #conflicts: Int32Array
  readonly #traps: Int32Array
  readonly #inRing: number[][]
  readonly #barriers: number

  /** By phase. */
  readonly #redAt: Int32Array

  // By ring.
  readonly #current: Int32Array
  readonly #state: Uint8Array
  readonly #endAt: Float64Array
  readonly #next: Int32Array
  readonly #place: Int32Array
  readonly #until: Int32Array
  readonly #entering: Int32Array
  #barrier = 0
  #crossingTo = NONE
  #stopped = false
  /** Bits of phases with a call that can be served now, and of phases now green. */
  #wants = 0
  readonly #conditional: number
  #green = 0
  atYield = false

  constructor(settings: RingSettings) {
    const { signal, phases, coordination } = settings
    if (phases.length > 30) throw new GreenwaveError('input.value', `signal ${signal.id} has ${phases.length} phases; a controller has at most 30`)
    this.#phase = phases
    this.#cycle = coordination === undefined ? undefined : new RingCycle(coordination, phases, settings.transition)
    this.#lanterns = new Lanterns(signal)
    this.groups = this.#lanterns.groups
    this.shows = this.#lanterns.shows
    this.yellowEnd = this.#lanterns.yellowEnd
    this.phases = phases.map(({ group }) => group)
    this.#walkers = new PedestrianService(phases)
    this.#timers = new GreenTimers(phases, this.#walkers, this.#cycle)
    this.#calls = new PhaseCalls(phases, this.#walkers)
    this.#conflicts = conflictMasks(phases, signal.conflicts)
    this.#conditional = phaseBits(phases, ({ conditionalService }) => conditionalService)
    this.#traps = settings.traps ?? new Int32Array(phases.length)
    const rings = Math.max(...phases.map(({ ring }) => ring)) + 1
    this.#barriers = Math.max(...phases.map(({ barrier }) => barrier)) + 1
    this.#inRing = Array.from({ length: rings * this.#barriers }, (_, i) =>
      phases.map((_phase, p) => p).filter((p) => phases[p]!.ring === i % rings && phases[p]!.barrier === Math.floor(i / rings)).sort((a, b) => phases[a]!.place - phases[b]!.place))
    const none = (): Int32Array => new Int32Array(rings).fill(NONE)
    this.#redAt = new Int32Array(phases.length).fill(-1_000_000)
    this.#current = none(); this.#next = none(); this.#place = none(); this.#entering = none(); this.#until = new Int32Array(rings)
    this.#state = new Uint8Array(rings); this.#endAt = new Float64Array(rings).fill(Infinity)
  }

  get count(): CycleCount {
    return this.#cycle?.clock.count ?? { cycles: 0, out_of_step: 0 }
  }

  /** Where the local clock is, ticks after the yield point; NaN where it runs free. */
  get position(): number {
    return this.#cycle?.clock.now ?? Number.NaN
  }

  /** Begins in the middle of the plan, as if it had run in step forever. */
  startInStep(tick: number): void {
    const cycle = this.#cycle
    if (cycle === undefined) {
      this.startGreen(tick)
      return
    }
    const { clock, positions, plan } = cycle
    clock.startInStep(tick)
    const sequence = modulo(clock.now + positions.yieldAt, plan.cycle)
    const greenEnd = new Float64Array(this.#current.length)
    plan.schedule.forEach(({ start, split }, p) => {
      const since = sequence - start
      if (since < 0 || since >= split) return
      const { ring, barrier, place } = this.#phase[p]!
      greenEnd[ring] = tick - since + split - change(this.#phase[p]!)
      this.#barrier = barrier
      this.#current[ring] = p
      this.#place[ring] = place
      this.#resume(p, tick, since, split)
    })
    this.#resumeCrossing(greenEnd)
    this.#show(tick)
  }

  /** A clearance that ends at the barrier leads all rings over it: those still green end theirs as planned. */
  #resumeCrossing(greenEnd: Float64Array): void {
    const rings = Array.from(this.#current, (_, ring) => ring).filter((ring) => this.#current[ring] !== NONE)
    const leaving = rings.length === 0 || rings.some((ring) => this.#state[ring] !== GREEN)
    if (!leaving || rings.some((ring) => this.#laterInRing(ring) !== NONE)) return
    this.#crossingTo = (this.#barrier + 1) % this.#barriers
    for (const ring of rings) if (this.#state[ring] === GREEN) this.#endAt[ring] = greenEnd[ring]!
  }

  #resume(p: number, tick: number, since: number, split: number): void {
    const phase = this.#phase[p]!
    const { ring } = phase
    const greenFor = split - change(phase)
    if (since < greenFor) {
      this.#begin(p, tick - since)
      this.#walkers.clear(p)
      return
    }
    this.#lanterns.end(phase.group, tick - (since - greenFor))
    this.#redAt[p] = tick - (since - greenFor) + phase.yellow
    this.#state[ring] = since < greenFor + phase.yellow ? YELLOW : CLEARING
    this.#until[ring] = tick - since + (this.#state[ring] === YELLOW ? greenFor + phase.yellow : split)
    this.#next[ring] = this.#laterInRing(ring)
  }

  #laterInRing(ring: number): number {
    return this.#here(ring).find((p) => this.#phase[p]!.place > this.#place[ring]!) ?? NONE
  }

  /** Begins in coordinated green (or in the first phases), at the end of a cycle; passes the yield point when the minimums are over. */
  startGreen(tick: number): void {
    const first = this.#phase.find(({ startUp }) => startUp) ?? this.#phase[0]!
    this.#barrier = first.barrier
    let longest = 0
    for (let ring = 0; ring < this.#current.length; ring++) {
      const here = this.#here(ring)
      const p = here.find((candidate) => this.#phase[candidate]!.startUp) ?? (first.ring === ring ? here[0] : here.find((candidate) => this.#phase[candidate]!.dualEntry) ?? here[0])
      if (p === undefined || (this.#green & this.#conflicts[p]!) !== 0) continue
      longest = Math.max(longest, this.#phase[p]!.min)
      this.#begin(p, tick)
      this.#green |= 1 << p
    }
    this.#cycle?.clock.startHeld(longest)
    for (let p = 0; p < this.#phase.length; p++) this.#cycle?.begin(p)
    this.#show(tick)
  }

  /** Phases of a ring between the present barriers. */
  #here(ring: number): number[] {
    return this.#inRing[this.#barrier * this.#current.length + ring]!
  }

  sense(seen: Actuations): void {
    for (let p = 0; p < this.#phase.length; p++) this.#timers.sense(p, seen.lastOn[p]!)
    this.#calls.sense(seen, this.#green)
  }

  advance(tick: number): void {
    this.atYield = this.#cycle?.clock.advance(tick, this.#stopped) ?? false
    this.#runChanges(tick)
    this.#readCalls(tick)
    for (let ring = 0; ring < this.#current.length; ring++) if (this.#state[ring] === GREEN) this.#timers.run(this.#current[ring]!, tick, this.#isContested(this.#current[ring]!))
    if (this.#crossingTo === NONE) this.#decide(tick)
    this.#endGreens(tick)
    this.#startGreens(tick)
    this.#stopped = this.#overruns(tick)
    this.#show(tick)
  }

  canHandOver(tick: number): boolean {
    if (this.#cycle !== undefined) return !this.#stopped && this.#cycle.clock.yieldsNext
    return this.#crossingTo === NONE && this.#current.every((p, ring) => this.#state[ring] === IDLE || (this.#state[ring] === GREEN && this.#endAt[ring] === Infinity && this.#timers.servedMinimum(p, tick)))
  }

  #runChanges(tick: number): void {
    for (let ring = 0; ring < this.#current.length; ring++) {
      const p = this.#current[ring]!
      if (this.#state[ring] === YELLOW && tick >= this.#until[ring]!) {
        this.#state[ring] = CLEARING
        this.#until[ring] = this.#until[ring]! + this.#phase[p]!.red
      }
      if (this.#state[ring] === CLEARING && tick >= this.#until[ring]!) {
        this.#state[ring] = IDLE
        this.#current[ring] = NONE
      }
    }
  }

  #readCalls(tick: number): void {
    let wants = 0
    let green = 0
    let soft = 0
    for (let ring = 0; ring < this.#current.length; ring++) if (this.#state[ring] === GREEN) green |= 1 << this.#current[ring]!
    this.#green = green
    for (let p = 0; p < this.#phase.length; p++) {
      const bit = 1 << p
      if ((green & bit) !== 0) continue
      const asked = this.#calls.asks(p)
      if ((!asked && !this.#calls.asksSoftly(p)) || !this.#startable(p)) continue
      if (asked) wants |= bit
      else soft |= bit
    }
    this.#wants = wants === 0 ? soft : wants
    for (let ring = 0; ring < this.#current.length; ring++) {
      if (this.#state[ring] === GREEN) this.#timers.contest(this.#current[ring]!, tick, this.#isContested(this.#current[ring]!))
    }
  }

  /** Whether somebody waits who can be served once the phase has ended. */
  #isContested(p: number): boolean {
    return (this.#wants & this.#conflicts[p]!) !== 0
  }

  /** Whether a start now still leaves the minimum before the force-off. Free: always. */
  #startable(p: number): boolean {
    if (this.#cycle === undefined || this.#phase[p]!.coordinated) return true
    const { clock, positions, plan } = this.#cycle
    if (positions.spans[p] === 1) return true
    const change = this.#changeAhead(p)
    return clock.now + change <= positions.latest[p]! && (clock.now <= plan.permissive || !this.#inCoordinatedGreen())
  }

  /** Change that has to run before the phase can start: of what conflicts, or of all rings where it is reached over a barrier. */
  #changeAhead(p: number): number {
    const { barrier, ring: own, place } = this.#phase[p]!
    const crossing = barrier !== this.#barrier || place <= this.#place[own]!
    let longest = 0
    for (let ring = 0; ring < this.#current.length; ring++) {
      const q = this.#current[ring]!
      if (this.#state[ring] === GREEN && (crossing || (this.#conflicts[p]! & (1 << q)) !== 0)) longest = Math.max(longest, change(this.#phase[q]!))
    }
    return longest
  }

  #inCoordinatedGreen(): boolean {
    return this.#current.some((p, ring) => this.#state[ring] === GREEN && this.#phase[p]!.coordinated)
  }

  #decide(tick: number): void {
    let changing = false
    const rings = this.#current.length
    for (let ring = 0; ring < rings; ring++) {
      if (this.#state[ring] === YELLOW || this.#state[ring] === CLEARING || this.#endAt[ring] !== Infinity) changing = true
      const p = this.#current[ring]!
      if (this.#state[ring] !== GREEN || this.#endAt[ring] !== Infinity) continue
      const following = this.#followingCalled(ring)
      if (following !== NONE) {
        if (this.#timers.isReady(p, tick, 0)) this.#endAfter(ring, tick, following)
        changing = true
      } else this.#serveAgain(ring, p, tick)
    }
    for (let ring = 0; ring < rings; ring++) {
      if (this.#state[ring] === IDLE && this.#next[ring] === NONE) this.#next[ring] = this.#followingCalled(ring)
      if (this.#next[ring] !== NONE) changing = true
    }
    if (!changing) this.#cross(tick)
  }

  /** The next phase with a call in the ring before the barrier. */
  #followingCalled(ring: number): number {
    if (this.#wants === 0) return NONE
    const here = this.#here(ring)
    for (let i = 0; i < here.length; i++) {
      const p = here[i]!
      if (this.#phase[p]!.place > this.#place[ring]! && (this.#wants & (1 << p)) !== 0) return p
    }
    return NONE
  }

  #endAfter(ring: number, at: number, next: number): void {
    this.#endAt[ring] = at
    this.#next[ring] = next
  }

  /** Conditional service: the phase before is served again while the other ring has time left for it and for the return. */
  #serveAgain(ring: number, p: number, tick: number): void {
    const phase = this.#phase[p]!
    if (this.#conditional === 0 || !this.#isContested(p)) return
    const before = this.#here(ring).find((q) => this.#phase[q]!.conditionalService && this.#phase[q]!.place < phase.place && (this.#wants & (1 << q)) !== 0)
    if (before === undefined || !this.#timers.isReady(p, tick, 0) || (this.#traps[p]! & this.#green) !== 0) return
    const needed = change(phase) + this.#phase[before]!.min + change(this.#phase[before]!)
    for (let other = 0; other < this.#current.length; other++) {
      if (other === ring || this.#state[other] !== GREEN) continue
      const q = this.#current[other]!
      if (this.#timers.isReady(q, tick, 0) || this.#timers.longestLeft(q, tick) < needed) return
    }
    this.#endAfter(ring, tick, before)
  }

  /** All rings leave together: red clearances end at one moment, so a ring with a shorter change stays green that much longer. */
  #cross(tick: number): void {
    const target = this.#nextBarrier()
    if (target === NONE) return
    let longest = 0
    for (let ring = 0; ring < this.#current.length; ring++) if (this.#state[ring] === GREEN) longest = Math.max(longest, change(this.#phase[this.#current[ring]!]!))
    for (let ring = 0; ring < this.#current.length; ring++) {
      const p = this.#current[ring]!
      if (this.#state[ring] === GREEN && !this.#timers.isReady(p, tick, longest - change(this.#phase[p]!))) return
    }
    for (let ring = 0; ring < this.#current.length; ring++) {
      this.#entering[ring] = this.#pick(ring, target)
      if (this.#state[ring] === GREEN) this.#endAt[ring] = tick + longest - change(this.#phase[this.#current[ring]!]!)
    }
    this.#crossingTo = target
  }

  /** The next barrier group with a call, the present one last: its earlier phases are reached by going around. */
  #nextBarrier(): number {
    if (this.#wants === 0) return NONE
    for (let step = 1; step <= this.#barriers; step++) {
      const barrier = (this.#barrier + step) % this.#barriers
      for (let p = 0; p < this.#phase.length; p++) if (this.#phase[p]!.barrier === barrier && (this.#wants & (1 << p)) !== 0 && (this.#green === 0 || (this.#conflicts[p]! & this.#green) !== 0)) return barrier
    }
    return NONE
  }

  #pick(ring: number, barrier: number): number {
    const there = this.#inRing[barrier * this.#current.length + ring]!
    // In going around within one barrier group, the phases now green are asked for as well.
    const asked = barrier === this.#barrier ? this.#wants | (this.#green & this.#calls.recalled) : this.#wants
    return there.find((p) => (asked & (1 << p)) !== 0) ?? there.find((p) => this.#phase[p]!.dualEntry && this.#startable(p)) ?? NONE
  }

  #endGreens(tick: number): void {
    for (let ring = 0; ring < this.#current.length; ring++) {
      if (this.#state[ring] !== GREEN || tick < this.#endAt[ring]!) continue
      const p = this.#current[ring]!
      const phase = this.#phase[p]!
      this.#endAt[ring] = Infinity
      this.#state[ring] = YELLOW
      this.#until[ring] = tick + phase.yellow
      this.#redAt[p] = tick + phase.yellow
      this.#calls.end(p)
      this.#walkers.clear(p)
      this.#lanterns.end(phase.group, tick)
      this.#green &= ~(1 << p)
      if (phase.yellow === 0) this.#runChanges(tick)
    }
  }

  #startGreens(tick: number): void {
    if (this.#crossingTo !== NONE && this.#state.every((state) => state === IDLE)) {
      this.#barrier = this.#crossingTo
      this.#crossingTo = NONE
      for (let ring = 0; ring < this.#current.length; ring++) {
        this.#place[ring] = NONE
        this.#next[ring] = this.#entering[ring] === NONE ? this.#pick(ring, this.#barrier) : this.#entering[ring]!
        this.#entering[ring] = NONE
      }
    }
    for (let ring = 0; ring < this.#current.length; ring++) {
      const p = this.#next[ring]!
      if (p === NONE || this.#state[ring] !== IDLE || this.#crossingTo !== NONE) continue
      if (tick < this.#redAt[p]! + this.#phase[p]!.redRevert || !this.#lanterns.isClear(this.#phase[p]!.group, tick)) continue
      this.#begin(p, tick)
    }
  }

  #begin(p: number, tick: number): void {
    const phase = this.#phase[p]!
    const { ring } = phase
    this.#current[ring] = p
    this.#place[ring] = phase.place
    this.#state[ring] = GREEN
    this.#next[ring] = NONE
    this.#endAt[ring] = Infinity
    this.#timers.begin(p, tick, this.#calls.serve(p))
    this.#lanterns.begin(phase.group, tick)
  }

  /** A phase is held beyond its force-off by its minimum or by pedestrians: the local clock waits for it. */
  #overruns(tick: number): boolean {
    if (this.#cycle === undefined || this.#wants === 0) return false
    for (let ring = 0; ring < this.#current.length; ring++) {
      const p = this.#current[ring]!
      if (this.#state[ring] === GREEN && !this.#phase[p]!.coordinated && this.#isContested(p) && this.#timers.overruns(p, tick)) return true
    }
    return false
  }

  #show(tick: number): void {
    for (let ring = 0; ring < this.#entering.length; ring++) {
      if (this.#entering[ring] !== NONE) this.#lanterns.announce(this.#phase[this.#entering[ring]!]!.group)
      if (this.#next[ring] !== NONE) this.#lanterns.announce(this.#phase[this.#next[ring]!]!.group)
    }
    this.#lanterns.show(tick)
  }
}
