// Which plan runs when in a corridor.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { DayType } from '../../plans/ports/plans.ts'
import { etagOf, expectedVersion, unchanged } from '../http/etag.ts'
import { route } from '../http/route.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const DAY_TYPES = ['weekday', 'saturday', 'sunday', 'holiday'] as const satisfies readonly DayType[]
export const DayTypeSchema = Type.Enum(DAY_TYPES)
const Entry = Type.Object({
  day_type: DayTypeSchema, start_s: Type.Integer({ minimum: 0, maximum: 86_399, description: 'Seconds of the local day' }),
  plan: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'Without: what ran before greenwave' })),
}, { additionalProperties: false })
export const ScheduleAnswer = Type.Object({ version: Type.Integer(), entries: Type.Array(Entry) })
const Parameters = Type.Object({ network: Id, corridor: Type.String({ minLength: 1, maxLength: 200 }) })
const MOST_KNOWN = 20

export function scheduleRoutes(server: FastifyInstance, service: Service): void {
  const { store, workflow } = service
  const requireCorridor = corridorsOf(service)
  route(server, {
    method: 'GET', url: '/networks/:network/corridors/:corridor/schedule', id: 'getSchedule', tag: 'schedules', summary: 'Which plan runs when in a corridor', access: { role: 'viewer' }, params: Parameters,
    description: 'An entry holds until the next one of its day, over midnight too. A holiday without entries of its own is a Sunday.', answers: { 200: ScheduleAnswer },
    handler: async (request, reply) => {
      const { network, corridor } = request.params
      await requireCorridor(network, corridor)
      const schedule = await store.schedules.get(network, corridor)
      return unchanged(request, reply, schedule.version) ? reply.send() : schedule
    },
  })
  route(server, {
    method: 'PUT', url: '/networks/:network/corridors/:corridor/schedule', id: 'putSchedule', tag: 'schedules', summary: 'The whole schedule of a corridor anew', access: { role: 'engineer' }, versioned: true, params: Parameters,
    description: 'Names plans that were scheduled themselves. The first one is written with If-None-Match: *.',
    body: Type.Object({ entries: Type.Array(Entry, { maxItems: 500 }) }, { additionalProperties: false }), example: { entries: [{ day_type: 'weekday', start_s: 25_200 }] }, answers: { 200: ScheduleAnswer },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      const { network, corridor } = request.params
      await requireCorridor(network, corridor)
      const { entries } = request.body
      const twice = entries.find(({ day_type, start_s }, i) => entries.findIndex((other) => other.day_type === day_type && other.start_s === start_s) !== i)
      if (twice !== undefined) throw new GreenwaveError('request.invalid', `/entries has two from ${twice.start_s} s on a ${twice.day_type}; one plan runs at a time`)
      const schedule = await workflow.putSchedule({ network, corridor, entries, expected, actor: actorOf(request.principal!) })
      reply.header('etag', etagOf(schedule.version))
      return schedule
    },
  })
}

/** Throws `request.unknown` for a network, `corridor.unknown` for a corridor that there is not. A version of a network never changes: its corridors are remembered. */
export function corridorsOf(service: Pick<Service, 'store'>): (network: string, corridor: string) => Promise<void> {
  const known = new Map<string, ReadonlySet<string>>()
  return async (id, corridor) => {
    const { version } = await findNetwork(service, id)
    const key = `${version} ${id}`
    let corridors = known.get(key)
    if (corridors === undefined) {
      corridors = new Set((await service.store.networks.scenario(id, version))!.scenario.corridors.map((one) => one.id))
      known.set(key, corridors)
      if (known.size > MOST_KNOWN) known.delete(known.keys().next().value!)
    }
    if (!corridors.has(corridor)) throw new GreenwaveError('corridor.unknown', `The network ${JSON.stringify(id)} has no corridor ${JSON.stringify(corridor)}`)
  }
}
