// The demo town as somebody meets it: started from the build, looked at with a browser, killed, started again, replanned.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Chromium, hasChromium, type Screen } from './chromium.ts'
import { until } from './serving.ts'

const root = join(import.meta.dirname, '..')
const pictures = join(root, 'out', 'pictures')
const DESKTOP: Screen = { width: 1440, height: 900 }
/** A figure that machines differ in: told, not asserted. */
const tell = (what: string, since_ms: number): boolean => process.stderr.write(`${what}: ${((performance.now() - since_ms) / 1000).toFixed(1)} s\n`)

interface Demo { child: ChildProcess; address: string; enter: string; logins: string; began: number; said: () => string }

async function startDemo(data: string): Promise<Demo> {
  const began = performance.now()
  const child = spawn(process.execPath, [join(root, 'dist', 'cli', 'main.js'), 'demo', '--data', data, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
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
  let page: Chromium
  let demo: Demo | undefined
  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true })
    folder = mkdtempSync(join(tmpdir(), 'greenwave-demo-'))
    page = await Chromium.start()
  }, 240_000)
  afterAll(async () => {
    demo?.child.kill('SIGKILL')
    await page.end()
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
  })

  const count = (selector: string): Promise<number> => page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`)
  /** Streets coloured by what was heard of just now. */
  const isLive = async (): Promise<boolean> => (await count('.lines .live:not(.unknown)')) >= 40 && (await page.evaluate<number>('Number(document.getElementById("age").dataset.age || Infinity)')) < 60
  const logIn = async (login: string, password: string): Promise<void> => {
    await page.evaluate('document.querySelector("#controls .main")?.click()')
    await until(async () => (await count('#login')) === 1)
    await page.evaluate(`(() => { const [l, p] = document.querySelectorAll('#login input'); l.value = ${JSON.stringify(login)}; p.value = ${JSON.stringify(password)}; document.querySelector('#login button').click() })()`)
  }

  it('shows its streets as they are now soon after the start, on a port that is free, and says that they are simulated', async () => {
    // What a second demo, or anything else, would meet.
    const other = createServer().listen(8080, '127.0.0.1')
    await new Promise((resolve) => { other.once('listening', resolve).once('error', resolve) })
    demo = await startDemo(folder)
    other.close()
    expect(Number(new URL(demo.address).port)).toBeGreaterThan(8080)
    await page.open(demo.enter, DESKTOP)
    await until(isLive, 120_000)
    tell('from the start of an empty town to live streets', demo.began)
    expect(await page.evaluate('document.getElementById("badge").textContent')).toBe('simulated traffic')
    expect(await page.evaluate('location.hash')).toBe('')
    expect(await count('#legend .swatch')).toBe(5)
    await page.picture(join(pictures, 'demo-town.png'))
  }, 240_000)

  it('goes on from where it was after a kill', async () => {
    expect(await end(demo!, 'SIGKILL')).toBeNull()
    const { logins } = demo!
    const before = readFileSync(logins, 'utf8')
    demo = await startDemo(folder)
    expect(readFileSync(demo.logins, 'utf8')).toBe(before)
    await page.open(demo.enter, { width: 390, height: 844, scheme: 'dark' })
    await until(isLive, 120_000)
    tell('from the start of a town that was killed to live streets', demo.began)
    await page.evaluate('document.querySelector("#controls button:last-child").click()')
    expect(await page.evaluate('document.getElementById("badge").textContent')).toBe('仿真交通')
    await page.picture(join(pictures, 'phone.png'))
    await page.evaluate('document.querySelector("#controls button:last-child").click()')
    await page.open(`${demo.address}wall`, { width: 1920, height: 1080 })
    await until(isLive, 60_000)
    await page.picture(join(pictures, 'wall.png'))
  }, 300_000)

  it('refuses a wrong password in words, and lets an engineer replan the night', async () => {
    await page.open(demo!.address, DESKTOP)
    await until(async () => (await count('#controls .main')) === 1, 60_000)
    await logIn('engineer', 'not the password')
    await until(async () => (await page.evaluate<string>('document.querySelector("#login .bad").textContent')) === 'Name or password is wrong.')
    const { engineer } = JSON.parse(readFileSync(demo!.logins, 'utf8')) as { engineer: string }
    await logIn('engineer', engineer)
    await until(async () => (await count('#replan:not([disabled])')) === 1, 900_000)
    tell('from the start to a yesterday that can be planned from', demo!.began)
    const began = performance.now()
    await page.evaluate('document.getElementById("replan").click()')
    await until(async () => (await count('#night .verdict')) === 3, 900_000)
    tell('three corridors replanned', began)
    const verdicts = await page.evaluate<string[]>('[...document.querySelectorAll("#night .verdict b:first-of-type")].map((one) => one.className)')
    process.stderr.write(`${verdicts.join(' ')}\n`)
    expect(verdicts.filter((verdict) => /verdict-(no-data|failed)/.test(verdict))).toEqual([])
    expect(await count('#report')).toBe(1)
    expect(await count('#feeds .dot.level-0')).toBe(1)
    await page.picture(join(pictures, 'night.png'))
    // The browser notes every answer that it asked for in vain: of the wrong password, and of the service that was killed and starting.
    expect(page.complaints.filter((complaint) => !/status of (?:401|503)|net::ERR_/.test(complaint))).toEqual([])
    if (process.env['UPDATE_PICTURE'] === '1') copyFileSync(join(pictures, 'demo-town.png'), join(root, 'docs', 'demo-town.png'))
  }, 2_000_000)

  it('stops at Ctrl-C', async () => {
    expect(await end(demo!, 'SIGINT')).toBe(0)
    expect(demo!.said()).toContain('stopping')
  }, 60_000)
})
