// One alarm for one trouble: raised when the lamps of a controller stay wrong, cleared when they follow again.
import type { LampAlarm } from '../../model/device/as-run.ts'
import type { DeploymentRecord } from '../ports/deployments.ts'
import type { Store } from '../ports/store.ts'
import { SERVICE_ACTOR } from '../workflow/actors.ts'

/**
 * Looks in a row, of two cycles each. What one sees may be a vehicle with priority that the controller did not tell of; another plan takes a corridor
 * back, so it must last for longer than a controller takes to get in step (eight cycles), of which not all tell.
 */
const WRONG_LOOKS = { drift: 2, mismatch: 5 }

export class AlarmState {
  #raised: LampAlarm | undefined
  #wrong: LampAlarm | undefined
  #looks = 0

  get raised(): LampAlarm | undefined { return this.#raised }

  /** `undefined`: too little was seen to say. Answers what is to be told, in order. */
  take(seen: LampAlarm | 'followed' | undefined): { alarm: LampAlarm; raised: boolean }[] {
    if (seen === undefined) return []
    if (seen === 'followed') return this.clear()
    this.#looks = this.#wrong?.kind === seen.kind ? this.#looks + 1 : 1
    this.#wrong = seen
    if (this.#looks < WRONG_LOOKS[seen.kind] || this.#raised?.kind === seen.kind) return []
    const told = this.#raised === undefined ? [] : [{ alarm: this.#raised, raised: false }]
    this.#raised = seen
    return [...told, { alarm: seen, raised: true }]
  }

  clear(): { alarm: LampAlarm; raised: boolean }[] {
    const told = this.#raised === undefined ? [] : [{ alarm: this.#raised, raised: false }]
    this.#raised = undefined
    this.#wrong = undefined
    this.#looks = 0
    return told
  }
}

/** In the audit and to those who listen. */
export async function tellAlarm(store: Store, { network, device, signal, id: deployment }: DeploymentRecord, { kind, sentences, drift_s }: LampAlarm, raised: boolean, time_s: number): Promise<void> {
  const detail = { deployment, raised, sentences, ...(drift_s === undefined ? {} : { drift_s }) }
  await store.tx(async (stores) => {
    await stores.audit.append({ time_s, actor: SERVICE_ACTOR, action: `controller.${kind}`, subject_kind: 'controller', subject: device, detail })
    await stores.events.append({ time_s, kind: `controller.${kind}`, network, body: { controller: device, signal, ...detail } })
  })
}
