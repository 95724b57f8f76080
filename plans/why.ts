// Why a plan is as it is: its cycle among the others, what stands in the way, and what the smallest changes would give.
import type { Insight } from '../model/insight.ts'
import { explainBands, sentenceOf } from '../optimizer/bands/index.ts'
import { type Candidate, type CorridorPlanInput, whyProblems } from '../optimizer/corridor/index.ts'
import { conflictOf, conflictSentence, cycleSentence, listNextSteps, nextStepSentence, rankCycles } from '../optimizer/insight/index.ts'

/** A band below a second is none. */
const LEAST_BAND_S = 1

/** Gains are printed to a tenth of a second; more steps than these nobody reads. */
const LEAST_SAID_S = 0.05
const STEPS_SAID = 6

/** In: what the candidate was planned from. */
export function whyPlan(input: CorridorPlanInput, candidate: Pick<Candidate, 'cycle_s' | 'limit' | 'target' | 'problem'>): Insight {
  const { problem } = candidate
  const around = whyProblems(input, candidate)
  const neighbours = around.cycles.filter(({ cycle_s }) => Math.abs(cycle_s - problem.cycle_s) === 1)
  const cycles = rankCycles(problem, around.cycles)
  const steps = listNextSteps(problem, { forbidden_patterns: around.forbidden, other_cycles: neighbours })
  const conflict = conflictOf(problem, LEAST_BAND_S, { forbidden_patterns: around.forbidden, other_cycles: around.cycles })
  const orderName = (signal: string, pattern: string): string => around.orders[signal]?.[pattern] ?? `order ${pattern}`
  const gains = steps.filter(({ gain_s }) => gain_s >= LEAST_SAID_S)
  const sentences = [
    cycleSentence(cycles),
    ...(conflict !== undefined ? [conflictSentence(conflict, orderName)] : problem.directions === 'both' ? [sentenceOf(explainBands(problem))] : []),
    ...(gains.length === 0 ? ['no single step (1 s of green or cycle, another order, 2 km/h) widens the bands'] : gains.slice(0, STEPS_SAID).map((step) => nextStepSentence(step, orderName))),
    ...steps.filter(({ change, gain_s }) => change.kind === 'cycle' && gain_s < LEAST_SAID_S).map((step) => nextStepSentence(step)),
  ]
  return { cycles, steps, ...(conflict === undefined ? {} : { conflict }), sentences }
}
