// The frame that all pages share, the start page and the list of corridors; and of every page of the workbench what must hold for all of them.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { PASSWORD } from '../../api/testing.ts'
import { checkAccessible, coloursOf, colourVision, DEFICIENCIES, expectPicture, hasChromium, withTown } from './browser.ts'
import { serveTown } from './serve.ts'

const ROOT = join(import.meta.dirname, '..', '..')
/** Of all pages by their address, the fields filled in; read from the list itself, so that a new page is looked at as soon as it is there. */
const PATHS = [...readFileSync(join(ROOT, 'web', 'shell', 'pages.ts'), 'utf8').matchAll(/^ {2}\{ path: '([^']+)'/gm)].map(([, path]) => path!)
  // Nothing of this town is published: the public page is tried by itself.
  .filter((path) => path !== '/public')

describe.skipIf(!hasChromium())('the workbench in a browser', () => {
  const at = withTown(serveTown)

  const addressOf = (path: string): string => path.replaceAll(/:(\w+)/g, (_, field: string) => ({ corridor: at.town.corridor, signal: '1', plan: at.town.plans.simulated, screen: 'hall', place: 'place-1', treatment: 'place-1' })[field] ?? field)
  /** Everything asked for has come, and nothing is being loaded. */
  const settled = async (page: Page): Promise<void> => {
    await page.waitForLoadState('load')
    await page.locator('main, body > *').first().waitFor()
    await expect.poll(() => page.locator('.sh-waiting').count(), { timeout: 20_000 }).toBe(0)
  }

  it('shows the streets as they are now, with the age of the data and the figures in words', async () => {
    const page = await at.browser.open(at.town, '/')
    await page.locator('.ov-lines .ov-live:not(.ov-unknown)').nth(37).waitFor({ state: 'attached' })
    expect(await page.locator('.sh-age').textContent()).toBe('newest vehicle 5 s ago')
    expect(await page.locator('#legend .ov-swatch').count()).toBe(5)
    expect(await page.locator('#slowest li').count()).toBe(8)
    await page.locator('#slowest button').first().click()
    expect(await page.locator('.ov-detail').textContent()).toContain('Vehicles in 10 min')
    expect(await page.title()).toBe('Overview · Nanhu Avenue (illustrative) · greenwave')
    await page.locator('.ov-detail button').click()
    await page.mouse.move(0, 0)
    await expectPicture(page, 'overview', { of: 'main' })
    at.browser.expectQuiet()
  })

  it('says everything in Chinese, in the dark, in miles', async () => {
    const page = await at.browser.open(at.town, '/', { language: 'zh', scheme: 'dark', units: 'imperial' })
    await page.locator('#slowest li').first().waitFor()
    expect(await page.locator('#slowest').textContent()).toContain('英里/小时')
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-CN')
    await expectPicture(page, 'overview-zh-dark', { of: 'main' })
    at.browser.expectQuiet()
  })

  it('lists corridors with what runs, their plans, how far they have come, and the way into the editor', async () => {
    const page = await at.browser.open(at.town, '/corridors')
    const rows = page.locator('.sh-table tbody tr')
    await rows.nth(2).waitFor()
    expect((await rows.allTextContents()).map((text) => /draft|simulated|approved/.exec(text)?.[0]).sort()).toEqual(['approved', 'draft', 'simulated'])
    await page.getByRole('button', { name: 'Stage' }).click()
    expect(await rows.first().textContent()).toContain('draft')
    await expectPicture(page, 'corridors', { of: 'main' })
    await rows.first().getByRole('link').click()
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe(`/corridors/${at.town.corridor}?plan=${at.town.plans.draft}`)
    at.browser.expectQuiet()
  })

  it('is gone through by keyboard alone: logging in, to a page, through the palette to a corridor, its map of keys, out again', async () => {
    const page = await at.browser.open(at.town, '/corridors', { role: null })
    const type = async (text: string): Promise<void> => {
      for (const key of text) await page.keyboard.press(key === ' ' ? 'Space' : key)
    }
    const focused = (): Promise<string> => page.evaluate(() => document.activeElement?.getAttribute('name') ?? document.activeElement?.id ?? '')
    await page.locator('input[name=login]').waitFor()
    for (let presses = 0; (await focused()) !== 'login'; presses++) {
      expect(presses).toBeLessThan(10)
      await page.keyboard.press('Tab')
    }
    await type('engineer')
    await page.keyboard.press('Tab')
    await type('not it')
    await page.keyboard.press('Enter')
    await page.getByText('Name or password is wrong.').waitFor()
    await page.locator('input[name=password]').press('Control+a')
    await type(PASSWORD)
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Corridors', level: 1 }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/corridors')
    await page.locator('body').press('g')
    await page.keyboard.press('o')
    await page.locator('#slowest').waitFor()
    expect(await focused()).toBe('main')
    await page.keyboard.press('Control+k')
    await page.getByRole('combobox').waitFor()
    await page.getByRole('option', { name: /signal/ }).first().waitFor()
    await type('nanhu a')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**/corridors/${at.town.corridor}`)
    await page.keyboard.press('?')
    expect(await page.getByRole('dialog').textContent()).toContain('Commands and places')
    await page.keyboard.press('Escape')
    expect(await page.getByRole('dialog').count()).toBe(0)
    await page.locator('.sh-who').press('Enter')
    await page.getByRole('button', { name: 'Log out' }).press('Enter')
    await page.locator('input[name=login]').waitFor()
    at.browser.expectQuiet(/status of 401/)
  })

  it('says that the service is away, and goes on by itself when it comes back', async () => {
    const page = await at.browser.open(at.town, '/', { role: 'viewer' })
    await page.locator('#slowest').waitFor()
    expect(await page.locator('#feeds').textContent()).toContain('Engineers see')
    await page.context().setOffline(true)
    await page.getByText('The service does not answer. Trying again …').waitFor({ timeout: 20_000 })
    await page.context().setOffline(false)
    await page.getByText('The service does not answer. Trying again …').waitFor({ state: 'detached', timeout: 20_000 })
    at.browser.expectQuiet(/status of 4\d\d|ERR_INTERNET_DISCONNECTED|network/i)
  })

  it('tells the classes of congestion apart with every colour vision, by lightness or hue', async () => {
    const page = await at.browser.open(at.town, '/')
    await page.locator('#legend .ov-swatch').nth(3).waitFor()
    for (const deficiency of [undefined, ...DEFICIENCIES]) {
      await colourVision(page, deficiency)
      // Beside the mark in the middle.
      const colours = await coloursOf(page, [0, 1, 2, 3].map((level) => `#legend .ov-level-${level}`), [0.06, 0.2])
      for (const [i, one] of colours.entries()) for (const other of colours.slice(i + 1)) expect(Math.hypot(...one.map((value, axis) => value - other[axis]!)), `${deficiency ?? 'usual'} ${i}`).toBeGreaterThan(15)
    }
  })

  it.each(PATHS)('has a page at %s that a checker finds accessible, that asks no other host, and that complains of nothing', async (path) => {
    const page = await at.browser.open(at.town, addressOf(path), { role: 'administrator' })
    await settled(page)
    expect(new URL(page.url()).pathname).toBe(addressOf(path))
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      // Colours glide from one scheme to the other.
      await page.evaluate(() => Promise.allSettled(document.getAnimations().filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime)).map(({ finished }) => finished)))
      await checkAccessible(page)
    }
    at.browser.expectQuiet()
  })
})

describe('the pages as they are built', () => {
  it('load less than a hundred kilobytes of packed script before anything is shown', () => {
    const folder = join(ROOT, 'dist', 'web')
    const assets = readdirSync(join(folder, 'assets'))
    /** What a file loads at once, and what that loads. */
    const closure = (file: string, seen = new Set<string>()): Set<string> => {
      if (seen.has(file)) return seen
      seen.add(file)
      const text = readFileSync(join(folder, 'assets', file), 'utf8')
      for (const [, name] of text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+\.js)"/g)) if (assets.includes(name!)) closure(name!, seen)
      return seen
    }
    const first = [...readFileSync(join(folder, 'index.html'), 'utf8').matchAll(/assets\/([\w.-]+\.js)/g)].map(([, name]) => name!)
    // With the start page, whichever of its pieces are apart.
    const page = assets.filter((name) => /^page-.*\.js$/.test(name) && readFileSync(join(folder, 'assets', name), 'utf8').includes('ov-page'))
    const all = [...first, ...page].reduce((seen, name) => closure(name, seen), new Set<string>())
    const bytes = [...all].reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, 'assets', name))).length, 0)
    process.stderr.write(`first page: ${(bytes / 1000).toFixed(1)} kB of script gzipped in ${all.size} files\n`)
    expect(page).toHaveLength(1)
    expect(bytes).toBeGreaterThan(10_000)
    expect(bytes).toBeLessThan(100_000)
  })

  it('do not compile where a text is missing in one language', () => {
    mkdirSync(join(ROOT, 'out'), { recursive: true })
    const folder = mkdtempSync(join(ROOT, 'out', 'words-'))
    const compile = (zh: string): string => {
      writeFileSync(join(folder, 'planted.ts'), `import { texts } from '../../web/words/language.ts'\nconst en = { go: 'Go', stop: (n: number) => \`Stop \${n}\` }\nconst zh: typeof en = ${zh}\nexport const words = texts({ en, zh })\n`)
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../web/tsconfig.json', compilerOptions: { rootDir: '../..' }, include: ['planted.ts'], exclude: [] }))
      try {
        return execFileSync(join(ROOT, 'node_modules', '.bin', 'tsc'), ['-p', folder], { encoding: 'utf8' })
      } catch (error) {
        return String((error as { stdout: string }).stdout)
      }
    }
    try {
      expect(compile("{ go: '走', stop: (n) => `停 ${n}` }")).toBe('')
      expect(compile("{ go: '走' }")).toContain("Property 'stop' is missing")
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
