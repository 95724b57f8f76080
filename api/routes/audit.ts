// Who did what, and whether the chain holds.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { AuditEntry } from '../../plans/ports/audit-log.ts'
import { findWireDoubt } from '../../plans/deployment/index.ts'
import { findBreak } from '../../plans/ports/chain.ts'
import type { Stores } from '../../plans/ports/store.ts'
import { timeOf } from '../http/instants.ts'
import { pageRequest, PAGE, sendPage } from '../http/paging.ts'
import { route } from '../http/route.ts'
import type { Service } from '../server.ts'

export const AuditEntrySchema = Type.Object({
  seq: Type.Integer(), time: Type.String({ format: 'date-time' }), actor: Type.String(), action: Type.String(), subject_kind: Type.String(), subject: Type.String(),
  detail: Type.Unsafe<Record<string, unknown>>(Type.Object({}, { additionalProperties: true })), previous: Type.String(), hash: Type.String(),
})

export function auditRoutes(server: FastifyInstance, { store }: Service): void {
  route(server, {
    method: 'GET', url: '/audit', id: 'listAudit', tag: 'audit', summary: 'Who did what, newest first', access: { role: 'approver' },
    query: Type.Object({ ...PAGE, subject: Type.Optional(Type.String({ maxLength: 200 })), actor: Type.Optional(Type.String({ maxLength: 200 })) }),
    answers: { 200: Type.Object({ items: Type.Array(AuditEntrySchema), next: Type.Optional(Type.String()) }) },
    handler: async (request, reply) => {
      const { subject, actor, ...page } = request.query
      const found = await store.audit.list({ ...(subject === undefined ? {} : { subject }), ...(actor === undefined ? {} : { actor }) }, pageRequest(page))
      return sendPage(request, reply, { ...found, items: found.items.map(({ time_s, ...entry }) => ({ ...entry, time: timeOf(time_s) })) })
    },
  })
  route(server, {
    method: 'GET', url: '/audit/verification', id: 'verifyAudit', tag: 'audit', summary: 'Whether nothing was changed or taken out', access: { role: 'approver' },
    description: 'The chain of the audit, and every message to controllers by the hashes that the audit noted of them.',
    answers: { 200: Type.Object({ intact: Type.Boolean(), entries: Type.Integer(), why: Type.Optional(Type.String()) }) },
    handler: async () => verifyLog(store),
  })
}

/** Reads the whole log once, however long it is. */
async function verifyLog(store: Pick<Stores, 'audit' | 'deployments'>): Promise<{ intact: boolean; entries: number; why?: string }> {
  let entries = 0
  let last: AuditEntry | undefined
  for await (const batch of store.audit.all()) {
    const why = findBreak(batch, last)
    if (why !== undefined) return { intact: false, entries, why }
    entries += batch.length
    last = batch.at(-1) ?? last
  }
  const { why } = await findWireDoubt(store)
  return { intact: why === undefined, entries, ...(why === undefined ? {} : { why }) }
}
