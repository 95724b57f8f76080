// Controllers of a network: set up, asked, and what is accepted to stand in them. Lines to the street are touched by `status` and `baselines` only.
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { GreenwaveError } from '../../model/errors.ts'
import type { SignalEvent } from '../../model/feed.ts'
import { LocalTime } from '../../model/local-time.ts'
import { acceptBaseline, readDevice } from '../../plans/deployment/index.ts'
import { greensOfLog, LONGEST_GREEN_S } from '../../plans/lamps/index.ts'
import type { DeviceRecord } from '../../plans/ports/controllers.ts'
import { etagOf, expectedVersion, unchanged } from '../http/etag.ts'
import { instantOf, timeOf } from '../http/instants.ts'
import { route } from '../http/route.ts'
import { startJob, Started } from '../jobs/start.ts'
import { actorOf } from '../security/rights.ts'
import type { Service } from '../server.ts'
import { phaseNumbers } from '../../simulation/observe/index.ts'
import { findNetwork, Id } from './networks.ts'

const Settings = Type.Unsafe<Record<string, unknown>>(Type.Object({}, { additionalProperties: true }))
const Controller = Type.Object({ id: Type.String(), network: Type.String(), signal: Type.String(), protocol: Type.String(), settings: Settings, enabled: Type.Boolean(), version: Type.Integer() })
const Anything = Type.Unsafe<object>(Type.Object({}, { additionalProperties: true }))
const Parameters = Type.Object({ network: Id, controller: Id })
const Baseline = Type.Object({ hash: Type.String(), read_at: Type.String({ format: 'date-time' }), by: Type.String(), at: Type.String({ format: 'date-time' }), config: Anything, image: Anything })
const Time = Type.String({ format: 'date-time' })
/** Of greens that are asked for at once. */
const MOST_GREENS_S = 6 * 3600

export function controllerRoutes(server: FastifyInstance, service: Service): void {
  const { store, clock } = service
  const find = async ({ network, controller }: { network: string; controller: string }): Promise<DeviceRecord> => {
    const found = await store.devices.get(controller)
    if (found?.network !== network) throw new GreenwaveError('request.unknown', `There is no controller ${JSON.stringify(controller)} in ${JSON.stringify(network)}`)
    return found
  }
  route(server, {
    method: 'GET', url: '/networks/:network/controllers', id: 'listControllers', tag: 'controllers', summary: 'All controllers of a network', access: { role: 'engineer' }, params: Type.Object({ network: Id }),
    answers: { 200: Type.Object({ items: Type.Array(Controller) }) },
    handler: async ({ params }) => ({ items: await store.devices.list((await findNetwork(service, params.network)).id) }),
  })
  route(server, {
    method: 'GET', url: '/networks/:network/controllers/:controller', id: 'getController', tag: 'controllers', summary: 'One controller as it was set up', access: { role: 'engineer' }, params: Parameters, answers: { 200: Controller },
    handler: async (request, reply) => {
      const device = await find(request.params)
      return unchanged(request, reply, device.version) ? reply.send() : device
    },
  })
  route(server, {
    method: 'PUT', url: '/networks/:network/controllers/:controller', id: 'putController', tag: 'controllers', summary: 'A controller, new or changed', access: { role: 'approver' }, versioned: true, params: Parameters,
    description: 'New with `If-None-Match: *`, changed with `If-Match`. Settings are the protocol\'s own: address, profile, which of our groups is which number there. Never a password: secrets are files of the operator.',
    body: Type.Object({ signal: Type.String({ minLength: 1, maxLength: 200 }), protocol: Type.String({ minLength: 1, maxLength: 50 }), settings: Settings, enabled: Type.Boolean() }, { additionalProperties: false }),
    example: { signal: '1', protocol: 'ntcip', settings: { address: '192.0.2.17' }, enabled: true }, answers: { 200: Controller },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      const { id, version } = await findNetwork(service, request.params.network)
      const other = await store.devices.get(request.params.controller)
      if ((other?.version ?? 0) !== expected) throw new GreenwaveError('store.conflict', `The controller ${JSON.stringify(request.params.controller)} is at version ${other?.version ?? 0}, not ${expected}`)
      const { network } = (await store.networks.scenario(id, version))!
      const { signal } = request.body
      if (!network.signals.some((one) => one.id === signal)) throw new GreenwaveError('input.reference', `The network ${JSON.stringify(id)} has no signal ${JSON.stringify(signal)}`)
      const twin = (await store.devices.list(id)).find((one) => one.signal === signal && one.enabled && one.id !== request.params.controller)
      if (twin !== undefined && request.body.enabled) throw new GreenwaveError('request.invalid', `The signal ${JSON.stringify(signal)} has the controller ${JSON.stringify(twin.id)} already; only one of them may be enabled`)
      if (other !== undefined && other.network !== id) throw new GreenwaveError('request.invalid', `The controller ${JSON.stringify(other.id)} stands in another network`)
      const given: DeviceRecord = { id: request.params.controller, network: id, ...request.body, version: 0 }
      // Settings that the protocol does not take are refused now, not when a plan is on its way.
      await (await service.deployer.desk.open(given, () => {})).close()
      const device = await store.tx(async (stores) => {
        const stored = await stores.devices.put(given, expected)
        await stores.audit.append({ time_s: clock.now(), actor: actorOf(request.principal!), action: 'controller.put', subject_kind: 'controller', subject: stored.id, detail: { version: stored.version, signal, protocol: stored.protocol, settings: stored.settings, enabled: stored.enabled } })
        await stores.events.append({ time_s: clock.now(), kind: 'controller.put', network: id, body: { controller: stored.id, version: stored.version } })
        return stored
      })
      reply.header('etag', etagOf(device.version))
      return device
    },
  })
  route(server, {
    method: 'DELETE', url: '/networks/:network/controllers/:controller', id: 'removeController', tag: 'controllers', summary: 'Take a controller out; nothing is sent to it', access: { role: 'approver' }, versioned: true, params: Parameters, answers: { 204: Type.Null() },
    handler: async (request, reply) => {
      const expected = expectedVersion(request)
      const device = await find(request.params)
      const at = (await store.deployments.open(device.network)).find((one) => one.device === device.id)
      if (at !== undefined) throw new GreenwaveError('controller.busy', `Deployment ${JSON.stringify(at.id)} to the controller ${JSON.stringify(device.id)} is ${at.state}; release it first`)
      await store.tx(async (stores) => {
        await stores.devices.remove(device.id, expected)
        await stores.audit.append({ time_s: clock.now(), actor: actorOf(request.principal!), action: 'controller.remove', subject_kind: 'controller', subject: device.id, detail: {} })
        await stores.events.append({ time_s: clock.now(), kind: 'controller.put', network: device.network, body: { controller: device.id, removed: true } })
      })
      return reply.status(204).send()
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/controllers/:controller/status', id: 'getControllerStatus', tag: 'controllers', summary: 'What a controller says of itself now', access: { role: 'engineer' }, params: Parameters,
    description: 'Asks the controller: who it is, what it can, what it does, whether it holds what was accepted, and what of ours stands in it.',
    answers: { 200: Type.Object({
      controller: Type.String(), identity: Anything, mode: Type.String(), active_slot: Type.Optional(Type.Integer()), clock_skew_s: Type.Optional(Type.Number()), hash: Type.String(),
      as_accepted: Type.Optional(Type.Boolean()), deployment: Type.Optional(Type.String()), state: Type.Optional(Type.String()), level: Type.Optional(Type.Integer()),
    }) },
    handler: async ({ params }) => {
      const device = await find(params)
      const { identity, baseline: { mode, active_slot, clock_skew_s, hash } } = await readDevice(service.deployer, device)
      const [accepted, open] = [await store.devices.accepted(device.id), (await store.deployments.open(device.network)).findLast((one) => one.device === device.id)]
      return {
        controller: device.id, identity, mode, hash, ...(active_slot === undefined ? {} : { active_slot }), ...(clock_skew_s === undefined ? {} : { clock_skew_s }),
        ...(accepted === undefined ? {} : { as_accepted: accepted.baseline.hash === hash }), ...(open === undefined ? {} : { deployment: open.id, state: open.state, level: open.level }),
      }
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/controllers/:controller/baseline', id: 'getControllerBaseline', tag: 'controllers', summary: 'What was last accepted to stand in a controller', access: { role: 'engineer' }, params: Parameters, answers: { 200: Baseline },
    handler: async ({ params }) => {
      const { id } = await find(params)
      const accepted = await store.devices.accepted(id)
      if (accepted === undefined) throw new GreenwaveError('request.unknown', `Nothing was accepted yet of the controller ${JSON.stringify(id)}`)
      const { baseline: { hash, read_at, config, image }, by, at } = accepted
      return { hash, read_at: timeOf(read_at), by, at: timeOf(at), config, image }
    },
  })
  route(server, {
    method: 'GET', url: '/networks/:network/controllers/:controller/greens', id: 'listControllerGreens', tag: 'controllers', summary: 'Greens that the lamps of a controller showed', access: { role: 'viewer' }, params: Parameters,
    description: 'As run, not as planned: each edge is known to half the time between two looks, mostly a quarter of a second. Whole greens that ended from `from` on and before `until`, at most six hours, by default the last one; what was seen in the last seconds may still be missing. Empty where nobody could look. `master_s` are seconds since local midnight of the day on which it began.',
    query: Type.Object({ from: Type.Optional(Time), until: Type.Optional(Time) }),
    answers: { 200: Type.Object({ controller: Type.String(), signal: Type.String(), items: Type.Array(Type.Object({ group: Type.String(), start: Time, end: Time, master_s: Type.Number() })) }) },
    handler: async ({ params, query }) => {
      const device = await find(params)
      const until_s = query.until === undefined ? clock.now() : instantOf(query.until, 'until')
      const from_s = query.from === undefined ? until_s - 3600 : instantOf(query.from, 'from')
      if (!(until_s > from_s) || until_s - from_s > MOST_GREENS_S) throw new GreenwaveError('request.invalid', `until must be after from, by at most ${MOST_GREENS_S / 3600} hours`)
      const { scenario } = await service.deployer.desk.streets(device.network)
      const local = new LocalTime(scenario.scenario.time_zone)
      const numbers = phaseNumbers(scenario.network).filter(({ signal }) => signal === device.signal)
      const own = new Set(numbers.map((number) => number.device))
      const events: SignalEvent[] = []
      for await (const rows of store.observations.events(device.network, from_s - LONGEST_GREEN_S, until_s)) for (const row of rows) if (own.has(row.device)) events.push(row)
      const items = greensOfLog(events, numbers).filter(({ end_s }) => end_s >= from_s).map(({ group, start_s, end_s }) => ({
        group, start: timeOf(start_s), end: timeOf(end_s), master_s: Math.round((start_s - local.instant(local.day(start_s), 0)) * 10) / 10,
      }))
      return { controller: device.id, signal: device.signal, items }
    },
  })
  route(server, {
    method: 'POST', url: '/networks/:network/controllers/:controller/baselines', id: 'acceptControllerBaseline', tag: 'controllers', summary: 'Read a controller, and accept what stands in it', access: { role: 'approver' }, idempotent: true, params: Parameters,
    description: 'From then on a daily look raises an alarm when it holds something else that greenwave did not send.', body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 2000 }) }, { additionalProperties: false }), example: { reason: 'The vendor has changed the day plan' }, answers: { 200: Type.Object({ hash: Type.String(), mode: Type.String() }) },
    handler: async (request) => {
      const { hash, mode } = await acceptBaseline(service.deployer, await find(request.params), actorOf(request.principal!), request.body.reason)
      return { hash, mode }
    },
  })
  route(server, {
    method: 'POST', url: '/networks/:network/release-all', id: 'releaseAllControllers', tag: 'controllers', summary: 'Emergency: every controller of a network back to its own plan', access: { role: 'engineer' }, idempotent: true, params: Type.Object({ network: Id }),
    description: 'A job. Runs that are on their way are stopped. What can be reached goes back at once; the rest is named, and brought back as soon as it answers.',
    body: Type.Object({ reason: Type.String({ minLength: 1, maxLength: 2000 }) }, { additionalProperties: false }), example: { reason: 'A green wave runs into road works' }, answers: { 202: Started },
    handler: async (request, reply) => startJob(service, request, reply, 'controllers.release', { network: (await findNetwork(service, request.params.network)).id, actor: actorOf(request.principal!), reason: request.body.reason }),
  })
}
