/** An explanation as one sentence in the field's words. */
import type { BandExplanation } from './explain.ts'
import type { Change, Remedy } from './remedies.ts'

/**
 * For instance: "signals 4 and 5 at C = 130 s leave no two-way band; pattern lag-lead at 4 restores 22 s each way".
 * @param remedies how many of the changes to name.
 */
export function sentenceOf(explanation: BandExplanation, remedies = 2): string {
  const { cycle_s, verdict, now, blocking } = explanation
  const who = namesOf(blocking[0] ?? [])
  const plural = (blocking[0]?.length ?? 0) > 1
  const bands = `${seconds(now.outbound_s)} outbound and ${seconds(now.inbound_s)} inbound`
  const what = verdict === 'none' ? `${plural ? 'leave' : 'leaves'} no two-way band` : `${plural ? 'limit' : 'limits'} the bands to ${bands}`
  const first = `${who} at C = ${cycle_s} s ${what}`
  const parts = explanation.remedies.slice(0, remedies).map((remedy) => `${actionOf(remedy)} restores ${gainOf(remedy)}`)
  return parts.length > 0 ? `${first}; ${parts.join(', ')}` : `${first}; no single change that was tried restores any`
}

function namesOf(ids: readonly string[]): string {
  if (ids.length === 1) return `signal ${ids[0]}`
  return `signals ${ids.slice(0, -1).join(', ')} and ${ids[ids.length - 1]}`
}

function actionOf(change: Change): string {
  switch (change.kind) {
    case 'pattern':
      return `pattern ${change.pattern} at ${change.signal}`
    case 'green':
      return `${seconds(change.added_s)} more green at the ${change.at} at ${change.signal}`
    case 'uncoordinated':
      return `leaving ${change.signal} out of the coordination`
    case 'cycle':
      return `C = ${change.cycle_s} s`
    case 'speed':
      return `a speed ${Math.round(100 * Math.abs(change.share))} % ${change.share > 0 ? 'higher' : 'lower'}`
  }
}

function gainOf({ restored_outbound_s, restored_inbound_s }: Remedy): string {
  if (Math.abs(restored_outbound_s - restored_inbound_s) < 0.5) return `${seconds(restored_outbound_s)} each way`
  return `${seconds(restored_outbound_s)} outbound and ${seconds(restored_inbound_s)} inbound`
}

/** Whole seconds where it is one, else tenths. */
function seconds(value: number): string {
  return `${Math.round(value * 10) / 10} s`
}
