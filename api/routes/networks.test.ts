import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { Scenario } from '../../model/scenario.ts'
import { bearer, closeWorlds, world as openWorld } from '../testing.ts'
import { feedRoutes } from './feeds.ts'
import { networkRoutes } from './networks.ts'

afterEach(closeWorlds)
const world = () => openWorld([networkRoutes, feedRoutes])
let scenario: Scenario
beforeAll(async () => {
  scenario = (await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue'))).scenario
})

const NEW = { 'if-none-match': '*' }

describe('networks', () => {
  it('are written by engineers, version by version, and read as they were', async () => {
    const { server, tokens } = await world()
    const put = (headers: Record<string, string>, payload: object = scenario, token = tokens.engineer) => server.inject({ method: 'PUT', url: '/api/v1/networks/jiaxing', headers: { ...bearer(token), ...headers }, payload })
    expect((await put(NEW, scenario, tokens.viewer)).statusCode).toBe(403)
    expect((await put({})).statusCode).toBe(428)
    const first = await put(NEW)
    expect(first.json()).toMatchObject({ id: 'jiaxing', name: scenario.scenario.name, version: 1 })
    expect((await put(NEW, { ...scenario, scenario: { ...scenario.scenario, name: 'Other' } })).statusCode).toBe(412)
    const second = await put({ 'if-match': '"1"' }, { ...scenario, scenario: { ...scenario.scenario, name: 'Renamed' } })
    expect(second.headers['etag']).toBe('"2"')
    const read = (version: string) => server.inject({ url: `/api/v1/networks/jiaxing/scenario${version}`, headers: bearer(tokens.viewer) })
    expect((await read('?version=1')).json()).toEqual(JSON.parse(JSON.stringify(scenario)))
    expect((await read('')).json<Scenario>().scenario.name).toBe('Renamed')
    expect((await read('?version=9')).json()).toMatchObject({ status: 404, detail: 'The network "jiaxing" has no version 9; the newest is 2' })
  })

  it('refuse a document that breaks a rule, with the place, and keep what was', async () => {
    const { server, store, tokens } = await world()
    const broken = structuredClone(scenario)
    broken.network.links[0]!.to = 'nowhere'
    const answer = await server.inject({ method: 'PUT', url: '/api/v1/networks/jiaxing', headers: { ...bearer(tokens.engineer), ...NEW }, payload: broken })
    expect(answer.json()).toMatchObject({ status: 422, detail: expect.stringContaining('nowhere') })
    expect((await server.inject({ method: 'PUT', url: '/api/v1/networks/jiaxing', headers: { ...bearer(tokens.engineer), ...NEW }, payload: { scenario: 7 } })).statusCode).toBe(422)
    expect(await store.networks.list()).toEqual([])
  })

  it('are told as GeoJSON in degrees, and not again to who has it', async () => {
    const { server, tokens } = await world()
    const placed = structuredClone(scenario)
    placed.network.coordinate_reference = { kind: 'projected', projection: '+proj=tmerc +lat_0=30.75 +lon_0=120.76 +ellps=WGS84' }
    placed.scenario.coordinate_reference = placed.network.coordinate_reference
    await server.inject({ method: 'PUT', url: '/api/v1/networks/jiaxing', headers: { ...bearer(tokens.engineer), ...NEW }, payload: placed })
    const get = (headers: Record<string, string>) => server.inject({ url: '/api/v1/networks/jiaxing/geojson', headers: { ...bearer(tokens.viewer), ...headers } })
    const answer = await get({})
    expect(answer.headers['content-type']).toContain('application/geo+json')
    const { features } = answer.json<{ features: { properties: { kind: string }; geometry: { coordinates: [number, number] } }[] }>()
    const signal = features.find(({ properties }) => properties.kind === 'signal')!
    expect(signal.geometry.coordinates[0]).toBeGreaterThan(120)
    expect(signal.geometry.coordinates[0]).toBeLessThan(122)
    expect((await get({ 'if-none-match': String(answer.headers['etag']) })).statusCode).toBe(304)
  })

  it('that lie nowhere on the globe have no GeoJSON, and that is said', async () => {
    const { server, tokens } = await world()
    await server.inject({ method: 'PUT', url: '/api/v1/networks/drawing', headers: { ...bearer(tokens.engineer), ...NEW }, payload: scenario })
    expect((await server.inject({ url: '/api/v1/networks/drawing/geojson', headers: bearer(tokens.viewer) })).json()).toMatchObject({ status: 422, detail: expect.stringContaining('no way to longitude and latitude') })
  })
})

describe('feeds', () => {
  it('belong to a network, change by version, and go', async () => {
    const { server, tokens } = await world()
    await server.inject({ method: 'PUT', url: '/api/v1/networks/jiaxing', headers: { ...bearer(tokens.engineer), ...NEW }, payload: scenario })
    const feed = { network: 'jiaxing', kind: 'probes', format: 'ndjson', settings: { datum: 'gcj02' }, enabled: true }
    const put = (headers: Record<string, string>, payload: object) => server.inject({ method: 'PUT', url: '/api/v1/feeds/taxis', headers: { ...bearer(tokens.engineer), ...headers }, payload })
    expect((await put(NEW, { ...feed, network: 'nowhere' })).statusCode).toBe(404)
    expect((await put(NEW, feed)).json()).toMatchObject({ ...feed, id: 'taxis', version: 1 })
    expect((await put({ 'if-match': '"1"' }, { ...feed, enabled: false })).json()).toMatchObject({ enabled: false, version: 2 })
    expect((await server.inject({ url: '/api/v1/feeds/taxis/health', headers: bearer(tokens.engineer) })).json()).toEqual({ days: [] })
    expect((await server.inject({ method: 'DELETE', url: '/api/v1/feeds/taxis', headers: { ...bearer(tokens.engineer), 'if-match': '"1"' } })).statusCode).toBe(412)
    expect((await server.inject({ method: 'DELETE', url: '/api/v1/feeds/taxis', headers: { ...bearer(tokens.engineer), 'if-match': '"2"' } })).statusCode).toBe(204)
    expect((await server.inject({ url: '/api/v1/feeds', headers: bearer(tokens.engineer) })).json()).toEqual({ items: [] })
  })
})
