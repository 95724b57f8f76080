// Fixed time that takes commands while it runs: another plan, or the groups to be green from now on. What is wanted never shows at
// once: a green ends after its least green, with its yellow, and a green begins when everybody in conflict has cleared. While what
// is shown lags behind what the plan wants the local clock waits, so that no stage is skipped, and makes up for it by transition.
import { GreenwaveError } from '../../model/errors.ts'
import type { GroupId, Signal } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { SHOWS_GREEN, ticks, type Actuations, type Controller, type CycleCount } from './controller.ts'
import { impliedConflicts, Lanterns, runByWindows } from './lanterns.ts'
import { leastGreenTicks } from './least-green.ts'
import { SteeredCycle, type SteeredPlan } from './steered-cycle.ts'

const LONG_AGO = -1_000_000

export class SteeredController implements Controller {
  readonly groups: readonly GroupId[]
  readonly phases: readonly GroupId[]
  readonly shows: Uint8Array
  readonly yellowEnd: Int32Array
  readonly count: CycleCount = { cycles: 0, out_of_step: 0 }
  readonly #signal: Signal
  readonly #lanterns: Lanterns
  readonly #least: Int32Array
  readonly #redClearance: Int32Array
  readonly #since: Int32Array
  /** Until then a group that has ended stays red. */
  readonly #redUntil: Int32Array
  #cycle: SteeredCycle
  /** Waits for the yield point. */
  #next: SteeredCycle | undefined
  /** Whether the clock stands still until the coordinated stage of the plan shows. */
  #entering = false
  #command: Uint8Array | undefined
  /** What was wanted does not show yet. */
  #lags = false
  /** The clock waited within the present cycle. */
  #slipped = false

  constructor(signal: Signal, plan: SteeredPlan) {
    this.#signal = signal
    this.#lanterns = new Lanterns(runByWindows(signal))
    this.groups = this.#lanterns.groups
    this.phases = []
    this.shows = this.#lanterns.shows
    this.yellowEnd = this.#lanterns.yellowEnd
    this.#least = Int32Array.from(signal.groups, leastGreenTicks)
    this.#redClearance = Int32Array.from(signal.groups, ({ red_clearance_s }) => ticks(red_clearance_s))
    this.#since = new Int32Array(this.groups.length).fill(LONG_AGO)
    this.#redUntil = this.#since.slice()
    this.#cycle = new SteeredCycle(signal, plan, this.#least)
  }

  /** Whether the plan commanded last runs, and ends this cycle where its offset says. */
  get inStep(): boolean {
    return this.#next === undefined && this.#command === undefined && !this.#entering && !this.#lags && !this.#slipped && this.#cycle.clock.remaining === 0
  }

  /** Another plan, from the next yield point on; it takes the place of one that still waits. */
  adopt(plan: SteeredPlan): void {
    const shown = this.#cycle.greens.at(-1)!
    // Handing over where both show the same interrupts nobody, whatever stage either plan would yield in.
    const alike = plan.stages.flatMap((stage, i) => (stage.steady && this.groups.every((id, g) => stage.green.includes(id) === (shown[g] === 1)) ? [i] : []))
    const longest = alike.reduce((best, i) => (best === -1 || plan.stages[i]!.duration > plan.stages[best]!.duration ? i : best), -1)
    this.#next = new SteeredCycle(this.#signal, longest === -1 ? plan : { ...plan, coordinated: longest }, this.#least)
  }

  /** Only these groups are to be green (overlaps follow their parents); undefined = back to the plan. Throws input.value where two conflict, input.reference for an unknown one. */
  command(greens: readonly GroupId[] | undefined): void {
    if (greens === undefined) {
      this.#entering ||= this.#command !== undefined
      this.#command = undefined
      return
    }
    const unknown = greens.find((id) => !this.groups.includes(id))
    if (unknown !== undefined) throw new GreenwaveError('input.reference', `signal ${this.#signal.id} has no group "${unknown}", which is to be green`)
    const asked = new Set([...greens, ...(this.#signal.overlaps ?? []).filter(({ parents }) => parents.some((id) => greens.includes(id))).map(({ group }) => group)])
    const pair = impliedConflicts(this.#signal).find(([a, b]) => asked.has(a) && asked.has(b))
    if (pair !== undefined) throw new GreenwaveError('input.value', `signal ${this.#signal.id}: groups ${pair[0]} and ${pair[1]} conflict; they cannot be green together`)
    this.#command = Uint8Array.from(this.groups, (id) => (asked.has(id) ? 1 : 0))
  }

  startInStep(tick: number): void {
    // One cycle earlier, and then forward: so greens and yellows under way are what they would be.
    const { clock } = this.#cycle
    const from = Math.round(tick - modulo(tick - clock.target, clock.cycleLength) - clock.cycleLength)
    clock.startInStep(from)
    this.#showAtOnce(this.#cycle.wanted(), from)
    for (let t = from + 1; t <= tick; t++) this.advance(t)
    Object.assign(this.count, { cycles: 1, out_of_step: 0 })
  }

  startGreen(tick: number): void {
    this.#showAtOnce(this.#cycle.greens.at(-1)!, tick)
    this.#since.fill(tick)
    this.#entering = true
  }

  #showAtOnce(wanted: Uint8Array, tick: number): void {
    for (let g = 0; g < wanted.length; g++) if (wanted[g] === 1) this.#lanterns.begin(this.groups[g]!, tick)
    this.#lanterns.show(tick)
  }

  canHandOver(): boolean {
    return !this.#entering && !this.#lags && this.#command === undefined && this.#cycle.clock.yieldsNext
  }

  sense(_seen: Actuations): void {
    // Detectors have no say in fixed time.
  }

  advance(tick: number): void {
    const wanted = this.#command ?? this.#planned(tick)
    const lagged = this.#lags
    this.#lags = this.#approach(wanted, tick)
    if (lagged || this.#lags) this.#slipped = true
    this.#lanterns.show(tick)
  }

  /** What the plan wants at this tick; takes over a plan that waits. */
  #planned(tick: number): Uint8Array {
    if (this.#next !== undefined && (this.#entering || this.canHandOver())) {
      this.#cycle = this.#next
      this.#next = undefined
      this.#entering = true
    }
    const { clock } = this.#cycle
    const coordinated = this.#cycle.greens.at(-1)!
    if (this.#entering) {
      if (this.#lags || !this.#conforms(coordinated)) return coordinated
      this.#entering = false
      clock.beginAt(tick)
      this.#count()
    } else if (clock.advance(tick, this.#lags)) this.#count()
    return this.#cycle.wanted()
  }

  #count(): void {
    this.#slipped = false
    this.count.cycles++
    if (this.#cycle.clock.remaining > 0) this.count.out_of_step++
  }

  #conforms(wanted: Uint8Array): boolean {
    return this.shows.every((shows, g) => (shows === SHOWS_GREEN) === (wanted[g] === 1))
  }

  /** Ends and begins greens as far as they may; true while something is left to do. */
  #approach(wanted: Uint8Array, tick: number): boolean {
    let lags = false
    for (let g = 0; g < wanted.length; g++) {
      if (wanted[g] === 1 || this.shows[g] !== SHOWS_GREEN) continue
      if (tick - this.#since[g]! < this.#cycle.least[g]!) {
        lags = true
        continue
      }
      this.#lanterns.end(this.groups[g]!, tick)
      this.#redUntil[g] = this.yellowEnd[g]! + this.#redClearance[g]!
    }
    for (let g = 0; g < wanted.length; g++) {
      if (wanted[g] === 0 || this.shows[g] === SHOWS_GREEN) continue
      if (tick >= this.#redUntil[g]! && this.#lanterns.isClear(this.groups[g]!, tick)) {
        this.#lanterns.begin(this.groups[g]!, tick)
        this.#since[g] = tick
      } else lags = true
    }
    return lags
  }
}
