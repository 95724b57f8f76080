import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseScenario } from '../../adapters/formats/scenario/read.ts'
import { LocalTime } from '../../model/local-time.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { hashOf } from '../../plans/ports/canonical.ts'
import type { TimingReader } from '../../plans/workflow/index.ts'
import { growthOf, shareOfPeak } from './day.ts'
import { demoLogins } from './logins.ts'
import { StreetTeller } from './teller.ts'
import { stretchFrom, wordFrom } from './timings.ts'
import { demoTown } from './town.ts'

const town = demoTown('Asia/Shanghai')
const patterns = [...runningPatterns(town.timing, 0).values()]
const DAY = 20_600
const H = 3600

describe('the demo town', () => {
  it('is a scenario like any other, with three corridors and what drives in passing on what came', () => {
    expect(parseScenario(JSON.parse(JSON.stringify(town))).network.signals).toHaveLength(16)
    expect(town.scenario.corridors.map(({ intersections }) => intersections.length)).toEqual([5, 6, 5])
    const at = (time: number): Map<string, number> => new Map(town.demand.volumes.map(({ movement, volume_vph }) => [movement, volume_vph[time]!]))
    const [eight, three] = [at(8), at(3)]
    for (const link of town.network.links) {
      const into = town.network.movements.filter(({ to }) => to === link.id)
      const out = town.network.movements.filter(({ from }) => from === link.id)
      const sum = (list: typeof into): number => list.reduce((total, { id }) => total + eight.get(id)!, 0)
      // Each volume is rounded to whole vehicles.
      if (into.length > 0 && out.length > 0) expect(Math.abs(sum(into) - sum(out))).toBeLessThanOrEqual(3)
    }
    const total = (volumes: Map<string, number>): number => [...volumes.values()].reduce((a, b) => a + b, 0)
    expect(total(eight)).toBeGreaterThan(2.5 * total(three))
  })

  it('has a morning that drives in and an evening that drives out, and no two days alike', () => {
    expect(shareOfPeak(8 * H, true)).toBeGreaterThan(shareOfPeak(8 * H, false))
    expect(shareOfPeak(18 * H, true)).toBeLessThan(shareOfPeak(18 * H, false))
    const growths = Array.from({ length: 100 }, (_, i) => growthOf(1, DAY + (i >> 5), (i % 32) * 900))
    expect(new Set(growths).size).toBe(100)
    expect(Math.min(...growths)).toBeGreaterThan(0.84)
    expect(Math.max(...growths)).toBeLessThan(1.17)
  })

  it('tells the same fixes for the same stretch, in degrees, each vehicle under a name of that stretch', () => {
    // At midnight, before which nothing is simulated to fill the streets.
    const stretch = { day: DAY, from_s: 0, until_s: H, timings: [{ time_s: 0, patterns }], seed: 7 }
    const from = new LocalTime('Asia/Shanghai').instant(DAY, 0)
    const told = [0, 1].map(() => {
      const teller = new StreetTeller(town)
      teller.begin(stretch)
      return [teller.advance(from + 120), teller.advance(from + 240)]
    })
    expect(told[0]).toEqual(told[1])
    const rows = told[0]!.flatMap(({ csv }) => String(csv).trim().split('\n').slice(1)).map((row) => row.split(','))
    expect(rows.length).toBe(told[0]![0]!.fixes + told[0]![1]!.fixes)
    expect(rows.length).toBeGreaterThan(50)
    for (const [vehicle, time, lon, lat] of rows) {
      expect(vehicle).toMatch(/^20600-0-\d+$/)
      expect(Number(time)).toBeGreaterThanOrEqual(from)
      expect(Number(time)).toBeLessThanOrEqual(from + 240)
      expect(Math.abs(Number(lon) - 120.75)).toBeLessThan(0.03)
      expect(Math.abs(Number(lat) - 30.75)).toBeLessThan(0.02)
    }
  })
})

describe('what the signals run', () => {
  const local = new LocalTime('Asia/Shanghai')
  /** From half past on the first signal runs another offset. */
  const reader = (at_s: number): Pick<TimingReader, 'currentTimings'> => ({
    currentTimings: async (_network, at) => patterns.map((known, i) => {
      const time = local.timeOfDay(at)
      const pattern = i === 0 && time >= at_s ? { ...known, offset_s: 99 } : known
      return { signal: pattern.signal, pattern, compiled: undefined as never, hash: hashOf(pattern), until_s: at - time + (time < at_s ? at_s : 24 * H), doubts: [] }
    }),
  })
  const from = local.instant(DAY, 7 * H + 600)
  const stretch = (at_s: number) => stretchFrom(reader(at_s) as TimingReader, { network: 'x', local, from, seed: 1 })

  it('changes within the hour as the schedule says, and only where it does', async () => {
    const { from_s, until_s, timings } = await stretch(7.5 * H)
    expect([from_s, until_s]).toEqual([7 * H + 600, 8 * H])
    expect(timings.map(({ time_s, patterns: changed }) => [time_s, changed.length])).toEqual([[7 * H + 600, 16], [7.5 * H, 1]])
    expect((await stretch(9 * H)).timings).toHaveLength(1)
  })

  it('is told apart from another schedule before it begins, and not after both have come to the same', async () => {
    const [early, late, never] = [await stretch(7.3 * H), await stretch(7.5 * H), await stretch(9 * H)]
    expect(wordFrom(early.timings, 7.2 * H)).not.toBe(wordFrom(late.timings, 7.2 * H))
    expect(wordFrom(early.timings, 7.6 * H)).toBe(wordFrom(late.timings, 7.6 * H))
    expect(wordFrom(late.timings, 7.6 * H)).not.toBe(wordFrom(never.timings, 7.6 * H))
  })
})

describe('the logins of the demo', () => {
  it('are made once, for their owner alone, and anew where the file is spoilt', () => {
    const folder = mkdtempSync(join(tmpdir(), 'greenwave-logins-'))
    try {
      const first = demoLogins(folder)
      expect(Object.keys(first.logins)).toEqual(['viewer', 'engineer', 'approver', 'administrator'])
      expect(new Set(Object.values(first.logins)).size).toBe(4)
      expect(statSync(first.path).mode & 0o777).toBe(0o600)
      expect(demoLogins(folder)).toEqual(first)
      writeFileSync(first.path, '{"viewer": "x"')
      expect(demoLogins(folder).logins).not.toEqual(first.logins)
      expect(JSON.parse(readFileSync(first.path, 'utf8'))).toEqual(demoLogins(folder).logins)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})
