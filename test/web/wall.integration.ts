// The wall as it hangs in a hall: a day of it in fast time, with the service coming and going, and what it says when it does not know.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { expectPicture, hasChromium, TestBrowser } from './browser.ts'
import { madeUpDay, MIDNIGHT_S, type MadeUpDay } from './made-up-day.ts'

/** The day goes in steps of five minutes, each with the answers that a wall would have had at its end. */
const STEP_MIN = 5
const EVENING_S = MIDNIGHT_S + 17.5 * 3600 + 3
/** What the browser itself writes of a service that is away. */
const AWAY = /ERR_CONNECTION|ERR_EMPTY|ERR_INCOMPLETE|favicon/

describe.skipIf(!hasChromium())('the wall in a browser', () => {
  let day: MadeUpDay
  let browser: TestBrowser
  beforeAll(async () => { browser = await TestBrowser.start() })
  afterEach(async () => {
    await browser.clear()
    await day.stop()
  })
  afterAll(() => browser?.stop())

  /** Its clock stands where the day's does, and goes only as the test lets it. */
  async function hang(path: string, size = { width: 1920, height: 1080 }, language: 'en' | 'zh' = 'en'): Promise<Page> {
    const page = await browser.open({ url: day.url }, '/web/icon.svg', { role: null, ...size, language, scheme: 'dark' })
    await page.clock.install({ time: day.at.now * 1000 })
    await page.goto(day.url + path)
    await page.locator('.wall-index:not(.grey)').waitFor()
    return page
  }

  const answered = (page: Page, work: Promise<unknown>): Promise<unknown> => Promise.all([page.waitForResponse((response) => /\/wall(\?|$)/.test(response.url()) && response.url().includes('/api/'), { timeout: 10_000 }).then((response) => response.finished()), work])
  const text = (page: Page, selector: string): Promise<string> => page.locator(selector).first().innerText()

  it('hangs for a day without growing, comes back after each restart, and asks nobody else', async () => {
    day = await madeUpDay({ from_s: MIDNIGHT_S + 3 })
    for (let i = 0; i < 3; i++) {
      await day.publish()
      day.at.now += 60
    }
    const page = await hang(`/wall?screen=hall&lang=en#${day.key}`)
    const devtools = await page.context().newCDPSession(page)
    const weigh = async () => {
      for (let i = 0; i < 2; i++) await devtools.send('HeapProfiler.collectGarbage')
      const { usedSize } = await devtools.send('Runtime.getHeapUsage')
      return { heap: usedSize, ...await devtools.send('Memory.getDOMCounters') }
    }
    const pass = async (): Promise<void> => {
      day.at.now += STEP_MIN * 60
      await day.publish(STEP_MIN)
      await answered(page, page.clock.fastForward(STEP_MIN * 60_000))
    }
    const away = async (): Promise<void> => {
      await day.stopServing()
      day.at.now += STEP_MIN * 60
      await page.clock.fastForward(STEP_MIN * 60_000)
    }
    const began = day.at.now
    let first: Awaited<ReturnType<typeof weigh>> | undefined
    const shown = new Set<string>()
    for (let minute = STEP_MIN; minute <= 24 * 60; minute += STEP_MIN) {
      if (minute % 300 === 200) {
        const lost_at = await text(page, '.wall-clock')
        await away()
        minute += STEP_MIN
        expect(await text(page, '.wall-veil-what')).toMatch(/^No connection since \d\d:\d\d:\d\d$/)
        expect(await text(page, '.wall-veil-what') <= `No connection since ${lost_at}`).toBe(true)
        expect(await text(page, '.wall-index')).toBe('–')
        await day.serve()
      }
      await pass()
      if (minute === 60) first = await weigh()
      if (minute % 60 === 0) {
        // What stands there is what was published in this minute.
        const { document } = (await day.store.snapshots.latest('demo-town'))! as { document: { index: number } }
        await expect.poll(() => text(page, '.wall-index')).toBe(document.index.toFixed(2))
        shown.add(document.index.toFixed(2))
      }
    }
    const last = await weigh()
    expect(day.at.now - began).toBeGreaterThanOrEqual(24 * 3600 - 60)
    expect(shown.size).toBeGreaterThan(10)
    const mb = (last.heap - first!.heap) / 1e6
    process.stderr.write(`wall: ${(first!.heap / 1e6).toFixed(2)} MB after an hour, ${mb >= 0 ? '+' : ''}${mb.toFixed(2)} MB after 24 hours; nodes ${first!.nodes} and ${last.nodes}, listeners ${first!.jsEventListeners} and ${last.jsEventListeners}\n`)
    // Of what a wall hears in a day this is a part: even so many times as much would be far below 5 MB an hour.
    expect(mb).toBeLessThan(2)
    expect(last.nodes - first!.nodes).toBeLessThan(200)
    expect(last.jsEventListeners - first!.jsEventListeners).toBeLessThan(10)
    browser.expectQuiet(AWAY)
  }, 600_000)

  it('tells of a new minute as soon as the stream does, turns grey a minute after the last answer, and keeps its clock', async () => {
    day = await madeUpDay({ from_s: EVENING_S })
    await day.publish()
    const page = await hang('/wall?lang=en')
    await page.clock.runFor(2000)
    const before = await text(page, '.wall-age')
    day.at.now += 60
    await day.publish()
    // Far below the time after which it would have asked anyway.
    await expect.poll(async () => {
      await page.clock.runFor(300)
      return (await text(page, '.wall-age')).split(' · ')[0]
    }, { timeout: 10_000, interval: 100 }).not.toBe(before.split(' · ')[0])
    await day.stopServing()
    await page.clock.runFor(30_000)
    expect(await page.locator('.wall-veil').isVisible()).toBe(false)
    const clock = await text(page, '.wall-clock')
    await page.clock.runFor(40_000)
    expect(await text(page, '.wall-veil-what')).toContain('No connection since 17:3')
    expect(await text(page, '.wall-clock') > clock).toBe(true)
    expect(await page.locator('.schematic-line:not(.grey)').count()).toBe(0)
    browser.expectQuiet(AWAY)
  })

  it('says honestly that nobody knows, and that nothing may be seen', async () => {
    day = await madeUpDay({ from_s: EVENING_S })
    await day.publish()
    const page = await hang('/wall?lang=en')
    // Eleven minutes without any car: the service still answers, and all is grey.
    day.at.now += 660
    await answered(page, page.clock.fastForward(660_000))
    await page.locator('.wall-index.grey').waitFor()
    expect(await text(page, '.wall-level')).toBe('no data')
    expect(await text(page, '.wall-age')).toContain('no data')
    expect(await text(page, '.wall-list')).toContain('Nobody knows: no data.')
    expect(await page.locator('.wall-part:not(.grey)').count()).toBe(0)
    expect(await page.locator('.wall-veil').isVisible()).toBe(false)
    await day.stop()
    day = await madeUpDay({ from_s: EVENING_S, settings: { published: false } })
    await day.publish()
    const closed = await browser.open({ url: day.url }, '/wall?lang=en', { role: null })
    await closed.getByText('This service has not published anything.', { exact: false }).waitFor()
    browser.expectQuiet(/401|favicon|ERR_/)
  })

  it('loads itself anew when another build is served', async () => {
    day = await madeUpDay({ from_s: EVENING_S })
    await day.publish()
    const page = await hang('/wall?lang=en')
    const script = await page.locator('script[src*="/assets/wall-"]').getAttribute('src')
    const [html, code] = await Promise.all([fetch(`${day.url}/wall`), fetch(day.url + script!)].map(async (answer) => (await answer).text()))
    await page.route((url) => url.pathname === '/wall', (route) => route.fulfill({ contentType: 'text/html', body: html!.replace(script!, '/web/assets/wall-Another1.js') }))
    await page.route('**/wall-Another1.js', (route) => route.fulfill({ contentType: 'text/javascript', body: code! }))
    await Promise.all([page.waitForEvent('load', { timeout: 10_000 }), page.clock.fastForward(301_000)])
    await page.locator('.wall-index:not(.grey)').waitFor()
    expect(await page.locator('script[src*="wall-Another1"]').count()).toBe(1)
    browser.expectQuiet(AWAY)
  })

  it.each([{ width: 1920, height: 1080, language: 'en' }, { width: 3840, height: 2160, language: 'zh' }] as const)('is read from eight metres at $width by $height', async ({ width, height, language }) => {
    day = await madeUpDay({ from_s: EVENING_S })
    for (let i = 0; i < 2; i++) {
      await day.publish()
      day.at.now += 60
    }
    const page = await hang(`/wall?lang=${language}`, { width, height }, language)
    const small = await page.evaluate(() => [...document.querySelectorAll('#wall *')].filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent!.trim() !== '') && element.getClientRects().length > 0 && !['title', 'desc'].includes(element.tagName)).flatMap((element) => {
      const scale = element instanceof SVGGraphicsElement ? element.getScreenCTM()!.a : 1
      const size = parseFloat(getComputedStyle(element).fontSize) * scale
      return size >= innerHeight / 40 ? [] : [`${element.textContent}: ${size}`]
    }))
    expect(small).toEqual([])
    const outside = await page.evaluate(() => [...document.querySelectorAll('.wall-clock, .wall-age, .wall-index, .wall-corridor, .wall-list')].filter((element) => {
      const { left, right, top, bottom } = element.getBoundingClientRect()
      return left < 0 || top < 0 || right > innerWidth || bottom > innerHeight
    }).length)
    expect(outside).toBe(0)
    browser.expectQuiet(AWAY)
    if (height === 1080) await expectPicture(page, 'wall-en', { of: '.wall-side' })
  })
})
