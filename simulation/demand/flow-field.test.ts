import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { balanceFlows, type FlowField } from './flow-field.ts'

/** Net inflow of a link in veh/h: 0 where the field is conserved. */
function residuals(graph: RoadGraph, field: FlowField): number[] {
  return graph.network.links.map((link, l) => {
    const flow = (movements: { id: string }[]): number => movements.reduce((sum, { id }) => sum + field.movement_vph[graph.network.movements.findIndex((m) => m.id === id)]!, 0)
    return flow(graph.listMovementsInto(link.id)) + field.source_vph[l]! - flow(graph.listMovementsFrom(link.id)) - field.sink_vph[l]!
  })
}

const flowOf = (graph: RoadGraph, field: FlowField, id: string): number => field.movement_vph[graph.network.movements.findIndex((movement) => movement.id === id)]!
const linkIndex = (graph: RoadGraph, id: string): number => graph.network.links.findIndex((link) => link.id === id)

/** Counts at every movement of every signal, U-turns apart, that agree with nothing. */
const countsAt = (graph: RoadGraph, value: (i: number) => number): Map<string, number> =>
  new Map(graph.network.movements.filter(({ signal, turn }) => signal !== undefined && turn !== 'u-turn').map(({ id }, i) => [id, value(i)]))

describe('balanceFlows', () => {
  it('keeps every count, conserves flow on every link and is never negative, whatever the counts', () => {
    const kinds = fc.array(fc.constantFrom<'s' | 'p'>('s', 'p'), { minLength: 1, maxLength: 6 })
    fc.assert(fc.property(kinds, fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 72, maxLength: 72 }), (row, values) => {
      const graph = countedStreet(row)
      const counts = countsAt(graph, (i) => values[i % values.length]!)
      const field = balanceFlows(graph, counts)
      for (const [id, count] of counts) expect(flowOf(graph, field, id)).toBe(count)
      for (const residual of residuals(graph, field)) expect(Math.abs(residual)).toBeLessThan(1e-6)
      for (const column of [field.movement_vph, field.source_vph, field.sink_vph]) expect(column.every((value) => value >= 0)).toBe(true)
      graph.network.links.forEach((_, l) => expect(Math.min(field.source_vph[l]!, field.sink_vph[l]!)).toBe(0))
    }), { numRuns: 60 })
  })

  it('ends at mid-block exactly what the next count misses', () => {
    const graph = countedStreet(['s', 's'])
    const through: [string, number][] = [['west>c0>c1', 800], ['c0>c1>east', 700], ['east>c1>c0', 500], ['c1>c0>west', 560]]
    const field = balanceFlows(graph, new Map([...countsAt(graph, () => 0), ...through]))
    const east = linkIndex(graph, 'c0>c1')
    const west = linkIndex(graph, 'c1>c0')
    expect(field.sink_vph[east]).toBeCloseTo(100, 1)
    expect(field.source_vph[west]).toBeCloseTo(60, 1)
    expect(field.source_vph[linkIndex(graph, 'west>c0')]).toBeCloseTo(800, 1)
  })

  it('lets an uncounted crossing take the difference, and gives it few turns otherwise', () => {
    const graph = countedStreet(['s', 'p', 's'])
    const counts = countsAt(graph, () => 0)
    for (const [id, vph] of [['west>c0>c1', 900], ['c1>c2>east', 700]] as const) counts.set(id, vph)
    const field = balanceFlows(graph, counts)
    const left = flowOf(graph, field, 'c0>c1>n1') + flowOf(graph, field, 'c0>c1>s1')
    const joined = flowOf(graph, field, 'n1>c1>c2') + flowOf(graph, field, 's1>c1>c2')
    expect(left - joined).toBeCloseTo(200, 0)
    expect(joined).toBeLessThan(100)
    expect(field.sink_vph[linkIndex(graph, 'c0>c1')]! + field.sink_vph[linkIndex(graph, 'c1>c2')]!).toBeLessThan(1)
  })

  it('carries counts over a crossing that nobody counted to the edges of the street', () => {
    const graph = countedStreet(['p', 's'])
    const counts = countsAt(graph, () => 0)
    counts.set('c0>c1>east', 600)
    const field = balanceFlows(graph, counts)
    expect(flowOf(graph, field, 'west>c0>c1')).toBeGreaterThan(500)
    expect(field.source_vph[linkIndex(graph, 'c0>c1')]).toBeLessThan(1)
  })

  it('sends nobody where no lane leads, and says so', () => {
    const open = countedStreet(['s'])
    const network = { ...open.network, connections: open.network.connections.filter(({ movement }) => movement !== 'west>c0>east') }
    const closed = new RoadGraph(network)
    const field = balanceFlows(closed, new Map([['west>c0>east', 500], ['west>c0>n0', 50]]))
    expect(field.undrivable).toEqual(['west>c0>east'])
    expect(flowOf(closed, field, 'west>c0>east')).toBe(0)
    expect(field.source_vph[linkIndex(closed, 'west>c0')]).toBeCloseTo(50, 1)
  })
})
