import { beforeAll, describe, expect, it } from 'vitest'
import type { DailyReportInput } from '../../model/daily.ts'
import { formatDay, parseDay } from '../../model/local-time.ts'
import type { Scenario } from '../../model/scenario.ts'
import { cardOf, nightOf, stateOf, streetScenario } from '../testing/records.ts'
import { againstDays, scoreOf } from './against.ts'
import { gatherReport } from './gather.ts'
import { stateSources, type DailySources } from './sources.ts'
import { madeMinutes, type MadeDay } from './testing.ts'

/** A Thursday. */
const DAY = parseDay('2026-11-19')!

function street(): Scenario {
  const scenario = streetScenario('town', ['a', 'b', 'c'])
  scenario.network.movements = [['a', 'b'], ['b', 'c']].map(([from, to]) => ({ id: `${from}>${to}`, from: from!, to: to!, turn: 'through' as const, conflicts: [] })) as never
  return scenario
}

/** Days by their number; the same asked twice is the same. */
function sourcesOf(days: readonly MadeDay[], changes: Partial<DailySources> = {}): DailySources {
  const scenario = street()
  const rows = days.flatMap((day) => madeMinutes(scenario, day))
  return { ...stateSources(scenario, stateOf({ days: [] })), minutes: async (from, until) => rows.filter(({ time_s }) => time_s >= from && time_s < until), ...changes }
}

describe('a day against others of its kind', () => {
  it('is told apart only outside of what another such day would be', () => {
    expect(againstDays([10], [1, 2, 3, 4])!.difference.low!).toBeGreaterThan(0)
    const near = againstDays([3], [1, 2, 3, 4])!
    expect([near.difference.value, near.difference.low! < 0, near.difference.high! > 0, near.days]).toEqual([0.5, true, true, 4])
    // Student's t of 3 degrees of freedom, 90 % both sides, is 2.3534; the spread of 1, 2, 3, 4 is the root of 5/3.
    expect(near.difference.high! - near.difference.value!).toBeCloseTo(2.3534 * Math.sqrt(5 / 3) * Math.sqrt(1.25), 3)
  })

  it('says nothing of one day against one, or against none', () => {
    expect(againstDays([3], [])).toBeNull()
    expect(againstDays([], [3])).toBeNull()
    expect(againstDays([3], [2])!.difference).toEqual({ value: 1, low: null, high: null })
    expect([scoreOf([3], [1, 2]), scoreOf([3], [2, 2, 2]), scoreOf([3, 4], [1, 2, 3]), scoreOf([4], [1, 2, 3])]).toEqual([null, null, null, 2])
  })
})

describe('the report of a day', () => {
  let input: DailyReportInput
  beforeAll(async () => {
    const before = [1, 2, 3, 4].map((week): MadeDay => ({ day: DAY - 7 * week, evening: 2.1 + 0.05 * week, jam: ['a'] }))
    // A Saturday of the same week has nothing to say of a Thursday.
    const days: MadeDay[] = [...before, { day: DAY - 5, evening: 9, jam: ['a'] }, { day: DAY, evening: 3.5, jam: ['a'] }]
    input = await gatherReport(sourcesOf(days, {
      cards: async () => [cardOf('p', { links: ['a'], status: 'proposed', findings: [{ cause: 'spillback', confidence: 1, grade: 'C', evidence: [], treatment: { kind: 'shift-offset', signal: 's', movement: 'm' }, cost: 'data', sentence: '' }] as never })],
      nights: async (day) => (day === formatDay(DAY + 1) ? [nightOf('town', 'main', { verdict: 'proposed', sentences: ['It saves stops.'] })] : day === formatDay(DAY) ? [nightOf('town', 'main', { verdict: 'kept' })] : []),
      notices: async () => [{ id: 'n', kind: 'works', text: 'Bridge', links: [], from: 0, until: null, approver: 'desk' }],
      state: async (day) => (day === formatDay(DAY) ? stateOf({ days: [day], feeds: [{ source: 'taxis', read: 10, accepted: 9, issues: [] }, { source: 'x', read: 9, accepted: 0, issues: [], refused: 'its clock is ahead' }], runs: { seen: 812, kept: 812, movements_thinned: 0 } }) : undefined),
    }), { day: '2026-11-19', version: '1' })
  })

  it('tells the evening peak against the same weekday of four weeks', () => {
    // One link of three at 3.5, two at 1 + 2.5 / 4, all as long.
    expect(input.headline.value.value).toBeCloseTo((3.5 + 2 * 1.625) / 3, 6)
    expect(input.headline).toMatchObject({ scale: { id: 'nav-delay-index', version: 1, status: 'unverified' }, level: 'severe 严重拥堵', comparison: { days: 4 } })
    expect(input.headline.comparison!.difference.low!).toBeGreaterThan(0)
  })

  it('finds the place with its hours, its history, and what the worklist says of it', () => {
    expect(input.clusters).toHaveLength(1)
    expect(input.clusters[0]).toMatchObject({ name: 'link a, eastbound', length_m: 1000, cause: 'spillback', policy: 'shift-offset', status: 'proposed', comparison: { days: 4 }, kind: 'recurrent' })
    expect(input.clusters[0]!.start >= '17:00' && input.clusters[0]!.start <= '17:10' && input.clusters[0]!.end >= '19:00' && input.clusters[0]!.end <= '19:15').toBe(true)
    expect(input.clusters[0]!.delay_veh_h!).toBeGreaterThan(0)
    expect(input.clusters[0]!.z!).toBeGreaterThan(3)
  })

  it('tells data health, refused sources, nights and notices, and leaves unknown what is', () => {
    expect(input.health).toMatchObject({ probe_runs: 812, penetration: null, radar_up: null, segments_unknown: 0, sources: [{ source: 'taxis', state: 'used' }, { source: 'x', state: 'refused', why: 'its clock is ahead' }] })
    expect(input.actions).toMatchObject([{ when: 'last night', what: 'main: proposed', why: 'It saves stops.', observed: null }])
    expect(input.today).toMatchObject([{ what: 'works: Bridge', until: null }])
  })

  it('is the same again, and empty where nothing is known', async () => {
    const bare = await gatherReport(sourcesOf([]), { day: '2026-11-19', version: '1' })
    expect(bare).toMatchObject({ headline: { value: { value: null }, level: null, comparison: null }, health: { segments_unknown: null }, clusters: [], corridors: [], alarms: [], actions: [], today: [] })
    await expect(gatherReport(sourcesOf([]), { day: '2026-02-30', version: '1' })).rejects.toThrow('must be a date')
  })

  it('compares only days of one kind: a holiday is no Thursday', async () => {
    const days = [0, 1, 2, 3].map((week): MadeDay => ({ day: DAY - 7 * week, evening: 2 + week }))
    const calendar = { holidays: [formatDay(DAY - 14)], working_days: [] }
    expect((await gatherReport(sourcesOf(days, { calendar }), { day: '2026-11-19', version: '1' })).headline.comparison!.days).toBe(2)
  })

  it('of a week is told by its working days against those of the week before', async () => {
    const days = Array.from({ length: 14 }, (_, i): MadeDay => ({ day: DAY - 7 + i, evening: i < 7 ? 2 + 0.02 * (i % 5) : 3 + 0.02 * (i % 5) }))
    const { headline, health, until_day } = await gatherReport(sourcesOf(days), { day: '2026-11-19', week: true, version: '1' })
    expect([until_day, health.days_heard]).toEqual(['2026-11-25', 7])
    expect((await gatherReport(sourcesOf(days), { day: '2026-11-23', week: true, version: '1' })).health.days_heard).toBe(3)
    expect(headline.comparison).toMatchObject({ days: 5 })
    expect(headline.comparison!.difference.low!).toBeGreaterThan(0)
  })
})
