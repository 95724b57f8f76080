// The main job: from a scenario to one corridor's plan for one period, checked, simulated against the plan now running
// and compared with it. Pure orchestration: files are read and written by the caller.
import { resolveCorridor, type ResolvedCorridor } from '../model/corridor.ts'
import { GreenwaveError } from '../model/errors.ts'
import type { Evaluation, PairedDifference } from '../model/evaluation.ts'
import type { Insight } from '../model/insight.ts'
import type { MovementId } from '../model/network.ts'
import type { CompiledSignal, Plan } from '../model/plan.ts'
import { RoadGraph } from '../model/road-graph.ts'
import { runningPatterns } from '../model/schedule.ts'
import type { Period, Scenario } from '../model/scenario.ts'
import type { Pattern, SignalId } from '../model/signal.ts'
import type { Seconds } from '../model/units.ts'
import { candidateAt, paretoBands, planCorridor, type Candidate, type CorridorPlanOptions } from '../optimizer/corridor/index.ts'
import { compare, simulatePlans, SimulationPool, type ExtraMeasures, type SimulatedPlan, type SimulatedPlans } from '../simulation/batch/index.ts'
import { listMissingVolumes, movementVolumes, resolvePeriod } from '../simulation/demand/index.ts'
import { cpuSeconds } from './cpu-seconds.ts'
import { bandAllowance, choose, delayWithEntry, meanSaturation, saturationSentence, type Verdict } from './choose.ts'
import { listCorridorPaths, pathsNote } from './corridor-paths.ts'
import { planDocument } from './document.ts'
import { simulatedLosers } from './losers.ts'
import { withSolver } from './link-solver.ts'
import { finalistsOf, planFront, type PlanFront } from './front/front.ts'
import { driversOf } from './drivers.ts'
import { type Polished, polishPlan } from './polish/polish.ts'
import type { Reckoner } from './reckoning/reckoner.ts'
import { type RobustPlan, robustPlan } from './robust/robust.ts'
import { trafficSampler } from './robust/samples.ts'
import { listStations, type Station } from './stations.ts'
import { compileStreet, compileWith, getCorridor, withPlan } from './street.ts'
import { whyPlan } from './why.ts'

export interface PlanRequest {
  scenario: Scenario
  /** Folder or name that the plan's provenance shows. */
  scenario_name: string
  corridor?: string
  period?: string
  options: Partial<CorridorPlanOptions>
  /** Runs of the final comparison; 0 plans without simulating. */
  runs: number
  /** Candidates are told apart by simulation even without a final comparison. */
  choose?: boolean
  /** The plan also says why: its cycle among the others, what stands in the way, and what the smallest changes would give. */
  why?: boolean
  /** Step of the runs that tell candidates apart; 0.5 s by default. */
  choice_step_s?: Seconds
  /** Runs of a last polish in the simulation, its test included; 0 or absent: none. See plans/polish. */
  polish_runs?: number
  /** The plan is chosen over samples of traffic instead of its mean; see plans/robust. */
  robust?: boolean
  /** Also the front of plans that weigh the measures differently; see plans/front. */
  front?: boolean
  /** How long each run measures; an hour by default. */
  window_s?: Seconds
  /** Threads to use; by default a pool is made for this call. */
  pool?: SimulationPool
  /** For the network of the scenario: plans on its thread; by default here. */
  reckoner?: Reckoner
  seed: number
  version: string
  /** SHA-256 of the inputs by name. */
  inputs: Record<string, string>
  signal?: AbortSignal
  /** Share done, 0 to 1, and what is being done. */
  onProgress?: (share: number, label: string) => void
}

export interface PlanOutcome {
  plan: Plan
  graph: RoadGraph
  corridor: ResolvedCorridor
  period: Period
  stations: Station[]
  running: Map<SignalId, Pattern>
  /** At the signals of the corridor. */
  running_compiled: CompiledSignal[]
  candidate: Candidate
  candidates: { candidate: Candidate; verdict?: Verdict; chosen: boolean }[]
  /** Where candidates were told apart by simulation: delay with waiting to enter of what runs now and of the one that was chosen, s per vehicle; infinite where the traffic stood still. */
  choice?: { running_s: Seconds; chosen_s: Seconds }
  /** Where it was polished: what was tried, and what is gained on fresh seeds. `candidate` is then the polished one. */
  polish?: Polished
  robust?: RobustPlan
  front?: PlanFront
  simulation?: { before: SimulatedPlan; after: SimulatedPlan; differences: PairedDifference[] }
  pareto: { outbound_s: number; inbound_s: number }[]
  notes: string[]
  cpu_s: number
}

/** Candidates are told apart with few runs; the final figures come from other seeds. */
export const CHOICE = { runs: 2, seed_distance: 1_000_000 } as const

const RUNNING = 'running'

/**
 * Throws GreenwaveError: corridor.*, period.unknown, plan.infeasible (exit 4), plan.refused (exit 5), band.unconfirmed;
 * the reason of the signal when aborted.
 */
export async function planScenario(request: PlanRequest): Promise<PlanOutcome> {
  const started = process.cpuUsage()
  const { scenario, reckoner, signal } = request
  const { objective } = request.options
  if (request.robust === true && objective !== undefined && objective !== 'auto' && objective !== 'delay') throw new GreenwaveError('usage', `a robust plan is chosen for delay and stops over samples of traffic; it does not go with the objective ${objective}`)
  if ((request.polish_runs ?? 0) > 0 && (objective === 'multiband' || objective === 'paths')) throw new GreenwaveError('usage', `a plan for ${objective} cannot be polished: its bands are not those that polishing measures anew`)
  const graph = new RoadGraph(scenario.network)
  const corridor = resolveCorridor(graph, getCorridor(scenario.scenario, request.corridor))
  const period = resolvePeriod(scenario, request.period)
  const running = runningPatterns(scenario.timing, period.start_s)
  const volumes = movementVolumes(graph, scenario.demand, period)
  request.onProgress?.(0, 'planning')
  const options = request.options.objective === 'paths' ? { ...request.options, paths: listCorridorPaths(graph, corridor, scenario.demand, period) } : request.options
  const input = { graph, corridor, running, volumes, options }
  const sum = { corridor: corridor.corridor, running, volumes, options }
  const planned = await reckoner?.ask('candidates', sum, signal) ?? planCorridor(await withSolver(input)).candidates
  const robust = request.robust === true ? robustPlan(input, planned.map(({ patterns }) => patterns), trafficSampler(graph, scenario.demand, period, volumes), { seed: request.seed }) : undefined
  const candidates = robust === undefined ? planned : [candidateAt(input, robust.patterns, 'delay', robust.sentences)]
  const work: Work = { request, graph, corridor, period, running, volumes, candidates }
  const polishRuns = request.polish_runs ?? 0
  const pool = request.runs > 0 || request.choose === true || polishRuns > 0 ? request.pool ?? new SimulationPool() : undefined
  try {
    const { chosen, choice, verdicts, chosenBy } = await chooseCandidate(work, pool)
    const polish = pool === undefined || polishRuns === 0 ? undefined : await polishCandidate(work, chosen, pool, polishRuns)
    const final = pool === undefined || request.runs === 0 ? undefined : await simulateBoth(work, polish?.candidate ?? chosen, pool)
    const pareto = isOneWay(corridor) ? [] : await reckoner?.ask('front', { ...sum, cycle_s: chosen.cycle_s }, signal) ?? paretoBands(input, chosen.cycle_s)
    const insight = request.why === true ? await reckoner?.ask('why', { ...sum, candidate: aboutOf(polish?.candidate ?? chosen) }, signal) ?? whyPlan(input, polish?.candidate ?? chosen) : undefined
    const front = request.front === true ? await frontOf(work, polish?.candidate ?? chosen, pool) : undefined
    return outcome(work, { chosen, polish, robust, front, choice, verdicts, final, chosenBy, pareto, insight, started })
  } finally {
    if (request.pool === undefined) await pool?.close()
  }
}

/** What the reasons of a plan are found from. */
const aboutOf = ({ cycle_s, limit, target, problem }: Candidate): Pick<Candidate, 'cycle_s' | 'limit' | 'target' | 'problem'> => ({ cycle_s, limit, target, problem })

interface Polish {
  candidate: Candidate
  polished: Polished
}

/** Objectives that ask for bands keep them; `auto` and `delay` may give up some, and the bands of what comes out are measured anew. */
async function polishCandidate(work: Work, chosen: Candidate, pool: SimulationPool, runs: number): Promise<Polish> {
  const { request, graph, corridor, period, running, volumes } = work
  const { scenario, options } = request
  const input = { graph, corridor, running, volumes, options }
  const keepsBands = (patterns: readonly Pattern[]): boolean => candidateAt(input, patterns, chosen.kind).certificate.value >= chosen.certificate.value - (options.band_slack_s ?? 0) - SAME_BAND_S
  request.onProgress?.(0.4, 'polishing')
  const polished = await polishPlan({
    graph, corridor, period, running, volumes, demand: scenario.demand, patterns: chosen.patterns, rows: [corridor.corridor.intersections], ...driversOf(scenario.scenario), runs, pool, seed: request.seed,
    ...(options.objective === undefined || options.objective === 'auto' || options.objective === 'delay' ? {} : { keep: keepsBands }),
    ...(request.choice_step_s === undefined ? {} : { step_s: request.choice_step_s }), ...(request.window_s === undefined ? {} : { window_s: request.window_s }), ...(request.signal === undefined ? {} : { signal: request.signal }),
    onProgress: (share) => request.onProgress?.(0.4 + 0.3 * share, 'polishing'),
  })
  return { polished, candidate: polished.improved ? candidateAt(input, polished.patterns, chosen.kind, chosen.explanations) : chosen }
}

/** The best in each measure are also simulated, beside what runs, with the seeds that told candidates apart. */
async function frontOf(work: Work, proposed: Candidate, pool: SimulationPool | undefined): Promise<PlanFront> {
  const { request, graph, corridor, running, volumes } = work
  const front = planFront({ graph, corridor, running, volumes, options: request.options }, [{ how: 'the plan chosen', patterns: proposed.patterns, chosen: true }])
  if (pool === undefined) return front
  const finalists = finalistsOf(front)
  const simulated = await simulate(work, pool, {
    seeds: choiceSeeds(request), trajectories: false, measures: { fuel: 'circles' }, from: 0.95, to: 1, label: `simulating ${finalists.length} plans of the front`,
    plans: [{ id: RUNNING, compiled: compileStreet(graph, running) }, ...finalists.map((member, i) => ({ id: String(i), compiled: compileWith(work, member) }))],
  })
  const [before, ...judged] = simulated.plans as [SimulatedPlan, ...SimulatedPlan[]]
  judged.forEach(({ evaluation }, i) => { finalists[i]!.differences = compare(before.evaluation, evaluation) })
  return front
}

const choiceSeeds = ({ seed }: PlanRequest): number[] => Array.from({ length: CHOICE.runs }, (_, i) => seed + CHOICE.seed_distance + i)

/** Bands that differ by less are the same, s. */
const SAME_BAND_S = 1e-6

interface Work {
  request: PlanRequest
  graph: RoadGraph
  corridor: ResolvedCorridor
  period: Period
  running: Map<SignalId, Pattern>
  volumes: ReadonlyMap<MovementId, number>
  candidates: Candidate[]
}

/** Then it has no front. */
const isOneWay = ({ outbound, inbound }: ResolvedCorridor): boolean => outbound === undefined || inbound === undefined

async function chooseCandidate(work: Work, pool: SimulationPool | undefined): Promise<{ chosen: Candidate; choice?: NonNullable<PlanOutcome['choice']>; verdicts: Verdict[]; chosenBy: string }> {
  const { candidates, request } = work
  const first = candidates[0] as Candidate
  if (candidates.length === 1) return { chosen: first, verdicts: [], chosenBy: 'There was one candidate.' }
  const saturation = candidates.map((candidate) => corridorSaturation(work, candidate))
  const why = (i: number): string => (isAuto(request) ? ` ${saturationSentence(saturation[i]!, isWide(candidates[i]!))}` : '')
  if (pool === undefined) {
    const taken = takeUnsimulated(candidates, saturation)
    return { chosen: candidates[taken]!, verdicts: [], chosenBy: `Of ${candidates.length} candidates ${taken === 0 ? 'the one with the least predicted delay' : 'one with wide bands and hardly more predicted delay than the least'} was taken, because nothing was simulated.${why(taken)}` }
  }
  const seeds = choiceSeeds(request)
  const simulated = await simulate(work, pool, {
    seeds, trajectories: false, ...(request.choice_step_s === undefined ? {} : { step_s: request.choice_step_s }), from: 0.05, to: 0.4, label: `comparing ${candidates.length} candidates`,
    plans: [{ id: RUNNING, compiled: compileStreet(work.graph, work.running) }, ...candidates.map((candidate, i) => ({ id: String(i), compiled: compileWith(work, candidate) }))],
  })
  const [before, ...judged] = simulated.plans as [SimulatedPlan, ...SimulatedPlan[]]
  const { chosen, verdicts } = choose(before.evaluation, judged.map(({ id, evaluation }, i) => ({ id, evaluation, widest: isWide(candidates[i]!), saturation: saturation[i]! })))
  return {
    chosen: candidates[Number(chosen)] as Candidate, choice: { running_s: delayWithEntry(before.evaluation), chosen_s: delayWithEntry(judged[Number(chosen)]!.evaluation) }, verdicts,
    chosenBy: `Of ${candidates.length} candidates the simulation chose this one (${CHOICE.runs} runs each, other seeds than the final figures).${why(Number(chosen))}`,
  }
}

const isAuto = ({ options: { objective = 'auto' } }: PlanRequest): boolean => objective === 'auto'

const isWide = ({ kind }: Candidate): boolean => kind !== 'delay'

/** Of the movements that carry the corridor on, both directions. */
function corridorSaturation({ corridor, volumes }: Work, { saturation }: Candidate): number {
  const through = [corridor.outbound, corridor.inbound].flatMap((way) => way?.crossings ?? []).flatMap(({ movements }) => movements.map(({ id }) => id))
  return meanSaturation(through, volumes, saturation)
}

/** By predicted delay what the simulation would do by its own: the first is the least, wide bands may cost what they are worth. */
function takeUnsimulated(candidates: readonly Candidate[], saturation: readonly number[]): number {
  const least = candidates[0]!.predicted.total
  const wide = candidates.findIndex((candidate, i) => isWide(candidate) && candidate.predicted.total <= least * (1 + bandAllowance(saturation[i]!)))
  return Math.max(0, wide)
}

/** The reference run of control delay serves both plans of a seed, so it costs little beside the choice. */
const FINAL_MEASURES: ExtraMeasures = { control_delay: true, fuel: 'circles' }

async function simulateBoth(work: Work, chosen: Candidate, pool: SimulationPool): Promise<SimulatedPlans> {
  const { request } = work
  return simulate(work, pool, {
    seeds: Array.from({ length: request.runs }, (_, i) => request.seed + i), trajectories: true, measures: FINAL_MEASURES, from: (request.polish_runs ?? 0) > 0 ? 0.7 : 0.4, to: 1, label: 'simulating before and after',
    plans: [{ id: 'before', compiled: compileStreet(work.graph, work.running) }, { id: 'after', compiled: compileWith(work, chosen) }],
  })
}

interface Batch {
  plans: { id: string; compiled: CompiledSignal[] }[]
  seeds: number[]
  trajectories: boolean
  measures?: ExtraMeasures
  step_s?: Seconds
  from: number
  to: number
  label: string
}

function simulate(work: Work, pool: SimulationPool, batch: Batch): Promise<SimulatedPlans> {
  const { request, graph, corridor, period } = work
  request.onProgress?.(batch.from, batch.label)
  return simulatePlans({
    graph, corridor, period, pool, demand: request.scenario.demand, plans: batch.plans, seeds: batch.seeds, trajectories: batch.trajectories,
    ...driversOf(request.scenario.scenario), ...(request.window_s === undefined ? {} : { window_s: request.window_s }), ...(batch.measures === undefined ? {} : { measures: batch.measures }), ...(batch.step_s === undefined ? {} : { step_s: batch.step_s }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
    onProgress: (done, total) => request.onProgress?.(batch.from + ((batch.to - batch.from) * done) / total, batch.label),
  })
}

interface Results {
  /** Of the candidates, before it was polished. */
  chosen: Candidate
  polish: Polish | undefined
  robust: RobustPlan | undefined
  front: PlanFront | undefined
  choice: PlanOutcome['choice']
  verdicts: Verdict[]
  chosenBy: string
  final: SimulatedPlans | undefined
  pareto: PlanOutcome['pareto']
  insight: Insight | undefined
  started: NodeJS.CpuUsage
}

function outcome(work: Work, { chosen, polish, robust, front, choice, verdicts, chosenBy, final, pareto, insight, started }: Results): PlanOutcome {
  const proposed = polish?.candidate ?? chosen
  const { request, graph, corridor, period, running, candidates } = work
  const [before, after] = final?.plans ?? []
  const simulation = before === undefined || after === undefined ? undefined : { before, after, differences: compare(before.evaluation, after.evaluation) }
  const missing = listMissingVolumes(graph, request.scenario.demand, period)
  const notes = [
    chosenBy,
    ...(polish === undefined ? [] : [polish.polished.sentence]),
    ...(proposed.paths === undefined ? [] : [pathsNote(request.scenario.demand)]),
    ...(final?.window.assumptions ?? []),
    ...(missing.length > 0 ? [`${missing.length} movements have no measured volume; they are planned with 0 veh/h.`] : []),
    ...proposed.explanations,
  ]
  const losers = simulation === undefined ? proposed.losers : [...simulatedLosers(graph, corridor, simulation.before.evaluation, simulation.after.evaluation), ...proposed.losers.filter(({ kind, measure }) => kind === 'pedestrian' || measure === 'saturation')]
  const plan = planDocument({ graph, corridor, period, candidate: proposed, losers, ...(insight === undefined ? {} : { insight }), notes, request })
  // The last gate: what is written has passed the rules as it is written.
  withPlan(graph, running, plan)
  const ids = new Set(corridor.corridor.intersections)
  return {
    plan, graph, corridor, period, running, candidate: proposed, pareto, notes,
    stations: listStations(graph, corridor),
    running_compiled: compileStreet(graph, new Map([...running].filter(([id]) => ids.has(id)))),
    candidates: candidates.map((candidate, i) => ({ candidate, chosen: candidate === chosen, ...(verdicts[i] === undefined ? {} : { verdict: verdicts[i] }) })),
    ...(choice === undefined ? {} : { choice }), ...(polish === undefined ? {} : { polish: polish.polished }), ...(robust === undefined ? {} : { robust }), ...(front === undefined ? {} : { front }),
    ...(simulation === undefined ? {} : { simulation }),
    cpu_s: cpuSeconds(started),
  }
}

/** The figures that `plan --json` shows of an evaluation. */
export const evaluationSummary = ({ per_seed: _seeds, ...shown }: Evaluation): Omit<Evaluation, 'per_seed'> => shown
