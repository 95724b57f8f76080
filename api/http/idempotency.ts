// An Idempotency-Key makes a request take effect once, however often it is sent (draft-ietf-httpapi-idempotency-key-header).
import type { FastifyInstance, FastifyReply } from 'fastify'
import { GreenwaveError } from '../../model/errors.ts'
import { hashOf } from '../../plans/ports/canonical.ts'
import type { Clock } from '../../plans/ports/clock.ts'
import type { BegunRequest, IdempotencyStore, IdempotentAnswer } from '../../plans/ports/idempotency.ts'
import type { Stores } from '../../plans/ports/store.ts'
import { actorOf } from '../security/rights.ts'

/** `kept`: the answer went into the transaction of the effect. */
const begun = new WeakMap<object, { entry: BegunRequest; kept: boolean }>()

/** For routes whose config says `idempotent`. Comes after the rights and the validation. */
export function installIdempotency(server: FastifyInstance, { store, clock }: { store: IdempotencyStore; clock: Clock }): void {
  server.addHook('preHandler', async (request, reply) => {
    if (request.routeOptions.config.idempotent !== true || request.principal === undefined) return undefined
    const key = request.headers['idempotency-key']
    if (typeof key !== 'string' || !/^[\x21-\x7e]{1,200}$/.test(key)) throw new GreenwaveError('idempotency.missing', 'This needs an Idempotency-Key of 1 to 200 visible characters')
    const entry = { key, actor: actorOf(request.principal), route: `${request.method} ${request.url}`, begun_at: clock.now() }
    const body_hash = hashOf(request.body ?? null)
    const answer = await store.begin({ ...entry, body_hash, now: entry.begun_at })
    if (answer === 'other') throw new GreenwaveError('idempotency.other', `The Idempotency-Key ${JSON.stringify(key)} came before with another body`)
    if (answer === 'running') throw new GreenwaveError('idempotency.running', `The first request with the Idempotency-Key ${JSON.stringify(key)} has not ended`)
    if (answer === 'new') {
      begun.set(request, { entry, kept: false })
      return undefined
    }
    return reply.status(answer.status).headers({ ...answer.headers, 'idempotency-replayed': 'true' }).send(answer.body)
  })
  server.addHook('onSend', async (request, reply, payload) => {
    const one = begun.get(request)
    if (one === undefined) return payload
    begun.delete(request)
    // What failed or was refused has changed nothing: it may be sent again.
    if (reply.statusCode >= 400) await store.abandon(one.entry)
    else if (!one.kept) await store.finish(one.entry, { status: reply.statusCode, headers: keptHeaders(reply.getHeaders()), body: typeof payload === 'string' ? JSON.parse(payload) : null })
    return payload
  })
}

/**
 * For effects that would be there twice if the process died between effect and answer: keeps the answer in the transaction that `stores` belong to.
 * Jobs need it not, whose id follows from the key.
 */
export async function keepAnswer(request: object, stores: Pick<Stores, 'idempotency'>, answer: IdempotentAnswer): Promise<void> {
  const one = begun.get(request)
  if (one === undefined) throw new Error('this request has no Idempotency-Key')
  await stores.idempotency.finish(one.entry, JSON.parse(JSON.stringify(answer)) as IdempotentAnswer)
  one.kept = true
}

/** Sends what was kept. */
export const sendAnswer = (reply: FastifyReply, { status, headers, body }: IdempotentAnswer): FastifyReply => reply.status(status).headers(headers).send(body)

function keptHeaders(headers: Record<string, unknown>): Record<string, string> {
  return Object.fromEntries(['location', 'etag'].flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]]] : [])))
}
