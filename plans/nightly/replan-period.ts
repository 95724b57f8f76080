// One period of one corridor: a plan for it where one is worth having, led as far as it may go. Each step is looked up before it is taken, so that a night
// that was cut off goes on where it was, and comes to the same end.
import { GreenwaveError } from '../../model/errors.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { SimulationPool } from '../../simulation/batch/index.ts'
import { planScenario } from '../plan-scenario.ts'
import type { NightVerdict, PeriodLook } from '../ports/nights.ts'
import type { PlanRecord } from '../ports/plans.ts'
import type { Reckoner } from '../reckoning/reckoner.ts'
import { SERVICE_ACTOR } from '../workflow/actors.ts'
import { type ApprovalDetail, listEvidence } from '../workflow/evidence.ts'
import { findGridlock } from '../workflow/gates.ts'
import { patternsOf, patternsRunning } from '../workflow/running.ts'
import { RUNNABLE } from '../workflow/stages.ts'
import { countAgreed, findAgreement } from './agreement.ts'
import { aligned, changeOf, changeSentence, listLeaps } from './change.ts'
import { compareDay } from './compare-days.ts'
import { draw } from './draws.ts'
import { earlyRule, gainOf, listUnsure, listVictims } from './gates.ts'
import type { NightInput } from './input.ts'
import type { NightOptions } from './options.ts'
import type { NightPeriod } from './periods.ts'
import { planId } from './plan-ids.ts'
import type { NightTask } from './queue.ts'
import type { NightRules } from './rules.ts'
import { findUnchanged, lookOf } from './unchanged.ts'

export interface PeriodNight {
  options: NightOptions
  rules: NightRules
  task: NightTask
  input: NightInput
  period: NightPeriod
  /** Of the last night of such a day. */
  looks: readonly PeriodLook[]
  /** Why nothing of this corridor may go into the street without a person tonight. */
  holds: readonly string[]
  pool: SimulationPool
  /** For the network of the input. */
  reckoner: Reckoner
  signal: AbortSignal
  onProgress: (share: number, label: string) => void
}

export interface PeriodOutcome {
  verdict: Extract<NightVerdict, 'kept' | 'proposed' | 'deployed' | 'held-out' | 'failed'>
  plan?: string
  sentence: string
  /** For the next nights; absent where nothing was found out. */
  look?: PeriodLook
}

/** Seeds below 2^20, one for each night, period and purpose. */
const seedOf = (...words: string[]): number => 1 + Math.floor(draw('seed', ...words) * 1_000_000)

/** Left as it is for a while, so that the loop can be compared with doing nothing. */
export function isHeldOut({ network, corridor }: NightTask, period: string, dayNumber: number, rules: NightRules): boolean {
  return draw('held-out', network, corridor, period, Math.floor(dayNumber / rules.rotation_days)) < rules.held_out_share
}

export async function replanPeriod(night: PeriodNight): Promise<PeriodOutcome> {
  const { options: { store, version }, input, period, rules } = night
  const outcome = await findOutcome(night)
  if (outcome.look !== undefined || outcome.verdict === 'failed') return outcome
  const plan = outcome.plan === undefined ? undefined : await store.plans.get(outcome.plan)
  return { ...outcome, look: lookOf(input, period, plan === undefined ? await runningNow(night) : patternsOf(plan), rules, version) }
}

async function findOutcome(night: PeriodNight): Promise<PeriodOutcome> {
  const { options: { store, workflow }, task, input, period, rules } = night
  const id = planId(task, input.day_type, period.id)
  try {
    let plan = await store.plans.get(id)
    if (plan === undefined) {
      const running = await runningNow(night)
      const look = findUnchanged(night.looks, input, period, running, rules, night.options.version)
      if (look !== undefined) return { verdict: 'kept', look, sentence: `${period.id}: unchanged since ${look.measured}: no volume differs by more than a GEH of ${rules.unchanged.most_geh}, and what was found best then runs.` }
      const found = await findBetter(night, id, running)
      if ('sentence' in found) return { verdict: 'kept', sentence: found.sentence }
      plan = found.plan
    }
    const step = () => ({ plan: id, expected: plan!.version, actor: SERVICE_ACTOR })
    if (plan.stage === 'draft') plan = await workflow.check({ ...step(), demand: period.demand })
    if (plan.stage === 'checked' && plan.evaluation === undefined) {
      night.onProgress(0.5, 'simulating before and after')
      const seed = seedOf(task.network, task.corridor, task.day, period.id)
      // What goes into the street without a person is shown by all seeds: few of them say little of single approaches.
      const rule = (await listChangeHolds(night, plan)).length > 0 ? earlyRule(rules) : undefined
      ;({ plan } = await workflow.simulate({ ...step(), runs: rules.runs, ...(rule === undefined ? {} : { until_decided: rule }), seed, day_type: input.day_type, demand: period.demand, window_s: rules.window_s, pool: night.pool, signal: night.signal, onProgress: (share) => night.onProgress(0.5 + share / 2, 'simulating before and after') }))
    }
    return await decide(night, plan)
  } catch (error) {
    if (!(error instanceof GreenwaveError) || (error.code !== 'plan.refused' && error.code !== 'plan.infeasible')) throw error
    return { verdict: 'failed', sentence: `${period.id}: no plan could be made: ${error.message}.` }
  }
}

/** A draft that is better on enough of the last days; else why there is none. */
async function findBetter(night: PeriodNight, id: string, running: ReadonlyMap<SignalId, Pattern>): Promise<{ plan: PlanRecord } | { sentence: string }> {
  const { options, task, input, period, rules, signal, pool, reckoner } = night
  night.onProgress(0, 'planning')
  const request = streetNow(input, period, running)
  const { plan: planned, choice } = await (options.plan ?? planScenario)({
    ...request, scenario_name: `${task.network}@${input.network.version}`, corridor: task.corridor, period: period.id, options: {}, runs: 0, choose: true, choice_step_s: rules.screening_step_s, window_s: rules.window_s, pool, reckoner, signal,
    seed: seedOf(task.network, task.corridor, input.measured, period.id), version: options.version, inputs: { network: input.network.hash, measured: input.hash },
    onProgress: (share, label) => night.onProgress(share / 4, label),
  })
  const plan = aligned(input.graph, { ...planned, period: period.id }, running)
  const change = changeOf(input.graph, plan, running, rules)
  if (change.signals === 0) return { sentence: `${period.id}: what runs is what would be planned.` }
  // Few runs prove no gain; where they show none at all, the days would hardly.
  if (choice !== undefined && choice.chosen_s >= choice.running_s) return { sentence: `${period.id}: what runs stays; a new plan was no better in the runs that told its candidates apart.` }
  // As in the simulation that follows: what may go into the street without a person is asked of all days.
  const plainly = [...night.holds, ...listLeaps(change, rules)].length > 0
  const { gains, agreed } = await askDays(night, running, plan, plainly)
  const days = `${countAgreed(gains, rules.gain_share)} of ${gains.length} comparable days`
  if (!agreed) return { sentence: `${period.id}: what runs stays; a new plan was better by ${percent(rules.gain_share)} on ${days}.` }
  const reason = `Night of ${task.day}, ${input.day_type} ${period.id}: better by ${percent(rules.gain_share)} or more on ${days}${gains.length < Math.min(rules.agreeing.least, period.days.length) ? ', too plainly to ask more' : ''}; ${changeSentence(change)}.`
  return { plan: await options.workflow.draft({ id, network: task.network, network_version: input.network.version, document: plan, actor: SERVICE_ACTOR, reason }) }
}

const percent = (share: number): string => `${Math.round(1000 * share) / 10} %`

/** The network with what runs now as its timing and what was measured as its demand. */
function streetNow({ scenario }: NightInput, { id, start_s, end_s, demand }: NightPeriod, running: ReadonlyMap<SignalId, Pattern>) {
  const timing = { ...scenario.timing, plans: [{ id: 'now', patterns: [...running.values()] }], schedule: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 0, plan: 'now' }] }
  return { scenario: { ...scenario, demand, timing, scenario: { ...scenario.scenario, periods: [{ id, start_s, end_s }] } } }
}

const runningNow = ({ options: { store }, task, input, period }: PeriodNight): Promise<Map<SignalId, Pattern>> =>
  store.tx((stores) => patternsRunning(stores, task.network, input.scenario, input.day_type, period.start_s))

/** Newest first, until it is clear either way; gains as shares of the delay of now. */
async function askDays(night: PeriodNight, running: ReadonlyMap<SignalId, Pattern>, plan: PlanRecord['document'], plainly: boolean): Promise<{ gains: number[]; agreed: boolean }> {
  const { options, input: { scenario, graph, corridor }, period, rules, pool, signal, task } = night
  const gains: number[] = []
  for (const { day, demand } of period.days) {
    if (findAgreement(gains, period.days.length, rules, plainly) !== undefined) break
    night.onProgress(0.25 + (0.25 * gains.length) / period.days.length, `comparing on ${day}`)
    const { before_s, after_s } = await (options.compareDay ?? compareDay)({
      scenario, graph, corridor, period, demand, running, plan, seed: seedOf(task.network, task.corridor, day, period.id), window_s: rules.window_s, step_s: rules.screening_step_s, pool, signal,
    })
    gains.push(gainOfDay(before_s, after_s))
  }
  return { gains, agreed: findAgreement(gains, period.days.length, rules, plainly) === true }
}

/** Where the traffic stood still only with what runs, all is gained; where it did with the plan too, nothing. */
const gainOfDay = (before_s: number, after_s: number): number => (after_s === Infinity ? -Infinity : before_s === Infinity ? 1 : before_s > 0 ? 1 - after_s / before_s : 0)

/** What was decided before stands; else by the rules. */
async function decide(night: PeriodNight, plan: PlanRecord): Promise<PeriodOutcome> {
  const { options: { workflow }, period, rules, input } = night
  const evaluation = plan.evaluation
  if (evaluation === undefined) return { verdict: 'kept', sentence: `${period.id}: the plan was taken back before it was simulated.` }
  const gain = gainOf(evaluation, rules)
  const told = `${plan.reason} ${gain.sentence}`
  const gridlock = findGridlock(evaluation.before, evaluation.after)
  if (!gain.enough || gridlock !== undefined || plan.stage === 'retired') {
    if (plan.stage === 'checked' || plan.stage === 'simulated') await workflow.retire({ plan: plan.id, expected: plan.version, actor: SERVICE_ACTOR, reason: `The night of ${night.task.day} found too little gain.` })
    return { verdict: 'kept', sentence: `${told} What runs stays: ${gridlock ?? `that is less than ${percent(rules.gain_share)}, or than two standard errors`}.` }
  }
  if (RUNNABLE.has(plan.stage)) return { verdict: 'deployed', plan: plan.id, sentence: told }
  let approved = plan
  if (plan.stage === 'simulated') {
    const holds = [...await listChangeHolds(night, plan), ...listVictims(input, evaluation, rules)]
    if (holds.length === 0 && evaluation.runs < rules.runs) holds.push(`the simulation ended after ${evaluation.runs} of ${rules.runs} seeds`)
    if (holds.length === 0) {
      const outcome = await approve(night, plan)
      if (typeof outcome === 'string') holds.push(outcome)
      else approved = outcome
    }
    if (holds.length > 0) return { verdict: 'proposed', plan: plan.id, sentence: `${told} A person must decide: ${holds.join('; ')}.` }
  } else if (!(await isOurs(night, plan))) return { verdict: 'proposed', plan: plan.id, sentence: told }
  try {
    await workflow.schedule({ plan: approved.id, expected: approved.version, actor: SERVICE_ACTOR, slots: period.slots })
  } catch (error) {
    if (!(error instanceof GreenwaveError) || (error.code !== 'plan.refused' && error.code !== 'plan.stage')) throw error
    return { verdict: 'proposed', plan: plan.id, sentence: `${told} It could not be scheduled: ${error.message}.` }
  }
  return { verdict: 'deployed', plan: plan.id, sentence: told }
}

/** Why a person must decide, whatever the simulation says. */
const listChangeHolds = async (night: PeriodNight, plan: PlanRecord): Promise<string[]> =>
  [...night.holds, ...listLeaps(changeOf(night.input.graph, plan.document, await runningNow(night), night.rules), night.rules)]

/** The plan approved, or why not. */
async function approve({ options: { workflow } }: PeriodNight, plan: PlanRecord): Promise<PlanRecord | string> {
  try {
    return await workflow.approveByStanding({ plan: plan.id, expected: plan.version })
  } catch (error) {
    if (!(error instanceof GreenwaveError) || (error.code !== 'plan.refused' && error.code !== 'request.forbidden')) throw error
    return error.message
  }
}

/** Approved in the name of a standing approval; what a person approved, a person schedules. */
async function isOurs({ options: { store } }: PeriodNight, plan: PlanRecord): Promise<boolean> {
  const approval = (await listEvidence(store, plan.id)).findLast(({ action }) => action === 'plan.approve')
  return (approval?.detail as Partial<ApprovalDetail> | undefined)?.standing !== undefined
}

/** Of the whole corridor, before any period is looked at. */
export const listCorridorHolds = (input: NightInput, rules: NightRules): string[] => [
  ...(input.day_type === 'holiday' ? ['plans of holidays are looked at by people'] : []), ...listUnsure(input, rules),
]
