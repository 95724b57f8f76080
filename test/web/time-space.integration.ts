// The diagram as an editor, in a real browser against the service: what is dragged, typed or pressed changes the plan as the engine says, and is kept.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Plan } from '../../model/plan.ts'
import { expectPicture, hasChromium, TestBrowser } from './browser.ts'
import { coordinated } from './coordinated-plan.ts'
import { serveTown, type WebTown } from './serve.ts'

let town: WebTown
let browser: TestBrowser

async function draft(): Promise<string> {
  const { id } = await town.workflow.draft({ network: town.network, document: coordinated(town), actor: 'engineer', reason: 'for the editor' })
  return id
}

const at = (plan: string, more = ''): string => `/corridors/${town.corridor}?plan=${plan}${more}`
const documentOf = async (plan: string): Promise<Plan> => (await town.store.plans.get(plan))!.document
const figure = (page: Page, id: string): Promise<string> => page.locator(`[data-figure="${id}"]`).innerText()
const saved = (page: Page) => page.locator('.ts-state-saved').waitFor()

async function open(plan: string, more = '', options = {}): Promise<Page> {
  const page = await browser.open(town, at(plan, more), options)
  await page.locator('[data-figure="delay"]').waitFor()
  return page
}

/** By how much a pixel of what was painted piece by piece differs at most from the same painted whole, of 255. */
async function mostOff(page: Page): Promise<number> {
  /** Against what it kept the time before, which it replaces; millions of numbers stay in the page. */
  const compare = () => page.evaluate(async () => {
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
    const kept = window as unknown as { painted?: Uint8ClampedArray[] }
    const now = ['.ts-whole', '.ts-live'].map((name) => {
      const canvas = document.querySelector<HTMLCanvasElement>(name)!
      return canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height).data
    })
    let most = 0
    // As it is laid over what lies below: the colour of what is next to nothing says nothing.
    const seen = (layer: Uint8ClampedArray | undefined, k: number): number => ((layer?.[k] ?? 0) * (k % 4 === 3 ? 255 : (layer?.[k - (k % 4) + 3] ?? 0))) / 255
    now.forEach((layer, i) => layer.forEach((_, k) => { most = Math.max(most, Math.abs(seen(layer, k) - seen(kept.painted?.[i], k))) }))
    kept.painted = now
    return most
  })
  const walks = page.locator('.ts-toolbar [title="P"]')
  expect(await compare()).toBeGreaterThan(100)
  // With the walks everything is painted anew, and anew without them.
  const pieces = await page.evaluateHandle(() => (window as unknown as { painted: Uint8ClampedArray[] }).painted)
  for (const pressed of ['true', 'false']) {
    await page.keyboard.press('p')
    await expect.poll(() => walks.getAttribute('aria-pressed')).toBe(pressed)
    await compare()
  }
  await page.evaluate((before) => { (window as unknown as { painted: Uint8ClampedArray[] }).painted = before }, pieces)
  return compare()
}

/** Where a signal's bar lies on the screen, below its name. */
async function barOf(page: Page, signal: number): Promise<{ x: number; y: number }> {
  const field = page.locator('.ts-label').nth(signal)
  const plot = (await page.locator('.ts-live').boundingBox())!
  const label = (await field.boundingBox())!
  return { x: plot.x, y: label.y + label.height / 2 }
}

describe.skipIf(!hasChromium())('the time-space diagram as the editor', { timeout: 60_000 }, () => {
  beforeAll(async () => {
    town = await serveTown({ traffic: false })
    browser = await TestBrowser.start()
  }, 60_000)
  afterAll(async () => {
    await browser?.stop()
    await town?.stop()
  })

  it('moves an offset by the mouse with band and delay, saves it unasked, and takes it back also after a reload', async () => {
    const plan = await draft()
    const before = await documentOf(plan)
    const page = await open(plan)
    const [delay, band] = [await figure(page, 'delay'), await page.locator('[data-band="outbound"]').innerText()]
    const bar = await barOf(page, 2)
    await page.mouse.move(bar.x + 300, bar.y)
    await page.mouse.down()
    await page.mouse.move(bar.x + 360, bar.y, { steps: 6 })
    await expect.poll(() => figure(page, 'delay')).not.toBe(delay)
    expect((await documentOf(plan)).intersections).toEqual(before.intersections)
    await page.mouse.up()
    await saved(page)
    const moved = (await documentOf(plan)).intersections
    const changed = moved.filter((one, i) => one.offset_s !== before.intersections[i]!.offset_s)
    expect(changed).toHaveLength(1)
    expect(changed[0]!.offset_s % 1).toBe(0)
    expect(await mostOff(page)).toBeLessThan(12)
    // What the page shows is what the service computes of the same plan.
    const { bands } = await documentOf(plan)
    expect(await page.locator('[data-band="outbound"]').innerText()).toContain(bands[0]!.width_s === 0 ? 'no band' : `${bands[0]!.width_s.toFixed(1)} s`)
    await page.reload()
    await page.locator('[data-figure="delay"]').waitFor()
    await page.keyboard.press('Control+z')
    await saved(page)
    await expect.poll(async () => (await documentOf(plan)).intersections).toEqual(before.intersections)
    await expect.poll(() => figure(page, 'delay')).toContain(delay.split('\n').at(-1)!.trim())
    expect(await page.locator('[data-band="outbound"]').innerText()).toBe(band)
    browser.expectQuiet()
    await browser.clear()
  })

  it('lets a viewer try a change, says who may keep it, and keeps nothing', async () => {
    const plan = await draft()
    const before = await documentOf(plan)
    const page = await open(plan, '', { role: 'viewer' })
    const [cell] = await page.locator('[data-cell$="/offset"]').all()
    const was = await cell!.innerText()
    await cell!.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(() => cell!.innerText()).not.toBe(was)
    await page.keyboard.press('Enter')
    await expect.poll(() => cell!.innerText()).toBe(was)
    expect(await page.locator('.ts-panel .ts-wall').innerText()).toContain('Engineers edit plans')
    expect(await page.getByRole('button', { name: 'Optimize' }).isDisabled()).toBe(true)
    expect(await documentOf(plan)).toEqual(before)
    browser.expectQuiet()
    await browser.clear()
  })

  it('does with the arrow keys what the mouse does, gives up on Escape, and reads its numbers out of a table', async () => {
    const plan = await draft()
    const before = await documentOf(plan)
    const page = await open(plan)
    const [first] = await page.locator('[data-cell$="/offset"]').all()
    await first!.focus()
    const read = () => first!.innerText()
    const was = Number((await read()).replace(' s', ''))
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Alt+ArrowRight')
    await expect.poll(read).toBe(`${was + 2.1} s`)
    await page.keyboard.press('Escape')
    await expect.poll(read).toBe(`${was} s`)
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Enter')
    await saved(page)
    const after = await documentOf(plan)
    expect(after.intersections.map((one, i) => one.offset_s - before.intersections[i]!.offset_s).filter((by) => by !== 0)).toEqual([1])
    browser.expectQuiet()
    await browser.clear()
  })

  it('stops a split at the rule that it would break, and says which', async () => {
    const plan = await draft()
    const page = await open(plan)
    const [cell] = await page.locator('[data-cell$="/split"]').all()
    await cell!.focus()
    for (let i = 0; i < 60; i++) await page.keyboard.press('ArrowRight')
    await page.locator('.ts-wall').waitFor()
    expect(await page.locator('.ts-wall').innerText()).toMatch(/Stops here: .*(at least|pedestrians)/)
    expect(await page.locator('.ts-faults').count()).toBe(0)
    await saved(page)
    browser.expectQuiet()
    await browser.clear()
  })

  it('shows a cycle that breaks rules and does not save it', async () => {
    const plan = await draft()
    const before = await documentOf(plan)
    const page = await open(plan)
    const [cell] = await page.locator('[data-cell$="/cycle"]').all()
    await cell!.focus()
    for (let i = 0; i < 80; i++) await page.keyboard.press('ArrowLeft')
    await page.keyboard.press('Enter')
    await page.locator('.ts-faults').waitFor()
    await page.locator('.ts-state-invalid').waitFor()
    expect((await documentOf(plan)).cycle_s).toBe(before.cycle_s)
    await page.keyboard.press('Control+z')
    await saved(page)
    expect(await documentOf(plan)).toEqual(before)
    browser.expectQuiet()
    await browser.clear()
  })

  it('keeps the view and how it is looked at in the address', async () => {
    const plan = await draft()
    const page = await open(plan)
    const bar = await barOf(page, 2)
    await page.mouse.move(bar.x + 200, bar.y + 30)
    await page.mouse.wheel(0, -400)
    await page.keyboard.press('x')
    await page.keyboard.press('e')
    await page.waitForURL(/view=.*swap=1.*equal=1|swap=1.*equal=1.*view=/)
    const address = page.url()
    await page.reload()
    await page.locator('[data-figure="delay"]').waitFor()
    expect(page.url()).toBe(address)
    expect(await page.locator('.ts-diagram.ts-swapped').count()).toBe(1)
    await page.keyboard.press('Backspace')
    browser.expectQuiet()
    await browser.clear()
  })

  it.each(['light', 'dark'] as const)('looks as it did, %s', async (scheme) => {
    const page = await open(await draft(), '', { scheme, width: 1000, height: 640 })
    await page.mouse.move(2, 2)
    await expectPicture(page, `time-space-${scheme}`, { tolerance: 0.02, of: '.ts-page' })
    await browser.clear()
    expect(browser.complaints).toEqual([])
  })
})
