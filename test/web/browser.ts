// A headless Chromium for tests of the pages, the same on every machine: pinned fonts, scale, language, time. What a page complains of, and whatever
// it asks of another host, fails the test. Pictures are compared with those in `golden/`; UPDATE_GOLDEN=1 writes them anew and fails that run.
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import type { Role } from '../../plans/ports/people.ts'
import type { WebTown } from './serve.ts'

const EXECUTABLE = '/usr/bin/chromium'
const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--hide-scrollbars',
  '--font-render-hinting=none', '--disable-font-subpixel-positioning', '--disable-lcd-text', '--force-color-profile=srgb', '--force-device-scale-factor=1',
  // Names of other hosts lead nowhere: a page that asks for them is told of, and gets nothing.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
]
const GOLDEN = join(import.meta.dirname, 'golden')
const OUT = join(import.meta.dirname, '..', '..', 'out', 'pictures')
/** What the pages keep in the browser: the service's token, the language, the units. */
const KEPT = { token: 'greenwave.token', language: 'greenwave.language', units: 'greenwave.units' } as const

export const hasChromium = (): boolean => existsSync(EXECUTABLE)

export interface ViewOptions {
  /** Who looks; nobody where it is null. Engineer by default. */
  role?: Role | null
  width?: number
  height?: number
  scheme?: 'light' | 'dark'
  language?: 'en' | 'zh'
  units?: 'metric' | 'imperial'
}

export class TestBrowser {
  readonly #browser: Browser
  readonly #contexts = new Set<BrowserContext>()
  /** Errors on the console or thrown, violations of the content policy, requests to other hosts. */
  readonly complaints: string[] = []

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async start(): Promise<TestBrowser> {
    return new TestBrowser(await chromium.launch({ executablePath: EXECUTABLE, args: ['--headless=new', ...ARGUMENTS], headless: true }))
  }

  /** A page of its own, as somebody of that role sees it; at the time at which the town stands. A town of another process has its address alone. */
  async open(town: Pick<WebTown, 'url'> & Partial<Pick<WebTown, 'tokens' | 'at'>>, path: string, options: ViewOptions = {}): Promise<Page> {
    const { role = 'engineer', width = 1280, height = 800, scheme = 'light', language = 'en', units = 'metric' } = options
    const context = await this.#browser.newContext({ viewport: { width, height }, colorScheme: scheme, reducedMotion: 'reduce', locale: language === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'UTC', deviceScaleFactor: 1 })
    this.#contexts.add(context)
    const page = await context.newPage()
    this.#listen(page, new URL(town.url).host)
    const token = role === null ? undefined : town.tokens?.[role]
    await page.addInitScript(({ keys, token, language, units }) => {
      // Documents without an origin have no store.
      if (location.protocol !== 'http:') return
      if (token !== undefined && sessionStorage.getItem('test.began') === null) sessionStorage.setItem(keys.token, token)
      sessionStorage.setItem('test.began', 'yes')
      localStorage.setItem(keys.language, localStorage.getItem(keys.language) ?? language)
      localStorage.setItem(keys.units, localStorage.getItem(keys.units) ?? units)
    }, { keys: KEPT, token, language, units })
    if (town.at !== undefined) await page.clock.setFixedTime(town.at.now * 1000)
    await page.goto(town.url + path)
    return page
  }

  /** Throws where a page complained since it was last asked; `but` is what the test itself provoked. */
  expectQuiet(but?: RegExp): void {
    const said = this.complaints.splice(0).filter((one) => but?.test(one) !== true)
    if (said.length > 0) throw new Error(`the page complained:\n${said.join('\n')}`)
  }

  /** All pages are closed, the browser stays: after each test. */
  async clear(): Promise<void> {
    await Promise.all([...this.#contexts].map((context) => context.close()))
    this.#contexts.clear()
    this.complaints.length = 0
  }

  async stop(): Promise<void> {
    await this.#browser.close()
  }

  #listen(page: Page, host: string): void {
    page.on('console', (message) => { if (message.type() === 'error') this.complaints.push(`${message.text()} (${message.location().url})`) })
    page.on('pageerror', (error) => this.complaints.push(error.stack ?? error.message))
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (/^https?:|^wss?:/.test(url.protocol) && url.host !== host) this.complaints.push(`asks another host: ${request.url()}`)
    })
  }
}

/** For the tests of one description: a town and a browser of their own from before the first until after the last; the pages of each are closed behind it. */
export function withTown<T extends { stop: () => Promise<void> }>(serve: () => Promise<T>): { readonly town: T; readonly browser: TestBrowser } {
  let town: T | undefined
  let browser: TestBrowser | undefined
  beforeAll(async () => { [town, browser] = await Promise.all([serve(), TestBrowser.start()]) })
  afterEach(() => browser?.clear())
  afterAll(async () => {
    await browser?.stop()
    await town?.stop()
  })
  return { get town() { return town! }, get browser() { return browser! } }
}

export interface PictureOptions {
  /** Share of pixels that may differ visibly. */
  tolerance?: number
  /** Of one element instead of what is in view. */
  of?: string
}

/** A pixel differs where some channel of it does by more; less is how an edge was smoothed. */
const CHANNEL_STEPS = 24

/** So long a page may take to look as it should: data comes, and what is loaded when it is wanted. */
const PATIENCE_MS = 10_000
const BETWEEN_MS = 250

/** Compares with `golden/<name>.png` until it is so; what was seen last instead is left in `out/pictures`. */
export async function expectPicture(page: Page, name: string, { tolerance = 0.005, of }: PictureOptions = {}): Promise<void> {
  await page.evaluate(() => document.fonts.ready)
  const golden = join(GOLDEN, `${name}.png`)
  mkdirSync(OUT, { recursive: true })
  const look = async (): Promise<Buffer> => {
    const seen = await (of === undefined ? page : page.locator(of)).screenshot({ animations: 'disabled', caret: 'hide' })
    writeFileSync(join(OUT, `${name}.png`), seen)
    return seen
  }
  if (process.env['UPDATE_GOLDEN'] === '1') {
    // Nothing comes any more.
    for (let last = await look(), now: Buffer; ; last = now) {
      await page.waitForTimeout(4 * BETWEEN_MS)
      now = await look()
      if (now.equals(last)) break
    }
    mkdirSync(GOLDEN, { recursive: true })
    copyFileSync(join(OUT, `${name}.png`), golden)
    expect.fail(`wrote ${golden}; look at it, then run again without UPDATE_GOLDEN`)
  }
  if (!existsSync(golden)) expect.fail(`${golden} is missing; run once with UPDATE_GOLDEN=1`)
  const wanted = readFileSync(golden)
  const until = performance.now() + PATIENCE_MS
  let share = await differing(page, await look(), wanted)
  while (!(share <= tolerance) && performance.now() < until) {
    await page.waitForTimeout(BETWEEN_MS)
    share = await differing(page, await look(), wanted)
  }
  if (!(share <= tolerance)) expect.fail(`${name}: ${Number.isNaN(share) ? 'another size than the golden picture' : `${(share * 100).toFixed(2)} % of the pixels differ, ${tolerance * 100} % may`}; see ${join(OUT, `${name}.png`)}`)
}

/** NaN where the sizes differ. Decoded by a page of the same browser that has no content policy. */
async function differing(page: Page, a: Buffer, b: Buffer): Promise<number> {
  const pixels = await Promise.all([a, b].map((png) => decode(page, png)))
  const [one, other] = [pixels[0]!, pixels[1]!]
  if (one.width !== other.width || one.height !== other.height) return Number.NaN
  let count = 0
  for (let i = 0; i < one.data.length; i += 4) {
    if ([0, 1, 2].some((channel) => Math.abs(one.data[i + channel]! - other.data[i + channel]!) > CHANNEL_STEPS)) count++
  }
  return count / (one.data.length / 4)
}

export interface Pixels { width: number; height: number; data: Uint8Array }

/** Red, green, blue, alpha of a PNG, row by row. */
export async function decode(page: Page, png: Buffer): Promise<Pixels> {
  const empty = await page.context().newPage()
  try {
    const { width, height, text } = await empty.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!
      context.drawImage(bitmap, 0, 0)
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height)
      let text = ''
      for (let i = 0; i < data.length; i += 32_768) text += String.fromCharCode(...data.subarray(i, i + 32_768))
      return { width: bitmap.width, height: bitmap.height, text: btoa(text) }
    }, png.toString('base64'))
    return { width, height, data: Buffer.from(text, 'base64') }
  } finally {
    await empty.close()
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const WCAG = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']

/** Fails with every violation of WCAG 2.2 A and AA that a machine can see, and where. */
export async function checkAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE)
  const found = await page.evaluate(async (tags) => {
    const { axe } = window as unknown as { axe: { run: (at: Document, options: object) => Promise<{ violations: { id: string; help: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] }> } }
    const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: tags } })
    return violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${String(target)} ${(failureSummary ?? '').split('\n')[1] ?? ''}`))
  }, WCAG)
  expect(found).toEqual([])
}

export const DEFICIENCIES = ['protanopia', 'deuteranopia', 'tritanopia'] as const
export type Deficiency = (typeof DEFICIENCIES)[number]

/** From now on the page is painted as somebody with that colour vision sees it; undefined: as most people do. */
export async function colourVision(page: Page, deficiency: Deficiency | undefined): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Emulation.setEmulatedVisionDeficiency', { type: deficiency ?? 'none' })
  await session.detach()
}

/** Colour (CIE L*a*b*) of what is painted in each element, in the page's present colour vision; by default in its middle, else at those shares of its width and height. */
export async function coloursOf(page: Page, selectors: readonly string[], [across, down] = [0.5, 0.5]): Promise<[number, number, number][]> {
  const all = await decode(page, await page.screenshot({ animations: 'disabled' }))
  const boxes = await Promise.all(selectors.map(async (selector) => (await page.locator(selector).first().boundingBox())!))
  return boxes.map(({ x, y, width, height }) => {
    const i = (Math.round(y + height * down) * all.width + Math.round(x + width * across)) * 4
    const [r, g, b] = [0, 1, 2].map((channel) => {
      const share = all.data[i + channel]! / 255
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
    }) as [number, number, number]
    const [fx, fy, fz] = [(0.4124 * r + 0.3576 * g + 0.1805 * b) / 0.9505, 0.2126 * r + 0.7152 * g + 0.0722 * b, (0.0193 * r + 0.1192 * g + 0.9505 * b) / 1.089].map((t) => (t > 0.008856 ? Math.cbrt(t) : 7.787 * t + 16 / 116)) as [number, number, number]
    return [116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)]
  })
}
