// Keys of machines: feeds, screens, cabinets.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { ApiKey } from '../../plans/ports/people.ts'
import { instantOf, timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import { newKey } from '../security/secrets.ts'
import type { Service } from '../server.ts'

const Id = Type.String({ minLength: 1, maxLength: 200 })
const ScopeSchema = Type.Union([
  Type.Object({ do: Type.Literal('feed'), feed: Id }, { additionalProperties: false }),
  Type.Object({ do: Type.Literal('screen'), screen: Id }, { additionalProperties: false }),
  Type.Object({ do: Type.Literal('cabinet'), network: Id, signal: Id }, { additionalProperties: false }),
  Type.Object({ do: Type.Literal('metrics') }, { additionalProperties: false }),
])
const Time = Type.String({ format: 'date-time' })
const KeySchema = Type.Object({ id: Type.String(), name: Type.String(), scopes: Type.Array(ScopeSchema), created_by: Type.String(), created_at: Time, expires_at: Type.Optional(Time), revoked_at: Type.Optional(Time) })

const shown = ({ id, name, scopes, created_by, created_at, expires_at, revoked_at }: ApiKey) => ({
  id, name, scopes, created_by, created_at: timeOf(created_at), ...(expires_at === undefined ? {} : { expires_at: timeOf(expires_at) }), ...(revoked_at === undefined ? {} : { revoked_at: timeOf(revoked_at) }),
})

export function keyRoutes(server: FastifyInstance, { store, clock, keys }: Service): void {
  const revoke = (id: string, by: string): Promise<ApiKey> => store.tx(async (stores) => {
    const key = await stores.people.key(id)
    if (key === undefined) throw new GreenwaveError('request.unknown', `There is no key ${JSON.stringify(id)}`)
    if (key.revoked_at !== undefined) return key
    const revoked = { ...key, revoked_at: clock.now() }
    await stores.people.putKey(revoked)
    await stores.audit.append({ time_s: clock.now(), actor: by, action: 'key.revoke', subject_kind: 'key', subject: key.id, detail: { name: key.name } })
    return revoked
  })
  route(server, {
    method: 'GET', url: '/keys', id: 'listKeys', tag: 'people', summary: 'Keys of machines, without their secrets', access: { role: 'administrator' }, answers: { 200: Type.Object({ items: Type.Array(KeySchema) }) },
    handler: async () => ({ items: (await store.people.keys()).map(shown) }),
  })
  route(server, {
    method: 'POST', url: '/keys', id: 'addKey', tag: 'people', summary: 'Make a key for a machine', access: { role: 'administrator' },
    description: 'The secret is in this answer and nowhere else.',
    body: Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }), scopes: Type.Array(ScopeSchema, { minItems: 1, maxItems: 500 }), expires_at: Type.Optional(Time) }, { additionalProperties: false }),
    example: { name: 'taxis of the city', scopes: [{ do: 'feed', feed: 'taxis' }], expires_at: '2029-01-01T00:00:00Z' },
    answers: { 201: Type.Object({ key: KeySchema, secret: Type.String() }) },
    handler: async ({ body, principal }, reply) => {
      const now = clock.now()
      const expires_at = body.expires_at === undefined ? undefined : instantOf(body.expires_at, '/expires_at')
      if (expires_at !== undefined && expires_at <= now) throw new GreenwaveError('request.invalid', `/expires_at is ${body.expires_at}, which is over`)
      const { id, secret, hash } = newKey()
      const key: ApiKey = { id, secret_hash: hash, name: body.name, scopes: body.scopes, created_by: actorOf(principal!), created_at: now, ...(expires_at === undefined ? {} : { expires_at }) }
      await store.tx(async (stores) => {
        await stores.people.putKey(key)
        await stores.audit.append({ time_s: now, actor: actorOf(principal!), action: 'key.add', subject_kind: 'key', subject: id, detail: { name: body.name, scopes: body.scopes } })
      })
      reply.status(201).header('location', `/api/v1/keys/${id}`).header('cache-control', 'no-store')
      return { key: shown(key), secret }
    },
  })
  route(server, {
    method: 'DELETE', url: '/keys/:key', id: 'revokeKey', tag: 'people', summary: 'Take a key back', access: { role: 'administrator' }, params: Type.Object({ key: Id }), answers: { 200: KeySchema },
    handler: async ({ params, principal }) => {
      const revoked = await revoke(params.key, actorOf(principal!))
      keys.forget(revoked.id)
      return shown(revoked)
    },
  })
}
