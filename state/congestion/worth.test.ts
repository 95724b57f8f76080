import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { LinkState, MovementState } from '../../model/traffic-state.ts'
import { areaStates } from './areas.ts'
import { CellTable, CONGESTION_DEFAULTS, type CongestionOptions } from './cells.ts'
import { findClusters, type LinkNeighbours } from './clusters.ts'
import { natureOf } from './nature.ts'
import { mergePlaces, type CongestedPlace } from './places.ts'
import { worthOf, type LinkLoad } from './worth.ts'

const LENGTH = 400
const FREE = 12
const options: CongestionOptions = { ...CONGESTION_DEFAULTS, free_mps: [FREE, FREE, FREE] }
/** Three links in a row. */
const street: LinkNeighbours = { down: [[1], [2], []], up: [[], [0], [1]] }
/** A Monday. */
const MONDAY = 20_458

/** 4 vehicles in each slot on each link; `slow` says where they need 100 s for 400 m, which is 200/3 s more than free. */
function placesOf(days: readonly number[], slow: (day: number, link: number, slot: number) => boolean): { table: CellTable; places: CongestedPlace[] } {
  const table = new CellTable(3)
  for (const day of days) {
    for (let link = 0; link < 3; link++) for (let slot = 80; slot < 130; slot++) table.add(link, day, slot, 4 * LENGTH, 4 * (slow(day, link, slot) ? 100 : LENGTH / FREE), 4)
  }
  return { table, places: mergePlaces(days.flatMap((day) => findClusters(table, day, street, [LENGTH, LENGTH, LENGTH], options)), days, street) }
}

const rush = (_day: number, link: number, slot: number): boolean => link === 1 && slot >= 90 && slot < 102
const load = (own: Partial<LinkLoad> = {}): LinkLoad[] => Array.from({ length: 3 }, () => ({ vehicles_per_seen: 10, needed_s: 0, needed_known: true, ...own }))

describe('what a place costs', () => {
  const { places: [place] } = placesOf([MONDAY], rush)
  // Congested from the second slow slot on, and two slots longer than it is slow, at no loss.
  const lost_h = (11 * 4 * (200 / 3)) / 3600

  it('is the loss of all vehicles, where a probe stands for so many', () => {
    const { all } = worthOf(place!, [MONDAY], load())
    expect(all!.delay_veh_h_per_day).toBeCloseTo(10 * lost_h, 6)
    expect(all!.volume_veh).toBeCloseTo(10 * 4 * place!.clusters[0]!.cells.length, 6)
    expect(place!.length_m).toBe(LENGTH)
    expect(place!.duration_s).toBe(300 * place!.clusters[0]!.cells.length)
    expect(worthOf(place!, [MONDAY], load({ vehicles_per_seen: undefined })).all).toBeNull()
  })

  it('is avoidable on one day beyond what the plan must cost at this load', () => {
    const of = (needed_s: number): number => worthOf(place!, [MONDAY], load({ needed_s })).avoidable_veh_h_per_day
    expect(of(0)).toBeCloseTo(lost_h, 6)
    expect(of(30)).toBeCloseTo(lost_h - (4 * place!.clusters[0]!.cells.length * 30) / 3600, 6)
    expect(of(100)).toBe(0)
    expect(worthOf(place!, [MONDAY], load()).grade).toBe('D')
    expect(worthOf(place!, [MONDAY], load({ needed_known: false }))).toMatchObject({ grade: 'E', avoidable_by: 'plan' })
  })

  it('is avoidable over many days beyond the place’s own better days', () => {
    const days = Array.from({ length: 10 }, (_, i) => MONDAY + i)
    const { places: [some] } = placesOf(days, (day, link, slot) => day % 2 === 0 && rush(day, link, slot))
    const worth = worthOf(some!, days, load({ needed_s: 1000 }))
    expect(worth).toMatchObject({ avoidable_by: 'better-days', grade: 'C' })
    expect(worth.avoidable_veh_h_per_day).toBeCloseTo(lost_h / 2, 6)
    expect(worth.all!.avoidable_veh_h_per_day).toBeCloseTo(10 * (lost_h / 2), 6)
  })
})

describe('the nature of a place', () => {
  const workdays = Array.from({ length: 14 }, (_, i) => MONDAY + i).filter((_, i) => i % 7 < 5)
  const nature = (days: readonly number[], slow: (day: number, link: number, slot: number) => boolean): string => {
    const { table, places } = placesOf(days, slow)
    return natureOf(places[0]!, table, days, street, options)
  }

  it('is recurrent where working days have it, whatever weekends do', () => {
    const all = Array.from({ length: 14 }, (_, i) => MONDAY + i)
    expect(nature(all, (day, link, slot) => (day - MONDAY) % 7 < 5 && rush(day, link, slot))).toBe('recurrent')
  })

  it('is an incident where one day is far above the others and the road beyond is free', () => {
    const last = workdays.at(-1)!
    expect(nature(workdays, (day, link, slot) => day === last && rush(day, link, slot))).toBe('incident')
  })

  it('is one place where it comes again within half an hour, two where the morning and the evening have it', () => {
    const twice = (later: number) => (_day: number, link: number, slot: number): boolean => link === 1 && ((slot >= 85 && slot < 90) || (slot >= later && slot < later + 5))
    expect(placesOf([MONDAY], twice(95)).places).toHaveLength(1)
    expect(placesOf([MONDAY], twice(120)).places).toHaveLength(2)
  })

  it('is unknown from few days', () => {
    expect(nature([MONDAY, MONDAY + 1], rush)).toBe('unknown')
  })

  it('is no incident where the road beyond stands as well on that day', () => {
    const last = workdays.at(-1)!
    // The head is the last link: nothing is known beyond it.
    expect(nature(workdays, (day, _link, slot) => day === last && slot >= 90 && slot < 102)).toBe('occasional')
  })
})

describe('areas', async () => {
  const { scenario } = await readScenario('scenarios/nanhu-avenue')
  const graph = new RoadGraph(scenario.network)
  const corridor = resolveCorridor(graph, scenario.scenario.corridors[0]!)
  const link = (id: string, speed: number): LinkState => ({ link: id, id, speed_mps: { value: speed, low: null, high: null }, travel_time_s: { value: 1, low: null, high: null }, free_speed_mps: 10, index: 10 / speed, probes: 100, grade: 'C' })
  const along = [...new Set([...corridor.outbound!.links, ...corridor.inbound!.links])]
  const outbound = new Set(corridor.outbound!.links)
  const volume = (from_link: string, value: number): MovementState => ({ from_link, volume_vph: { value, low: null, high: null } }) as MovementState

  it('weigh by vehicle-kilometres where volumes are known, by length where not, and keep silent without enough length', () => {
    const links = along.map((id) => link(id, outbound.has(id) ? 5 : 10))
    const plain = areaStates(graph, [corridor], links, [])
    const [whole, out] = plain
    expect(plain.map(({ kind }) => kind)).toEqual(['corridor', 'direction', 'direction', 'area', 'city'])
    expect(out).toMatchObject({ index: 2, level: 'congested', weighted_by: 'length', coverage: 1, driven_veh_km_per_h: null })
    expect(whole!.index).toBeGreaterThan(1.4)
    const weighed = areaStates(graph, [corridor], links, along.map((id) => volume(id, outbound.has(id) ? 900 : 100)))[0]!
    expect(weighed.weighted_by).toBe('vehicle-km')
    expect(weighed.index).toBeCloseTo(1.9, 1)
    expect(areaStates(graph, [corridor], links.slice(0, 2), []).find(({ kind }) => kind === 'city')).toMatchObject({ index: null })
  })
})
