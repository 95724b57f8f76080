import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { IndexFeed } from '../../plans/publication/index-feed.ts'
import { apiTown, type ApiTown } from '../../test/api-town.ts'
import { closeWorlds } from '../testing.ts'

let town: ApiTown
let began: number
beforeAll(async () => {
  town = await apiTown({ published: true })
  began = town.at.now
})
afterAll(closeWorlds)
const get = (path: string, headers: Record<string, string> = {}) => town.server.inject({ url: `/api/v1/networks/jiaxing/${path}`, headers })

describe('what others pull each minute', () => {
  it('may be kept until the next publication is due, and is not sent twice', async () => {
    const first = await get('index')
    expect([first.statusCode, first.headers['cache-control']]).toEqual([200, 'public, max-age=60'])
    town.at.now = began + 40
    const again = await get('index', { 'if-none-match': String(first.headers['etag']) })
    expect([again.statusCode, again.headers['cache-control']]).toEqual([304, 'public, max-age=20'])
    town.at.now = began + 100
    expect((await get('index')).headers['cache-control']).toBe('public, max-age=5')
    town.at.now = began
  })

  it('turns grey where nothing new is published, for everybody in the same minute', async () => {
    const tag = String((await get('index')).headers['etag'])
    town.at.now = began + 720
    const answer = await get('index', { 'if-none-match': tag })
    expect(answer.statusCode).toBe(200)
    expect(new Set(answer.json<IndexFeed>().segments.map(({ level, freshness }) => `${level} ${freshness}`))).toEqual(new Set(['null no-data']))
    const tile = (await get('tiles/14/13687/6720.geojson')).json<{ features: { properties: { level: unknown } }[] }>()
    expect(new Set(tile.features.map(({ properties }) => properties.level))).toEqual(new Set([null]))
    town.at.now = began
  })

  it('has the minutes before, as JSON and as a table', async () => {
    const { document, ...latest } = (await town.store.snapshots.latest('jiaxing'))!
    await town.store.snapshots.put({ ...latest, id: 'before', computed_at: began - 60, document: { ...document as object, id: 'before', computed_at: began - 60 } })
    // The latest is what was kept last.
    await town.store.snapshots.put({ ...latest, id: 'again', document })
    const { minutes } = (await get('index?minutes=5')).json<IndexFeed>()
    expect(minutes.map(({ publication }) => publication)).toEqual(['before'])
    const table = await get('index.csv?minutes=5')
    expect(table.headers['content-type']).toBe('text/csv; charset=utf-8')
    const lines = table.body.trim().split('\r\n')
    expect(lines[0]).toMatch(/^computed_at,publication,scale,scale_version,kind,id/)
    expect(lines.filter((line) => line.includes(',network,jiaxing,')).length).toBe(2)
    expect((await get('index?minutes=61')).statusCode).toBe(422)
  })

  it('refuses tiles that are not on the grid, or of a whole country, and has empty ones elsewhere', async () => {
    expect((await get('tiles/14/16384/0.geojson')).json()).toMatchObject({ status: 422, detail: '/x is 16384 and /y is 0; at zoom 14 both are below 16384' })
    for (const path of ['tiles/3/0/0.geojson', 'tiles/40/0/0.geojson', 'tiles/14/-1/0.geojson', 'tiles/14/NaN/0.geojson']) expect([path, (await get(path)).statusCode]).toEqual([path, 422])
    expect((await get('tiles/14/0/0.geojson')).json()).toMatchObject({ type: 'FeatureCollection', features: [] })
    expect((await get('tiles/14/13687/6720.geojson')).headers['content-type']).toBe('application/geo+json')
  })
})
