// The dynamic mode beside what it is measured by: the best fixed schedule, max-pressure, and itself without data. All drive the same
// vehicles with the same drivers, seed by seed.
import { type ResolvedCorridor, resolveCorridor } from '../../model/corridor.ts'
import type { Evaluation, PairedDifference } from '../../model/evaluation.ts'
import type { MovementId } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import type { TimeOfDay } from '../../model/units.ts'
import type { RollingDecision, RollingOptions } from '../../optimizer/dynamic/index.ts'
import { compare, type SimulationPool, simulationWindow, type SimulationWindow, summariseRuns } from '../../simulation/batch/index.ts'
import { drawTripTable, movementVolumes, resolvePeriod, tripSources, vehicleTypes } from '../../simulation/demand/index.ts'
import { prepareNetwork, type PreparedNetwork, type RunResult, simulate, type SimulationInput } from '../../simulation/index.ts'
import { cpuSeconds } from '../cpu-seconds.ts'
import { compileStreet, getCorridor } from '../street.ts'
import { driversOf } from '../drivers.ts'
import { findSchedule, type FoundSchedule } from './best-schedule.ts'
import { runMaxPressure } from './max-pressure.ts'
import { cutOff, runDynamic } from './run-dynamic.ts'

export interface ComparisonRequest {
  scenario: Scenario
  corridor?: string
  period?: string
  /** The schedule is made for this period's traffic; absent = for the period itself, known beforehand. */
  planned_for?: string
  /** So many times the period's traffic is driven; the schedule knows nothing of it. Absent = 1. */
  growth?: number
  /** Runs of every mode. */
  runs: number
  seed: number
  /** Cycles between decisions. */
  every_cycles: number
  /** Seconds after measuring began at which the radars fall silent; absent = no such run. */
  cut_off_after_s?: number
  max_pressure: boolean
  options?: Partial<RollingOptions>
  pool: SimulationPool
  signal?: AbortSignal
  onProgress?: (share: number, label: string) => void
}

export type ModeId = 'schedule' | 'dynamic' | 'max-pressure' | 'schedule-after-cut' | 'dynamic-after-cut'

export interface ComparedMode {
  id: ModeId
  evaluation: Evaluation
  /** Against the schedule over the same time; absent for schedules. */
  differences?: PairedDifference[]
  /** Of the first seed. */
  decisions?: RollingDecision[]
  cpu_s: number
}

export interface DynamicComparison {
  corridor: ResolvedCorridor
  period: Period
  growth: number
  schedule: FoundSchedule
  window: SimulationWindow
  modes: ComparedMode[]
}

/** The schedule is found with other seeds than those of the comparison: the best of several noisy results looks better than it is. */
const SCHEDULE = { runs: 2, seed_distance: 1_000_000 } as const

/** Throws corridor.*, period.unknown, plan.infeasible, input.*; the reason of an abort. */
export async function compareDynamic(request: ComparisonRequest): Promise<DynamicComparison> {
  const { scenario, runs, seed, pool, signal, onProgress } = request
  const graph = new RoadGraph(scenario.network)
  const corridor = resolveCorridor(graph, getCorridor(scenario.scenario, request.corridor))
  const period = resolvePeriod(scenario, request.period)
  const planned = request.planned_for === undefined ? period : resolvePeriod(scenario, request.planned_for)
  const running = runningPatterns(scenario.timing, period.start_s)
  const volumes = movementVolumes(graph, scenario.demand, planned)
  onProgress?.(0, 'looking for the best schedule')
  const schedule = await findSchedule({
    scenario, graph, corridor, period: planned, running, volumes, pool, seeds: Array.from({ length: SCHEDULE.runs }, (_, i) => seed + SCHEDULE.seed_distance + i),
    ...(signal === undefined ? {} : { signal }), onProgress: (share) => onProgress?.(0.3 * share, 'looking for the best schedule'),
  })
  const street: Street = { request, graph, corridor, period, running, volumes, schedule: schedule.patterns, prepared: prepareNetwork(scenario.network) }
  const compiled = compiledOf(street)
  const window = simulationWindow({ graph, demand: scenario.demand, period, plans: [{ compiled }] })
  const cut_s = request.cut_off_after_s === undefined ? undefined : window.measure_from_s + request.cut_off_after_s
  const wanted = listModes(street, window, cut_s)
  const modes: ComparedMode[] = []
  for (const [m, { id, over, run, against }] of wanted.entries()) {
    const started = process.cpuUsage()
    const done = Array.from({ length: runs }, (_, i) => {
      signal?.throwIfAborted()
      onProgress?.(0.3 + (0.7 * (m * runs + i)) / (wanted.length * runs), `simulating: ${id}`)
      return run(inputOf(street, over, seed + i))
    })
    const cpu_s = cpuSeconds(started)
    const evaluation = summariseRuns(done.map(({ result }) => result), { graph, corridor, measured_s: over.measure_until_s - over.measure_from_s, cpu_s })
    const before = modes.find((mode) => mode.id === against)
    modes.push({ id, evaluation, cpu_s, ...(before === undefined ? {} : { differences: compare(before.evaluation, evaluation) }), ...(done[0]?.decisions === undefined ? {} : { decisions: done[0].decisions }) })
  }
  return { corridor, period, growth: request.growth ?? 1, schedule, window, modes }
}

interface Street {
  request: ComparisonRequest
  graph: RoadGraph
  corridor: ResolvedCorridor
  period: Period
  running: ReadonlyMap<SignalId, Pattern>
  /** What the schedule was made for. */
  volumes: ReadonlyMap<MovementId, number>
  schedule: readonly Pattern[]
  prepared: PreparedNetwork
}

interface Mode {
  id: ModeId
  over: SimulationWindow
  against?: ModeId
  run: (input: SimulationInput) => { result: RunResult; decisions?: RollingDecision[] }
}

const allPatterns = ({ running, schedule }: Street): Map<SignalId, Pattern> => new Map([...running, ...schedule.map((pattern) => [pattern.signal, pattern] as const)])

const compiledOf = (street: Street): ReturnType<typeof compileStreet> => compileStreet(street.graph, allPatterns(street))

function listModes(street: Street, window: SimulationWindow, cut_s: TimeOfDay | undefined): Mode[] {
  const { graph, corridor, schedule, volumes, prepared, request } = street
  const { every_cycles, options, signal } = request
  const fixed: Mode['run'] = (input) => ({ result: simulate(prepared, input) })
  const task = { prepared, graph, corridor, schedule, volumes, every_cycles, ...(options === undefined ? {} : { options }), ...(signal === undefined ? {} : { signal }) }
  const after = cut_s === undefined ? window : { ...window, measure_from_s: cut_s }
  return [
    { id: 'schedule', over: window, run: fixed },
    { id: 'dynamic', over: window, against: 'schedule', run: (input) => runDynamic({ ...task, input }) },
    ...(request.max_pressure ? [{ id: 'max-pressure', over: window, against: 'schedule', run: (input) => ({ result: runMaxPressure(prepared, input) }) } satisfies Mode] : []),
    ...(cut_s === undefined ? [] : [
      { id: 'schedule-after-cut', over: after, run: fixed },
      { id: 'dynamic-after-cut', over: after, against: 'schedule-after-cut', run: (input) => runDynamic({ ...task, input, feed: cutOff(cut_s) }) },
    ] satisfies Mode[]),
  ]
}

/** The same seed gives the same vehicles and drivers under every mode. */
function inputOf(street: Street, window: SimulationWindow, seed: number): SimulationInput {
  const { graph, corridor, period, prepared: { network }, request: { growth = 1, scenario: { demand, scenario } } } = street
  const types = vehicleTypes(demand)
  const sources = tripSources(graph, demand, { from_s: window.start_s, until_s: window.measure_until_s, period, growth })
  return {
    network, signals: compiledOf(street), trips: drawTripTable(graph, types, sources, seed), vehicle_types: types,
    corridor: { outbound: corridor.outbound === undefined ? [] : [corridor.outbound.links], inbound: corridor.inbound === undefined ? [] : [corridor.inbound.links] },
    options: {
      seed, step_s: 0.5, model: 'idm', ...driversOf(scenario),
      start_s: window.start_s, measure_from_s: window.measure_from_s, measure_until_s: window.measure_until_s, stop_at_s: window.stop_at_s,
    },
  }
}
