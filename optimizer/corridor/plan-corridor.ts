// The plan of a corridor: one cycle, splits, sequences and whole-second offsets. Every cycle length is tried; bands are
// exact at each (optimizer/bands), delay is predicted by platoons (profile.ts). The caller judges the candidates by
// simulation; each stands for something else.
import { checkChange, refuseViolations } from '../../model/check-plan.ts'
import type { LinkBands, PathBands } from '../../model/part-bands.ts'
import type { Direction } from '../../model/plan.ts'
import type { Pattern } from '../../model/signal.ts'
import { type BandDivision, type BandProblem, type BandSolution, feasibleAtLeast, FREE_DIVISION, type ParetoPoint, paretoFront, solveBands } from '../bands/index.ts'
import type { Solver } from '../solver/solver.ts'
import { bandsAt, keepsBands, settingOf } from './band-plan.ts'
import { type Candidate, candidateOf } from './candidate.ts'
import { bandProblem, type CycleTask, cycleTask, listSplits, type SignalTask } from './cycle-task.ts'
import { admissible, forDelay, listCycles } from './cycles.ts'
import { type Found, type Offsets, refine, search } from './descent.ts'
import { divisionOf } from './division.ts'
import { linkBandsAt, linkTask, ROUNDS, wholeSeconds } from './link-plan.ts'
import { type CorridorPlanInput, type CorridorPlanOptions, DEFAULT_OPTIONS } from './options.ts'
import { bandPaths } from './path-bands.ts'
import { PlatoonModel } from './profile.ts'
import { type Street, streetOf } from './street.ts'

export interface CorridorPlanResult {
  /** The best of its objective first. */
  candidates: Candidate[]
  /** Cycles tried, and those among them that keep everybody at the target. */
  cycles_s: number[]
  meets_target_s: number[]
}

/** A cycle with its problem, model and the best plans found so far. */
interface Case {
  task: CycleTask
  problem: BandProblem
  readonly model: PlatoonModel
  counts: number[]
}

interface Work {
  street: Street
  options: CorridorPlanOptions
  division: BandDivision
  cases: Map<string, Case>
  solver: Solver | undefined
}

/**
 * Plans a corridor. Throws plan.infeasible where no cycle of the range fits the minimums, plan.refused where the result
 * would break a rule that the street's own pattern structure cannot keep, input.reference for a signal without pattern.
 */
export function planCorridor(input: CorridorPlanInput): CorridorPlanResult {
  const options = { ...DEFAULT_OPTIONS, ...input.options }
  const street = streetOf(input.graph, input.corridor, input.running, input.volumes)
  const work: Work = { street, options, division: divisionOf(street, options.direction_weight), cases: new Map(), solver: input.solver }
  const signals = listSplits(street, options)
  const cycles = listCycles(signals.map(({ splits }) => splits), options)
  const tasks = cycles.map((cycle) => cycleTask(street, signals, cycle, options.target_saturation))
  const open = admissible(tasks)
  const drafts = options.objective === 'band' ? [widest(work, open)]
    : options.objective === 'multiband' ? [linked(work, open)]
    : options.objective === 'paths' ? [alongPaths(work, widest(work, open))]
    : options.objective === 'delay' ? [quickest(work, shortlist(work, signals, forDelay(tasks)))]
    : variety(work, open, shortlist(work, signals, forDelay(tasks)))
  const candidates = drafts.map((draft) => finish(work, draft, open.length))
  return { candidates, cycles_s: cycles, meets_target_s: tasks.filter(({ meets_target }) => meets_target).map(({ cycle_s }) => cycle_s) }
}

/** Vertices of the front of outbound against inbound bandwidth at a cycle with the splits that the planner gives it, s. */
export function paretoBands(input: CorridorPlanInput, cycle_s: number): ParetoPoint[] {
  const options = { ...DEFAULT_OPTIONS, ...input.options }
  const street = streetOf(input.graph, input.corridor, input.running, input.volumes)
  const task = cycleTask(street, listSplits(street, options), cycle_s, options.target_saturation)
  return paretoFront(bandProblem(street, task, options, divisionOf(street, options.direction_weight)))
}

interface Draft {
  kind: Candidate['kind']
  at: Case
  solution: BandSolution
  found: Found
  link_bands?: LinkBands
  paths?: PathBands
}

function caseOf(work: Work, task: CycleTask): Case {
  const key = `${task.cycle_s} ${task.target}`
  const known = work.cases.get(key)
  if (known !== undefined) return known
  let model: PlatoonModel | undefined
  const made: Case = {
    task, problem: bandProblem(work.street, task, work.options, work.division), counts: task.choices.map((own) => own.length),
    // Most cycles are passed over by their bands alone.
    get model() { return (model ??= new PlatoonModel(work.street, task.cycle_s, task.choices)) },
  }
  work.cases.set(key, made)
  return made
}

/** Below a second there is no band: a car needs two. */
const LEAST_BAND_S = 1

/**
 * The widest bands as a share of the cycle, so that a long cycle wins only by carrying more; ties go to the shorter one.
 * A cycle is passed over where even real-valued offsets cannot beat the best whole-second plan so far.
 */
function widest(work: Work, open: readonly CycleTask[]): Draft {
  let best: { at: Case; share: number } | undefined
  for (const task of open) {
    const at = caseOf(work, task)
    const { cycle_s } = task
    const least = ((best?.share ?? -1) + SAME_SHARE) * cycle_s
    if (best !== undefined && (bestPossible(at.problem) < least || !feasibleAtLeast(at.problem, least))) continue
    const share = solveBands(at.problem, QUICK).certificate.value_s / cycle_s
    if (best === undefined || share > best.share + SAME_SHARE) best = { at, share }
  }
  const { at } = best as NonNullable<typeof best>
  const solution = solveBands(at.problem, THOROUGH)
  if (solution.certificate.value_s >= LEAST_BAND_S || work.division.kind === 'weighted') return polish(work, { at, solution })
  // Nothing serves both directions: the widest one-way wave is what is left.
  work.cases.clear()
  work.division = FREE_DIVISION
  return widest(work, open)
}

/** The cycle and splits of the widest bands, with offsets and sequences for the paths that people take. */
function alongPaths(work: Work, { at, solution }: Draft): Draft {
  const { setting, paths } = bandPaths(work.street, at.task, work.options)
  return { kind: 'paths', at, solution, paths, found: { setting, cost: at.model.evaluate(setting.offsets, setting.patterns).total } }
}

/** Two cycles whose shares differ by less are equal. */
const SAME_SHARE = 1e-6

/** To compare cycles the last whole second need not be proven. */
const QUICK = { closure_nodes: 0 }

/** The few plans that are shown get every chance to close their gap: a second or two at most. */
const THOROUGH = { closure_nodes: 100_000 }

/** A bound that costs nothing: the longest band that the shortest greens let through. */
function bestPossible(problem: BandProblem): number {
  const cap = (direction: Direction): number => Math.min(...problem.signals.map((signal) =>
    Math.max(0, ...signal.patterns.flatMap((pattern) => pattern[direction].map(({ length_s, clearance_s }) => length_s - clearance_s)))))
  const { division, directions } = problem
  if (directions !== 'both') return cap(directions)
  if (division.kind === 'weighted') return division.outbound * cap('outbound') + division.inbound * cap('inbound')
  return (1 + division.inbound_per_outbound) * Math.min(cap('outbound'), cap('inbound') / division.inbound_per_outbound)
}

/** Among offsets with the same bands (or a little less, as the slack allows) those of least predicted delay. */
function polish(work: Work, { at, solution }: { at: Case; solution: BandSolution }, kind: Draft['kind'] = 'band'): Draft {
  const start = settingOf(at.problem, solution)
  const found = refine(at.model, start, at.counts, keepsBands(at.problem, solution.certificate.value_s - work.options.band_slack_s))
  return { kind, at, solution, found }
}

/** The cycle whose links carry the largest weighted share of it; every few seconds are compared, ties go to the shorter one. */
function linked(work: Work, open: readonly CycleTask[]): Draft {
  const stride = Math.max(1, Math.ceil(open.length / LINKED_CYCLES))
  let best: { at: Case; value: number } | undefined
  for (const task of open.filter((_, k) => k % stride === 0)) {
    const at = caseOf(work, task)
    const { value } = linkBandsAt(linkTask(work.street, at.problem), ROUNDS.compare).certificate
    if (best === undefined || value > best.value + SAME_SHARE) best = { at, value }
  }
  const { at } = best as NonNullable<typeof best>
  const asked = linkTask(work.street, at.problem)
  const { setting, link_bands } = wholeSeconds(asked, linkBandsAt(asked, ROUNDS.final, work.solver), work.street)
  return { kind: 'link-band', at, solution: solveBands(at.problem, THOROUGH), found: { setting, cost: at.model.evaluate(setting.offsets, setting.patterns).total }, link_bands }
}

/** About this many cycles are compared by their link bands. */
const LINKED_CYCLES = 16

interface Ranked {
  at: Case
  solution: BandSolution
  cost: number
}

/**
 * Cycles whose band plan has the least predicted delay, best first. Delay is smooth in the cycle, so every few seconds
 * are tried, and then other targets: with less green kept for the corridor, side streets wait less.
 */
function shortlist(work: Work, signals: readonly SignalTask[], open: readonly CycleTask[]): Ranked[] {
  const rank = (task: CycleTask): Ranked => {
    const at = caseOf(work, task)
    const solution = solveBands(at.problem, QUICK)
    const { offsets, patterns } = settingOf(at.problem, solution)
    return { at, solution, cost: at.model.evaluate(offsets, patterns).total }
  }
  const order = (a: Ranked, b: Ranked): number => a.cost - b.cost || a.at.task.cycle_s - b.at.task.cycle_s
  const stride = Math.max(1, Math.ceil(open.length / CYCLES_SAMPLED))
  const sampled = open.filter((_, k) => k % stride === 0)
  const at = (cycle_s: number, limit: number, fill: number): Ranked => rank(cycleTask(work.street, signals, cycle_s, limit, Math.min(limit, fill)))
  const ranked = sampled.map(({ cycle_s, limit }) => at(cycle_s, limit, USUAL_FILL)).sort(order)
  const best = ranked.slice(0, CYCLES_FILLED).flatMap(({ at: { task } }) => FILLS.map((fill) => at(task.cycle_s, task.limit, fill)))
  const street = usualCycle(work.street)
  const today = open.find(({ cycle_s }) => cycle_s === street)
  if (today !== undefined) best.push(...FILLS.map((fill) => at(street, today.limit, fill)))
  return [...new Map([...ranked, ...best].map((entry) => [`${entry.at.task.cycle_s} ${entry.at.task.target}`, entry])).values()].sort(order)
}

/** The cycle that most signals have in the street, s: a plan at it is the least change. */
function usualCycle(street: Street): number {
  const count = (cycle: number): number => street.running.filter(({ cycle_s }) => cycle_s === cycle).length
  return street.running.map(({ cycle_s }) => cycle_s).reduce((a, b) => (count(b) > count(a) ? b : a))
}

/** Side streets are filled up to this before the corridor gets the rest; at light traffic less leaves less delay. */
const USUAL_FILL = 0.8
const FILLS = [0.9, 0.6, 0.4]

/** The cycles at which other fills are tried. */
const CYCLES_FILLED = 2

/** About this many cycles are tried for delay. */
const CYCLES_SAMPLED = 9

/** The most promising cycles that get a full search. */
const CYCLES_SEARCHED = 2

/** Full search from the band plans of the best cycles, and at the very best also from the offsets in the street. */
function quickest(work: Work, ranked: readonly Ranked[]): Draft {
  const drafts = ranked.slice(0, CYCLES_SEARCHED).flatMap(({ at, solution }, k) => {
    const starts: Offsets[] = [settingOf(at.problem, solution)]
    if (k === 0) starts.push({ offsets: work.street.running.map(({ offset_s }) => Math.round(offset_s) % at.task.cycle_s), patterns: at.counts.map(() => 0) })
    return starts.map((start): Draft => ({ kind: 'delay', at, solution, found: search(at.model, start, at.counts) }))
  })
  return drafts.reduce((a, b) => (b.found.cost < a.found.cost ? b : a))
}

/** A compromise has at least this share of the widest band's share of the cycle, where any cycle tried has. */
const COMPROMISE_SHARE = 0.5

/** Widest bands, least delay, and the best cycle for delay with its widest bands nearly kept. */
function variety(work: Work, open: readonly CycleTask[], ranked: readonly Ranked[]): Draft[] {
  const band = widest(work, open)
  const share = (draft: { at: Case; solution: BandSolution }): number => draft.solution.certificate.value_s / draft.at.task.cycle_s
  const wide = ranked.find((draft) => share(draft) >= COMPROMISE_SHARE * share(band)) ?? ranked.reduce((a, b) => (share(b) > share(a) ? b : a))
  const proven = { at: wide.at, solution: solveBands(wide.at.problem, THOROUGH) }
  const drafts = [band, polish(work, proven, 'compromise'), quickest(work, ranked)]
  return distinct(drafts).sort((a, b) => a.found.cost - b.found.cost).slice(0, Math.max(1, work.options.candidates))
}

/** Two drafts with the same cycle, offsets and sequences are one. */
function distinct(drafts: Draft[]): Draft[] {
  const key = ({ at, found: { setting } }: Draft): string => `${at.task.cycle_s} ${at.task.target} ${setting.offsets.map((offset) => (offset - (setting.offsets[0] as number) + at.task.cycle_s) % at.task.cycle_s).join()} ${setting.patterns.join()}`
  return [...new Map([...drafts].reverse().map((draft) => [key(draft), draft])).values()].reverse()
}

function finish(work: Work, draft: Draft, cycles: number): Candidate {
  const { at, found } = draft
  const patterns = at.task.choices.map((own, i): Pattern => ({ ...(own[found.setting.patterns[i] as number] as (typeof own)[number]).pattern, offset_s: found.setting.offsets[i] as number }))
  refuseViolations(checkChange(work.street.graph, patterns, new Map(work.street.running.map((pattern) => [pattern.signal, pattern]))))
  const solution = bandsAt(at.problem, found.setting, draft.solution)
  const candidate = candidateOf({ street: work.street, options: work.options, task: at.task, problem: at.problem, model: at.model, kind: draft.kind, setting: found.setting, solution, patterns, cycles, notes: draft.link_bands?.sentences ?? draft.paths?.sentences ?? [] })
  return { ...candidate, ...(draft.link_bands === undefined ? {} : { link_bands: draft.link_bands }), ...(draft.paths === undefined ? {} : { paths: draft.paths }) }
}
