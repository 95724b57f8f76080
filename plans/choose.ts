// Which of several proven plans is proposed? The simulation judges them with the same seeds as the plan now running.
// Times in s per vehicle.
import type { Evaluation, MeanCi } from '../model/evaluation.ts'
import type { MovementId } from '../model/network.ts'

/**
 * Seconds of delay that one stop weighs. A stop costs a car about as much fuel as half a minute of idling (CIRCLES
 * midsize model: 12.1 g against 0.127 g/s, so 95 s; drivers rate it lower), and TRANSYT's usual weights lie near 10 to 20 s.
 */
export const STOP_WEIGHT_S = 12

export interface Judged {
  id: string
  /** Whether its bands are the widest at its cycle. */
  widest: boolean
  /** Mean degree of saturation of the corridor's through movements under it, by volume; where it is not told, bands pay. */
  saturation?: number
  evaluation: Evaluation
}

export interface Verdict {
  id: string
  /** Mean cost per vehicle, s: delay, waiting to enter, and stops at their weight. Infinite where a run gridlocked. */
  cost_s: number
  /** Whether corridor stops and corridor delay both fall against the plan now running. */
  improves_corridor: boolean
  /** Share of vehicles that arrived, which a good-looking mean must not hide. */
  completed_share: number
}

const corridorMean = (evaluation: Evaluation, measure: 'stops' | 'delay_s'): number => {
  const ways = [evaluation.corridor.outbound, evaluation.corridor.inbound].filter(({ vehicles }) => vehicles > 0)
  const vehicles = ways.reduce((sum, way) => sum + way.vehicles, 0)
  return vehicles === 0 ? 0 : ways.reduce((sum, way) => sum + (way[measure] satisfies MeanCi).mean * way.vehicles, 0) / vehicles
}

/** Mean over the runs, with waiting to enter; infinite where the traffic stood still in one. */
export const delayWithEntry = ({ gridlocked_runs, delay_s, insertion_delay_s }: Evaluation): number => (gridlocked_runs > 0 ? Infinity : delay_s.mean + insertion_delay_s.mean)

export function judge(running: Evaluation, { id, evaluation }: Omit<Judged, 'widest'>): Verdict {
  return {
    id,
    cost_s: evaluation.gridlocked_runs > 0 ? Infinity : delayWithEntry(evaluation) + STOP_WEIGHT_S * evaluation.stops.mean,
    improves_corridor: corridorMean(evaluation, 'stops') <= corridorMean(running, 'stops') && corridorMean(evaluation, 'delay_s') <= corridorMean(running, 'delay_s'),
    completed_share: evaluation.completed_share,
  }
}

/** Vehicles that did not arrive within the run differ by less than this between plans of equal worth. */
const SHARE_TOLERANCE = 0.005

/**
 * What wide bands may cost at light traffic, as a share of the least cost: few runs do not tell such plans apart, and a band is
 * what drivers see and an engineer can check by driving it.
 */
const SAME_COST = 0.1

/**
 * Degrees of saturation between which bands lose their worth, around 0.6: a band carries the platoon that fits into it. With the green that is full
 * for its first part only, the platoon lies inside; nearer to capacity it is longer than the band, queues stand at its head, and who
 * counts is everybody who waits.
 */
const BANDS_PAY = 0.5
const DELAY_DECIDES = 0.7

/** What the widest bands may cost more than the least cost, as a share of it. In: the degree of saturation along the corridor. */
export function bandAllowance(saturation: number): number {
  return SAME_COST * Math.min(1, Math.max(0, (DELAY_DECIDES - saturation) / (DELAY_DECIDES - BANDS_PAY)))
}

/** Mean degree of saturation by volume of these movements; 0 where nobody drives. */
export function meanSaturation(movements: Iterable<MovementId>, volumes: ReadonlyMap<MovementId, number>, saturation: ReadonlyMap<MovementId, number>): number {
  let [sum, all] = [0, 0]
  for (const id of movements) {
    const [volume, degree] = [volumes.get(id) ?? 0, saturation.get(id) ?? 0]
    if (volume <= 0 || !Number.isFinite(degree)) continue
    sum += volume * degree
    all += volume
  }
  return all > 0 ? sum / all : 0
}

/** Why bands or delay decided, in words. In: the degree of saturation under the plan taken, and whether its bands are the widest of its cycle. */
export function saturationSentence(saturation: number, widest: boolean): string {
  const share = 100 * bandAllowance(saturation)
  const rule = share >= 100 * SAME_COST ? `below ${100 * BANDS_PAY} % a platoon fits into its band, so the widest bands could cost up to ${Math.round(share)} % more than the least delay with stops`
    : share > 0 ? `between ${100 * BANDS_PAY} and ${100 * DELAY_DECIDES} % platoons begin to outgrow their band, so the widest bands could cost only ${share.toFixed(1)} % more than the least delay with stops`
    : `above ${100 * DELAY_DECIDES} % platoons outgrow any band, so delay with stops decided alone`
  return `The through movements of the corridor use ${Math.round(100 * saturation)} % of their capacity on average; ${rule}. ${widest ? 'The plan taken has the widest bands of its cycle.' : 'The plan taken was chosen for its delay, not for its bands.'}`
}

/**
 * The best candidate. First come those that improve the corridor and cost the whole street no more than now, then those
 * that do one of the two, then the least cost per vehicle of all. A plan that leaves more vehicles behind than the best does
 * is not preferred for its smaller mean. In: at least one candidate. Out: verdicts in the order given, and the chosen id.
 */
export function choose(running: Evaluation, candidates: readonly Judged[]): { chosen: string; verdicts: Verdict[] } {
  const verdicts = candidates.map((candidate) => judge(running, candidate))
  const most = Math.max(...verdicts.map(({ completed_share }) => completed_share))
  const now = judge(running, { id: 'now', evaluation: running }).cost_s
  const rank = (verdict: Verdict): number =>
    verdict.cost_s === Infinity ? 4 : verdict.completed_share < most - SHARE_TOLERANCE ? 3 : (verdict.improves_corridor ? 0 : 1) + (verdict.cost_s <= now ? 0 : 1)
  const better = (a: Verdict, b: Verdict): Verdict => (rank(b) < rank(a) || (rank(b) === rank(a) && b.cost_s < a.cost_s) ? b : a)
  const best = verdicts.reduce(better)
  const wide = verdicts.filter((verdict, i) => candidates[i]?.widest === true && rank(verdict) === rank(best) && verdict.cost_s <= best.cost_s * (1 + bandAllowance(candidates[i]?.saturation ?? 0)))
  return { chosen: (wide.length > 0 ? wide.reduce(better) : best).id, verdicts }
}

/** Of a network: no corridor comes first, everybody counts. */
export interface JudgedNetwork {
  id: string
  evaluation: Evaluation
  /** 95th percentile of the wait of vehicles off the corridor, s; absent where there is no corridor. */
  side_p95_s?: number
}

/** The slowest of the side streets may wait this share longer than their mark; less lies within the noise of runs. */
export const SIDE_TOLERANCE = 0.05

/** What a network plan is held against, by the same seeds; what is absent refuses nothing. */
export interface NetworkMarks {
  /** What the slowest of the side streets may wait, but for the tolerance, s. */
  side_p95_s?: number
  /** What runs now costs, s. */
  running_cost_s?: number
}

/** What others must save, as a share of the cost, for the slowest of the side streets to wait longer than their mark. */
export const SIDE_WORTH = 0.1

/**
 * What a percent that the slowest of the side streets wait weighs beside a percent of everybody's cost. Costs are flat around their least: two
 * percent in a cycle of 42 s instead of 34 s, for which side streets wait a sixth longer.
 */
export const SIDE_EXPONENT = 0.25

/** Where even the slowest of the side streets wait no longer, s, nothing more is gained: cycles that short lose everybody's time to clearances. */
export const SIDE_FLOOR_S = 25

/** Plans nearer to the best than this share are equals: a simulation is not the street, and ranks them otherwise than another one does. */
export const EQUAL_SHARE = 0.015

/**
 * All, best first: least cost over all vehicles among those that gridlock in no run, leave nobody behind and cost no more than what runs now; where
 * none keeps all, the rule named last gives way first. What the slowest of the side streets wait counts too, by a power of it; where it is more than
 * their mark, a plan counts a tenth dearer besides. Of the best and its equals the one named first goes first. In: at least one candidate.
 */
export function rankNetworks(candidates: readonly JudgedNetwork[], { side_p95_s: mark = Infinity, running_cost_s = Infinity }: NetworkMarks): (JudgedNetwork & { cost_s: number })[] {
  const most = Math.max(...candidates.map(({ evaluation }) => evaluation.completed_share))
  const fault = ({ evaluation }: JudgedNetwork, cost_s: number): number =>
    evaluation.gridlocked_runs > 0 ? 3 : evaluation.completed_share < most - SHARE_TOLERANCE ? 2 : cost_s > running_cost_s ? 1 : 0
  const counted = ({ cost_s, side_p95_s = 0 }: JudgedNetwork & { cost_s: number }): number =>
    cost_s * Math.max(SIDE_FLOOR_S, side_p95_s) ** SIDE_EXPONENT * (side_p95_s > Math.max(SIDE_FLOOR_S, mark) * (1 + SIDE_TOLERANCE) ? 1 + SIDE_WORTH : 1)
  const ranked = candidates
    .map((candidate, place) => ({ ...candidate, place, cost_s: judge(candidate.evaluation, candidate).cost_s }))
    .map((candidate) => ({ ...candidate, fault: fault(candidate, candidate.cost_s), counted: counted(candidate) }))
    .sort((a, b) => a.fault - b.fault || (a.counted === b.counted ? 0 : a.counted - b.counted))
  const [best] = ranked
  const first = ranked.filter((one) => one.fault === best?.fault && one.counted <= best.counted * (1 + EQUAL_SHARE)).reduce((a, b) => (b.place < a.place ? b : a), ranked[0]!)
  return [first, ...ranked.filter((one) => one !== first)]
}
