// report: the daily or weekly congestion report, from the service's database or from a measured scenario.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { writeWhole } from '../../adapters/formats/scenario/write.ts'
import type { DailyReportInput, Edition } from '../../model/daily.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import { gatherReport, lastReportedDay, stateSources, storeSources } from '../../plans/daily/index.ts'
import { dailyCsv, dailyJson, dailyReport } from '../../reports/daily/daily-report.ts'
import type { Command, CommandContext } from '../arguments.ts'
import { readState } from '../read-state.ts'
import { STORE_OPTIONS } from '../service-options.ts'
import { networkOf, openServiceStore } from '../service-store.ts'
import { VERSION } from '../version.ts'

export const command: Command = {
  name: 'report',
  positionals: '[<data dir>|<scenario>]',
  summary: 'daily or weekly congestion report as page, table and JSON',
  options: {
    ...STORE_OPTIONS,
    network: { type: 'string', value: 'id', help: 'network of the database (default: the only one)' },
    day: { type: 'string', value: 'YYYY-MM-DD', help: 'local date; of a week the first (default: the newest measured day, or yesterday)' },
    week: { type: 'boolean', help: 'the seven days from there on' },
    edition: { type: 'string', value: 'police', help: 'police: everything; public: what anybody may read (default police)' },
    state: { type: 'string', value: 'f', help: 'with a scenario: its traffic state, as `measure --json` prints it' },
    out: { type: 'string', value: 'dir', help: 'where report-<day>.html, .csv and .json go (default: the current folder)' },
  },
  run,
}

async function run(context: CommandContext): Promise<void> {
  const { options, out } = context
  const edition = options.choice('edition', ['police', 'public'], 'police') satisfies Edition
  const input = await gathered(context)
  if (options.flag('json')) {
    out.write(dailyJson(input, edition))
    return
  }
  const name = join(resolve(options.findText('out') ?? '.'), `report-${input.day}${input.until_day === undefined ? '' : '-week'}${edition === 'public' ? '-public' : ''}`)
  const files = new Map([[`${name}.html`, dailyReport(input, edition)], [`${name}.csv`, dailyCsv(input, edition)], [`${name}.json`, dailyJson(input, edition)]])
  await writeWhole(files)
  out.write([...files.keys()].map((file) => `wrote ${file}\n`).join(''))
}

async function gathered(context: CommandContext): Promise<DailyReportInput> {
  const { options, positionals: [folder, extra] } = context
  if (extra !== undefined) throw new GreenwaveError('usage', `"${extra}" is one argument too many`)
  const day = options.findText('day')
  if (day !== undefined && parseDay(day) === undefined) throw new GreenwaveError('usage', `--day takes YYYY-MM-DD, got "${day}"`)
  const request = { week: options.flag('week'), version: VERSION }
  if (folder !== undefined && existsSync(join(folder, 'scenario.json'))) {
    const { scenario } = await readScenario(folder)
    const state = await readState(options.getText('state'))
    return gatherReport(stateSources(scenario, state), { ...request, day: day ?? lastOf(state.days) })
  }
  const { store, where } = await openServiceStore(options, folder)
  try {
    const network = await networkOf(store, options.findText('network'), where)
    const sources = await storeSources(store, network)
    const today = new LocalTime(sources.scenario.scenario.time_zone).day(Date.now() / 1000)
    return await gatherReport(sources, { ...request, day: day ?? await lastReportedDay(store, network, today - 1) })
  } finally {
    await store.close()
  }
}

function lastOf(days: readonly string[]): string {
  const last = days.at(-1)
  if (last === undefined) throw new GreenwaveError('usage', 'the state has no day with records; say which with --day')
  return last
}
