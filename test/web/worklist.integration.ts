// The worklist in a browser: why a place is congested, who does what until when, and what it did.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { cardOf } from '../../plans/testing/records.ts'
import { checkAccessible, expectPicture, hasChromium, TestBrowser } from './browser.ts'
import { serveTown, type WebTown } from './serve.ts'

const estimate = (value: number, half: number) => ({ value, low: value - half, high: value + half })

describe.skipIf(!hasChromium())('the worklist in a browser', () => {
  let town: WebTown
  let browser: TestBrowser
  beforeAll(async () => {
    [town, browser] = await Promise.all([serveTown({ traffic: false }), TestBrowser.start()])
    const finding = {
      cause: 'split-imbalance' as const, confidence: 0.82, grade: 'B' as const, cost: 'timing' as const, sentence: 'The left turn has 3 % of the green and 11 % of the demand.',
      evidence: [{ what: 'split failures', value: 0.41, limit: 0.1, unit: '' }], treatment: { kind: 'retime-splits' as const, signal: '3', greens: [{ group: '5', green_s: 16, from_s: 11 }] },
      trial: { runs: 10, delay_s: estimate(-6.2, 1.1), stops: estimate(-0.1, 0.05), queue_m: estimate(-20, 8), verdict: 'better' as const },
    }
    await town.store.treatments.put(town.network, cardOf('bridge', { name: 'Bridge at Crossing 3', signal: '3', status: 'tried', owner: 'Wang Fang', due: '2027-01-10', findings: [finding], delay_veh_h_per_day: 41.5, avoidable_veh_h_per_day: 12.5, history: [{ status: 'found', date: '2027-01-04', by: 'engineer' }] }), 0)
    await town.store.treatments.put(town.network, cardOf('school', { name: 'School road', status: 'measured', history: [{ status: 'treated', date: '2026-11-02', by: 'engineer' }], effect: { delay_s: estimate(-4, 1), change: estimate(-0.12, 0.04), verdict: 'better', days_before: 20, days_after: 21, control: true, baseline: 'separate', least_detectable: 0.05, probability: 0.01 }, follow: { period: 'peak', movements: [], control: [], days: [] } }), 0)
  })
  afterEach(() => browser.clear())
  afterAll(async () => {
    await browser?.stop()
    await town?.stop()
  })

  it('leads from a place to its cause and on to the next step, by keyboard', async () => {
    const page = await browser.open(town, '/worklist')
    const row = page.getByRole('row', { name: /Bridge at Crossing 3/ })
    await row.getByText('overdue').waitFor()
    await row.focus()
    await page.keyboard.press('Enter')
    const card = page.getByRole('complementary', { name: 'Bridge at Crossing 3' })
    await card.getByText('New splits at 3: 5 11 s → 16 s').waitFor()
    await checkAccessible(page)
    await expectPicture(page, 'worklist-card', { of: '.wk-card', tolerance: 0.01 })
    await page.keyboard.press('n')
    await row.getByText('proposed').waitFor()
    await card.getByRole('textbox', { name: 'Note' }).fill('Asked the bus company')
    await card.getByRole('button', { name: 'Keep note' }).click()
    await card.getByText('Asked the bus company').waitFor()
    expect((await town.store.treatments.get(town.network, 'bridge'))?.notes).toMatchObject([{ by: 'engineer', note: 'Asked the bus company' }])
    browser.expectQuiet(/404/)
  })

  it('shows what a treatment did, and lets a viewer change nothing', async () => {
    const page = await browser.open(town, '/worklist?show=all&card=school', { role: 'viewer', language: 'zh' })
    await page.getByText('之后 21 天，之前 20 天').waitFor()
    expect(await page.getByRole('complementary').getByRole('button').count()).toBe(0)
    browser.expectQuiet(/404/)
  })

  it('has a day diagnosed and a change measured when an engineer asks, and says where nothing was measured', async () => {
    const page = await browser.open(town, '/worklist')
    await page.getByText('No measured day was diagnosed yet').waitFor()
    await page.getByRole('button', { name: 'Diagnose yesterday' }).click()
    await page.getByText('2027-01-14 was diagnosed: no place, or nothing was measured.').waitFor()
    const effects = page.getByRole('region', { name: 'What changes on corridors did' })
    await effects.getByLabel('Changed on').fill('2027-01-04')
    await effects.getByRole('button', { name: 'Measure' }).click()
    await effects.getByRole('row', { name: /2027-01-04.*cannot tell/ }).waitFor()
    expect((await town.store.jobs.list({ kind: 'diagnosis' }, { limit: 9 })).items.map(({ state, by }) => [state, by])).toEqual([['done', 'engineer']])
    await checkAccessible(page)
    browser.expectQuiet(/404/)
  })
})
