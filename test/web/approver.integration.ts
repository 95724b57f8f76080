// What an approver sees while a plan is on its way, in both languages: for everybody who can read it, and with the same look as before.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { deploymentOf } from '../../plans/testing/records.ts'
import { checkAccessible, expectPicture, hasChromium, TestBrowser } from './browser.ts'
import { NOW_S, serveTown, type WebTown } from './serve.ts'

describe.skipIf(!hasChromium())('an approver\'s view of a plan', () => {
  let town: WebTown
  let browser: TestBrowser
  beforeAll(async () => {
    [town, browser] = await Promise.all([serveTown({ traffic: false }), TestBrowser.start()])
    const { plans: { approved }, network, corridor } = town
    const cycle = { config: { slots: [] }, timing: { cycle: 1000 }, items: [] } as never
    for (const [i, state] of (['ARMED', 'ARMED', 'STORED'] as const).entries()) {
      await town.store.deployments.insert(deploymentOf(`d${i}`, { plan: approved, network, corridor, device: `cabinet-${i}`, signal: String(i + 1), state, level: 2, by: 'engineer', arm_at: NOW_S - 40, baseline: cycle, writes: cycle, version: 0, created_at: NOW_S - 60, updated_at: NOW_S - 50 }))
    }
    await town.store.deployments.appendWire('d0', [{ time_s: NOW_S - 50, device: 'cabinet-0', direction: 'sent', hex: '0102', note: 'hello' }])
  })
  afterEach(() => browser.clear())
  afterAll(async () => {
    await browser?.stop()
    await town?.stop()
  })

  it('says in Chinese whose turn it is and why not, with the service\'s own words beside it', async () => {
    const page = await browser.open(town, `/plans/${town.plans.simulated}`, { role: 'approver', language: 'zh' })
    await page.locator('li[data-step=approve] button').waitFor()
    const pushed = page.locator('li[data-step=push] .ap-why')
    await pushed.getByText('方案处于“已仿真”阶段；只有已批准且未停用的方案才下发到信号机。').waitFor()
    expect(await pushed.locator('[lang=en]').textContent()).toContain('only what was approved and not retired is sent to controllers')
    await page.locator('section[aria-labelledby=ap-history]').getByText('仿真', { exact: false }).first().waitFor()
    await checkAccessible(page)
    await expectPicture(page, 'approval-steps-zh', { of: '.ap-side', tolerance: 0.01 })
    browser.expectQuiet(/404/)
  })

  it('tells what a push waits for and until when, and opens the wire of a controller', async () => {
    const page = await browser.open(town, `/plans/${town.plans.approved}`, { role: 'approver' })
    const watched = page.locator('.ap-watching')
    await watched.getByText('Lamps must follow for 2 whole cycles of 100 s each, once a controller is in step: 0 of 3 have.').waitFor()
    // Begun 40 s ago, 16:00 in the town: 200 s of lamps at least, ten cycles at most.
    await watched.getByText('Not before 16:02:40. Whoever has not followed by 16:16:00 takes all of them back.').waitFor()
    expect(Number(await watched.getByRole('progressbar').getAttribute('value'))).toBeCloseTo(0.2, 2)
    await page.getByRole('button', { name: 'Wire' }).first().click()
    await page.getByRole('dialog').getByText('hello').waitFor()
    await checkAccessible(page)
    await page.keyboard.press('Escape')
    browser.expectQuiet(/404/)
  })

  it('has its schedules, dark and Chinese', async () => {
    const page = await browser.open(town, '/schedules', { role: 'approver', language: 'zh', scheme: 'dark' })
    await page.locator('section[aria-labelledby=ap-schedule]').waitFor()
    expect(await page.getByRole('button', { name: '添加一项' }).count()).toBe(4)
    await checkAccessible(page)
    await expectPicture(page, 'schedule-dark-zh', { of: 'section[aria-labelledby=ap-schedule]', tolerance: 0.01 })
    browser.expectQuiet(/404/)
  })
})
