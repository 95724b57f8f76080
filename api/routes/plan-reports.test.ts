import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AFTER, DIFFERENCES, EVALUATION } from '../../test/made-up-corridor.ts'
import { apiTown, type ApiTown } from '../../test/api-town.ts'
import { EXAMPLES } from '../http/route.ts'
import { bearer, closeWorlds } from '../testing.ts'

const PLAN = EXAMPLES['plan']!
let town: ApiTown
const get = (path: string, headers: Record<string, string> = {}) => town.server.inject({ url: `/api/v1/plans/${PLAN}/${path}`, headers: { ...bearer(town.tokens.viewer), ...headers } })

beforeAll(async () => {
  town = await apiTown()
  const plan = (await town.store.plans.get(PLAN))!
  const movements = EVALUATION.before.movements.map((one) => ({ ...one, delay_by_seed_s: EVALUATION.before.seeds.map((_, i) => one.delay_s + i) }))
  const later = EVALUATION.after.movements.map((one) => ({ ...one, delay_by_seed_s: EVALUATION.after.seeds.map((_, i) => one.delay_s + i * 1.1) }))
  await town.store.plans.update({ ...plan, evaluation: { before: { ...EVALUATION.before, movements }, after: { ...EVALUATION.after, movements: later }, differences: DIFFERENCES, runs: 5, seed: 1 } }, plan.version)
})
afterAll(closeWorlds)

interface Row { id: string; label: string; decimals: number; before: number; after: number; change: number; half: number | null; verdict: string }

/** The document without tags, minus and thin spaces as typed. */
const seen = (page: string): string => page.replace(/<style>.*?<\/style>/s, '').replace(/<[^>]*>/g, ' ').replaceAll('−', '-').replace(/\s+/g, ' ')

describe('the reports of a plan', () => {
  it('have the same figures as answer, table file and page to print', async () => {
    const [answer, table, page] = await Promise.all([get('comparison'), get('report.csv'), get('report.html')])
    const { measures, movements, hash } = answer!.json<{ measures: Row[]; movements: Row[]; hash: string }>()
    expect([measures.length, movements.length]).toEqual([DIFFERENCES.length, 60])
    const lines = table!.body.split('\r\n').slice(1, -1)
    expect(lines).toHaveLength(measures.length + movements.length)
    const text = seen(page!.body)
    for (const [section, rows] of [['measures', measures], ['movements', movements]] as const) for (const { id, decimals, before, after, change, half } of rows) {
      const line = lines.find((one) => one.startsWith(`${PLAN},${hash},${section},"${id}"`) || one.startsWith(`${PLAN},${hash},${section},${id},`))
      expect(line).toContain(`,${before},${after},${change},${half ?? ''},`)
      for (const value of [before, after]) expect(text).toContain(value.toFixed(decimals))
      if (section === 'measures' && half !== null) expect(text).toContain(`± ${half.toFixed(decimals)}`)
    }
    expect(text).toContain(hash)
    expect(page!.body).not.toMatch(/<script|src=|https?:(?!\/\/www\.w3\.org\/2000\/svg)/)
  })

  it('are the same bytes again, and print on the paper that was asked for, with plan and hash on every sheet', async () => {
    const [one, again, wide] = await Promise.all([get('report.html'), get('report.html'), get('report.html?paper=a3&units=us')])
    expect(one!.body).toBe(again!.body)
    expect(one!.body).toMatch(/@page \{ size: A4;.*@bottom-left \{ content: "[^"]*0b0f4a3e[^"]*"/)
    expect(wide!.body).toContain('size: A3')
    expect(wide!.body).toContain('Queue, ft')
    expect((await get('report.html', { 'if-none-match': String(one!.headers['etag']) })).statusCode).toBe(304)
    expect(one!.headers['content-security-policy']).toContain("default-src 'none'")
  })

  it('draw what is asked for, all or a stretch of time, before or after', async () => {
    const [all, part, before] = await Promise.all([get('report.svg'), get('report.svg?from_s=0&until_s=120&width=1200'), get('report.svg?when=before')])
    expect(all!.headers['content-type']).toBe('image/svg+xml')
    expect(part!.body).toContain('width="1200"')
    expect(new Set([all!.body, part!.body, before!.body]).size).toBe(3)
    expect((await get('report.svg?from_s=10')).statusCode).toBe(422)
    expect((await get('report.svg?from_s=10&until_s=5')).statusCode).toBe(422)
  })

  it('give the plan in formats of others', async () => {
    const [utdf, geojson, timing] = await Promise.all([get('report.utdf.csv'), get('report.geojson'), get('timing.csv')])
    expect(utdf!.body).toContain('[Timeplans]')
    expect(geojson!.json<{ type: string }>().type).toBe('FeatureCollection')
    expect(timing!.body).toContain('cycle_s')
    expect(AFTER.length).toBeGreaterThan(0)
    expect(utdf!.headers['content-disposition']).toMatch(/^inline; filename="[\w.-]+utdf\.csv"$/)
  })

  it('compare nothing where nothing was simulated', async () => {
    const other = (await town.store.plans.get(PLAN))!
    const { evaluation: _evaluation, ...bare } = other
    await town.store.plans.insert({ ...bare, id: 'bare' })
    const answer = await town.server.inject({ url: '/api/v1/plans/bare/comparison', headers: bearer(town.tokens.viewer) })
    expect(answer.json()).toMatchObject({ runs: 0, seed: null, measures: [], movements: [] })
    expect((await town.server.inject({ url: '/api/v1/plans/bare/report.html', headers: bearer(town.tokens.viewer) })).body).toContain('The plan was not simulated')
  })
})
