import { describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { emptyDemand, PASSENGER_CAR, type Demand } from '../../model/demand.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Trip } from '../input.ts'
import { buildTrips, tripBuilder } from './trips.ts'

const PERIOD = { start_s: 61_200, end_s: 64_800 }
const HOUR = { from_s: 61_200, until_s: 64_800, period: PERIOD }

/** Counts at all signals, in veh/h; neighbours do not agree. */
function countedDemand(graph: RoadGraph): Demand {
  const base = { 'through': 420, 'left': 60, 'right': 90, 'u-turn': 0 }
  return {
    ...emptyDemand(),
    intervals: [{ id: 'a', start_s: 61_200, end_s: 63_000 }, { id: 'b', start_s: 63_000, end_s: 64_800 }],
    volumes: graph.network.movements.filter(({ turn, signal }) => turn !== 'u-turn' && signal !== undefined).map(({ id, turn }, i) => {
      const vph = base[turn] * (/^[ns]/.test(id) ? 0.5 : 1) * (1 + 0.3 * Math.sin(i))
      return { movement: id, volume_vph: [vph * 0.8, vph * 1.2] }
    }),
  }
}

/** Vehicles by movement, of all trips. */
function countMovements(graph: RoadGraph, trips: readonly Trip[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { links } of trips) {
    links.slice(1).forEach((link, i) => {
      const movement = graph.findMovement(graph.network.links[links[i]!]!.id, graph.network.links[link]!.id)!
      counts.set(movement.id, (counts.get(movement.id) ?? 0) + 1)
    })
  }
  return counts
}

describe('trips from turning volumes', () => {
  const graph = countedStreet(['s', 's', 's', 's'])
  const demand = countedDemand(graph)

  it('reproduce every counted movement: 60 hours agree within four standard deviations, the total within 1 %', () => {
    const seeds = 60
    const build = tripBuilder(graph, demand, HOUR)
    const counts = countMovements(graph, Array.from({ length: seeds }, (_, seed) => build(seed)).flat())
    let [total, expectedTotal] = [0, 0]
    for (const { movement, volume_vph } of demand.volumes) {
      const expected = ((volume_vph[0]! + volume_vph[1]!) / 2) * seeds
      const found = counts.get(movement) ?? 0
      expect(Math.abs(found - expected)).toBeLessThan(4 * Math.sqrt(expected) + 1)
      total += found
      expectedTotal += expected
    }
    expect(Math.abs(total / expectedTotal - 1)).toBeLessThan(0.01)
  })

  it('set out behind a first link that is shorter than they are', () => {
    const network = { ...graph.network, links: graph.network.links.map((link) => (link.id === 'west>c0' ? { ...link, length_m: 4 } : link)) }
    const starts = buildTrips(new RoadGraph(network), demand, { seed: 7, ...HOUR }).map((trip) => network.links[trip.links[0]!]!.id)
    expect(starts).not.toContain('west>c0')
    expect(starts).toContain('c0>c1')
  })

  it('are the same for the same seed, others for another, and come in order of time within the span', () => {
    const trips = buildTrips(graph, demand, { seed: 7, ...HOUR })
    expect(buildTrips(graph, demand, { seed: 7, ...HOUR })).toEqual(trips)
    expect(buildTrips(graph, demand, { seed: 8, ...HOUR })).not.toEqual(trips)
    expect(trips.every(({ depart_s }, i) => depart_s >= HOUR.from_s && depart_s < HOUR.until_s && depart_s >= (trips[i - 1]?.depart_s ?? 0))).toBe(true)
  })

  it('arrive less irregularly than Poisson, and not closer than 1.5 s in one lane', () => {
    const entry = graph.network.links.findIndex(({ id }) => id === 'west>c0')
    const times = buildTrips(graph, demand, { seed: 3, ...HOUR }).filter(({ links }) => links[0] === entry).map(({ depart_s }) => depart_s)
    const gaps = times.slice(1).map((time, i) => time - times[i]!)
    const mean = gaps.reduce((a, b) => a + b, 0) / gaps.length
    const deviation = Math.sqrt(gaps.reduce((a, b) => a + (b - mean) ** 2, 0) / gaps.length)
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1.5 - 1e-9)
    expect(deviation / mean).toBeLessThan(0.95)
    expect(deviation / mean).toBeGreaterThan(0.5)
  })

  it('begin and end at edges or at the middle of a link, and never pass a link twice', () => {
    const trips = buildTrips(graph, demand, { seed: 5, ...HOUR })
    const links = graph.network.links
    const isEdge = (node: string): boolean => graph.graph.getNodeAttribute(node, 'node').kind === 'boundary'
    for (const trip of trips) {
      const [first, last] = [links[trip.links[0]!]!, links[trip.links.at(-1)!]!]
      expect(trip.depart_position_m).toBe(isEdge(first.from) ? undefined : 150)
      expect(trip.arrive_position_m).toBe(isEdge(last.to) ? undefined : 150)
      expect(new Set(trip.links).size).toBe(trip.links.length)
    }
    expect(trips.some(({ depart_position_m }) => depart_position_m !== undefined)).toBe(true)
  })

  it('grow with the demand and follow the intervals where no period is given', () => {
    const count = (options: object): number => [1, 2, 3, 4, 5].reduce((sum, seed) => sum + buildTrips(graph, demand, { seed, ...HOUR, ...options }).length, 0)
    expect(count({ growth: 1.5 }) / count({})).toBeCloseTo(1.5, 1)
    expect(buildTrips(graph, demand, { seed: 1, ...HOUR, growth: 0 })).toEqual([])
    const half = (from_s: number): number => count({ from_s, until_s: from_s + 1800, period: undefined })
    expect(half(63_000) / half(61_200)).toBeCloseTo(1.5, 1)
    expect(() => buildTrips(graph, demand, { seed: 1, ...HOUR, growth: Number.NaN })).toThrow('the growth is NaN')
  })

  it('draw types by their shares, and none that the lanes do not admit', () => {
    const types = [{ ...PASSENGER_CAR, share: 0.8 }, { ...PASSENGER_CAR, id: 'truck', vehicle_class: 'truck', share: 0.2 }]
    const share = (own: RoadGraph): number => {
      const trips = buildTrips(own, { ...demand, vehicle_types: types }, { seed: 2, ...HOUR })
      return trips.filter(({ type }) => type === 1).length / trips.length
    }
    expect(share(graph)).toBeGreaterThan(0.17)
    expect(share(graph)).toBeLessThan(0.23)
    const carsOnly = countedStreet(['s', 's', 's', 's'])
    for (const link of carsOnly.network.links) for (const lane of link.lanes) lane.disallow = ['truck']
    expect(share(carsOnly)).toBe(0)
  })
})

describe('trips from vehicles with routes', () => {
  const graph = countedStreet(['s'])
  const links = graph.network.links.map(({ id }) => id)
  const demand: Demand = {
    ...countedDemand(graph),
    routes: [{ id: 'r', links: ['west>c0', 'c0>east'] }, { id: 'q', links: ['n0>c0', 'c0>west'] }],
    vehicles: { depart_s: Array.from({ length: 200 }, (_, i) => 61_200 + i * 10), route: Array.from({ length: 200 }, (_, i) => i % 2), type: Array.from({ length: 200 }, () => 0) },
    stops: [{ vehicle: 2, link: 'c0>east', lane: 0, position_m: 40, duration_s: 20 }],
  }

  it('win over volumes, keep the time span, share routes and carry their stops', () => {
    const trips = buildTrips(graph, demand, { seed: 1, from_s: 61_210, until_s: 61_300 })
    expect(trips.map(({ depart_s }) => depart_s)).toEqual([61_210, 61_220, 61_230, 61_240, 61_250, 61_260, 61_270, 61_280, 61_290])
    expect(trips[1]!.links.map((link) => links[link])).toEqual(['west>c0', 'c0>east'])
    expect(trips[1]!.links).toBe(trips[3]!.links)
    expect(trips[1]!.stops).toEqual([{ link_index_in_route: 1, lane: 0, position_m: 40, duration_s: 20 }])
    expect(trips[3]!.stops).toBeUndefined()
  })

  it('are multiplied and thinned to the vehicle', () => {
    const count = (growth: number): number => buildTrips(graph, demand, { seed: 1, from_s: 0, until_s: 86_400, growth }).length
    expect([0, 0.25, 0.8, 1, 1.5, 2.4].map(count)).toEqual([0, 50, 160, 200, 300, 480])
    const trips = buildTrips(graph, demand, { seed: 1, from_s: 61_200, until_s: 63_200, growth: 2 })
    expect(trips.every(({ depart_s }) => depart_s >= 61_200 && depart_s < 63_200)).toBe(true)
  })

  it('set out on the first link of the route that is longer than the vehicle, with the stops that are left', () => {
    const network = { ...graph.network, links: graph.network.links.map((link) => (link.id === 'west>c0' ? { ...link, length_m: 4 } : link)) }
    const of = (lane: 'best' | number): Demand => ({
      ...demand, vehicle_types: [PASSENGER_CAR], vehicles: { ...demand.vehicles, departures: [{ speed_mps: 0, lane }] },
      stops: [...demand.stops!, { vehicle: 4, link: 'west>c0', lane: 0, position_m: 2, duration_s: 20 }],
    })
    const trips = buildTrips(new RoadGraph(network), of(1), { seed: 1, from_s: 61_200, until_s: 61_250 })
    expect(trips.map((trip) => trip.links.map((link) => links[link]))).toEqual([['c0>east'], ['n0>c0', 'c0>west'], ['c0>east'], ['n0>c0', 'c0>west'], ['c0>east']])
    expect(trips.map(({ depart_lane }) => depart_lane)).toEqual(['first', 1, 'first', 1, 'first'])
    expect(trips.map(({ stops }) => stops?.map(({ link_index_in_route }) => link_index_in_route))).toEqual([undefined, undefined, [0], undefined, undefined])
    expect(buildTrips(new RoadGraph(network), of('best'), { seed: 1, from_s: 61_200, until_s: 61_210 })[0]!.depart_lane).toBeUndefined()
    // A way on which there is room nowhere is left to the check of trips, which names it.
    const short = { ...network, links: network.links.map((link) => ({ ...link, length_m: 4 })) }
    expect(buildTrips(new RoadGraph(short), of('best'), { seed: 1, from_s: 61_200, until_s: 61_210 })[0]!.links).toHaveLength(2)
  })

  it('refuse a route whose links are not joined', () => {
    const broken = { ...demand, routes: [{ id: 'r', links: ['west>c0', 'n0>c0'] }, demand.routes[1]!] }
    expect(() => buildTrips(graph, broken, { seed: 1, from_s: 61_200, until_s: 64_800 })).toThrow('route "r": no movement leads from link "west>c0" to link "n0>c0"')
  })
})
