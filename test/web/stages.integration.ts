// The editor of one signal's timing in a real browser: an edge by mouse and by keys, the wall that stops it, typed values that break a rule, and parts put in.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { checkAccessible, expectPicture, hasChromium, TestBrowser } from './browser.ts'
import { serveTown, type WebTown } from './serve.ts'
import { durationsOf, sequenceOf } from '../../plans/workflow/edits.ts'

describe.skipIf(!hasChromium())('the timing of a signal', () => {
  let town: WebTown
  let browser: TestBrowser
  const stored = async (id: string) => (await town.store.plans.get(id))!.document.intersections.find(({ signal }) => signal === '2')!
  const address = (): string => `/plans/${town.plans.draft}/signals/2`

  beforeAll(async () => { [town, browser] = await Promise.all([serveTown({ traffic: false }), TestBrowser.start()]) })
  afterEach(async () => {
    browser.expectQuiet()
    await browser.clear()
  })
  afterAll(() => Promise.all([town?.stop(), browser?.stop()]))

  it('moves an edge by keys and by mouse alike, stops at the wall and says why, and is saved unasked', async () => {
    const before = durationsOf(await stored(town.plans.draft))
    const page = await browser.open(town, address())
    const edge = page.getByRole('slider').first()
    await edge.focus()
    await page.keyboard.press('ArrowRight')
    await expect.poll(async () => durationsOf(await stored(town.plans.draft))[0]).toBe(before[0]! + 1)
    await page.keyboard.press('Control+z')
    await expect.poll(async () => durationsOf(await stored(town.plans.draft))).toEqual(before)
    const box = (await edge.boundingBox())!
    const scale = (await page.locator('.st-bars').evaluate((svg) => svg.getBoundingClientRect().width - 92 - 14)) / (await stored(town.plans.draft)).cycle_s
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width / 2 + scale * 3, box.y + box.height / 2, { steps: 4 })
    await page.mouse.up()
    await expect.poll(async () => durationsOf(await stored(town.plans.draft))[0]).toBe(before[0]! + 3)
    await edge.focus()
    await page.keyboard.press('Home')
    await expect.poll(() => edge.getAttribute('aria-valuetext')).toMatch(/Wall: /)
    const stopped = Number(await edge.getAttribute('aria-valuenow'))
    expect(stopped).toBeCloseTo(Number(await edge.getAttribute('aria-valuemin')), 6)
    await page.keyboard.press('ArrowLeft')
    expect(Number(await edge.getAttribute('aria-valuenow'))).toBe(stopped)
  })

  it('shows what breaks a rule and does not save it, until it is taken back', async () => {
    const page = await browser.open(town, address())
    const length = page.locator('.st-length-input').nth(1)
    const kept = durationsOf(await stored(town.plans.draft))
    await length.fill('6')
    await length.press('Enter')
    await expect.poll(() => page.locator('.st-faults').innerText()).toMatch(/green|minimum/i)
    await expect.poll(() => page.locator('.st-saving').innerText()).toBe('Not saved: a rule is broken')
    expect(durationsOf(await stored(town.plans.draft))).toEqual(kept)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => page.locator('.st-valid').innerText()).toMatch(/Every rule holds/)
  })

  it('puts phases in another order from the table, as one step of undo', async () => {
    const page = await browser.open(town, address())
    const was = sequenceOf(await stored(town.plans.draft))
    await page.getByRole('button', { name: `Move ${was[0]![0]} later` }).click()
    await expect.poll(async () => sequenceOf(await stored(town.plans.draft))[0]).toEqual([was[0]![1], was[0]![0], ...was[0]!.slice(2)])
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(async () => sequenceOf(await stored(town.plans.draft))).toEqual(was)
  })

  it.each([['light', 'en'], ['dark', 'zh']] as const)('looks as it was last seen, %s and %s, and lets everybody use it', async (scheme, language) => {
    // A plan that no other case has changed.
    const page = await browser.open(town, `/plans/${town.plans.simulated}/signals/2`, { scheme, language })
    await expect.poll(() => page.locator('.st-valid').count()).toBe(1)
    await checkAccessible(page)
    await expectPicture(page, `stages-${scheme}-${language}`, { of: '.st-page' })
  })
})
