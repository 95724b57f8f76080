// export: a plan in somebody else's format. A plan that breaks a rule does not leave.
import { writeWhole } from '../../adapters/formats/scenario/write.ts'
import { readPlan, readScenario } from '../../adapters/formats/scenario/read.ts'
import { exportSumoAdditional, exportSumoNetwork, exportSumoPatterns, exportSumoRoutes } from '../../adapters/formats/sumo/index.ts'
import { exportUtdf } from '../../adapters/formats/utdf/index.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { Plan } from '../../model/plan.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { withPlan } from '../../plans/street.ts'
import { planCsv } from '../../reports/plan-csv.ts'
import { buildTrips, resolvePeriod, vehicleTypes } from '../../simulation/demand/index.ts'
import { seedFrom } from '../terminal.ts'
import { onlyPositional, type Command, type CommandContext } from '../arguments.ts'

const FORMATS = ['sumo', 'utdf', 'csv', 'geojson'] as const

export const command: Command = {
  name: 'export',
  positionals: '<scenario>',
  summary: "a plan in somebody else's format, or the network with its signals as GeoJSON",
  options: {
    plan: { type: 'string', value: 'f', help: 'the plan (plan.json); geojson does without and then shows what runs now' },
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
  if (format === 'geojson' && options.findText('plan') === undefined) {
    await writeGeojson(context, scenario, path, scenario.timing.plans.length === 0 ? new Map() : runningPatterns(scenario.timing, 0))
    return
  }
  const plan = await readPlan(options.getText('plan'))
  if (plan.intersections.length === 0) throw new GreenwaveError('input.value', 'the plan has 0 intersections', { file: options.getText('plan') })
  const graph = new RoadGraph(scenario.network)
  const period = resolvePeriod(scenario, plan.period)
  const running = runningPatterns(scenario.timing, period.start_s)
  // Throws plan.refused: the rules are checked again, because files are edited by hand. What runs now is what runs in the
  // plan's period: only that order of the lefts may be kept where it has a yellow trap.
  const patterns = withPlan(graph, running, plan)
  if (format === 'geojson') {
    await writeGeojson(context, scenario, path, patterns)
    return
  }
  const exported: Exported = {
    sumo: () => (scenario.network.connections.some(({ source }) => source !== undefined)
      ? { files: new Map([[path, exportSumoAdditional(scenario, plan)]]) }
      : wholeStreet({ path, scenario, plan, graph, period, running, seed: seedFrom(options) })),
    utdf: () => ({ files: new Map([[path, exportUtdf(scenario, plan)]]) }),
    csv: () => ({ files: new Map([[path, planCsv(plan, scenario.network.signals)]]) }),
  }[format]()
  await writeWhole(exported.files)
  const files = [...exported.files.keys()]
  if (options.flag('json')) out.write(`${JSON.stringify({ format, file: path, files, intersections: plan.intersections.length })}\n`)
  else out.write(`written to ${files.join(', ')}\n${exported.how === undefined ? '' : `${exported.how}\n`}`)
}

async function writeGeojson({ options, out }: CommandContext, { scenario, network }: Scenario, path: string, patterns: ReadonlyMap<SignalId, Pattern>): Promise<void> {
  // Turf takes a tenth of a second to load; other formats do without.
  const { exportGeojson } = await import('../../adapters/formats/geojson/index.ts')
  await writeWhole(new Map([[path, exportGeojson(network, { name: scenario.name, time_zone: scenario.time_zone, patterns: [...patterns.values()] })]]))
  const summary = { format: 'geojson', file: path, files: [path], intersections: network.signals.length }
  out.write(options.flag('json') ? `${JSON.stringify(summary)}\n` : `written to ${path}\n`)
}

interface Exported {
  files: Map<string, string>
  /** What to do with more than one file. */
  how?: string
}

interface Street {
  path: string
  scenario: Scenario
  plan: Plan
  graph: RoadGraph
  period: Period
  running: ReadonlyMap<SignalId, Pattern>
  seed: number
}

const HOUR_S = 3600

/** A street that SUMO does not know yet: its network as plain XML for netconvert, an hour of trips, and both plans. */
function wholeStreet({ path, scenario, plan, graph, period, running, seed }: Street): Exported {
  const base = path.replace(/(\.add)?\.xml$/, '')
  const { files, options, network, edges } = exportSumoNetwork(scenario.network, { patterns: [...running.values()] })
  const trips = buildTrips(graph, scenario.demand, { seed, from_s: period.start_s, until_s: period.start_s + HOUR_S, period })
  const plain = Object.entries(files).map(([kind, text]): [string, string] => [`${base}.${kind}.xml`, text])
  return {
    files: new Map([
      [path, exportSumoAdditional({ network }, plan)],
      [`${base}.running.add.xml`, exportSumoPatterns(network, [...running.values()], 'running')],
      [`${base}.rou.xml`, exportSumoRoutes(network, trips, vehicleTypes(scenario.demand), { edges, model: 'idm' })],
      ...plain,
    ]),
    how: 'This network is not from SUMO. Build it and run the plan:\n' +
      `  netconvert -n ${base}.nod.xml -e ${base}.edg.xml -x ${base}.con.xml -i ${base}.tll.xml ${options.join(' ')} -o ${base}.net.xml\n` +
      `  sumo -n ${base}.net.xml -r ${base}.rou.xml -a ${path} -b ${period.start_s} --step-length 0.5`,
  }
}
