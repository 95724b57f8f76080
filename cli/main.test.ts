import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Insight } from '../model/insight.ts'
import { runCommand } from '../test/run-command.ts'

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'greenwave-cli-')) })
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const TEXTBOOK = join(import.meta.dirname, '..', 'scenarios', 'textbook-arterial')

describe('the greenwave command', () => {
  it('lists every command with its summary, and the exit codes', async () => {
    const { code, out } = await runCommand('help')
    expect(code).toBe(0)
    for (const name of ['import', 'plan', 'simulate', 'export', 'demo']) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'))
    expect(out).toContain('3 invalid input')
  })

  it('shows the options of a command', async () => {
    const { code, out } = await runCommand('plan', '--help')
    expect(code).toBe(0)
    expect(out).toContain('--cycle <60:140>')
    expect(out).toContain('--json')
  })

  it.each<[string, string[], RegExp]>([
    ['a command that does not exist', ['replan-everything'], /"replan-everything" is no command/],
    ['a prototype word as a command', ['constructor'], /"constructor" is no command/],
    ['an unknown option', ['plan', TEXTBOOK, '--fast'], /Unknown option '--fast'/],
    ['a missing scenario', ['plan'], /the scenario folder is missing/],
    ['one argument too many', ['plan', TEXTBOOK, 'twice'], /"twice" is one argument too many/],
    ['a cycle that is no range', ['plan', TEXTBOOK, '--cycle', '140:60'], /--cycle is "140:60"/],
    ['a seed that is no number', ['plan', TEXTBOOK, '--seed', 'x'], /--seed is "x"/],
    ['a weight that is none', ['plan', TEXTBOOK, '--weight', '-1'], /--weight|weight/],
    ['an objective that is none', ['plan', TEXTBOOK, '--objective', 'hope'], /--objective is "hope"; it must be one of auto, band, multiband, delay, paths/],
    ['a format that is none', ['import', join(TEXTBOOK, 'network.json'), '--format', 'visum', '--out', 'x'], /--format is "visum"/],
  ])('refuses %s with exit code 2 and a sentence', async (_, words, sentence) => {
    const { code, out, err } = await runCommand(...words)
    expect(err).toMatch(sentence)
    expect(code).toBe(2)
    expect(out).toBe('')
  })

  it.each<[string, string[], number, RegExp]>([
    ['a scenario that is not there', ['plan', '/nowhere'], 3, /scenario\.json: the file does not exist/],
    ['a corridor that the scenario does not have', ['plan', TEXTBOOK, '--corridor', 'ring-road'], 3, /no corridor "ring-road"; it has textbook-arterial/],
    ['a period that the scenario does not have', ['plan', TEXTBOOK, '--period', '03:00'], 3, /no period "03:00"/],
    ['a cycle that is shorter than the minimums', ['plan', TEXTBOOK, '--cycle', '20:22', '--seeds', '0'], 4, /\d+ s/],
  ])('answers %s with its own exit code', async (_, words, expected, sentence) => {
    const { code, err } = await runCommand(...words)
    expect(err).toMatch(sentence)
    expect(code).toBe(expected)
  })

  it('plans without simulating, writes all files, and says the same as JSON with stable keys', async () => {
    const { code, out, err } = await runCommand('plan', TEXTBOOK, '--seeds', '0', '--objective', 'band', '--cycle', '80', '--solver', 'highs', '--out', join(folder, 'plan'), '--json')
    expect(err).toBe('')
    expect(code).toBe(0)
    const result = JSON.parse(out) as Record<string, unknown> & { bands: { direction: string; width_s: number }[]; objective: { proven: boolean }; files: Record<string, string>; notes: string[] }
    expect(Object.keys(result)).toEqual(expect.arrayContaining(['corridor', 'period', 'cycle_s', 'objective', 'bands', 'checked', 'losers', 'files', 'cpu_s']))
    expect(result.cycle_s).toBe(80)
    expect(result.notes.join(' ')).toMatch(/highs confirms the optimum of the bands/i)
    const again = await runCommand('export', TEXTBOOK, '--plan', result.files.plan as string, '--format', 'csv', '--out', join(folder, 'plan.csv'))
    expect(again.code).toBe(0)
  })

  it('says why, with every open cycle and each next step by its gain', async () => {
    const words = ['plan', TEXTBOOK, '--seeds', '0', '--objective', 'band', '--cycle', '70:84', '--out', join(folder, 'why'), '--why']
    const { code, out } = await runCommand(...words, '--json')
    expect(code).toBe(0)
    const { why, cycle_s } = JSON.parse(out) as { cycle_s: number; why: Insight }
    expect(why.cycles.taken.cycle_s).toBe(cycle_s)
    expect(why.cycles.cycles.map(({ cycle_s }) => cycle_s)).toEqual(expect.arrayContaining([79, 80, 81]))
    expect(why.cycles.better).toBe(0)
    expect(why.steps.map(({ gain_s }) => gain_s)).toEqual(why.steps.map(({ gain_s }) => gain_s).toSorted((a, b) => b - a))
    expect(why.steps.filter(({ change }) => change.kind === 'green')).toHaveLength(8)
    const shown = await runCommand(...words)
    for (const sentence of why.sentences) expect(shown.out).toContain(`  ${sentence}\n`)
  })

  it('gives SUMO the whole street where the network did not come from SUMO', async () => {
    await runCommand('plan', TEXTBOOK, '--seeds', '0', '--out', join(folder, 'street'))
    const { code, out } = await runCommand('export', TEXTBOOK, '--plan', join(folder, 'street', 'plan.json'), '--format', 'sumo', '--out', join(folder, 'sumo', 'plan.add.xml'))
    expect(code).toBe(0)
    expect(out).toMatch(/netconvert -n .*plan\.nod\.xml/)
    expect(readdirSync(join(folder, 'sumo')).sort()).toEqual(['con', 'edg', 'nod', 'rou', 'running.add', 'tll'].map((part) => `plan.${part}.xml`).concat('plan.add.xml').sort())
  })

  it('refuses to export or simulate a plan that breaks a rule, with exit code 5', async () => {
    await runCommand('plan', TEXTBOOK, '--seeds', '0', '--out', join(folder, 'good'))
    const { readFileSync, writeFileSync, existsSync } = await import('node:fs')
    const plan = JSON.parse(readFileSync(join(folder, 'good', 'plan.json'), 'utf8')) as { intersections: { cycle_s: number }[] }
    plan.intersections[0]!.cycle_s += 5
    const bad = join(folder, 'bad.json')
    writeFileSync(bad, JSON.stringify(plan))
    for (const words of [['export', TEXTBOOK, '--plan', bad, '--format', 'sumo', '--out', join(folder, 'bad.add.xml')], ['simulate', TEXTBOOK, '--plan', bad, '--seeds', '1']]) {
      const { code, err } = await runCommand(...words)
      expect(err).toMatch(/signal 1: the splits add up to \d+ s, the cycle is \d+ s/)
      expect(code).toBe(5)
    }
    expect(existsSync(join(folder, 'bad.add.xml'))).toBe(false)
    writeFileSync(bad, JSON.stringify({ ...plan, period: 'never' }))
    const { code, err } = await runCommand('export', TEXTBOOK, '--plan', bad, '--format', 'csv', '--out', join(folder, 'bad.csv'))
    expect(err).toMatch(/no period "never"/)
    expect(code).toBe(3)
  })
})
