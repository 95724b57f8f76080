// A plan for the days that come, not for their mean: among plans that are nearly as good at the mean, the one that does best over
// samples of volumes and speeds, its bad days counted as much as its mean; of those that do as well, the least change from
// what runs, and then the most room before anybody is over capacity. Judged by the platoon model.
import { compileSignal } from '../../model/compile.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { laneGroupState, listLaneGroups, totalOf } from '../../optimizer/capacity/index.ts'
import { type CorridorPlanInput, listVariants } from '../../optimizer/corridor/index.ts'
import { STOP_WEIGHT_S } from '../choose.ts'
import { MeasuringModel } from '../front/measures.ts'
import { SPEED_FACTORS, type TrafficSample, type TrafficSampler } from './samples.ts'

export interface RobustRequest {
  /** What may be given up at the mean, as a share of the least cost; 0.05 by default. */
  slack?: number
  samples?: number
  seed: number
}

/** Delay with stops at their weight, s per vehicle and stop line: at the mean traffic, over the samples, and over their worst tenth. */
export interface RobustFigures {
  nominal_s: number
  mean_s: number
  tail_s: number
}

export interface RobustPlan {
  patterns: Pattern[]
  /** On samples that no choice has seen: of this plan, and of the plan that is best at the mean. */
  chosen: RobustFigures
  nominal: RobustFigures
  /** Mean change from what runs at a signal, s; largest degree of saturation at the mean traffic. */
  change_s: number
  saturation: number
  looked_at: number
  near: number
  sentences: string[]
}

const SLACK = 0.05
const SAMPLES = 60
/** At most so many nearly best plans are tried on the samples. */
const MOST_NEAR = 30
/** The share of the worst samples whose mean is the tail (conditional value at risk). */
const TAIL = 0.1
/** Plans whose scores differ by less are as good. */
const SAME_SCORE = 0.01
/** Changes that differ by less are the same, s. */
const SAME_CHANGE_S = 1
const FRESH_SEEDS = 500_000

interface Entry {
  patterns: Pattern[]
  compiled: CompiledSignal[]
  nominal_s: number
}

/** In: besides what the corridor is planned from, plans that take part in words of their patterns. Throws what `listVariants` throws. */
export function robustPlan(input: CorridorPlanInput, more: readonly Pattern[][], sampler: TrafficSampler, { slack = SLACK, samples = SAMPLES, seed }: RobustRequest): RobustPlan {
  const { graph, corridor, volumes } = input
  const model = new MeasuringModel(graph, corridor, volumes)
  const entries = [...more, ...listVariants(input).map(({ patterns }) => patterns)].map((patterns): Entry => {
    const compiled = patterns.map((pattern) => compileSignal(graph.getSignal(pattern.signal), pattern))
    return { patterns, compiled, nominal_s: model.cost(compiled, STOP_WEIGHT_S) }
  }).sort((a, b) => a.nominal_s - b.nominal_s)
  const best = entries[0] as Entry
  const near = entries.filter(({ nominal_s }) => nominal_s <= best.nominal_s * (1 + slack)).slice(0, MOST_NEAR)
  const streets = SPEED_FACTORS.map((factor) => streetAt(input, factor))
  const figures = figuresOf(near, streets, sampler.sample(samples, seed))
  const score = figures.map(({ mean_s, tail_s }) => (mean_s + tail_s) / 2)
  const least = Math.min(...score)
  const equal = near.map((entry, i) => ({ entry, i, change_s: changeOf(input, entry), saturation: worstSaturation(input, entry) })).filter(({ i }) => score[i]! <= least * (1 + SAME_SCORE))
  const firm = Math.min(...equal.map(({ change_s }) => change_s)) + SAME_CHANGE_S
  const taken = equal.filter(({ change_s }) => change_s <= firm).reduce((a, b) => (b.saturation < a.saturation - 1e-9 ? b : a))
  const [chosen, nominal] = figuresOf([taken.entry, best], streets, sampler.sample(samples, seed + FRESH_SEEDS)) as [RobustFigures, RobustFigures]
  const found = { patterns: taken.entry.patterns, chosen, nominal, change_s: taken.change_s, saturation: taken.saturation, looked_at: entries.length, near: near.length }
  return { ...found, sentences: [sentenceOf(found, slack, samples), sampler.sentence] }
}

/** The same street at other speeds. */
function streetAt({ graph, corridor }: CorridorPlanInput, factor: number): Pick<CorridorPlanInput, 'graph' | 'corridor'> {
  const { network } = graph
  const scaled = new RoadGraph({ ...network, links: network.links.map((link) => ({ ...link, speed_mps: link.speed_mps * factor, lanes: link.lanes.map((lane) => ({ ...lane, speed_mps: lane.speed_mps * factor })) })) })
  return { graph: scaled, corridor: resolveCorridor(scaled, corridor.corridor) }
}

function figuresOf(entries: readonly Entry[], streets: readonly Pick<CorridorPlanInput, 'graph' | 'corridor'>[], samples: readonly TrafficSample[]): RobustFigures[] {
  const costs = entries.map(() => [] as number[])
  for (const { volumes, speed } of samples) {
    const { graph, corridor } = streets[speed]!
    const model = new MeasuringModel(graph, corridor, volumes)
    entries.forEach(({ compiled }, i) => costs[i]!.push(model.cost(compiled, STOP_WEIGHT_S)))
  }
  return entries.map(({ nominal_s }, i) => ({ nominal_s, mean_s: mean(costs[i]!), tail_s: tailMean(costs[i]!) }))
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length

/** Mean of the worst tenth, at least of one. */
export const tailMean = (values: readonly number[]): number => mean([...values].sort((a, b) => b - a).slice(0, Math.max(1, Math.round(TAIL * values.length))))

const circular = (by_s: number, cycle_s: number): number => Math.min(modulo(by_s, cycle_s), modulo(-by_s, cycle_s))

/** What a signal would see otherwise, mean over signals, s: another cycle, other lengths of green, and at the same cycle another offset. */
function changeOf({ graph, running }: CorridorPlanInput, { patterns, compiled }: Entry): number {
  return mean(patterns.map((pattern, i) => {
    const now = running.get(pattern.signal)
    if (now === undefined) return 0
    const greens = new Map(compileSignal(graph.getSignal(now.signal), now).groups.map(({ id, green_windows_s }) => [id, totalOf(green_windows_s)]))
    const green = mean(compiled[i]!.groups.map(({ id, green_windows_s }) => Math.abs(totalOf(green_windows_s) - (greens.get(id) ?? 0))))
    return Math.abs(pattern.cycle_s - now.cycle_s) + green + (pattern.cycle_s === now.cycle_s ? circular(pattern.offset_s - now.offset_s, now.cycle_s) : 0)
  }))
}

function worstSaturation({ graph, volumes }: CorridorPlanInput, { compiled }: Entry): number {
  return Math.max(0, ...compiled.flatMap((timed) => listLaneGroups(graph, timed.signal, volumes).map((group) => laneGroupState(timed, group).saturation).filter(Number.isFinite)))
}

const tenths = (value: number): string => (Math.round(value * 10) / 10).toFixed(1)

function sentenceOf({ chosen, nominal, near, looked_at, change_s, saturation }: Omit<RobustPlan, 'sentences'>, slack: number, samples: number): string {
  const same = chosen.nominal_s === nominal.nominal_s
  const traded = same ? 'the plan that is best at the mean traffic was taken'
    : `at the mean traffic ${tenths(chosen.nominal_s - nominal.nominal_s)} s of delay with stops are given up per vehicle and signal (${tenths(nominal.nominal_s)} to ${tenths(chosen.nominal_s)} s)`
  return `Robust choice among ${near} of ${looked_at} plans within ${Math.round(100 * slack)} % of the least cost: ${traded}. Over ${samples} fresh samples it costs ${tenths(chosen.mean_s)} s on average and ${tenths(chosen.tail_s)} s in the worst tenth, the plan for the mean ${tenths(nominal.mean_s)} and ${tenths(nominal.tail_s)} s. It changes ${tenths(change_s)} s at a signal on average; nobody is above ${Math.round(100 * saturation)} % of capacity.`
}
