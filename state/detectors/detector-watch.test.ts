import { describe, expect, it } from 'vitest'
import type { LaneCount } from '../../model/feed.ts'
import { LocalTime } from '../../model/local-time.ts'
import { DetectorWatch, watchDetectors } from './detector-watch.ts'

const DAY0 = 20_458 * 86_400
const local = new LocalTime('UTC')
const count = (day: number, hour: number, vehicles: number | undefined, changes: Partial<LaneCount> = {}): LaneCount => ({
  sensor: 'd', lane: '1', time_s: DAY0 + day * 86_400 + hour * 3600, period_s: 900, vehicles, occupancy: undefined, speed_mps: undefined, ...changes,
})
/** Quarters of the hours from `from` to `until`. */
const quarters = (day: number, from: number, until: number, vehicles: (hour: number) => number | undefined): LaneCount[] =>
  Array.from({ length: (until - from) * 4 }, (_, i) => count(day, from + i / 4, vehicles(from + i / 4)))
const days = (count: number, vehicles: (hour: number) => number): LaneCount[] => Array.from({ length: count }, (_, day) => quarters(day, 0, 24, vehicles)).flat()
const busy = (hour: number): number => (hour >= 6 && hour < 22 ? 30 : 0)

describe('a detector', () => {
  it('that counts nobody for three hours of a time of day that had traffic is stuck off, from the first zero on', () => {
    const stuck = watchDetectors([...days(4, busy), ...quarters(4, 0, 24, (hour) => (hour >= 9 && hour < 15 ? 0 : busy(hour)))], local)
    expect(stuck).toMatchObject([{ sensor: 'd', lane: '1', kind: 'stuck-off', from_s: DAY0 + 4 * 86_400 + 9 * 3600, until_s: DAY0 + 4 * 86_400 + 15 * 3600 }])
    expect(stuck[0]!.sentence).toMatch(/detector d 1 .*2026-01-09T09:00/)
  })

  it.each<[string, LaneCount[]]>([
    ['for less than three hours', [...days(4, busy), ...quarters(4, 0, 24, (hour) => (hour >= 9 && hour < 11 ? 0 : busy(hour)))]],
    ['at night', days(6, busy)],
    ['where there never was traffic', days(6, () => 0)],
    ['where too few days are known', [...days(2, busy), ...quarters(2, 0, 24, () => 0)]],
    ['where only a few vehicles come', [...days(4, () => 4), ...quarters(4, 0, 24, () => 0)]],
    ['with one vehicle in between', [...days(4, busy), ...quarters(4, 6, 22, (hour) => (hour % 2 === 0 ? 1 : 0))]],
  ])('that counts nobody %s is not', (_, counts) => expect(watchDetectors(counts, local)).toEqual([]))

  it('whose values are missing is not stuck, whatever they would have been', () => {
    expect(watchDetectors([...days(4, busy), ...quarters(4, 0, 24, () => undefined)], local)).toEqual([])
  })

  it('that stays stuck for days does not become normal', () => {
    const stuck = watchDetectors([...days(4, busy), ...Array.from({ length: 20 }, (_, i) => quarters(4 + i, 0, 24, () => 0)).flat()], local)
    expect(stuck.length).toBe(20)
    expect(stuck.at(-1)!.until_s).toBe(DAY0 + 23 * 86_400 + 22 * 3600)
  })

  it('is judged by the mean of a slot where its intervals are shorter', () => {
    const minutes = (day: number, vehicles: (minute: number) => number): LaneCount[] => Array.from({ length: 720 }, (_, i) => count(day, 8 + i / 60, vehicles(i), { period_s: 60 }))
    // One vehicle in a quarter of an hour: 4 an hour.
    const sparse = [0, 1, 2, 3].flatMap((day) => minutes(day, (minute) => (minute % 15 === 0 ? 1 : 0)))
    expect(watchDetectors([...sparse, ...minutes(4, () => 0)], local)).toEqual([])
  })

  it('that is occupied for ten minutes and counts nobody is stuck on', () => {
    const watch = new DetectorWatch(local)
    const minute = (i: number, vehicles: number, occupancy: number | undefined): ReturnType<DetectorWatch['push']> => watch.push(count(0, i / 60, vehicles, { period_s: 60, occupancy }))
    for (let i = 0; i < 9; i++) expect(minute(i, 0, 1)).toBeUndefined()
    expect(minute(9, 0, 1)).toBe('stuck-on')
    expect(minute(10, 0, undefined)).toBe('stuck-on')
    expect(minute(11, 1, 1)).toBeUndefined()
    expect(watch.stuck()).toMatchObject([{ kind: 'stuck-on', from_s: DAY0, until_s: DAY0 + 600 }])
  })

  it('is not judged by counts that come late', () => {
    const watch = new DetectorWatch(local)
    watch.push(count(1, 0, 5))
    watch.push(count(0, 0, 5))
    expect(watch.out_of_order).toBe(1)
  })
})
