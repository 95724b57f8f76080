/** Everyone who answers a band instance: our exact method, the solver back ends, the executables. */
import { type BandPlan, checkBands, problemAtCycle, solveBands, solveCycleRange } from '../../optimizer/bands/index.ts'
import { type MaxbandLayout, maxbandModel } from '../../optimizer/bands/milp.ts'
import { planOfAnswer } from '../../optimizer/bands/milp-answer.ts'
import { loadHighsSolver } from '../../optimizer/solver/highs.ts'
import { createJsLpSolver } from '../../optimizer/solver/js-lp.ts'
import type { Solver, SolveResult } from '../../optimizer/solver/solver.ts'
import { summarize, timeCpu, type Timing } from '../timing.ts'
import { EXTERNALS, type External, isInstalled, runExternal } from './external.ts'
import type { BandInstance } from './instances.ts'

export interface Answer {
  /** Objective claimed and proven upper bound, in cycles; NaN without a solution. */
  readonly objective: number
  readonly bound: number
  readonly proven: boolean
  readonly cycle_s: number
  /** The checker's figure for the same plan, in cycles. */
  readonly checked: number
  readonly timing: Timing
  readonly note: string
}

export interface Contender {
  readonly name: string
  /** Largest instance worth running; beyond, the limit is all one would see. */
  readonly most_signals: number
  readonly knows_speed_change: boolean
  answer(instance: BandInstance, limit_s: number): Answer
}

/** A hundredth of what target T1 asks for, in cycles: it costs hardly more. */
const RING_REACH_GAP = 1e-6

/** Repeats take at most about this long (s). */
const REPEAT_BUDGET_S = 3

export async function listContenders(): Promise<{ contenders: Contender[]; absent: string[] }> {
  const solvers = [modelContender(await loadHighsSolver(), 20), modelContender(createJsLpSolver(), 12)]
  const installed = EXTERNALS.filter(isInstalled)
  const externals = installed.map((external) => externalContender(external, external.name === 'CBC' ? 40 : 12))
  const absent = EXTERNALS.filter((external) => !installed.includes(external)).map(({ name }) => name)
  return { contenders: [RING_REACH, ...solvers, ...externals], absent }
}

const RING_REACH: Contender = {
  name: 'ring-reach',
  most_signals: Number.POSITIVE_INFINITY,
  knows_speed_change: false,
  answer: (instance) => {
    const { result, timing } = timeCpu(() => solveCycleRange({ ...instance, gap: RING_REACH_GAP }), { warmups: 3, repeats: 10 })
    const plan = solveBands(problemAtCycle(instance.problem, result.cycle_s))
    return {
      objective: result.value,
      bound: result.bound,
      proven: result.bound - result.value <= RING_REACH_GAP * (1 + 1e-9),
      cycle_s: result.cycle_s,
      checked: objectiveByChecker(instance, plan),
      timing,
      note: `${result.nodes} nodes`,
    }
  },
}

/** Objective of a plan in cycles by geometry alone. */
function objectiveByChecker({ problem }: BandInstance, plan: BandPlan): number {
  const { outbound, inbound } = checkBands(problemAtCycle(problem, plan.cycle_s), plan)
  const [out, back] = [outbound.width_s / plan.cycle_s, inbound.width_s / plan.cycle_s]
  const { division } = problem
  if (division.kind === 'weighted') return division.outbound * out + division.inbound * back
  return (1 + division.inbound_per_outbound) * Math.min(out, back / division.inbound_per_outbound)
}

function modelContender(solver: Solver, most_signals: number): Contender {
  return {
    name: solver.name,
    most_signals,
    knows_speed_change: true,
    answer: (instance, limit_s) => {
      const layout = maxbandModel(instance.problem, instance)
      const limits = solver.name === 'HiGHS' ? { time_limit_s: limit_s } : {}
      const first = timeCpu(() => solver.solve(layout.model, limits), { warmups: 0, repeats: 1 })
      const repeats = Math.min(5, Math.floor(REPEAT_BUDGET_S / Math.max(first.timing.min_s, 1e-3)))
      const timed = repeats < 2 ? first : timeCpu(() => solver.solve(layout.model, limits), { warmups: 0, repeats })
      return answerOf(instance, layout, timed.result, timed.timing)
    },
  }
}

function externalContender(external: External, most_signals: number): Contender {
  return {
    name: external.name,
    most_signals,
    knows_speed_change: true,
    answer: (instance, limit_s) => {
      const layout = maxbandModel(instance.problem, instance)
      const first = runExternal(external, layout.model, limit_s)
      const samples = [first.cpu_s]
      if (first.cpu_s < 1) for (let k = 0; k < 2; k++) samples.push(runExternal(external, layout.model, limit_s).cpu_s)
      return answerOf(instance, layout, first.result, summarize(samples))
    },
  }
}

function answerOf(instance: BandInstance, layout: MaxbandLayout, result: SolveResult, timing: Timing): Answer {
  const { status, objective, bound, values, message } = result
  if (values.length === 0) return { objective, bound, proven: false, cycle_s: Number.NaN, checked: Number.NaN, timing, note: message }
  const plan = planOfAnswer(instance.problem, layout, values)
  const checked = objectiveByChecker(instance, plan)
  return { objective, bound, proven: status === 'optimal', cycle_s: plan.cycle_s, checked, timing, note: status }
}
