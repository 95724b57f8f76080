// What the planner says of patterns that it did not choose: their bands under the bound of their own splits, saturation,
// predicted delay, losers.
import type { Pattern } from '../../model/signal.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { type BandProblem, type BandSolution, FREE_DIVISION, solveBands } from '../bands/index.ts'
import { Rater } from '../bands/rating.ts'
import { bandsAt } from './band-plan.ts'
import { type Candidate, candidateOf } from './candidate.ts'
import { bandProblem, givenTask } from './cycle-task.ts'
import { divisionOf } from './division.ts'
import { type CorridorPlanInput, DEFAULT_OPTIONS } from './options.ts'
import { PlatoonModel } from './profile.ts'
import { streetOf } from './street.ts'

/** As in plan-corridor.ts: below a second there is no band, and the bound gets every chance to close. */
const LEAST_BAND_S = 1
const THOROUGH = { closure_nodes: 100_000 }

/**
 * In: a pattern for every signal of the corridor, all of one cycle and with whole-second offsets. `kind` and `notes` are those of the plan that they came from. Throws
 * input.reference for a signal without a pattern, input.value for unequal cycles, plan.infeasible where no direction can have a band at all.
 */
export function candidateAt(input: CorridorPlanInput, patterns: readonly Pattern[], kind: Candidate['kind'], notes: readonly string[] = []): Candidate {
  const options = { ...DEFAULT_OPTIONS, ...input.options }
  const street = streetOf(input.graph, input.corridor, input.running, input.volumes)
  const own = street.ids.map((id) => {
    const found = patterns.find(({ signal }) => signal === id)
    if (found === undefined) throw new GreenwaveError('input.reference', `signal ${id} of corridor "${input.corridor.corridor.id}" has no pattern`)
    return found
  })
  const other = own.find(({ cycle_s }) => cycle_s !== own[0]?.cycle_s)
  if (other !== undefined) throw new GreenwaveError('input.value', `signal ${other.signal} has a cycle of ${other.cycle_s} s, the first of the corridor ${own[0]?.cycle_s} s; bands need one`)
  const task = givenTask(street, own, options.target_saturation)
  const { problem, solution } = solved((division) => bandProblem(street, task, options, division), divisionOf(street, options.direction_weight))
  const setting = { offsets: own.map(({ offset_s }) => offset_s), patterns: own.map(() => 0) }
  return candidateOf({
    street, options, task, problem, kind, setting, notes, cycles: 1, given: true, patterns: own,
    model: new PlatoonModel(street, task.cycle_s, task.choices), solution: bandsAt(problem, setting, solution),
  })
}

/** The widths of the bands of given patterns, s: for comparing many plans of one street. In and errors as with `candidateAt`. */
export function bandMeter(input: CorridorPlanInput): (patterns: readonly Pattern[]) => { outbound_s: number; inbound_s: number } {
  const options = { ...DEFAULT_OPTIONS, ...input.options }
  const street = streetOf(input.graph, input.corridor, input.running, input.volumes)
  const division = divisionOf(street, options.direction_weight)
  return (patterns) => {
    const task = givenTask({ ...street, signals: street.signals.map((signal) => ({ ...signal, sequence_free: false })) }, patterns, options.target_saturation)
    const { outbound, inbound } = new Rater(bandProblem(street, task, options, division)).rate({ offsets: patterns.map(({ offset_s }) => offset_s), patterns: patterns.map(() => 0) })
    return { outbound_s: outbound, inbound_s: inbound }
  }
}

/** Where nothing serves both directions, the widest one-way wave is the measure. */
function solved(problemAt: (division: BandProblem['division']) => BandProblem, division: BandProblem['division']): { problem: BandProblem; solution: BandSolution } {
  const problem = problemAt(division)
  const solution = solveBands(problem, THOROUGH)
  return solution.certificate.value_s >= LEAST_BAND_S || division.kind === 'weighted' ? { problem, solution } : solved(problemAt, FREE_DIVISION)
}
