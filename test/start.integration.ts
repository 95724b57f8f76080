// The commands as a user types them, from the build, and the report as a browser shows and prints it.
import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const run = promisify(execFile)
const root = join(import.meta.dirname, '..')
const has = (program: string): boolean => {
  try {
    execFileSync('which', [program], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-start-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the built commands', () => {
  it('plan the built-in corridor, print the table and say where the report is', async () => {
    const { stdout } = await run('npm', ['start', '--silent', '--', 'nanhu-avenue', '--seeds', '3', '--out', join(folder, 'demo')], { cwd: root })
    expect(stdout).toMatch(/Measure +Before +After +Change ± 95 %/)
    expect(stdout).toMatch(/Stops, corridor.*better/)
    expect(stdout).toContain(join(folder, 'demo', 'report.html'))
    expect(readdirSync(join(folder, 'demo')).sort()).toEqual(['plan.csv', 'plan.json', 'report.html'])
  })

  it('give the same bytes for the same seed, on two threads', async () => {
    for (const name of ['one', 'two']) await run('npx', ['--no-install', 'greenwave', 'plan', 'scenarios/textbook-arterial', '--seeds', '2', '--quiet', '--out', join(folder, name)], { cwd: root })
    for (const file of ['plan.json', 'plan.csv', 'report.html']) {
      expect(readFileSync(join(folder, 'one', file), 'utf8')).toBe(readFileSync(join(folder, 'two', file), 'utf8'))
    }
  })

  it('stop at Ctrl-C with exit code 130 and leave nothing half-written', async () => {
    const out = join(folder, 'interrupted')
    const child = spawn('node', ['dist/cli/main.js', 'plan', 'scenarios/nanhu-avenue', '--seeds', '200', '--out', out], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    let sent = false
    const code = await new Promise<number | null>((resolve) => {
      child.stderr.on('data', (chunk: Buffer) => {
        said += String(chunk)
        // A second one would end the program at once, as it should.
        if (!sent && said.includes('simulating')) sent = child.kill('SIGINT')
      })
      child.on('exit', resolve)
    })
    expect(said).toMatch(/interrupted/)
    expect(code).toBe(130)
    expect(existsSync(out)).toBe(false)
  })
})

describe.skipIf(!has('chromium'))('the report in a browser', () => {
  const chromium = (...words: string[]): Promise<{ stdout: string; stderr: string }> => run('chromium', [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    `--user-data-dir=${join(folder, 'profile')}`, ...words,
  ], { maxBuffer: 64 * 2 ** 20 })

  it('shows its sections without asking the network for anything', async () => {
    const { stdout, stderr } = await chromium('--enable-logging=stderr', '--dump-dom', `file://${join(folder, 'demo', 'report.html')}`)
    for (const id of ['diagram', 'proof', 'timing']) expect(stdout).toMatch(new RegExp(`<section id="${id}`))
    expect(stdout.match(/class="time-space"/g)).toHaveLength(2)
    expect(stderr).not.toMatch(/CONSOLE.*(error|refused|violat)/i)
    expect(readFileSync(join(folder, 'demo', 'report.html'), 'utf8')).not.toMatch(/(src|href)="(https?:)?\/\//)
  })

  it('prints on A4', async () => {
    const pdf = join(folder, 'report.pdf')
    await chromium('--no-pdf-header-footer', `--print-to-pdf=${pdf}`, `file://${join(folder, 'demo', 'report.html')}`)
    const boxes = [...readFileSync(pdf, 'latin1').matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)].map(([, w, h]) => [Math.round(Number(w)), Math.round(Number(h))].sort((a, b) => a - b))
    expect(boxes.length).toBeGreaterThan(1)
    for (const [short, long] of boxes) expect([Math.abs(short! - 595) <= 1, Math.abs(long! - 842) <= 1]).toEqual([true, true])
  })
})
