// simulate: what a plan does to the street, with confidence intervals; paired when a baseline is given.
import { readPlan, readScenario } from '../../adapters/formats/scenario/read.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import type { Evaluation, MeanCi, PairedDifference } from '../../model/evaluation.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { controlStreet, CONTROL_MODES } from '../../plans/control.ts'
import { compileStreet, getCorridor, withPlan } from '../../plans/street.ts'
import { beforeAfterTable } from '../../reports/text-table.ts'
import { compare, simulatePlans, type PlanToSimulate } from '../../simulation/batch/index.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { onlyPositional, type Command, type CommandContext } from '../arguments.ts'
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
    model: { type: 'string', value: 'idm|krauss', help: 'car following (default idm)' },
    step: { type: 'string', value: 's', help: 'length of a step, s (default 0.5)' },
    control: { type: 'string', value: 'street|fixed|actuated|coordinated', help: 'how signals run (default street: as the scenario says, else fixed)' },
    growth: { type: 'string', value: 'x', help: 'factor on the demand (default 1)' },
  },
  run,
}

const RUNNING = 'running'

async function run(context: CommandContext): Promise<void> {
  const { options, out, err, signal } = context
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
  const compiled = async (path: string): Promise<PlanToSimulate> => {
    const patterns = path === RUNNING ? running : withPlan(graph, running, await readPlan(path))
    return { id: path, compiled: compileStreet(graph, patterns), control: controlStreet(graph, patterns, scenario.timing, mode) }
  }
  const plans = [await compiled(chosen)]
  const baseline = options.findText('baseline')
  if (baseline !== undefined) plans.push({ ...(await compiled(baseline)), id: 'baseline' })
  const progress = startProgress(err, options.flag('quiet'))
  let simulated: Awaited<ReturnType<typeof simulatePlans>>
  try {
    simulated = await simulatePlans({
      graph, demand: scenario.demand, plans, period, corridor, signal, trajectories: false,
      seeds: seedsFrom(options, 10),
      model: options.choice('model', ['idm', 'krauss'], 'idm'),
      step_s: options.number('step', 0.5, { least: 0.1, most: 1 }),
      growth: options.number('growth', 1, { least: 0.01, most: 10 }),
      onProgress: (done, total) => progress.report(done / total, 'simulating'),
    })
  } finally {
    progress.stop()
  }
  const [first, second] = simulated.plans.map(({ evaluation }) => evaluation)
  if (first === undefined) return
  const differences = second === undefined ? undefined : compare(second, first)
  if (options.flag('json')) {
    out.write(`${JSON.stringify({ ...first, ...(second === undefined ? {} : { baseline: second, differences }), assumptions: simulated.window.assumptions })}\n`)
    return
  }
  out.write(describe(first, corridor?.corridor.name ?? ''))
  if (differences !== undefined) out.write(`\n${table(differences, context)}`)
}

const table = (differences: PairedDifference[], { out }: CommandContext): string => beforeAfterTable(differences, terminalOf(out))

const value = ({ mean, ci95 }: MeanCi, digits = 1): string => `${mean.toFixed(digits)}${ci95 === null ? '' : ` ± ${ci95.toFixed(digits)}`}`

function describe(evaluation: Evaluation, corridor: string): string {
  const lines = [
    `${evaluation.runs} runs, ${evaluation.gridlocked_runs} gridlocked, ${(100 * evaluation.completed_share).toFixed(1)} % of the vehicles arrived`,
    `all vehicles: travel time ${value(evaluation.travel_time_s)} s, delay ${value(evaluation.delay_s)} s, stops ${value(evaluation.stops, 2)}`,
  ]
  for (const direction of ['outbound', 'inbound'] as const) {
    const measures = evaluation.corridor[direction]
    if (measures.vehicles === 0) continue
    lines.push(`${corridor} ${direction}: travel time ${value(measures.travel_time_s)} s, delay ${value(measures.delay_s)} s, stops ${value(measures.stops, 2)}, at most one stop ${(100 * measures.share_at_most_one_stop.mean).toFixed(0)} %`)
  }
  return `${lines.join('\n')}\n`
}
