// Makes the pictures of the README and the tutorial, of the built-in towns: `npm run pictures`. Look at them before they are committed.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { planScenario } from '../../plans/plan-scenario.ts'
import { hasChromium, TestBrowser, type ViewOptions } from './browser.ts'
import { madeUpDay, MIDNIGHT_S } from './made-up-day.ts'
import { serveTown, type WebTown } from './serve.ts'

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'pictures')
/** What weighs more makes the README slow to open. */
const MOST_BYTES = 200_000
const LANGUAGES = ['en', 'zh'] as const

describe.skipIf(!hasChromium())('the pictures of the documents', { timeout: 600_000 }, () => {
  let browser: TestBrowser
  beforeAll(async () => {
    mkdirSync(FOLDER, { recursive: true })
    browser = await TestBrowser.start()
  }, 600_000)
  afterAll(() => browser?.stop())

  /** English under the name, Chinese under `<name>-zh`; its bytes. */
  async function picture(name: string, of: Parameters<TestBrowser['open']>[0], path: string, ready: (page: Page) => Promise<unknown>, options: ViewOptions): Promise<number> {
    const page = await browser.open(of, path, options)
    await ready(page)
    await page.mouse.move(2, 2)
    await page.evaluate(() => document.fonts.ready)
    // What is on its way has come.
    await page.waitForTimeout(3000)
    // Without the navigation, where there is one.
    const main = page.locator('#main')
    const seen = await (await main.count() > 0 ? main : page).screenshot({ animations: 'disabled', caret: 'hide' })
    writeFileSync(join(FOLDER, `${name}${options.language === 'zh' ? '-zh' : ''}.png`), seen)
    browser.expectQuiet()
    await browser.clear()
    return seen.length
  }

  it('show the diagram as the editor with a coordinated plan and the overview', async () => {
    const town: WebTown = await serveTown()
    try {
      const { scenario, network } = town
      const { plan: document } = await planScenario({ scenario, scenario_name: network, period: 'off-peak', options: {}, runs: 0, seed: 1, version: 'pictures', inputs: {} })
      const { id } = await town.workflow.draft({ network, document, actor: 'engineer', reason: 'optimized' })
      for (const language of LANGUAGES) {
        expect(await picture('workbench', town, `/corridors/${town.corridor}?plan=${id}`, (page) => page.locator('[data-figure="delay"]').waitFor({ timeout: 120_000 }), { language, width: 1080, height: 610 })).toBeLessThan(MOST_BYTES)
        expect(await picture('overview', town, '/', (page) => page.locator('.ov-lines .ov-live:not(.ov-unknown)').first().waitFor({ state: 'attached', timeout: 120_000 }), { language, width: 1080, height: 660 })).toBeLessThan(MOST_BYTES)
      }
    } finally {
      await town.stop()
    }
  })

  it('show the wall', async () => {
    const day = await madeUpDay({ from_s: MIDNIGHT_S + 17.5 * 3600 + 3 })
    try {
      await day.publish()
      for (const language of LANGUAGES) expect(await picture('wall', { url: day.url, at: day.at }, `/wall?screen=hall&lang=${language}#${day.key}`, (page) => page.locator('.wall-index:not(.grey)').waitFor({ timeout: 120_000 }), { language, role: null, scheme: 'dark', width: 1140, height: 641 })).toBeLessThan(MOST_BYTES)
    } finally {
      await day.stop()
    }
  })
})
