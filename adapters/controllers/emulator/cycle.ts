// How an emulated controller makes a cycle longer or shorter: only where no group is being cleared, and never so that a green falls below its minimum.
// Whole tenths of a second.
import type { DeviceGroup, LampTiming, Tenths } from '../../../model/device/device.ts'
import { modulo } from '../../../model/units.ts'

export interface TransitionRule {
  /** Hold once until in step; stretch; or whichever of stretching and shrinking is done sooner. */
  method: 'dwell' | 'add' | 'shortway'
  /** Share of the cycle by which one cycle may grow (default 0.2) and shrink (0.17). */
  add?: number
  subtract?: number
}

/** A cycle as it will run: when in it each local time comes. */
export interface Cycle {
  length: Tenths
  at(local: Tenths): Tenths
}

const inArc = (t: Tenths, start: Tenths, length: Tenths, cycle: Tenths): boolean => modulo(t - start, cycle) < length

/** Least green of a group: its own minimum, or what its pedestrians need, whose clearance may last to the end of the split as in `model/device/check-write.ts`. */
export const leastGreen = (group: DeviceGroup): Tenths => Math.max(group.min_green, (group.walk ?? 0) + (group.pedestrian_clearance ?? 0) - group.yellow - group.red_clearance)

/** For each tenth of the cycle, whether it may be stretched: some group is green and none is being cleared. */
function elasticTenths({ cycle, groups }: LampTiming): boolean[] {
  const windows = groups.flatMap(({ greens, yellow, red_clearance }) => greens.map(([start, end]) => ({ start, length: end - start, change: end - start >= cycle ? 0 : yellow + red_clearance })))
  return Array.from({ length: cycle }, (_, t) =>
    windows.some(({ start, length }) => inArc(t, start, length, cycle)) && !windows.some(({ start, length, change }) => inArc(t, start + length, change, cycle)))
}

/** What of a timing may move. Worked out once a timing. */
export class Elasticity {
  readonly #cycle: Tenths
  /** Elastic tenths before each local time, 0 to cycle. */
  readonly #before: Tenths[] = [0]
  readonly #shrinkable: number

  constructor(timing: LampTiming, groups: readonly DeviceGroup[]) {
    this.#cycle = timing.cycle
    for (const isElastic of elasticTenths(timing)) this.#before.push((this.#before.at(-1) as number) + (isElastic ? 1 : 0))
    const shares = timing.groups.flatMap(({ group, greens }) => {
      const own = groups.find((one) => one.group === group)
      if (own === undefined) return []
      return greens.filter(([start, end]) => end - start < timing.cycle).map(([start, end]) => {
        const elastic = this.#between(start, end)
        // A tenth more than the minimum, because edges are rounded to tenths.
        return elastic === 0 ? 1 : Math.max(0, Math.min(1, (end - start - leastGreen(own) - 1) / elastic))
      })
    })
    this.#shrinkable = Math.floor(Math.min(1, ...shares) * (this.#before[timing.cycle] as number))
  }

  /** The shortest cycle that keeps every minimum. */
  get shortest(): Tenths { return this.#cycle - this.#shrinkable }

  #between(start: Tenths, end: Tenths): Tenths {
    const until = (t: Tenths): number => Math.floor(t / this.#cycle) * (this.#before[this.#cycle] as number) + (this.#before[modulo(t, this.#cycle)] as number)
    return until(end) - until(start)
  }

  /** A cycle of this length. Held in one place with `dwell`, else spread over all that is elastic. */
  cycleOf(length: Tenths, dwell: boolean): Cycle {
    const more = length - this.#cycle
    const elastic = this.#before[this.#cycle] as number
    if (more === 0 || elastic === 0) return { length: more === 0 ? length : this.#cycle, at: (local) => local }
    const first = this.#before.findIndex((count) => count > 0)
    if (dwell) return { length, at: (local) => (local < first ? local : local + more) }
    return { length, at: (local) => local + Math.round((more * (this.#before[Math.min(local, this.#cycle)] as number)) / elastic) }
  }

  /** The next cycle where `extra` more tenths (0 <= extra < cycle) would bring it in step. */
  next(extra: Tenths, { method, add = 0.2, subtract = 0.17 }: TransitionRule): Cycle {
    if (extra === 0) return this.cycleOf(this.#cycle, false)
    if (method === 'dwell') return this.cycleOf(this.#cycle + extra, true)
    const longer = Math.ceil(extra / Math.max(1, Math.floor(add * this.#cycle)))
    const most = Math.min(Math.floor(subtract * this.#cycle), this.#shrinkable)
    const shorter = most > 0 ? Math.ceil((this.#cycle - extra) / most) : Number.POSITIVE_INFINITY
    if (method === 'shortway' && shorter < longer) return this.cycleOf(this.#cycle - Math.ceil((this.#cycle - extra) / shorter), false)
    return this.cycleOf(this.#cycle + Math.ceil(extra / longer), false)
  }
}
