import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../test/run-command.ts'

const TEXTBOOK = join(import.meta.dirname, '..', 'scenarios', 'textbook-arterial')
const LIGHT = ['--seeds', '1', '--step', '1', '--growth', '0.05', '--json', '--quiet']

interface Printed {
  observations: Record<string, { path: string; rows: number }>
  movements: { from: string; signal?: string; control_delay_s?: { mean: number }; fuel_g?: { mean: number }; graded_by: string }[]
  control_delay_s?: { mean: number }
}

describe('greenwave simulate --observations', () => {
  let folder: string
  let printed: Printed
  let exit: number
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'observations-'))
    const { code, out } = await runCommand('simulate', TEXTBOOK, ...LIGHT, '--measures', 'control-delay,fuel', '--observations', folder, '--probe-share', '1', '--probe-noise', '0')
    exit = code
    printed = JSON.parse(out) as Printed
  }, 60_000)
  afterAll(() => rm(folder, { recursive: true }))

  it('writes whole files with as many rows as it says', async () => {
    expect(exit).toBe(0)
    expect((await readdir(folder)).sort()).toEqual(['detectors.csv', 'events.csv', 'phases.csv', 'probes.csv', 'radar.ndjson', 'trajectories.csv'])
    for (const [name, { path, rows }] of Object.entries(printed.observations)) {
      const lines = (await readFile(path, 'utf8')).trimEnd().split('\n').length
      expect(lines - (name === 'radar' ? 0 : 1)).toBe(rows)
      expect(rows).toBeGreaterThan(10)
    }
  })

  it('tells of the same vehicles in probes and trajectories when all are probes', async () => {
    const ids = async (file: string, column: number): Promise<Set<string>> => new Set((await readFile(join(folder, file), 'utf8')).trimEnd().split('\n').slice(1).map((line) => line.split(',')[column]!))
    const [probes, all] = [await ids('probes.csv', 0), await ids('trajectories.csv', 1)]
    expect(probes).toEqual(all)
  })

  it('logs phases under the numbers of the table beside it', async () => {
    const rows = async (file: string): Promise<string[][]> => (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n').slice(1).map((line) => line.split(','))
    const known = new Set((await rows('phases.csv')).map(([device, phase]) => `${device} ${phase}`))
    const channels = new Set((await rows('detectors.csv')).map(([device, , channel]) => `${device} ${channel}`))
    for (const [, device, event, parameter] of await rows('events.csv')) {
      const [table, key] = Number(event) >= 81 ? [channels, `${device} ${parameter}`] : [known, `${device} ${parameter}`]
      expect(table.has(key)).toBe(true)
    }
  })

  it('measures control delay and fuel beside', () => {
    expect(printed.control_delay_s!.mean).toBeGreaterThan(5)
    const used = printed.movements.filter(({ control_delay_s }) => control_delay_s !== undefined)
    expect(used.length).toBeGreaterThan(3)
    for (const { graded_by, fuel_g } of used) {
      expect(graded_by).toBe('control_delay')
      expect(fuel_g!.mean).toBeGreaterThan(0)
    }
  })
})

describe('greenwave simulate', () => {
  it.each<[string, string[], RegExp]>([
    ['how to observe without where to', ['--probe-share', '0.5'], /--probe-share says how to observe, but --observations is missing/],
    ['a share of probes above 1', ['--observations', 'x', '--probe-share', '2'], /--probe-share is "2"/],
    ['a measure that it does not know', ['--measures', 'delay'], /--measures names "delay"/],
  ])('refuses %s', async (_, words, sentence) => {
    const { code, out, err } = await runCommand('simulate', TEXTBOOK, ...words)
    expect(err).toMatch(sentence)
    expect([code, out]).toEqual([2, ''])
  })

  it('observes drivers by the rules that they drive by', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'observations-'))
    const told = async (rules: string): Promise<string> => {
      const { code } = await runCommand('simulate', TEXTBOOK, ...LIGHT, '--driving', rules, '--observations', join(folder, rules))
      expect(code).toBe(0)
      return readFile(join(folder, rules, 'trajectories.csv'), 'utf8')
    }
    try {
      expect(await told('sumo')).not.toBe(await told('field'))
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  it('leaves no half files where the day is none', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'observations-'))
    try {
      const { code, err } = await runCommand('simulate', TEXTBOOK, ...LIGHT, '--observations', folder, '--date', '2026-02-30')
      expect(err).toContain('"2026-02-30"')
      expect(code).toBe(3)
      expect(await readdir(folder)).toEqual([])
    } finally {
      await rm(folder, { recursive: true })
    }
  })
})
