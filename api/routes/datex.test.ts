import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseXml, readElaborated, readSigns, readSituations, structureFaults } from '../../adapters/screens/datex/index.ts'
import { apiTown, type ApiTown } from '../../test/api-town.ts'
import { closeWorlds } from '../testing.ts'

let town: ApiTown
beforeAll(async () => { town = await apiTown({ published: true }) })
afterAll(closeWorlds)
const get = (path: string, headers: Record<string, string> = {}) => town.server.inject({ url: `/api/v1/networks/jiaxing/datex/${path}`, headers })

describe('DATEX II over HTTP', () => {
  it('has situations, data and signs in a structure that holds, in degrees, and not again to who has them', async () => {
    for (const path of ['situations.xml', 'elaborated-data.xml', 'signs.xml']) {
      const answer = await get(path)
      expect([path, answer.statusCode, answer.headers['content-type']]).toEqual([path, 200, 'application/xml; charset=utf-8'])
      expect(structureFaults(parseXml(answer.body, path))).toEqual([])
      expect((await get(path, { 'if-none-match': String(answer.headers['etag']) })).statusCode).toBe(304)
    }
    const { segments } = readElaborated((await get('elaborated-data.xml')).body, 'x')
    expect(segments.length).toBeGreaterThan(3)
    for (const { point, speed_kmh } of segments) {
      expect(Math.abs(point.lat_deg - 30.75) + Math.abs(point.lon_deg - 120.76)).toBeLessThan(0.1)
      expect(speed_kmh).toBeGreaterThan(0)
    }
    expect(readSituations((await get('situations.xml')).body, 'x')).toMatchObject([{ records: [{ kind: 'congestion', text: 'Head of the queue', trend: 'growing' }] }])
  })

  it('tells what a sign shows until its end, and that one which shows something else does not work', async () => {
    const states = async () => readSigns((await get('signs.xml')).body, 'x').states
    expect(await states()).toMatchObject([{ controller: 'hall', status: 'working', pages: [['南湖大道', '约9分']] }])
    const [message] = await town.store.screens.messages('hall', 1)
    await town.store.screens.log({ ...message!, read_back: 'different' })
    expect(await states()).toMatchObject([{ status: 'notWorking', pages: [] }])
    await town.store.screens.log(message!)
    town.at.now += 600
    expect(await states()).toMatchObject([{ status: 'blank', pages: [] }])
    town.at.now -= 600
  })

  it('leaves out what is too old, and says so where nothing is left', async () => {
    town.at.now += 720
    expect(readSituations((await get('situations.xml')).body, 'x')).toEqual([])
    expect((await get('elaborated-data.xml')).json()).toMatchObject({ status: 404, detail: expect.stringContaining('no segment') as string })
    town.at.now -= 720
  })
})
