// plan --network --objective band: the widest bands of all corridors of a scenario together, written and told.
import { join } from 'node:path'
import { writeWhole } from '../adapters/formats/scenario/write.ts'
import { evaluationSummary, planNetworkBandScenario, type NetworkBandOutcome } from '../plans/index.ts'
import { planCsv } from '../reports/plan-csv.ts'
import { counted } from '../reports/state-words.ts'
import { beforeAfterTable } from '../reports/text-table.ts'
import type { NetworkCommand } from './network-plan.ts'
import { startProgress } from './progress.ts'
import { seedFrom, terminalOf } from './terminal.ts'
import { VERSION } from './version.ts'

/** Throws what planNetworkBandScenario throws. */
export async function runNetworkBands({ context, folder, scenario, hashes, out }: NetworkCommand): Promise<void> {
  const { options } = context
  const period = options.findText('period')
  const progress = startProgress(context.err, options.flag('quiet'))
  let outcome: NetworkBandOutcome
  try {
    outcome = await planNetworkBandScenario({
      scenario, scenario_name: folder, version: VERSION, inputs: hashes, signal: context.signal, onProgress: progress.report, seed: seedFrom(options),
      runs: options.number('seeds', 5, { least: 0, most: 1000, whole: true }), ...(period === undefined ? {} : { period }),
    })
  } finally {
    progress.stop()
  }
  const { plan, graph, corridors, notes, simulation, warnings } = outcome
  const files = { plan: join(out, 'plan.json'), csv: join(out, 'plan.csv') }
  await writeWhole(new Map([[files.plan, `${JSON.stringify(plan, null, 2)}\n`], [files.csv, planCsv(plan, graph.network.signals)]]))
  const { objective, value, bound, gap, proven, sentence } = plan.certificate
  if (options.flag('json')) {
    const document = {
      network: true, period: plan.period, cycle_s: plan.cycle_s, signals: plan.intersections.length,
      objective: { kind: objective, value, bound, gap, proven, plan: plan.provenance.objective }, corridors,
      ...(simulation === undefined ? {} : {
        before: evaluationSummary(simulation.before.evaluation), after: evaluationSummary(simulation.after.evaluation), differences: simulation.differences,
      }),
      notes, warnings, files,
    }
    context.out.write(`${JSON.stringify(document)}\n`)
    return
  }
  const pair = (was: number, is: number): string => `${was.toFixed(1)} to ${is.toFixed(1)} s`
  const lines = [
    `${counted(plan.intersections.length, 'signal')} on ${counted(corridors.length, 'corridor')}`, '', sentence, ...warnings.map((warning) => `warning: ${warning}`), '',
    ...(simulation === undefined ? [] : [beforeAfterTable(simulation.differences, terminalOf(context.out))]),
    ...corridors.map(({ corridor, before, after }) =>
      `${corridor}: outbound ${pair(before.outbound_s, after.outbound_s)}, inbound ${pair(before.inbound_s, after.inbound_s)}`),
    ...(notes.length === 0 ? [] : ['', ...notes]), '', ...Object.entries(files).map(([name, path]) => `${name.padEnd(7)} ${path}`),
  ]
  context.out.write(`${lines.join('\n')}\n`)
}
