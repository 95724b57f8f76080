// The work behind the jobs of the API. Register before the queue starts, in every process that works.
import { resolveCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { corridorEffect, diagnoseDay } from '../../plans/diagnosis/index.ts'
import { NightInputs, type NightOptions, NightThreads, replanCorridor } from '../../plans/nightly/index.ts'
import { compileStreet, driversOf, getCorridor, planScenario, withPlan } from '../../plans/index.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { JobQueue, JobWork } from '../../plans/ports/jobs.ts'
import type { Store } from '../../plans/ports/store.ts'
import { openReckoner } from '../../plans/reckoning/reckoner.ts'
import { dayTypeOf, type PlanWorkflow } from '../../plans/workflow/index.ts'
import { compare, simulatePlans } from '../../simulation/batch/index.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { KnownSettings } from '../known-settings.ts'
import type { JobInputs } from './inputs.ts'

export interface JobOptions {
  store: Store
  workflow: PlanWorkflow
  clock: Clock
  /** Of greenwave, for the provenance of plans. */
  version: string
  /** Jobs of each kind that one process does at once: a simulation takes every core by itself. */
  at_once?: number
  /** Rules and periods of nights; the usual ones where absent. */
  nights?: Pick<NightOptions, 'rules' | 'periods'>
}

/** The newest days that have a state: a change of a year ago is not asked about. */
const EFFECT_DAYS = 400

type Context = Parameters<JobWork>[1]

export function handleJobs(queue: JobQueue, options: JobOptions): void {
  const at_once = options.at_once ?? 1
  const handle = <K extends keyof JobInputs>(kind: K, work: (options: JobOptions, input: JobInputs[K], context: Context) => Promise<unknown>): void =>
    queue.handle(kind, (input, context) => work(options, input as JobInputs[K], context), { at_once })
  handle('plan.draft', draft)
  handle('plan.simulate', simulatePlan)
  handle('simulation', simulation)
  handle('evaluation', evaluation)
  const inputs = new NightInputs()
  const threads = new NightThreads()
  const settings = new KnownSettings(options.store, { published: false })
  handle('effect', async ({ store }, input, { report, signal }) => {
    const calendar = await settings.network(input.network)
    const { network, version: _version, ...asked } = input
    return corridorEffect({
      ...asked, scenario: await scenarioOf(store, input), days: await store.states.days(network, EFFECT_DAYS), state: (day) => store.states.day(network, day), kindOf: (day) => dayTypeOf(calendar, day),
      onProgress: (share) => report(share, 'reading days'), signal,
    })
  })
  handle('night', ({ store, workflow, clock, version, nights }, task, context) => replanCorridor({ store, workflow, clock, version, inputs, threads, calendarOf: (network) => settings.network(network), ...nights }, task, context))
  handle('diagnosis', ({ store, clock }, task, context) => diagnoseDay({ store, clock, calendarOf: (network) => settings.network(network) }, task, context))
}

async function draft({ store, workflow, version }: JobOptions, input: JobInputs['plan.draft'], { report, signal }: Context): Promise<unknown> {
  const before = await store.plans.get(input.plan)
  // Done before by somebody who could not say so.
  if (before !== undefined) return { plan: before.id }
  const scenario = await scenarioOf(store, input)
  const { hash } = (await store.networks.get(input.network))!
  const { objective, cycle_min_s, cycle_max_s, runs, seed, why = false } = input
  const reckoner = openReckoner(scenario.network)
  const { plan, notes } = await planScenario({
    scenario, reckoner, scenario_name: `${input.network}@${input.version}`, corridor: input.corridor, period: input.period, runs, choose: true, why, seed, version, inputs: { network: hash }, signal, onProgress: report,
    options: { objective, ...(cycle_min_s === undefined ? {} : { cycle_min_s }), ...(cycle_max_s === undefined ? {} : { cycle_max_s }) },
  }).finally(() => reckoner.close())
  const drafted = await workflow.draft({ id: input.plan, network: input.network, network_version: input.version, document: plan, actor: input.actor, reason: input.reason })
  return { plan: drafted.id, notes }
}

async function simulatePlan({ store, workflow }: JobOptions, input: JobInputs['plan.simulate'], { report, signal, attempt }: Context): Promise<unknown> {
  const before = await store.plans.get(input.plan)
  // An attempt that was cut off after its last step has done all there is to do.
  if (attempt > 1 && before?.version === input.expected + 1 && before.evaluation !== undefined) return { plan: before.id, version: before.version, passed: before.stage === 'simulated' }
  const { plan, passed, losers, over_limit, sentences } = await workflow.simulate({ ...input, signal, onProgress: (share) => report(share, 'simulating') })
  return { plan: plan.id, version: plan.version, passed, losers, over_limit, sentences, evaluation: plan.evaluation }
}

async function simulation({ store }: JobOptions, input: JobInputs['simulation'], context: Context): Promise<unknown> {
  const { plans: [one], assumptions } = await simulate(store, input, [input.plan], context)
  return { ...one!.evaluation, assumptions }
}

async function evaluation({ store }: JobOptions, input: JobInputs['evaluation'], context: Context): Promise<unknown> {
  const { plans: [before, after], assumptions } = await simulate(store, input, [input.baseline, input.plan], context)
  return { before: before!.evaluation, after: after!.evaluation, differences: compare(before!.evaluation, after!.evaluation), assumptions }
}

/** Plans by id, undefined for what runs in the street, all with the same vehicles. */
async function simulate(store: Store, input: JobInputs['simulation'], ids: readonly (string | undefined)[], { report, signal }: Context): ReturnType<typeof simulatePlans> {
  const scenario = await scenarioOf(store, input)
  const graph = new RoadGraph(scenario.network)
  const period = resolvePeriod(scenario, input.period)
  const running = runningPatterns(scenario.timing, period.start_s)
  const plans = await Promise.all(ids.map(async (id, i) => ({ id: String(i), compiled: compileStreet(graph, id === undefined ? running : withPlan(graph, running, (await planOf(store, id)).document)) })))
  return simulatePlans({
    graph, corridor: resolveCorridor(graph, getCorridor(scenario.scenario, input.corridor)), period, demand: scenario.demand, ...driversOf(scenario.scenario), trajectories: false,
    seeds: Array.from({ length: input.runs }, (_, i) => input.seed + i), plans, signal, onProgress: (done, total) => report(done / total, 'simulating'),
  })
}

async function scenarioOf(store: Store, { network, version }: { network: string; version: number }): Promise<Scenario> {
  const scenario = await store.networks.scenario(network, version)
  if (scenario === undefined) throw new GreenwaveError('request.unknown', `There is no network ${JSON.stringify(network)} with a version ${version}`)
  return scenario
}

async function planOf(store: Store, id: string) {
  const plan = await store.plans.get(id)
  if (plan === undefined) throw new GreenwaveError('request.unknown', `There is no plan ${JSON.stringify(id)}`)
  return plan
}
