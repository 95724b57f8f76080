// Getting in step with an offset: how long the next cycle is made. Methods and names: NTCIP 1202 (dwell, shortway, add
// only); Signal Timing Manual 2nd ed. (NCHRP 812) chapter 7. Lengths in ticks or seconds, as long as all are the same.
import { modulo } from '../../model/units.ts'
import type { Transition } from '../../model/control.ts'

export const DEFAULT_TRANSITION: Transition = { method: 'shortway' }

/** NTCIP-style limits of one vendor's default range: 17 % shorter, 20 % longer, 20 s of dwell. */
const [MOST_ADD, MOST_SUBTRACT, MOST_DWELL_S] = [0.2, 0.17, 20]

export interface CycleInTransition {
  length: number
  /** Hold the coordinated green instead of stretching the splits. */
  dwell: boolean
  /** Cycles still needed, this one included; 0 = in step. */
  remaining: number
}

export interface TransitionTask {
  cycle: number
  /** Extra time needed to land on the offset, in [0, cycle); 0 = in step. */
  extra: number
  transition: Transition
  /** Least length of a cycle that keeps every minimum. */
  shortest: number
  /** Units per second of the lengths: 1, or 10 for ticks. */
  per_second?: number
}

/** A hair that float sums leave must not cost a whole cycle. */
const HAIR = 1e-9

const cyclesNeeded = (time: number, perCycle: number): number => (perCycle <= HAIR ? Infinity : Math.ceil(time / perCycle - HAIR))

/** The length of the next cycle. Called at every yield point; what remains is spread evenly over the cycles that it takes. */
export function nextCycle(task: TransitionTask): CycleInTransition {
  const { cycle, transition, per_second = 1 } = task
  const extra = modulo(task.extra, cycle)
  if (extra <= HAIR) return { length: cycle, dwell: false, remaining: 0 }
  const add = { perCycle: (transition.add ?? MOST_ADD) * cycle }
  const canShrink = Math.min((transition.subtract ?? MOST_SUBTRACT) * cycle, cycle - task.shortest)
  const longer = cyclesNeeded(extra, add.perCycle)
  const shorter = cyclesNeeded(cycle - extra, canShrink)
  const lengthen = (): CycleInTransition => ({ length: cycle + extra / longer, dwell: false, remaining: longer })
  const shorten = (): CycleInTransition => ({ length: cycle - (cycle - extra) / shorter, dwell: false, remaining: shorter })
  switch (transition.method) {
    case 'dwell': return { length: cycle + extra, dwell: true, remaining: 1 }
    case 'max_dwell': {
      const most = (transition.max_dwell_s ?? MOST_DWELL_S) * per_second
      return { length: cycle + Math.min(extra, most), dwell: true, remaining: cyclesNeeded(extra, most) }
    }
    case 'add': return lengthen()
    // Where the minimums leave nothing to take away, adding is the only way.
    case 'subtract': return Number.isFinite(shorter) ? shorten() : lengthen()
    case 'shortway': return shorter < longer || (shorter === longer && Number.isFinite(shorter)) ? shorten() : lengthen()
  }
}
