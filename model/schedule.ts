// Which plan runs when. The schedule names plans by weekday and time of day; the last switch before an instant holds.
import { GreenwaveError } from './errors.ts'
import type { ScheduleEntry, Timing, TimingPlan } from './scenario.ts'
import type { Pattern, SignalId } from './signal.ts'
import type { TimeOfDay } from './units.ts'

/** The patterns of the plan that runs at a time of day on an ISO weekday (1 = Monday). */
export function runningPatterns(timing: Timing, time: TimeOfDay, weekday = 1): Map<SignalId, Pattern> {
  const today = entriesOf(timing, weekday)
  // Before the first switch of the day the last plan of the evening still runs.
  const entry = today.filter((candidate) => candidate.start_s <= time).at(-1) ?? today.at(-1)
  return patternsOf(getPlan(timing, entry?.plan ?? timing.plans[0]?.id))
}

/** A switch of the schedule: from `time_s` on these patterns run. */
export interface PlanSwitch {
  time_s: TimeOfDay
  patterns: Map<SignalId, Pattern>
}

/** The switches after `from_s` and before `until_s` on an ISO weekday, in order of time. */
export function listPlanSwitches(timing: Timing, from_s: TimeOfDay, until_s: TimeOfDay, weekday = 1): PlanSwitch[] {
  return entriesOf(timing, weekday)
    .filter(({ start_s }) => start_s > from_s && start_s < until_s)
    .map(({ start_s, plan }) => ({ time_s: start_s, patterns: patternsOf(getPlan(timing, plan)) }))
}

/** Of one day, by time. */
const entriesOf = (timing: Timing, weekday: number): ScheduleEntry[] =>
  timing.schedule.filter((entry) => entry.weekdays.includes(weekday)).sort((a, b) => a.start_s - b.start_s)

const patternsOf = (plan: TimingPlan): Map<SignalId, Pattern> => new Map(plan.patterns.map((pattern) => [pattern.signal, pattern]))

function getPlan(timing: Timing, id: string | undefined): TimingPlan {
  const plan = timing.plans.find((candidate) => candidate.id === id)
  if (plan === undefined) {
    throw new GreenwaveError('input.reference', `the schedule names plan "${id ?? ''}", which does not exist`, { file: 'timing.json' })
  }
  return plan
}
