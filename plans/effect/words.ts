// An effect as a sentence: what changed, how sure, from how many days; or that nobody can tell, and what these days would tell.
import type { Effect } from '../../model/diagnosis.ts'

const percent = (share: number): string => `${Math.round(1000 * Math.abs(share)) / 10} %`

/** `what`: the measure as a subject, for example `Delay in the morning peak`. */
export function effectSentence(effect: Effect, what: string): string {
  const { change, verdict, days_before, days_after, control, least_detectable } = effect
  const days = `${days_after} days after against ${days_before} before`
  if (change.value === null || change.low === null || change.high === null || least_detectable === null) return `${what}: cannot tell from ${days}.`
  const basis = control ? ', less the change of the control on the same days' : ', without a control'
  const range = `between ${signed(change.low)} and ${signed(change.high)}`
  if (verdict === 'cannot tell') return `${what}: cannot tell. ${days} say ${range}${basis}; they would tell a change of ${percent(least_detectable)}.`
  return `${what} ${verdict === 'better' ? 'fell' : 'rose'} by ${percent(change.value)} (${range}) over ${days}${basis}.`
}

const signed = (share: number): string => `${share > 0 ? '+' : '-'}${percent(share)}`
