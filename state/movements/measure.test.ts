import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LocalTime } from '../../model/local-time.ts'
import type { Run } from '../runs/run.ts'
import { RunStore } from '../runs/run-store.ts'
import { madeUpStreet } from '../runs/testing.ts'
import { measureMovements, measureSamples, RUN_ERROR, type ProbeMeasures, type RunError } from './measure.ts'
import { measureDays } from './days.ts'
import { sampleOf } from './sample.ts'
import { fixedClock, runOf, uniform, vehicles } from './testing.ts'

const local = new LocalTime('UTC')
const DAYS = 10
const SHARE = 0.05
/** Forty movements of two kinds: some with platoons in green, some with platoons in red, some at random. */
const KINDS = 40
const draw = uniform(7)
const GREENS = Array.from({ length: KINDS }, (_, m) => (m % 2 === 0 ? 35 + 15 * draw() : 18 + 12 * draw()))
const CITY = GREENS.map((green_s, m) => vehicles(m, { green_s, hourly: 120 + 400 * draw(), days: DAYS, platoon: m % 2 === 0 ? 0.5 * draw() : 0.2 * draw(), at_s: m % 4 === 0 ? 10 : 60, seed: 100 + m }))
const clock = fixedClock(GREENS)
/** Runs of the made-up city are exact. */
const options = { clock, local, until_s: DAYS * 86_400, penetration: () => SHARE, error: { delay_s: 0, stops: 0, share: 0 } }
const kindOf = (m: number): string => (m % 2 === 0 ? 'main' : 'side')

/** No two movements share a link. */
const own = (m: number): { link: number; fed: boolean } => ({ link: m, fed: true })

const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length
const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!
const truth = CITY.map((runs, m) => sampleOf(m, runs, clock))

/** Probes drawn from all vehicles, many times over. */
function draws(times: number): { m: number; probes: Run[]; said: ProbeMeasures }[] {
  const all: { m: number; probes: Run[]; said: ProbeMeasures }[] = []
  for (let k = 0; k < times; k++) {
    const choose = uniform(1000 + k)
    const probes = CITY.map((runs) => runs.filter(() => choose() < SHARE))
    const said = measureSamples(probes.map((runs, m) => sampleOf(m, runs, clock)), options, kindOf, own)
    said.forEach((each, m) => all.push({ m, probes: probes[m]!, said: each }))
  }
  return all
}

describe('measures of a city whose every vehicle is known', () => {
  const all = draws(12)
  const figures: [string, (said: ProbeMeasures) => ProbeMeasures['stops'], (m: number) => number, (probes: Run[], m: number) => number][] = [
    ['control delay', (said) => said.control_delay_s, (m) => mean(truth[m]!.delay_s), (probes) => mean(probes.map(({ control_delay_s }) => control_delay_s))],
    ['stops', (said) => said.stops, (m) => mean(truth[m]!.stops), (probes) => mean(probes.map(({ stops }) => stops.length))],
    ['arrivals on green', (said) => said.arrival_on_green, (m) => truth[m]!.on_green / truth[m]!.clocked, (probes, m) => {
      const { on_green, clocked } = sampleOf(m, probes, clock)
      return on_green / clocked
    }],
  ]
  for (const [name, of, true_, plain] of figures) {
    it(`${name}: intervals hold the truth 86 to 94 times of 100`, () => {
      const held = mean(all.map(({ m, said }) => Number(of(said).low! <= true_(m) && true_(m) <= of(said).high!)))
      expect(held).toBeGreaterThan(0.86)
      expect(held).toBeLessThan(0.94)
    })

    it(`${name}: intervals are wider where the runs have errors of their own`, () => {
      const runs = CITY.map((list) => list.slice(0, 2000))
      const width = (error: RunError): number => mean(measureSamples(runs.map((list, m) => sampleOf(m, list, clock)), { ...options, error }, kindOf, own).map((said) => of(said).high! - of(said).low!))
      expect(width(RUN_ERROR)).toBeGreaterThan(1.05 * width(options.error))
    })

    it(`${name}: nearer the truth than the plain mean of the probes`, () => {
      const [ours, naive] = [mean(all.map(({ m, said }) => (of(said).value! - true_(m)) ** 2)), mean(all.map(({ m, probes }) => (plain(probes, m) - true_(m)) ** 2))]
      expect(ours).toBeLessThan(naive)
    })
  }

  it('one day: nearer the truth than its plain mean, with intervals that hold it', () => {
    const choose = uniform(99)
    const probes = CITY.map((runs) => runs.filter(() => choose() < SHARE))
    const days = (runs: readonly Run[]): Map<number, Run[]> => {
      const list = new Map<number, Run[]>()
      for (const run of runs) list.set(local.day(run.arrival_s), [...(list.get(local.day(run.arrival_s)) ?? []), run])
      return list
    }
    const samples = probes.flatMap((runs, m) => [...days(runs).values()].map((list) => sampleOf(m, list, clock)))
    const said = measureDays(samples, local, () => SHARE)
    const truths = CITY.map((runs) => new Map([...days(runs)].map(([day, list]) => [day, mean(list.map(({ control_delay_s }) => control_delay_s))])))
    const errors = said.map(({ movement, day, control_delay_s }) => Math.abs(control_delay_s.value! - truths[movement]!.get(day)!))
    const plain = samples.map(({ movement, delay_s, newest_s }) => Math.abs(mean(delay_s) - truths[movement]!.get(local.day(newest_s))!))
    expect(median(errors)).toBeLessThan(0.8 * median(plain))
    const held = mean(said.map(({ movement, day, control_delay_s: { low, high } }) => Number(low! <= truths[movement]!.get(day)! && truths[movement]!.get(day)! <= high!)))
    expect(held).toBeGreaterThan(0.86)
  })

  it('does not depend on the order in which runs came', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
      const shuffle = uniform(seed)
      const runs = CITY.slice(0, 4).flatMap((list) => list.slice(0, 60))
      const fill = (list: readonly Run[]): RunStore => {
        const store = new RunStore()
        for (const run of list) store.push(run)
        return store
      }
      const one = measureMovements(madeUpStreet(), fill(runs), options)
      const other = measureMovements(madeUpStreet(), fill(runs.map((run) => ({ run, at: shuffle() })).sort((a, b) => a.at - b.at).map(({ run }) => run)), options)
      expect(other).toEqual(one)
    }), { numRuns: 10 })
  })
})

describe('where little is known', () => {
  it('says null and never 0: no whole run, no clock', () => {
    const store = new RunStore()
    store.push(runOf('a', 0, 1000, 30, { whole: false }))
    const [said] = measureMovements(madeUpStreet(), store, { local, until_s: 2000 })
    expect(said).toMatchObject({ probes: 0, crossings: 1, control_delay_s: { value: null, low: null, high: null }, stops: { value: null }, arrival_on_green: { value: null }, split_failure_share: { value: null }, platoon_ratio: null, grade: 'E' })
    expect(said!.blocked_share.value).toBe(0)
    expect(measureMovements(madeUpStreet(), new RunStore(), { local, until_s: 2000 })).toEqual([])
  })

  it('gives a value without an interval where one vehicle is all there is', () => {
    const store = new RunStore()
    store.push(runOf('a', 0, 1000, 31))
    const [said] = measureMovements(madeUpStreet(), store, { local, until_s: 2000 })
    expect(said!.control_delay_s).toEqual({ value: 30, low: null, high: null })
    expect(said).toMatchObject({ grade: 'E', days: 1, age_s: 969 })
  })

  it('leaves out who stood at the kerb for longer than one and a half cycles, far behind the queue', () => {
    const runs = [...Array.from({ length: 30 }, (_, i) => runOf(`v${i}`, 0, 36_060 + 100 * i, 42)), runOf('taxi', 0, 36_060, 400, { stops: [{ time_s: 36_000, s_m: -200, duration_s: 390 }] })]
    expect(sampleOf(0, runs, fixedClock([40])).probes).toBe(30)
    const queued = [...runs.slice(0, 30), runOf('late', 0, 36_060, 400, { stops: [{ time_s: 36_000, s_m: -25, duration_s: 390 }] })]
    expect(sampleOf(0, queued, fixedClock([40])).probes).toBe(31)
  })
})

describe('split failures', () => {
  const clock = fixedClock([40])
  const crossing = (stops: Run['stops'], crossing_s: number): Run => runOf('a', 0, 50, crossing_s - 50, { stops })
  it('are crossings after a second green since the first stop', () => {
    expect(sampleOf(0, [crossing([{ time_s: 50, s_m: -80, duration_s: 148 }], 215)], clock).split_failures).toBe(1)
    expect(sampleOf(0, [crossing([{ time_s: 50, s_m: -80, duration_s: 60 }], 115)], clock).split_failures).toBe(0)
    expect(sampleOf(0, [crossing([{ time_s: 5, s_m: -80, duration_s: 60 }, { time_s: 80, s_m: -20, duration_s: 20 }], 110)], clock).split_failures).toBe(0)
  })

  it('are second stops where no clock knows the greens', () => {
    expect(sampleOf(0, [crossing([{ time_s: 5, s_m: -80, duration_s: 60 }, { time_s: 80, s_m: -20, duration_s: 20 }], 110)], undefined).split_failures).toBe(1)
  })
})
