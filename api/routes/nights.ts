// Nightly replanning: asking for a night, and what it did.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { formatDay, LocalTime } from '../../model/local-time.ts'
import { morningReport, queueNights } from '../../plans/nightly/index.ts'
import { nightReport } from '../../reports/night-report.ts'
import { timeOf } from '../http/instants.ts'
import { BASE, route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'
import { Day } from './states.ts'

const Parameters = Type.Object({ network: Id, day: Day })
const Text = Type.String()
const Verdict = Type.Enum(['kept', 'proposed', 'deployed', 'returned', 'held-out', 'no-data', 'failed'])
const Night = Type.Object({ network: Text, corridor: Text, day: Text, verdict: Verdict, input_hash: Text, plans: Type.Array(Text), sentences: Type.Array(Text), finished_at: Type.String({ format: 'date-time' }) })

export function nightRoutes(server: FastifyInstance, service: Service): void {
  const { store, jobs, clock } = service
  route(server, {
    method: 'POST', url: '/networks/:network/nights', id: 'startNight', tag: 'nights', summary: 'Replan every corridor now', access: { role: 'engineer' }, params: Type.Object({ network: Id }),
    description: 'One job for each corridor, once a day: asked for again, the same jobs are named. `day` is the local date of the morning, today by default; the day before it is looked at.',
    body: Type.Object({ day: Type.Optional(Day) }, { additionalProperties: false }), example: { day: '2026-11-22' }, answers: { 202: Type.Object({ day: Text, jobs: Type.Array(Text) }) },
    handler: async (request, reply) => {
      const network = await findNetwork(service, request.params.network)
      const day = request.body.day ?? formatDay(new LocalTime(network.time_zone).day(clock.now()))
      const asked = await queueNights(store, jobs, { network: network.id, day, by: actorOf(request.principal!) })
      reply.status(202).header('location', `${BASE}/networks/${network.id}/nights/${day}`)
      return { day, jobs: asked }
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/nights/:day', id: 'getNight', tag: 'nights', summary: 'What a night did', access: { role: 'viewer' }, params: Parameters,
    description: 'A record for each corridor whose night is done, and the morning report of all.',
    answers: { 200: Type.Object({ records: Type.Array(Night), report: Type.Unsafe<Record<string, unknown>>(Type.Object({}, { additionalProperties: true })) }) },
    handler: async ({ params }) => {
      const { id } = await findNetwork(service, params.network)
      const [records, report] = [await store.nights.list(id, params.day), await morningReport(store, id, params.day)]
      return { records: records.map(({ finished_at, looks: _looks, ...record }) => ({ ...record, finished_at: timeOf(finished_at) })), report }
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/nights/:day/report', id: 'getNightReport', tag: 'nights', summary: 'The morning report as a page', access: { role: 'viewer' }, params: Parameters,
    answers: { 200: Type.String({ description: 'HTML' }) },
    handler: async ({ params }, reply) => {
      const { id } = await findNetwork(service, params.network)
      reply.type('text/html; charset=utf-8')
      return nightReport(await morningReport(store, id, params.day))
    },
  })
}
