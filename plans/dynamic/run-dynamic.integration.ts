// The dynamic mode on the built-in avenue: short runs, few seeds; `npm run bench -- dynamic` has the figures.
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Pattern } from '../../model/signal.ts'
import { planCorridor } from '../../optimizer/corridor/index.ts'
import { leastGreen } from '../../optimizer/splits/index.ts'
import { drawTripTable, movementVolumes, resolvePeriod, tripSources, vehicleTypes } from '../../simulation/demand/index.ts'
import { prepareNetwork, type RunResult, type ShownSignal, simulate, type SimulationInput } from '../../simulation/index.ts'
import { compileWith } from '../street.ts'
import { cutOff, type DynamicRun, runDynamic } from './run-dynamic.ts'

const CYCLE_S = 120
const MEASURED_S = 1800
/** Controllers count in tenths. */
const TENTH_S = 0.11

const { scenario } = await readScenario('scenarios/nanhu-avenue')
const graph = new RoadGraph(scenario.network)
const corridor = resolveCorridor(graph, scenario.scenario.corridors[0]!)
const prepared = prepareNetwork(scenario.network)

interface Street {
  schedule: Pattern[]
  volumes: Map<string, number>
  input: (seed: number) => SimulationInput
  from_s: number
}

/** The widest bands at 120 s for the traffic of one period, driven by that of another. */
function streetOf(planned: string, driven: string): Street {
  const [usual, period] = [resolvePeriod(scenario, planned), resolvePeriod(scenario, driven)]
  const running = runningPatterns(scenario.timing, period.start_s)
  const volumes = movementVolumes(graph, scenario.demand, usual)
  const schedule = planCorridor({ graph, corridor, running, volumes, options: { objective: 'band', cycle_min_s: CYCLE_S, cycle_max_s: CYCLE_S } }).candidates[0]!.patterns
  const from_s = period.start_s + 5 * CYCLE_S
  const types = vehicleTypes(scenario.demand)
  const sources = tripSources(graph, scenario.demand, { from_s: period.start_s, until_s: from_s + MEASURED_S, period, growth: 1 })
  return {
    schedule, volumes, from_s,
    input: (seed) => ({
      network: scenario.network, signals: compileWith({ graph, running }, { patterns: schedule }), trips: drawTripTable(graph, types, sources, seed), vehicle_types: types,
      corridor: { outbound: [corridor.outbound!.links], inbound: [corridor.inbound!.links] },
      options: { seed, step_s: 0.5, model: 'idm', start_s: period.start_s, measure_from_s: from_s, measure_until_s: from_s + MEASURED_S, stop_at_s: from_s + MEASURED_S + 3600, record_signals: true },
    }),
  }
}

const dynamic = ({ schedule, volumes }: Street, input: SimulationInput, cut_s?: number): DynamicRun =>
  runDynamic({ prepared, input, graph, corridor, schedule, volumes, every_cycles: 2, ...(cut_s === undefined ? {} : { feed: cutOff(cut_s) }) })

function smooth(runs: readonly RunResult[]): number {
  const stops = runs.flatMap(({ corridor: ways }) => [ways.outbound, ways.inbound].flatMap((way) => [...way.stops].filter((_, i) => way.complete[i] === 1)))
  return stops.filter((count) => count <= 1).length / stops.length
}

/** Greens shorter than the minimum of their group, pedestrians' time included; a green under way when the record begins is left out. */
function shortGreens(signals: readonly ShownSignal[]): string[] {
  return signals.flatMap(({ signal, groups, time_s, group, shows }) => groups.flatMap((id, g) => {
    const least = leastGreen(graph.getSignal(signal).groups.find((each) => each.id === id)!)
    const own = [...time_s.keys()].filter((k) => group[k] === g)
    return own.slice(1).flatMap((k, i) => {
      const next = own[i + 2]
      const length = next === undefined ? Infinity : time_s[next]! - time_s[k]!
      return shows[k] === 2 && length < least - TENTH_S ? [`signal ${signal} group ${id}: ${length} s of ${least} s`] : []
    })
  }))
}

describe('the dynamic mode on the avenue', () => {
  it('serves a holiday better than the schedule of ordinary days, and no green falls below its minimum', () => {
    const street = streetOf('off-peak', 'holiday')
    const inputs = [1, 2].map(street.input)
    const runs = inputs.map((input) => dynamic(street, input))
    const fixed = inputs.map((input) => simulate(prepared, input))
    expect(smooth(runs.map(({ result }) => result))).toBeGreaterThan(smooth(fixed))
    for (const { result, decisions } of runs) {
      expect(result.gridlocked).toBe(false)
      expect(decisions.some(({ kind }) => kind === 'step')).toBe(true)
      expect(shortGreens(result.signals!)).toEqual([])
    }
  }, 300_000)

  it('runs the schedule again after its data is cut off, and is not behind it', () => {
    const street = streetOf('holiday', 'holiday')
    const inputs = [1, 2].map(street.input)
    const runs = inputs.map((input) => dynamic(street, input, street.from_s))
    const fixed = inputs.map((input) => simulate(prepared, input))
    for (const { decisions } of runs) {
      expect(decisions.some(({ kind }) => kind === 'return')).toBe(true)
      expect(decisions.at(-1)!.patterns).toEqual(street.schedule)
    }
    // Some hundred through runs: chance moves the share by a few points.
    expect(smooth(runs.map(({ result }) => result))).toBeGreaterThan(smooth(fixed) - 0.04)
  }, 300_000)
})
