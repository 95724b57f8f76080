// dynamic: a corridor under plans that follow the traffic of the last minutes, beside its best fixed schedule, max-pressure, and
// itself when its data is cut off; the same simulated vehicles and drivers for all.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { formatTimeOfDay } from '../../model/units.ts'
import { compareDynamic, type ComparedMode, type DynamicComparison } from '../../plans/dynamic/compare-dynamic.ts'
import { evaluationSummary } from '../../plans/plan-scenario.ts'
import { SimulationPool } from '../../simulation/batch/index.ts'
import { onlyPositional, type Command, type CommandContext } from '../arguments.ts'
import { startProgress } from '../progress.ts'
import { seedFrom } from '../terminal.ts'

export const command: Command = {
  name: 'dynamic',
  positionals: '<scenario>',
  summary: 'a corridor under plans that follow the traffic, beside its best schedule',
  options: {
    corridor: { type: 'string', value: 'id', help: 'corridor of the scenario (default: the first)' },
    period: { type: 'string', value: 'id', help: 'period id, HH:MM or HH:MM-HH:MM (default: the busiest)' },
    'planned-for': { type: 'string', value: 'id', help: 'the schedule is made for the traffic of this period (default: for the period itself, known beforehand)' },
    growth: { type: 'string', value: 'x', help: 'factor on the demand that is driven (default 1); the schedule is not made for it' },
    seeds: { type: 'string', value: 'n', help: 'runs of each mode (default 5)' },
    every: { type: 'string', value: '2', help: 'cycles between decisions' },
    'cut-off-at': { type: 'string', value: 's', help: 'also a run whose data ends so many seconds after measuring began, measured from then on' },
    'max-pressure': { type: 'boolean', help: 'also each signal by itself under max-pressure' },
    out: { type: 'string', value: 'folder', help: 'where dynamic.json with every decision goes (default: nowhere)' },
  },
  run: (context) => runCommand(context, onlyPositional(context, 'the scenario folder')),
}

async function runCommand(context: CommandContext, folder: string): Promise<void> {
  const { options, out, err, signal } = context
  const [corridor, period, planned_for] = ['corridor', 'period', 'planned-for'].map((name) => options.findText(name))
  const cut_off_after_s = options.findText('cut-off-at') === undefined ? undefined : options.number('cut-off-at', 900, { least: 0, most: 3000 })
  const request = {
    runs: options.number('seeds', 5, { least: 1, most: 1000, whole: true }), every_cycles: options.number('every', 2, { least: 1, most: 20, whole: true }),
    growth: options.number('growth', 1, { least: 0.1, most: 10 }),
    seed: seedFrom(options), max_pressure: options.flag('max-pressure'),
    ...(corridor === undefined ? {} : { corridor }), ...(period === undefined ? {} : { period }), ...(planned_for === undefined ? {} : { planned_for }),
    ...(cut_off_after_s === undefined ? {} : { cut_off_after_s }),
  }
  const { scenario } = await readScenario(folder)
  const progress = startProgress(err, options.flag('quiet'))
  const pool = new SimulationPool()
  let found: DynamicComparison
  try {
    found = await compareDynamic({ ...request, scenario, pool, signal, onProgress: progress.report })
  } finally {
    progress.stop()
    await pool.close()
  }
  const files = await write(options.findText('out'), found)
  out.write(options.flag('json') ? `${JSON.stringify({ ...documentOf(found), files })}\n` : `${[...describe(found), ...files].join('\n')}\n`)
}

/** What `--json` and dynamic.json say; the keys are promises. */
function documentOf({ corridor, period, growth, schedule, window, modes }: DynamicComparison): Record<string, unknown> {
  return {
    corridor: corridor.corridor.id, period: period.id, growth,
    schedule: { cycle_s: schedule.candidate.cycle_s, patterns: schedule.patterns, tried: schedule.tried }, assumptions: window.assumptions,
    modes: modes.map(({ id, evaluation, differences, decisions, cpu_s }) => ({ id, evaluation: evaluationSummary(evaluation), ...(differences === undefined ? {} : { differences }), ...(decisions === undefined ? {} : { decisions }), cpu_s })),
  }
}

async function write(folder: string | undefined, found: DynamicComparison): Promise<string[]> {
  if (folder === undefined) return []
  await mkdir(folder, { recursive: true })
  const file = join(folder, 'dynamic.json')
  await writeFile(file, `${JSON.stringify(documentOf(found), null, 2)}\n`)
  return [file]
}

const NAMES: Record<ComparedMode['id'], string> = {
  'schedule': 'best fixed schedule', 'dynamic': 'dynamic', 'max-pressure': 'max-pressure', 'schedule-after-cut': 'schedule, after the cut', 'dynamic-after-cut': 'dynamic, data cut off',
}

const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : 'nobody')

function describe({ corridor, period, growth, schedule, window, modes }: DynamicComparison): string[] {
  const { candidate, tried } = schedule
  const rows = [['', 'at most one stop', 'outbound', 'inbound', 'delay of all', 'side streets', 'stops of all'], ...modes.map(({ id, evaluation, differences }) => {
    const { corridor: { outbound, inbound }, gridlocked_runs } = evaluation
    const difference = differences?.find(({ measure }) => measure === 'share_at_most_one_stop')
    const against = difference === undefined ? '' : ` (${difference.difference.mean < 0 ? '' : '+'}${(100 * difference.difference.mean).toFixed(1)}${difference.difference.ci95 === null ? '' : ` ± ${(100 * difference.difference.ci95).toFixed(1)}`})`
    return [
      `${NAMES[id]}${gridlocked_runs > 0 ? `, ${gridlocked_runs} of ${evaluation.runs} runs gridlocked` : ''}`, `${percent(mean(evaluation, 'share_at_most_one_stop'))}${against}`,
      percent(outbound.share_at_most_one_stop.mean), percent(inbound.share_at_most_one_stop.mean),
      `${evaluation.delay_s.mean.toFixed(1)} s`, `${mean(evaluation, 'side_street_delay_s').toFixed(1)} s`, evaluation.stops.mean.toFixed(2),
    ]
  })]
  const widths = rows[0]!.map((_, c) => Math.max(...rows.map((row) => row[c]!.length)))
  const decisions = modes.flatMap(({ id, decisions: list }) => (list === undefined ? [] : ['', `${NAMES[id]}, what was decided in the first run:`, ...list.map(({ time_s, sentence }) => `  ${formatTimeOfDay(Math.round(time_s))}  ${sentence}`)]))
  return [
    `${corridor.corridor.name}, ${period.name ?? period.id}${growth === 1 ? '' : `, ${growth} times its traffic`}: through runs that stop at most once, of the whole corridor (against the schedule: difference over the same seeds, with its 95 % interval)`, '',
    ...rows.map((row) => row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]!) : cell.padStart(widths[c]!))).join('  ')), '',
    `The schedule was the best of ${tried.length} plans of ${Math.min(...tried.map(({ cycle_s }) => cycle_s))} to ${Math.max(...tried.map(({ cycle_s }) => cycle_s))} s by simulation with other seeds: cycle ${candidate.cycle_s} s.`,
    ...window.assumptions, ...decisions,
  ]
}

function mean({ per_seed }: ComparedMode['evaluation'], measure: 'share_at_most_one_stop' | 'side_street_delay_s'): number {
  const values = per_seed.flatMap((each) => (each[measure] === undefined || Number.isNaN(each[measure]) ? [] : [each[measure]]))
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
