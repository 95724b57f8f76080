import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { checkAccessible, hasChromium, TestBrowser } from './browser.ts'
import { serveTown, type WebTown } from './serve.ts'

describe.skipIf(!hasChromium())('the workbench in a browser', () => {
  let town: WebTown
  let browser: TestBrowser
  beforeAll(async () => { [town, browser] = await Promise.all([serveTown(), TestBrowser.start()]) })
  afterEach(() => browser.clear())
  afterAll(async () => {
    await browser?.stop()
    await town?.stop()
  })

  it('opens the corridor that the address names, in silence', async () => {
    const page = await browser.open(town, `/corridors/${town.corridor}`)
    await page.getByRole('heading', { name: town.corridor }).waitFor()
    expect(await page.title()).toContain('greenwave')
    await checkAccessible(page)
    browser.expectQuiet()
  })
})
