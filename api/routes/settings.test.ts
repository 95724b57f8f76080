import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { NO_HOLIDAYS } from '../../plans/workflow/index.ts'
import { deployerOf } from '../controllers/deployer.ts'
import { KnownSettings, networkSetting } from '../known-settings.ts'
import { bearer, closeWorlds, world as openWorld } from '../testing.ts'
import { publicationRoutes } from './publications.ts'
import { settingRoutes } from './settings.ts'

afterEach(closeWorlds)

async function town() {
  const open = await openWorld([settingRoutes, publicationRoutes], { settings: { rate_per_minute: 100 } })
  await open.store.networks.put('town', (await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue'))).scenario, 'engineer', 0)
  await open.store.snapshots.put({ id: 's', network: 'town', computed_at: open.at.now, document: {} })
  const put = (url: string, payload: object, tag?: string) =>
    open.server.inject({ method: 'PUT', url: `/api/v1${url}`, headers: { ...bearer(open.tokens.administrator), ...(tag === undefined ? { 'if-none-match': '*' } : { 'if-match': tag }) }, payload })
  return { ...open, put, read: (headers = {}) => open.server.inject({ url: '/api/v1/networks/town/congestion', headers }) }
}

describe('what is published', () => {
  it('is switched by an administrator, at once and back, and written down', async () => {
    const { put, read, store } = await town()
    expect((await read()).statusCode).toBe(401)
    const first = await put('/settings', { published: true })
    expect([first.statusCode, first.headers['etag']]).toEqual([200, '"1"'])
    const open = await read()
    expect([open.statusCode, open.headers['cache-control']]).toEqual([200, 'public, max-age=5'])
    expect((await put('/settings', { published: false })).statusCode).toBe(412)
    expect((await put('/settings', { published: false }, '"1"')).statusCode).toBe(200)
    expect((await read()).statusCode).toBe(401)
    const { items } = await store.audit.list({ subject: 'greenwave' }, { limit: 10 })
    expect(items.map(({ actor, detail }) => [actor, detail])).toEqual([['administrator', { version: 2, value: { published: false } }], ['administrator', { version: 1, value: { published: true } }]])
  })

  it('is what another process switched two seconds later, and stays so while the store is away', async () => {
    const { store } = await town()
    let now = 0
    const switches = { published: false }
    let away = false
    const known = new KnownSettings({ settings: { ...store.settings, get: (name) => (away ? Promise.reject(new GreenwaveError('store.unreachable', 'away')) : store.settings.get(name)) } }, switches, () => now)
    expect((await known.switches()).published).toBe(false)
    await store.settings.put('service', { published: true }, 0)
    expect((await known.switches()).published).toBe(false)
    now = 2
    expect((await known.switches()).published).toBe(true)
    away = true
    now = 4
    expect((await known.switches()).published).toBe(true)
  })
})

describe('the settings of a network', () => {
  it('are its holidays and the time of its nights, each refused where it is none', async () => {
    const { put, store } = await town()
    const url = '/networks/town/settings'
    const given = { night_at: '03:15', holidays: ['2026-10-01'], working_days: ['2026-10-10'] }
    expect((await put(url, given)).json()).toEqual(given)
    expect(await new KnownSettings(store, { published: false }).network('town')).toEqual(given)
    expect((await put(url, { ...given, night_at: '24:00' }, '"1"')).json()).toMatchObject({ status: 422, code: 'request.invalid' })
    expect((await put(url, { holidays: ['2026-10-10'], working_days: ['2026-10-10'] }, '"1"')).json()).toMatchObject({ status: 422, detail: expect.stringContaining('both a holiday and a working day') as string })
    expect((await store.settings.get(networkSetting('town')))?.version).toBe(1)
    expect(await new KnownSettings(store, { published: false }).network('elsewhere')).toEqual(NO_HOLIDAYS)
  })

  it('have local rules for controllers, none beyond its bounds, which deployments go by', async () => {
    const { put, store } = await town()
    const url = '/networks/town/settings'
    const given = { holidays: [], working_days: [], write_limits: { walk_s: 7.25, unread_clock: 'allow', maximum_red_s: 150 } }
    for (const write_limits of [{ walk_s: 1 }, { yellow_s: 2 }, { clock_skew_s: 30 }, { walking_mps: 2 }, { anything: 1 }]) expect((await put(url, { ...given, write_limits })).json()).toMatchObject({ status: 422, code: 'request.invalid' })
    expect((await put(url, given)).json()).toEqual(given)
    const device = { id: 'c', network: 'town', signal: '1', protocol: 'files', settings: {}, enabled: true, version: 0 }
    const { limits, history } = await deployerOf({ store, clock: { now: () => 1_800_000_000 } }).desk.rulesFor(device)
    expect(limits).toEqual({ walk: 73, unread_clock: 'allow', maximum_red: 1500 })
    expect(history.writes_today).toBe(0)
  })

  it('hold the widths of crossings for the signal they are at, and none that is nowhere', async () => {
    const { put, store } = await town()
    const url = '/networks/town/settings'
    const { id: signal, groups } = (await store.networks.scenario('town', 1))!.network.signals[0]!
    const given = (crossings: object[]) => ({ holidays: [], working_days: [], write_limits: { walking_mps: 1, crossings } })
    const here = { signal, group: groups[0]!.id, width_m: 11.5 }
    for (const lost of [{ ...here, signal: 'nowhere' }, { ...here, group: 'nobody' }]) expect((await put(url, given([here, lost]))).json()).toMatchObject({ status: 422, detail: expect.stringMatching(/^The crossing of 11.5 m .* no such/) as string })
    expect((await put(url, given([here]))).json()).toEqual(given([here]))
    const { desk } = deployerOf({ store, clock: { now: () => 1_800_000_000 } })
    const limitsAt = async (at: string) => (await desk.rulesFor({ id: 'c', network: 'town', signal: at, protocol: 'files', settings: {}, enabled: true, version: 0 })).limits
    expect(await limitsAt(signal)).toEqual({ walking_mps: 1, crossings: [{ group: here.group, width_m: 11.5 }] })
    expect(await limitsAt('elsewhere')).toEqual({ walking_mps: 1, crossings: [] })
  })
})

it('turns away an address that guesses keys, and not who was let in from there', async () => {
  const { server, tokens } = await town()
  const ask = (token: string) => server.inject({ url: '/api/v1/networks/town/settings', headers: bearer(token) })
  const guesses = await Promise.all(Array.from({ length: 2 }, (_, i) => ask(`guess-${i}-0123456789012345`)))
  expect(guesses.map(({ statusCode }) => statusCode)).toEqual([401, 401])
  expect((await ask(tokens.viewer)).statusCode).toBe(200)
  for (let i = 0; i < 3; i++) await ask(`other-${i}-0123456789012345`)
  expect((await ask('one-more-0123456789012345')).json()).toMatchObject({ status: 429, code: 'request.too-many' })
  expect((await ask(tokens.viewer)).statusCode).toBe(200)
})
