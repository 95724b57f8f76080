import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { Lane, Network } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { PlaceState } from '../../model/traffic-state.ts'
import { resolvePeriod } from '../../simulation/demand/index.ts'
import { gatherRoad } from './gather-road.ts'
import { diagnosePlaces } from './index.ts'
import { listSites } from './sites.ts'
import { calmState, congested } from './testing.ts'

const { scenario } = await readScenario('scenarios/nanhu-avenue')
const graph = new RoadGraph(scenario.network)
const period = resolvePeriod(scenario, 'peak')
const signals = scenario.network.signals.map(({ id }) => id)
/** Noon of the period. */
const during = { start_s: period.start_s + 600, end_s: period.start_s + 1800 }
const inSource = (ids: readonly string[]): string[] => ids.map((id) => graph.getLink(id).source_id)

describe('where cards come from', () => {
  const place = congested({ ...during, links: inSource(['2-3', '1-2', '302-2']), head: '2-3' })

  it('is the signal at the head of a place; what queues over other signals counts for it', () => {
    const sites = listSites(graph, [place], signals, period)
    const three = sites.find(({ signal }) => signal === '3')!
    expect(three.places).toEqual([place])
    expect([...three.links].sort()).toEqual(['1-2', '2-3', '302-2'])
    for (const link of ['2-3', '1-2', '302-2']) for (const { id } of graph.listMovementsFrom(link)) expect(three.movements.has(id)).toBe(true)
    const two = sites.find(({ signal }) => signal === '2')!
    expect([...two.movements].map((id) => graph.getMovement(id).from).sort()).not.toContain('1-2')
    expect(two.movements.size).toBeGreaterThan(0)
  })

  it('counts each movement once', () => {
    const all = listSites(graph, [place, congested({ ...during, links: ['1-2'], head: '1-2' })], signals, period).flatMap(({ movements }) => [...movements])
    expect(new Set(all).size).toBe(all.length)
    expect(all.length).toBe(scenario.network.movements.filter(({ signal }) => signal !== undefined).length)
  })

  it('leaves places of other hours to other periods', () => {
    expect(listSites(graph, [{ ...place, start_s: 0, end_s: 3600 }], signals, period).every(({ places }) => places.length === 0)).toBe(true)
  })
})

describe('cards of congested places', () => {
  const diagnose = (places: readonly PlaceState[], change: (state: ReturnType<typeof calmState>) => void = () => {}) => {
    const state = { ...calmState(scenario), places: [...places] }
    change(state)
    return diagnosePlaces({ scenario, state, period, runs: 0, seed: 1, places: 10, date: '2026-01-06' })
  }

  it('carry the congestion in space and time, and vehicle hours of all that waits in it', async () => {
    const wait = { value: 150, low: 140, high: 160 }
    const slow = new Set(['2-3', '1-2'])
    const { places } = await diagnose([congested({ ...during, links: ['2-3', '1-2'], head: '2-3' })], (state) => {
      for (const one of state.movements) if (slow.has(one.from_link)) one.control_delay_s = wait
    })
    const [worst] = places
    expect(worst).toMatchObject({ signal: '3', head: '2-3', place: { kind: 'stretch', length_m: 900, volume_veh: 1000 } })
    expect(worst!.links).toEqual(expect.arrayContaining(['2-3', '1-2']))
    const volume = (link: string): number => graph.listMovementsFrom(link).reduce((sum, { id }) => sum + (calmState(scenario).movements.find(({ movement }) => movement === id)!.volume_vph.value ?? 0), 0)
    expect(worst!.delay_veh_h_per_day).toBeGreaterThan(((volume('2-3') + volume('1-2')) * 150) / 3600)
    expect(worst!.avoidable_veh_h_per_day).toBeLessThan(worst!.delay_veh_h_per_day)
    expect(worst!.avoidable_veh_h_per_day).toBeGreaterThan(worst!.delay_veh_h_per_day / 3)
    const two = places.find(({ signal }) => signal === '2')
    expect(two?.delay_veh_h_per_day ?? 0).toBeLessThan((volume('302-2') + volume('202-2') + volume('3-2')) * 150 / 3600)
  })

  it('fall back on the place where no volume is known, and say so', async () => {
    const place = congested({ ...during, links: ['2-3'], head: '2-3', delay_veh_h_per_day: 3, avoidable_veh_h_per_day: 2, all: null })
    const state = { ...calmState(scenario), movements: [], places: [place] }
    const blind = { ...scenario, demand: { ...scenario.demand, volumes: [], trips: [] } }
    const { places } = await diagnosePlaces({ scenario: blind, state, period, runs: 0, seed: 1, places: 10, date: '2026-01-06' })
    expect(places).toHaveLength(1)
    expect(places[0]).toMatchObject({ signal: '3', delay_veh_h_per_day: 3, avoidable_veh_h_per_day: 2, grade: 'E', seen_only: true, findings: [] })
  })
})

it('knows a lane drop and a merge by their lanes', () => {
  const lane = (index: number): Lane => ({ index, width_m: 3, speed_mps: 14, length_m: 300 })
  const link = (id: string, lanes: number) => ({ id, source_id: id, from: `${id} a`, to: 'n', length_m: 300, speed_mps: 14, lanes: Array.from({ length: lanes }, (_, i) => lane(i)) })
  const connection = (movement: string, from_lane: number, to_lane: number) => ({ id: `${movement} ${from_lane}`, movement, from_lane, to_lane, length_m: 5, speed_mps: 14, conflicts_with: [], yields_to: [] })
  const network: Network = {
    format: 'greenwave.network/1', name: 'x', driving_side: 'right', coordinate_reference: { kind: 'local' }, nodes: ['main a', 'ramp a', 'n', 'end'].map((id) => ({ id, source_id: id, kind: 'priority' as const, x_m: 0, y_m: 0 })), signals: [],
    links: [link('main', 2), link('ramp', 1), { ...link('out', 2), from: 'n', to: 'end' }],
    movements: [{ id: 'm', node: 'n', from: 'main', to: 'out', turn: 'through' }, { id: 'r', node: 'n', from: 'ramp', to: 'out', turn: 'right' }],
    connections: [connection('m', 0, 0), connection('m', 1, 1), connection('r', 0, 0)],
  }
  const of = (change: Partial<Network> = {}) => gatherRoad(new RoadGraph({ ...network, ...change }), { head: 'main', places: [], links: new Set(), movements: new Set() }, new Map([['m', 1500]]))
  expect(of()).toMatchObject({ lanes: 2, beyond: { link: 'out', lanes: 2, from: [{ link: 'main', lanes: 2, volume_vph: 1500 }, { link: 'ramp', lanes: 1, volume_vph: undefined }] } })
  expect(of({ links: [link('main', 3), link('ramp', 1), network.links[2]!] })).toMatchObject({ lanes: 3 })
  const [site] = listSites(new RoadGraph(network), [congested({ ...during, links: ['main'], head: 'main' })], [], period)
  expect(site).toMatchObject({ head: 'main' })
  expect(site!.signal).toBeUndefined()
  expect([...site!.movements]).toEqual(['m'])
})
