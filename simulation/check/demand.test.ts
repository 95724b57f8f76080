import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { emptyDemand, type Demand } from '../../model/demand.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { buildTrips } from '../demand/index.ts'
import { junction } from '../testing/junctions.ts'

const network = junction({})
const graph = new RoadGraph(network)
const demand = (vph: number | null): Demand => ({
  ...emptyDemand(), intervals: [{ id: 'peak', start_s: 0, end_s: 900 }], volumes: network.movements.map(({ id }, i) => ({ movement: id, volume_vph: [i === 4 ? vph : 100] })),
})
const draw = (of: Demand, changes: Partial<Parameters<typeof buildTrips>[2]> = {}): number => buildTrips(graph, of, { seed: 1, from_s: 0, until_s: 900, ...changes }).length

describe('demand', () => {
  it('is drawn where its volumes are numbers, or unknown', () => {
    expect(draw(demand(100))).toBeGreaterThan(200)
    expect(draw(demand(null))).toBeGreaterThan(150)
  })

  it('is refused with the movement and the value where a volume is negative or no number', () => {
    fc.assert(fc.property(fc.constantFrom(NaN, Infinity, -1, -1e-9, 1e12), (bad) => {
      expect(() => draw(demand(bad))).toThrow(GreenwaveError)
      expect(() => draw(demand(bad))).toThrow(network.movements[4]!.id)
      expect(() => draw(demand(bad))).toThrow(String(bad))
    }))
  })

  it('is refused where the growth or the time is no number', () => {
    for (const growth of [NaN, -1, Infinity, 1e9]) expect(() => draw(demand(1), { growth })).toThrow(`the growth is ${growth}`)
    for (const until_s of [NaN, Infinity, -1]) expect(() => draw(demand(1), { until_s })).toThrow(`an end at ${until_s} s`)
  })

  it('is refused where an interval is reversed or a type has a negative share', () => {
    expect(() => draw({ ...demand(1), intervals: [{ id: 'peak', start_s: 900, end_s: 0 }] })).toThrow('peak')
    expect(() => draw({ ...demand(1), vehicle_types: [{ ...emptyDemand().vehicle_types[0]!, share: -1 }] })).toThrow('vehicle type car has a share of -1')
  })
})
