// Playback in a real browser: two threads of the page simulate, both sides have the same drivers, and the page says that it is one run.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { checkAccessible, expectPicture, hasChromium, TestBrowser } from './browser.ts'
import { serveTown, type WebTown } from './serve.ts'

describe.skipIf(!hasChromium())('playback', () => {
  let town: WebTown
  let browser: TestBrowser
  beforeAll(async () => {
    town = await serveTown({ traffic: false })
    browser = await TestBrowser.start()
  })
  afterAll(async () => {
    await browser.stop()
    await town.stop()
  })

  const open = async (query: string, options: Parameters<TestBrowser['open']>[2] = {}): Promise<Page> => {
    const page = await browser.open(town, `/playback?plan=${town.plans.draft}${query}`, options)
    await page.waitForSelector('.play-pane')
    return page
  }
  const painted = (page: Page, time_s: number): Promise<unknown> => page.waitForFunction((time) => [...document.querySelectorAll<HTMLCanvasElement>('.play-pane .play-canvas')].some((_canvas, _i, all) => all.every((one) => Number(one.dataset['time']) === time)), time_s, { timeout: 120_000 })
  /** Of both sides, when they have come to rest. */
  const pixels = async (page: Page): Promise<string> => page.evaluate(async () => {
    // Not by getImageData: after some of those the browser paints in another way.
    const read = (): string => [...document.querySelectorAll<HTMLCanvasElement>('.play-pane .play-canvas')].map((canvas) => {
      const text = canvas.toDataURL()
      let hash = 2_166_136_261
      for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 16_777_619)
      return `${canvas.width}x${canvas.height}:${hash}`
    }).join(' ')
    for (let last = '', now = read(); ; last = now, now = read()) {
      if (last === now) return now
      await new Promise((resolve) => { setTimeout(resolve, 100) })
    }
  })
  const totals = (page: Page, side: string, name: string): Promise<string> => page.locator(`.play-totals[data-side="${side}"] [data-total="${name}"] dd`).evaluate((one) => one.firstChild!.textContent!.replaceAll(',', ''))
  it('simulates both sides in the page, and tells their difference as one run', async () => {
    const page = await open('&t=10:12:00&speed=60')
    await painted(page, 36_720)
    // The same vehicles wanted to set off; the plan moves one offset, so that their ways differ a little.
    expect(Number(await totals(page, 'before', 'arrived'))).toBeGreaterThan(100)
    expect(await totals(page, 'after', 'lost_s')).not.toBe(await totals(page, 'before', 'lost_s'))
    expect(await page.locator('.play-note').textContent()).toContain('not the evaluation')
    const [before, after] = (await pixels(page)).split(' ')
    expect(before === after).toBe(false)
    await expectPicture(page, 'playback', { of: '.play-sides' })
    await checkAccessible(page)
    browser.expectQuiet()
  })

  it('shows the same whether one played to an instant or stepped to it, and keeps the vehicle that is followed in view', async () => {
    const page = await open('&t=10:07:00&speed=10')
    await painted(page, 36_420)
    const clock = (): Promise<string | undefined> => page.locator('.play-pane .play-canvas').first().evaluate((one) => (one as HTMLElement).dataset['time'])
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('.play-canvas')!.dataset['time']) > 36_422, undefined, { timeout: 60_000 })
    await page.getByRole('button', { name: 'Pause' }).click()
    const played = await pixels(page)
    const instant = Number(await clock())
    await page.getByRole('button', { name: 'Back 10 s' }).click()
    expect(await pixels(page)).not.toBe(played)
    await page.getByRole('button', { name: 'On 10 s' }).click()
    await expect.poll(async () => Number(await clock())).toBeCloseTo(instant, 6)
    expect(await pixels(page)).toBe(played)
    // Somebody who drives on both sides and still has far to go.
    const [{ left, right }] = await page.locator('.play-canvas').evaluateAll((all) => all.map((one) => one.getBoundingClientRect())) as [DOMRect]
    const follow = page.getByLabel('Follow vehicle')
    const places = (): Promise<number[][]> => page.locator('.play-pane .play-canvas').evaluateAll((all) => all.map((one) => ((one as HTMLElement).dataset['followed'] ?? '').split(' ').filter((part) => part !== '').map(Number)))
    const last = Number(await follow.getAttribute('max'))
    const onRoad = async (vehicle: number): Promise<boolean> => {
      await follow.fill(String(vehicle))
      const told = await page.locator('.play-followed').textContent() ?? ''
      return (told.match(/stops,/g) ?? []).length === 2 && !told.includes('arrived')
    }
    // They are numbered as they set off: the youngest on the road is sought by halves.
    let [low, high] = [0, last]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      await follow.fill(String(middle))
      if ((await page.locator('.play-followed').textContent() ?? '').includes('not set off')) high = middle
      else low = middle
    }
    while (!await onRoad(low)) low--
    for (let i = 0; i < 4; i++) await page.getByRole('button', { name: 'Zoom in' }).click()
    const before = await places()
    expect(before.every((place) => place.length === 2)).toBe(true)
    await page.getByLabel('Speed').selectOption('2')
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    // Before time moves the hand may have put it out of sight.
    const seen = await page.evaluate(async () => {
      const rows: string[] = []
      const stood = [...document.querySelectorAll<HTMLElement>('.play-canvas')].map(({ dataset }) => dataset['time'])
      const end = performance.now() + 4000
      while (performance.now() < end) {
        await new Promise(requestAnimationFrame)
        rows.push(...[...document.querySelectorAll<HTMLElement>('.play-canvas')].flatMap(({ dataset }, side) => (dataset['time'] === stood[side] ? [] : [dataset['followed'] ?? ''])))
      }
      return rows
    })
    const inside = seen.filter((one) => one !== '').map((one) => one.split(' ').map(Number) as [number, number])
    expect(inside.length).toBeGreaterThan(10)
    for (const [x, y] of inside) expect(x >= 0 && x <= right - left && y >= 0).toBe(true)
    await page.waitForFunction(() => new URLSearchParams(location.search).has('at'))
    browser.expectQuiet()
  })

  it('plays for who may only look, too', async () => {
    const viewer = await browser.open(town, `/playback?plan=${town.plans.draft}`, { role: 'viewer' })
    await viewer.waitForFunction(() => [...document.querySelectorAll<HTMLCanvasElement>('.play-pane .play-canvas')].filter(({ dataset }) => Number(dataset['time']) > 0).length >= 2, undefined, { timeout: 60_000 })
    expect(await viewer.locator('.play-message').count()).toBe(0)
    browser.expectQuiet()
  })
})
