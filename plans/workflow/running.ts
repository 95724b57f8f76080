// Which scheduled plans run beside each other.
import type { Corridor, Scenario } from '../../model/scenario.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { TimeOfDay } from '../../model/units.ts'
import { hashOf } from '../ports/canonical.ts'
import type { DayType, PlanRecord, ScheduleRecord } from '../ports/plans.ts'
import type { Stores } from '../ports/store.ts'
import { patternOf } from '../street.ts'
import { findDoubt, listEvidence } from './evidence.ts'
import { entriesOn } from './schedules.ts'
import { RUNNABLE } from './stages.ts'

export const patternsOf = (plan: PlanRecord): Map<SignalId, Pattern> => new Map(plan.document.intersections.map((one) => [one.signal, patternOf(one)]))

/** The entry in force on days of one type that follow each other. */
function typical(entries: readonly ScheduleRecord[], type: DayType, time: TimeOfDay): ScheduleRecord | undefined {
  const own = entriesOn(entries, type)
  return own.filter(({ start_s }) => start_s <= time).at(-1) ?? own.at(-1)
}

/** Patterns of the plans that run at that time on such days, of plans whose evidence holds. */
export async function runningOverlay(stores: Stores, network: string, corridors: readonly Corridor[], type: DayType, time: TimeOfDay): Promise<Map<SignalId, Pattern>> {
  const patterns = new Map<SignalId, Pattern>()
  for (const { id } of corridors) {
    const { entries } = await stores.schedules.get(network, id)
    const plan = await findRunnable(stores, typical(entries, type, time)?.plan)
    for (const [signal, pattern] of plan === undefined ? [] : patternsOf(plan)) if (!patterns.has(signal)) patterns.set(signal, pattern)
  }
  return patterns
}

/** What runs at every signal at that time on such days: plans of the schedules, else the timing of the network. */
export async function patternsRunning(stores: Stores, network: string, { scenario, timing }: Scenario, type: DayType, time: TimeOfDay): Promise<Map<SignalId, Pattern>> {
  const base = runningPatterns(timing, time, type === 'weekday' ? 1 : type === 'saturday' ? 6 : 7)
  return new Map([...base, ...await runningOverlay(stores, network, scenario.corridors, type, time)])
}

async function findRunnable(stores: Stores, id: string | undefined): Promise<PlanRecord | undefined> {
  const plan = id === undefined ? undefined : await stores.plans.get(id)
  if (plan === undefined || !RUNNABLE.has(plan.stage)) return undefined
  return findDoubt(plan, await listEvidence(stores, plan.id), 'approved') === undefined ? plan : undefined
}

const DAY_TYPES: readonly DayType[] = ['weekday', 'saturday', 'sunday', 'holiday']

/** A signal that this plan and another corridor's plan would run differently at the same time, as a sentence. */
export async function findClash(stores: Stores, plan: PlanRecord, entries: readonly ScheduleRecord[], corridors: readonly Corridor[]): Promise<string | undefined> {
  const own = patternsOf(plan)
  for (const other of corridors) {
    if (other.id === plan.corridor || !other.intersections.some((signal) => own.has(signal))) continue
    const theirs = (await stores.schedules.get(plan.network, other.id)).entries
    for (const type of DAY_TYPES) {
      for (const time of [...entriesOn(entries, type), ...entriesOn(theirs, type)].map(({ start_s }) => start_s)) {
        if (typical(entries, type, time)?.plan !== plan.id) continue
        const rival = await findRunnable(stores, typical(theirs, type, time)?.plan)
        const signal = rival === undefined ? undefined : [...patternsOf(rival)].find(([id, pattern]) => own.has(id) && hashOf(pattern) !== hashOf(own.get(id)))?.[0]
        if (signal !== undefined) return `signal "${signal}" would be run by plan "${plan.id}" and differently by plan "${rival!.id}" of the corridor "${other.id}" on a ${type}`
      }
    }
  }
  return undefined
}
