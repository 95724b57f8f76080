// The Pareto front of a corridor: plans of which none is beaten by another in every measure. Bands, delay, stops, side streets,
// pedestrians and fuel pull in different directions; whoever decides sees what each costs.
import type { PairedDifference } from '../../model/evaluation.ts'
import type { Pattern } from '../../model/signal.ts'
import { bandMeter, type CorridorPlanInput, listVariants } from '../../optimizer/corridor/index.ts'
import { type Measure, MEASURES, MeasuringModel, type PlanMeasures } from './measures.ts'

export interface FrontMember {
  cycle_s: number
  /** How it was found, in words. */
  how: string
  patterns: Pattern[]
  /** By the platoon model; bands by their exact score. */
  measures: PlanMeasures
  /** Measures in which no plan that was looked at is better. */
  best_in: Measure[]
  /** The plan that was chosen. */
  chosen?: true
  /** Of finalists: against what runs now, in the simulation. */
  differences?: PairedDifference[]
}

export interface PlanFront {
  /** Widest bands first. */
  members: FrontMember[]
  /** Of the plans that had to be compared: those that some member beats. */
  beaten: FrontMember[]
  /** Plans that were looked at. */
  looked_at: number
}

/** Figures that differ by less are the same; a hair of delay makes no plan of its own. */
const SAME: PlanMeasures = { band_s: 0.05, delay_s: 0.05, stops: 0.005, side_delay_s: 0.05, pedestrian_wait_s: 0.05, fuel_g: 0.05 }

/** As loss: all measures the less the better. */
const lossOf = (measures: PlanMeasures, measure: Measure): number => (measure === 'band_s' ? -measures.band_s : measures[measure])

/** At least as good in everything and better in something. */
export const dominates = (a: PlanMeasures, b: PlanMeasures): boolean =>
  MEASURES.every((measure) => lossOf(a, measure) <= lossOf(b, measure)) && MEASURES.some((measure) => lossOf(a, measure) < lossOf(b, measure))

/** Those that no other dominates; of several that are the same but for a hair, the first. */
export function nonDominated<T extends { measures: PlanMeasures }>(plans: readonly T[]): T[] {
  const open = plans.filter(({ measures }) => !plans.some((other) => dominates(other.measures, measures)))
  return open.filter(({ measures }, i) => !open.slice(0, i).some((other) => MEASURES.every((measure) => Math.abs(other.measures[measure] - measures[measure]) <= SAME[measure])))
}

/**
 * In: what the corridor is planned from, and plans that must be compared too, in words. Throws what `listVariants` throws.
 */
export function planFront(input: CorridorPlanInput, more: readonly { how: string; patterns: Pattern[]; chosen?: true }[]): PlanFront {
  const model = new MeasuringModel(input.graph, input.corridor, input.volumes)
  const bandsOf = bandMeter(input)
  const variants = listVariants(input).map(({ cycle_s, fill, band_share, patterns }) => ({
    patterns, how: `${cycle_s} s, ${band_share === 0 ? 'least delay' : band_share === 1 ? 'widest bands' : `${100 * band_share} % of bands`}, sides to ${Math.round(100 * fill)} %`,
  }))
  const plans = [...more, ...variants].map((plan): FrontMember => {
    const { outbound_s, inbound_s } = bandsOf(plan.patterns)
    return { ...plan, cycle_s: plan.patterns[0]!.cycle_s, measures: model.measure(plan.patterns, outbound_s + inbound_s), best_in: [] }
  })
  const members = nonDominated(plans)
  for (const measure of MEASURES) {
    const least = Math.min(...members.map(({ measures }) => lossOf(measures, measure)))
    // Where all are equal nobody is best.
    if (members.some(({ measures }) => lossOf(measures, measure) > least + SAME[measure])) for (const member of members) if (lossOf(member.measures, measure) <= least + SAME[measure]) member.best_in.push(measure)
  }
  return { members: members.sort((a, b) => b.measures.band_s - a.measures.band_s || a.measures.delay_s - b.measures.delay_s), beaten: plans.slice(0, more.length).filter((plan) => !members.includes(plan)), looked_at: plans.length }
}

/** The plan chosen and the best in each measure, each once: few enough to be simulated. */
export function finalistsOf({ members, beaten }: Pick<PlanFront, 'members' | 'beaten'>): FrontMember[] {
  const firsts = MEASURES.flatMap((measure) => members.find(({ best_in }) => best_in.includes(measure)) ?? [])
  return [...new Set([...[...members, ...beaten].filter(({ chosen }) => chosen === true), ...firsts])]
}
