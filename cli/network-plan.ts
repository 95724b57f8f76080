// plan --network: one plan for all coordinated signals of a scenario, written and told.
import { join } from 'node:path'
import { writeWhole } from '../adapters/formats/scenario/write.ts'
import type { Scenario } from '../model/scenario.ts'
import { evaluationSummary, planNetworkScenario, type NetworkPlanOutcome } from '../plans/index.ts'
import { networkReport } from '../reports/network-report.ts'
import { planCsv } from '../reports/plan-csv.ts'
import { beforeAfterTable } from '../reports/text-table.ts'
import type { CommandContext } from './arguments.ts'
import { polishRuns } from './commands/plan.ts'
import { startProgress } from './progress.ts'
import { seedFrom, terminalOf } from './terminal.ts'
import { VERSION } from './version.ts'

export interface NetworkCommand {
  context: CommandContext
  folder: string
  scenario: Scenario
  hashes: Record<string, string>
  out: string
}

/** Throws what planNetworkScenario throws. */
export async function runNetworkPlan({ context, folder, scenario, hashes, out }: NetworkCommand): Promise<void> {
  const { options } = context
  const cycle = options.findText('cycle') === undefined ? undefined : options.range('cycle', [30, 140], { least: 20, most: 300 })
  const period = options.findText('period')
  const progress = startProgress(context.err, options.flag('quiet'))
  let outcome: NetworkPlanOutcome
  try {
    outcome = await planNetworkScenario({
      scenario, scenario_name: folder, version: VERSION, inputs: hashes, signal: context.signal, onProgress: progress.report, seed: seedFrom(options),
      runs: options.number('seeds', 5, { least: 0, most: 1000, whole: true }), polish_runs: polishRuns(context), ...(period === undefined ? {} : { period }),
      options: { target_saturation: options.number('saturation', 0.9, { least: 0.3, most: 1 }), ...(cycle === undefined ? {} : { cycle_min_s: cycle[0], cycle_max_s: cycle[1] }) },
    })
  } finally {
    progress.stop()
  }
  const files = await write(out, outcome, scenario)
  context.out.write(options.flag('json') ? `${JSON.stringify(networkJson(outcome, files))}\n` : describe(outcome, files, context))
}

async function write(folder: string, { plan, graph, period, result, simulation, warnings }: NetworkPlanOutcome, scenario: Scenario): Promise<Record<string, string>> {
  const files = { plan: join(folder, 'plan.json'), report: join(folder, 'report.html'), csv: join(folder, 'plan.csv') }
  const street = new Map(result.before.compiled.map(({ signal, cycle_s, offset_s }) => [signal, { cycle_s, offset_s }]))
  await writeWhole(new Map([
    [files.plan, `${JSON.stringify(plan, null, 2)}\n`],
    [files.report, networkReport({
      scenario_name: scenario.scenario.name, period_name: period.name ?? period.id, plan, before: result.before.cost, after: result.after.cost, areas: result.areas, street, warnings,
      ...(simulation === undefined ? {} : { differences: simulation.differences }),
    })],
    [files.csv, planCsv(plan, graph.network.signals)],
  ]))
  return files
}

/** The document that `--json` prints; its keys are promises. */
function networkJson({ plan, result, simulation, notes, warnings, planning_cpu_s, cpu_s }: NetworkPlanOutcome, files: Record<string, string>): Record<string, unknown> {
  const { objective, value, bound, gap, proven } = plan.certificate
  return {
    network: true, period: plan.period, cycle_s: plan.cycle_s, signals: plan.intersections.length, kept: result.kept,
    objective: { kind: objective, value, bound, gap, proven, plan: plan.provenance.objective },
    model: { before: result.before.cost, after: result.after.cost },
    areas: result.areas, coverage: result.coverage, orders: ordersJson(result), cycles_tried_s: result.cycles_s,
    ...(simulation === undefined ? {} : {
      before: evaluationSummary(simulation.before.evaluation), after: evaluationSummary(simulation.after.evaluation), differences: simulation.differences,
    }),
    losers: plan.losers, notes, warnings, files, planning_cpu_s, cpu_s,
  }
}

function ordersJson({ orders: { street, ...orders } }: NetworkPlanOutcome['result']): Record<string, unknown> {
  return street === undefined ? orders : { ...orders, model_in_street_orders: street.cost }
}

const MOST_LOSERS = 8
const MOST_AREAS = 20
const tenths = (value: number): string => value.toFixed(1)

function describe({ plan, result, simulation, notes, warnings, planning_cpu_s }: NetworkPlanOutcome, files: Record<string, string>, context: CommandContext): string {
  const lines = [`${plan.intersections.length} signals planned as a network (${tenths(planning_cpu_s)} s CPU), ${result.kept.length} keep what they have`, '', plan.certificate.sentence, ...warnings.map((sentence) => `warning: ${sentence}`), '']
  if (simulation !== undefined) lines.push(beforeAfterTable(simulation.differences, terminalOf(context.out)))
  for (const { cycle_s, signals, halves, doubles, before, after } of result.areas.slice(0, MOST_AREAS)) {
    const other = [...(halves.length > 0 ? [`half: ${halves.join(', ')}`] : []), ...(doubles.length > 0 ? [`double: ${doubles.join(', ')}`] : [])].join('; ')
    lines.push(`cycle ${cycle_s} s, ${signals.length} signals, ${tenths(before)} to ${tenths(after)} vehicles waiting${other === '' ? '' : ` (${other})`}: ${signals.slice(0, 12).join(', ')}${signals.length > 12 ? ', …' : ''}`)
  }
  if (result.areas.length > MOST_AREAS) lines.push(`… ${result.areas.length - MOST_AREAS} more areas are in the report`)
  lines.push('', ...notes.slice(0, 3))
  if (plan.losers.length > 0) {
    lines.push('', `who loses (${plan.losers.length}):`, ...plan.losers.slice(0, MOST_LOSERS).map(({ sentence }) => `  ${sentence}`))
    if (plan.losers.length > MOST_LOSERS) lines.push('  … all of them are in plan.json')
  }
  lines.push('', ...Object.entries(files).map(([name, path]) => `${name.padEnd(7)} ${path}`))
  return `${lines.join('\n')}\n`
}
