// replan: a night of replanning now, over the database of a service.
import { resolve, join } from 'node:path'
import { writeWhole } from '../../adapters/formats/scenario/write.ts'
import { KnownSettings } from '../../api/known-settings.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay, LocalTime, parseDay } from '../../model/local-time.ts'
import type { MorningReport } from '../../model/night.ts'
import { getCorridor } from '../../plans/index.ts'
import { morningReport, NightInputs, NightThreads, replanCorridor } from '../../plans/nightly/index.ts'
import { PlanWorkflow } from '../../plans/workflow/index.ts'
import { headline, nightReport } from '../../reports/night-report.ts'
import type { Command, CommandContext } from '../arguments.ts'
import { startProgress } from '../progress.ts'
import { STORE_OPTIONS } from '../service-options.ts'
import { networkOf, openServiceStore } from '../service-store.ts'
import { VERSION } from '../version.ts'

export const command: Command = {
  name: 'replan',
  positionals: '[<data dir>]',
  summary: 'a night of replanning now: proposals, and changes where an administrator allows them',
  options: {
    ...STORE_OPTIONS,
    network: { type: 'string', value: 'id', help: 'network of the database (default: the only one)' },
    day: { type: 'string', value: 'YYYY-MM-DD', help: 'local date of the morning; the day before is looked at (default: today)' },
    corridor: { type: 'string', value: 'id', help: 'this corridor alone (default: all)' },
    out: { type: 'string', value: 'dir', help: 'write the morning report night-<day>.html into this folder' },
  },
  run,
}

async function run(context: CommandContext): Promise<void> {
  const { options, out, err, signal, positionals: [folder, extra] } = context
  if (extra !== undefined) throw new GreenwaveError('usage', `"${extra}" is one argument too many`)
  const asked = options.findText('day')
  if (asked !== undefined && parseDay(asked) === undefined) throw new GreenwaveError('usage', `--day takes YYYY-MM-DD, got "${asked}"`)
  const { store, where } = await openServiceStore(options, folder)
  try {
    const network = await networkOf(store, options.findText('network'), where)
    const clock = { now: () => Date.now() / 1000 }
    const day = asked ?? formatDay(new LocalTime((await store.networks.get(network))!.time_zone).day(clock.now()))
    const { scenario } = (await store.networks.scenario(network))!
    const one = options.findText('corridor')
    const corridors = one === undefined ? scenario.corridors : [getCorridor(scenario, one)]
    const settings = new KnownSettings(store, { published: false })
    const night = { store, workflow: new PlanWorkflow({ store, clock }), clock, version: VERSION, inputs: new NightInputs(), threads: new NightThreads(), calendarOf: (id: string) => settings.network(id) }
    const progress = startProgress(err, options.flag('quiet'))
    let done = 0
    try {
      for (const { id, name } of corridors) {
        const report = (share: number, label: string): void => progress.report((done + share) / corridors.length, `${name}, ${label}`)
        await replanCorridor(night, { network, corridor: id, day }, { report, signal })
        done++
      }
    } catch (error) {
      if (signal.aborted && done > 0) err.write(`greenwave: ${done} of ${corridors.length} corridors are done and recorded; the same command does the rest\n`)
      throw error
    } finally {
      progress.stop()
      await night.threads.close()
    }
    await tell(context, await morningReport(store, network, day), out)
  } finally {
    await store.close()
  }
}

async function tell({ options }: CommandContext, report: MorningReport, out: NodeJS.WritableStream): Promise<void> {
  const folder = options.findText('out')
  const file = folder === undefined ? undefined : join(resolve(folder), `night-${report.day}.html`)
  if (file !== undefined) await writeWhole(new Map([[file, nightReport(report)]]))
  if (options.flag('json')) {
    out.write(`${JSON.stringify(report)}\n`)
    return
  }
  const lines = report.corridors.flatMap(({ name, verdict, sentences }) => [`${name}: ${verdict ?? 'not done'}`, ...sentences.map((sentence) => `  ${sentence}`)])
  out.write(`${[headline(report), ...lines, ...(file === undefined ? [] : [`wrote ${file}`])].join('\n')}\n`)
}
