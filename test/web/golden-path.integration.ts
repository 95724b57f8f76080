// The whole way of a plan, in a browser, as the people go it: an engineer drags, takes back, optimizes, compares and asks; a second person decides;
// emulated controllers follow at their lamps; the wall says so. Optimizer, bands, delays, approval and protocol are the
// service's own; the figures of the simulation before the approval are told, so that there is a loser to accept by name.
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PASSWORD } from '../../api/testing.ts'
import { Publisher } from '../../plans/publication/publisher.ts'
import { hasChromium, TestBrowser } from './browser.ts'
import { outboundWave } from './coordinated-plan.ts'
import { type EmulatedWebTown, serveEmulatedTown } from './emulated.ts'

/** Of an optimization on a machine that has other work. */
const LONG_MS = 240_000
const PATIENT = { timeout: 60_000 } as const

describe.skipIf(!hasChromium())('from a dragged offset to the wall', { timeout: 2 * LONG_MS }, () => {
  let town: EmulatedWebTown
  let browser: TestBrowser
  let drawn: string
  /** The optimized one. */
  let plan: string
  beforeAll(async () => {
    [town, browser] = await Promise.all([serveEmulatedTown({ built: true }), TestBrowser.start()])
    drawn = (await town.workflow.draft({ network: town.network, document: outboundWave(town), actor: 'engineer', reason: 'green outbound, by hand' })).id
  }, 60_000)
  afterAll(async () => {
    await browser?.stop()
    await town?.stop()
  })

  const step = (page: Page, name: string) => page.locator(`li[data-step=${name}]`)
  const stage = (page: Page, name: string) => page.locator('h1 .ap-stage', { hasText: name })
  const band = (page: Page, direction: string) => page.locator(`[data-band="${direction}"]`)
  const logIn = async (page: Page, login: string): Promise<void> => {
    await page.locator('input[name=login]').fill(login)
    await page.locator('input[name=password]').fill(PASSWORD)
    await page.locator('.sh-login button[type=submit]').click()
  }

  it('an engineer logs in, goes to a plan made by hand, drags an offset with the mouse, sees band and delay follow, and takes it back', async () => {
    const page = await browser.open(town, '/', { role: null })
    await logIn(page, 'engineer')
    await page.getByRole('link', { name: 'All corridors' }).click()
    await page.getByRole('row', { name: /green outbound, by hand/ }).getByRole('link').first().click()
    await page.locator('[data-figure="delay"]').waitFor()
    const told = async (): Promise<string[]> => [await page.locator('[data-figure="delay"]').innerText(), await band(page, 'outbound').innerText()]
    const offsets = async (): Promise<number[]> => (await town.store.plans.get(drawn))!.document.intersections.map(({ offset_s }) => offset_s)
    const [before, offsetsBefore] = [await told(), await offsets()]
    expect(before[1]).toMatch(/\d s/)
    const plot = (await page.locator('.ts-live').boundingBox())!
    const label = (await page.locator('.ts-label').nth(2).boundingBox())!
    const y = label.y + label.height / 2
    await page.mouse.move(plot.x + 300, y)
    await page.mouse.down()
    await page.mouse.move(plot.x + 360, y, { steps: 6 })
    await expect.poll(async () => (await told())[0], PATIENT).not.toBe(before[0])
    await expect.poll(async () => (await told())[1], PATIENT).not.toBe(before[1])
    expect(await offsets()).toEqual(offsetsBefore)
    await page.mouse.up()
    await expect.poll(offsets, PATIENT).not.toEqual(offsetsBefore)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(offsets, PATIENT).toEqual(offsetsBefore)
    await expect.poll(async () => (await told())[1], PATIENT).toBe(before[1])
    await page.locator('.ts-state-saved').waitFor()
    browser.expectQuiet()
    await browser.clear()
  })

  it('has a better one computed, compares it with what runs, and is told who approves', async () => {
    const page = await browser.open(town, `/corridors/${town.corridor}?plan=${drawn}`)
    await page.getByRole('button', { name: 'Optimize' }).click()
    await page.getByRole('status').filter({ hasText: /Optimize \d+ %/ }).waitFor()
    await page.waitForURL((url) => ![null, drawn].includes(url.searchParams.get('plan')), { timeout: LONG_MS })
    plan = new URL(page.url()).searchParams.get('plan')!
    const found = (await town.store.plans.get(plan))!
    expect(found).toMatchObject({ stage: 'draft', author: 'engineer' })
    expect(found.document.bands).toHaveLength(2)
    for (const { direction, width_s } of found.document.bands) {
      expect(width_s).toBeGreaterThan(0)
      await expect.poll(() => band(page, direction).innerText(), PATIENT).toContain(`${width_s.toFixed(1)} s`)
    }
    await page.getByRole('button', { name: 'Compare in simulation' }).click()
    await page.getByText('10 paired runs').waitFor(PATIENT)
    expect((await town.store.plans.get(plan))!.stage).toBe('simulated')
    await page.getByRole('link', { name: 'Ask for approval' }).click()
    await stage(page, 'Simulated').waitFor()
    await page.getByText('-1.47 ± 0.12').waitFor()
    expect(await step(page, 'approve').textContent()).toContain('needs the role approver')
    browser.expectQuiet()
    await browser.clear()
  })

  it('is approved by a second person, put into the schedule, pushed, and proven at every lamp', async () => {
    const deciding = await browser.open(town, `/plans/${plan}`, { role: null })
    await logIn(deciding, 'approver')
    await stage(deciding, 'Simulated').waitFor()
    await deciding.getByRole('checkbox', { name: /I accept that this is worse/ }).first().waitFor()
    for (const box of await deciding.getByRole('checkbox', { name: /I accept that this is worse/ }).all()) await box.check()
    await step(deciding, 'approve').getByRole('button', { name: 'Approve' }).click()
    await stage(deciding, 'Approved').waitFor()
    const page = await browser.open(town, `/plans/${plan}`)
    const scheduling = step(page, 'schedule')
    // The hours of its period are offered; it is 16:00 in the town, and the wall shall have it.
    await expect.poll(() => scheduling.getByRole('textbox', { name: 'From' }).inputValue(), PATIENT).toBe('10:00')
    await scheduling.getByRole('textbox', { name: 'Until' }).fill('23:00')
    expect(await scheduling.getByRole('checkbox', { name: 'Weekdays' }).isChecked()).toBe(true)
    await scheduling.getByRole('button', { name: 'Put into the schedule' }).click()
    await stage(page, 'Scheduled').waitFor()
    await page.keyboard.press('d')
    const push = step(page, 'push').getByRole('button', { name: 'Push now' })
    await expect.poll(() => push.isEnabled(), PATIENT).toBe(true)
    await push.click()
    const rows = page.locator('section[aria-labelledby=ap-runs] tbody tr')
    const levels = new Set<string>()
    await expect.poll(async () => {
      for (const text of await rows.locator('.ap-level').allTextContents()) levels.add(text.trim().slice(0, 1))
      return rows.locator('[data-state=LEASED]').count()
    }, { timeout: 120_000, interval: 50 }).toBe(town.scenario.network.signals.length)
    expect(new Set(await rows.locator('.ap-level').allTextContents())).toEqual(new Set([expect.stringContaining('5 of 5 lamps followed') as string]))
    expect(levels.size).toBeGreaterThan(1)
    await stage(page, 'Verified').waitFor()
    browser.expectQuiet()
    await browser.clear()
  })

  it('stands on the wall with its cycle and its bands', async () => {
    await new Publisher({ store: town.store, clock: { now: () => town.at.now } }).publish(town.network)
    const page = await browser.open(town, '/wall?lang=en', { role: 'viewer', width: 1920, height: 1080, scheme: 'dark' })
    const { cycle_s, bands } = (await town.store.plans.get(plan))!.document
    const shown = page.locator('.wall-plan', { hasText: `cycle ${cycle_s} s` })
    await shown.waitFor()
    for (const { direction, width_s } of bands) expect(await shown.innerText()).toContain(`${direction === 'outbound' ? '→' : '←'} ${Math.round(width_s)}`)
    browser.expectQuiet()
    await browser.clear()
  })
})
