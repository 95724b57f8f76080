// The band problems around a candidate: the other cycles, and the orders of phases that its signals may not run now.
import type { BandProblem, SignalPattern } from '../bands/index.ts'
import type { RingPattern } from '../../model/signal.ts'
import type { Candidate } from './candidate.ts'
import { bandProblem, cycleTask, listSplits } from './cycle-task.ts'
import { admissible, listCycles } from './cycles.ts'
import { type CorridorPlanInput, DEFAULT_OPTIONS } from './options.ts'
import { streetOf } from './street.ts'

export interface WhyProblems {
  /** By cycle, ascending, filled as the candidate's own; only those that the planner leaves open: at the target and within the delay limits as far as any is. */
  cycles: BandProblem[]
  /** By signal: orders without a yellow trap and with nobody above the limit that only the signal's fixed order forbids. */
  forbidden: Record<string, SignalPattern[]>
  /** By signal and id of such an order: how it differs, for instance "phase 2 before phase 5". */
  orders: Record<string, Record<string, string>>
}

export function whyProblems(input: CorridorPlanInput, candidate: Pick<Candidate, 'cycle_s' | 'limit' | 'target' | 'problem'>): WhyProblems {
  const options = { ...DEFAULT_OPTIONS, ...input.options }
  const street = streetOf(input.graph, input.corridor, input.running, input.volumes)
  const { division, directions } = candidate.problem
  const signals = listSplits(street, options)
  const tasks = listCycles(signals.map(({ splits }) => splits), options).map((cycle) => cycleTask(street, signals, cycle, candidate.limit, candidate.target))
  const free = { ...street, signals: street.signals.map((signal) => ({ ...signal, sequence_free: true })) }
  const lifted = cycleTask(free, listSplits(free, options), candidate.cycle_s, candidate.limit, candidate.target)
  const windows = bandProblem(free, lifted, options, division)
  const forbidden: WhyProblems['forbidden'] = {}
  const orders: WhyProblems['orders'] = {}
  street.signals.forEach(({ id, sequence_free }, i) => {
    const [own, ...others] = windows.signals[i]?.patterns ?? []
    if (sequence_free === true || own === undefined || others.length === 0) return
    forbidden[id] = others
    orders[id] = Object.fromEntries(others.map((pattern) => [pattern.id, orderWords(lifted.choices[i]?.[0]?.pattern as RingPattern, lifted.choices[i]?.[Number(pattern.id)]?.pattern as RingPattern)]))
  })
  return {
    cycles: admissible(tasks).map((task) => bandProblem(street, task, options, division)).filter((problem) => problem.directions === directions),
    forbidden, orders,
  }
}

/** What is turned round: "phase 2 before phase 5". */
function orderWords(before: RingPattern, after: RingPattern): string {
  const turned = after.barriers.flatMap(({ rings }, b) => rings.flatMap((ring, r) => {
    const old = before.barriers[b]?.rings[r]?.map(({ phase }) => phase) ?? []
    return ring.some(({ phase }, k) => phase !== old[k]) ? [`phase ${ring.map(({ phase }) => phase).join(' before phase ')}`] : []
  }))
  return turned.join(' and ')
}
