// Plans, schedules, nights, jobs, treatments and screens in memory.
import type { JobStore, NightStore, PlanRecord, PlanStore, ScheduleStore, ScreenMessage, ScreenStore, TreatmentStore } from '../ports/index.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { compareKeys, pageOf, readPage, type SortKey } from '../ports/pages.ts'
import type { Page, PageRequest } from '../ports/store.ts'
import { given, kept, keyOf, requireFree, requireVersion, without, type Access } from './memory-tables.ts'

/** A page of items in the order of their keys, or against it. */
export function listPage<T>(items: Iterable<T>, page: PageRequest, keyOfItem: (item: T) => SortKey, { like, newest = false }: { like: SortKey; newest?: boolean }): Page<T> {
  const { limit, after } = readPage(page, like)
  const sign = newest ? -1 : 1
  const rest = [...items].filter((item) => after === undefined || sign * compareKeys(keyOfItem(item), after) > 0)
  rest.sort((a, b) => sign * compareKeys(keyOfItem(a), keyOfItem(b)))
  return given(pageOf(rest.slice(0, limit + 1), limit, keyOfItem))
}

const byAge = { like: [0, ''], newest: true } as const
const ageKey = ({ created_at, id }: { created_at: number; id: string }): SortKey => [created_at, id]

export const memoryPlans = (access: Access): PlanStore => ({
  list: ({ network, corridor, stage }, page) => access(({ plans }) => listPage(
    [...plans.values()].filter((plan) => (network ?? plan.network) === plan.network && (corridor ?? plan.corridor) === plan.corridor && (stage ?? plan.stage) === plan.stage),
    page, ageKey, byAge,
  )),
  get: (id) => access(({ plans }) => given(plans.get(id))),
  insert: (plan) => access(({ plans }) => {
    requireFree(`plan "${plan.id}"`, plans.has(plan.id))
    plans.set(plan.id, kept(plan))
  }),
  update: (plan, expected) => access(({ plans }) => {
    const old: PlanRecord | undefined = plans.get(plan.id)
    requireVersion(`plan "${plan.id}"`, old?.version ?? 0, expected)
    if (old === undefined) throw new GreenwaveError('store.conflict', `there is no plan "${plan.id}"`)
    plans.set(plan.id, kept({ ...plan, version: expected + 1, created_at: old.created_at }))
  }),
})

export const memorySchedules = (access: Access): ScheduleStore => ({
  get: (network, corridor) => access(({ schedules }) => given(schedules.get(keyOf(network, corridor)) ?? { version: 0, entries: [] })),
  put: (network, corridor, entries, expected) => access(({ schedules }) => {
    const key = keyOf(network, corridor)
    requireVersion(`the schedule of "${corridor}"`, schedules.get(key)?.version ?? 0, expected)
    const schedule = kept({ version: expected + 1, entries: [...entries] })
    schedules.set(key, schedule)
    return given(schedule)
  }),
})

export const memoryNights = (access: Access): NightStore => ({
  record: (night) => access(({ nights }) => {
    const key = keyOf(night.network, night.corridor, night.day)
    if (nights.has(key)) return false
    nights.set(key, kept(night))
    return true
  }),
  get: (network, corridor, day) => access(({ nights }) => given(nights.get(keyOf(network, corridor, day)))),
  list: (network, day) => access(({ nights }) => [...nights.values()].filter((night) => night.network === network && night.day === day)
    .sort((a, b) => compareKeys([a.corridor], [b.corridor])).map(given)),
  lastDay: (network, until) => access(({ nights }) => [...nights.values()].filter((night) => night.network === network && night.day <= until).map(({ day }) => day).sort().at(-1)),
})

export const memoryJobs = (access: Access): JobStore => ({
  list: ({ kind, state }, page) => access(({ jobs }) => listPage([...jobs.values()].filter((job) => (kind ?? job.kind) === job.kind && (state ?? job.state) === job.state), page, ageKey, byAge)),
  get: (id) => access(({ jobs }) => given(jobs.get(id))),
  insert: (job) => access(({ jobs }) => {
    requireFree(`job "${job.id}"`, jobs.has(job.id))
    jobs.set(job.id, kept(job))
  }),
  update: (id, change) => access(({ jobs }) => {
    const job = jobs.get(id)
    if (job === undefined || (job.state !== 'queued' && job.state !== 'running')) return false
    jobs.set(id, { ...job, ...kept(change) })
    return true
  }),
})

export const memoryTreatments = (access: Access): TreatmentStore => ({
  list: (network, page) => access(({ treatments }) => listPage(
    [...treatments.values()].filter((card) => card.network === network).map((card) => without(card, 'network')), page, ({ id }) => [id], { like: [''] },
  )),
  get: (network, id) => access(({ treatments }) => {
    const found = treatments.get(keyOf(network, id))
    return found === undefined ? undefined : given(without(found, 'network'))
  }),
  put: (network, card, expected) => access(({ treatments }) => {
    const key = keyOf(network, card.id)
    requireVersion(`place "${card.id}"`, treatments.get(key)?.version ?? 0, expected)
    const next = kept({ ...card, version: expected + 1 })
    treatments.set(key, { ...next, network })
    return given(next)
  }),
})

export const memoryScreens = (access: Access): ScreenStore => ({
  list: (network) => access(({ screens }) => [...screens.values()].filter((screen) => (network ?? screen.network) === screen.network).sort((a, b) => compareKeys([a.id], [b.id])).map(given)),
  get: (id) => access(({ screens }) => given(screens.get(id))),
  put: (screen, expected) => access(({ screens }) => {
    requireVersion(`screen "${screen.id}"`, screens.get(screen.id)?.version ?? 0, expected)
    const next = kept({ ...screen, version: expected + 1 })
    screens.set(screen.id, next)
    return given(next)
  }),
  log: (message) => access(({ messages }) => { messages.set(message.id, kept(message)) }),
  messages: (screen, limit) => access(({ messages }) => [...messages.values()].filter((message: ScreenMessage) => message.screen === screen).reverse().slice(0, limit).map(given)),
})
