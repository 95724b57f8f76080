// The daily and the weekly congestion report: a page to print, a table, a JSON document, all with the same numbers.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Edition } from '../../model/daily.ts'
import { sha256 } from '../../plans/ports/canonical.ts'
import { dailyCsv, dailyJson, dailyReport } from '../../reports/daily/daily-report.ts'
import { DailyReports } from '../daily-reports.ts'
import { unchanged } from '../http/etag.ts'
import { route } from '../http/route.ts'
import { sendText } from '../published.ts'
import { authorise } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const Day = Type.String({ format: 'date', description: 'Local date of the network' })
const EDITIONS = ['police', 'public'] as const satisfies readonly Edition[]
const Query = Type.Object({ edition: Type.Optional(Type.Enum(EDITIONS, { description: 'Without: everything for who is logged in, else what anybody may read' })) })
const FORMS = [
  { suffix: 'html', name: 'Page', words: 'as a page to print', type: 'text/html; charset=utf-8', write: dailyReport },
  { suffix: 'csv', name: 'Table', words: 'as a table, one row a value', type: 'text/csv; charset=utf-8', write: dailyCsv },
  { suffix: 'json', name: 'Document', words: 'as JSON', type: 'application/json; charset=utf-8', write: dailyJson },
] as const
const KINDS = [
  { path: 'reports', id: 'DailyReport', words: 'Congestion of a day', week: false },
  { path: 'weeks', id: 'WeeklyReport', words: 'Congestion of the seven days from a day on', week: true },
] as const

export function reportRoutes(server: FastifyInstance, service: Service): void {
  const reports = new DailyReports(service)
  for (const kind of KINDS) for (const { suffix, name, words, type, write } of FORMS) {
    route(server, {
      method: 'GET', url: `/networks/:network/${kind.path}/:day.${suffix}`, id: `get${kind.id}${name}`, tag: 'reports', summary: `${kind.words}, ${words}`, access: { role: 'published' }, params: Type.Object({ network: Id, day: Day }), query: Query,
      description: 'Data health first. Page, table and JSON have the same numbers. Who is not logged in reads the public edition: no alarms, no actions, nothing with fewer than five vehicles behind it. Intervals hold the truth with 90 %.',
      answers: { 200: Type.String() },
      handler: async (request, reply) => {
        const { id } = await findNetwork(service, request.params.network)
        const edition = editionOf(request, request.query.edition)
        const input = await reports.get({ network: id, day: request.params.day, week: kind.week })
        return answer(request, reply, { edition, type, text: write(input, edition) })
      },
    })
  }
}

/** The whole one is for viewers, whatever is published. */
function editionOf(request: FastifyRequest, asked: Edition | undefined): Edition {
  const edition = asked ?? (request.principal?.kind === 'person' ? 'police' : 'public')
  if (edition === 'police') authorise(request.principal, { role: 'viewer' }, {}, false)
  return edition
}

function answer(request: FastifyRequest, reply: FastifyReply, { edition, type, text }: { edition: Edition; type: string; text: string }): FastifyReply {
  // What is answered depends on who asks.
  reply.header('cache-control', `${edition === 'public' ? 'public' : 'private'}, max-age=60`).header('vary', 'authorization, cookie')
  if (unchanged(request, reply, sha256(text).slice(0, 32))) return reply.send()
  if (type.startsWith('text/html')) reply.header('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'")
  return sendText(reply, type, text)
}
