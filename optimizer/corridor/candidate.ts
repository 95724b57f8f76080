// A finished candidate: patterns, bands, certificate, predicted delay, who loses, and why there is no more.
import type { LinkBands, PathBands } from '../../model/part-bands.ts'
import type { Band, Certificate, Direction, Loser } from '../../model/plan.ts'
import type { MovementId } from '../../model/network.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { type BandProblem, type BandSolution, explainBands, type LinkTravel, sentenceOf } from '../bands/index.ts'
import { blockedDirections, type CycleTask } from './cycle-task.ts'
import type { Offsets } from './descent.ts'
import { listLosers } from './losers.ts'
import type { CorridorPlanOptions } from './options.ts'
import type { PlatoonCost, PlatoonModel } from './profile.ts'
import type { Street } from './street.ts'

export interface Candidate {
  /**
   * What it is best at: `band` has the widest bands of any cycle, `compromise` the widest at a cycle of little delay, `delay`
   * the least predicted delay, `link-band` the widest bands of the single links, `paths` the widest bands along paths, weighed by persons.
   */
  kind: 'band' | 'delay' | 'compromise' | 'link-band' | 'paths'
  /** Of a plan for the bands of single links. */
  link_bands?: LinkBands
  /** Of a plan for paths. */
  paths?: PathBands
  cycle_s: number
  /** In outbound order, whole-second offsets in the controllers' own reference. */
  patterns: Pattern[]
  bands: Band[]
  certificate: Certificate
  saturation: Map<MovementId, number>
  meets_target: boolean
  /** Degree of saturation that nobody should be above, and up to where side streets were filled. */
  limit: number
  target: number
  /** Of the platoon model: for ranking, not a forecast to publish. */
  predicted: PlatoonCost
  losers: Loser[]
  explanations: string[]
  /** What the bands were solved from, and its optimum with real-valued offsets: for a second opinion by another solver. */
  problem: BandProblem
  real_optimum_s: number
}

export interface CandidateInput {
  street: Street
  options: CorridorPlanOptions
  task: CycleTask
  problem: BandProblem
  model: PlatoonModel
  kind: Candidate['kind']
  setting: Offsets
  solution: BandSolution
  patterns: Pattern[]
  /** How many cycles were open. */
  cycles: number
  notes: readonly string[]
  /** Offsets and splits were not those that the planner chose. */
  given?: boolean
}

export function candidateOf(input: CandidateInput): Candidate {
  const { street, task, setting, model, kind, patterns } = input
  const chosen = task.choices.map((own, i) => own[setting.patterns[i] as number] as (typeof own)[number])
  const saturation = new Map<MovementId, number>()
  chosen.forEach((split, i) => street.laneGroups[i]?.forEach((group, g) => {
    for (const movement of group.movements) saturation.set(movement, Math.max(saturation.get(movement) ?? 0, split.states[g]?.saturation ?? 0))
  }))
  return {
    kind, cycle_s: task.cycle_s, patterns, saturation,
    bands: street.ways.map(({ direction }) => bandOf(input, direction)),
    certificate: certificateOf(input),
    meets_target: task.meets_target, limit: task.limit, target: task.target,
    predicted: model.evaluate(setting.offsets, setting.patterns),
    losers: listLosers(street, chosen, input.options.target_saturation),
    explanations: [...input.notes, ...explain(input)],
    problem: input.problem,
    real_optimum_s: input.solution.certificate.real_optimum_s,
  }
}

function bandOf({ street, problem, solution, task }: CandidateInput, direction: Direction): Band {
  const forward = direction === 'outbound'
  const width_s = forward ? solution.outbound_s : solution.inbound_s
  const found = solution.travel_times_s[direction]
  // A direction without any band is still drawn, at the speed that bands prefer.
  const times = found.length > 0 ? found : problem.links.map((link) => targetTime(link[direction]))
  const links = times.map((travel_time_s, i) => {
    const [from, to] = [street.ids[forward ? i : i + 1] as SignalId, street.ids[forward ? i + 1 : i] as SignalId]
    return { from, to, distance_m: problem.links[i]?.[direction]?.distance_m ?? 0, travel_time_s, speed_mps: solution.speeds_mps[direction][i] ?? problem.links[i]?.[direction]?.speed_target_mps ?? 0 }
  })
  const starts = solution.band_start_s[direction]
  const order = forward ? street.ids : [...street.ids].reverse()
  const first = starts.length === 0 ? 0 : (starts[forward ? 0 : starts.length - 1] as number)
  const travelled = forward ? links : [...links].reverse()
  let time_s = first
  const front_s = starts.length === 0 ? [] : order.map((signal, k) => {
    if (k > 0) time_s += travelled[k - 1]?.travel_time_s ?? 0
    return { signal, time_s }
  })
  return {
    direction, width_s, width_cycle: width_s / task.cycle_s, links: travelled, front_s,
    limited_by: solution.limited_by[direction].map(({ signal }) => signal),
  }
}

const targetTime = (travel: LinkTravel | undefined): number => (travel === undefined ? 0 : travel.distance_m / travel.speed_target_mps)

const seconds = (value: number): string => `${Math.round(value * 10) / 10} s`

function certificateOf({ problem, solution, kind, task, street, cycles, given }: CandidateInput): Certificate {
  const { value_s: value, bound_s: bound, gap_s: gap, proven, method } = solution.certificate
  const two = street.ways.length === 2
  const bands = two ? `${seconds(solution.outbound_s)} outbound and ${seconds(solution.inbound_s)} inbound` : seconds(value)
  const checked = 'measured by an independent check'
  const { division } = problem
  const figure = problem.directions === 'both' && division.kind === 'ratio'
    ? ` The figure proven is what both directions get in proportion${division.inbound_per_outbound === 1 ? ', twice the narrower band' : ''}: ${seconds(value)}.` : ''
  const range = given === true ? '' : kind === 'compromise' ? ` Of ${cycles} cycle lengths this one promised wide bands with the least delay.` : kind === 'band' && cycles > 1 ? ` Of ${cycles} cycle lengths ${task.cycle_s} s gave the bands the largest share of the cycle.` : ''
  const proof = proven
    ? `With these splits, speeds and ${task.cycle_s} s of cycle no offsets and no permitted phase sequence give more: the search was complete.`
    : given === true
      ? `Offsets and splits were not chosen for bands; with bands alone in mind at most ${seconds(bound)} would be possible with these splits at this cycle.`
    : kind === 'link-band'
      ? `Offsets were chosen for the bands of the single links; with one band through all signals in mind at most ${seconds(bound)} would be possible at this cycle.`
    : kind === 'paths'
      ? `Offsets were chosen for bands along paths; with the two bands of the corridor alone in mind at most ${seconds(bound)} would be possible at this cycle.`
    : kind !== 'delay'
      ? `No offsets with these splits and speeds can give more than ${seconds(bound)}; ${seconds(gap)} are lost to whole seconds or left unproven.`
      : `Offsets were chosen for the least predicted delay; with bands alone in mind at most ${seconds(bound)} would be possible at this cycle.`
  return { objective: 'band', value, bound, gap, proven, method, sentence: `The bands are ${bands} wide, ${checked}.${figure} ${proof}${range}` }
}

/** Only where the two directions get in each other's way. */
function explain({ problem, street }: CandidateInput): string[] {
  const blocked = blockedDirections(problem, street).map(({ direction, signal }) =>
    `no ${direction} band at C = ${problem.cycle_s} s: no green of signal ${signal} passes all its ${direction} stop lines`)
  if (problem.directions !== 'both') return blocked
  const explanation = explainBands(problem)
  return explanation.verdict === 'wide' ? [] : [sentenceOf(explanation)]
}
