import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { Writable } from 'node:stream'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCommand } from '../test/run-command.ts'
import { main } from './main.ts'

const TEXTBOOK = join(import.meta.dirname, '..', 'scenarios', 'textbook-arterial')

describe('greenwave simulate', () => {
  it.each<[string, string[], RegExp]>([
    ['to decide without a baseline', ['--until-decided'], /--until-decided compares two plans: --baseline is missing/],
    ['no workers', ['--workers', '0'], /--workers is "0"; it must be a whole number from 1 to 256/],
    ['a threshold below 0', ['--until-decided', '--baseline', 'running', '--threshold', '-1'], /--threshold/],
    ['to decide with too few seeds', ['--until-decided', '--baseline', 'running', '--seeds', '4'], /the test may take 4 seeds; it needs at least 5/],
  ])('refuses %s', async (_, words, sentence) => {
    const { code, out, err } = await runCommand('simulate', TEXTBOOK, ...words)
    expect(err).toMatch(sentence)
    expect([code, out]).toEqual([2, ''])
  })

  it('drives by the rules that are asked for, else by those of the scenario', async () => {
    const delay = async (...words: string[]): Promise<number> => {
      const { code, out } = await runCommand('simulate', TEXTBOOK, '--seeds', '1', '--step', '1', '--growth', '0.5', '--json', ...words)
      expect(code).toBe(0)
      return (JSON.parse(out) as { delay_s: { mean: number } }).delay_s.mean
    }
    const [asSaid, field, sumo] = [await delay(), await delay('--driving', 'field'), await delay('--driving', 'sumo')]
    expect(asSaid).toBe(field)
    expect(sumo).not.toBe(field)
    expect((await runCommand('simulate', TEXTBOOK, '--driving', 'wild')).err).toMatch(/--driving is "wild"; it must be one of field, sumo/)
  })

  it('follows by the model that is asked for, else by that of the scenario', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'greenwave-following-'))
    try {
      cpSync(TEXTBOOK, folder, { recursive: true })
      const path = join(folder, 'scenario.json')
      writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')) as object, car_following: 'krauss' }))
      const delay = async (...words: string[]): Promise<number> => {
        const { code, out } = await runCommand('simulate', ...words, '--seeds', '1', '--step', '1', '--growth', '0.5', '--json')
        expect(code).toBe(0)
        return (JSON.parse(out) as { delay_s: { mean: number } }).delay_s.mean
      }
      const [asSaid, asked, other] = [await delay(folder), await delay(TEXTBOOK, '--model', 'krauss'), await delay(folder, '--model', 'idm')]
      expect(asSaid).toBe(asked)
      expect(other).not.toBe(asked)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })

  it('finds a plan no worse than itself after five seeds and says so', async () => {
    const { code, out } = await runCommand('simulate', TEXTBOOK, '--baseline', 'running', '--until-decided', '--step', '1', '--growth', '0.2')
    expect(code).toBe(0)
    expect(out).toMatch(/^5 runs, \d+ gridlocked/)
    expect(out).toContain('after 5 of at most 30 seeds: the plan is no worse; delay and the wait to enter 0.00 ± 0.00 s per vehicle')
  })

  it('ends with exit code 130 and an empty stdout when it is interrupted between two runs', async () => {
    const controller = new AbortController()
    let out = ''
    let err = ''
    const keep = (add: (text: string) => void): Writable => new Writable({ write: (chunk: Buffer, _encoding, done) => { add(String(chunk)); done() } })
    const running = main(['simulate', TEXTBOOK, '--seeds', '1000', '--step', '1'], keep((text) => { out += text }), keep((text) => {
      err += text
      if (text.includes('simulating')) controller.abort()
    }), controller.signal)
    expect(await running).toBe(130)
    expect([out, err]).toEqual(['', 'simulating\ngreenwave: interrupted; nothing was written\n'])
  })
})
