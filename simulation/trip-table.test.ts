import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Trip } from './input.ts'
import { listTrips, tripTable, TripTableBuilder } from './trip-table.ts'

const stop = fc.record({ link_index_in_route: fc.nat(5), lane: fc.nat(3), position_m: fc.double({ min: 0, max: 500, noNaN: true }), duration_s: fc.double({ min: 0, max: 60, noNaN: true }) })
const trip: fc.Arbitrary<Trip> = fc.record({
  depart_s: fc.integer({ min: 0, max: 20 }), links: fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }), type: fc.nat(2),
  depart_position_m: fc.double({ min: 0, max: 100, noNaN: true }), arrive_position_m: fc.double({ min: 0, max: 100, noNaN: true }),
  depart_speed_mps: fc.double({ min: 0, max: 20, noNaN: true }), depart_lane: fc.oneof(fc.nat(3), fc.constant('first' as const)),
  stops: fc.array(stop, { minLength: 1, maxLength: 2 }),
}, { requiredKeys: ['depart_s', 'links', 'type'] })

describe('TripTable', () => {
  it('gives back every trip that was put in', () => {
    fc.assert(fc.property(fc.array(trip, { maxLength: 20 }), (trips) => { expect(listTrips(tripTable(trips))).toEqual(trips) }))
  })

  it('sorts by departure and keeps the order of those that depart together', () => {
    fc.assert(fc.property(fc.array(trip, { maxLength: 20 }), (trips) => {
      const builder = new TripTableBuilder()
      for (const one of trips) builder.add(one)
      expect(listTrips(builder.finish())).toEqual([...trips].sort((a, b) => a.depart_s - b.depart_s))
    }))
  })

  it('keeps a route once, however many trips take it, and takes the defaults as not given', () => {
    const table = tripTable([{ depart_s: 0, links: [1, 2], type: 0, depart_lane: 'best', depart_speed_mps: 'max' }, { depart_s: 1, links: [1, 2], type: 1 }, { depart_s: 2, links: [2], type: 0 }])
    expect([[...table.route], [...table.route_link], table.stop_start.length]).toEqual([[0, 0, 1], [1, 2, 2], 0])
    expect(Object.keys(listTrips(table)[0]!)).toEqual(['depart_s', 'links', 'type'])
    expect(tripTable(table)).toBe(table)
  })
})
