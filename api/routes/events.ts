// What happens, as it happens.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { route } from '../http/route.ts'
import type { Service } from '../server.ts'

export function eventRoutes(server: FastifyInstance, { events }: Service): void {
  route(server, {
    method: 'GET', url: '/events', id: 'listen', tag: 'events', summary: 'Server-sent events: plans, jobs, state, screens', access: { role: 'viewer' },
    description: 'Send `Last-Event-ID` to get what was missed. A comment every 15 s says that the line is alive.',
    query: Type.Object({ network: Type.Optional(Type.String({ maxLength: 200 })), kinds: Type.Optional(Type.String({ maxLength: 500, description: 'Beginnings of kinds, by commas: `job.,plan.changed`' })) }),
    answers: { 200: Type.String({ contentMediaType: 'text/event-stream' }) },
    handler: async (request, reply) => {
      const { network, kinds } = request.query
      const beginnings = kinds?.split(',')
      await events.listen(request, reply, (event) => ((network === undefined || event.network === network) && (beginnings === undefined || beginnings.some((beginning) => event.kind.startsWith(beginning))) ? event : undefined))
    },
  })
}
