// One controlled signal of a run: its controller, its detectors and buttons, and the changes of plan that wait for their
// time. A new plan takes over at the yield point of the old one (free: once the minimums are served): what was green and
// is not wanted first by the new one shows yellow and red clearance in full, then the new one begins in its coordinated
// green and gets in step by its transition.
import { checkWindows } from '../../model/check-plan.ts'
import type { SignalControl } from '../../model/control.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { Signal } from '../../model/signal.ts'
import type { PreparedNetwork } from '../prepare.ts'
import { createActuations, SHOWS_GREEN, SHOWS_RED, SHOWS_YELLOW, ticks, TICKS_PER_S, type Actuations, type Controller, type CycleCount } from './controller.ts'
import { defaultDetectors, DetectorBank, passages, type Traffic } from './detectors.ts'
import { Buttons } from './pedestrians.ts'
import { RingController } from './ring-controller.ts'
import { greensOf, ringCoordination, ringPhases, type PhaseDefaults } from './settings.ts'
import { StageController } from './stage-controller.ts'
import { stagesOfPattern, stagesOfWindows } from './stages.ts'
import { SteeredController } from './steered-controller.ts'
import type { SteeredPlan } from './steered-cycle.ts'
import { DEFAULT_TRANSITION } from './transition.ts'
import { trapMasks } from './traps.ts'

/** What a signal runs from some time on. */
export interface SignalProgram {
  compiled: CompiledSignal
  /** Absent = fixed by its windows. */
  control?: SignalControl
}

interface Equipped {
  controller: Controller
  bank: DetectorBank
  buttons: Buttons
  seen: Actuations
}

export interface RunContext {
  prepared: PreparedNetwork
  seed: number
  step_s: number
  /** Fixed-time signals take commands while they run. */
  steered?: boolean
}

export class SignalRun {
  readonly signal: Signal
  readonly shows: Uint8Array
  readonly yellowEnd: Int32Array
  readonly #context: RunContext
  /** The green windows that the run began with. */
  readonly begun: CompiledSignal
  readonly #changes: { at: number; program: SignalProgram }[]
  readonly #greenSince: Int32Array
  /** Tick of the last change of colour. */
  readonly #changedAt: Int32Array
  readonly #clearedAt: Int32Array
  /** As it was told last. */
  readonly #last: Uint8Array
  #now: Equipped
  #next: { equipped: Equipped; keeps: Uint8Array } | undefined
  #tick: number
  #cycles: CycleCount = { cycles: 0, out_of_step: 0 }

  constructor(context: RunContext, signal: Signal, program: SignalProgram, changes: readonly { time_s: number; program: SignalProgram }[], start_s: number) {
    this.signal = signal
    this.#context = context
    this.begun = program.compiled
    this.#changes = changes.map(({ time_s, program: next }) => ({ at: ticks(time_s), program: next })).sort((a, b) => a.at - b.at)
    this.#tick = ticks(start_s)
    this.#now = equip(context, signal, program)
    const { controller } = this.#now
    if (program.control?.coordination?.start === 'coordinated_green') controller.startGreen(this.#tick)
    else controller.startInStep(this.#tick)
    this.shows = controller.shows.slice()
    this.yellowEnd = controller.yellowEnd.slice()
    this.#last = this.shows.slice()
    this.#greenSince = new Int32Array(this.shows.length).fill(this.#tick)
    this.#changedAt = this.#greenSince.slice()
    this.#clearedAt = new Int32Array(this.shows.length).fill(this.#tick)
  }

  get count(): CycleCount {
    const { cycles, out_of_step } = this.#now.controller.count
    return { cycles: this.#cycles.cycles + cycles, out_of_step: this.#cycles.out_of_step + out_of_step }
  }

  /** A fixed-time signal of a steered run, to be told what to show; undefined for the others. */
  get steered(): SteeredController | undefined {
    return this.#now.controller instanceof SteeredController ? this.#now.controller : undefined
  }

  /** Master time at which a group changed its colour last, s; the start of the run where it has not. */
  shownSince(group: number): number {
    return this.#changedAt[group]! / TICKS_PER_S
  }

  /** Other plans from now on; they take the place of those that a command before them left waiting. */
  change(program: SignalProgram): void {
    if (this.steered !== undefined && isFixed(program)) this.steered.adopt(steeredPlan(this.signal, program))
    else {
      const later = this.#changes.filter(({ at }) => at > this.#tick)
      this.#changes.splice(0, this.#changes.length, { at: this.#tick, program }, ...later)
    }
  }

  /** Reads detectors and buttons at `now` and advances to it, tick by tick. `onChange` hears of every change of a group. */
  advance(now_s: number, step: number, traffic: Traffic | undefined, onChange: (time_s: number, group: number, shows: number) => void): void {
    const until = Math.floor(now_s * TICKS_PER_S + 1e-6)
    const { controller, bank, buttons, seen } = this.#now
    if (traffic !== undefined && until > this.#tick) {
      seen.calling.fill(0)
      seen.arrivals.fill(0)
      seen.pedestrians.fill(0)
      bank.read(traffic, now_s, seen)
      buttons.read(step, seen)
      controller.sense(seen)
    }
    while (this.#tick < until) {
      this.#tick++
      this.#advance(onChange)
    }
  }

  #advance(onChange: (time_s: number, group: number, shows: number) => void): void {
    const change = this.#changes[0]
    if (this.#next === undefined && change !== undefined && this.#tick >= change.at) this.#take(change.program)
    if (this.#next !== undefined && !this.#clearFor(this.#next.keeps)) {
      this.#copy(this.shows, onChange)
      return
    }
    if (this.#next !== undefined) this.#begin(this.#next.equipped)
    else this.#now.controller.advance(this.#tick)
    this.#copy(this.#now.controller.shows, onChange)
  }

  #take(program: SignalProgram): void {
    if (this.steered !== undefined && isFixed(program)) {
      this.steered.adopt(steeredPlan(this.signal, program))
      this.#changes.shift()
    } else if (this.#now.controller.canHandOver(this.#tick - 1)) this.#handOver(program)
  }

  #handOver(program: SignalProgram): void {
    const probe = equip(this.#context, this.signal, program).controller
    probe.startGreen(this.#tick)
    this.#next = { equipped: equip(this.#context, this.signal, program), keeps: probe.shows.slice() }
    this.#changes.shift()
  }

  /** Ends what the new plan does not begin with, each after its minimum; true once everybody has cleared. */
  #clearFor(keeps: Uint8Array): boolean {
    let clear = true
    this.signal.groups.forEach((group, g) => {
      if (this.shows[g] === SHOWS_GREEN && keeps[g] !== SHOWS_GREEN) {
        clear = false
        if (this.#tick - this.#greenSince[g]! < ticks(group.min_green_s)) return
        this.yellowEnd[g] = this.#tick + ticks(group.yellow_s)
        this.shows[g] = SHOWS_YELLOW
      }
      if (this.shows[g] === SHOWS_YELLOW) {
        this.#clearedAt[g] = this.yellowEnd[g]! + ticks(group.red_clearance_s)
        if (this.#tick >= this.yellowEnd[g]!) this.shows[g] = SHOWS_RED
      }
      if (this.#tick < this.#clearedAt[g]!) clear = false
    })
    return clear
  }

  #begin(equipped: Equipped): void {
    const { cycles, out_of_step } = this.count
    this.#cycles = { cycles, out_of_step }
    this.#now = equipped
    this.#next = undefined
    equipped.controller.startGreen(this.#tick)
  }

  #copy(shows: Uint8Array, onChange: (time_s: number, group: number, shows: number) => void): void {
    for (let g = 0; g < shows.length; g++) {
      const now = shows[g]!
      if (shows !== this.shows && now === SHOWS_YELLOW) this.yellowEnd[g] = this.#now.controller.yellowEnd[g]!
      if (now === this.#last[g]) continue
      this.#changedAt[g] = this.#tick
      if (now === SHOWS_GREEN) this.#greenSince[g] = this.#tick
      if (now !== SHOWS_GREEN && this.#last[g] === SHOWS_GREEN) {
        const group = this.signal.groups[g]!
        this.#clearedAt[g] = this.#tick + ticks(group.yellow_s + group.red_clearance_s)
      }
      this.shows[g] = now
      this.#last[g] = now
      onChange(this.#tick / TICKS_PER_S, g, now)
    }
  }
}

const isFixed = ({ control }: SignalProgram): boolean => control === undefined || control.type === 'fixed'

/** Throws input.value for greens in conflict: the local clock would wait for ever. */
function steeredPlan(signal: Signal, { compiled, control }: SignalProgram): SteeredPlan {
  const [violation] = checkWindows(signal, compiled)
  if (violation !== undefined) throw new GreenwaveError('input.value', `${violation.sentence}, so the signal cannot be steered`)
  return { ...stagesOfWindows(signal, compiled, control?.pattern?.coordinated ?? []), transition: control?.transition ?? DEFAULT_TRANSITION }
}

function equip(context: RunContext, signal: Signal, program: SignalProgram): Equipped {
  const { prepared, seed, step_s, steered = false } = context
  const { compiled, control } = program
  const detectors = control === undefined || isFixed(program) ? [] : control.detectors ?? defaultDetectors(prepared, signal)
  const controller = steered && isFixed(program) ? new SteeredController(signal, steeredPlan(signal, program)) : createController(prepared, signal, compiled, control, {
    passage_s: passages(prepared, detectors), called: new Set(detectors.flatMap(({ calls }) => calls)), green_s: greensOf(signal, control?.pattern), coordinated: new Set(control?.pattern?.coordinated),
  })
  const { phases } = controller
  const demand = control === undefined || isFixed(program) ? [] : control.pedestrians ?? []
  return { controller, bank: new DetectorBank(prepared, signal, detectors, phases), buttons: new Buttons(signal.id, demand, phases, seed, step_s), seen: createActuations(phases.length) }
}

/** The controller that a control asks for. Throws input.value for actuated control without a pattern. */
function createController(prepared: PreparedNetwork, signal: Signal, compiled: CompiledSignal, control: SignalControl | undefined, defaults: PhaseDefaults): Controller {
  const transition = control?.transition ?? DEFAULT_TRANSITION
  if (control === undefined || control.type === 'fixed') return new StageController({ signal, ...stagesOfWindows(signal, compiled, control?.pattern?.coordinated ?? []), transition, fixed: true })
  const { pattern } = control
  if (pattern === undefined) throw new GreenwaveError('input.value', `signal ${signal.id} is ${control.type}, which needs its pattern; it has none`)
  if (pattern.kind === 'stages') {
    const { coordination, ...plan } = stagesOfPattern(signal, control, pattern, defaults)
    return new StageController({ signal, ...plan, transition, ...(control.type === 'coordinated' ? { coordination } : {}) })
  }
  const ring = ringPhases(signal, control, pattern, defaults)
  return new RingController({
    signal, phases: ring.phases, transition, traps: trapMasks(prepared, signal, ring.phases),
    ...(control.type === 'coordinated' ? { coordination: ringCoordination(signal, control, pattern, ring) } : {}),
  })
}
