// Standing approvals: an administrator lets greenwave deploy what it plans by itself in one corridor, until a day. They stand in the audit and
// nowhere else; the last word about a corridor counts.
import { GreenwaveError } from '../../model/errors.ts'
import type { Instant } from '../../model/units.ts'
import type { AuditEntry } from '../ports/audit-log.ts'
import { chainEntry } from '../ports/chain.ts'
import { ROLES } from '../ports/people.ts'
import type { Store, Stores } from '../ports/store.ts'
import { requireActor } from './actors.ts'

export interface StandingApproval {
  network: string
  corridor: string
  /** The administrator who answers for it. */
  by: string
  until_s: Instant
  /** Of its entry in the audit. */
  seq: number
  hash: string
}

const SUBJECT_KIND = 'standing-approval'
const subjectOf = (network: string, corridor: string): string => `${network}/${corridor}`
/** Nobody answers today for what runs in years. */
const LONGEST_S = 366 * 86_400

interface Given {
  network: string
  corridor: string
  actor: string
  now: Instant
}

/** Throws `request.forbidden` for whoever is no administrator, `request.unknown`, `request.invalid` for an end that is past or more than a year away. */
export async function giveStandingApproval(store: Pick<Store, 'tx'>, { network, corridor, actor, now, until_s, note }: Given & { until_s: Instant; note?: string }): Promise<StandingApproval> {
  if (!(until_s > now && until_s <= now + LONGEST_S)) throw new GreenwaveError('request.invalid', `a standing approval ends within a year from now, not at ${until_s} s`)
  return store.tx(async (stores) => {
    await requireActor(stores, actor, 'administrator', 'a standing approval', 'people only')
    const corridors = (await stores.networks.scenario(network))?.scenario.corridors
    if (corridors?.some(({ id }) => id === corridor) !== true) throw new GreenwaveError('request.unknown', `there is no corridor "${corridor}" in a network "${network}"`)
    const entry = await tell(stores, { network, corridor, actor, now }, 'standing-approval.give', { until_s, ...(note === undefined ? {} : { note }) })
    return { network, corridor, by: actor, until_s, seq: entry.seq, hash: entry.hash }
  })
}

/** By any approver: stopping is easier than allowing. */
export async function withdrawStandingApproval(store: Pick<Store, 'tx'>, given: Given): Promise<void> {
  await store.tx(async (stores) => {
    await requireActor(stores, given.actor, 'approver', 'withdrawing a standing approval', 'people only')
    await tell(stores, given, 'standing-approval.withdraw', {})
  })
}

async function tell(stores: Stores, { network, corridor, actor, now }: Given, action: string, detail: Record<string, unknown>): Promise<AuditEntry> {
  await stores.events.append({ time_s: now, kind: 'standing-approval.changed', network, body: { corridor, action } })
  return stores.audit.append({ time_s: now, actor, action, subject_kind: SUBJECT_KIND, subject: subjectOf(network, corridor), detail })
}

/** The one in force; none where it was withdrawn, has ended, or whoever gave it may not do so any more. */
export async function findStandingApproval(stores: Pick<Stores, 'audit' | 'people'>, network: string, corridor: string, now: Instant): Promise<StandingApproval | undefined> {
  const { items } = await stores.audit.list({ subject: subjectOf(network, corridor) }, { limit: 100 })
  const last = items.find(({ subject_kind }) => subject_kind === SUBJECT_KIND)
  if (last === undefined || last.action !== 'standing-approval.give') return undefined
  if (chainEntry(last, { seq: last.seq - 1, hash: last.previous }).hash !== last.hash) return undefined
  const until_s = last.detail['until_s']
  if (typeof until_s !== 'number' || until_s <= now) return undefined
  const person = await stores.people.byId(last.actor)
  if (person === undefined || person.disabled || ROLES.indexOf(person.role) < ROLES.indexOf('administrator')) return undefined
  return { network, corridor, by: last.actor, until_s, seq: last.seq, hash: last.hash }
}
