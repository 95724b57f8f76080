// Which program a light shall run, and the way there: waits for a place where it may follow what runs now, changes over, then moves its local zero
// to the offset, a little each cycle, and keeps it there (over midnight too, where system cycles begin anew). Acts between two steps of SUMO.
import type { LampTiming, Tenths } from '../../../model/device/device.ts'
import { modulo, type Instant, type Seconds } from '../../../model/units.ts'
import { LIGHT } from './codec.ts'
import type { TraciCommand } from './codec.ts'
import { correctionOf, findChangeover, linkRules, placeOf } from './changeover.ts'
import type { Changeover } from './changeover.ts'
import type { TraciSettings } from './config.ts'
import { cycleOf, startOf } from './program.ts'
import type { LightProgram } from './program.ts'
import type { LightSample } from './street.ts'
import { setting } from './write-set.ts'

/** The program to be reached. */
export interface Goal {
  program: LightProgram
  /** Master time of its local zero; undefined where it may stand anywhere. */
  offset: Tenths | undefined
  /** Not before. */
  from_s: Instant
}

interface Surroundings {
  settings: TraciSettings
  rules: ReturnType<typeof linkRules>
  /** Local time of day of an instant, tenths. */
  masterAt(time_s: Instant): Tenths
  /** Sends set commands; throws where they are refused or unanswered. */
  send(commands: TraciCommand[], note: string): Promise<void>
}

/** The way of one light; acts in `onStep` only. */
export class LightControl {
  readonly #around: Surroundings
  /** Programs whose course is known, by id. */
  readonly #known = new Map<string, LightProgram>()
  #goal: Goal | undefined
  #planned: (Changeover & { from: string }) | undefined
  #corrected = false
  #last: LightSample | undefined
  /** Since when the goal runs where it should; undefined while it does not. */
  settled_s: Instant | undefined
  /** Why the goal was not reached. */
  failure: unknown
  /** Cycles in which a phase was lengthened or shortened since the goal was set. */
  corrections = 0

  constructor(around: Surroundings) {
    this.#around = around
  }

  get goal(): Goal | undefined {
    return this.#goal
  }

  /** Of the programs that it knows; 0 where it knows none. */
  get longestCycle(): Tenths {
    return Math.max(0, ...[...this.#known.values()].map(({ phases }) => cycleOf(phases)))
  }

  /** Reaches for a program from now on. `runs` = what runs now, if its course is known. */
  reachFor(goal: Goal, runs: LightProgram | undefined): void {
    this.#known.set(goal.program.id, goal.program)
    if (runs !== undefined) this.#known.set(runs.id, runs)
    this.#goal = goal
    this.#planned = undefined
    this.settled_s = undefined
    this.failure = undefined
    this.corrections = 0
  }

  /** Leaves the light to what runs now. */
  letGo(): void {
    this.#goal = undefined
    this.settled_s = undefined
  }

  /** Called at every step, before the next is made. Never throws: what went wrong stands in `failure`, and the light runs on as it is. */
  async onStep(sample: LightSample): Promise<void> {
    const entered = this.#last !== undefined && (this.#last.phase !== sample.phase || this.#last.program !== sample.program)
    this.#last = sample
    if (this.#goal === undefined || this.failure !== undefined) return
    try {
      if (sample.program === this.#goal.program.id) await this.#keepOffset(this.#goal, sample, entered)
      else await this.#changeOver(this.#goal, sample)
    } catch (error) {
      this.failure = error
    }
  }

  #instant(sample: LightSample): Instant {
    return this.#around.settings.starts_at + sample.time_s
  }

  /** Place of the program in its cycle; a phase that was lengthened makes it stand before the phase's begin. */
  #position({ phases }: LightProgram, sample: LightSample): Tenths {
    const left = Math.round((sample.next_switch_s - sample.time_s) * 10)
    return startOf(phases, sample.phase) + (phases[sample.phase]?.duration ?? 0) - left
  }

  async #changeOver(goal: Goal, sample: LightSample): Promise<void> {
    this.settled_s = undefined
    const { settings, rules, send } = this.#around
    const running = this.#known.get(sample.program)
    // What another hand made it run has no known course: nothing is done that could cut it short.
    if (running === undefined) return
    const now = tenths(this.#instant(sample))
    if (this.#planned === undefined || this.#planned.at < now || this.#planned.from !== sample.program) {
      const found = findChangeover({
        now, current: { phases: running.phases, position: this.#position(running, sample) }, target: goal.program.phases, rules,
        from: Math.max(now, tenths(goal.from_s)), step: Math.round(settings.step_s * 10),
        ...(goal.offset === undefined ? {} : { wanted: (at: Tenths) => this.#wanted(goal.offset as Tenths, at) }),
      })
      if (found === undefined) throw new Error(`no place was found where program ${goal.program.id} may follow program ${sample.program}`)
      this.#planned = { ...found, from: sample.program }
    }
    if (this.#planned.at > now) return
    const [phase, left] = placeOf(goal.program.phases, this.#planned.position)
    this.#planned = undefined
    this.#corrected = true
    await send([
      setting(settings.light, { variable: LIGHT.program, id: goal.program.id }), setting(settings.light, { variable: LIGHT.index, phase }), setting(settings.light, { variable: LIGHT.remaining, left }),
    ], `changes over to program ${goal.program.id}`)
  }

  #wanted(offset: Tenths, at: Tenths): Tenths {
    return this.#around.masterAt(at / 10) - offset
  }

  async #keepOffset(goal: Goal, sample: LightSample, entered: boolean): Promise<void> {
    const { settings, rules, send } = this.#around
    const { phases } = goal.program
    if (!entered) return
    if (sample.phase === 0) this.#corrected = false
    const cycle = cycleOf(phases)
    const outstanding = goal.offset === undefined ? 0 : modulo(this.#position(goal.program, sample) - this.#wanted(goal.offset, tenths(this.#instant(sample))), cycle)
    if (outstanding === 0) {
      this.settled_s ??= this.#instant(sample)
      return
    }
    this.settled_s = undefined
    const correction = this.#corrected ? undefined : correctionOf(phases, outstanding, settings.transition, rules, Math.round(settings.step_s * 10))
    if (correction === undefined || correction.phase !== sample.phase) return
    this.#corrected = true
    this.corrections++
    const left = Math.round((sample.next_switch_s - sample.time_s) * 10) + correction.by
    await send([setting(settings.light, { variable: LIGHT.remaining, left })], `phase ${sample.phase + 1} is ${Math.abs(correction.by) / 10} s ${correction.by > 0 ? 'longer' : 'shorter'} to reach the offset`)
  }
}

export const tenths = (time_s: number): Tenths => Math.round(time_s * 10)

/** Longest time from the order until a program stands where it should: two cycles of what runs, then a fifth of a cycle each cycle. */
export const longestTransition_s = (running: LampTiming['cycle'], target: LampTiming['cycle']): Seconds => (2 * running + 8 * target) / 10
