import { describe, expect, it } from 'vitest'
import { LocalTime } from '../../model/local-time.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { listDischarges } from './departures.ts'
import { fitPace, pacePoints, usualPace } from './headway.ts'
import { measureVolumes, ObservedTime } from './index.ts'
import { laneGroups } from './lane-groups.ts'
import { countOrder, drawnShares, shareOf } from './penetration.ts'
import { simulateQueues } from './queue-model.ts'
import { driveStreet, type StreetOptions } from './testing/street.ts'

const measure = (options: StreetOptions): ReturnType<typeof measureVolumes>[number] & { street: ReturnType<typeof driveStreet> } => {
  const street = driveStreet(options)
  return { ...measureVolumes(new RoadGraph(street.network), street.source, { clock: street.clock, hours: street.hours })[0]!, street }
}
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

describe('penetration from the order in which queues leave', () => {
  const trials = (lanes: number, penetration: number): number[] => Array.from({ length: 200 }, (_, seed) => {
    const { network, source, clock } = driveStreet({ seed: seed + 1, lanes, penetration, cycles: 200, per_cycle: 10 * lanes })
    const group = laneGroups(network)[0]!
    return shareOf([countOrder(listDischarges(group, source, clock), lanes, { ...usualPace(), headway_s: 2, first_s: 2 })])?.value ?? Number.NaN
  })

  it.each([[1, 0.1], [2, 0.05], [3, 0.05]])('is right on the mean of 200 streets of %i lanes', (lanes, penetration) => {
    const found = trials(lanes, penetration).filter((value) => !Number.isNaN(value))
    expect(found.length).toBeGreaterThan(150)
    expect(mean(found) / penetration).toBeGreaterThan(0.93)
    expect(mean(found) / penetration).toBeLessThan(1.07)
  })

  it('says nothing without probes that leave after others', () => {
    expect(shareOf([{ vehicles: 100, probes: 2, variance: 1 }])).toBeUndefined()
    expect(shareOf([])).toBeUndefined()
  })

  it('leaves groups together that scatter no more than by chance, and lets one be that is sure and different', () => {
    const alike = [40, 44, 37, 41].map((probes) => ({ vehicles: 800, probes, variance: 1 / 40 }))
    for (const { value } of drawnShares(alike, shareOf(alike)!)) expect(value).toBeCloseTo(162 / 3200, 6)
    const unlike = [...alike, { vehicles: 80_000, probes: 12_000, variance: 1 / 12_000 }]
    expect(drawnShares(unlike, shareOf(unlike)!).at(-1)!.value).toBeCloseTo(0.15, 2)
  })
})

describe('volume', () => {
  it('holds the truth in its interval on nine of ten streets', () => {
    const held = Array.from({ length: 100 }, (_, seed) => {
      const { volume_vph, street } = measure({ seed: seed + 1, lanes: 2, penetration: 0.05, cycles: 400, per_cycle: 22 })
      const truth = street.vehicles / street.hours
      return Number(volume_vph.low! <= truth && truth <= volume_vph.high!)
    })
    expect(mean(held)).toBeGreaterThanOrEqual(0.86)
  })

  it('is the same on average, and less sure, from every second cycle whose runs stand for two', () => {
    const ratios = Array.from({ length: 20 }, (_, seed) => {
      const street = driveStreet({ seed: seed + 1, lanes: 2, penetration: 0.1, cycles: 400, per_cycle: 22 })
      const graph = new RoadGraph(street.network)
      const some = street.source.listRuns(0).filter(({ crossing_s }) => Math.floor(crossing_s / 90) % 2 === 0)
      const options = { clock: street.clock, hours: street.hours }
      const [all, half] = [measureVolumes(graph, street.source, options)[0]!.volume_vph, measureVolumes(graph, { listMovements: () => [0], listRuns: () => some }, { ...options, weight: () => 2 })[0]!.volume_vph]
      return { value: Math.log(half.value! / all.value!), width: Math.log(half.high! / half.low!) / Math.log(all.high! / all.low!) }
    })
    expect(Math.abs(mean(ratios.map(({ value }) => value)))).toBeLessThan(0.05)
    expect(mean(ratios.map(({ width }) => width))).toBeGreaterThan(1.02)
  })

  it('comes nearer with more probes than a guess of 5 % where there are 10 %', () => {
    const { volume_vph, street } = measure({ seed: 3, lanes: 2, penetration: 0.1, cycles: 800, per_cycle: 22 })
    const truth = street.vehicles / street.hours
    const guess = street.source.listRuns(0).length / 0.05 / street.hours
    expect(Math.abs(volume_vph.value! / truth - 1)).toBeLessThan(0.08)
    expect(Math.abs(guess / truth - 1)).toBeGreaterThan(0.5)
  })

  it('is unknown, not 0, where there are no greens, no hours or hardly a probe', () => {
    const street = driveStreet({ seed: 1, lanes: 2, penetration: 0.1, cycles: 100, per_cycle: 20 })
    const graph = new RoadGraph(street.network)
    const blind = measureVolumes(graph, street.source, { clock: { find: () => undefined, cycle: () => undefined }, hours: street.hours })[0]!
    expect([blind.volume_vph.value, blind.penetration.value, blind.queue_max_m.value, blind.saturation_flow_vphpl.value]).toEqual([null, null, null, null])
    expect(measureVolumes(graph, street.source, { clock: street.clock, hours: 0 })[0]!.volume_vph.value).toBeNull()
    const few = driveStreet({ seed: 1, lanes: 2, penetration: 0.001, cycles: 100, per_cycle: 20 })
    for (const { volume_vph } of measureVolumes(graph, few.source, { clock: few.clock, hours: few.hours })) expect(volume_vph.value).toBeNull()
  })

  it('does not depend on the order of vehicles that cross together', () => {
    const street = driveStreet({ seed: 5, lanes: 3, penetration: 0.1, cycles: 200, per_cycle: 30 })
    const graph = new RoadGraph(street.network)
    const runs = street.source.listRuns(0)
    const shuffled = { listMovements: () => [0], listRuns: () => [...runs].reverse() }
    expect(measureVolumes(graph, shuffled, { clock: street.clock, hours: street.hours })).toEqual(measureVolumes(graph, street.source, { clock: street.clock, hours: street.hours }))
  })

  it('counts a run that stands for several as several', () => {
    const street = driveStreet({ seed: 5, lanes: 2, penetration: 0.1, cycles: 200, per_cycle: 20 })
    const graph = new RoadGraph(street.network)
    const [one, two] = [1, 2].map((weight) => measureVolumes(graph, street.source, { clock: street.clock, hours: street.hours, weight: () => weight })[0]!.volume_vph.value!) as [number, number]
    expect(two / one).toBeCloseTo(2, 9)
  })
})

describe('the pace of queues', () => {
  it('is seen from probes that waited, headway and place sharing what is unusual', () => {
    const street = driveStreet({ seed: 2, lanes: 2, penetration: 0.2, cycles: 400, per_cycle: 24, headway_s: 2.3 })
    const pace = fitPace(pacePoints(listDischarges(laneGroups(street.network)[0]!, street.source, street.clock)))!
    expect(pace.headway_s / pace.place_m).toBeGreaterThan((2.3 / 7.5) * 0.96)
    expect(pace.headway_s / pace.place_m).toBeLessThan((2.3 / 7.5) * 1.04)
    expect(Math.abs(pace.headway_s - 2.3)).toBeLessThan(Math.abs(usualPace().headway_s - 2.3))
  })

  it('is not told from few probes, or from probes that show none', () => {
    expect(fitPace(Array.from({ length: 20 }, (_, k) => [7 * k, 2 * k] as const))).toBeUndefined()
    expect(fitPace(Array.from({ length: 60 }, (_, k) => [7 * (k % 8), 20 - 2 * (k % 8)] as const))).toBeUndefined()
  })

  it('says a saturation flow only where one was seen', () => {
    const seen = measure({ seed: 2, lanes: 2, penetration: 0.2, cycles: 400, per_cycle: 24 })
    expect(seen.saturation_flow_vphpl.value).toBeGreaterThan(1700)
    expect(seen.saturation_flow_vphpl.value).toBeLessThan(1900)
    expect(measure({ seed: 2, lanes: 2, penetration: 0.02, cycles: 60, per_cycle: 24 }).saturation_flow_vphpl.value).toBeNull()
  })
})

describe('back of queue', () => {
  it('is near the truth at few probes, nearer than the farthest that probes stood', () => {
    const errors = [1, 2, 3, 4, 5, 6].map((seed) => {
      const { queue_max_m, queue_p95_m, street } = measure({ seed, lanes: 2, penetration: 0.05, cycles: 800, per_cycle: 20 })
      const truth = mean(street.backs_m)
      const byCycle = new Map<number, number>()
      for (const { stops, crossing_s } of street.source.listRuns(0)) for (const { s_m } of stops) byCycle.set(Math.floor(crossing_s / 90), Math.max(byCycle.get(Math.floor(crossing_s / 90)) ?? 0, -s_m))
      expect(queue_p95_m.value!).toBeGreaterThan(queue_max_m.value!)
      return { ours: Math.abs(queue_max_m.value! / truth - 1), naive: Math.abs(mean([...byCycle.values()]) / truth - 1) }
    })
    expect(mean(errors.map(({ ours }) => ours))).toBeLessThan(0.1)
    expect(mean(errors.map(({ ours }) => ours))).toBeLessThan(mean(errors.map(({ naive }) => naive)))
  })

  it('grows with volume and shrinks with lanes', () => {
    const backOf = (per_cycle: number, lanes: number): number => mean(simulateQueues({
      cycle_s: 90, red_s: 50, lanes, movements: [{ per_cycle, lanes: Array.from({ length: lanes }, (_, k) => k) }], arrivals_s: [], pace: usualPace(), free_mps: 13.9,
    })[0]!.backs_m)
    expect(backOf(20, 2)).toBeGreaterThan(backOf(10, 2))
    expect(backOf(20, 3)).toBeLessThan(backOf(20, 2))
    expect(backOf(0, 2)).toBe(0)
  })
})

describe('time observed', () => {
  const fill = (observed: ObservedTime, from: number, until: number): void => { for (let t = from; t <= until; t += 20) observed.add(t) }

  it('is the time in which records came, silences of more than a quarter of an hour left out', () => {
    const observed = new ObservedTime()
    fill(observed, 0, 3600)
    fill(observed, 90_000, 91_800)
    expect(observed.hours()).toBeCloseTo(1.5, 6)
    expect(new ObservedTime().hours()).toBe(0)
  })

  it('keeps to a period of the day, and does not mind the order of records', () => {
    const [forward, backward] = [new ObservedTime(), new ObservedTime()]
    fill(forward, 0, 7200)
    for (let t = 7200; t >= 0; t -= 20) backward.add(t)
    expect(forward.hours(new LocalTime('UTC'), 3600, 5400)).toBeCloseTo(0.5, 1)
    expect(backward.hours()).toBe(forward.hours())
  })
})
