// The map in a real browser without graphics hardware: our streets by the library and on the canvas, nobody else asked, corridors drawn by mouse and by keyboard.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import type { Corridor } from '../../model/scenario.ts'
import { readStreets, type ServedDrawing, type Streets } from '../../web/map/streets.ts'
import { fitView, toPixel } from '../../web/map/view.ts'
import { checkAccessible, decode, expectPicture, hasChromium, TestBrowser } from './browser.ts'
import { serveTown, type WebTown } from './serve.ts'

describe.skipIf(!hasChromium())('the map', () => {
  let town: WebTown
  let browser: TestBrowser
  let streets: Streets
  beforeAll(async () => {
    town = await serveTown()
    browser = await TestBrowser.start()
    const answer = await fetch(`${town.url}/api/v1/networks/${town.network}/drawing`, { headers: { authorization: `Bearer ${town.tokens.viewer}` } })
    streets = readStreets(await answer.json() as ServedDrawing)
  })
  afterEach(async () => {
    await browser.clear()
    browser.expectQuiet()
  })
  afterAll(async () => {
    await browser.stop()
    await town.stop()
  })

  const open = async (path: string, engine: 'canvas' | 'library', options: Parameters<TestBrowser['open']>[2] = {}): Promise<Page> => {
    const page = await browser.open(town, path, options)
    await page.waitForSelector(`.map-stage[data-engine="${engine}"]`)
    await page.waitForFunction(() => !document.querySelector('.map-age')!.textContent!.includes('no vehicle'))
    await painted(page)
    return page
  }

  /** Until what came last is painted. */
  const painted = (page: Page): Promise<unknown> => page.evaluate(() => new Promise((resolve) => { requestAnimationFrame(() => requestAnimationFrame(resolve)) }))

  /** Where a place of the town is on the screen, as the map shows it when it is opened. */
  const placeOf = async (page: Page, signal: string): Promise<[number, number]> => {
    const box = (await page.locator('.map-stage').boundingBox())!
    const [x, y] = toPixel(fitView(streets.box, box), box, streets.signals.get(signal)!.at_m)
    return [box.x + x, box.y + y]
  }

  const corridors = async (): Promise<Corridor[]> => {
    const answer = await fetch(`${town.url}/api/v1/networks/${town.network}/corridors`, { headers: { authorization: `Bearer ${town.tokens.viewer}` } })
    return (await answer.json() as { items: Corridor[] }).items
  }

  /** Colour beside the middle of each link, on the side where it drives. */
  const coloursOf = async (page: Page): Promise<string[]> => {
    // The key may lie over a street.
    if (await page.locator('.map-legend[open]').count() > 0) await page.locator('.map-legend summary').click()
    const box = (await page.locator('.map-stage').boundingBox())!
    const { width, data } = await decode(page, await page.screenshot({ animations: 'disabled' }))
    const view = fitView(streets.box, box)
    return streets.drawing.links.map(({ points_m }) => {
      const [[ax, ay], [bx, by]] = [points_m[0]!, points_m.at(-1)!].map((at) => toPixel(view, box, at)) as [[number, number], [number, number]]
      const length = Math.hypot(bx - ax, by - ay)
      const found = new Map<string, number>()
      // A few pixels to the right, at places between which patterns cannot hide the colour.
      for (let share = 0.35; share < 0.65; share += 0.01) {
        for (let right = 0; right <= 5; right++) {
          const [x, y] = [Math.round(box.x + ax + (bx - ax) * share - ((by - ay) / length) * right), Math.round(box.y + ay + (by - ay) * share + ((bx - ax) / length) * right)]
          const i = (y * width + x) * 4
          const name = classOf([data[i]!, data[i + 1]!, data[i + 2]!])
          if (name !== undefined) found.set(name, (found.get(name) ?? 0) + 1)
        }
      }
      return [...found].sort((a, b) => b[1] - a[1])[0]?.[0] ?? 'none'
    })
  }

  it('shows the classes of every street, the same by the library as on the canvas, and asks nobody else', async () => {
    const live = await (await fetch(`${town.url}/api/v1/networks/${town.network}/live`, { headers: { authorization: `Bearer ${town.tokens.viewer}` } })).json() as { links: { link: string; index?: number }[] }
    const index = new Map(live.links.map((link) => [link.link, link.index]))
    const wanted = streets.drawing.links.map(({ id }) => { const value = index.get(id); return value === undefined ? 'none' : `level-${[1.5, 1.8, 2.2].filter((end) => value > end).length}` })
    expect(new Set(wanted).size).toBeGreaterThan(2)
    const onCanvas = await open('/map?map=canvas', 'canvas')
    await expect.poll(() => coloursOf(onCanvas), { timeout: 20_000 }).toEqual(wanted)
    const byLibrary = await open('/map', 'library')
    await expect.poll(() => coloursOf(byLibrary), { timeout: 20_000 }).toEqual(wanted)
  })

  it('is a picture that stays', async () => {
    const page = await open('/map?map=canvas&corridor=nanhu-avenue&treatments=yes', 'canvas')
    expect(await page.locator('.map-places li').allTextContents()).toHaveLength(2)
    await page.hover('.map-legend', { force: true })
    await expectPicture(page, 'map-canvas', { of: '.map-town' })
  })

  it('is dark and Chinese where that is wished', async () => {
    const dark = await open('/map?map=canvas&by=coverage', 'canvas', { scheme: 'dark', language: 'zh', width: 1024, height: 640 })
    expect(await dark.locator('.map-age').textContent()).toContain('最新车辆')
    await expectPicture(dark, 'map-coverage-dark-zh', { of: '.map-town' })
  })

  it('links what is pointed at, tells what was clicked, and moves by keyboard', async () => {
    const page = await open('/map?map=canvas', 'canvas')
    const [x, y] = await placeOf(page, '3')
    await page.mouse.click(x, y)
    await expect.poll(() => page.locator('.map-detail').textContent()).toContain('0 s')
    await page.getByRole('button', { name: 'Close' }).click()
    await page.locator('.map-stage').focus()
    await page.keyboard.press('+')
    await page.keyboard.press('ArrowRight')
    await page.waitForFunction(() => new URLSearchParams(location.search).has('at'))
    const address = page.url()
    await page.keyboard.press('f')
    await page.waitForFunction((before) => location.href !== before, address)
    await checkAccessible(page)
  })

  it('lets a corridor be drawn by mouse and by keyboard: the same one', async () => {
    const page = await open('/map?map=canvas', 'canvas')
    await page.getByRole('button', { name: 'Draw a corridor' }).click()
    await page.waitForSelector('.map-draw')
    // The list beside takes room: the streets are fitted anew.
    await painted(page)
    for (const signal of ['2', '5']) {
      const [x, y] = await placeOf(page, signal)
      await page.mouse.click(x, y)
    }
    await expect.poll(() => page.locator('.map-way').textContent()).toContain('4 signals')
    await checkAccessible(page)
    await page.getByLabel('Name').fill('By mouse')
    await page.getByRole('button', { name: 'Save corridor' }).click()
    await page.waitForSelector('.map-said')
    const keyed = await open('/map?map=canvas', 'canvas')
    await keyed.getByRole('button', { name: 'Draw a corridor' }).press('Enter')
    await keyed.waitForSelector('.map-signals:focus')
    // In the order of names; one is taken back and picked again.
    const order = await keyed.locator('.map-signals [role=option]').evaluateAll((all) => all.map((one) => (one as HTMLElement).dataset['signal']))
    const pick = async (signal: string): Promise<void> => { for (const key of ['Home', ...order.slice(0, order.indexOf(signal)).map(() => 'ArrowDown'), 'Enter']) await keyed.keyboard.press(key) }
    await pick('2')
    await pick('3')
    await keyed.keyboard.press('Backspace')
    await pick('5')
    await keyed.keyboard.press('Tab')
    await keyed.keyboard.type('By keyboard')
    await keyed.keyboard.press('Enter')
    await keyed.waitForSelector('.map-said')
    const [, mouse, keyboard] = await corridors()
    expect(mouse).toEqual({ id: 'by-mouse', name: 'By mouse', intersections: ['2', '3', '4', '5'] })
    expect(keyboard).toEqual({ id: 'by-keyboard', name: 'By keyboard', intersections: ['2', '3', '4', '5'] })
    expect((await town.store.networks.get(town.network))!.version).toBe(3)
  })

  it('shows the vehicles of a run at the instant of the panes, and the panes go on where the map stood', async () => {
    const page = await open(`/map?simulated=yes&plan=${town.plans.draft}&t=10:07:00&by=coverage`, 'library')
    await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('.play-over')?.dataset['time']) === 36_420, undefined, { timeout: 120_000 })
    const there = Number(/^\d+/.exec(await page.locator('.play-there').textContent() ?? '')![0])
    expect(there).toBeGreaterThan(20)
    const { data } = await decode(page, Buffer.from((await page.locator('.play-over').evaluate((one) => (one as HTMLCanvasElement).toDataURL())).split(',')[1]!, 'base64'))
    expect(data.filter((value, i) => i % 4 === 3 && value > 0).length).toBeGreaterThan(5 * there)
    await checkAccessible(page)
    await page.getByRole('link', { name: 'Side by side' }).click()
    await page.waitForFunction(() => Number(document.querySelector<HTMLElement>('.play-canvas')?.dataset['time']) === 36_420, undefined, { timeout: 120_000 })
    expect(Number(/^\d+/.exec(await page.locator('[data-side="after"] [data-total="driving"] dd').textContent() ?? '')![0])).toBe(there)
  })

  it('leads from a drawn corridor to a draft of a plan in two clicks', async () => {
    const page = await open('/map?map=canvas', 'canvas')
    await page.getByRole('button', { name: 'Draw a corridor' }).click()
    await page.waitForSelector('.map-draw')
    await painted(page)
    // Also after somebody looked elsewhere.
    await page.getByRole('button', { name: 'Zoom in' }).click()
    await page.getByRole('button', { name: 'Whole town' }).click()
    for (const signal of ['1', '3']) {
      const [x, y] = await placeOf(page, signal)
      await page.mouse.click(x, y)
    }
    await expect.poll(() => page.getByLabel('Name').inputValue()).toBe('Nanhu Avenue')
    // The job is done by the process of the test, which answers nobody meanwhile: fewer runs than the page asks for.
    await page.route('**/drafts', (route) => route.continue({ postData: JSON.stringify({ ...route.request().postDataJSON() as object, runs: 1, objective: 'band' }) }))
    await page.getByRole('button', { name: 'Save and compute a plan' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Compute' }).click({ timeout: PLANNING_MS })
    await page.getByRole('dialog').getByRole('button', { name: 'Open it' }).click({ timeout: PLANNING_MS })
    await page.waitForURL(/\/corridors\/nanhu-avenue-2\?plan=/)
    const id = new URL(page.url()).searchParams.get('plan')!
    expect(await town.store.plans.get(id)).toMatchObject({ stage: 'draft', corridor: 'nanhu-avenue-2', document: { intersections: [{ id: '1' }, { id: '2' }, { id: '3' }] } })
    await page.waitForSelector('.map-town', { state: 'detached' })
  })
})

const PLANNING_MS = 200_000

/** As in style.css, light. */
const LEVELS: Record<string, [number, number, number]> = { 'level-0': [0x2f, 0xa3, 0x6b], 'level-1': [0xe8, 0xb2, 0x1f], 'level-2': [0xdf, 0x6a, 0x1b], 'level-3': [0x9f, 0x12, 0x39] }

const classOf = (colour: readonly number[]): string | undefined => Object.entries(LEVELS).find(([, level]) => level.every((value, channel) => Math.abs(value - colour[channel]!) < 14))?.[0]
