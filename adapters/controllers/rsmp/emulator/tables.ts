// What an emulated RSMP controller stores of its plans, and what that makes its lamps do: a band moves every edge at or after its place in the cycle.
import { createHash } from 'node:crypto'
import type { LampTiming, Tenths } from '../../../../model/device/device.ts'
import { modulo } from '../../../../model/units.ts'

export interface EngineeredPlan {
  /** All bands at 0, told from cycle counter 0. */
  base: LampTiming
  /** Number of a band and its place: edges from there on come later by its extension. */
  bands: ReadonlyMap<number, Tenths>
}

export class PlanTable {
  readonly plan: EngineeredPlan
  readonly extensions: Map<number, number>
  offset_s: number
  cycle_s: number

  constructor(plan: EngineeredPlan) {
    this.plan = plan
    this.extensions = new Map([...plan.bands.keys()].map((no) => [no, 0]))
    this.cycle_s = plan.base.cycle / 10
    this.offset_s = modulo(-plan.base.offset, plan.base.cycle) / 10
  }

  /** Undefined where what moved doesn't fill the cycle. */
  timing(): LampTiming | undefined {
    const { base, bands } = this.plan
    const total = [...this.extensions.values()].reduce((sum, one) => sum + one, 0) * 10
    const cycle = base.cycle + total
    if (cycle !== this.cycle_s * 10) return undefined
    const moved = (t: Tenths): Tenths => t + [...bands].filter(([, at]) => at <= t).reduce((sum, [no]) => sum + (this.extensions.get(no) ?? 0) * 10, 0)
    const edge = (t: Tenths): Tenths => (t >= base.cycle ? cycle + moved(t - base.cycle) : moved(t))
    return {
      cycle, offset: modulo(-this.offset_s * 10, cycle),
      groups: base.groups.map((group) => ({ ...group, greens: group.greens.map(([start, end]): [Tenths, Tenths] => (end - start >= base.cycle ? [0, cycle] : [edge(start), end === base.cycle ? cycle : edge(end)])) })),
    }
  }
}

export const checksumOf = (parts: unknown): string => createHash('sha256').update(JSON.stringify(parts)).digest('hex')
