// Which plan runs when. The schedule names plans by weekday and time of day; the last switch before an instant holds.
import { GreenwaveError } from './errors.ts'
import type { Pattern, SignalId } from './signal.ts'
import type { Timing } from './scenario.ts'
import type { TimeOfDay } from './units.ts'

/** The patterns of the plan that runs at a time of day on an ISO weekday (1 = Monday). */
export function runningPatterns(timing: Timing, time: TimeOfDay, weekday = 1): Map<SignalId, Pattern> {
  const today = timing.schedule.filter((entry) => entry.weekdays.includes(weekday)).sort((a, b) => a.start_s - b.start_s)
  // Before the first switch of the day the last plan of the evening still runs.
  const entry = today.filter((candidate) => candidate.start_s <= time).at(-1) ?? today.at(-1)
  const id = entry?.plan ?? timing.plans[0]?.id
  const plan = timing.plans.find((candidate) => candidate.id === id)
  if (plan === undefined) {
    throw new GreenwaveError('input.reference', `the schedule names plan "${id ?? ''}", which does not exist`, { file: 'timing.json' })
  }
  return new Map(plan.patterns.map((pattern) => [pattern.signal, pattern]))
}
