// Steering a run between its steps: other plans from now on, or the groups of a signal that are to be green. For runs made with
// `steered`. What is commanded shows as soon as minimums, yellow, clearances and pedestrian times let it (signals/steered-controller.ts).
import { checkPattern } from '../model/check-plan.ts'
import { compileSignal, type Display } from '../model/compile.ts'
import type { SignalControl, Transition } from '../model/control.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { CompiledSignal } from '../model/plan.ts'
import type { GroupId, Pattern, Signal, SignalId } from '../model/signal.ts'
import type { Seconds, TimeOfDay } from '../model/units.ts'
import { SHOWS_GREEN, SHOWS_YELLOW, ticks, TICKS_PER_S } from './signals/controller.ts'
import { leastGreenTicks } from './signals/least-green.ts'
import type { SignalRun } from './signals/signal-run.ts'
import type { SteeredController } from './signals/steered-controller.ts'
import type { Run } from './simulate.ts'

export interface PlanCommand {
  /** At most one per signal; signals without one go on as they are. */
  patterns: readonly Pattern[]
  /** How offsets are reached. Absent = shortway: a cycle at most 20 % longer or 17 % shorter, and never below the least greens. */
  transition?: Transition
}

/**
 * Other plans from now on. Each fixed-time signal takes its own over at its next yield point, the end of the stage that its coordinated
 * groups share; a command before then replaces it. Sequence, splits and cycle are the new ones from there on. The offset is reached
 * by cycles made longer or shorter, in one where the transition allows as much. Where the new plan has the same stage nobody is
 * interrupted; otherwise its coordinated stage comes next, after least greens and clearances. Actuated signals change as by `plan_changes`.
 * Throws input.value for a run that is not steered, and for a pattern that breaks a rule of its signal: a green may be below its least
 * only as far as the plan that the run began with is; input.reference for an unknown signal; input.duplicate for two patterns of one.
 */
export function changePlans(run: Run, { patterns, transition }: PlanCommand): void {
  const seen = new Set<SignalId>()
  const changes = patterns.map((pattern) => {
    if (seen.has(pattern.signal)) throw new GreenwaveError('input.duplicate', `signal ${pattern.signal} is given two patterns at once`)
    seen.add(pattern.signal)
    const own = getRun(run, pattern.signal)
    const settings: Omit<SignalControl, 'pattern'> = run.world.input.control?.find(({ signal }) => signal === pattern.signal) ?? { signal: pattern.signal, type: 'fixed' }
    return { own, program: { compiled: checked(own, pattern), control: { ...settings, pattern, ...(transition === undefined ? {} : { transition }) } } }
  })
  for (const { own, program } of changes) own.change(program)
}

/**
 * Only these groups of a fixed-time signal are to be green from now on, whatever its plan says; overlaps follow their parents. Others
 * end after their least green; these begin when everybody in conflict has cleared. `undefined` gives the signal back to its plan, which
 * goes on with its coordinated stage and gets in step by transition.
 * Throws input.value for a run that is not steered, a signal that is not fixed-time and groups in conflict; input.reference for what is unknown.
 */
export function commandGreens(run: Run, signal: SignalId, groups: readonly GroupId[] | undefined): void {
  getSteered(run, signal).command(groups)
}

/** Whether a fixed-time signal runs the plan commanded last and ends its present cycle where its offset says. Throws as `commandGreens`. */
export const isInStep = (run: Run, signal: SignalId): boolean => getSteered(run, signal).inStep

export interface ShownGroup {
  group: GroupId
  shows: Display
  /** Since when; the start of the run where it has not changed. */
  since_s: TimeOfDay
}

/** What a signal of a steered run shows. Throws input.value for a run that is not steered, input.reference for an unknown signal. */
export function shownNow(run: Run, signal: SignalId): ShownGroup[] {
  const own = getRun(run, signal)
  return own.signal.groups.map(({ id }, g) => {
    const shows = own.shows[g]!
    return { group: id, shows: shows === SHOWS_GREEN ? 'green' : shows === SHOWS_YELLOW ? 'yellow' : 'red', since_s: own.shownSince(g) }
  })
}

/** Least green of a group, s: its minimum, and what those who walk need beyond yellow and red clearance. */
export const leastGreen = (group: Signal['groups'][number]): Seconds => leastGreenTicks(group) / TICKS_PER_S

function getRun({ world: { input, signals } }: Run, id: SignalId): SignalRun {
  if (input.steered !== true) throw new GreenwaveError('input.value', `a command for signal ${id} came, but the run is not steered`)
  const found = signals.controlled.find(({ run }) => run.signal.id === id)
  if (found === undefined) throw new GreenwaveError('input.reference', `a command came for signal "${id}", which does not exist or runs no plan`)
  return found.run
}

function getSteered(run: Run, id: SignalId): SteeredController {
  const { steered } = getRun(run, id)
  if (steered === undefined) throw new GreenwaveError('input.value', `signal ${id} is actuated; only a fixed-time signal can be told its greens`)
  return steered
}

function checked({ signal, begun }: SignalRun, pattern: Pattern): CompiledSignal {
  const broken = checkPattern(signal, pattern).find(({ rule }) => rule !== 'minimum-green' && rule !== 'pedestrian-clearance')
  if (broken !== undefined) throw new GreenwaveError('input.value', broken.sentence)
  const compiled = compileSignal(signal, pattern)
  for (const group of signal.groups) {
    const had = shortestGreen(begun, group.id)
    const [has, least] = [shortestGreen(compiled, group.id), Math.min(leastGreenTicks(group), had)]
    if (has < least) throw new GreenwaveError('input.value', `signal ${signal.id}: group ${group.id} would be green for ${has / TICKS_PER_S} s, at least ${least / TICKS_PER_S} s are needed`)
    if (has === Infinity && had < Infinity) throw new GreenwaveError('input.value', `signal ${signal.id}: group ${group.id} would never be green, as it is in the plan that the run began with`)
  }
  return compiled
}

/** Ticks; Infinity for a group that is never green. */
const shortestGreen = ({ groups }: CompiledSignal, id: GroupId): number =>
  Math.min(...(groups.find((group) => group.id === id)?.green_windows_s ?? []).map(([start, end]) => ticks(end - start)))
