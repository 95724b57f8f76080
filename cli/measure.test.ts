import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { TrafficState } from '../model/traffic-state.ts'
import { runCommand } from '../test/run-command.ts'

const TEXTBOOK = join(import.meta.dirname, '..', 'scenarios', 'textbook-arterial')

describe('measure, match and diagnose on what a simulated street tells', () => {
  let folder: string
  let state: TrafficState
  const file = (name: string): string => join(folder, name)
  const measure = async (...words: string[]): Promise<{ code: number; state: TrafficState; err: string }> => {
    const { code, out, err } = await runCommand('measure', TEXTBOOK, ...words, '--json')
    return { code, err, state: code === 0 ? (JSON.parse(out) as TrafficState) : (undefined as never) }
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'measure-'))
    await runCommand('simulate', TEXTBOOK, '--seeds', '1', '--step', '1', '--growth', '0.15', '--quiet', '--observations', folder, '--probe-share', '1', '--probe-interval', '2', '--probe-noise', '3')
    ;({ state } = await measure('--probes', file('probes.csv'), '--events', file('events.csv'), '--detectors', file('detectors.csv'), '--quiet'))
  }, 120_000)
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('finds every busy movement, with values inside their intervals', () => {
    const busy = state.movements.filter(({ probes }) => probes >= 20)
    expect(busy.length).toBeGreaterThan(3)
    for (const { control_delay_s: delay, arrival_on_green: green, stops } of busy) {
      for (const { value, low, high } of [delay, green, stops]) {
        expect(low!).toBeLessThanOrEqual(value!)
        expect(high!).toBeGreaterThanOrEqual(value!)
      }
      expect(green.high).toBeLessThanOrEqual(1)
    }
    expect(state.days).toEqual(['2026-01-05'])
    expect(state.phases.find(({ greens }) => greens > 10)!.cycle_s).toBeGreaterThan(30)
    expect(state.feeds.find(({ source }) => source.endsWith('probes.csv'))!.issues).toEqual([])
  })

  it('pools files without dates as days', async () => {
    const twice = await measure('--probes', file('probes.csv'), '--probes', file('probes.csv'), '--quiet')
    expect([twice.state.days, twice.state.daily.length]).toEqual([['2001-01-01', '2001-01-02'], 2])
    const [one, two] = [state, twice.state].map(({ movements }) => movements.reduce((sum, { probes }) => sum + probes, 0))
    expect(two).toBe(2 * one!)
  })

  it('gives each fix a link, in the times of the file', async () => {
    const { out } = await runCommand('match', TEXTBOOK, '--probes', file('probes.csv'), '--quiet')
    const rows = out.trimEnd().split('\n').map((line) => JSON.parse(line) as { vehicle_id: string; time_s: number; link: string | null; position_m: number })
    const fixes = (await readFile(file('probes.csv'), 'utf8')).trimEnd().split('\n').slice(1).map((line) => line.split(','))
    const key = (vehicle: string, time: number): string => `${vehicle} ${time}`
    expect(new Set(rows.map(({ vehicle_id, time_s }) => key(vehicle_id, time_s)))).toEqual(new Set(fixes.map(([vehicle, time]) => key(vehicle!, Number(time)))))
    const truth = new Map((await readFile(file('trajectories.csv'), 'utf8')).trimEnd().split('\n').slice(1).map((line) => line.split(',')).map((f): [string, string] => [key(f[1]!, Number(f[0])), f[7]!]))
    const known = rows.filter(({ vehicle_id, time_s }) => truth.has(key(vehicle_id, time_s)))
    expect(known.length).toBeGreaterThan(100)
    expect(known.filter(({ vehicle_id, time_s, link }) => truth.get(key(vehicle_id, time_s)) === link).length / known.length).toBeGreaterThan(0.97)
  })

  it('diagnoses the measured state and keeps a worklist', async () => {
    await writeFile(file('state.json'), JSON.stringify(state))
    const { code, out } = await runCommand('diagnose', TEXTBOOK, '--state', file('state.json'), '--seeds', '0', '--worklist', file('list.json'), '--json', '--quiet')
    const found = JSON.parse(out) as { places: { id: string }[]; sound: string[]; unknown: string[] }
    expect(code).toBe(0)
    expect(found.places.length + found.sound.length + found.unknown.length).toBeGreaterThan(0)
    expect(JSON.parse(await readFile(file('list.json'), 'utf8'))).toMatchObject({ format: 'greenwave.worklist/1' })
  })

  it('refuses what it cannot measure from in a sentence', async () => {
    expect(await measure('--quiet')).toMatchObject({ code: 2, err: expect.stringContaining('nothing to measure from') as string })
    expect(await measure('--probes', file('absent.csv'), '--quiet')).toMatchObject({ code: 3, err: expect.stringContaining('absent.csv') as string })
    await writeFile(file('degrees.csv'), 'vehicle_id,time_s,lon,lat\na,1,120.7,30.7\n')
    expect((await measure('--probes', file('degrees.csv'), '--quiet')).code).toBe(3)
    expect((await runCommand('diagnose', TEXTBOOK, '--state', file('probes.csv'))).code).toBe(3)
  })
})
