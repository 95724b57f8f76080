// A simulated corridor as a few floating cars, radar at one of its intersections and the logs of all controllers tell of it, measured
// by the command, against what every vehicle did.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Estimate, MovementState, TrafficState } from '../model/traffic-state.ts'
import { runCommand } from './run-command.ts'

const TEXTBOOK = join(import.meta.dirname, '..', 'scenarios', 'textbook-arterial')
/** The second of four. */
const RADAR_AT = '2'

let folder: string
let [alone, together]: TrafficState[] = []
/** Vehicles over each stop line, `from>to`. */
const truth = new Map<string, number>()
const silent = { from_s: Date.parse('2026-01-05T08:30:00Z') / 1000, until_s: Date.parse('2026-01-05T08:40:00Z') / 1000 }
let stuck_s = 0

const file = (name: string): string => join(folder, name)
const rowsOf = async (name: string): Promise<string[][]> => (await readFile(file(name), 'utf8')).trimEnd().split('\n').slice(1).map((line) => line.split(','))

async function measure(...words: string[]): Promise<TrafficState> {
  const { code, out, err } = await runCommand('measure', TEXTBOOK, '--probes', file('probes.csv'), '--events', file('events.csv'), ...words, '--json', '--quiet')
  expect(err).toBe('')
  expect(code).toBe(0)
  return JSON.parse(out) as TrafficState
}

/** Radar at one intersection; one of its sensors is away for ten minutes; a car stands in the junction for twelve seconds. */
async function writeRadar(): Promise<void> {
  const lines = (await readFile(file('radar.ndjson'), 'utf8')).trimEnd().split('\n')
  const kept = lines.map((line) => ({ line, row: JSON.parse(line) as { time: string; sensor: string; x: number } })).filter(({ row }) => row.sensor.startsWith(`${RADAR_AT}/`))
    .map(({ line, row }) => ({ line, sensor: row.sensor, x: row.x, time_s: Date.parse(row.time) / 1000 })).filter(({ sensor, time_s }) => sensor !== `${RADAR_AT}/202-2` || time_s < silent.from_s || time_s >= silent.until_s)
  const ends = (await rowsOf('events.csv')).filter(([, device, event, phase]) => device === RADAR_AT && event === '8' && phase === '2').map(([time]) => Date.parse(`${time!.replace(' ', 'T')}Z`) / 1000)
  // Where it comes from nobody else is.
  const near = kept.filter(({ sensor, x }) => sensor === `${RADAR_AT}/1-2` && x > 450)
  const end = ends.find((time_s) => time_s > silent.until_s && !near.some((one) => one.time_s > time_s - 4 && one.time_s < time_s + 8))!
  stuck_s = end + 4
  for (let time_s = end - 2; time_s < stuck_s + 18; time_s += 0.5) {
    const x = time_s < stuck_s ? 547 - 12 * (stuck_s - time_s) : time_s < stuck_s + 12 ? 547 : 547 + 8 * (time_s - stuck_s - 12)
    kept.push({ time_s, x, sensor: `${RADAR_AT}/1-2`, line: JSON.stringify({ time: new Date(time_s * 1000).toISOString(), sensor: `${RADAR_AT}/1-2`, id: 999_999, x, y: x < 500 ? -1.9 : x < 530 ? -3.6 : -4.9, speed_mps: time_s < stuck_s ? 12 : time_s < stuck_s + 12 ? 0 : 8, lane: 1, length_m: 5 }) })
  }
  await writeFile(file('one.ndjson'), `${kept.sort((a, b) => a.time_s - b.time_s).map(({ line }) => line).join('\n')}\n`)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'measure-sensors-'))
  await runCommand('simulate', TEXTBOOK, '--seeds', '1', '--step', '0.5', '--growth', '0.6', '--quiet', '--observations', folder, '--probe-share', '0.1', '--probe-interval', '2', '--probe-noise', '3', '--radar-missed', '0.03', '--radar-range', '150')
  const last = new Map<string, string>()
  for (const [, vehicle, , , , , , link] of await rowsOf('trajectories.csv')) {
    const before = last.get(vehicle!)
    if (before !== undefined && before !== link) truth.set(`${before}>${link}`, (truth.get(`${before}>${link}`) ?? 0) + 1)
    last.set(vehicle!, link!)
  }
  await writeRadar()
  alone = await measure('--detectors', file('detectors.csv'))
  together = await measure('--radar', file('one.ndjson'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const trueVolume = ({ from, to }: MovementState): number => ((truth.get(`${from}>${to}`) ?? 0) * 3600) / (together!.until_s - together!.from_s)
const holds = ({ low, high }: Estimate, value: number): boolean => low! <= value && value <= high!
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!

describe('probes, radar and logs of a corridor together', () => {
  it('say of every volume where it is from: counted under the radar, by probes that it calibrates elsewhere', () => {
    for (const { signal, from, volume_vph, volume_method, counted } of together!.movements) {
      if (volume_vph.value === null) continue
      // Its sensor was away for a seventh of the time.
      if (from === '202-2') expect(volume_method).toBe('fused')
      else if (signal === RADAR_AT) expect(volume_method).toBe('radar')
      if (signal !== RADAR_AT) expect([volume_method, counted]).toEqual(['fused', 0])
    }
    expect(together!.movements.filter(({ volume_method }) => volume_method === 'fused').length).toBeGreaterThan(8)
    expect(new Set(alone!.movements.flatMap(({ volume_method }) => volume_method ?? []))).toEqual(new Set(['probes']))
  })

  it('know volumes elsewhere at least twice as well as probes alone, inside their intervals', () => {
    const before = new Map(alone!.movements.map((one) => [one.movement, one]))
    const busy = together!.movements.filter((one) => one.signal !== RADAR_AT && trueVolume(one) > 60)
    const error = (one: MovementState): number => Math.abs(one.volume_vph.value! / trueVolume(one) - 1)
    expect(busy.length).toBeGreaterThan(8)
    expect(median(busy.map(error))).toBeLessThan(0.5 * median(busy.map((one) => error(before.get(one.movement)!))))
    expect(busy.filter((one) => holds(one.volume_vph, trueVolume(one))).length / busy.length).toBeGreaterThan(0.8)
  })

  it('count under the radar to a twentieth', () => {
    const seen = together!.movements.filter((one) => one.signal === RADAR_AT && trueVolume(one) > 100)
    expect(seen.length).toBeGreaterThan(1)
    for (const one of seen) expect(Math.abs(one.volume_vph.value! / trueVolume(one) - 1)).toBeLessThan(0.08)
  })

  it('measure the phases under the radar as real detectors do, and no others', () => {
    for (const { device, phase, volume_vph, arrivals_on_green } of together!.phases) {
      if (device !== RADAR_AT) {
        expect([volume_vph, arrivals_on_green]).toEqual([null, null])
        continue
      }
      const real = alone!.phases.find((one) => one.device === device && one.phase === phase)!
      if (phase !== 4) expect(Math.abs(volume_vph! / real.volume_vph! - 1)).toBeLessThan(0.05)
      expect(arrivals_on_green).not.toBeNull()
    }
  })

  it('find sensors that hang and tick as they should, and one that does not', async () => {
    expect(together!.sensors!.length).toBe(4)
    for (const { calibration, clock_offset_s } of together!.sensors!) {
      expect(calibration?.off).not.toBe(true)
      expect(Math.abs(clock_offset_s ?? 0)).toBeLessThan(1)
    }
    const bent = (await readFile(file('one.ndjson'), 'utf8')).trimEnd().split('\n').filter((line) => line.includes(`"${RADAR_AT}/1-2"`)).map((line) => {
      const row = JSON.parse(line) as { time: string; x: number; y: number }
      return JSON.stringify({ ...row, time: new Date(Date.parse(row.time) + 3000).toISOString(), y: row.y - 1.2 + (row.x - 480) * Math.sin(Math.PI / 180) })
    })
    await writeFile(file('bent.ndjson'), `${bent.join('\n')}\n`)
    const [sensor] = (await measure('--radar', file('bent.ndjson'))).sensors!
    expect(sensor!.calibration!.off).toBe(true)
    expect(Math.abs(sensor!.calibration!.turn_deg + 1)).toBeLessThan(0.3)
    expect(Math.abs(sensor!.clock_offset_s! - 3)).toBeLessThan(1)
  })

  it('tell of the sensor that was away and of the car that stood in the junction', () => {
    const away = together!.sensors!.find(({ sensor }) => sensor === `${RADAR_AT}/202-2`)!
    expect(away.silences.length).toBe(1)
    expect(Math.abs(away.silences[0]!.from_s - silent.from_s)).toBeLessThan(60)
    expect(Math.abs(away.silences[0]!.until_s! - silent.until_s)).toBeLessThan(60)
    expect(together!.sensors!.filter(({ silences }) => silences.length > 0)).toEqual([away])
    const [alarm, ...rest] = together!.spillbacks!
    expect(rest).toEqual([])
    expect(alarm).toMatchObject({ from: '1-2', to: '2-3', level: 3 })
    expect(alarm!.from_s - stuck_s).toBeGreaterThan(2)
    expect(alarm!.from_s - stuck_s).toBeLessThan(5)
  })
})
