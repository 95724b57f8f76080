// export: a plan in somebody else's format. A plan that breaks a rule does not leave.
import { writeWhole } from '../../adapters/formats/scenario/write.ts'
import { readPlan, readScenario } from '../../adapters/formats/scenario/read.ts'
import { exportSumoAdditional } from '../../adapters/formats/sumo/index.ts'
import { exportUtdf } from '../../adapters/formats/utdf/index.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { withPlan } from '../../plans/street.ts'
import { planCsv } from '../../reports/plan-csv.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { onlyPositional, type Command, type CommandContext } from '../arguments.ts'

const FORMATS = ['sumo', 'utdf', 'csv'] as const

export const command: Command = {
  name: 'export',
  positionals: '<scenario>',
  summary: "a plan in somebody else's format",
  options: {
    plan: { type: 'string', value: 'f', help: 'the plan (plan.json)' },
    format: { type: 'string', value: FORMATS.join('|'), help: 'sumo: an additional file that loads beside the imported net' },
    out: { type: 'string', value: 'f', help: 'where it goes' },
  },
  run,
}

async function run(context: CommandContext): Promise<void> {
  const { options, out } = context
  const folder = onlyPositional(context, 'the scenario folder')
  options.getText('format')
  const format = options.choice('format', FORMATS, 'sumo')
  const path = options.getText('out')
  const { scenario } = await readScenario(folder)
  const plan = await readPlan(options.getText('plan'))
  const graph = new RoadGraph(scenario.network)
  // Throws plan.refused: the rules are checked again, because files are edited by hand. What runs now is what runs in the
  // plan's period: only that order of the lefts may be kept where it has a yellow trap.
  withPlan(graph, runningPatterns(scenario.timing, resolvePeriod(scenario, plan.period).start_s), plan)
  if (plan.intersections.length === 0) throw new GreenwaveError('input.value', 'the plan has 0 intersections', { file: options.getText('plan') })
  const content = { sumo: () => exportSumoAdditional(scenario, plan), utdf: () => exportUtdf(scenario, plan), csv: () => planCsv(plan, scenario.network.signals) }[format]()
  await writeWhole(new Map([[path, content]]))
  out.write(options.flag('json') ? `${JSON.stringify({ format, file: path, intersections: plan.intersections.length })}\n` : `written to ${path}\n`)
}
