// Takes back what made things worse: in its hours the schedule runs what it ran before the plan, and the plan is retired.
import { LocalTime, parseDay } from '../../model/local-time.ts'
import type { PlanRecord, ScheduleRecord } from '../ports/plans.ts'
import type { Store } from '../ports/store.ts'
import { SERVICE_ACTOR } from '../workflow/actors.ts'
import { listEvidence } from '../workflow/evidence.ts'
import { entriesOn, type Slot } from '../workflow/schedules.ts'
import { RUNNABLE } from '../workflow/stages.ts'
import type { PlanWorkflow } from '../workflow/workflow.ts'
import type { NightTask } from './queue.ts'
import type { Watched } from './watch.ts'

const wordsOf = ({ day }: NightTask): string => `The night of ${day} took it back: `

/** Each step only where it was not taken before. */
export async function takeBack({ store, workflow }: { store: Store; workflow: PlanWorkflow }, task: NightTask, { plan, sentence }: Watched): Promise<void> {
  const { version, entries } = await store.schedules.get(task.network, task.corridor)
  if (entries.some((entry) => entry.plan === plan.id)) {
    const next = await withoutReturned(store, entries, plan)
    await workflow.putSchedule({ network: task.network, corridor: task.corridor, entries: next, expected: version, actor: SERVICE_ACTOR })
  }
  const now = await store.plans.get(plan.id)
  if (now !== undefined && RUNNABLE.has(now.stage)) await workflow.retire({ plan: plan.id, expected: now.version, actor: SERVICE_ACTOR, reason: wordsOf(task) + sentence })
}

/** What the schedule had in its place when it came; what was there before greenwave, where that plan is gone by now. */
async function withoutReturned(store: Store, entries: readonly ScheduleRecord[], plan: PlanRecord): Promise<ScheduleRecord[]> {
  const detail = (await listEvidence(store, plan.id)).findLast(({ action }) => action === 'plan.schedule')?.detail as { slots?: Slot[]; before?: ScheduleRecord[] } | undefined
  const next: ScheduleRecord[] = []
  for (const entry of entries) {
    if (entry.plan !== plan.id) {
      next.push(entry)
      continue
    }
    const own = entriesOn(detail?.before ?? [], entry.day_type)
    const old = (own.filter(({ start_s }) => start_s <= entry.start_s).at(-1) ?? own.at(-1))?.plan
    const stays = old !== undefined && RUNNABLE.has((await store.plans.get(old))?.stage ?? 'retired')
    next.push({ day_type: entry.day_type, start_s: entry.start_s, ...(stays ? { plan: old } : {}) })
  }
  return next
}

/** Sentences of what this night took back in an attempt before, with the plans. */
export async function listTakenBack(store: Store, task: NightTask, time_zone: string): Promise<{ plan: string; sentence: string }[]> {
  const since = new LocalTime(time_zone).instant(parseDay(task.day)!, 0)
  const { items } = await store.plans.list({ network: task.network, corridor: task.corridor, stage: 'retired' }, { limit: 1000 })
  const found: { plan: string; sentence: string }[] = []
  for (const { id } of items.filter(({ updated_at }) => updated_at >= since)) {
    const reason = (await listEvidence(store, id)).findLast(({ action }) => action === 'plan.retire')?.detail['reason']
    if (typeof reason === 'string' && reason.startsWith(wordsOf(task))) found.push({ plan: id, sentence: reason.slice(wordsOf(task).length) })
  }
  return found.sort((a, b) => (a.plan < b.plan ? -1 : 1))
}
