// From one plan of the day to the next: how each signal gets in step, in how many cycles, by which way. The lengths of
// the cycles are those that the simulated controllers run (simulation/signals/transition.ts).
import type { TransitionMethod } from '../model/control.ts'
import { compileSignal } from '../model/compile.ts'
import type { CompiledSignal, Plan } from '../model/plan.ts'
import type { Pattern, Signal, SignalId } from '../model/signal.ts'
import { modulo, type Seconds, type TimeOfDay } from '../model/units.ts'
import { leastGreen } from '../optimizer/splits/index.ts'
import { nextCycle } from '../simulation/signals/transition.ts'
import { patternOf } from './street.ts'

/** What every controller of NTCIP 1202 can be told; dwelling holds the side streets and is left out. */
const WAYS = ['shortway', 'add', 'subtract'] as const satisfies readonly TransitionMethod[]

export type TransitionWay = (typeof WAYS)[number]

export interface SignalTransition {
  signal: SignalId
  /** The way with the least time out of step; the shorter way among equals. */
  way: TransitionWay
  /** Cycles of the new plan until its offset is met, 0 if it is met at once, and their lengths, s. */
  cycles: number
  lengths_s: Seconds[]
  /** By each way: seconds from the first local zero of the new plan until in step. */
  seconds_by_way: Record<TransitionWay, Seconds>
}

export interface PlanTransition {
  /** When the new plan is called. Each signal begins it at its next local zero. */
  at_s: TimeOfDay
  signals: SignalTransition[]
  /** From the call until the last signal is in step, s. */
  in_step_after_s: Seconds
}

/** Controllers that are not in step after so many cycles are asked for something else. */
const MOST_CYCLES = 100

const DAY_S = 86_400

/** Less is rounding, s. */
const IN_STEP_S = 1e-6

/** In: two plans of the same signals. Offsets count from midnight; a plan called at midnight ends the day before it. */
export function planTransition(signals: readonly Signal[], from: Pick<Plan, 'intersections'>, to: Pick<Plan, 'intersections'>, at_s: TimeOfDay): PlanTransition {
  const called = at_s === 0 ? DAY_S : at_s
  let last_s = 0
  const found = to.intersections.flatMap((intersection): SignalTransition[] => {
    const signal = signals.find(({ id }) => id === intersection.id)
    const before = from.intersections.find(({ id }) => id === intersection.id)
    if (signal === undefined || before === undefined) return []
    const wait_s = modulo(before.offset_s - called, before.cycle_s)
    const own = signalTransition(signal, patternOf(intersection), at_s + wait_s)
    last_s = Math.max(last_s, wait_s + own.seconds_by_way[own.way])
    return [own]
  })
  return { at_s, signals: found, in_step_after_s: last_s }
}

/** `zero_s`: when the first cycle of the pattern begins. */
export function signalTransition(signal: Signal, pattern: Pattern, zero_s: TimeOfDay): SignalTransition {
  const shortest = shortestCycle(signal, compileSignal(signal, pattern))
  const lengths = Object.fromEntries(WAYS.map((method) => [method, lengthsUntilInStep(pattern, zero_s, method, shortest)])) as Record<TransitionWay, Seconds[]>
  const seconds_by_way = Object.fromEntries(WAYS.map((way) => [way, lengths[way].reduce((a, b) => a + b, 0)])) as Record<TransitionWay, Seconds>
  const way = WAYS.reduce((a, b) => (seconds_by_way[b] < seconds_by_way[a] - IN_STEP_S ? b : a))
  return { signal: signal.id, way, cycles: lengths[way].length, lengths_s: lengths[way], seconds_by_way }
}

function lengthsUntilInStep({ cycle_s: cycle, offset_s }: Pattern, zero_s: TimeOfDay, method: TransitionWay, shortest: Seconds): Seconds[] {
  const lengths: Seconds[] = []
  for (let extra = modulo(offset_s - zero_s, cycle); extra > IN_STEP_S && cycle - extra > IN_STEP_S && lengths.length < MOST_CYCLES;) {
    const { length } = nextCycle({ cycle, extra, transition: { method }, shortest })
    lengths.push(length)
    extra = modulo(extra - (length - cycle), cycle)
  }
  return lengths
}

/** Splits shrink alike until the first green is down to its least, its change included (as coordinated rings do). */
function shortestCycle(signal: Signal, compiled: CompiledSignal): Seconds {
  let scale = 0
  for (const { id, green_windows_s } of compiled.groups) {
    const group = signal.groups.find((each) => each.id === id)
    if (group === undefined) continue
    const change = group.yellow_s + group.red_clearance_s
    for (const [start, end] of green_windows_s) scale = Math.max(scale, (leastGreen(group, end - start) + change) / (end - start + change))
  }
  return Math.min(1, scale) * compiled.cycle_s
}
