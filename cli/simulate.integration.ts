// The built command in a process of its own: threads, progress, and Ctrl-C.
import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const TEXTBOOK = join(import.meta.dirname, '..', 'scenarios', 'textbook-arterial')
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-simulate-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended { code: number | null; out: string; err: string }

/** Runs `greenwave` in an empty folder; `interruptAt` sends SIGINT as soon as stderr holds the word. */
function greenwave(words: string[], interruptAt?: string): Promise<Ended> {
  const child = spawn(process.execPath, [join(process.cwd(), 'dist', 'cli', 'main.js'), ...words], { cwd: folder })
  let [out, err, sent] = ['', '', false]
  child.stdout.on('data', (chunk: Buffer) => { out += String(chunk) })
  child.stderr.on('data', (chunk: Buffer) => {
    err += String(chunk)
    if (interruptAt !== undefined && !sent && err.includes(interruptAt)) sent = child.kill('SIGINT')
  })
  return new Promise((resolve, reject) => child.on('error', reject).on('close', (code) => resolve({ code, out, err })))
}

describe('greenwave simulate', () => {
  it('prints the same on one thread and on three', async () => {
    const [one, three] = await Promise.all(['1', '3'].map((workers) => greenwave(['simulate', TEXTBOOK, '--seeds', '3', '--growth', '0.3', '--step', '1', '--workers', workers, '--stratified', '--json', '--quiet'])))
    expect([one!.code, three!.code, one!.err]).toEqual([0, 0, ''])
    // Only the time it took may differ.
    const measured = ({ out }: Ended): object => ({ ...(JSON.parse(out) as object), cpu_s: 0 })
    expect(measured(three!)).toEqual(measured(one!))
  })

  it('ends at Ctrl-C in the middle of a run with exit code 130, nothing said and nothing written', async () => {
    // A thousand runs: nobody would wait for the end.
    const { code, out, err } = await greenwave(['simulate', TEXTBOOK, '--seeds', '1000', '--workers', '2', '--json'], 'simulating')
    expect(code).toBe(130)
    expect(out).toBe('')
    expect(err).toContain('interrupted; nothing was written')
    expect(readdirSync(folder)).toEqual([])
  })
})
