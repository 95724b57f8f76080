// The demo town as somebody meets it: started from the build, looked at with a browser, killed, started again, replanned.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { until } from '../serving.ts'
import { hasChromium, TestBrowser } from './browser.ts'

const root = join(import.meta.dirname, '..', '..')
const pictures = join(root, 'out', 'pictures')
const DESKTOP = { width: 1440, height: 900, role: null } as const
/** A figure that machines differ in: told, not asserted. */
const tell = (what: string, since_ms: number): boolean => process.stderr.write(`${what}: ${((performance.now() - since_ms) / 1000).toFixed(1)} s\n`)

/** A zone in which it is the quietest hour now: what the fewest vehicles suffice for does not depend on when the test runs. */
const AT_NIGHT = ((): string => {
  const ahead_h = ((3 - new Date().getUTCHours() + 36) % 24) - 12
  return `Etc/GMT${ahead_h > 0 ? '-' : '+'}${Math.abs(ahead_h)}`
})()

interface Demo { child: ChildProcess; address: string; enter: string; logins: string; began: number; said: () => string }

async function startDemo(data: string): Promise<Demo> {
  const began = performance.now()
  const child = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), 'demo', '--data', data, '--json'], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, TZ: AT_NIGHT } })
  let [out, err] = ['', '']
  child.stdout.on('data', (text: Buffer) => { out += String(text) })
  child.stderr.on('data', (text: Buffer) => { err += String(text) })
  await until(() => out.endsWith('\n') || child.exitCode !== null)
  return { child, began, said: () => err, ...(JSON.parse(out) as Pick<Demo, 'address' | 'enter' | 'logins'>) }
}

async function end({ child }: Demo, signal: NodeJS.Signals): Promise<number | null> {
  child.kill(signal)
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  return child.exitCode
}

describe.skipIf(!hasChromium())('the demo town', () => {
  let folder: string
  let browser: TestBrowser
  let demo: Demo | undefined
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    folder = mkdtempSync(join(tmpdir(), 'greenwave-demo-'))
    browser = await TestBrowser.start()
  }, 480_000)
  afterAll(async () => {
    demo?.child.kill('SIGKILL')
    await browser.stop()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const open = ({ address }: Demo, path: string, options: Parameters<TestBrowser['open']>[2] = DESKTOP): Promise<Page> => browser.open({ url: new URL(address).origin }, path, options)
  /** With the link that lets whoever has it look around. */
  const entering = (of: Demo): string => new URL(of.enter).pathname + new URL(of.enter).hash
  /** Streets coloured by what was heard of just now. */
  const isLive = async (page: Page): Promise<boolean> => (await page.locator('.ov-lines .ov-live:not(.ov-unknown)').count()) >= 40 && Number((await page.locator('.sh-age').getAttribute('data-age')) || Infinity) < 60
  const logIn = async (page: Page, login: string, password: string): Promise<void> => {
    await page.locator('input[name=login]').fill(login)
    await page.locator('input[name=password]').fill(password)
    await page.locator('.sh-login button[type=submit]').click()
  }

  it('shows its streets as they are now soon after the start, on a port that is free, and says that they are simulated', async () => {
    // What a second demo, or anything else, would meet.
    const other = createServer().listen(8080, '127.0.0.1')
    await new Promise((resolve) => { other.once('listening', resolve).once('error', resolve) })
    demo = await startDemo(folder)
    other.close()
    expect(Number(new URL(demo.address).port)).toBeGreaterThan(8080)
    const page = await open(demo, entering(demo))
    await until(() => isLive(page), 300_000)
    tell('from the start of an empty town to live streets', demo.began)
    expect(await page.locator('#badge').textContent()).toBe('simulated traffic')
    expect(new URL(page.url()).hash).toBe('')
    expect(await page.locator('#legend .ov-swatch').count()).toBe(5)
    await page.screenshot({ path: join(pictures, 'demo-town.png') })
  }, 480_000)

  it('goes on from where it was after a kill', async () => {
    expect(await end(demo!, 'SIGKILL')).toBeNull()
    const { logins } = demo!
    const before = readFileSync(logins, 'utf8')
    demo = await startDemo(folder)
    expect(readFileSync(demo.logins, 'utf8')).toBe(before)
    const page = await open(demo, entering(demo), { role: null, width: 390, height: 844, scheme: 'dark' })
    await until(() => isLive(page), 300_000)
    tell('from the start of a town that was killed to live streets', demo.began)
    await page.locator('.sh-language').click()
    expect(await page.locator('#badge').textContent()).toBe('仿真交通')
    await page.screenshot({ path: join(pictures, 'phone.png') })
    await page.setViewportSize({ width: 1920, height: 1080 })
    await page.goto(`${demo.address}wall`)
    // Whoever was on the way when the town was killed is lost: streets are covered again within minutes.
    await page.locator('.wall-index').filter({ hasText: /^\d\.\d\d$/ }).waitFor({ timeout: 300_000 })
    tell('from the start of a town that was killed to an index of the whole', demo.began)
    await page.screenshot({ path: join(pictures, 'wall.png') })
    await browser.clear()
  }, 600_000)

  it('refuses a wrong password in words, and lets an engineer replan the night', async () => {
    const page = await open(demo!, '/')
    await logIn(page, 'engineer', 'not the password')
    await page.getByText('Name or password is wrong.').waitFor()
    const { engineer } = JSON.parse(readFileSync(demo!.logins, 'utf8')) as { engineer: string }
    await logIn(page, 'engineer', engineer)
    await page.locator('#replan:enabled').waitFor({ timeout: 900_000 })
    tell('from the start to a yesterday that can be planned from', demo!.began)
    const began = performance.now()
    await page.locator('#replan').click()
    await page.locator('#night [data-verdict]').nth(2).waitFor({ timeout: 900_000 })
    tell('three corridors replanned', began)
    const verdicts = await page.locator('#night [data-verdict]').evaluateAll((all) => all.map((one) => one.getAttribute('data-verdict')))
    process.stderr.write(`${verdicts.join(' ')}\n`)
    expect(verdicts.filter((verdict) => verdict === 'no-data' || verdict === 'failed')).toEqual([])
    expect(await page.locator('#report').count()).toBe(1)
    // What the vehicles tell, and the lamps of the emulated controllers.
    const good = page.locator('#feeds li').filter({ has: page.locator('[data-good=true]') }).locator('.ov-grow')
    await expect.poll(async () => (await good.evaluateAll((all) => all.map((one) => one.firstChild?.textContent))).sort(), { timeout: 120_000 }).toEqual(['demo-town.lamps', 'simulated-probes'])
    await page.screenshot({ path: join(pictures, 'night.png') })
    // The browser notes every answer that it asked for in vain: of the wrong password, and of the service that was killed under an open page.
    browser.expectQuiet(/status of (?:401|503)|net::ERR_/)
  }, 2_000_000)

  it('stops at Ctrl-C', async () => {
    expect(await end(demo!, 'SIGINT')).toBe(0)
    expect(demo!.said()).toContain('stopping')
  }, 60_000)
})
