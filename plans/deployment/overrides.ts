// Soft findings that people answer for: each says so under their own name, in the audit and nowhere else. Two different people, one of them an
// approver, make an override; it is about the moment, so it holds for a day.
import type { WriteRule } from '../../model/device/device.ts'
import type { Instant } from '../../model/units.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { AuditEntry } from '../ports/audit-log.ts'
import { chainEntry } from '../ports/chain.ts'
import { ROLES } from '../ports/people.ts'
import type { Store, Stores } from '../ports/store.ts'
import { requireActor } from '../workflow/actors.ts'
import type { ApprovedPlan } from '../workflow/stages.ts'
import { groupBy } from './at-once.ts'
import type { Override } from './rules.ts'

export const OVERRIDABLE = ['maximum-red', 'change', 'too-soon', 'clock', 'not-as-approved'] as const satisfies readonly WriteRule[]

const SUBJECT_KIND = 'override'
const HOLDS_S = 86_400

export interface OverrideRequest {
  plan: ApprovedPlan
  rule: (typeof OVERRIDABLE)[number]
  /** All of the plan's by default. */
  device?: string
  reason: string
  actor: string
  now: Instant
}

/** Throws `request.forbidden` for whoever is no engineer, `request.invalid` without a reason. */
export async function giveOverride(store: Pick<Store, 'tx'>, { plan, rule, device, reason, actor, now }: OverrideRequest): Promise<void> {
  if (reason.trim() === '') throw new GreenwaveError('request.invalid', 'an override needs a reason')
  await store.tx(async (stores) => {
    await requireActor(stores, actor, 'engineer', `overriding the rule ${rule}`, 'people only')
    await stores.audit.append({ time_s: now, actor, action: 'override.give', subject_kind: SUBJECT_KIND, subject: plan.id, detail: { rule, plan_hash: plan.hash, reason, ...(device === undefined ? {} : { device }) } })
    await stores.events.append({ time_s: now, kind: 'override.given', network: plan.network, body: { plan: plan.id, rule, by: actor, ...(device === undefined ? {} : { device }) } })
  })
}

/** Those for which two people stand now, one of them still an approver. */
export async function listOverrides(stores: Pick<Stores, 'audit' | 'people'>, plan: Pick<ApprovedPlan, 'id' | 'hash'>, now: Instant): Promise<Override[]> {
  const { items } = await stores.audit.list({ subject: plan.id }, { limit: 1000 })
  const given = items.filter((entry) => entry.subject_kind === SUBJECT_KIND && entry.detail['plan_hash'] === plan.hash && now - entry.time_s < HOLDS_S && isWhole(entry))
  const found: Override[] = []
  for (const entries of groupBy(given, ({ detail }) => JSON.stringify([detail['rule'], detail['device'] ?? null]))) {
    const people = [...new Set(entries.map(({ actor }) => actor))]
    const approvers: string[] = []
    for (const person of people) {
      const known = await stores.people.byId(person)
      if (known !== undefined && !known.disabled && ROLES.indexOf(known.role) >= ROLES.indexOf('approver')) approvers.push(person)
    }
    const second = approvers[0]
    const first = people.find((person) => person !== second)
    const { rule, device } = entries[0]!.detail as { rule: WriteRule; device?: string }
    if (first !== undefined && second !== undefined) found.push({ rule, by: [first, second], reason: entries.map(({ detail }) => String(detail['reason'])).join('; '), ...(device === undefined ? {} : { device }) })
  }
  return found
}

const isWhole = (entry: AuditEntry): boolean => chainEntry(entry, { seq: entry.seq - 1, hash: entry.previous }).hash === entry.hash
