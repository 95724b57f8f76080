// Radar with the errors that radars make, against what every simulated vehicle did.
import { beforeAll, describe, expect, it } from 'vitest'
import type { LaneCycle } from '../state/radar/index.ts'
import { measureRadar, RadarStation, SLOT_S } from '../state/radar/index.ts'
import { type RadarErrors, spoil } from './radar-errors.ts'
import { CYCLE_S, type RadarStreet, simulateStreet, T0, trueCrossings, trueQueues, type TrueCrossing } from './radar-street.ts'

const NOISE = { missed_rate: 0.05, false_rate: 0.05, position_sigma_m: 0.4, speed_sigma_mps: 0.3 }
/** The end of green is the end of a cycle. */
const cycleOf = (time_s: number): number => Math.floor((time_s - T0 - 40) / CYCLE_S)

let street: RadarStreet
let truth: TrueCrossing[]

function see(errors: RadarErrors): RadarStation {
  const station = new RadarStation(street.network, street.clock)
  for (const target of spoil(street.targets, errors)) station.push(target)
  station.end()
  return station
}

/** Counted and true of each lane of the main approach and quarter of an hour. */
function lanesOf(station: RadarStation): { counted: number; real: number }[] {
  const link = street.network.links.findIndex(({ id }) => id === 'Win')
  const quarter = (time_s: number): number => Math.floor(time_s / 900)
  const slots = new Set(truth.map(({ time_s }) => quarter(time_s)))
  return station.lanesOf(link).flatMap((lane, k) => [...slots].map((slot) => ({
    counted: [...(station.sensorOf(link)?.counts.get(lane) ?? [])].filter(([own]) => quarter(own * SLOT_S) === slot).reduce((sum, [, { vehicles }]) => sum + [...vehicles.values()].reduce((a, b) => a + b, 0), 0),
    real: truth.filter((crossing) => crossing.link === 'Win' && crossing.lane === k && quarter(crossing.time_s) === slot).length,
  })))
}

/** Queues of the main approach whose length radar could see. */
function queuesOf(station: RadarStation): { cycle: LaneCycle; vehicles: number }[] {
  const link = street.network.links.findIndex(({ id }) => id === 'Win')
  return station.lanesOf(link).flatMap((lane, k) => {
    const real = trueQueues(street, 'Win', k, cycleOf)
    return station.cyclesOf(lane).flatMap((cycle) => {
      const vehicles = real.get(cycleOf(cycle.until_s - 0.01))?.vehicles
      return cycle.censored || vehicles === undefined ? [] : [{ cycle, vehicles }]
    })
  })
}

describe('a radar over a busy approach', () => {
  beforeAll(() => {
    street = simulateStreet(1800, { main: 3.1, left: 45, cross: 9, right: 40 }, NOISE)
    truth = trueCrossings(street)
  }, 60_000)

  it.each<[string, RadarErrors]>([
    ['misses, ghosts and noise only', {}],
    ['stopped vehicles fade', { fading: 0.5 }],
    ['ids change', { switches: 0.03 }],
    ['vehicles are told as two', { splits: 0.1 }],
    ['vehicles are told as one', { merges: 0.05 }],
    ['all of it', { fading: 0.4, switches: 0.02, splits: 0.05, merges: 0.05 }],
  ])('counts each lane of a quarter of an hour to a twentieth and nine queues of ten to two vehicles: %s', (_, errors) => {
    const station = see(errors)
    const counts = lanesOf(station)
    expect(counts.length).toBeGreaterThanOrEqual(4)
    for (const { counted, real } of counts) expect(Math.abs(counted - real)).toBeLessThanOrEqual(Math.max(1, real * 0.05))
    const queues = queuesOf(station)
    expect(queues.length).toBeGreaterThan(40)
    expect(queues.filter(({ cycle, vehicles }) => Math.abs(cycle.queue_max_vehicles - vehicles) <= 2).length / queues.length).toBeGreaterThanOrEqual(0.9)
    expect(station.spillbacks).toEqual([])
  })

  it('knows where vehicles turned, but counts nothing while it is away', () => {
    const away = [600, 900] as const
    const radar = measureRadar(street.network, see({ dropouts: [away] }))
    const first = street.targets[0]!.time_s
    for (const { movement, counted, volume_vph, observed_s } of radar) {
      const { from, to } = street.network.movements[movement]!
      const real = truth.filter((crossing) => crossing.link === from && crossing.to === to)
      const present = real.filter(({ time_s }) => time_s - first < away[0] || time_s - first >= away[1] + 2).length
      expect(Math.abs(counted - present)).toBeLessThanOrEqual(Math.max(2, present * 0.04))
      if (real.length === 0) expect(volume_vph.value).toBe(0)
      else expect(volume_vph.low!).toBeLessThan((real.length * 3600) / (observed_s + 300))
      expect(volume_vph.high!).toBeGreaterThan((real.length * 3600) / (observed_s + 300))
    }
  })
})

describe('a radar over an approach with more traffic than green', () => {
  beforeAll(() => {
    street = simulateStreet(2500, { main: 1.8, left: 1e9, cross: 15, right: 1e9 }, NOISE)
    truth = trueCrossings(street)
  }, 60_000)

  it('measures saturation flow within 3 % of that of the true crossings after 30 queues', () => {
    const station = see({ switches: 0.02, splits: 0.05 })
    const radar = measureRadar(street.network, station).find(({ movement }) => street.network.movements[movement]!.id === 'Win->Eout')!
    const headways: number[] = []
    for (let start = T0 + 5 + CYCLE_S; start < T0 + 2500; start += CYCLE_S) {
      const own = truth.filter(({ link, lane, time_s }) => link === 'Win' && lane === 0 && time_s >= start && time_s <= start + 35).sort((a, b) => a.time_s - b.time_s)
      const until = own.findIndex(({ queued }) => !queued)
      const n = until < 0 ? own.length : until
      if (n >= 8) headways.push((own[n - 1]!.time_s - own[3]!.time_s) / (n - 4))
    }
    headways.sort((a, b) => a - b)
    const real = 3600 / headways[Math.floor(headways.length / 2)]!
    expect(radar.queues).toBeGreaterThanOrEqual(30)
    expect(Math.abs(radar.saturation_flow_vphpl.value! / real - 1)).toBeLessThan(0.03)
    expect(radar.saturation_flow_vphpl.high! - radar.saturation_flow_vphpl.low!).toBeLessThan(0.1 * real)
    expect(radar.start_up_lost_s!).toBeGreaterThan(0)
    expect(radar.start_up_lost_s!).toBeLessThan(4)
  })

  it('says that a queue beyond its range is at least as long instead of giving a mean', () => {
    const station = see({})
    const radar = measureRadar(street.network, station).find(({ movement }) => street.network.movements[movement]!.id === 'Win->Eout')!
    expect(radar.queue_max_m).toEqual({ value: null, low: null, high: null })
    expect(radar.residual_vehicles!).toBeGreaterThan(5)
    expect(radar.green_use!).toBeGreaterThan(0.7)
  })

  it('counts within 10 % of a lane in a dense queue with everything wrong', () => {
    for (const { counted, real } of lanesOf(see({ fading: 0.3, switches: 0.02, splits: 0.05, merges: 0.03 }))) expect(Math.abs(counted - real)).toBeLessThanOrEqual(Math.max(2, real * 0.1))
  })
})
