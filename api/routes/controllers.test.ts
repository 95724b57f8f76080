import { join } from 'node:path'
import { afterEach, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { LocalTime } from '../../model/local-time.ts'
import { Deployer } from '../../plans/deployment/index.ts'
import { fakeStreet, SleepingClock } from '../../plans/deployment/testing.ts'
import { lampFeedOf } from '../../plans/lamps/index.ts'
import type { JobWork } from '../../plans/ports/jobs.ts'
import { evaluationOf, runningDocument } from '../../plans/workflow/testing.ts'
import { PlanWorkflow } from '../../plans/workflow/index.ts'
import type { Role } from '../../plans/ports/people.ts'
import { phaseNumbers } from '../../simulation/observe/index.ts'
import { timeOf } from '../http/instants.ts'
import { handleControllerJobs } from '../jobs/controllers.ts'
import { bearer, closeWorlds, NO_JOBS, world } from '../testing.ts'
import { auditRoutes } from './audit.ts'
import { controllerRoutes } from './controllers.ts'
import { deploymentRoutes } from './deployments.ts'

afterEach(closeWorlds)

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'textbook-arterial'))

/** A town whose controllers stand in memory, and a plan that is approved. */
async function town() {
  const open = await world([controllerRoutes, deploymentRoutes, auditRoutes])
  const { server, store, tokens, at } = open
  const clock = new SleepingClock(at.now)
  const street = fakeStreet(clock, scenario)
  const deployer = new Deployer({ store, clock, drivers: [street.driver] })
  server.service.deployer = deployer
  await store.networks.put('town', scenario, 'engineer', 0)
  const workflow = new PlanWorkflow({ store, clock, simulate: async ({ runs, seed }) => ({ evaluation: { before: evaluationOf(0, runs), after: evaluationOf(0, runs), differences: [], runs, seed }, losers: [] }) })
  const { id } = await workflow.draft({ network: 'town', document: runningDocument(scenario), actor: 'engineer', reason: 'more traffic' })
  await workflow.check({ plan: id, expected: 1, actor: 'engineer' })
  await workflow.simulate({ plan: id, expected: 2, actor: 'engineer', runs: 2 })
  await workflow.approve({ plan: id, expected: 3, actor: 'approver' })
  let keys = 0
  const works = new Map<string, JobWork>()
  handleControllerJobs({ ...NO_JOBS, handle: (kind, work) => { works.set(kind, work) } }, { deployer, workflow })
  const ask = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, { body, as = 'engineer', headers = {} }: { body?: object; as?: Role; headers?: Record<string, string> } = {}) => {
    const answer = await server.inject({ method, url: `/api/v1${url}`, headers: { ...bearer(tokens[as]), ...(method === 'POST' ? { 'idempotency-key': `k${++keys}` } : {}), ...headers }, ...(body === undefined ? {} : { payload: body }) })
    return { status: answer.statusCode, body: answer.body === '' ? undefined : answer.json() as Record<string, unknown>, headers: answer.headers }
  }
  /** The job that a request began, done. */
  const done = async (job: unknown): Promise<Record<string, unknown>> => {
    if ((job as { job?: string }).job === undefined) throw new Error(JSON.stringify(job))
    const { kind, input } = (await store.jobs.get((job as { job: string }).job))!
    return works.get(kind)!(input, { report: () => {}, signal: new AbortController().signal, attempt: 1 }) as Promise<Record<string, unknown>>
  }
  return { ...open, ...street, plan: id, ask, done }
}
const NEW = { 'if-none-match': '*' }

it('sets controllers up, asks them, and accepts what stands in them', async () => {
  const { ask, devices } = await town()
  const address = `/networks/town/controllers/${devices[0]!.id}`
  const body = { signal: devices[0]!.signal, protocol: 'fake', settings: { slot: 2 }, enabled: true }
  expect((await ask('PUT', address, { body, headers: NEW })).status).toBe(403)
  expect(await ask('PUT', address, { body, as: 'approver', headers: NEW })).toMatchObject({ status: 200, headers: { etag: '"1"' } })
  expect((await ask('PUT', address, { body: { ...body, signal: 'none' }, as: 'approver', headers: { 'if-match': '"1"' } })).body).toMatchObject({ code: 'input.reference' })
  expect((await ask('PUT', address, { body: { ...body, protocol: 'none' }, as: 'approver', headers: { 'if-match': '"1"' } })).body).toMatchObject({ code: 'input.value' })
  expect((await ask('PUT', '/networks/town/controllers/twin', { body, as: 'approver', headers: NEW })).body).toMatchObject({ code: 'request.invalid' })
  expect((await ask('GET', '/networks/town/controllers')).body).toMatchObject({ items: [{ id: devices[0]!.id, settings: { slot: 2 } }] })
  expect((await ask('GET', `${address}/status`)).body).toMatchObject({ mode: 'coordinated', active_slot: 1, identity: { model: 'fake' } })
  expect((await ask('GET', `${address}/baseline`)).status).toBe(404)
  expect((await ask('POST', `${address}/baselines`, { as: 'approver', body: { reason: 'as installed' } })).status).toBe(200)
  expect((await ask('GET', `${address}/status`)).body).toMatchObject({ as_accepted: true })
  expect((await ask('GET', `${address}/baseline`)).body).toMatchObject({ by: 'approver' })
  expect((await ask('DELETE', address, { as: 'approver', headers: { 'if-match': '"1"' } })).status).toBe(204)
  expect((await ask('GET', address)).status).toBe(404)
})

it('tells the greens that lamps showed, of what was kept of one controller', async () => {
  const { ask, devices, store, at } = await town()
  for (const device of devices) await store.devices.put(device, 0)
  const numbers = phaseNumbers(scenario.network).filter(({ kind }) => kind === 'phase')
  const [own, other] = devices.map(({ signal }) => numbers.find((number) => number.signal === signal)!)
  await store.feeds.put({ id: lampFeedOf('town'), network: 'town', kind: 'events', format: 'lamps', settings: {}, enabled: true }, 0)
  const rows = ([[own!, 1, 10], [other!, 1, 20], [own!, 8, 40.5], [other!, 8, 50], [own!, 10, 43.5], [own!, 1, 100]] as const).map(([{ device, phase }, event, after_s]) => ({ device, event, parameter: phase, time_s: at.now + after_s }))
  await store.observations.append({ feed: lampFeedOf('town'), id: 'b', received_s: at.now + 120, health: { source: 'x', read: 6, accepted: 6, issues: [] }, events: rows })
  const greens = (from_s: number, until_s: number, as: Role = 'viewer') => ask('GET', `/networks/town/controllers/${devices[0]!.id}/greens?from=${timeOf(at.now + from_s)}&until=${timeOf(at.now + until_s)}`, { as })
  const midnight_s = Math.floor(at.now / 86_400) * 86_400
  const expected = { group: own!.group, start: timeOf(at.now + 10), end: timeOf(at.now + 40.5) }
  const { status, body } = await greens(0, 120)
  expect([status, body]).toMatchObject([200, { controller: devices[0]!.id, signal: devices[0]!.signal, items: [expected] }])
  const zone_s = new LocalTime(scenario.scenario.time_zone).offset(at.now)
  expect((body as { items: { master_s: number }[] }).items[0]!.master_s).toBeCloseTo((at.now - midnight_s + 10 + zone_s) % 86_400, 1)
  // One that began before is whole as well; one that ended before is not asked for.
  expect((await greens(30, 120)).body).toMatchObject({ items: [expected] })
  expect((await greens(41, 120)).body).toMatchObject({ items: [] })
  expect((await greens(120, 0)).status).toBe(422)
  expect((await greens(0, 7 * 3600)).status).toBe(422)
})

it('shows what a push would send, pushes, tells every message, and brings it back', async () => {
  const { ask, done, devices, controllers, store, plan } = await town()
  for (const device of devices) await store.devices.put(device, 0)
  const started = await ask('POST', `/plans/${plan}/pushes`, { body: { dry_run: true } })
  expect(started.status).toBe(202)
  const rehearsal = await done(started.body) as { members: { writes: { items: unknown[] }; obstacles: unknown[] }[] }
  expect(rehearsal.members.map(({ writes, obstacles }) => [writes.items.length, obstacles.length])).toEqual(devices.map(() => [2, 0]))
  expect([...controllers.values()].every(({ writes }) => writes === 0)).toBe(true)
  const pushed = await done((await ask('POST', `/plans/${plan}/pushes`, { body: { lease_s: 600 } })).body)
  expect(pushed).toMatchObject({ effective: true })
  const { items } = (await ask('GET', `/deployments?plan=${plan}`, { as: 'viewer' })).body as { items: { id: string; state: string; level: number; run: string }[] }
  expect(items.map(({ state, level }) => [state, level])).toEqual(devices.map(() => ['LEASED', 5]))
  expect((await ask('GET', `/deployments/${items[0]!.id}`, { as: 'viewer' })).body).toMatchObject({ state: 'LEASED', time_source: 'computer', approvals: [{ as: 'author' }, { as: 'approver' }] })
  const wire = (await ask('GET', `/deployments/${items[0]!.id}/wire?after=1&limit=2`)).body as { items: { seq: number }[] }
  expect(wire.items.map(({ seq }) => seq)).toEqual([2, 3])
  expect((await ask('DELETE', `/networks/town/controllers/${devices[0]!.id}`, { as: 'approver', headers: { 'if-match': '"1"' } })).body).toMatchObject({ code: 'controller.busy' })
  const back = await done((await ask('POST', `/deployments/${items[0]!.id}/release`, { body: { reason: 'queues' } })).body)
  expect(back).toMatchObject({ lost: 0, members: devices.map(() => ({ state: 'ROLLED_BACK' })) })
  expect((await ask('GET', '/audit/verification', { as: 'approver' })).body).toMatchObject({ intact: true })
})

it('takes everything of a network back at once, and counts what it could not reach', async () => {
  const { ask, done, devices, store, plan } = await town()
  for (const device of devices) await store.devices.put(device, 0)
  await done((await ask('POST', `/plans/${plan}/pushes`, { body: { mode: 'permanent' } })).body)
  expect((await ask('POST', '/networks/town/release-all', { body: { reason: 'x' }, as: 'viewer' })).status).toBe(403)
  expect(await done((await ask('POST', '/networks/town/release-all', { body: { reason: 'road works' } })).body)).toMatchObject({ lost: 0, members: devices.map(() => ({ state: 'ROLLED_BACK' })) })
})

it('takes what two people answer for', async () => {
  const { ask, done, devices, store, plan, at } = await town()
  for (const device of devices) await store.devices.put(device, 0)
  await store.devices.noteChange(devices[0]!.id, at.now - 60)
  expect(await done((await ask('POST', `/plans/${plan}/pushes`, { body: {} })).body)).toMatchObject({ effective: false })
  expect((await ask('POST', `/plans/${plan}/overrides`, { body: { rule: 'minimum-green', reason: 'x' } })).status).toBe(422)
  for (const as of ['engineer', 'approver'] as const) expect((await ask('POST', `/plans/${plan}/overrides`, { body: { rule: 'too-soon', reason: 'a mistake' }, as })).status).toBe(204)
  expect(await done((await ask('POST', `/plans/${plan}/pushes`, { body: { mode: 'permanent' } })).body)).toMatchObject({ effective: true })
})
