// Many good plans of a corridor that weigh bands and delay differently: several cycles, side streets filled more or less, bands at
// their optimum or with some of them given up for less delay. For whoever compares plans; the planner's own candidates are in
// plan-corridor.ts.
import { checkChange } from '../../model/check-plan.ts'
import type { Pattern } from '../../model/signal.ts'
import { solveBands } from '../bands/index.ts'
import { keepsBands, settingOf } from './band-plan.ts'
import { bandProblem, cycleTask, listSplits } from './cycle-task.ts'
import { admissible, forDelay, listCycles } from './cycles.ts'
import { type Offsets, refine, search } from './descent.ts'
import { divisionOf } from './division.ts'
import { type CorridorPlanInput, DEFAULT_OPTIONS } from './options.ts'
import { PlatoonModel } from './profile.ts'
import { streetOf } from './street.ts'

export interface CorridorVariant {
  cycle_s: number
  /** Up to which degree of saturation side streets were filled before the corridor got the rest. */
  fill: number
  /** Share of the band objective that had to be kept; 0 = offsets of least predicted delay, whatever the bands. */
  band_share: number
  /** In outbound order, whole-second offsets. */
  patterns: Pattern[]
}

/** About so many cycles, spread over those that are open. */
const CYCLES = 8
const FILLS = [0.9, 0.75, 0.6]
const BAND_SHARES = [1, 0.75, 0.5, 0]

/** Bands compare plans here; whoever shows one measures it again. */
const QUICK = { closure_nodes: 0 }

/**
 * At most about a hundred plans, each once, each by the rules. Throws plan.infeasible where no cycle of the range fits the minimums or no direction
 * can have a band at all, input.reference for a signal without pattern.
 */
export function listVariants(input: CorridorPlanInput): CorridorVariant[] {
  const options = { ...DEFAULT_OPTIONS, ...input.options }
  const street = streetOf(input.graph, input.corridor, input.running, input.volumes)
  const division = divisionOf(street, options.direction_weight)
  const signals = listSplits(street, options)
  const tasks = listCycles(signals.map(({ splits }) => splits), options).map((cycle) => cycleTask(street, signals, cycle, options.target_saturation))
  const open = [...new Set([...admissible(tasks), ...forDelay(tasks)])].sort((a, b) => a.cycle_s - b.cycle_s)
  const stride = Math.max(1, Math.ceil(open.length / CYCLES))
  const found = new Map<string, CorridorVariant>()
  for (const { cycle_s, limit } of open.filter((_, k) => k % stride === 0)) {
    for (const fill of FILLS) {
      const task = cycleTask(street, signals, cycle_s, limit, Math.min(limit, fill))
      const model = new PlatoonModel(street, cycle_s, task.choices)
      const problem = bandProblem(street, task, options, division)
      const solution = solveBands(problem, QUICK)
      const [start, counts] = [settingOf(problem, solution), task.choices.map((own) => own.length)]
      for (const band_share of BAND_SHARES) {
        const { setting } = band_share === 0 ? search(model, start, counts) : refine(model, start, counts, keepsBands(problem, band_share * solution.certificate.value_s))
        const patterns = patternsOf(task.choices, setting)
        const key = JSON.stringify(patterns)
        if (!found.has(key) && checkChange(street.graph, patterns, input.running).length === 0) found.set(key, { cycle_s, fill: task.target, band_share, patterns })
      }
    }
  }
  return [...found.values()]
}

const patternsOf = (choices: ReturnType<typeof cycleTask>['choices'], { offsets, patterns }: Offsets): Pattern[] =>
  choices.map((own, i) => ({ ...own[patterns[i] as number]!.pattern, offset_s: offsets[i] as number }))
