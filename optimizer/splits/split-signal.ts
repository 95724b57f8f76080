// Splits of one signal at one cycle: the smallest largest degree of saturation, or everybody at the target and the spare
// green to the corridor; whole seconds; every minimum kept. Exact for each structure (rings.ts, stages.ts).
import { compileSignal, getGroup } from '../../model/compile.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { GroupId, Pattern } from '../../model/signal.ts'
import { laneGroupState, totalOf } from '../capacity/index.ts'
import { leastGreen } from './minimums.ts'
import { ringModel } from './rings.ts'
import { type Row, rowFromStreet, rowOf } from './rows.ts'
import { stageModel } from './stages.ts'
import type { SplitModel, SplitResult, SplitTask } from './task.ts'

/** A task prepared once and solved at many cycles. */
export class SignalSplits {
  readonly task: SplitTask
  readonly minimum_cycle_s: number
  readonly #model: SplitModel

  constructor(task: SplitTask) {
    this.task = task
    const { signal, running } = task
    const through = task.laneGroups.some(({ volume_vph }) => volume_vph > 0) ? task.through : []
    this.#model = running.kind === 'rings' ? ringModel(signal, running, through) : stageModel(signal, running, through)
    this.minimum_cycle_s = this.#model.minimum_cycle_s
  }

  /** Throws plan.infeasible, with both numbers, where the minimums exceed the cycle. */
  solve(cycle_s: number, target = this.task.target_saturation): SplitResult {
    if (cycle_s < this.minimum_cycle_s) {
      throw new GreenwaveError('plan.infeasible', `cycle ${cycle_s} s at signal ${this.task.signal.id} is shorter than its minimums, ${this.minimum_cycle_s} s`)
    }
    const first = this.#judge(this.#model.solve(cycle_s, { rows: this.#rows(cycle_s), target }), target)
    return this.#withCredit(first, target)
  }

  #rows(cycle_s: number): Row[] {
    const { laneGroups, running } = this.task
    if (laneGroups.some(({ volume_vph }) => volume_vph > 0)) return laneGroups.flatMap((group) => rowOf(group, cycle_s) ?? [])
    const street = compileSignal(this.task.signal, running)
    return street.groups.flatMap((group) => {
      const green = totalOf(group.green_windows_s)
      return green > 0 ? [rowFromStreet([group.id], green, running.cycle_s, cycle_s)] : []
    })
  }

  #judge(pattern: Pattern, target: number): SplitResult {
    const compiled = compileSignal(this.task.signal, pattern)
    const states = this.task.laneGroups.map((group) => laneGroupState(compiled, group))
    const worst = Math.max(0, ...this.task.laneGroups.map((group, i) => (isOwn(group) ? (states[i]?.saturation ?? 0) : 0)))
    return { pattern, compiled, states, worst, meets_target: states.every(({ saturation }) => saturation <= target + 1e-9) }
  }

  /** What the minimums of its protected groups leave it at least. */
  #leastGreen(group: SplitTask['laneGroups'][number]): number {
    return Math.max(...group.protected.map((id) => leastGreen(getGroup(this.task.signal, id))))
  }

  /**
   * Lefts with both kinds of green were given protected time as if only sneakers turned in permissive green. Now that
   * the opposing greens are known, what they turn there is credited, those greens are held, and the protected part
   * may shrink; the answer counts only if nobody is above the target or fuller than before.
   */
  #withCredit(first: SplitResult, target: number): SplitResult {
    const { laneGroups } = this.task
    const credits = new Map(laneGroups.flatMap((group, i) => {
      const state = first.states[i]
      if (group.opposing === undefined || group.protected.length === 0 || state === undefined || state.unblocked_s <= 0) return []
      if (state.protected_s <= this.#leastGreen(group) + 1) return []
      const cars = (state.capacity_vph * first.compiled.cycle_s) / 3600 - (state.protected_s * group.saturation_vph) / 3600
      return [[group, Math.max(0, cars - 2 * group.lanes.length) * CREDIT_SHARE] as const]
    }))
    if (credits.size === 0) return first
    const floors = new Map<GroupId, number>()
    for (const group of credits.keys()) {
      for (const id of [...group.permissive, ...(group.opposing?.groups ?? [])]) {
        const green = totalOf(first.compiled.groups.find((candidate) => candidate.id === id)?.green_windows_s ?? [])
        if (green > 0) floors.set(id, green)
      }
    }
    const { cycle_s } = first.compiled
    const rows = laneGroups.flatMap((group) => rowOf(group, cycle_s, credits.get(group) ?? 0) ?? [])
    const second = this.#judge(this.#model.solve(cycle_s, { rows, target, floors }), target)
    const limit = Math.max(target, first.worst) + 1e-9
    const worse = second.states.some(({ saturation }, i) => saturation > Math.max(limit, first.states[i]?.saturation ?? 0))
    return worse ? first : second
  }
}

/** Half of what gap acceptance promises: the other half is kept for platoons that fill the gaps. */
const CREDIT_SHARE = 0.5

/** Lane groups that the largest degree of saturation speaks of: all but those that turn through gaps only. */
const isOwn = (group: { opposing?: unknown; protected: readonly unknown[] }): boolean => group.opposing === undefined || group.protected.length > 0
