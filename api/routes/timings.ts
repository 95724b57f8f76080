// What cabinets fetch: the timing that their signal must run now.
import type { FastifyInstance } from 'fastify'
import { Type, type Static } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { Pattern } from '../../model/signal.ts'
import { patternsRunning } from '../../plans/workflow/index.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { unchanged } from '../http/etag.ts'
import { route } from '../http/route.ts'
import { TIMING_CACHE, TIMING_URL } from '../quick-timings.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const Anything = Type.Unsafe<object>(Type.Object({}, { additionalProperties: true }))
const Timing = Type.Object({
  signal: Type.String(), hash: Type.String({ description: 'Of the pattern' }), valid_until: Type.String({ format: 'date-time', description: 'Ask again by then' }), plan: Type.Optional(Type.String({ description: 'Without: what ran before greenwave' })),
  doubts: Type.Array(Type.String(), { description: 'Why a plan of the schedule does not run' }), pattern: Anything, compiled: Anything,
})

const Running = Type.Object({
  signal: Type.String(), plan: Type.Optional(Type.String({ description: 'Without: what ran before greenwave' })), cycle_s: Type.Number(), offset_s: Type.Number(), offset_reference: Type.String(),
  doubted: Type.Boolean({ description: 'A plan of the schedule does not run; the signal\'s own timing says why' }), valid_until: Type.String({ format: 'date-time' }),
})

export function timingRoutes(server: FastifyInstance, service: Service): void {
  const { timings } = service
  route(server, {
    method: 'GET', url: '/networks/:network/timings', id: 'listSignalTimings', tag: 'schedules', summary: 'Cycle, offset and plan of every signal now', access: { role: 'viewer' }, params: Type.Object({ network: Id }),
    description: 'In the order of the network; signals without any timing are left out. The whole timing of one signal is at `/networks/{network}/signals/{signal}/timing`.',
    answers: { 200: Type.Object({ items: Type.Array(Running) }) },
    handler: async ({ params }) => {
      const { id, version } = await findNetwork(service, params.network)
      const { network } = (await service.store.networks.scenario(id, version))!
      const items: Static<typeof Running>[] = []
      for (const { id: signal } of network.signals) {
        // One after the other: they share what is read of the network, and a thousand at once would read it a thousand times.
        const ready = await timings.get(id, signal).catch((error: unknown) => {
          if (error instanceof GreenwaveError && error.code === 'request.unknown') return undefined
          throw error
        })
        if (ready === undefined) continue
        const { plan, doubts, valid_until, pattern } = JSON.parse(ready.body) as { plan?: string; doubts: string[]; valid_until: string; pattern: Pattern }
        items.push({ signal, ...(plan === undefined ? {} : { plan }), cycle_s: pattern.cycle_s, offset_s: pattern.offset_s, offset_reference: pattern.offset_reference, doubted: doubts.length > 0, valid_until })
      }
      return { items }
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/patterns', id: 'listPatterns', tag: 'schedules', summary: 'What every signal runs in a period of a usual day', access: { role: 'viewer' }, params: Type.Object({ network: Id }),
    query: Type.Object({ period: Type.Optional(Type.String({ maxLength: 200, description: 'The first by default' })), day_type: Type.Optional(Type.Enum(['weekday', 'saturday', 'sunday', 'holiday'] as const)) }),
    description: 'Plans of the schedules whose approval holds, else the timing of the network: what a plan is simulated against. A weekday by default.',
    answers: { 200: Type.Object({ period: Type.String(), items: Type.Array(Anything) }) },
    handler: async ({ params, query }) => {
      const { id, version } = await findNetwork(service, params.network)
      const scenario = (await service.store.networks.scenario(id, version))!
      const period = resolvePeriod(scenario, query.period)
      return { period: period.id, items: [...(await patternsRunning(service.store, id, scenario, query.day_type ?? 'weekday', period.start_s)).values()] }
    },
  })
  route(server, {
    method: 'GET', url: TIMING_URL, id: 'getSignalTiming', tag: 'schedules', summary: 'What a signal must run now', access: { role: 'viewer', scope: 'cabinet' },
    params: Type.Object({ network: Id, signal: Type.String({ minLength: 1, maxLength: 200 }) }),
    description: 'Cabinets ask as often as they like with If-None-Match: 304 means nothing has changed. A change is seen within a second. Only plans whose approval still proves run; else what ran before greenwave.',
    answers: { 200: Timing },
    handler: async (request, reply) => {
      const { tag, body } = await timings.get(request.params.network, request.params.signal)
      reply.header('cache-control', TIMING_CACHE)
      return unchanged(request, reply, tag) ? reply.send() : reply.type('application/json; charset=utf-8').send(body)
    },
  })
}
