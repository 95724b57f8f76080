// Screens in a browser: each as its own page by its own key, and all of them as the workbench shows them.
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { newKey } from '../../api/security/secrets.ts'
import { givePeople } from '../../api/testing.ts'
import type { Publication } from '../../model/publication.ts'
import type { Role } from '../../plans/ports/people.ts'
import { tellScreen } from '../../plans/publication/signs/index.ts'
import { publishedStreets } from '../../plans/publication/streets.ts'
import { checkAccessible, expectPicture, hasChromium, TestBrowser } from './browser.ts'
import { DAY_NETWORK, madeUpDay, MIDNIGHT_S, type MadeUpDay } from './made-up-day.ts'

const EVENING_S = MIDNIGHT_S + 17.5 * 3600 + 3
const SCREENS = ['panel', 'sign'] as const

describe.skipIf(!hasChromium())('screens in a browser', () => {
  let day: MadeUpDay
  let tokens: Record<Role, string>
  let browser: TestBrowser
  const keys = new Map<string, string>()
  beforeAll(async () => {
    [day, browser] = await Promise.all([madeUpDay({ from_s: EVENING_S }), TestBrowser.start()])
    tokens = await givePeople(day.store, day.at.now)
    const { segments } = publishedStreets(day.scenario)
    const corridors = await published().then(({ corridors }) => corridors)
    await day.store.screens.put({ id: 'panel', network: DAY_NETWORK, name: 'Route panel 图形屏', kind: 'panel', settings: { segments: segments.map(({ id }) => id) } }, 0)
    await day.store.screens.put({ id: 'sign', network: DAY_NETWORK, name: 'Sign 文字屏', kind: 'text', settings: { neutral: [['安全驾驶']], template: { kind: 'travel-times', ways: corridors.slice(0, 3).map(({ id }, i) => ({ corridor: id, text: `${['东行', '西行', '南行'][i]!} 约{minutes}分` })) } } }, 0)
    for (const screen of SCREENS) {
      const { id, secret, hash } = newKey()
      await day.store.people.putKey({ id, secret_hash: hash, name: screen, scopes: [{ do: 'screen', screen }], created_by: 'administrator', created_at: day.at.now })
      keys.set(screen, secret)
    }
    await tell()
  })
  afterEach(() => browser.clear())
  afterAll(async () => {
    await browser?.stop()
    await day?.stop()
  })

  const published = async (): Promise<Publication> => {
    await day.publish()
    return ((await day.store.snapshots.latest(DAY_NETWORK))! as unknown as { document: Publication }).document
  }
  const tell = async (): Promise<void> => {
    const publication = await published()
    for (const id of SCREENS) await tellScreen(day.store.screens, (await day.store.screens.get(id))!, publication, day.at.now)
  }
  const latest = async (id: string) => (await day.store.screens.messages(id, 1))[0]!
  const hang = async (screen: string): Promise<Page> => {
    const page = await browser.open({ url: day.url }, `/screens/${screen}#${keys.get(screen)!}`, { role: null, width: 960, height: 540, language: 'zh' })
    expect(new URL(page.url()).pathname).toBe(`/api/v1/screens/${screen}/page`)
    return page
  }

  it('light the streets of a panel in the colours of the message, and say that they do', async () => {
    const page = await hang('panel')
    await page.locator('#lamps svg').waitFor()
    const { content } = await latest('panel') as unknown as { content: { lamps: { segment: string; colour: string }[] } }
    expect(new Set(content.lamps.map(({ colour }) => colour)).size).toBeGreaterThan(1)
    const shown = await page.locator('#lamps [data-segment]').evaluateAll((all) => all.map((one) => ({ segment: (one as SVGElement).dataset['segment'], colour: (one as SVGElement).dataset['colour'] })))
    const byId = (a: { segment?: string | undefined }, b: { segment?: string | undefined }): number => (a.segment! < b.segment! ? -1 : 1)
    expect(shown.sort(byId)).toEqual(content.lamps.toSorted(byId))
    await expect.poll(async () => (await latest('panel')).read_back, { timeout: 5000 }).toBe('same')
    await expectPicture(page, 'kiosk-panel')
    browser.expectQuiet(/favicon/)
  })

  it('say in text what was sent, turn the page, and turn grey when the service is gone', async () => {
    const page = await hang('sign')
    const { content } = await latest('sign') as unknown as { content: { pages: string[][] } }
    const lines = (): Promise<string[]> => page.locator('#text p').allInnerTexts()
    expect(content.pages.length).toBe(2)
    await expect.poll(lines).toEqual(content.pages[0])
    await expectPicture(page, 'kiosk-sign')
    await expect.poll(lines, { timeout: 8000 }).toEqual(content.pages[1])
    const away = await browser.open({ url: day.url }, '/web/icon.svg', { role: null })
    await away.clock.install({ time: day.at.now * 1000 })
    await away.goto(`${day.url}/screens/sign?lang=en#${keys.get('sign')!}`)
    await expect.poll(() => away.locator('#text p').count()).toBeGreaterThan(0)
    await away.route('**/content', (route) => route.abort())
    await away.clock.runFor(75_000)
    expect([await away.locator('body').getAttribute('class'), await away.locator('#text p').count()]).toEqual(['lost', 0])
    expect(await away.locator('#foot').innerText()).toContain('No connection since')
    browser.expectQuiet(/favicon|ERR_FAILED/)
  })

  it('are shown in the workbench as they stand now, with what they were sent and said; whoever looks says nothing in their place', async () => {
    const page = await browser.open({ url: day.url, tokens, at: day.at }, '/screens?screen=sign')
    const { content } = await latest('sign') as unknown as { content: { pages: string[][] } }
    await page.locator('.sn-details .sn-face img').waitFor()
    expect(await page.locator('.sn-says').innerText()).toContain(content.pages[0]!.join(' / '))
    await page.getByRole('button', { name: 'Next page' }).click()
    await expect.poll(() => page.locator('.sn-details .sn-face img').getAttribute('alt')).toContain(content.pages[1]!.join(' / '))
    await page.getByRole('button', { name: /Route panel/ }).click()
    await expect.poll(() => page.locator('.sn-details tbody').innerText()).toContain('stands there as sent')
    await checkAccessible(page)
    await expectPicture(page, 'screens-light-en', { of: 'main' })
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Picture (PNG)' }).click()])
    expect(file.suggestedFilename()).toBe('panel.png')
    // Another hour, other times: the preview follows by itself.
    await page.getByRole('button', { name: /Sign/ }).first().click()
    const before = (await latest('sign')).id
    day.at.now += 4 * 3600
    await tell()
    const now = await latest('sign')
    expect(now.id).not.toBe(before)
    await expect.poll(() => page.locator('.sn-says').innerText(), { timeout: 20_000 }).toContain((now.content as { pages: string[][] }).pages[0]!.join(' / '))
    await page.getByRole('link', { name: 'Open as its own page' }).click()
    await expect.poll(() => page.locator('#text p').count(), { timeout: 5000 }).toBeGreaterThan(0)
    await page.waitForTimeout(300)
    expect((await latest('sign')).acknowledged_at).toBeUndefined()
    browser.expectQuiet(/favicon/)
  })
})
