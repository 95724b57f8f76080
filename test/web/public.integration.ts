// The page that everybody may read: with and without script, on a small screen, in both languages, and with the figures that everything else shows.
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { coursesOf } from '../../api/public/outlook-now.ts'
import type { Publication } from '../../model/publication.ts'
import { checkAccessible, hasChromium, TestBrowser } from './browser.ts'
import { DAY_NETWORK, madeUpDay, MIDNIGHT_S, type MadeUpDay } from './made-up-day.ts'

const EVENING_S = MIDNIGHT_S + 17.5 * 3600 + 3

describe.skipIf(!hasChromium())('the public page in a browser', () => {
  let day: MadeUpDay
  let browser: TestBrowser
  beforeAll(async () => {
    browser = await TestBrowser.start()
    day = await madeUpDay({ from_s: EVENING_S, past_days: 4 })
    for (let i = 0; i < 3; i++) {
      await day.publish()
      if (i < 2) day.at.now += 60
    }
    // Begun by the first who asks, read in the background.
    await fetch(`${day.url}/public`)
    await coursesOf(day.service().service).settled(DAY_NETWORK)
  })
  afterEach(() => browser.clear())
  afterAll(async () => {
    await browser?.stop()
    await day?.stop()
  })

  it('says everything without any script, and what it says is what is published', async () => {
    const plain: Browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] })
    try {
      const page = await (await plain.newContext({ javaScriptEnabled: false, viewport: { width: 360, height: 740 } })).newPage()
      await page.goto(`${day.url}/public?lang=en`)
      const { document } = (await day.store.snapshots.latest(DAY_NETWORK))! as unknown as { document: Publication }
      const wall = await (await fetch(`${day.url}/api/v1/wall`)).json() as { publication: { id: string; index: number }; places: { delay_s: number }[] }
      const text = await page.locator('main').innerText()
      expect(wall.publication.id).toBe(document.id)
      expect(text).toContain(`Publication ${document.id}`)
      expect(text).toContain(`Congestion index ${document.index!.toFixed(2)}`)
      expect(text).toContain('100 % of the streets known')
      expect(await page.locator('.pub-places li').count()).toBe(Math.min(8, document.places.length))
      expect(text).toContain(`${(wall.places[0]!.delay_s / 60).toFixed(1)} min longer than free`)
      const times = document.corridors.map(({ travel_time_s }) => `${(travel_time_s! / 60).toFixed(1)} min`)
      expect((await page.locator('.pub-way dd b').allInnerTexts()).filter((_, i) => i % 2 === 0).sort()).toEqual(times.sort())
      expect(text).toContain('in 30 minutes estimate')
      expect(text).toMatch(/Usual course of a working day: middle of 4 days/)
      expect(await page.locator('svg.pub-course').count()).toBe(document.corridors.length)
      expect(await page.evaluate('document.documentElement.scrollWidth').catch(() => 360)).toBeLessThanOrEqual(360)
    } finally {
      await plain.close()
    }
  })

  it('keeps no cookie, asks nobody else, is accessible in light and dark, and stays new by itself', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      const page = await browser.open({ url: day.url }, '/public?lang=en', { role: null, scheme, width: 360, height: 740 })
      await page.locator('details').evaluateAll((all) => all.forEach((one) => { (one as HTMLDetailsElement).open = true }))
      await checkAccessible(page)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
      expect(await page.context().cookies()).toEqual([])
      browser.expectQuiet(/favicon/)
    }
    const page = await browser.open({ url: day.url }, '/web/icon.svg', { role: null })
    await page.clock.install({ time: day.at.now * 1000 })
    await page.goto(`${day.url}/public?lang=en`)
    const before = await page.locator('.pub-age').innerText()
    await page.locator('details').first().evaluate((one) => { (one as HTMLDetailsElement).open = true })
    day.at.now += 60
    await day.publish()
    await page.clock.runFor(61_000)
    await expect.poll(() => page.locator('.pub-age').innerText()).not.toBe(before)
    expect(await page.locator('details').first().evaluate((one) => (one as HTMLDetailsElement).open)).toBe(true)
    browser.expectQuiet(/favicon/)
  })

  it('speaks Chinese to who asks for it, and shows the other kind of day as history only', async () => {
    const page = await browser.open({ url: day.url }, '/public', { role: null, language: 'zh', width: 1280, height: 800 })
    expect(await page.getAttribute('html', 'lang')).toBe('zh-CN')
    const text = await page.locator('main').innerText()
    for (const word of ['实时路况', '请绕行', '南湖大道', '30 分钟后', '预测', '开放数据']) expect(text).toContain(word)
    expect(text).not.toMatch(/Avoid|Corridors|estimate/)
    await page.getByRole('link', { name: '查看周末' }).click()
    await page.waitForURL(/day=weekend/)
    expect(await page.locator('main').innerText()).toContain('此类日期不足三天')
    expect(await page.locator('main').innerText()).toContain('无法预测')
    browser.expectQuiet(/favicon/)
  })

  it('says so where nothing may be shown', async () => {
    const closed = await madeUpDay({ from_s: EVENING_S, settings: { published: false } })
    const answer = await fetch(`${closed.url}/public`, { headers: { 'accept-language': 'de, en;q=0.5' } })
    expect([answer.status, (await answer.text()).includes('has not published its data')]).toEqual([403, true])
    await closed.stop()
  })
})
