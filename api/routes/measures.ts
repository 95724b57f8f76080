// Signal performance measures of days: one signal over a day, a corridor over a day, and the hours of weekdays before and after a change.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type, type Static } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { CorridorDay, HourMatrix } from '../../model/link-hours.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import { hashOf } from '../../plans/ports/canonical.ts'
import { corridorDay, hourMatrix } from '../../plans/link-hours/index.ts'
import { signalDay } from '../../plans/signal-day/index.ts'
import { csv, type CsvValue } from '../../reports/csv.ts'
import { asShown } from '../../reports/comparison.ts'
import { signalDayReport } from '../../reports/signal-day-report.ts'
import { signalDayCsv } from '../../reports/signal-rows.ts'
import { unchanged } from '../http/etag.ts'
import { route } from '../http/route.ts'
import { REPORT_POLICY, sendText } from '../published.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'
import { Day } from './states.ts'

const Anything = Type.Unsafe<Record<string, unknown>>(Type.Object({}, { additionalProperties: true }))
const Name = Type.String({ minLength: 1, maxLength: 200 })
const SignalQuery = Type.Object({
  from_s: Type.Optional(Type.Number({ minimum: 0, maximum: 86_400, description: 'Seconds of the local day' })), until_s: Type.Optional(Type.Number({ minimum: 0, maximum: 90_000 })),
  probes: Type.Optional(Type.Boolean({ description: 'Whether to look for vehicles among the stored fixes; true by default' })),
})
const DayQuery = Type.Object({ column_s: Type.Integer({ minimum: 300, maximum: 3600, multipleOf: 300, default: 900, description: 'Width of a column' }) })
const HourQuery = Type.Object({
  changed: Type.Optional(Type.String({ format: 'date', description: 'Local date of the change; it and the two days after it belong to neither side. The newest measured day by default' })),
  direction: Type.Enum(['outbound', 'inbound'] as const, { default: 'outbound' }), days: Type.Integer({ minimum: 1, maximum: 35, default: 28, description: 'Days looked at on each side' }),
})

export function measureRoutes(server: FastifyInstance, service: Service): void {
  const { store, known, clock } = service
  const streetOf = async (id: string): Promise<{ network: string; scenario: Scenario; graph: RoadGraph }> => {
    const network = await findNetwork(service, id)
    const scenario = (await store.networks.scenario(network.id, network.version))!
    return { network: network.id, scenario, graph: new RoadGraph(scenario.network) }
  }

  const signalParams = Type.Object({ network: Id, signal: Name, day: Day })
  const signalOf = async ({ params, query }: FastifyRequest<{ Params: Static<typeof signalParams>; Querystring: Static<typeof SignalQuery> }>) => {
    const { network, scenario } = await streetOf(params.network)
    return signalDay({ stores: store, network, scenario, calendar: await known.network(network), signal: params.signal, day: params.day, ...query })
  }
  const signalRoute = { method: 'GET' as const, tag: 'measures', access: { role: 'viewer' as const }, params: signalParams, query: SignalQuery }
  route(server, {
    ...signalRoute, url: '/networks/:network/signals/:signal/days/:day/measures', id: 'getSignalDay', summary: 'One signal on one day: plans, greens, arrivals, splits, hours', answers: { 200: Anything },
    description: 'Greens as the log or the lamps told them, else as planned (`greens` says which). Arrivals are those of detectors that an event feed names in its settings (`channels`), and of vehicles whose fixes are kept. What nobody knows is null or absent. Plans are those that the schedule names now.',
    handler: async (request, reply) => send(request, reply, await signalOf(request)),
  })
  route(server, {
    ...signalRoute, url: '/networks/:network/signals/:signal/days/:day/measures.csv', id: 'getSignalDayTable', summary: 'One signal on one day as a table, one row a value', answers: { 200: Type.String() },
    handler: async (request, reply) => sendTable(request, reply, signalDayCsv(await signalOf(request)), `signal-${request.params.signal}-${request.params.day}.csv`),
  })
  route(server, {
    ...signalRoute, url: '/networks/:network/signals/:signal/days/:day/report.html', id: 'getSignalDayPage', summary: 'One signal on one day as a page to print, A4 or A3', answers: { 200: Type.String() },
    query: Type.Object({ ...SignalQuery.properties, paper: Type.Enum(['a4', 'a3'] as const, { default: 'a4' }) }),
    handler: async (request, reply) => {
      const place = (await findNetwork(service, request.params.network)).name
      const text = signalDayReport({ day: await signalOf(request), place, paper: request.query.paper, version: service.version })
      reply.header('cache-control', 'private, no-cache')
      if (unchanged(request, reply, hashOf(text).slice(0, 32))) return reply.send()
      return sendText(reply.header('content-security-policy', REPORT_POLICY), 'text/html; charset=utf-8', text)
    },
  })

  const dayParams = Type.Object({ network: Id, corridor: Id, day: Day })
  const dayOf = async ({ params, query }: FastifyRequest<{ Params: Static<typeof dayParams>; Querystring: Static<typeof DayQuery> }>) =>
    corridorDay({ stores: store, ...await streetOf(params.network), corridor: params.corridor, day: params.day, column_s: query.column_s })
  const dayRoute = { method: 'GET' as const, tag: 'measures', access: { role: 'viewer' as const }, params: dayParams, query: DayQuery }
  route(server, {
    ...dayRoute, url: '/networks/:network/corridors/:corridor/days/:day/speeds', id: 'getCorridorDay', summary: 'Speeds along a corridor over a day, link by link', answers: { 200: Anything },
    description: 'Travel time over free travel time (`index`) and speed, from the minutes that are kept; a cell that fewer vehicles drove than are believed is null. The free speed is the measured one of that day, else the limit.',
    handler: async (request, reply) => send(request, reply, await dayOf(request)),
  })
  route(server, {
    ...dayRoute, url: '/networks/:network/corridors/:corridor/days/:day/speeds.csv', id: 'getCorridorDayTable', summary: 'Speeds along a corridor over a day as a table', answers: { 200: Type.String() },
    handler: async (request, reply) => sendTable(request, reply, dayTable(await dayOf(request)), `corridor-${request.params.corridor}-${request.params.day}.csv`),
  })

  const hourParams = Type.Object({ network: Id, corridor: Id })
  const hoursOf = async ({ params, query }: FastifyRequest<{ Params: Static<typeof hourParams>; Querystring: Static<typeof HourQuery> }>) => {
    const street = await streetOf(params.network)
    const changed = query.changed ?? (await store.states.days(street.network, 1))[0]
    if (changed === undefined) throw new GreenwaveError('request.unknown', `Nothing was measured of the network ${JSON.stringify(street.network)} yet; say with /changed which day to compare around`)
    return hourMatrix({ stores: store, ...street, calendar: await known.network(street.network), corridor: params.corridor, direction: query.direction, changed, days: query.days })
  }
  const hourRoute = { method: 'GET' as const, tag: 'measures', access: { role: 'viewer' as const }, params: hourParams, query: HourQuery }
  route(server, {
    ...hourRoute, url: '/networks/:network/corridors/:corridor/hours', id: 'getCorridorHours', summary: 'Run times hour by weekday, before and after a change', answers: { 200: Anything },
    description: 'The day is the unit; `values` are the days behind each slot. Differences are after minus before, with Welch’s interval, which holds the truth with 90 %. As far back as minutes are kept.',
    handler: async (request, reply) => send(request, reply, await hoursOf(request)),
  })
  route(server, {
    ...hourRoute, url: '/networks/:network/corridors/:corridor/hours.csv', id: 'getCorridorHoursTable', summary: 'Run times hour by weekday as a table', answers: { 200: Type.String() },
    handler: async (request, reply) => sendTable(request, reply, hourTable(await hoursOf(request)), `hours-${request.params.corridor}.csv`),
  })

  route(server, {
    method: 'GET', url: '/networks/:network/days', id: 'listDays', tag: 'measures', summary: 'Days of which something is kept, newest first', access: { role: 'viewer' }, params: Type.Object({ network: Id }),
    description: '`measured`: the night made a state of it. `records` are those believed from all feeds, by the UTC day on which they came.', query: Type.Object({ limit: Type.Integer({ minimum: 1, maximum: 400, default: 62 }) }),
    answers: { 200: Type.Object({ items: Type.Array(Type.Object({ day: Type.String(), measured: Type.Boolean(), records: Type.Number() })) }) },
    handler: async ({ params, query }) => {
      const { id } = await findNetwork(service, params.network)
      const from = new Date((clock.now() - query.limit * 86_400) * 1000).toISOString().slice(0, 10)
      const days = new Map((await store.states.days(id, query.limit)).map((day) => [day, { day, measured: true, records: 0 }]))
      for (const feed of await store.feeds.list(id)) for (const { day, health } of await store.feeds.health(feed.id, from)) {
        const entry = days.get(day) ?? { day, measured: false, records: 0 }
        days.set(day, { ...entry, records: entry.records + health.accepted })
      }
      return { items: [...days.values()].sort((a, b) => (a.day < b.day ? 1 : -1)).slice(0, query.limit) }
    },
  })
}

function send(request: FastifyRequest, reply: FastifyReply, document: object): unknown {
  reply.header('cache-control', 'private, no-cache')
  return unchanged(request, reply, hashOf(JSON.parse(JSON.stringify(document))).slice(0, 32)) ? reply.send() : document
}

function sendTable(request: FastifyRequest, reply: FastifyReply, text: string, name: string): FastifyReply {
  reply.header('cache-control', 'private, no-cache')
  if (unchanged(request, reply, hashOf(text).slice(0, 32))) return reply.send()
  reply.header('content-disposition', `inline; filename="${name.replaceAll(/[^\w.-]/g, '_')}"`)
  return sendText(reply, 'text/csv; charset=utf-8', text)
}

const clockOf = (time_s: number): string => `${String(Math.floor(time_s / 3600)).padStart(2, '0')}:${String(Math.floor((time_s % 3600) / 60)).padStart(2, '0')}`

function dayTable({ corridor, day, column_s, ways }: CorridorDay): string {
  const rows = ways.flatMap(({ direction, links, cells }) => cells.flatMap((row, i) => row.flatMap((cell, column): Record<string, CsvValue>[] => (cell === null ? [] : [{
    corridor, direction, day, link: links[i]!.link, name: links[i]!.name, from: clockOf(column * column_s), until: clockOf((column + 1) * column_s),
    speed_mps: asShown(cell.speed_mps, 2)!, index: asShown(cell.index, 2)!, passages: asShown(cell.passages, 1)!,
  }]))))
  return csv(['corridor', 'direction', 'day', 'link', 'name', 'from', 'until', 'speed_mps', 'index', 'passages'], rows)
}

function hourTable({ corridor, direction, changed, cells, values }: HourMatrix): string {
  const same = { corridor, direction, changed }
  const shown = (value: number | null): CsvValue => asShown(value, 1) ?? undefined
  const rows = [
    ...cells.map(({ row, hour, before, after, difference_s, verdict }): Record<string, CsvValue> => ({
      ...same, section: 'slots', row: String(row), hour, days_before: before.days, days_after: after.days, before_s: shown(before.mean_s), after_s: shown(after.mean_s),
      difference_s: shown(difference_s.value), low_s: shown(difference_s.low), high_s: shown(difference_s.high), verdict,
    })),
    ...values.map(({ day, side, hour, run_s }): Record<string, CsvValue> => ({ ...same, section: 'days', row: day, hour, [`${side}_s`]: shown(run_s) })),
  ]
  return csv(['corridor', 'direction', 'changed', 'section', 'row', 'hour', 'days_before', 'days_after', 'before_s', 'after_s', 'difference_s', 'low_s', 'high_s', 'verdict'], rows)
}
