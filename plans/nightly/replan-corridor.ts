// One corridor's night: what was deployed is looked at, the day's data are judged, each period is planned anew where that is worth it; recorded once.
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import type { SimulationPool } from '../../simulation/batch/index.ts'
import type { NightRecord, NightVerdict } from '../ports/nights.ts'
import { SERVICE_ACTOR } from '../workflow/actors.ts'
import { NO_HOLIDAYS } from '../workflow/calendar.ts'
import { RUNNABLE } from '../workflow/stages.ts'
import { findStandingApproval } from '../workflow/standing.ts'
import type { Reckoner } from '../reckoning/reckoner.ts'
import { findCanaryWait, plansInForce, treatedElsewhere } from './canary.ts'
import { type NightInput, NightInputs } from './input.ts'
import type { NightOptions } from './options.ts'
import type { NightPeriods } from './periods.ts'
import { NightThreads } from './night-threads.ts'
import { nightOfPlan } from './plan-ids.ts'
import { listGaps } from './quality.ts'
import type { NightTask } from './queue.ts'
import { isHeldOut, listCorridorHolds, replanPeriod, type PeriodOutcome } from './replan-period.ts'
import { listTakenBack, takeBack } from './return.ts'
import { DEFAULT_RULES, type NightRules } from './rules.ts'
import { lastLooks } from './unchanged.ts'
import { findUnmeasured, type Watched, watchPlan } from './watch.ts'

export interface NightContext {
  report: (share: number, label: string) => void
  signal: AbortSignal
}

type Found = Pick<NightRecord, 'verdict' | 'plans' | 'sentences' | 'input_hash' | 'looks'>

/**
 * Done twice it is done once: the record of the first time is given back. What the data or the streets don't allow is a record of its own (`no-data`,
 * `failed`); throws what may pass, for example `store.unreachable`, and the reason of an abort.
 */
export async function replanCorridor(options: NightOptions, task: NightTask, context: NightContext): Promise<NightRecord> {
  const { store, clock } = options
  const before = await store.nights.get(task.network, task.corridor, task.day)
  if (before !== undefined) return before
  const found = await findNight(options, task, context)
  const night: NightRecord = { ...task, ...found, finished_at: clock.now() }
  const first = await store.tx(async ({ nights, events }) => {
    if (!(await nights.record(night))) return false
    await events.append({ time_s: clock.now(), kind: 'night.done', network: task.network, body: { corridor: task.corridor, day: task.day, verdict: night.verdict } })
    return true
  })
  if (first) return night
  return (await store.nights.get(task.network, task.corridor, task.day))!
}

async function findNight(options: NightOptions, task: NightTask, context: NightContext): Promise<Found> {
  try {
    return await replan(options, task, context)
  } catch (error) {
    if (!(error instanceof GreenwaveError) || !error.code.startsWith('input.') && error.code !== 'plan.infeasible' && error.code !== 'period.unknown' && !error.code.startsWith('corridor.')) throw error
    return { verdict: 'failed', plans: [], sentences: [`${error.message}.`], input_hash: '' }
  }
}

async function replan(options: NightOptions, task: NightTask, { report, signal }: NightContext): Promise<Found> {
  const rules: NightRules = { ...DEFAULT_RULES, ...options.rules }
  const calendar = await options.calendarOf?.(task.network) ?? NO_HOLIDAYS
  report(0, 'reading the day')
  const input = await (options.inputs ?? new NightInputs()).get({ store: options.store, task, rules, calendar, signal })
  const gaps = listGaps(input, rules)
  if (gaps.length > 0) return { verdict: 'no-data', plans: [], sentences: gaps, input_hash: input.hash }
  const watched = await watchAll(options, task, input, rules)
  const threads = options.threads instanceof NightThreads ? options.threads : new NightThreads(options.threads)
  const looks = await lastLooks(options.store, task, input.day_type)
  const holds = [...listCorridorHolds(input, rules), ...await listHolds(options, task, input, rules)]
  const outcomes: PeriodOutcome[] = []
  const notes: string[] = []
  const looked = async ({ pool, reckoner }: { pool: SimulationPool; reckoner: Reckoner }): Promise<void> => {
    const { periods, sentences } = await dividedDay(reckoner, input, rules, { options, signal })
    notes.push(...sentences)
    for (const [i, period] of periods.entries()) {
      signal.throwIfAborted()
      const unmeasured = findUnmeasured(watched.staying, period)
      const onProgress = (share: number, label: string): void => report((i + share) / periods.length, `${period.id}: ${label}`)
      outcomes.push(isHeldOut(task, period.id, parseDay(task.day)!, rules)
        ? { verdict: 'held-out', sentence: `${period.id}: left as it is for some days, so that replanning can be compared with doing nothing.` }
        : await replanPeriod({ options, rules, task, input, period, looks, holds: unmeasured === undefined ? holds : [...holds, unmeasured], pool, reckoner, signal, onProgress }))
    }
  }
  await threads.use({ hash: input.network.hash, network: input.scenario.network }, looked).finally(() => (threads === options.threads ? undefined : threads.close()))
  await retireOlder(options, task, input, outcomes)
  return {
    verdict: verdictOf(watched.returned, outcomes), plans: outcomes.flatMap(({ plan }) => plan ?? []), input_hash: input.hash, looks: outcomes.flatMap(({ look }) => look ?? []),
    sentences: [...watched.sentences, ...notes, ...outcomes.map(({ sentence }) => sentence)],
  }
}

function dividedDay(reckoner: Reckoner, { corridor: { corridor }, scenario: { network: _network, ...scenario }, day_type, days, movements }: NightInput, rules: NightRules, { options, signal }: { options: NightOptions; signal: AbortSignal }): Promise<NightPeriods> {
  return reckoner.ask('nightPeriods', { input: { corridor, scenario, day_type, days: days.slice(0, rules.most_days), movements }, rules, options: { ...options.periods } }, signal)
}

const RANK: readonly NightVerdict[] = ['deployed', 'proposed', 'kept', 'held-out', 'failed']

function verdictOf(returned: boolean, outcomes: readonly PeriodOutcome[]): NightVerdict {
  if (returned) return 'returned'
  return RANK.find((verdict) => outcomes.some((outcome) => outcome.verdict === verdict)) ?? 'kept'
}

/** What became of the plans in force; those that made things worse go. */
async function watchAll(options: NightOptions, task: NightTask, input: NightInput, rules: NightRules): Promise<{ returned: boolean; staying: Watched[]; sentences: string[] }> {
  const treated = await treatedElsewhere(options.store, task, input)
  for (const plan of await plansInForce(options.store, task.network, task.corridor, task.day)) {
    const one = watchPlan(input, plan, treated, rules)
    if (one?.must_return === true) await takeBack(options, task, one)
  }
  const back = await listTakenBack(options.store, task, input.network.time_zone)
  const staying = (await plansInForce(options.store, task.network, task.corridor, task.day)).flatMap((plan) => watchPlan(input, plan, treated, rules) ?? [])
  return {
    returned: back.length > 0, staying,
    sentences: [...back.map(({ sentence }) => `Taken back: ${sentence}`), ...staying.filter(({ effect }) => effect.days_after > 0).map(({ sentence }) => sentence)],
  }
}

/** Why nothing may be deployed tonight, whatever is planned. */
async function listHolds({ store, clock }: NightOptions, task: NightTask, input: NightInput, rules: NightRules): Promise<string[]> {
  const now = clock.now()
  if (await findStandingApproval(store, task.network, task.corridor, now) === undefined) return [`nobody allows greenwave to deploy plans of the corridor "${task.corridor}" by itself`]
  const rested = await findUnrest({ store }, task, input, rules)
  const wait = await findCanaryWait(store, { task, input, rules, now })
  return [...(rested === undefined ? [] : [rested]), ...(wait === undefined ? [] : [wait])]
}

/** A change of the corridor in the last nights, by whomever; what this very night did does not count. */
async function findUnrest({ store }: Pick<NightOptions, 'store'>, { network, corridor, day }: NightTask, input: NightInput, rules: NightRules): Promise<string | undefined> {
  const since = new LocalTime(input.network.time_zone).instant(parseDay(day)! - rules.rest_days + 1, 0)
  const { items: plans } = await store.plans.list({ network, corridor }, { limit: 1000 })
  const { items: entries } = await store.audit.list({ subject: `${network}/${corridor}` }, { limit: 100 })
  const changed = plans.some(({ id, stage, updated_at }) => RUNNABLE.has(stage) && updated_at >= since && nightOfPlan(id)?.day !== day)
    || entries.some(({ action, time_s }) => action === 'schedule.put' && time_s >= since)
  return changed ? `the corridor was changed less than ${rules.rest_days} days ago` : undefined
}

/** Proposals of earlier nights for such days that nobody took up: tonight's know more. */
async function retireOlder({ store, workflow }: NightOptions, task: NightTask, input: NightInput, outcomes: readonly PeriodOutcome[]): Promise<void> {
  if (outcomes.every(({ plan }) => plan === undefined)) return
  for (const stage of ['draft', 'checked', 'simulated'] as const) {
    const { items } = await store.plans.list({ network: task.network, corridor: task.corridor, stage }, { limit: 1000 })
    for (const { id, version } of items) {
      const night = nightOfPlan(id)
      if (night !== undefined && night.day < task.day && night.day_type === input.day_type) await workflow.retire({ plan: id, expected: version, actor: SERVICE_ACTOR, reason: `The night of ${task.day} made another proposal.` })
    }
  }
}
