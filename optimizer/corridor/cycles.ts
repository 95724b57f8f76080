// Which whole cycle lengths are open to a corridor: between what the minimums of its signals need and what was asked for.
import { GreenwaveError } from '../../model/errors.ts'
import type { SignalSplits } from '../splits/index.ts'
import { type CorridorPlanOptions, CYCLE_RANGE_S, LONGEST_CYCLE_S } from './options.ts'
import type { CycleTask } from './cycle-task.ts'

/** Throws plan.infeasible, naming the signal and both numbers, if no cycle is open. */
export function listCycles(splits: readonly SignalSplits[], options: Pick<CorridorPlanOptions, 'cycle_min_s' | 'cycle_max_s'>): number[] {
  const [least, most] = [options.cycle_min_s ?? CYCLE_RANGE_S.least, options.cycle_max_s ?? Math.max(CYCLE_RANGE_S.most, options.cycle_min_s ?? 0)]
  if (!(least > 0 && most >= least)) throw new GreenwaveError('usage', `the cycle range ${least}:${most} s is empty`)
  const tightest = splits.reduce((a, b) => (b.minimum_cycle_s > a.minimum_cycle_s ? b : a))
  const needed = tightest.minimum_cycle_s
  const asked = options.cycle_max_s !== undefined
  const end = asked ? Math.floor(most) : Math.max(most, needed)
  if (needed > end || needed > LONGEST_CYCLE_S) {
    throw new GreenwaveError('plan.infeasible', `cycle ${Math.min(end, LONGEST_CYCLE_S)} s at signal ${tightest.task.signal.id} is shorter than its minimums, ${needed} s`)
  }
  const start = Math.max(Math.ceil(least), needed)
  return Array.from({ length: end - start + 1 }, (_, k) => start + k)
}

/** An oversaturated corridor takes cycles that are within this of the least possible saturation. */
const NEARLY_LEAST = 0.02

/** Where some delay limit cannot be kept at any cycle, those count that come within a second of the best. */
const NEARLY_KEPT_S = 1

/** Cycles that keep everybody at the target and below the delay limits, as far as any does. */
export function admissible(tasks: readonly CycleTask[]): CycleTask[] {
  const good = leastExcess(tasks.filter(({ meets_target }) => meets_target))
  if (good.length > 0) return good
  const least = Math.min(...tasks.map(({ worst }) => worst))
  return tasks.filter(({ worst }) => worst <= least * (1 + NEARLY_LEAST))
}

function leastExcess(tasks: readonly CycleTask[]): CycleTask[] {
  const least = Math.min(...tasks.map(({ excess_s }) => excess_s))
  return tasks.filter(({ excess_s }) => excess_s <= (least === 0 ? 0 : least + NEARLY_KEPT_S))
}

/** Where nobody can be kept at the target, less delay may be found at any cycle that overloads nobody, or at any at all. */
export function forDelay(tasks: readonly CycleTask[]): CycleTask[] {
  const good = leastExcess(tasks.filter(({ meets_target }) => meets_target))
  const bearable = good.length > 0 ? good : tasks.filter(({ worst }) => worst <= 1)
  return bearable.length > 0 ? bearable : [...tasks]
}
