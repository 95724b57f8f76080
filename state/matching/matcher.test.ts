import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Fix } from '../../model/feed.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { MatchRoad, Matcher, MatchRows, type MatchedFix } from './index.ts'
import { NearestLink } from './nearest.ts'
import { driveTown, fixesOf } from './testing/drive.ts'
import { sharesOf } from './testing/score.ts'
import { makeTown } from './testing/town.ts'
import { scoreTraces, tracesOf } from './testing/trial.ts'

const town = makeTown({ size: 8, seed: 11 })
const road = new MatchRoad(new RoadGraph(town))
const drives = driveTown(town, { seed: 5, vehicles: 60, duration_s: 600 })

function match(fixes: readonly Fix[], of = road): { matched: MatchedFix[]; unmatched: Fix[]; matcher: Matcher } {
  const [matched, unmatched]: [MatchedFix[], Fix[]] = [[], []]
  const matcher = new Matcher(of, (fix) => matched.push(fix), { unmatched: (_, fix) => unmatched.push(fix) })
  for (const fix of fixes) matcher.push(fix)
  matcher.end()
  return { matched, unmatched, matcher }
}

const fixesAt = (interval_s: number, sigma_m: number, vehicle = 0, correlation_s = 30): Fix[] => fixesOf(drives[vehicle]!, { seed: 2, interval_s, sigma_m, correlation_s }).map(({ fix }) => fix)

describe('matching in a town', () => {
  it.each([
    [1, 8, 0, 0.95], [1, 8, 30, 0.95], [3, 8, 30, 0.95], [5, 8, 30, 0.95], [10, 10, 0, 0.97], [15, 8, 30, 0.93], [30, 8, 30, 0.93],
  ])('a fix every %d s, %d m of noise forgotten in %d s: at least a share of %d on the right directed link, far more than the nearest link', (interval_s, sigma_m, correlation_s, least) => {
    const traces = tracesOf(town, drives, { seed: 3, interval_s, sigma_m, correlation_s })
    const ours = sharesOf(scoreTraces(town, traces, (fixes, sink) => {
      const matcher = new Matcher(road, sink)
      for (const trace of fixes) for (const fix of trace) matcher.push(fix)
      matcher.end()
    }))
    const nearest = sharesOf(scoreTraces(town, traces, (fixes, sink) => {
      const matcher = new NearestLink(road, sink)
      for (const trace of fixes) for (const fix of trace) matcher.push(fix)
    }))
    expect(ours.edge).toBeGreaterThan(least)
    expect(ours.edge).toBeGreaterThan(nearest.edge + 0.05)
    expect(ours.turn).toBeGreaterThan(0.95)
    expect(ours.mismatch).toBeLessThan(nearest.mismatch / 4)
  })

  it('gives every fix one answer, each vehicle in order of time', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 30 }), fc.constantFrom(2, 8, 20), fc.nat(20), (interval_s, sigma_m, vehicle) => {
      const fixes = fixesAt(interval_s, sigma_m, vehicle)
      const { matched, unmatched } = match(fixes)
      expect(matched.length + unmatched.length).toBe(fixes.length)
      expect(matched.every((fix, i) => i === 0 || fix.time_s > matched[i - 1]!.time_s)).toBe(true)
    }), { numRuns: 30, seed: 1 })
  })

  it('joins consecutive links by movements, and never goes backwards on one', () => {
    for (let vehicle = 0; vehicle < 20; vehicle++) {
      const { matched } = match(fixesAt(5, 8, vehicle))
      matched.forEach((fix, i) => {
        if (fix.first) return
        const before = matched[i - 1]!
        const chain = [before.link, ...fix.route]
        expect(chain.at(-1)).toBe(fix.link)
        for (let k = 1; k < chain.length; k++) expect(road.joint(chain[k - 1]!, chain[k]!)).toBeGreaterThanOrEqual(0)
        if (fix.route.length === 0 && fix.movement === before.movement) expect(fix.position_m).toBeGreaterThanOrEqual(before.position_m - 1e-6)
      })
    }
  })

  it('says the same again, and the same whether files are sorted by vehicle or by time', () => {
    const traces = drives.slice(0, 20).map((_, v) => fixesAt(10, 8, v).map((fix) => ({ ...fix, accuracy_m: 8 })))
    const byVehicle = match(traces.flat()).matched
    const byTime = match(traces.flat().sort((a, b) => a.time_s - b.time_s)).matched
    expect(match(traces.flat()).matched).toEqual(byVehicle)
    const shares = (list: MatchedFix[]): Map<string, number> => new Map(list.map((fix) => [`${fix.vehicle} ${fix.time_s}`, fix.link]))
    const [a, b] = [shares(byVehicle), shares(byTime)]
    expect(a.size).toBe(b.size)
    // What a source has taught of its detours by then differs a little with the order.
    expect([...a].filter(([key, link]) => b.get(key) !== link).length).toBeLessThan(0.01 * a.size)
  })

  it('learns how noisy a source is, and keeps sources apart', () => {
    const matcher = new Matcher(road, () => {})
    for (let v = 0; v < drives.length; v++) {
      for (const fix of fixesAt(3, 4, v)) matcher.push(fix, 'good')
      for (const fix of fixesAt(3, 15, v)) matcher.push(fix, 'bad')
    }
    matcher.end()
    expect(matcher.noise('good')!.sigma_m).toBeGreaterThan(3)
    expect(matcher.noise('good')!.sigma_m).toBeLessThan(5.5)
    expect(matcher.noise('bad')!.sigma_m).toBeGreaterThan(10)
    expect(matcher.noise('bad')!.sigma_m).toBeLessThan(20)
  })

  it('places vehicles where it would otherwise, also those that it learns nothing from because only the present is asked', () => {
    const [all, some] = [new Matcher(road, () => {}), new Matcher(road, () => {}, { provisional: true })]
    const few = drives.slice(0, 8).map((_, v) => fixesAt(10, 8, v))
    let [asked, differ] = [0, 0]
    for (let v = 0; v < 1400; v++) {
      for (const fix of few[v % few.length]!.slice(0, v < 1000 ? 1 : 12)) {
        const own = { ...fix, vehicle: `v${v}` }
        all.push(own)
        some.push(own)
        const [a, b] = [all.provisional(own.vehicle), some.provisional(own.vehicle)]
        asked++
        if (a?.link !== b?.link || a?.first !== b?.first) differ++
      }
    }
    expect(asked).toBeGreaterThan(5000)
    expect(differ / asked).toBeLessThan(0.005)
  })

  it('knows a shifted datum by its residuals', () => {
    const shifted = drives.flatMap((_, v) => fixesAt(10, 3, v).map((fix) => ({ ...fix, x_m: fix.x_m + 9, y_m: fix.y_m - 6 })))
    const tiles = match(shifted).matcher.residuals().filter(({ fixes }) => fixes > 300)
    expect(tiles.length).toBeGreaterThan(0)
    for (const { shift_m } of tiles) {
      expect(Math.abs(shift_m![0] - 9)).toBeLessThan(3)
      expect(Math.abs(shift_m![1] + 6)).toBeLessThan(3)
    }
  })
})

describe('bad fixes', () => {
  it('sets one outlier aside and goes on with the same chain', () => {
    const fixes = fixesAt(10, 3)
    const bad = fixes.map((fix, i) => (i === 20 ? { ...fix, x_m: fix.x_m + 2500 } : fix))
    const { matched, unmatched } = match(bad)
    expect(unmatched).toEqual([bad[20]])
    expect(matched.filter(({ first }) => first)).toHaveLength(1)
  })

  it('begins a new chain after a jump, and counts the break', () => {
    const fixes = fixesAt(10, 3)
    const { matched, matcher } = match([...fixes.slice(0, 20), ...fixesAt(10, 3, 1).slice(20).map((fix) => ({ ...fix, vehicle: fixes[0]!.vehicle, time_s: fixes[19]!.time_s + fix.time_s }))])
    expect(matched.filter(({ first }) => first).length).toBe(2)
    expect(matched.length).toBeGreaterThan(30)
    expect(matcher.totals().chains).toBe(2)
  })

  it('refuses fixes that are off the road, out of order, twice, or no numbers', () => {
    const [a, b, c] = fixesAt(10, 3) as [Fix, Fix, Fix]
    const { matched, unmatched } = match([{ ...a, x_m: -5000 }, b, b, a, { ...c, x_m: Number.NaN }, c])
    expect(matched.map(({ time_s }) => time_s)).toEqual([b.time_s, c.time_s])
    expect(unmatched).toHaveLength(4)
  })

  it('follows only so many vehicles at once, and finishes the one silent for longest', () => {
    const told: string[] = []
    const matcher = new Matcher(road, ({ vehicle }) => told.push(vehicle), { vehicles: 2 })
    for (const v of [0, 1, 2]) for (const fix of fixesAt(30, 3, v).slice(0, 1)) matcher.push({ ...fix, time_s: 100 })
    expect(told).toEqual([drives[0]!.vehicle])
    expect(matcher.provisional(drives[0]!.vehicle)).toBeUndefined()
    expect(matcher.provisional(drives[2]!.vehicle)?.first).toBe(true)
  })

  it('refuses a network without links', () => {
    expect(() => new MatchRoad(new RoadGraph({ ...town, links: [], movements: [], connections: [] }))).toThrow('no links')
  })
})

it('writes one row per fix, null where it was not matched', () => {
  const fixes = fixesAt(10, 3)
  const written = new MatchRows(road)
  for (const fix of [...fixes.slice(0, 10), { ...fixes[10]!, x_m: -9999 }, ...fixes.slice(11)]) written.push(fix)
  const { totals } = written.end()
  const rows = written.take().trimEnd().split('\n').map((line) => JSON.parse(line) as { vehicle_id: string; time_s: number; link: string | null; position_m: number | null; offset_m: number | null })
  expect(rows.map(({ time_s }) => time_s)).toEqual(fixes.map(({ time_s }) => time_s))
  expect(rows[10]).toEqual({ vehicle_id: fixes[0]!.vehicle, time_s: fixes[10]!.time_s, link: null, position_m: null, offset_m: null, cause: 'off-road' })
  expect(rows.filter(({ link }) => link === null)).toHaveLength(1)
  expect(town.links.map(({ source_id }) => source_id)).toContain(rows[0]!.link)
  expect(totals).toMatchObject({ matched: fixes.length - 1, unmatched: 1, chains: 1 })
})
