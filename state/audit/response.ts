// What drivers do between the lamps and their wheels: they need a moment to get under way, and some pass after green has ended.
// Both come from the plans of signals whose cycle the audit confirms, as the middle of many; a clock that is wrong is not many.
import type { LocalTime } from '../../model/local-time.ts'
import type { Seconds, TimeOfDay } from '../../model/units.ts'
import type { GreenClock } from '../signals/greens.ts'
import { median } from '../statistics.ts'
import type { Audited } from './audit.ts'
import { wrap } from './circular.ts'
import type { MovementTiming } from './signal-timing.ts'

export interface Learned {
  value: Seconds
  deviation_s: Seconds
  /** Signals behind it; 0: assumed. */
  signals: number
}

export interface Response {
  /** From green to the first motion. */
  motion_s: Learned
  /** From the end of green to the last that pass. */
  passing_s: Learned
}

/** In the street: half of the usual 2 s of start-up lost time, the other half goes into acceleration. */
const FIELD: Response = { motion_s: { value: 1, deviation_s: 0.5, signals: 0 }, passing_s: { value: 2, deviation_s: 1, signals: 0 } }
/** SUMO shows lamps first and then moves for a step of 1 s, which it stamps with the time before: a queue starts a second early. */
const SUMO: Response = { motion_s: { value: -1, deviation_s: 0.5, signals: 0 }, passing_s: { value: 0, deviation_s: 1, signals: 0 } }
const LEAST_SIGNALS = 5
/** Clocks of signals about the middle. */
const CLOCKS_S: Seconds = 1

export interface PlannedGreen {
  cycle_s: Seconds
  /** After local midnight, modulo the cycle. */
  green_start_s: Seconds
  green_s: Seconds
}

/** The plan's green of a movement in the hours of its starts: of several in the cycle the one nearest to a phase. */
export function plannedGreen(movement: number, at: { day: number; time_s: TimeOfDay }, near_s: Seconds | undefined, clock: GreenClock | undefined, local: LocalTime): PlannedGreen | undefined {
  const instant = local.instant(at.day, at.time_s)
  const cycle_s = clock?.cycle(movement, instant)
  if (clock === undefined || cycle_s === undefined) return undefined
  let best: { distance: number; green: PlannedGreen } | undefined
  for (let k = 0; k < 6; k++) {
    const green = clock.find(movement, instant + (k * cycle_s) / 6)
    if (green === undefined) continue
    const start = local.timeOfDay(green.start_s)
    const distance = near_s === undefined ? k : Math.abs(wrap(start - near_s, cycle_s))
    if (best === undefined || distance < best.distance) best = { distance, green: { cycle_s, green_start_s: ((start % cycle_s) + cycle_s) % cycle_s, green_s: green.end_s - green.start_s } }
  }
  return best?.green
}

/** The cycle that runs is that of the plan. */
export const sameCycle = (a: Seconds, b: Seconds): boolean => Math.abs(a - b) < 0.3

export function learnResponse(audited: readonly Audited[], clock: GreenClock | undefined, local: LocalTime, driving: 'field' | 'sumo'): Response {
  const assumed = driving === 'sumo' ? SUMO : FIELD
  const motions: number[] = []
  const passings: number[] = []
  for (const { timings } of audited) {
    const [starts, ends]: [number[], number[]] = [[], []]
    for (const timing of timings) {
      const planned = timing.sure && timing.borrowed === undefined ? plannedGreen(timing.movement, middleOf(timing), timing.motion_s, clock, local) : undefined
      if (planned === undefined || !sameCycle(planned.cycle_s, timing.cycle_s)) continue
      const late = wrap(timing.motion_s - planned.green_start_s, timing.cycle_s)
      starts.push(late)
      if (timing.passing !== undefined) ends.push(late + timing.passing.after_s - planned.green_s)
    }
    if (starts.length > 0) motions.push(median(starts))
    if (ends.length > 0) passings.push(median(ends))
  }
  return { motion_s: learned(motions, assumed.motion_s, [-1.5, 3]), passing_s: learned(passings, assumed.passing_s, [-1, 5]) }
}

/** The middle of the starts of a movement, by time. */
export function middleOf({ movement, hours }: Pick<MovementTiming, 'movement' | 'hours'>): { day: number; time_s: TimeOfDay } {
  const starts = hours.starts.get(movement)!
  return starts[starts.length >> 1]!
}

/** The middle of signals, as much as they outweigh what is assumed; nothing where it is not believable or they disagree. */
function learned(values: readonly number[], assumed: Learned, [least, most]: [number, number]): Learned {
  if (values.length < LEAST_SIGNALS) return assumed
  const middle = median(values)
  const spread = 1.4826 * median(values.map((value) => Math.abs(value - middle)))
  if (middle < least - 1 || middle > most + 1 || spread > 3 * CLOCKS_S) return assumed
  const variance = Math.max(0.05, 1.57 * Math.max(0.5, spread) ** 2 / values.length)
  const [own, prior] = [1 / variance, 1 / assumed.deviation_s ** 2]
  return { value: (Math.min(most, Math.max(least, middle)) * own + assumed.value * prior) / (own + prior), deviation_s: Math.sqrt(1 / (own + prior)), signals: values.length }
}
