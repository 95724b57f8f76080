/**
 * How far is the delay that platoons predict from what the microsimulation does? Built-in scenarios and the demo town, every
 * corridor and period, under the plan that runs and under offsets drawn from a seed: by movement, through movements and
 * corridors. Nothing is fitted to it. Exit code 1 if the order of the plans by through delay is mostly wrong.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { demoTown } from '../api/demo/town.ts'
import { resolveCorridor } from '../model/corridor.ts'
import type { Evaluation } from '../model/evaluation.ts'
import type { CompiledSignal } from '../model/plan.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Corridor, Scenario } from '../model/scenario.ts'
import { runningPatterns } from '../model/schedule.ts'
import { delayFigures, movementFigures, type MovementFigures, type Progression, ProgressionModel } from '../optimizer/progression/index.ts'
import { compileStreet } from '../plans/street.ts'
import { SimulationPool, simulatePlans } from '../simulation/batch/index.ts'
import { listPeriods, movementVolumes } from '../simulation/demand/index.ts'
import { uniform } from '../simulation/kernel/random.ts'
import { formatTable } from './table.ts'

const OPTIONS = { seeds: { type: 'string', default: '3' }, drawn: { type: 'string', default: '3' }, only: { type: 'string', default: '' } } as const

/** Movements with less are anecdotes in a simulated hour. */
const LEAST_VPH = 30
const DRAW_OFFSET = 401

interface Case {
  name: string
  scenario: Scenario
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const folder = (name: string): string => fileURLToPath(new URL(`../../scenarios/${name}`, import.meta.url))
  const cases: Case[] = [
    { name: 'nanhu-avenue', scenario: (await readScenario(folder('nanhu-avenue'))).scenario },
    { name: 'textbook-arterial', scenario: (await readScenario(folder('textbook-arterial'))).scenario },
    { name: 'demo-town', scenario: demoTown('Asia/Shanghai') },
  ]
  const pool = new SimulationPool()
  const rows: string[][] = []
  let [right, pairs] = [0, 0]
  try {
    for (const { name, scenario } of cases.filter(({ name }) => name.includes(values.only))) {
      for (const corridor of scenario.scenario.corridors) {
        const plans = await comparePeriods(scenario, corridor, Number(values.seeds), Number(values.drawn), pool)
        for (const { period, compared, order } of plans) {
          rows.push(...compared.map((cells) => [`${name} ${corridor.id === name ? '' : corridor.id} ${period}`, ...cells]))
          right += order.right
          pairs += order.pairs
        }
      }
    }
  } finally {
    await pool.close()
  }
  console.log(formatTable(['corridor, period', 'plan', 'all: sim s/veh', 'by platoons', 'movements', 'mean abs error s', 'through: sim s', 'by platoons', 'stops sim', 'by platoons', 'on green sim', 'by platoons'], rows))
  console.log(`plans of one corridor and period in the same order by through delay: ${right} of ${pairs} pairs`)
  return right > pairs / 2 ? 0 : 1
}

async function comparePeriods(scenario: Scenario, corridor: Corridor, seeds: number, drawn: number, pool: SimulationPool): Promise<{ period: string; compared: string[][]; order: { right: number; pairs: number } }[]> {
  const graph = new RoadGraph(scenario.network)
  const resolved = resolveCorridor(graph, corridor)
  const found = []
  for (const period of listPeriods(scenario)) {
    const model = new ProgressionModel(graph, resolved, movementVolumes(graph, scenario.demand, period))
    const running = compileStreet(graph, runningPatterns(scenario.timing, period.start_s))
    const plans = Array.from({ length: drawn + 1 }, (_, k) => ({ id: k === 0 ? 'running' : `drawn ${k}`, compiled: k === 0 ? running : running.map((signal, i) => turned(signal, uniform(7, i, k, DRAW_OFFSET), corridor)) }))
    const simulated = await simulatePlans({ graph, corridor: resolved, period, demand: scenario.demand, rules: scenario.scenario.driving, plans, seeds: Array.from({ length: seeds }, (_, i) => i + 1), trajectories: false, measures: { control_delay: true }, pool })
    const compared = plans.flatMap(({ id, compiled }, k) => {
      const progression = model.evaluate(compiled)
      return progression === undefined ? [] : [compare(id, progression, simulated.plans[k]!.evaluation)]
    })
    found.push({ period: period.id, compared: compared.map(({ cells }) => cells), order: orderOf(compared.map(({ through }) => through)) })
  }
  return found
}

const turned = (signal: CompiledSignal, u: number, corridor: Corridor): CompiledSignal =>
  (corridor.intersections.includes(signal.signal) ? { ...signal, offset_s: Math.floor(u * signal.cycle_s) } : signal)

function compare(plan: string, progression: Progression, evaluation: Evaluation): { cells: string[]; through: { simulated: number; predicted: number } } {
  const seen = new Map(evaluation.movements.map((measures) => [measures.movement, measures]))
  const pairs = movementFigures(progression).flatMap((predicted) => {
    const simulated = seen.get(predicted.movement)
    const delay_s = simulated?.control_delay_s?.mean
    return simulated === undefined || delay_s === undefined || predicted.volume_vph < LEAST_VPH ? [] : [{ predicted, simulated, delay_s }]
  })
  type Pair = (typeof pairs)[number]
  const mean = (list: readonly Pair[], value: (pair: Pair) => number): number => list.reduce((sum, pair) => sum + pair.predicted.volume_vph * value(pair), 0) / list.reduce((sum, { predicted }) => sum + predicted.volume_vph, 0)
  const through = pairs.filter(({ predicted }) => isThrough(predicted))
  const figures = delayFigures(progression)
  const simulated = mean(through, ({ delay_s }) => delay_s)
  return {
    through: { simulated, predicted: figures.through_delay_s_per_veh },
    cells: [
      plan, mean(pairs, ({ delay_s }) => delay_s).toFixed(1), mean(pairs, ({ predicted }) => predicted.delay_s).toFixed(1), String(pairs.length), mean(pairs, ({ predicted, delay_s }) => Math.abs(predicted.delay_s - delay_s)).toFixed(1),
      simulated.toFixed(1), figures.through_delay_s_per_veh.toFixed(1),
      mean(through, ({ simulated: { stops } }) => stops).toFixed(2), figures.through_stops_per_veh.toFixed(2),
      mean(through, ({ simulated: { arrivals_on_green } }) => arrivals_on_green?.mean ?? Number.NaN).toFixed(2), mean(through, ({ predicted }) => predicted.arrivals_on_green).toFixed(2),
    ],
  }
}

const isThrough = ({ direction }: MovementFigures): boolean => direction !== undefined

function orderOf(plans: readonly { simulated: number; predicted: number }[]): { right: number; pairs: number } {
  let [right, pairs] = [0, 0]
  plans.forEach((a, i) => plans.slice(i + 1).forEach((b) => {
    pairs += 1
    if (Math.sign(a.simulated - b.simulated) === Math.sign(a.predicted - b.predicted)) right += 1
  }))
  return { right, pairs }
}
