// From a scenario to offsets and orders for the widest bands of all its corridors at once, with the splits in the street; the
// simulation says what drivers get from them.
import { compileSignal } from '../model/compile.ts'
import { resolveCorridor } from '../model/corridor.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { PairedDifference } from '../model/evaluation.ts'
import type { Plan, PlannedIntersection } from '../model/plan.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Period, Scenario } from '../model/scenario.ts'
import { runningPatterns } from '../model/schedule.ts'
import type { Pattern, SignalId } from '../model/signal.ts'
import { compare, simulatePlans, SimulationPool, type SimulatedPlan } from '../simulation/batch/index.ts'
import { resolvePeriod } from '../simulation/demand/index.ts'
import { type CrossingCorridorsPlan, planNetworkBands, runningBands } from '../optimizer/network-bands/index.ts'
import { driversOf } from './drivers.ts'
import { proofSolver } from './link-solver.ts'
import { NETWORK } from './plan-network.ts'
import { compileStreet, withPlan } from './street.ts'

export interface NetworkBandRequest {
  scenario: Scenario
  scenario_name: string
  period?: string
  /** Runs of the comparison; 0 plans without simulating. */
  runs: number
  pool?: SimulationPool
  seed: number
  version: string
  inputs: Record<string, string>
  signal?: AbortSignal
  onProgress?: (share: number, label: string) => void
}

/** Bands of one corridor in the street and in the plan, s. */
export interface CorridorBands {
  corridor: string
  before: { outbound_s: number; inbound_s: number }
  after: { outbound_s: number; inbound_s: number }
}

export interface NetworkBandOutcome {
  plan: Plan
  graph: RoadGraph
  corridors: CorridorBands[]
  notes: readonly string[]
  /** Absent where nothing was simulated. */
  simulation?: { before: SimulatedPlan; after: SimulatedPlan; differences: PairedDifference[] }
  /** Where drivers would be worse off: bands are no promise of less delay. */
  warnings: string[]
}

/** Counted, not timed: the certificate is the same on every machine. */
const PROOF_NODES = 2000

/** Throws GreenwaveError: corridor.unknown without corridors, period.unknown, plan.infeasible, plan.refused; the reason when aborted. */
export async function planNetworkBandScenario(request: NetworkBandRequest): Promise<NetworkBandOutcome> {
  const { scenario } = request
  const { corridors } = scenario.scenario
  if (corridors.length === 0) throw new GreenwaveError('corridor.unknown', 'the scenario has no corridors: bands are planned along them')
  const graph = new RoadGraph(scenario.network)
  const period = resolvePeriod(scenario, request.period)
  const running = runningPatterns(scenario.timing, period.start_s)
  request.onProgress?.(0, 'planning')
  const aborted = (): boolean => request.signal?.aborted === true
  const result = planNetworkBands({
    graph, running, corridors: corridors.map((corridor) => resolveCorridor(graph, corridor)),
    effort: { seed: request.seed, goOn: () => !aborted(), solver: await proofSolver(), solver_limits: () => ({ node_limit: PROOF_NODES }) },
  })
  request.signal?.throwIfAborted()
  const plan: Plan = {
    format: 'greenwave.plan/1', id: `network-bands-${period.id}`.replaceAll(/[^\w.-]+/g, '-').toLowerCase(), scenario: request.scenario_name, corridor: NETWORK,
    period: period.id, cycle_s: result.problem.cycle_s,
    intersections: result.patterns.map((pattern): PlannedIntersection => {
      const signal = graph.getSignal(pattern.signal)
      return { id: signal.id, source_id: signal.source_id, ...(signal.name === undefined ? {} : { name: signal.name }), ...pattern, signal_groups: compileSignal(signal, pattern).groups }
    }),
    bands: [],
    certificate: certificateOf(result),
    losers: [],
    provenance: { version: request.version, seed: request.seed, inputs: request.inputs, objective: 'network-bands', assumptions: [...ASSUMPTIONS, ...result.notes] },
  }
  // The last gate: what is written has passed the rules as it is written.
  const laid = withPlan(graph, running, plan)
  const simulation = request.runs === 0 ? undefined : await simulateBoth(request, { graph, period, running, laid })
  const warnings = simulation === undefined ? [] : disagreements(simulation)
  plan.provenance.assumptions.push(...warnings)
  const before = runningBands(result.problem, running)
  const widths = ({ outbound_s, inbound_s }: { outbound_s: number; inbound_s: number }): CorridorBands['before'] => ({ outbound_s, inbound_s })
  return {
    plan, graph, notes: result.notes, warnings, ...(simulation === undefined ? {} : { simulation }),
    corridors: result.problem.arteries.map(({ id }, a) => ({ corridor: id, before: widths(before[a]), after: widths(result.plan.arteries[a]) })),
  }
}

async function simulateBoth(
  request: NetworkBandRequest, { graph, period, running, laid }: { graph: RoadGraph; period: Period; running: ReadonlyMap<SignalId, Pattern>; laid: ReadonlyMap<SignalId, Pattern> },
): Promise<NonNullable<NetworkBandOutcome['simulation']>> {
  const { scenario, runs, seed } = request
  const pool = request.pool ?? new SimulationPool()
  const label = 'simulating before and after'
  request.onProgress?.(0.5, label)
  try {
    const { plans } = await simulatePlans({
      graph, period, pool, demand: scenario.demand, trajectories: false, ...driversOf(scenario.scenario), seeds: Array.from({ length: runs }, (_, i) => seed + i),
      plans: [{ id: 'before', compiled: compileStreet(graph, running) }, { id: 'after', compiled: compileStreet(graph, laid) }],
      ...(request.signal === undefined ? {} : { signal: request.signal }),
      onProgress: (done, total) => request.onProgress?.(0.5 + (0.5 * done) / total, label),
    })
    const [before, after] = plans as [SimulatedPlan, SimulatedPlan]
    return { before, after, differences: compare(before.evaluation, after.evaluation) }
  } finally {
    if (request.pool === undefined) await pool.close()
  }
}

function disagreements({ before: { evaluation: was }, after: { evaluation: is }, differences }: NonNullable<NetworkBandOutcome['simulation']>): string[] {
  const delay = differences.find(({ measure }) => measure === 'delay_s')
  return [
    ...(is.gridlocked_runs > was.gridlocked_runs ? [`The traffic stands still in ${is.gridlocked_runs} of ${is.runs} simulated runs of this plan, in ${was.gridlocked_runs} of what runs now: do not use it as it is.`] : []),
    ...(delay?.verdict === 'worse' ? [`The bands are wider, the drivers are not better off: in the simulation mean delay rises from ${delay.before.toFixed(1)} to ${delay.after.toFixed(1)} s per vehicle. --network without --objective band plans for delay.`] : []),
  ]
}

const ASSUMPTIONS = [
  'Cycles and splits stay as they are; offsets and permitted sequences change. Bands may begin with green: no time is kept for queues that wait there.',
  'Who loses is not estimated; delay and stops are not part of this objective, the simulation measures them.',
]

function certificateOf({ certificate, problem }: CrossingCorridorsPlan): Plan['certificate'] {
  const { value, bound, gap, gap_share, proven, boxes } = certificate
  const solver = boxes.find((box) => box.solver !== undefined)?.solver?.name
  const why = solver === undefined ? 'what the corridors reach each alone' : `by the word of ${solver}, which knows what they owe each other at shared signals`
  const proof = proven ? `No plan with these splits and speeds has more${solver === undefined ? '' : `, ${why}`}.`
    : `No plan with these splits and speeds has more than ${bound.toFixed(1)} s, ${why}; ${(100 * gap_share).toFixed(1)} % are left open.`
  return {
    objective: 'band', value, bound, gap, proven, method: `annealing on exact bands, bound by ${solver === undefined ? 'ring-reach of each corridor' : `${solver} on the loops between the corridors`}`,
    sentence: `The bands of ${problem.arteries.length === 1 ? 'the corridor' : `${problem.arteries.length} corridors`}, both directions, add up to ${value.toFixed(1)} s at a cycle of ${problem.cycle_s} s. ${proof} This holds for bands, not for vehicles in the street.`,
  }
}
