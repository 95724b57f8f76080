import { describe, expect, it } from 'vitest'
import { SLOT_S, volumeOf, type RadarMeasures } from '../radar/index.ts'
import { generator } from '../volume/testing/street.ts'
import { ProbeAnchor } from './index.ts'

const HOURS = 8
const NONE = { value: null, low: null, high: null }

interface Passage { vehicle: string; movement: number; crossing_s: number; probe: boolean }

/**
 * A main road over three junctions. Movement 3j: on along it; 3j + 1: off it, one in seven; 3j + 2: on to it from the side. The main
 * road is busy late, the side streets early; `share` of the vehicles that enter in an hour are probes.
 */
function drive(seed: number, share: (hour: number) => number): Passage[] {
  const random = generator(seed)
  const passages: Passage[] = []
  let count = 0
  const enter = (at: number, time_s: number, from: number): void => {
    const vehicle = `${count++}`
    const probe = random() < share(Math.floor(time_s / 3600))
    const pass = (movement: number, crossing_s: number): void => { passages.push({ vehicle, movement, crossing_s, probe }) }
    if (from >= 0) pass(from, time_s)
    for (let j = at, time = time_s + 40; j < 3; j++, time += 40) {
      const off = random() < 1 / 7
      pass(3 * j + Number(off), time)
      if (off) return
    }
  }
  for (let hour = 0; hour < HOURS; hour++) {
    const main = 700 + 120 * hour
    for (let k = 0; k < main; k++) enter(0, 3600 * (hour + random()), -1)
    for (let j = 0; j < 3; j++) for (let k = 0; k < 500 - 50 * hour; k++) enter(j + 1, 3600 * (hour + random()), 3 * j + 2)
  }
  return passages.sort((a, b) => a.crossing_s - b.crossing_s)
}

/** What a radar over the movements says, slot by slot. */
function radarOver(passages: readonly Passage[], movements: readonly number[], seen = (_slot: number): boolean => true): RadarMeasures[] {
  return movements.map((movement) => {
    const slots = Array.from({ length: (HOURS * 3600) / SLOT_S }, (_, slot) => ({ slot, count: 0, observed_s: seen(slot) ? SLOT_S : 0 }))
    for (const one of passages) {
      const slot = slots[Math.floor(one.crossing_s / SLOT_S)]
      if (one.movement === movement && slot !== undefined && slot.observed_s > 0) slot.count++
    }
    const [counted, observed_s] = [slots.reduce((sum, { count }) => sum + count, 0), slots.reduce((sum, slot) => sum + slot.observed_s, 0)]
    return {
      movement, counted, inferred: 0, two_wheelers: 0, observed_s, volume_vph: volumeOf(counted, observed_s), queue_max_m: NONE, queue_p95_m: NONE, residual_vehicles: null, queues: 0, saturation_flow_vphpl: NONE,
      start_up_lost_s: null, green_use: null, wasted_green_s: null, until_s: HOURS * 3600, slots: slots.filter((slot) => slot.observed_s > 0),
    }
  })
}

function anchorOf(passages: readonly Passage[], radar: readonly RadarMeasures[], hourOf = (time_s: number): number => Math.floor(time_s / 3600)): ProbeAnchor {
  return new ProbeAnchor({ radar, runsOf: (movement) => probesOf(passages, movement), weight: () => 1, heard: () => true, hourOf })
}

const probesOf = (passages: readonly Passage[], movement: number): Passage[] => passages.filter((one) => one.probe && one.movement === movement)
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1]!
const MIDDLE = [3, 4, 5]
const OTHERS = [0, 1, 2, 6, 7, 8]
const falling = (hour: number): number => 0.05 * (1.4 - (0.8 * hour) / (HOURS - 1))

describe('volumes elsewhere from a radar at one of three junctions', () => {
  const trials = Array.from({ length: 12 }, (_, seed) => drive(seed + 1, falling)).map((passages) => {
    const radar = radarOver(passages, MIDDLE)
    const [anchor, blind] = [anchorOf(passages, radar), anchorOf(passages, radar, () => 0)]
    const counted = radar.reduce((sum, each) => sum + each.counted, 0)
    const probes = MIDDLE.reduce((sum, movement) => sum + probesOf(passages, movement).length, 0)
    return OTHERS.map((movement) => {
      const truth = passages.filter((one) => one.movement === movement).length
      const n = probesOf(passages, movement).length
      const share = anchor.shareOf(movement)!
      return {
        movement, error: Math.abs(n / share.value / truth - 1), pooled: Math.abs((n * counted) / probes / truth - 1), blind: Math.abs(n / blind.shareOf(movement)!.value / truth - 1), guessed: Math.abs(n / 0.05 / truth - 1),
        held: Math.abs(Math.log(n / share.value / truth)) <= 1.645 * Math.hypot(Math.sqrt(share.sampling), share.error),
      }
    })
  })

  it('are nearer to the truth than by one share of probes for the whole day, and than by a guess', () => {
    const of = (pick: (one: (typeof trials)[number][number]) => number): number => median(trials.flat().map(pick))
    expect(of(({ error }) => error)).toBeLessThan(0.06)
    expect(of(({ error }) => error)).toBeLessThan(0.8 * of(({ pooled }) => pooled))
    expect(of(({ error }) => error)).toBeLessThan(0.9 * of(({ blind }) => blind))
    expect(of(({ error }) => error)).toBeLessThan(0.8 * of(({ guessed }) => guessed))
  })

  it('lie in their intervals about nine times in ten', () => {
    const held = trials.flat().filter((one) => one.held).length / trials.flat().length
    expect(held).toBeGreaterThanOrEqual(0.84)
  })

  it('are known best where most of the vehicles pass the radar before or after', () => {
    const passages = drive(5, falling)
    const anchor = anchorOf(passages, radarOver(passages, MIDDLE))
    const [on, off] = [0, 1].map((movement) => anchor.shareOf(movement)!)
    const alone = (movement: number): number => 0.95 / probesOf(passages, movement).length
    expect(on!.sampling).toBeLessThan(0.6 * alone(0))
    expect(off!.sampling).toBeGreaterThan(0.9 * alone(1))
  })
})

describe('the share of probes', () => {
  it('is told by the hour where it changes with the hour, and is one where it does not', () => {
    const spread = (share: (hour: number) => number): number => {
      const passages = drive(7, share)
      const values = anchorOf(passages, radarOver(passages, MIDDLE)).listHours().map(({ penetration }) => penetration.value!)
      expect(values.length).toBeGreaterThanOrEqual(HOURS)
      return Math.max(...values) / Math.min(...values)
    }
    expect(spread(falling)).toBeGreaterThan(1.5)
    expect(spread(() => 0.05)).toBeLessThan(1.2)
  })

  it('comes from the time in which radar saw everything and probes were heard of', () => {
    const passages = drive(9, () => 0.1)
    const away = (slot: number): boolean => slot >= 48
    const radar = radarOver(passages, MIDDLE, away)
    const deaf = passages.map((one) => ({ ...one, probe: one.probe && one.crossing_s < 7 * 3600 }))
    const make = (heard: (slot: number) => boolean): ProbeAnchor => new ProbeAnchor({ radar, runsOf: (movement) => probesOf(deaf, movement), weight: () => 1, heard, hourOf: () => 0 })
    expect(make((slot) => slot < 84).shareOf(0)!.value).toBeCloseTo(0.1, 1)
    expect(Math.abs(make((slot) => slot < 84).listHours()[0]!.penetration.value! / 0.1 - 1)).toBeLessThan(0.1)
    expect(make(() => true).listHours()[0]!.penetration.value!).toBeLessThan(0.085)
  })

  it('is not told from a handful of probes', () => {
    const passages = drive(3, () => 0.0002)
    const anchor = anchorOf(passages, radarOver(passages, [4]))
    expect(anchor.shareOf(0)).toBeUndefined()
    expect(anchor.listHours()).toEqual([])
  })
})
