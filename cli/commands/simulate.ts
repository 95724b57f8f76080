// simulate: what a plan does to the street, with confidence intervals; paired when a baseline is given.
import { readPlan, readScenario } from '../../adapters/formats/scenario/read.ts'
import type { ControlType } from '../../model/control.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Evaluation, MeanCi, PairedDifference } from '../../model/evaluation.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { formatTimeOfDay, type TimeOfDay } from '../../model/units.ts'
import { controlStreet, CONTROL_MODES, listPlanChanges } from '../../plans/control.ts'
import { compileStreet, getCorridor, withPlan } from '../../plans/street.ts'
import { beforeAfterTable } from '../../reports/text-table.ts'
import { compare, DEFAULT_RULE, simulatePlans, SimulationPool, type Decision, type ExtraMeasures, type PlanToSimulate, type SimulatedPlans, type SimulatePlansOptions } from '../../simulation/batch/index.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { onlyPositional, type Command, type CommandContext } from '../arguments.ts'
import { OBSERVATION_OPTIONS, observationFrom, writeObservations, type ObservationFiles } from '../observe-run.ts'
import { startProgress } from '../progress.ts'
import { seedsFrom, terminalOf } from '../terminal.ts'

export const command: Command = {
  name: 'simulate',
  positionals: '<scenario>',
  summary: 'what a plan, or the plan now running, does to the street',
  options: {
    plan: { type: 'string', value: 'f', help: 'the plan; without it the plan now running' },
    baseline: { type: 'string', value: 'f|running', help: 'a second plan, run with the same seeds; differences are paired' },
    corridor: { type: 'string', value: 'id', help: 'corridor to measure (default: the first)' },
    period: { type: 'string', value: 'id', help: 'period id, HH:MM or HH:MM-HH:MM (default: the busiest)' },
    seeds: { type: 'string', value: 'n', help: 'number of runs (default 10)' },
    model: { type: 'string', value: 'idm|krauss', help: 'car following (default: as the scenario says, else idm)' },
    driving: { type: 'string', value: 'field|sumo', help: 'by which rules drivers drive (default: as the scenario says, else field)' },
    step: { type: 'string', value: 's', help: 'length of a step, s (default 0.5)' },
    control: { type: 'string', value: 'street|fixed|actuated|coordinated', help: 'how signals run (default street: as the scenario says, else fixed)' },
    growth: { type: 'string', value: 'x', help: 'factor on the demand (default 1)' },
    workers: { type: 'string', value: 'n', help: 'threads that run simulations (default: one per core)' },
    stratified: { type: 'boolean', help: 'share the random draws out evenly over the seeds: means scatter less' },
    'until-decided': { type: 'boolean', help: 'stop as soon as plan and baseline are told apart; --seeds is the most (default 30)' },
    threshold: { type: 'string', value: 's', help: 'difference in delay that matters to nobody, s per vehicle (default 1)' },
    measures: { type: 'string', value: 'control-delay,fuel', help: 'also control delay (one reference run per seed more), fuel and CO2 (fuel or fuel-hbefa3)' },
    ...OBSERVATION_OPTIONS,
  },
  run,
}

const RUNNING = 'running'
const PLAN = 'plan'
const BASELINE = 'baseline'

/** What was asked for, without the scenario. Throws usage before anything is read. */
function settingsOf({ options, signal }: CommandContext): Omit<SimulatePlansOptions, 'graph' | 'model' | 'demand' | 'plans' | 'period'> & { workers: number | undefined } {
  const untilDecided = options.flag('until-decided')
  if (untilDecided && options.findText('baseline') === undefined) throw new GreenwaveError('usage', '--until-decided compares two plans: --baseline is missing')
  const threshold = options.number('threshold', DEFAULT_RULE.threshold, { least: 0, most: 1000 })
  return {
    signal, trajectories: false,
    seeds: seedsFrom(options, untilDecided ? DEFAULT_RULE.most_seeds : 10),
    step_s: options.number('step', 0.5, { least: 0.1, most: 1 }),
    growth: options.number('growth', 1, { least: 0.01, most: 10 }),
    stratified: options.flag('stratified'),
    measures: measuresFrom(options),
    workers: options.findText('workers') === undefined ? undefined : options.number('workers', 1, { least: 1, most: 256, whole: true }),
    ...(untilDecided ? { until_decided: { before: BASELINE, after: PLAN, rule: { threshold } } } : {}),
  }
}

/** The words of `--measures`. Throws usage for a word that is none. */
function measuresFrom(options: CommandContext['options']): ExtraMeasures {
  const words = (options.findText('measures') ?? '').split(',').filter((word) => word !== '')
  const wrong = words.find((word) => !['control-delay', 'fuel', 'fuel-hbefa3'].includes(word))
  if (wrong !== undefined) throw new GreenwaveError('usage', `--measures names "${wrong}"; it knows control-delay, fuel and fuel-hbefa3`)
  return {
    control_delay: words.includes('control-delay'),
    ...(words.includes('fuel') ? { fuel: 'circles' as const } : words.includes('fuel-hbefa3') ? { fuel: 'hbefa3' as const } : {}),
  }
}

async function run(context: CommandContext): Promise<void> {
  const { options, out, err } = context
  const { workers, ...settings } = settingsOf(context)
  const observation = observationFrom(options)
  const { scenario } = await readScenario(onlyPositional(context, 'the scenario folder'))
  const graph = new RoadGraph(scenario.network)
  const named = options.findText('corridor')
  // A single intersection has no corridor and can be simulated all the same.
  const corridor = named === undefined && scenario.scenario.corridors.length === 0 ? undefined : resolveCorridor(graph, getCorridor(scenario.scenario, named))
  const chosen = options.findText('plan') ?? RUNNING
  const plan = chosen === RUNNING ? undefined : await readPlan(chosen)
  // A plan is judged in the period that it was made for, unless another one is asked for.
  const period = resolvePeriod(scenario, options.findText('period') ?? plan?.period)
  const running = runningPatterns(scenario.timing, period.start_s)
  const mode = options.choice('control', CONTROL_MODES, 'street')
  const model = options.choice('model', ['idm', 'krauss'], scenario.scenario.car_following ?? 'idm')
  const rules = options.choice('driving', ['field', 'sumo'], scenario.scenario.driving ?? 'field')
  const compiled = async (id: string, path: string): Promise<PlanToSimulate> => {
    const laid = path === RUNNING ? undefined : await readPlan(path)
    const patterns = laid === undefined ? running : withPlan(graph, running, laid)
    // A new plan is for the whole period; the signals around it go by the schedule.
    const keep = new Set(laid?.intersections.map(({ signal }) => signal))
    return {
      id, compiled: compileStreet(graph, patterns), control: controlStreet(graph, patterns, scenario.timing, mode),
      plan_changes: listPlanChanges(graph, scenario.timing, patterns, period, mode, keep),
    }
  }
  const plans = [await compiled(PLAN, chosen)]
  const baseline = options.findText('baseline')
  if (baseline !== undefined) plans.push(await compiled(BASELINE, baseline))
  const pool = new SimulationPool(workers)
  const progress = startProgress(err, options.flag('quiet'))
  try {
    const simulated = await simulatePlans({
      ...settings, model, rules, graph, demand: scenario.demand, plans, period, corridor, pool,
      onProgress: (done, total) => progress.report(done / total, 'simulating'),
    })
    progress.report(1, observation === undefined ? 'simulated' : 'observing')
    const observations = observation === undefined ? undefined : await writeObservations(observation.folder, {
      ...observation, scenario, graph, plan: plans[0]!, period, window: simulated.window, seed: settings.seeds![0]!, model, rules, step_s: settings.step_s!, growth: settings.growth!,
    }, settings.signal)
    progress.stop()
    out.write(options.flag('json') ? asJson(simulated, observations, plans[0]!) : asText(simulated, corridor?.corridor.name ?? '', context, observations, plans[0]!))
  } finally {
    progress.stop()
    await pool.close()
  }
}

/** How many signals ran which way. */
function countControl({ compiled, control = [] }: PlanToSimulate): Record<ControlType, number> {
  const of = (type: ControlType): number => control.filter((one) => one.type === type).length
  return { fixed: compiled.length - of('actuated') - of('coordinated'), actuated: of('actuated'), coordinated: of('coordinated') }
}

/** When the schedule switched plans, and how many signals went along. */
const listChanges = ({ plan_changes = [] }: PlanToSimulate): { time_s: TimeOfDay; signals: number }[] =>
  plan_changes.map(({ time_s, signals }) => ({ time_s, signals: signals.length }))

function asJson({ plans: [plan, baseline], decision, window }: SimulatedPlans, observations: ObservationFiles | undefined, simulatedPlan: PlanToSimulate): string {
  const differences = baseline === undefined ? {} : { baseline: baseline.evaluation, differences: compare(baseline.evaluation, plan!.evaluation) }
  return `${JSON.stringify({ ...plan!.evaluation, ...differences, ...(decision === undefined ? {} : { decision }), ...(observations === undefined ? {} : { observations }), control: countControl(simulatedPlan), plan_changes: listChanges(simulatedPlan), assumptions: window.assumptions })}\n`
}

function asText({ plans: [plan, baseline], decision }: SimulatedPlans, corridor: string, context: CommandContext, observations: ObservationFiles | undefined, simulatedPlan: PlanToSimulate): string {
  const parts = [describe(plan!.evaluation, corridor)]
  const changes = listChanges(simulatedPlan)
  if (changes.length > 0) parts.push(changes.map(({ time_s, signals }) => `${formatTimeOfDay(time_s)}: the schedule switches ${signals} signals to another plan\n`).join(''))
  if (baseline !== undefined) parts.push(table(compare(baseline.evaluation, plan!.evaluation), context))
  if (decision !== undefined) parts.push(`${decisionSentence(decision)}\n`)
  if (observations !== undefined) parts.push(Object.values(observations).map(({ path, rows }) => `${path}: ${rows} rows\n`).join(''))
  return parts.join('\n')
}

const table = (differences: PairedDifference[], { out }: CommandContext): string => beforeAfterTable(differences, terminalOf(out))

const value = ({ mean, ci95 }: MeanCi, digits = 1): string => `${mean.toFixed(digits)}${ci95 === null ? '' : ` ± ${ci95.toFixed(digits)}`}`

function describe(evaluation: Evaluation, corridor: string): string {
  const lines = [
    `${evaluation.runs} runs, ${evaluation.gridlocked_runs} gridlocked, ${(100 * evaluation.completed_share).toFixed(1)} % of the vehicles arrived`,
    `all vehicles: travel time ${value(evaluation.travel_time_s)} s, delay ${value(evaluation.delay_s)} s, stops ${value(evaluation.stops, 2)}`,
  ]
  lines.push(...besides(evaluation))
  for (const direction of ['outbound', 'inbound'] as const) {
    const measures = evaluation.corridor[direction]
    if (measures.vehicles === 0) continue
    lines.push(`${corridor} ${direction}: travel time ${value(measures.travel_time_s)} s, delay ${value(measures.delay_s)} s, stops ${value(measures.stops, 2)}, at most one stop ${(100 * measures.share_at_most_one_stop.mean).toFixed(0)} %`)
  }
  return `${lines.join('\n')}\n`
}

/** What was measured besides travel time, delay and stops. */
function besides({ control_delay_s, arrivals_on_green, split_failure_share, fuel_g, co2_g }: Evaluation): string[] {
  const share = ({ mean, ci95 }: MeanCi): string => `${value({ mean: 100 * mean, ci95: ci95 === null ? null : 100 * ci95 })} %`
  const parts = [
    ...(control_delay_s === undefined ? [] : [`control delay ${value(control_delay_s)} s`]),
    ...(arrivals_on_green === undefined ? [] : [`arrivals on green ${share(arrivals_on_green)}`]),
    ...(split_failure_share === undefined ? [] : [`split failures ${share(split_failure_share)} of greens`]),
    ...(fuel_g === undefined || co2_g === undefined ? [] : [`fuel ${value(fuel_g)} g, CO2 ${value(co2_g)} g per vehicle`]),
  ]
  return parts.length === 0 ? [] : [`at signals: ${parts.join(', ')}`]
}

const VERDICTS = { 'better': 'the plan is better', 'no-worse': 'the plan is no worse', 'worse': 'the plan is worse', 'undecided': 'undecided' } as const

const decisionSentence = ({ verdict, seeds, difference, half_width, rule }: Decision): string =>
  `after ${seeds} of at most ${rule.most_seeds} seeds: ${VERDICTS[verdict]}; delay and the wait to enter ${difference > 0 ? '+' : ''}${difference.toFixed(2)} ± ${half_width.toFixed(2)} s per vehicle `
  + `(wrong in at most ${(100 * rule.alpha).toFixed(0)} % of such tests; up to ${rule.threshold} s matter to nobody)`
