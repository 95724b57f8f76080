import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { testNetwork } from '../adapters/formats/utdf/test-network.ts'
import type { Timing } from '../model/scenario.ts'
import { runCommand } from '../test/run-command.ts'

let folder: string
let scenario: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-control-'))
  scenario = join(folder, 'street')
  writeFileSync(join(folder, 'street.csv'), `${testNetwork().map((line) => line.replace(/^Recall,(\d),.*/, 'Recall,$1,0,3,0,0,0,3,0,0')).join('\n')}\n`)
  const { code } = await runCommand('import', join(folder, 'street.csv'), '--out', scenario, '--quiet')
  if (code !== 0) throw new Error(`import ended with ${code}`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Printed { control: Record<string, number>; plan_changes: { time_s: number; signals: number }[]; delay_s: { mean: number }; gridlocked_runs: number }

/** A run is a matter of seconds, and the same line gives the same. */
const known = new Map<string, Promise<unknown>>()
function once<T>(line: readonly string[], run: () => Promise<T>): Promise<T> {
  const key = line.join(' ')
  const found = (known.get(key) ?? run()) as Promise<T>
  known.set(key, found)
  return found
}

async function simulated(...more: string[]): Promise<Printed> {
  const { code, out } = await runCommand('simulate', scenario, '--seeds', '1', '--growth', '0.5', '--json', '--quiet', '--workers', '1', ...more)
  expect(code).toBe(0)
  return JSON.parse(out) as Printed
}

describe('simulate', () => {
  it('runs signals as the file of the street says, unless told otherwise', async () => {
    const [street, fixed] = [await simulated(), await simulated('--control', 'fixed')]
    expect(street.control).toEqual({ fixed: 0, actuated: 0, coordinated: 2 })
    expect(fixed.control).toEqual({ fixed: 2, actuated: 0, coordinated: 0 })
    expect(street.delay_s.mean).toBeLessThan(fixed.delay_s.mean)
    expect(street.gridlocked_runs).toBe(0)
    expect((await simulated('--control', 'actuated')).control).toEqual({ fixed: 0, actuated: 2, coordinated: 0 })
  })

  it('refuses a way of control that is none', async () => {
    const { code, err } = await runCommand('simulate', scenario, '--control', 'clever')
    expect(code).toBe(2)
    expect(err).toContain('street, fixed, actuated, coordinated')
  })
})

describe('simulate, where the schedule switches plans on the way', () => {
  const OFFSET_S = 35
  const AFTER_S = 900
  let switching: string
  let start_s: number
  beforeAll(() => {
    switching = join(folder, 'switching')
    cpSync(scenario, switching, { recursive: true })
    const path = join(switching, 'timing.json')
    const timing = JSON.parse(readFileSync(path, 'utf8')) as Timing
    const { intervals } = JSON.parse(readFileSync(join(switching, 'demand.json'), 'utf8')) as { intervals: { start_s: number }[] }
    start_s = intervals[0]!.start_s
    const [before] = timing.plans
    timing.plans.push({ id: 'later', patterns: before!.patterns.map((pattern) => ({ ...pattern, offset_s: (pattern.offset_s + OFFSET_S) % pattern.cycle_s })) })
    timing.schedule = [{ weekdays: [1], start_s: 0, plan: before!.id }, { weekdays: [1], start_s: start_s + AFTER_S, plan: 'later' }]
    for (const control of timing.control!) control.transition = { method: 'add', add: 0.2 }
    writeFileSync(path, JSON.stringify(timing))
  })

  /** Of phase 2 of every signal, from the log: when its greens end, by device. */
  const yieldPoints = (...more: string[]): Promise<{ printed: Printed; ends: Map<string, number[]> }> => once(more, async () => {
    const to = mkdtempSync(join(folder, 'observed-'))
    const { code, out } = await runCommand('simulate', switching, '--seeds', '1', '--growth', '0.5', '--json', '--quiet', '--workers', '1', '--observations', to, ...more)
    expect(code).toBe(0)
    const rows = readFileSync(join(to, 'events.csv'), 'utf8').trimEnd().split('\n').slice(1).map((line) => line.split(','))
    const ends = new Map<string, number[]>()
    for (const [time, device, event, phase] of rows) if (event === '7' && phase === '2') ends.set(device!, [...(ends.get(device!) ?? []), Date.parse(time!.replace(' ', 'T')) / 1000])
    return { printed: JSON.parse(out) as Printed, ends }
  })

  /** The middle one: of actuated greens some end late, because nobody waited at the yield point. */
  const usual = (values: readonly number[]): number => [...values].sort((x, y) => x - y)[Math.floor(values.length / 2)]!
  const modulo = (value: number): number => ((value % 90) + 90) % 90

  it.each(['fixed', 'street'])('gets every signal in step with its new offset (control %s)', async (mode) => {
    const { printed, ends } = await yieldPoints('--control', mode)
    expect(printed.plan_changes).toEqual([{ time_s: start_s + AFTER_S, signals: 2 }])
    expect(ends.size).toBe(2)
    for (const times of ends.values()) {
      const shifts = times.map((time) => modulo(time - times[0]!))
      const shift = modulo(usual(shifts.slice(-9)) - usual(shifts.slice(0, 9)))
      expect(Math.abs(shift - OFFSET_S)).toBeLessThan(3)
    }
  })

  it('takes the transition of the settings: adding at most a fifth of a cycle at a time', async () => {
    const { ends } = await yieldPoints('--control', 'fixed')
    for (const times of ends.values()) {
      const lengths = times.slice(1).map((time, i) => time - times[i]!)
      // Dwelling would take one cycle of 125 s, subtracting shorter ones.
      expect(lengths.filter((length) => length > 91).length).toBeGreaterThanOrEqual(2)
      expect(Math.max(...lengths)).toBeLessThan(90 * 1.2 + 0.2)
      expect(Math.min(...lengths)).toBeGreaterThan(90 - 0.2)
      expect(lengths.slice(0, 7).every((length) => Math.abs(length - 90) < 0.2)).toBe(true)
    }
  })

  it('observes the run as it is controlled: every fixed cycle alike, actuated ends where traffic has them', async () => {
    const spread = async (mode: string): Promise<number> => {
      const before = [...(await yieldPoints('--control', mode)).ends.values()].flatMap((times) => times.slice(1, 9).map((time, i) => time - times[i]!))
      return Math.max(...before) - Math.min(...before)
    }
    expect(await spread('fixed')).toBeLessThan(0.2)
    expect(await spread('actuated')).toBeGreaterThan(5)
  })

  it('keeps a plan that is laid over the street for the whole period', async () => {
    const plan = join(folder, 'plan')
    const made = await runCommand('plan', switching, '--out', plan, '--seeds', '0', '--quiet')
    expect(made).toMatchObject({ code: 0 })
    expect((await yieldPoints('--plan', join(plan, 'plan.json'))).printed.plan_changes).toEqual([])
  })
})
