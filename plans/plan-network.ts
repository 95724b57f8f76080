// From a scenario to one plan for all coordinated signals of a period: areas, cycles, splits and offsets of least delay and stops in the
// network model, checked, and simulated against the plan now running; the simulation also chooses between new cycles and the
// street's own. Pure orchestration, as plan-scenario.ts.
import type { PairedDifference } from '../model/evaluation.ts'
import type { CompiledSignal, Loser, Plan, PlannedIntersection } from '../model/plan.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Period, Scenario } from '../model/scenario.ts'
import { runningPatterns } from '../model/schedule.ts'
import type { Pattern, SignalId } from '../model/signal.ts'
import { compileSignal } from '../model/compile.ts'
import { NETWORK_DEFAULTS, networkLosers, planNetwork, type NetworkPlanOptions, type NetworkPlanResult } from '../optimizer/network/index.ts'
import { compare, simulatePlans, SimulationPool, type SimulatedPlan } from '../simulation/batch/index.ts'
import { listMissingVolumes, movementVolumes, resolvePeriod } from '../simulation/demand/index.ts'
import { choose, STOP_WEIGHT_S } from './choose.ts'
import { cpuSeconds } from './cpu-seconds.ts'
import { CHOICE } from './plan-scenario.ts'
import { compileStreet, compileWith, withPlan } from './street.ts'

export interface NetworkPlanRequest {
  scenario: Scenario
  scenario_name: string
  period?: string
  options: Partial<NetworkPlanOptions>
  /** Runs of the comparison; 0 plans without simulating. */
  runs: number
  pool?: SimulationPool
  seed: number
  version: string
  inputs: Record<string, string>
  signal?: AbortSignal
  onProgress?: (share: number, label: string) => void
}

export interface NetworkPlanOutcome {
  plan: Plan
  graph: RoadGraph
  period: Period
  result: NetworkPlanResult
  simulation?: { before: SimulatedPlan; after: SimulatedPlan; differences: PairedDifference[] }
  notes: string[]
  /** Where the simulation does not bear out what the model promised. */
  warnings: string[]
  /** Of planning alone, and of all. */
  planning_cpu_s: number
  cpu_s: number
}

/** Throws GreenwaveError: period.unknown, plan.infeasible, plan.refused; the reason of the signal when aborted. */
export async function planNetworkScenario(request: NetworkPlanRequest): Promise<NetworkPlanOutcome> {
  const started = process.cpuUsage()
  const { scenario } = request
  const graph = new RoadGraph(scenario.network)
  const period = resolvePeriod(scenario, request.period)
  const running = runningPatterns(scenario.timing, period.start_s)
  const volumes = movementVolumes(graph, scenario.demand, period)
  request.onProgress?.(0, 'planning')
  const free = freeSignals(scenario)
  const planned = (range: Partial<NetworkPlanOptions> = {}): NetworkPlanResult => {
    const found = planNetwork({
      graph, running, volumes, free,
      options: { stop_weight_s: STOP_WEIGHT_S, ...request.options, ...range, ...(request.signal === undefined ? {} : { goOn: () => request.signal?.aborted !== true }) },
    })
    request.signal?.throwIfAborted()
    return found
  }
  const candidates = [planned()]
  const street = streetCycle(running, free, { ...NETWORK_DEFAULTS, ...request.options })
  // At the cycle of the street signals keep their splits: what changes then is offsets alone.
  if (request.runs > 0 && street !== undefined && candidates[0]!.patterns.some(({ cycle_s }) => cycle_s !== street)) candidates.push(planned({ cycle_min_s: street, cycle_max_s: street }))
  const planning_cpu_s = cpuSeconds(started)
  const pool = request.runs === 0 ? undefined : request.pool ?? new SimulationPool()
  try {
    const work: Work = { request, graph, period, running, pool }
    const { result, chosenBy } = await chooseResult(work, candidates)
    return await outcome(work, result, chosenBy, { started, planning_cpu_s })
  } finally {
    if (request.pool === undefined) await pool?.close()
  }
}

interface Work {
  request: NetworkPlanRequest
  graph: RoadGraph
  period: Period
  running: Map<SignalId, Pattern>
  /** Absent where nothing is simulated. */
  pool: SimulationPool | undefined
}

/** The cycle that most signals run that keep a common time, if it may be planned. */
function streetCycle(running: ReadonlyMap<SignalId, Pattern>, free: ReadonlySet<SignalId>, { cycle_min_s, cycle_max_s }: NetworkPlanOptions): number | undefined {
  const counts = new Map<number, number>()
  for (const [id, { cycle_s }] of running) if (!free.has(id)) counts.set(cycle_s, (counts.get(cycle_s) ?? 0) + 1)
  const [usual] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [Number.NaN, 0])
  return Number.isInteger(usual) && usual >= cycle_min_s && usual <= cycle_max_s ? usual : undefined
}

/** As with corridors the simulation chooses, by seeds that the final figures don't see (decision 5). */
async function chooseResult(work: Work, candidates: readonly NetworkPlanResult[]): Promise<{ result: NetworkPlanResult; chosenBy?: string }> {
  const [first] = candidates as [NetworkPlanResult]
  if (candidates.length === 1 || work.pool === undefined) return { result: first }
  const seeds = Array.from({ length: CHOICE.runs }, (_, i) => work.request.seed + CHOICE.seed_distance + i)
  const plans = [{ id: 'running', compiled: compileStreet(work.graph, work.running) }, ...candidates.map((candidate, i) => ({ id: String(i), compiled: compileWith(work, candidate) }))]
  const [before, ...judged] = await simulate(work, plans, seeds, { from: 0.3, to: 0.5, label: 'comparing cycles' }) as [SimulatedPlan, ...SimulatedPlan[]]
  const { chosen } = choose(before.evaluation, judged.map(({ id, evaluation }) => ({ id, evaluation, widest: false })))
  return { result: candidates[Number(chosen)] as NetworkPlanResult, chosenBy: `${Number(chosen) === 0 ? 'New cycles and splits were' : 'New offsets at the cycle of the street were'} chosen by simulation (${CHOICE.runs} runs each, other seeds than the final figures).` }
}

async function outcome(work: Work, result: NetworkPlanResult, chosenBy: string | undefined, { started, planning_cpu_s }: { started: NodeJS.CpuUsage; planning_cpu_s: number }): Promise<NetworkPlanOutcome> {
  const { request, graph, period, running } = work
  const missing = listMissingVolumes(graph, request.scenario.demand, period)
  const notes = [
    ...(chosenBy === undefined ? [] : [chosenBy]), ...result.notes, ...result.areas.map(({ sentence }) => sentence),
    ...(result.kept.length > 0 ? [`${result.kept.length} signals keep the timing they have: they run actuated and free of any common time, or no cycle in the range fits them.`] : []),
    ...(missing.length > 0 ? [`${missing.length} movements have no measured volume; they are planned with 0 veh/h.`] : []),
  ]
  const losers = networkLosers(result.model, result.before, result.after, request.options.target_saturation ?? NETWORK_DEFAULTS.target_saturation)
  const plan = document(request, graph, period, result, losers, notes)
  // The last gate: what is written has passed the rules as it is written.
  const after = compileStreet(graph, withPlan(graph, running, plan))
  const simulation = work.pool === undefined ? undefined : await simulateBoth(work, after)
  const warnings = simulation === undefined ? [] : disagreements(simulation)
  plan.provenance.assumptions.push(...warnings)
  return { plan, graph, period, result, notes, warnings, planning_cpu_s, cpu_s: cpuSeconds(started), ...(simulation === undefined ? {} : { simulation }) }
}

/** The model ranks plans; the simulation is the witness that counts. */
function disagreements({ before, after, differences }: NonNullable<NetworkPlanOutcome['simulation']>): string[] {
  const delay = differences.find(({ measure }) => measure === 'delay_s')
  const found: string[] = []
  if (after.evaluation.gridlocked_runs > before.evaluation.gridlocked_runs) found.push(`The traffic stands still in ${after.evaluation.gridlocked_runs} of ${after.evaluation.runs} simulated runs of this plan, in ${before.evaluation.gridlocked_runs} of what runs now: do not use it as it is.`)
  if (delay?.verdict === 'worse') found.push(`The simulation does not bear out the model: mean delay rises from ${tenths(delay.before)} to ${tenths(delay.after)} s per vehicle. Do not use this plan as it is; longer cycles (--cycle) or corridors planned by simulation may serve.`)
  return found
}

/** What is fully actuated keeps no common time. */
const freeSignals = ({ timing }: Scenario): Set<SignalId> => new Set((timing.control ?? []).flatMap(({ type, signal }) => (type === 'actuated' ? [signal] : [])))

async function simulateBoth(work: Work, after: CompiledSignal[]): Promise<NonNullable<NetworkPlanOutcome['simulation']>> {
  const { graph, running, request: { runs, seed } } = work
  const seeds = Array.from({ length: runs }, (_, i) => seed + i)
  const [was, is] = await simulate(work, [{ id: 'before', compiled: compileStreet(graph, running) }, { id: 'after', compiled: after }], seeds, { from: 0.5, to: 1, label: 'simulating before and after' })
  return { before: was!, after: is!, differences: compare(was!.evaluation, is!.evaluation) }
}

async function simulate({ request, graph, period, pool }: Work, plans: { id: string; compiled: CompiledSignal[] }[], seeds: number[], { from, to, label }: { from: number; to: number; label: string }): Promise<SimulatedPlan[]> {
  request.onProgress?.(from, label)
  const simulated = await simulatePlans({
    graph, period, pool: pool!, demand: request.scenario.demand, trajectories: false, rules: request.scenario.scenario.driving, seeds, plans,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    onProgress: (done, total) => request.onProgress?.(from + ((to - from) * done) / total, label),
  })
  return simulated.plans
}

/** What holds for every plan of a network. */
const ASSUMPTIONS = [
  'Before and after both run as fixed time with their full splits, whatever the controllers are.',
  'Cyclic flow profiles (Robertson) on all links; queues that reach the junction behind them are a cost of the plan, they do not hold up its flows in the model.',
]

/** Losers of a plan that are written down: the rest is noise of a model. */
const MOST_LOSERS = 10_000

function document(request: NetworkPlanRequest, graph: RoadGraph, period: Period, result: NetworkPlanResult, losers: Loser[], notes: string[]): Plan {
  const cycles = result.areas.map(({ cycle_s, signals }) => ({ cycle_s, signals: signals.length })).sort((a, b) => b.signals - a.signals)
  return {
    format: 'greenwave.plan/1', id: `network-${period.id}`.replaceAll(/[^\w.-]+/g, '-').toLowerCase(), scenario: request.scenario_name, corridor: NETWORK, period: period.id,
    cycle_s: cycles[0]?.cycle_s ?? result.patterns[0]?.cycle_s ?? 0,
    intersections: result.patterns.map((pattern): PlannedIntersection => {
      const signal = graph.getSignal(pattern.signal)
      return { id: signal.id, source_id: signal.source_id, ...(signal.name === undefined ? {} : { name: signal.name }), ...pattern, signal_groups: compileSignal(signal, pattern).groups }
    }),
    bands: [],
    certificate: { objective: 'delay', ...result.certificate, method: 'offsets on pairwise tables of cyclic flow profiles', sentence: certificateSentence(result) },
    losers: losers.slice(0, MOST_LOSERS),
    provenance: { version: request.version, seed: request.seed, inputs: request.inputs, objective: 'network', assumptions: [...ASSUMPTIONS, ...notes] },
  }
}

/** Where a plan document names its corridor. */
export const NETWORK = 'network'

const tenths = (value: number): string => (Math.round(value * 10) / 10).toString()

/** At most so many signals of several areas keep their words short. */
function certificateSentence({ certificate, before, after, areas }: NetworkPlanResult): string {
  const { value, bound, gap, proven } = certificate
  const share = value > 0 ? `${(100 * gap / value).toFixed(2)} %` : '0 %'
  const proof = proven ? 'no offsets in whole seconds cost less in these tables.' : `no offsets cost less than ${tenths(bound)} in these tables: at most ${share} are left.`
  return `In the network model ${tenths(before.cost)} vehicles wait on average in the street and ${tenths(after.cost)} under this plan, stops at their weight. Its ${areas.length === 1 ? 'area' : `${areas.length} areas`} cost ${tenths(value)} in the tables between coordinated signals; ${proof} This holds in the table model with these cycles and splits, not in the street.`
}
