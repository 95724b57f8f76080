// What a simulated plan must not do: stand still more often than the plan running now, and take from somebody more than a limit
// unless whoever approves names him.
import type { Evaluation } from '../../model/evaluation.ts'
import type { Loser } from '../../model/plan.ts'

export interface LoserLimits {
  /** Mean delay of a movement above which nobody may be put who was below: level of service F of HCM 7 exhibit 19-8. */
  delay_s: number
  /** What a movement may lose in any case: half a minute is one more red. */
  growth_s: number
}

export const DEFAULT_LIMITS: LoserLimits = { delay_s: 80, growth_s: 30 }

/** How an approval names a loser: signal, then movement where it is one. */
export const loserKey = ({ signal, movement, kind }: Loser): string => `${signal} ${movement ?? kind}`

/** Losers beyond a limit, their own or the general one for delay. */
export function listOverLimit(losers: readonly Loser[], limits: LoserLimits): Loser[] {
  return losers.filter(({ measure, before, after, limit }) => {
    if (limit !== undefined && after > limit && after > before) return true
    return measure === 'delay_s' && (after - before > limits.growth_s || (after > limits.delay_s && before <= limits.delay_s))
  })
}

/** Why the plan may not go on; undefined when it may. */
export function findGridlock(before: Evaluation, after: Evaluation): string | undefined {
  if (after.gridlocked_runs <= before.gridlocked_runs) return undefined
  return `the traffic stood still in ${after.gridlocked_runs} of ${after.runs} runs, with the plan running now in ${before.gridlocked_runs}; it may stand still no more often`
}
