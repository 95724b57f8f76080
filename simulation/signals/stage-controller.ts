// Stages one after another, none skipped: fixed time as a transition stretches it, SUMO's actuated programs (a stage
// ends in a gap between its minimum and its maximum), or coordinated (the coordinated stage holds to the yield point, the
// others end in a gap or where the cycle has their end). Ticks; positions count from the yield point.
import type { GroupId, Signal } from '../../model/signal.ts'
import type { Transition } from '../../model/control.ts'
import { modulo } from '../../model/units.ts'
import { CoordinationClock } from './coordination-clock.ts'
import type { Actuations, Controller, CycleCount } from './controller.ts'
import { Lanterns, runByWindows } from './lanterns.ts'

export interface ControlledStage {
  green: readonly GroupId[]
  duration: number
  min: number
  max: number
  /** Gap that ends it; Infinity = it never ends early. */
  passage: number
  /** May be stretched or cut; the others are changes of colour. */
  steady: boolean
}

export interface StageSettings {
  signal: Signal
  stages: readonly ControlledStage[]
  /** Index of the stage whose end is the yield point. */
  coordinated: number
  /** Absent = free. */
  coordination?: { cycle: number; zero: number }
  transition: Transition
  /** Fixed time: minimums bind only in transition. */
  fixed?: boolean
}

export class StageController implements Controller {
  readonly groups: readonly GroupId[]
  readonly phases: readonly GroupId[]
  readonly shows: Uint8Array
  readonly yellowEnd: Int32Array
  readonly #settings: StageSettings
  /** Rotated: the coordinated stage is the last. */
  readonly #stages: readonly ControlledStage[]
  readonly #lanterns: Lanterns
  readonly #clock: CoordinationClock | undefined
  readonly #members: number[][]
  readonly #lastOn: Float64Array
  readonly #end: Float64Array
  #at: number
  #since = 0
  /** Cycle of the local clock that the present stage belongs to. */
  #cycle = 0
  #stopped = false
  #started = false

  constructor(settings: StageSettings) {
    const { signal, stages, coordinated, coordination } = settings
    this.#settings = settings
    this.#stages = [...stages.slice(coordinated + 1), ...stages.slice(0, coordinated + 1)]
    this.#lanterns = new Lanterns(settings.fixed === true ? runByWindows(signal) : signal)
    this.groups = this.#lanterns.groups
    this.phases = this.groups
    this.shows = this.#lanterns.shows
    this.yellowEnd = this.#lanterns.yellowEnd
    this.#members = this.#stages.map(({ green }) => green.map((id) => this.groups.indexOf(id)))
    this.#lastOn = new Float64Array(this.groups.length).fill(-Infinity)
    this.#end = new Float64Array(stages.length)
    this.#at = stages.length - 1
    if (coordination !== undefined) {
      const yieldAt = stages.slice(0, coordinated + 1).reduce((sum, { duration }) => sum + duration, 0)
      this.#clock = new CoordinationClock({
        cycle: coordination.cycle, target: coordination.zero + yieldAt, transition: settings.transition, shortest: this.#shortest(),
        setLength: (length, dwell) => this.#layOut(length, dwell),
      })
    }
  }

  get count(): CycleCount {
    return this.#clock?.count ?? { cycles: 0, out_of_step: 0 }
  }

  /** Least cycle: changes as they are, steady stages scaled alike until a minimum binds. */
  #shortest(): number {
    let [steady, rest, scale] = [0, 0, 0]
    for (const stage of this.#stages) {
      if (stage.steady) {
        steady += stage.duration
        scale = Math.max(scale, Math.min(1, stage.duration === 0 ? 0 : stage.min / stage.duration))
      } else rest += stage.duration
    }
    for (const { id, min_green_s } of this.#settings.signal.groups) scale = Math.max(scale, ...this.#greens(id).map(({ length, flexible }) => (flexible === 0 ? 0 : Math.min(1, (min_green_s * 10 - (length - flexible)) / flexible))))
    return rest + steady * scale + this.#stages.length
  }

  /** Every green of a group: its length, and how much of it lies in steady stages. */
  #greens(id: GroupId): { length: number; flexible: number }[] {
    const n = this.#stages.length
    const has = (i: number): boolean => this.#stages[(i + n) % n]!.green.includes(id)
    const first = this.#stages.findIndex((_, i) => has(i) && !has(i - 1))
    const found: { length: number; flexible: number }[] = []
    if (first === -1) return found
    for (let i = first; i < first + n; i++) {
      if (!has(i)) continue
      if (!has(i - 1)) found.push({ length: 0, flexible: 0 })
      const { duration, steady } = this.#stages[i % n]!
      const last = found.at(-1)!
      last.length += duration
      if (steady) last.flexible += duration
    }
    return found
  }

  #layOut(length: number, dwell: boolean): void {
    const steady = this.#stages.reduce((sum, stage) => sum + (stage.steady ? stage.duration : 0), 0)
    const total = this.#stages.reduce((sum, stage) => sum + stage.duration, 0)
    const scale = dwell || steady === 0 ? 1 : 1 + (length - total) / steady
    let t = 0
    this.#stages.forEach((stage, i) => {
      t += stage.duration * (stage.steady ? scale : 1)
      this.#end[i] = Math.round(t)
    })
    this.#end[this.#stages.length - 1] = length
  }

  startInStep(tick: number): void {
    const clock = this.#clock
    if (clock === undefined) {
      this.startGreen(tick)
      return
    }
    // One cycle earlier, and then forward: so greens and yellows under way are what they would be.
    const { cycle, zero } = this.#settings.coordination!
    const yieldAt = this.#stages.reduce((sum, { duration }) => sum + duration, 0) - this.#tail()
    const from = Math.round(tick - modulo(tick - zero - yieldAt, cycle) - cycle)
    this.#lastOn.fill(Infinity)
    clock.startInStep(from)
    this.#enter(0, from)
    this.#started = true
    this.#lanterns.show(from)
    for (let t = from + 1; t <= tick; t++) this.advance(t)
    this.#lastOn.fill(tick)
    Object.assign(clock.count, { cycles: 1, out_of_step: 0 })
  }

  /** Duration of what comes before sequence start in the rotated order. */
  #tail(): number {
    return this.#settings.stages.slice(this.#settings.coordinated + 1).reduce((sum, { duration }) => sum + duration, 0)
  }

  startGreen(tick: number): void {
    this.#enter(this.#stages.length - 1, tick)
    this.#started = true
    const { signal } = this.#settings
    this.#clock?.startHeld(Math.max(1, ...this.#members.at(-1)!.map((g) => Math.round(signal.groups[g]!.min_green_s * 10))))
    this.#lanterns.show(tick)
  }

  canHandOver(tick: number): boolean {
    if (this.#clock !== undefined) return !this.#stopped && this.#clock.yieldsNext && this.#at === this.#stages.length - 1
    return this.#stages[this.#at]!.steady && tick - this.#since >= this.#stages[this.#at]!.min
  }

  sense(seen: Actuations): void {
    for (let g = 0; g < this.#lastOn.length; g++) this.#lastOn[g] = Math.max(this.#lastOn[g]!, seen.lastOn[g]!)
  }

  advance(tick: number): void {
    this.#clock?.advance(tick, this.#stopped)
    for (let i = 0; i < this.#stages.length && this.#isOver(tick); i++) this.#enter((this.#at + 1) % this.#stages.length, tick)
    this.#stopped = this.#overruns(tick)
    this.#lanterns.show(tick)
  }

  #isOver(tick: number): boolean {
    const stage = this.#stages[this.#at]!
    const elapsed = tick - this.#since
    if (this.#clock === undefined) {
      if (!stage.steady) return elapsed >= stage.duration
      return elapsed >= stage.min && (elapsed >= stage.max || this.#hasGap(stage, tick))
    }
    if (this.#isForced()) return this.#settings.fixed === true || elapsed >= (stage.steady ? stage.min : stage.duration)
    const mayEndEarly = stage.steady && this.#at < this.#stages.length - 1
    if (mayEndEarly) return elapsed >= stage.min && this.#hasGap(stage, tick)
    return !stage.steady && this.#settings.fixed !== true && elapsed >= stage.duration
  }

  #isForced(): boolean {
    const clock = this.#clock!
    return clock.cycle > this.#cycle || (clock.cycle === this.#cycle && clock.now >= this.#end[this.#at]!)
  }

  #hasGap(stage: ControlledStage, tick: number): boolean {
    if (stage.passage === Infinity) return false
    for (const g of this.#members[this.#at]!) if (tick - Math.max(this.#lastOn[g]!, this.#since) < stage.passage) return false
    return true
  }

  #overruns(tick: number): boolean {
    return this.#clock !== undefined && this.#settings.fixed !== true && this.#isForced() && tick > this.#since && this.#at < this.#stages.length - 1
  }

  #enter(index: number, tick: number): void {
    if (this.#started && index === 0) this.#cycle = this.#clock?.cycle ?? 0
    this.#at = index
    this.#since = tick
    const members = this.#members[index]!
    this.groups.forEach((id, g) => {
      const wanted = members.includes(g)
      const isGreen = this.shows[g] === 2
      if (wanted && !isGreen) this.#lanterns.begin(id, tick)
      else if (!wanted && isGreen) this.#lanterns.end(id, tick)
    })
  }
}
