// From a scenario to one plan for all coordinated signals of a period: areas, cycles, splits and offsets of least delay and stops in the
// network model, checked, and simulated against the plan now running; the simulation also chooses among cycles, the
// street's own, plans of the corridor and signals by themselves. Pure orchestration, as plan-scenario.ts.
import { resolveCorridor, type ResolvedCorridor } from '../model/corridor.ts'
import type { PairedDifference } from '../model/evaluation.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { CompiledSignal, Loser, Plan, PlannedIntersection } from '../model/plan.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Period, Scenario } from '../model/scenario.ts'
import { runningPatterns } from '../model/schedule.ts'
import type { Pattern, SignalId } from '../model/signal.ts'
import { compileSignal } from '../model/compile.ts'
import { type Coverage, NETWORK_DEFAULTS, NETWORK_DISPERSION, networkLosers, planNetwork, ratePatterns, type NetworkPlanInput, type NetworkPlanOptions, type NetworkPlanResult } from '../optimizer/network/index.ts'
import { compare, type PlanToSimulate, simulatePlans, SimulationPool, type SimulatedPlan } from '../simulation/batch/index.ts'
import { listMissingVolumes, movementVolumes, resolvePeriod } from '../simulation/demand/index.ts'
import { judge, type JudgedNetwork, rankNetworks, SIDE_WORTH, STOP_WEIGHT_S } from './choose.ts'
import { controlStreet } from './control.ts'
import { cpuSeconds } from './cpu-seconds.ts'
import { driversOf } from './drivers.ts'
import { ALONE, listNetworkCandidates, type NetworkCandidate, RUNNING } from './network-candidates.ts'
import { CHOICE } from './plan-scenario.ts'
import { type Polished, polishPlan } from './polish/polish.ts'
import { sideWaitP95 } from './side-streets.ts'
import { compileStreet, compileWith, withPlan } from './street.ts'

export interface NetworkPlanRequest {
  scenario: Scenario
  scenario_name: string
  period?: string
  options: Partial<NetworkPlanOptions>
  /** Runs of the comparison; 0 plans without simulating. */
  runs: number
  /** Candidates are told apart by simulation even without a comparison. */
  choose?: boolean
  /** Runs of a last polish in the simulation, its test included; 0 or absent: none. See plans/polish. */
  polish_runs?: number
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
  const { free, wereFree } = freeSignals(scenario, running)
  const corridor = firstCorridor(graph, scenario)
  const input: NetworkPlanInput = {
    graph, running, volumes, free,
    options: { stop_weight_s: STOP_WEIGHT_S, ...request.options, ...(request.signal === undefined ? {} : { goOn: () => request.signal?.aborted !== true }) },
  }
  const simulated = request.runs > 0 || request.choose === true || (request.polish_runs ?? 0) > 0
  const listed = simulated ? listNetworkCandidates(input, corridor) : [planOnly(input)]
  // The street does not run its patterns at fixed times then, so nobody would keep what they have by keeping them.
  const candidates = wereFree ? listed.filter(({ id }, _, { length }) => id !== RUNNING || length === 1) : listed
  request.signal?.throwIfAborted()
  const planning_cpu_s = cpuSeconds(started)
  const pool = simulated ? request.pool ?? new SimulationPool() : undefined
  try {
    const work: Work = { request, graph, period, running, wereFree, corridor, pool }
    const { result: chosen, chosenBy } = await chooseResult(work, candidates)
    const polished = pool === undefined || (request.polish_runs ?? 0) === 0 ? undefined : await polishResult(work, input, chosen, pool)
    const result = polished?.improved === true ? ratePatterns(input, polished.patterns) : chosen
    return await outcome(work, result, [chosenBy, polished?.sentence].filter((note) => note !== undefined), { started, planning_cpu_s })
  } finally {
    if (request.pool === undefined) await pool?.close()
  }
}

interface Work {
  request: NetworkPlanRequest
  graph: RoadGraph
  period: Period
  running: Map<SignalId, Pattern>
  /** All signals run free today, and all are planned. */
  wereFree: boolean
  corridor: ResolvedCorridor | undefined
  /** Absent where nothing is simulated. */
  pool: SimulationPool | undefined
}

/** Where the scenario has one: whoever never drives along it is its side streets. */
function firstCorridor(graph: RoadGraph, { scenario }: Scenario): ResolvedCorridor | undefined {
  const [first] = scenario.corridors
  if (first === undefined) return undefined
  try {
    return resolveCorridor(graph, first)
  } catch (error) {
    // A corridor with a gap is no reason not to plan the network.
    if (error instanceof GreenwaveError) return undefined
    throw error
  }
}

/** What the model alone would do. */
function planOnly(input: NetworkPlanInput): NetworkCandidate {
  const result = planNetwork(input)
  return { id: 'network', name: 'New cycles and splits', patterns: result.patterns, result: () => result }
}

/** So many candidates go on from the first, short look. */
const FINALISTS = 3

/**
 * As with corridors the simulation chooses, by seeds that the final figures don't see (decision 5): one run tells off what is clearly worse, the
 * finalists meet seeds that the first look did not see, so that nobody wins by the luck of one.
 */
async function chooseResult(work: Work, candidates: readonly NetworkCandidate[]): Promise<{ result: NetworkPlanResult; chosenBy?: string }> {
  const [first] = candidates as [NetworkCandidate]
  if (candidates.length === 1 || work.pool === undefined) return { result: first.result() }
  const seed = work.request.seed + CHOICE.seed_distance
  const judging = { ...work, served: first.result().overfull.length === 0 }
  const looked = await rank(judging, candidates, [seed], { from: 0.3, to: 0.4, label: `comparing ${candidates.length} plans` })
  const ids = new Set([first.id, ALONE, RUNNING, ...looked.slice(0, FINALISTS)])
  const finalists = candidates.filter(({ id }) => ids.has(id))
  const ranked = await rank(judging, finalists, Array.from({ length: CHOICE.runs }, (_, i) => seed + 1 + i), { from: 0.4, to: 0.5, label: `comparing the best ${finalists.length}` })
  const chosen = candidates.find(({ id }) => id === ranked[0]) as NetworkCandidate
  return { result: chosen.result(), chosenBy: `${chosen.name} were chosen by simulation out of ${candidates.length} plans (other seeds than the final figures).` }
}

/**
 * Ids, best first. Where the model's own plan serves everybody, side streets may wait what they wait under the plan that has them wait least,
 * of those that are not refused for their cost: reds make that. Where it does not, somebody waits in any plan, and the mark is signals that think of nobody else.
 */
async function rank(work: Work & { served: boolean }, candidates: readonly NetworkCandidate[], seeds: number[], stage: Stage): Promise<string[]> {
  const simulated = await simulate(work, candidates.map(({ id, patterns }) => ({ id, compiled: compileWith(work, { patterns }) })), seeds, stage)
  const judged = simulated.map(({ id, evaluation, runs }): JudgedNetwork => {
    const side_p95_s = work.corridor === undefined ? undefined : sideWaitP95(runs)
    return { id, evaluation, ...(side_p95_s === undefined ? {} : { side_p95_s }) }
  })
  const costs = new Map(judged.map((one) => [one.id, judge(one.evaluation, one).cost_s]))
  const dearest = Math.min(...costs.values()) * (1 + SIDE_WORTH)
  const marks = judged.flatMap(({ id, side_p95_s }) => (side_p95_s !== undefined && (work.served ? (costs.get(id) as number) <= dearest : id === ALONE) ? [side_p95_s] : []))
  const running_cost_s = costs.get(RUNNING)
  return rankNetworks(judged, { ...(marks.length === 0 ? {} : { side_p95_s: Math.min(...marks) }), ...(running_cost_s === undefined ? {} : { running_cost_s }) }).map(({ id }) => id)
}

async function outcome(work: Work, result: NetworkPlanResult, chosenBy: readonly string[], { started, planning_cpu_s }: { started: NodeJS.CpuUsage; planning_cpu_s: number }): Promise<NetworkPlanOutcome> {
  const { request, graph, period, running } = work
  const missing = listMissingVolumes(graph, request.scenario.demand, period)
  const notes = [
    ...chosenBy, ...result.notes, ...overloadNotes(result), ...orderNotes(result), ...result.areas.map(({ sentence }) => sentence),
    ...(result.kept.length > 0 ? [`${result.kept.length} signals keep the timing they have: they run actuated and free of any common time, or no cycle in the range fits them.`] : []),
    ...(work.wereFree ? ['All signals run actuated and free of any common time today; under this plan they run at fixed times. The simulation runs them actuated before, and the model at the durations that stand in their programs.'] : []),
    ...(missing.length > 0 ? [`${missing.length} movements have no measured volume; they are planned with 0 veh/h.`] : []),
  ]
  const losers = networkLosers(result.model, result.before, result.after, request.options.target_saturation ?? NETWORK_DEFAULTS.target_saturation)
  const plan = document(work, result, losers, notes)
  // The last gate: what is written has passed the rules as it is written.
  const after = compileStreet(graph, withPlan(graph, running, plan))
  const simulation = work.pool === undefined || request.runs === 0 ? undefined : await simulateBoth(work, after)
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

/** What is fully actuated keeps no common time and stays as it is; where that is everybody, a plan is asked for what they would do at a common time. */
function freeSignals({ timing }: Scenario, running: ReadonlyMap<SignalId, Pattern>): { free: Set<SignalId>; wereFree: boolean } {
  const free = new Set((timing.control ?? []).flatMap(({ type, signal }) => (type === 'actuated' ? [signal] : [])))
  const wereFree = running.size > 0 && [...running.keys()].every((id) => free.has(id))
  return wereFree ? { free: new Set(), wereFree } : { free, wereFree }
}

async function simulateBoth(work: Work, after: CompiledSignal[]): Promise<NonNullable<NetworkPlanOutcome['simulation']>> {
  const { graph, running, request, wereFree } = work
  const { runs, seed } = request
  const seeds = Array.from({ length: runs }, (_, i) => seed + i)
  const [was, is] = await simulate(work, [{ id: 'before', compiled: compileStreet(graph, running), ...(wereFree ? { control: controlStreet(graph, running, request.scenario.timing) } : {}) }, { id: 'after', compiled: after }], seeds, { from: (request.polish_runs ?? 0) > 0 ? 0.7 : 0.5, to: 1, label: 'simulating before and after' })
  return { before: was!, after: is!, differences: compare(was!.evaluation, is!.evaluation) }
}

/** For its reader: shares of the whole work, and what is being done. */
interface Stage {
  from: number
  to: number
  label: string
}

async function simulate({ request, graph, period, corridor, pool }: Work, plans: PlanToSimulate[], seeds: number[], { from, to, label }: Stage): Promise<SimulatedPlan[]> {
  request.onProgress?.(from, label)
  const simulated = await simulatePlans({
    graph, period, corridor, pool: pool!, demand: request.scenario.demand, trajectories: false, ...driversOf(request.scenario.scenario), seeds, plans,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    onProgress: (done, total) => request.onProgress?.(from + ((to - from) * done) / total, label),
  })
  return simulated.plans
}

/** Small changes of offsets and splits of any signal; what stays is better on fresh seeds. */
function polishResult({ request, graph, period, corridor, running }: Work, { volumes, free }: NetworkPlanInput, { patterns }: NetworkPlanResult, pool: SimulationPool): Promise<Polished> {
  const { scenario, seed } = request
  request.onProgress?.(0.5, 'polishing')
  return polishPlan({
    graph, corridor, period, running, volumes, patterns, pool, seed, demand: scenario.demand, rows: scenario.scenario.corridors.map(({ intersections }) => intersections), ...driversOf(scenario.scenario), runs: request.polish_runs ?? 0, dispersion: NETWORK_DISPERSION,
    ...(free === undefined ? {} : { free }), ...(request.signal === undefined ? {} : { signal: request.signal }), onProgress: (share) => request.onProgress?.(0.5 + 0.2 * share, 'polishing'),
  })
}

const FIXED_TIMES = 'Before and after both run as fixed time with their full splits, whatever the controllers are.'

/** What holds for every plan of a network. */
const ASSUMPTIONS = [
  'Cyclic flow profiles (Robertson) on all links; queues that reach the junction behind them are a cost of the plan, they do not hold up its flows in the model.',
]

/** Losers of a plan that are written down: the rest is noise of a model. */
const MOST_LOSERS = 10_000

function document({ request, graph, period, wereFree }: Work, result: NetworkPlanResult, losers: Loser[], notes: string[]): Plan {
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
    provenance: { version: request.version, seed: request.seed, inputs: request.inputs, objective: 'network', assumptions: [...(wereFree ? [] : [FIXED_TIMES]), ...ASSUMPTIONS, ...notes] },
  }
}

/** Where a plan document names its corridor. */
export const NETWORK = 'network'

const tenths = (value: number): string => (Math.round(value * 10) / 10).toString()
const hundredths = (value: number): string => (Math.round(value * 100) / 100).toString()

/** Signals that a note names. */
const MOST_NAMED = 5

/** At most so many signals of several areas keep their words short. */
function certificateSentence(result: NetworkPlanResult): string {
  const { certificate, coverage, before, after, areas } = result
  const { value, bound, gap, proven } = certificate
  const share = value > 0 ? `${(100 * gap / value).toFixed(2)} %` : '0 %'
  const proof = proven ? 'no offsets in whole seconds cost less in these tables.' : `no offsets cost less than ${tenths(bound)} in these tables: at most ${share} are left.`
  return `In the network model ${tenths(before.cost)} vehicles wait on average in the street and ${tenths(after.cost)} under this plan, stops at their weight. Its ${areas.length === 1 ? 'area' : `${areas.length} areas`} cost ${tenths(value)} in the tables between coordinated signals; ${proof} ${coverageSentence(coverage)}${bestSentence(result)} This holds in the table model with these cycles, splits and orders of phases, not in the street.${ordersSentence(result)}`
}

/** Which orders the proof is about, and that it is not about others. */
function ordersSentence({ orders: { open, searched, changes } }: NetworkPlanResult): string {
  if (open === 0) return ''
  return searched ? ` ${countOf(open, 'signal')} may run other orders, and ${changes.length} got one: orders were compared together with offsets, a barrier group of each signal at a time, until none gained more, so their choice is local, not proven.`
    : ` ${countOf(open, 'signal')} may run other orders, which were not compared for this plan.`
}

const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** So many new orders are told one by one, those that gain most. */
const MOST_ORDERS = 20

function overloadNotes({ eased: { signals, even }, orders: { street }, after }: NetworkPlanResult): string[] {
  if (even === undefined) return []
  return [`${countOf(signals.length, 'signal')} cannot serve everybody at this cycle (${signals.slice(0, MOST_NAMED).join(', ')}${signals.length > MOST_NAMED ? ' and others' : ''}). With everybody there equally full ${tenths(even.cost)} vehicles wait in the model; with green where the network waits least ${tenths(street?.cost ?? after.cost)}. Who was served before is served still.`]
}

function orderNotes({ orders: { changes, street }, after }: NetworkPlanResult): string[] {
  if (street === undefined) return []
  const most = [...changes].sort((a, b) => b.gain - a.gain).slice(0, MOST_ORDERS)
  const rest = changes.length - most.length
  return [
    `New orders of phases at ${countOf(changes.length, 'signal')}: in the model ${tenths(after.cost)} vehicles wait on average, with the best offsets found for the orders of the street ${tenths(street.cost)}.`,
    ...most.map(({ signal, from, to, gain }) => `Signal ${signal} runs ${to} instead of ${from}: in its old order, at the offset that is best for that, ${hundredths(gain)} vehicles more would wait.`),
    ...(rest > 0 ? [`${countOf(rest, 'more signal')} run new orders that gain less.`] : []),
  ]
}

/** Streets count once for each way. */
function coverageSentence({ signals, inside, borders, border_value, border_bound, by_chance }: Coverage): string {
  const between = borders === 0 ? '' : ` and ${borders} between areas whose cycles meet again (${hundredths(border_value)} vehicles beside arrivals by chance, ${hundredths(border_bound)} at least)`
  const chance = by_chance === 0 ? '' : ` ${by_chance} streets have no time in common at their ends: they cost the same whatever the offsets are.`
  return `The proof is of all ${signals} signals at once: ${inside} tables of streets inside areas${between}.${chance}`
}

/** How much of what is left is proof, and how much was given up for the model; nothing where little is left. */
function bestSentence({ certificate: { value, bound, proven }, coverage: { best_in_tables, best_in_model }, after }: NetworkPlanResult): string {
  if (proven || !(best_in_tables < value)) return ''
  const unproven = bound > 0 ? `, at most ${Number((100 * (best_in_tables - bound) / bound).toPrecision(2))} % above the bound` : ''
  const model = best_in_model > after.cost ? `but ${tenths(best_in_model)} vehicles wait under them in the network model, where platoons move with the offsets` : `and ${tenths(best_in_model)} vehicles wait under them in the network model`
  return ` The best offsets found for the tables alone cost ${tenths(best_in_tables)} there${unproven}, ${model}.`
}
