// plan: the main job. Cycle, splits, sequences and offsets of one corridor, checked, simulated against the plan now running.
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { evaluationSummary, LEAST_POLISH_RUNS, planScenario, type PlanOutcome, type Polished, type RobustPlan } from '../../plans/index.ts'
import { headline, warnings } from '../../reports/headline.ts'
import type { PlanReportInput } from '../../reports/plan-report.ts'
import { beforeAfterTable } from '../../reports/text-table.ts'
import { onlyPositional, type Command, type CommandContext, type OptionSpec } from '../arguments.ts'
import { frontTable } from '../front-table.ts'
import { reportInput, writePlanFiles } from '../plan-files.ts'
import { startProgress } from '../progress.ts'
import { seedFrom, terminalOf } from '../terminal.ts'
import { VERSION } from '../version.ts'

export const PLAN_OPTIONS: Record<string, OptionSpec> = {
  corridor: { type: 'string', value: 'id', help: 'corridor of the scenario (default: the first)' },
  network: { type: 'boolean', help: 'all coordinated signals together, for least delay and stops; with --objective band the widest bands of all corridors' },
  period: { type: 'string', value: 'id', help: 'period id, HH:MM or HH:MM-HH:MM (default: the busiest)' },
  objective: { type: 'string', value: 'auto|band|multiband|delay|paths', help: 'auto simulates several plans and takes the best (default); multiband: a band of its own on every link; paths: bands for the paths that people take' },
  cycle: { type: 'string', value: '60:140', help: 'cycle lengths to try, s; 20:140 with --network' },
  weight: { type: 'string', value: 'equal|volume|x', help: 'how much an outbound second counts against an inbound one' },
  saturation: { type: 'string', value: '0.9', help: 'degree of saturation that nobody is pushed above' },
  seeds: { type: 'string', value: 'n', help: 'runs of the comparison (default 5; 0 = do not simulate)' },
  polish: { type: 'string', value: 'runs', help: 'small changes tried in that many runs of the simulation; what stays is better on fresh seeds (for instance 120; default: none)' },
  front: { type: 'boolean', help: 'also the plans that weigh bands, delay, stops, side streets, pedestrians and fuel differently, none beaten in all; front.json' },
  robust: { type: 'boolean', help: 'choose over samples of volumes and speeds instead of their means, then least change from what runs' },
  solver: { type: 'string', value: 'exact|highs|jslp', help: 'highs and jslp solve the bands again and must agree' },
  why: { type: 'boolean', help: 'also say why this cycle, what stands in the way, and what one second or 2 km/h more would give' },
  units: { type: 'string', value: 'metric|us', help: 'of the report' },
  out: { type: 'string', value: 'folder', help: 'where plan.json, report.html and plan.csv go (default: out/<scenario>)' },
}

export const command: Command = {
  name: 'plan',
  positionals: '<scenario>',
  summary: 'the coordinated plan of a corridor or a network, proven and simulated',
  options: PLAN_OPTIONS,
  run: (context) => runPlan(context, onlyPositional(context, 'the scenario folder')),
}

export async function runPlan(context: CommandContext, folder: string): Promise<void> {
  const { options, out, err } = context
  // Words that are wrong are said before the work, not after it.
  const solver = options.choice('solver', ['exact', 'highs', 'jslp'], 'exact')
  const units = options.choice('units', ['metric', 'us'], 'metric')
  const network = options.flag('network')
  const networkBands = network && options.findText('objective') === 'band'
  const corridorOnly = network ? ['corridor', ...(networkBands ? ['cycle', 'saturation', 'polish'] : ['objective']), 'weight', 'solver', 'units'].find((name) => options.findText(name) !== undefined) ?? ['why', 'front', 'robust'].find((name) => options.flag(name)) : undefined
  if (corridorOnly !== undefined) throw new GreenwaveError('usage', networkBands
    ? `--${corridorOnly} is not for --network --objective band, which keeps cycles and splits and widens the bands of all corridors`
    : `--${corridorOnly} is for the plan of a corridor; --network plans all signals together for least delay and stops`)
  const { scenario, hashes } = await readScenario(folder)
  if (network) {
    const command = { context, folder, scenario, hashes, out: options.findText('out') ?? `${defaultOut(folder)}-network` }
    if (networkBands) return (await import('../network-bands.ts')).runNetworkBands(command)
    return (await import('../network-plan.ts')).runNetworkPlan(command)
  }
  const progress = startProgress(err, options.flag('quiet'))
  let outcome: PlanOutcome
  try {
    outcome = await planScenario({
      scenario, scenario_name: folder, version: VERSION, inputs: hashes, signal: context.signal, onProgress: progress.report,
      seed: seedFrom(options), runs: options.number('seeds', 5, { least: 0, most: 1000, whole: true }),
      options: planOptions(context), why: options.flag('why'), polish_runs: polishRuns(context), front: options.flag('front'), robust: options.flag('robust'),
      ...optional('corridor', options.findText('corridor')), ...optional('period', options.findText('period')),
    })
    if (solver !== 'exact') await crossCheck(outcome, solver)
  } finally {
    progress.stop()
  }
  const report = reportInput(outcome, scenario, units)
  const files = await writePlanFiles(options.findText('out') ?? defaultOut(folder), report, outcome.front)
  out.write(options.flag('json') ? `${JSON.stringify(planJson(outcome, files))}\n` : describe(report, files, context, outcome))
}

const optional = <K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> => (value === undefined ? {} : { [key]: value } as Record<K, string>)

/** 0 = none. */
export const polishRuns = ({ options }: CommandContext): number => options.number('polish', 0, { least: LEAST_POLISH_RUNS, most: 100_000, whole: true })

function planOptions({ options }: CommandContext): Parameters<typeof planScenario>[0]['options'] {
  const cycle = options.findText('cycle') === undefined ? undefined : options.range('cycle', [60, 140], { least: 20, most: 300 })
  const weight = options.findText('weight')
  if (weight !== undefined && weight !== 'equal' && weight !== 'volume' && !(Number(weight) > 0 && Number.isFinite(Number(weight)))) {
    throw new GreenwaveError('usage', `--weight is "${weight}"; it must be equal, volume or a positive number`)
  }
  return {
    objective: options.choice('objective', ['auto', 'band', 'multiband', 'delay', 'paths'], 'auto'),
    target_saturation: options.number('saturation', 0.9, { least: 0.3, most: 1 }),
    ...(cycle === undefined ? {} : { cycle_min_s: cycle[0], cycle_max_s: cycle[1] }),
    ...(weight === undefined ? {} : { direction_weight: weight === 'equal' || weight === 'volume' ? weight : Number(weight) }),
  }
}

const defaultOut = (folder: string): string => `out/${folder.replace(/[\\/]+$/, '').split(/[\\/]/).at(-1) ?? 'plan'}`

/** A second opinion on the bands; disagreement is an error, not a note. */
async function crossCheck(outcome: PlanOutcome, solver: 'highs' | 'jslp'): Promise<void> {
  const { confirmBands } = await import('../../plans/confirm-bands.ts')
  await confirmBands(outcome, solver)
}

/** The document that `--json` prints; its keys are promises. */
function planJson(outcome: PlanOutcome, files: Record<string, string>): Record<string, unknown> {
  const { plan, simulation } = outcome
  const { objective, value, bound, gap, proven } = plan.certificate
  return {
    corridor: plan.corridor, period: plan.period, cycle_s: plan.cycle_s,
    objective: { kind: objective, value, bound, gap, proven, plan: plan.provenance.objective },
    bands: plan.bands.map(({ direction, width_s, width_cycle, limited_by }) => ({ direction, width_s, width_cycle, limited_by })),
    checked: { width_s: plan.bands.map(({ width_s }) => width_s) },
    ...(simulation === undefined ? {} : {
      before: evaluationSummary(simulation.before.evaluation), after: evaluationSummary(simulation.after.evaluation), differences: simulation.differences,
    }),
    ...(outcome.front === undefined ? {} : { front: outcome.front }),
    ...(outcome.robust === undefined ? {} : { robust: robustJson(outcome.robust) }),
    ...(outcome.polish === undefined ? {} : { polish: polishJson(outcome.polish) }),
    ...(plan.link_bands === undefined ? {} : { link_bands: plan.link_bands }),
    ...(plan.paths === undefined ? {} : { paths: plan.paths }),
    losers: plan.losers, notes: outcome.notes, ...(plan.insight === undefined ? {} : { why: plan.insight }), files, cpu_s: outcome.cpu_s,
  }
}

const robustJson = ({ patterns: _patterns, ...said }: RobustPlan): Omit<RobustPlan, 'patterns'> => said

const polishJson = ({ patterns: _patterns, ...said }: Polished): Omit<Polished, 'patterns'> => said

const MOST_LOSERS = 8

function describe(input: PlanReportInput, files: Record<string, string>, context: CommandContext, { polish, robust, front }: Pick<PlanOutcome, 'polish' | 'robust' | 'front'>): string {
  const { plan, simulation } = input
  const lines = [`${input.corridor_name}, ${input.period_name}`, '', headline(input), ...warnings(input), '']
  if (simulation !== undefined) lines.push(beforeAfterTable(simulation.differences, terminalOf(context.out)))
  lines.push(plan.certificate.sentence, '')
  if (robust !== undefined) lines.push(...robust.sentences, '')
  if (polish !== undefined) lines.push(polish.sentence, '')
  lines.push(`cycle ${plan.cycle_s} s; offsets ${plan.intersections.map(({ id, name, offset_s }) => `${name ?? id} ${offset_s} s`).join(', ')} (${plan.intersections[0]?.offset_reference.replaceAll('_', ' ') ?? ''})`)
  const parts = plan.link_bands ?? plan.paths
  if (plan.insight !== undefined) lines.push('', 'why (seconds of the figure proven, if offsets could take any fraction of a second):', ...plan.insight.sentences.map((sentence) => `  ${sentence}`))
  if (parts !== undefined) lines.push('', ...parts.sentences)
  if (front !== undefined) lines.push('', frontTable(front, terminalOf(context.out)))
  if (plan.losers.length > 0) {
    lines.push('', `who loses (${plan.losers.length}):`, ...plan.losers.slice(0, MOST_LOSERS).map(({ sentence }) => `  ${sentence}`))
    if (plan.losers.length > MOST_LOSERS) lines.push('  … all of them are in the report')
  }
  lines.push('', ...Object.entries(files).map(([name, path]) => `${name.padEnd(7)} ${path}`))
  return `${lines.join('\n')}\n`
}
