// A plan goes to the street and back in a browser: an engineer asks, a second person decides, emulated controllers follow at their lamps, one key takes it back.
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { checkAccessible, hasChromium, withTown } from './browser.ts'
import { serveEmulatedTown } from './emulated.ts'

describe.skipIf(!hasChromium())('a plan on its way to controllers, in a browser', () => {
  const at = withTown(serveEmulatedTown)

  const step = (page: Page, name: string) => page.locator(`li[data-step=${name}]`)
  const stage = (page: Page, name: string) => page.locator('h1 .ap-stage', { hasText: name })

  it('is checked and simulated by its author, who is told why somebody else must approve, and may not push', async () => {
    const page = await at.browser.open(at.town, '/plans')
    await page.getByRole('button', { name: 'Draft', exact: true }).click()
    await page.getByRole('row', { name: /one green wave through all six/ }).focus()
    await page.keyboard.press('Enter')
    await stage(page, 'Draft').waitFor()
    await page.keyboard.press('k')
    await stage(page, 'Checked').waitFor()
    await page.getByText('No rule of the network is broken.').waitFor()
    await step(page, 'simulate').getByRole('button', { name: 'Simulate' }).click()
    await stage(page, 'Simulated').waitFor()
    await page.getByText('-1.47 ± 0.12').waitFor()
    expect(await step(page, 'approve').textContent()).toContain('needs the role approver')
    expect(await step(page, 'push').textContent()).toContain('only what was approved and not retired is sent to controllers')
    await page.keyboard.press('d')
    await page.getByRole('button', { name: 'Dry run again' }).waitFor()
    await page.getByRole('row', { name: /emulated-1/ }).waitFor()
    expect(await page.getByText(`${at.town.scenario.network.signals.length} of ${at.town.scenario.network.signals.length}`).count()).toBe(1)
    await checkAccessible(page)
    at.browser.expectQuiet()
  })

  it('is approved by a second person only once every loser over the limit is accepted by name', async () => {
    const page = await at.browser.open(at.town, `/plans/${at.town.coordinated}`, { role: 'approver' })
    await step(page, 'approve').getByRole('button', { name: 'Approve' }).click()
    await step(page, 'approve').getByRole('alert').waitFor()
    expect(await step(page, 'approve').getByRole('alert').textContent()).toContain('is worse off than the limit allows, and the approval does not name it')
    await page.getByRole('checkbox', { name: /I accept that this is worse/ }).check()
    await step(page, 'approve').getByRole('textbox').fill('Second chance at junction 4')
    await step(page, 'approve').getByRole('button', { name: 'Approve' }).click()
    await stage(page, 'Approved').waitFor()
    expect((await at.town.store.plans.get(at.town.coordinated))?.approver).toBe('approver')
    at.browser.expectQuiet(/409/)
  })

  it('is put into the schedule and pushed after a dry run, proven at the lamps level by level, and brought back by one key', async () => {
    const page = await at.browser.open(at.town, `/plans/${at.town.coordinated}`)
    await step(page, 'schedule').getByRole('button', { name: 'Put into the schedule' }).click()
    await stage(page, 'Scheduled').waitFor()
    const push = step(page, 'push').getByRole('button', { name: 'Push now' })
    expect(await push.isDisabled()).toBe(true)
    await page.keyboard.press('d')
    await expect.poll(() => push.isEnabled(), { timeout: 60_000 }).toBe(true)
    const levels = new Set<string>()
    await push.click()
    const rows = page.locator('section[aria-labelledby=ap-runs] tbody tr')
    await expect.poll(async () => {
      for (const text of await rows.locator('.ap-level').allTextContents()) levels.add(text.trim().slice(0, 1))
      return rows.locator('[data-state=LEASED]').count()
    }, { timeout: 120_000, interval: 50 }).toBe(at.town.scenario.network.signals.length)
    expect(new Set(await rows.locator('.ap-level').allTextContents())).toEqual(new Set([expect.stringContaining('5 of 5 lamps followed') as string]))
    expect(levels.size).toBeGreaterThan(1)
    await stage(page, 'Verified').waitFor()
    await page.keyboard.press('Shift+R')
    await expect.poll(() => rows.locator('[data-state=ROLLED_BACK]').count(), { timeout: 60_000 }).toBe(at.town.scenario.network.signals.length)
    await page.getByText('controllers run their own plan again').waitFor()
    const history = page.locator('section[aria-labelledby=ap-history]')
    for (const action of ['plan.draft', 'plan.check', 'plan.simulate', 'plan.approve', 'plan.schedule', 'plan.push', 'plan.verify', 'deployment.reached', 'deployment.rolled-back']) await history.getByText(action, { exact: true }).first().waitFor()
    await rows.first().getByRole('button', { name: 'Wire' }).click()
    await page.getByRole('dialog').getByText('hello, key left out').first().waitFor()
    await page.keyboard.press('Escape')
    at.browser.expectQuiet()
  })

  it('shows a viewer everything and lets him do nothing', async () => {
    const page = await at.browser.open(at.town, `/plans/${at.town.plans.simulated}`, { role: 'viewer', scheme: 'dark', language: 'zh' })
    await page.locator('h1 .ap-stage', { hasText: '已仿真' }).waitFor()
    await step(page, 'retire').getByText('needs the role engineer').waitFor()
    expect(await page.locator('.ap-steps button').count()).toBe(0)
    await page.goto(`${at.town.url}/controllers`)
    await page.getByText('信号机仅向工程师及以上显示').waitFor()
    at.browser.expectQuiet()
  })
})

describe.skipIf(!hasChromium())('schedules and controllers in a browser', () => {
  const at = withTown(serveEmulatedTown)

  it('say of each controller that it is emulated, what it does, and that it holds what was accepted', async () => {
    const page = await at.browser.open(at.town, '/controllers', { role: 'approver' })
    const rows = page.locator('tbody tr')
    await expect.poll(() => rows.getByText('coordinated').count(), { timeout: 60_000 }).toBe(at.town.scenario.network.signals.length)
    expect(await rows.getByText('as accepted').count()).toBe(at.town.scenario.network.signals.length)
    await rows.first().focus()
    await page.keyboard.press('Enter')
    await page.getByRole('textbox', { name: 'Why this is right' }).fill('as installed')
    await page.getByRole('button', { name: 'Accept what stands in it' }).click()
    await expect.poll(async () => (await at.town.store.devices.accepted('emulated-1'))?.by).toBe('approver')
    await checkAccessible(page)
    at.browser.expectQuiet()
  })

  it('put a plan that was scheduled elsewhere in the day, keep it as the service does, and say why where it is refused', async () => {
    const { version } = (await at.town.store.plans.get(at.town.plans.approved))!
    await at.town.workflow.schedule({ plan: at.town.plans.approved, expected: version, actor: 'engineer', slots: [{ day_type: 'weekday', start_s: 25_200, end_s: 32_400 }] })
    const page = await at.browser.open(at.town, '/schedules')
    const saturday = page.getByRole('group', { name: 'Saturdays' })
    await saturday.getByRole('button', { name: 'Add an entry' }).click()
    await saturday.getByRole('combobox').selectOption({ index: 1 })
    await saturday.getByRole('textbox').fill('09:30')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Put in force' }).click()
    await expect.poll(async () => (await at.town.store.schedules.get(at.town.network, at.town.corridor)).entries.find(({ day_type }) => day_type === 'saturday')).toEqual({ day_type: 'saturday', start_s: 34_200, plan: at.town.plans.approved })
    await checkAccessible(page)
    at.browser.expectQuiet()
  })
})
