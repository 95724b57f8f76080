// schedule: the times of day at which a corridor's plan should change, and the plan for each; of several days for each type of days.
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { formatTimeOfDay } from '../../model/units.ts'
import { type DaysScheduleRequest, planDaySchedules } from '../../plans/schedule-days.ts'
import { planSchedule, type SchedulePlan, type ScheduleRequest } from '../../plans/schedule-scenario.ts'
import { onlyPositional, type Command, type CommandContext } from '../arguments.ts'
import { readDays } from '../count-files.ts'
import { startProgress } from '../progress.ts'
import { seedFrom } from '../terminal.ts'
import { VERSION } from '../version.ts'

export const command: Command = {
  name: 'schedule',
  positionals: '<scenario>',
  summary: 'time-of-day periods of a corridor and the plan for each',
  options: {
    corridor: { type: 'string', value: 'id', help: 'corridor of the scenario (default: the first)' },
    most: { type: 'string', value: '8', help: 'most periods of a day' },
    least: { type: 'string', value: '45', help: 'shortest period, minutes' },
    change: { type: 'string', value: '0', help: 'what a change of plan costs at each signal beside the delay until it is in step, veh·h' },
    days: { type: 'string', multiple: true, value: 'f', help: 'turning counts of several days, each time with its date: types of days, and a schedule for each; may be repeated' },
    'counts-map': { type: 'string', multiple: true, value: 'site=id', help: 'which intersection a site of the counts is, where it is not clear' },
    holiday: { type: 'string', multiple: true, value: 'date', help: 'a counted day that was a holiday, such as 2026-10-01; may be repeated' },
    seeds: { type: 'string', value: 'n', help: 'runs that compare each plan with the one now running (default 0 = do not simulate)' },
    out: { type: 'string', value: 'folder', help: 'where schedule.json and the plans go (default: nowhere)' },
  },
  run: (context) => runSchedule(context, onlyPositional(context, 'the scenario folder')),
}

async function runSchedule(context: CommandContext, folder: string): Promise<void> {
  const { options, out, err, signal } = context
  const corridor = options.findText('corridor')
  const request = {
    periods: {
      most: options.number('most', 8, { least: 1, most: 24, whole: true }), least_s: 60 * options.number('least', 45, { least: 15, most: 1440 }),
      change_cost_vh: options.number('change', 0, { least: 0, most: 1000 }),
    },
    runs: options.number('seeds', 0, { least: 0, most: 1000, whole: true }), seed: seedFrom(options),
  }
  const { scenario, hashes } = await readScenario(folder)
  const counted = await readDays(context, scenario)
  const progress = startProgress(err, options.flag('quiet'))
  const planned: ScheduleRequest = { ...request, scenario, scenario_name: folder, version: VERSION, inputs: { ...hashes, ...counted?.hashes }, signal, onProgress: progress.report, ...(corridor === undefined ? {} : { corridor }) }
  let text: string
  try {
    text = counted === undefined ? await oneSchedule(context, planned) : await typesOfDays(context, { ...planned, days: counted.days, holidays: options.list('holiday') })
  } finally {
    progress.stop()
  }
  out.write(text)
}

async function oneSchedule({ options }: CommandContext, request: ScheduleRequest): Promise<string> {
  const schedule = await planSchedule(request)
  const files = await write(options.findText('out'), schedule)
  return options.flag('json') ? `${JSON.stringify({ ...inShort(schedule), files })}\n` : describe(schedule, files)
}

const inShort = ({ corridor, periods, transitions, curve, notes }: SchedulePlan): object =>
  ({ corridor, periods: periods.map(({ outcome: _outcome, plan, ...period }) => ({ ...period, cycle_s: plan.cycle_s, plan: plan.id })), transitions, curve, notes })

async function typesOfDays({ options }: CommandContext, request: DaysScheduleRequest): Promise<string> {
  const { corridor, corridor_name, types, curve, notes } = await planDaySchedules(request)
  const folder = options.findText('out')
  const short = types.map(({ schedule: _schedule, kinds, ...type }) => ({ ...type, weekdays: kinds.filter((kind) => kind !== 'holiday'), holidays: kinds.includes('holiday') }))
  const files = (await Promise.all(types.map(({ id, schedule }) => write(folder === undefined ? undefined : join(folder, id), schedule))))
  const list = folder === undefined ? [] : [join(folder, 'day-types.json')]
  for (const file of list) await writeFile(file, `${JSON.stringify({ format: 'greenwave.day-types/1', corridor, types: short, curve, notes }, null, 2)}\n`)
  if (options.flag('json')) return `${JSON.stringify({ corridor, types: short.map((type, i) => ({ ...type, schedule: inShort(types[i]!.schedule) })), curve, notes, files: [...list, ...files.flat()] })}\n`
  const lines = [`${corridor_name}: ${types.length} ${types.length === 1 ? 'type' : 'types'} of days`, '']
  if (curve.length > 0) lines.push('how far other days of its type miss a day (squared, in roots of counts; chance alone makes 0.25):')
  lines.push(...curve.map(({ types: count, error, gain, gain_error }) => `  ${count}  ${error.toFixed(3)}${count === 1 ? '' : `  ${gain.toFixed(3)} ± ${gain_error.toFixed(3)} less than one type`}`), ...(curve.length > 0 ? [''] : []), ...notes, ...(notes.length > 0 ? [''] : []))
  return [lines.join('\n'), ...types.map(({ name, days, schedule }, i) => `${name} (${days} ${days === 1 ? 'day' : 'days'} counted)\n${describe(schedule, files[i]!)}`), ...(list.length > 0 ? [`${list[0]!}\n`] : [])].join('\n')
}

async function write(folder: string | undefined, { corridor, periods, transitions, curve, notes }: SchedulePlan): Promise<string[]> {
  if (folder === undefined) return []
  await mkdir(folder, { recursive: true })
  const named = periods.map(({ start_s, plan }) => ({ file: join(folder, `plan-${formatTimeOfDay(start_s).replaceAll(':', '')}.json`), plan }))
  for (const { file, plan } of named) await writeFile(file, `${JSON.stringify(plan, null, 2)}\n`)
  const file = join(folder, 'schedule.json')
  const entries = periods.map(({ outcome: _outcome, plan, ...period }) => ({ ...period, plan: plan.id }))
  await writeFile(file, `${JSON.stringify({ format: 'greenwave.schedule/1', corridor, periods: entries, transitions, curve, notes }, null, 2)}\n`)
  return [file, ...named.map((each) => each.file)]
}

const boughtWords = (gain_vh: number): string => (gain_vh >= 0 ? `one more buys ${gain_vh.toFixed(2)} veh·h` : `one more costs ${(-gain_vh).toFixed(2)} veh·h`)

const hours = (value: number): string => `${value.toFixed(1)} veh·h`

const WAY_WORDS = { shortway: 'the shorter way', add: 'longer cycles', subtract: 'shorter cycles' } as const

function transitionLine({ at_s, signals, in_step_after_s, delay_vh }: SchedulePlan['transitions'][number]): string {
  const words = signals.map(({ signal, way, cycles }) => (cycles === 0 ? `signal ${signal} at once` : `signal ${signal} in ${cycles} (${WAY_WORDS[way]})`))
  return `  ${formatTimeOfDay(at_s)}  all in step after ${Math.round(in_step_after_s)} s, ${delay_vh.toFixed(2)} veh·h: ${words.join(', ')}`
}

function describe({ corridor_name, periods, transitions, curve, notes }: SchedulePlan, files: readonly string[]): string {
  const lines = [`${corridor_name}: ${periods.length} ${periods.length === 1 ? 'period' : 'periods'} of the day`, '']
  for (const { start_s, end_s, plan } of periods) {
    lines.push(`${formatTimeOfDay(start_s)} to ${formatTimeOfDay(end_s % 86_400)}  cycle ${plan.cycle_s} s, bands ${plan.bands.map(({ direction, width_s }) => `${direction} ${Math.round(width_s * 10) / 10} s`).join(', ')}`)
  }
  if (transitions.length > 0) lines.push('', 'changes of plan (cycles until each signal is in step, at most a fifth longer or 17 % shorter):', ...transitions.map(transitionLine))
  lines.push('', 'what more periods would buy (delay above the best plan at each time, without and with the changes):')
  curve.forEach((each, i) => {
    const bought = i === 0 ? '' : `  ${boughtWords(curve[i - 1]!.total_vh - each.total_vh)}`
    lines.push(`  ${each.periods}  ${hours(each.cost_vh).padStart(14)}  ${hours(each.total_vh).padStart(14)}${bought}`)
  })
  return `${[...lines, '', ...notes, ...files].join('\n')}\n`
}
