// What administrators switch while the service runs.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { SettingRecord } from '../../plans/ports/settings.ts'
import { validateCalendar } from '../../plans/workflow/index.ts'
import { etagOf, expectedVersion, unchanged } from '../http/etag.ts'
import { route } from '../http/route.ts'
import { type NetworkSettings, networkSetting, type NetworkWriteLimits, SERVICE_SETTING } from '../known-settings.ts'
import { TIME } from '../configuration/settings.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { findNetwork, Id } from './networks.ts'

const Switches = Type.Object({ published: Type.Boolean({ description: 'Everybody may read congestion and signs without a login' }) }, { additionalProperties: false })
const Days = Type.Array(Type.String({ format: 'date' }), { maxItems: 2000 })
const number = (minimum: number, maximum: number, description: string) => Type.Optional(Type.Number({ minimum, maximum, description }))
const whole = (minimum: number, maximum: number, description: string) => Type.Optional(Type.Integer({ minimum, maximum, description }))
const Crossing = Type.Object({ signal: Type.String({ minLength: 1, maxLength: 200 }), group: Type.String({ minLength: 1, maxLength: 200 }), width_m: Type.Number({ minimum: 1, maximum: 100, description: 'From kerb to kerb, or to the refuge' }) }, { additionalProperties: false })
/** No bound lets a rule be switched off that people's lives hang on. */
const WriteLimitsSchema = Type.Object({
  walk_s: number(4, 60, 'Shortest walk; 5 by default'),
  walking_mps: number(0.5, 1.2, 'How fast the slowest cross, for measured crossings; 1.2 by default'),
  crossings: Type.Optional(Type.Array(Crossing, { maxItems: 5000, description: 'Widths that somebody measured: pedestrians get off before the clearance of their group is over' })),
  yellow_s: number(3, 6, 'Shortest yellow of vehicles; 3 by default'),
  clock_skew_s: number(0.1, 2, 'How far the clock of a controller may be off; 0.5 by default'),
  unread_clock: Type.Optional(Type.Union([Type.Literal('refuse'), Type.Literal('allow')], { description: 'Whether a controller whose clock can\'t be read may be written to: its lamps show in the end; refuse by default' })),
  maximum_red_s: whole(30, 600, 'Longest red of a group; 180 by default'), cycle_change_s: whole(1, 300, 'Largest change of the cycle at a time; 20 by default'),
  green_change: number(0.05, 1, 'Largest change of a green, as a share of it; 0.3 by default'), settle_s: number(0, 86_400, 'Between changes of a controller\'s plan; 900 by default'),
  writes_per_day: whole(1, 1000, 'Of one controller; 24 by default'),
}, { additionalProperties: false, description: 'Local rules for what is sent to controllers, where they differ from the defaults' })
const NetworkSchema = Type.Object({
  night_at: Type.Optional(Type.String({ pattern: TIME.source, description: 'Local time at which the nights are computed; that of the configuration where absent' })),
  holidays: Days, working_days: Type.Array(Type.String({ format: 'date' }), { maxItems: 2000, description: 'Saturdays and Sundays on which people work to make up for a holiday' }),
  write_limits: Type.Optional(WriteLimitsSchema),
}, { additionalProperties: false })
const Parameters = Type.Object({ network: Id })
const FIRST = 'The first change is made with If-None-Match: *.'

export function settingRoutes(server: FastifyInstance, service: Service): void {
  const { store, known, settings } = service
  route(server, {
    method: 'GET', url: '/settings', id: 'getSettings', tag: 'settings', summary: 'What is switched for the whole service', access: { role: 'administrator' }, answers: { 200: Switches },
    handler: async (request, reply) => {
      const { published } = await known.switches()
      const version = (await store.settings.get(SERVICE_SETTING))?.version ?? 0
      return unchanged(request, reply, version) ? reply.send() : { published }
    },
  })
  route(server, {
    method: 'PUT', url: '/settings', id: 'putSettings', tag: 'settings', summary: 'Switch something for the whole service', access: { role: 'administrator' }, versioned: true,
    description: `Holds in every process within two seconds. ${FIRST}`, body: Switches, example: { published: false }, answers: { 200: Switches },
    handler: async (request, reply) => {
      const { version } = await change(service, request, { name: SERVICE_SETTING, value: request.body, subject_kind: 'service', subject: 'greenwave' })
      settings.published = request.body.published
      reply.header('etag', etagOf(version))
      return request.body
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/settings', id: 'getNetworkSettings', tag: 'settings', summary: 'Holidays of a network, when its nights are computed, and local rules for its controllers', access: { role: 'viewer' }, params: Parameters, answers: { 200: NetworkSchema },
    handler: async (request, reply) => {
      const found = await store.settings.get(networkSetting((await findNetwork(service, request.params.network)).id))
      return unchanged(request, reply, found?.version ?? 0) ? reply.send() : (found?.value as NetworkSettings | undefined) ?? { holidays: [], working_days: [] }
    },
  })
  route(server, {
    method: 'PUT', url: '/networks/:network/settings', id: 'putNetworkSettings', tag: 'settings', summary: 'Set holidays of a network, when its nights are computed, and local rules for its controllers', access: { role: 'administrator' }, versioned: true, params: Parameters,
    description: `Cabinets follow the new calendar within seconds. ${FIRST}`, body: NetworkSchema, example: { night_at: '02:30', holidays: ['2026-10-01'], working_days: ['2026-10-10'] }, answers: { 200: NetworkSchema },
    handler: async (request, reply) => {
      const { id, version: network } = await findNetwork(service, request.params.network)
      validateCalendar(request.body)
      await requireCrossings(service, id, network, request.body.write_limits)
      const { version } = await change(service, request, { name: networkSetting(id), value: request.body, subject_kind: 'network', subject: id, network: id })
      reply.header('etag', etagOf(version))
      return request.body
    },
  })
}

/** A rule for a signal or group that is not there would hold nowhere, and nobody would know. */
async function requireCrossings({ store }: Service, network: string, version: number, { crossings = [] }: NetworkWriteLimits = {}): Promise<void> {
  if (crossings.length === 0) return
  const groups = new Map((await store.networks.scenario(network, version))?.network.signals.map((signal) => [signal.id, signal.groups.map(({ id }) => id)]))
  const lost = crossings.find(({ signal, group }) => groups.get(signal)?.includes(group) !== true)
  if (lost !== undefined) throw new GreenwaveError('input.reference', `The crossing of ${lost.width_m} m is of group "${lost.group}" of signal "${lost.signal}"; network ${network} has ${groups.has(lost.signal) ? `no such group there, only ${groups.get(lost.signal)!.join(', ')}` : 'no such signal'}`)
}

interface Change { name: string; value: object; subject_kind: string; subject: string; network?: string }

async function change({ store, clock, known }: Service, request: FastifyRequest, { name, value, subject_kind, subject, network }: Change): Promise<SettingRecord> {
  const expected = expectedVersion(request)
  const record = await store.tx(async (stores) => {
    const stored = await stores.settings.put(name, value, expected)
    await stores.audit.append({ time_s: clock.now(), actor: actorOf(request.principal!), action: 'settings.put', subject_kind, subject, detail: { version: stored.version, value } })
    await stores.events.append({ time_s: clock.now(), kind: 'settings.changed', ...(network === undefined ? {} : { network }), body: { version: stored.version } })
    return stored
  })
  known.forget(name)
  return record
}
