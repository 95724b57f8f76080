// What a plan's stage rests on: its entries in the audit, each bound to the hash of the document and the version of the network.
import { GreenwaveError } from '../../model/errors.ts'
import type { AuditEntry } from '../ports/audit-log.ts'
import { hashOf } from '../ports/canonical.ts'
import { chainEntry } from '../ports/chain.ts'
import type { PlanRecord } from '../ports/plans.ts'
import type { Stores } from '../ports/store.ts'

export const PLAN_SUBJECT = 'plan'

/** What every entry about a plan binds. */
export interface Bound {
  hash: string
  network_version: number
}

export type DraftDetail = Bound & { authors: string[] }
export type SimulationDetail = Bound & { evaluation: string; over_limit: string[] }
export type ApprovalDetail = Bound & { evaluation: string; accepts: string[]; standing?: { by: string; seq: number; hash: string } }

/** In order, from the first. */
export async function listEvidence(stores: Pick<Stores, 'audit'>, plan: string): Promise<AuditEntry[]> {
  const found: AuditEntry[] = []
  for (let after: string | undefined; ;) {
    const page = await stores.audit.list({ subject: plan }, { limit: 1000, ...(after === undefined ? {} : { after }) })
    found.push(...page.items.filter(({ subject_kind }) => subject_kind === PLAN_SUBJECT))
    if (page.next === undefined) return found.reverse()
    after = page.next
  }
}

const DONE = { checked: ['plan.check'], simulated: ['plan.check', 'plan.simulate'], approved: ['plan.check', 'plan.simulate', 'plan.approve'] } as const

/** All who had a hand in the document. */
export const authorsOf = (plan: PlanRecord, entries: readonly AuditEntry[]): Set<string> =>
  new Set([plan.author, ...entries.filter(({ action }) => action === 'plan.draft' || action === 'plan.edit').flatMap(({ actor, detail }) => [actor, ...((detail as unknown as DraftDetail).authors ?? [])])])

/** Throws `request.forbidden` for whoever had a hand in the document. */
export function requireSecondPerson(plan: PlanRecord, entries: readonly AuditEntry[], actor: string): void {
  if (authorsOf(plan, entries).has(actor)) throw new GreenwaveError('request.forbidden', `"${actor}" wrote plan "${plan.id}" or a part of it; somebody else must approve it`)
}

/** Why the plan cannot be believed to have been checked, simulated and approved as it stands; undefined when it can. */
export function findDoubt(plan: PlanRecord, entries: readonly AuditEntry[], upTo: keyof typeof DONE): string | undefined {
  const name = `plan "${plan.id}"`
  if (hashOf(plan.document) !== plan.hash) return `the document of ${name} is not the one of its hash`
  const altered = entries.find((entry) => chainEntry(entry, { seq: entry.seq - 1, hash: entry.previous }).hash !== entry.hash)
  if (altered !== undefined) return `entry ${altered.seq} of the audit, about ${name}, is not what was written`
  let seq = 0
  const last = new Map<string, AuditEntry>()
  for (const action of DONE[upTo]) {
    const step = entries.findLast((entry) => entry.action === action && entry.seq > seq && isBound(entry, plan))
    if (step === undefined) return `the audit has no ${action} of ${name} with this document on version ${plan.network_version} of the network`
    seq = step.seq
    last.set(action, step)
  }
  return findDoubtOfFigures(plan, entries, last)
}

const isBound = ({ detail }: AuditEntry, plan: PlanRecord): boolean => detail['hash'] === plan.hash && detail['network_version'] === plan.network_version && detail['refused'] === undefined

function findDoubtOfFigures(plan: PlanRecord, entries: readonly AuditEntry[], last: ReadonlyMap<string, AuditEntry>): string | undefined {
  const simulation = last.get('plan.simulate')?.detail as unknown as SimulationDetail | undefined
  if (simulation !== undefined && hashOf(plan.evaluation) !== simulation.evaluation) return `the evaluation of plan "${plan.id}" is not the one that was simulated`
  const approval = last.get('plan.approve')
  if (approval === undefined || simulation === undefined) return undefined
  const detail = approval.detail as unknown as ApprovalDetail
  if (detail.evaluation !== simulation.evaluation) return `plan "${plan.id}" was approved on another simulation than its last`
  const by = detail.standing?.by ?? approval.actor
  if (by !== plan.approver) return `plan "${plan.id}" was approved by "${by}", not by "${plan.approver ?? ''}"`
  if (authorsOf(plan, entries).has(by)) return `plan "${plan.id}" was approved by its author "${by}"`
  const unnamed = simulation.over_limit.filter((loser) => !detail.accepts.includes(loser))
  return unnamed.length === 0 ? undefined : `plan "${plan.id}" was approved without naming ${unnamed.join(', ')}, over the limit`
}
