import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseDay } from '../../model/local-time.ts'
import { madeMinutes } from '../../plans/daily/testing.ts'
import { apiTown, type ApiTown } from '../../test/api-town.ts'
import { bearer, closeWorlds } from '../testing.ts'

const DAY = '2026-11-19'
let town: ApiTown
beforeAll(async () => {
  town = await apiTown({ published: true })
  const scenario = (await town.store.networks.scenario('jiaxing'))!
  const few = { ...scenario, network: { ...scenario.network, links: scenario.network.links.slice(0, 2) } }
  await town.store.states.putMinutes('jiaxing', madeMinutes(few, { day: parseDay(DAY)!, evening: 4, jam: few.network.links.map(({ id }) => id) }).filter(({ time_s }) => time_s % 86_400 > 8 * 3600 && time_s % 86_400 < 12 * 3600))
})
afterAll(closeWorlds)
const get = (path: string, headers: Record<string, string> = {}) => town.server.inject({ url: `/api/v1/networks/jiaxing/${path}`, headers })

describe('reports', () => {
  it('have the same figures as page, table and JSON, and a page needs nothing from outside', async () => {
    const viewer = bearer(town.tokens.viewer)
    const [page, table, document] = await Promise.all(['html', 'csv', 'json'].map((suffix) => get(`reports/${DAY}.${suffix}`, viewer)))
    expect([page!.headers['content-type'], table!.headers['content-type'], document!.headers['content-type']]).toEqual(['text/html; charset=utf-8', 'text/csv; charset=utf-8', 'application/json; charset=utf-8'])
    expect(page!.headers['content-security-policy']).toContain("default-src 'none'")
    expect(page!.body).not.toMatch(/<script|https?:/)
    const { sections } = document!.json<{ sections: { id: string; columns: { key: string; unit: string; decimals?: number }[]; rows: Record<string, number | string | null>[] }[] }>()
    const clusters = sections.find(({ id }) => id === 'clusters')!
    expect(clusters.rows.length).toBeGreaterThan(0)
    for (const row of clusters.rows) {
      expect(table!.body).toContain(`,delay_veh_h,veh h,${row['delay_veh_h']}`)
      expect(page!.body).toContain((row['delay_veh_h'] as number).toFixed(1))
    }
  })

  it('are for viewers as a whole, and public otherwise, whatever is asked for', async () => {
    const open = await get(`reports/${DAY}.json`)
    expect([open.statusCode, open.json<{ edition: string }>().edition, open.headers['cache-control']]).toEqual([200, 'public', 'public, max-age=60'])
    expect(open.json<{ sections: { id: string }[] }>().sections.map(({ id }) => id)).not.toContain('actions')
    expect((await get(`reports/${DAY}.json?edition=police`)).statusCode).toBe(401)
    const viewer = await get(`reports/${DAY}.json`, bearer(town.tokens.viewer))
    expect([viewer.json<{ edition: string }>().edition, viewer.headers['cache-control'], viewer.headers['vary']]).toEqual(['police', 'private, max-age=60', 'authorization, cookie'])
    const key = await get(`reports/${DAY}.json`, bearer(town.keys[0]!.secret))
    expect(key.json<{ edition: string }>().edition).toBe('public')
  })

  it('are told of a week, and refused for what is no day', async () => {
    expect((await get('weeks/2026-11-16.json')).json()).toMatchObject({ day: '2026-11-16', until_day: '2026-11-22' })
    expect((await get('reports/2026-02-30.json')).statusCode).toBe(422)
    expect((await get('reports/yesterday.html')).statusCode).toBe(422)
  })
})
