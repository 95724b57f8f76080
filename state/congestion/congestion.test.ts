import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { sharedData, sharedDataNote } from '../../test/shared-data.ts'
import { CellTable, CONGESTION_DEFAULTS, linkStatus, type CongestionOptions } from './cells.ts'
import { findClusters, type CongestionCluster, type LinkNeighbours } from './clusters.ts'
import { congestionIndex } from './index-of.ts'
import { mergePlaces } from './places.ts'
import { classifyIncident, classifyRecurrence, mannKendall, travelTimeScore } from './recurrence.ts'

const LENGTH = 400
const FREE = 12

const optionsFor = (links: number): CongestionOptions => ({ ...CONGESTION_DEFAULTS, free_mps: Array<number>(links).fill(FREE) })

/** A street of links in a row: traffic goes from 0 upwards. */
const street = (links: number): LinkNeighbours => ({
  down: Array.from({ length: links }, (_, i) => (i + 1 < links ? [i + 1] : [])), up: Array.from({ length: links }, (_, i) => (i > 0 ? [i - 1] : [])),
})
const lengthsOf = (links: number): number[] => Array<number>(links).fill(LENGTH)

/** Fills a day with a speed per link and slot; undefined leaves the cell empty. */
function fill(table: CellTable, links: number, day: number, speed: (link: number, slot: number) => number | undefined, vehicles = 5): void {
  for (let link = 0; link < links; link++) {
    for (let slot = 0; slot < 288; slot++) {
      const mps = speed(link, slot)
      if (mps !== undefined) table.add(link, day, slot, LENGTH * vehicles, (LENGTH / mps) * vehicles, vehicles)
    }
  }
}

/** A bottleneck at the end of link 3 of 6 from slot 84; the queue grows over a link an hour and dissolves at slot 120. */
const rushHour = (link: number, slot: number): number => (link <= 3 && slot >= 84 + (3 - link) * 12 && slot < 120 ? 3 : FREE)

describe('the status of cells', () => {
  it('is unknown where too few were seen, never free', () => {
    fc.assert(fc.property(fc.array(fc.record({ link: fc.nat(3), slot: fc.nat(287), vehicles: fc.integer({ min: 1, max: 6 }), mps: fc.double({ min: 0.5, max: 20, noNaN: true }) }), { maxLength: 200 }), (rows) => {
      const table = new CellTable(4)
      for (const { link, slot, vehicles, mps } of rows) table.add(link, 7, slot, LENGTH * vehicles, (LENGTH / mps) * vehicles, vehicles)
      for (let link = 0; link < 4; link++) {
        linkStatus(table, link, 7, optionsFor(4)).forEach((status, slot) => expect(status === 'unknown').toBe((table.find(link, 7, slot)?.vehicles ?? 0) < 3))
      }
    }), { numRuns: 40 })
  })

  it('needs two slots of three, and more than the hysteresis to be free again', () => {
    const table = new CellTable(1)
    const slow = FREE / 2
    const index = (value: number): number => FREE / value
    const day = [FREE, slow, FREE, FREE, slow, slow, index(1.7), index(1.7), index(1.6), index(1.6), FREE]
    fill(table, 1, 0, (_, slot) => day[slot])
    expect(linkStatus(table, 0, 0, optionsFor(1)).slice(0, 11)).toEqual(['free', 'free', 'free', 'free', 'free', 'congested', 'congested', 'congested', 'congested', 'free', 'free'])
  })
})

describe('clusters', () => {
  const table = new CellTable(6)
  fill(table, 6, 20_000, rushHour)

  it('have their head at the bottleneck and know how they grow', () => {
    const clusters = findClusters(table, 20_000, street(6), lengthsOf(6), optionsFor(6))
    expect(clusters).toHaveLength(1)
    const cluster = clusters[0]!
    expect([cluster.links, cluster.head, cluster.from_slot, cluster.until_slot]).toEqual([[1, 2, 3], 3, 85, 121])
    expect(cluster.growth_m_per_h).toBeGreaterThan(300)
    // 35 + 23 + 11 cells of 5 vehicles that each lose 400 m at 3 instead of 12 m/s, less a first slow slot and plus a free slot that still counts as congested.
    const lost = 400 / 3 - 400 / 12
    expect(cluster.delay_veh_h).toBeCloseTo((cluster.cells.filter(({ delay_s }) => delay_s > 1).length * 5 * lost) / 3600, 6)
  })

  it('have no head where the way on is congested or unknown', () => {
    const other = new CellTable(2)
    fill(other, 2, 0, (link, slot) => (slot > 100 && slot < 120 ? (link === 0 ? 3 : undefined) : FREE))
    expect(findClusters(other, 0, street(2), lengthsOf(2), optionsFor(2)).map(({ head }) => head)).toEqual([undefined])
  })

  it('do not depend on how links are numbered', () => {
    fc.assert(fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (order) => {
      const renumbered = new CellTable(6)
      fill(renumbered, 6, 20_000, (link, slot) => rushHour(order.indexOf(link), slot))
      const neighbours: LinkNeighbours = { down: [], up: [] }
      const { down, up } = street(6)
      const lists = { down: Array.from({ length: 6 }, (): number[] => []), up: Array.from({ length: 6 }, (): number[] => []) }
      order.forEach((now, was) => {
        lists.down[now] = down[was]!.map((next) => order[next]!)
        lists.up[now] = up[was]!.map((next) => order[next]!)
      })
      Object.assign(neighbours, lists)
      const [a] = findClusters(table, 20_000, street(6), lengthsOf(6), optionsFor(6))
      const [b] = findClusters(renumbered, 20_000, neighbours, lengthsOf(6), optionsFor(6))
      expect([b!.head, b!.cells.length, b!.growth_m_per_h]).toEqual([order[a!.head!], a!.cells.length, expect.closeTo(a!.growth_m_per_h, 6)])
      expect(b!.delay_veh_h).toBeCloseTo(a!.delay_veh_h, 9)
    }))
  })
})

describe('places', () => {
  const days = Array.from({ length: 10 }, (_, i) => 20_000 + i)
  const find = (speed: (day: number) => (link: number, slot: number) => number): CongestionCluster[] => {
    const table = new CellTable(6)
    for (const day of days) fill(table, 6, day, speed(day))
    return days.flatMap((day) => findClusters(table, day, street(6), lengthsOf(6), optionsFor(6)))
  }

  it('are the same congestion of several days', () => {
    const clusters = find((day) => (link, slot) => (day % 2 === 0 ? rushHour(link, slot - (day % 3)) : FREE))
    const places = mergePlaces(clusters, days, street(6))
    expect(places).toHaveLength(1)
    expect([places[0]!.kind, places[0]!.head, places[0]!.frequency, places[0]!.growth]).toEqual(['stretch', 3, 0.5, 'upstream'])
    expect(places[0]!.start_s / 300).toBeCloseTo(86, 0)
  })

  it('count as avoidable only what good days do not have', () => {
    const [always] = mergePlaces(find(() => rushHour), days, street(6))
    const [sometimes] = mergePlaces(find((day) => (day % 2 === 0 ? rushHour : () => FREE)), days, street(6))
    expect(always!.avoidable_veh_h_per_day).toBeCloseTo(0, 9)
    expect(sometimes!.avoidable_veh_h_per_day).toBeCloseTo(sometimes!.delay_veh_h_per_day, 9)
    expect(sometimes!.avoidable_veh_h_per_day).toBeGreaterThan(0)
  })

  it('at the two ends of a street are two', () => {
    const clusters = find(() => (link, slot) => ((link === 0 || link === 5) && slot >= 90 && slot < 100 ? 3 : FREE))
    expect(mergePlaces(clusters, days, street(6)).map(({ links }) => links).sort()).toEqual([[0], [5]])
  })
})

describe('recurrence', () => {
  const days = (pattern: readonly (boolean | undefined)[]): { day: number; congested: boolean | undefined }[] => pattern.map((congested, day) => ({ day, congested }))

  it('asks for 60 % of the last twenty known days', () => {
    expect(classifyRecurrence(days([...Array<boolean>(30).fill(false), ...Array<boolean>(12).fill(true), ...Array<undefined>(3).fill(undefined), ...Array<boolean>(8).fill(false)]))).toBe('recurrent')
    expect(classifyRecurrence(days(Array<boolean>(20).fill(false)))).toBe('occasional')
    expect(classifyRecurrence(days([true, true, undefined, true, true]))).toBe('unknown')
    expect(classifyRecurrence(days(Array.from({ length: 42 }, (_, i) => i > 30 && i % 3 !== 0)))).toBe('emerging')
  })

  it('scores a trend as Mann and Kendall do', () => {
    // All 10 pairs of 5 rising values agree: S = 10, variance 5 * 4 * 15 / 18.
    expect(mannKendall([1, 2, 3, 4, 5])).toBeCloseTo(9 / Math.sqrt(50 / 3), 9)
    expect([mannKendall([3, 3, 3]), mannKendall([]), mannKendall([1, 2, 1, 2]) > 0]).toEqual([0, 0, true])
  })

  it('calls what is far above its history an incident where the road beyond is free', () => {
    const history = [60, 62, 58, 61, 59, 60]
    expect(travelTimeScore(60, history)).toBeCloseTo(0, 1)
    expect(travelTimeScore(90, history.slice(0, 4))).toBeUndefined()
    const score = travelTimeScore(150, history)
    const evidence = { scores: [score, score], speed_mps: 3, downstream_mps: 12, downstream_anomalous: false, explained: false }
    expect(classifyIncident(evidence)).toBe('originates-here')
    expect(classifyIncident({ ...evidence, downstream_anomalous: true })).toBe('inherited')
    expect(classifyIncident({ ...evidence, explained: true })).toBe('none')
    expect(classifyIncident({ ...evidence, scores: [0, score] })).toBe('none')
    expect(travelTimeScore(150, history, 9)).toBeLessThan(3)
  })
})

describe('the index of an area', () => {
  it('weighs by vehicle-kilometres and keeps silent below its coverage', () => {
    const part = (speed_mps: number | undefined, volume_vph = 100): { length_m: number; free_mps: number; speed_mps: number | undefined; volume_vph: number } => ({ length_m: 1000, free_mps: 10, speed_mps, volume_vph })
    expect(congestionIndex([part(5), part(10)])).toEqual({ index: 1.5, coverage: 1 })
    expect(congestionIndex([part(5, 300), part(10)]).index).toBeCloseTo(1.75, 9)
    expect(congestionIndex([part(5), part(undefined)])).toEqual({ index: null, coverage: 0.5 })
    expect(congestionIndex([])).toEqual({ index: null, coverage: 0 })
  })
})

const travelTimes = sharedData('sunnyside/sample_travel_times.csv')

describe.skipIf(travelTimes === undefined)(`measured hourly travel times of an arterial${sharedDataNote}`, () => {
  it('come back at the same hours of the working day, and seldom at night', () => {
    const rows = readFileSync(travelTimes!, 'utf8').trim().split('\n').slice(1).map((line) => line.split(','))
    const byId = groupBy(rows)
    let [busy, night] = [0, 0]
    for (const own of byId.values()) {
      const times = own.map(([, stamp, time]) => ({ at: new Date(`${stamp!.replace(' ', 'T')}Z`), time: Number(time) })).filter(({ at }) => at.getUTCDay() % 6 !== 0)
      const free = times.map(({ time }) => time).sort((a, b) => a - b)[Math.floor(times.length * 0.05)]!
      for (let hour = 0; hour < 24; hour++) {
        const history = times.filter(({ at }) => at.getUTCHours() === hour).map(({ at, time }) => ({ day: Math.floor(at.getTime() / 86_400_000), congested: time >= 1.3 * free }))
        if (classifyRecurrence(history) !== 'recurrent') continue
        if (hour >= 7 && hour <= 19) busy++
        else night++
      }
    }
    expect(busy).toBeGreaterThan(5)
    expect(night).toBeLessThan(busy / 5)
  })
})

function groupBy(rows: readonly string[][]): Map<string, string[][]> {
  const groups = new Map<string, string[][]>()
  for (const row of rows) groups.set(row[0]!, [...(groups.get(row[0]!) ?? []), row])
  return groups
}
