import { describe, expect, it } from 'vitest'
import { street } from '../test/street.ts'
import { resolveCorridor } from './corridor.ts'
import { RoadGraph } from './road-graph.ts'

const corridor = { id: 'c', name: 'c', intersections: ['S1', 'S2'] }

describe('resolveCorridor', () => {
  it('follows the straight way in both directions and measures stop line to stop line', () => {
    const resolved = resolveCorridor(new RoadGraph(street()), corridor)
    expect(resolved.outbound?.links).toEqual(['wS1', 'S1m', 'mS2', 'S2e'])
    expect(resolved.inbound?.links).toEqual(['eS2', 'S2m', 'mS1', 'S1w'])
    // 200 m + 300 m of links, one crossing at the signal and one at the node between.
    expect(resolved.outbound?.legs[0]?.distance_m).toBe(540)
    expect(resolved.outbound?.legs[0]?.speed_limit_mps).toBeCloseTo(10, 9)
    expect(resolved.inbound?.crossings.map(({ movements }) => movements[0]?.id)).toEqual(['eS2>S2m', 'mS1>S1w'])
  })

  it('resolves one direction of a one-way street', () => {
    const resolved = resolveCorridor(new RoadGraph(street({ oneWay: true })), corridor)
    expect(resolved.outbound).toBeDefined()
    expect(resolved.inbound).toBeUndefined()
  })

  it('names the pair whose links do not connect', () => {
    expect(() => resolveCorridor(new RoadGraph(street({ oneWay: true, gap: true })), corridor)).toThrow(/no links lead from signal S1 to signal S2/)
  })

  it('refuses a signal that is listed twice, is unknown, or stands alone', () => {
    const graph = new RoadGraph(street())
    expect(() => resolveCorridor(graph, { ...corridor, intersections: ['S1', 'S1'] })).toThrow(/names signal S1 twice/)
    expect(() => resolveCorridor(graph, { ...corridor, intersections: ['S1', 'S9'] })).toThrow(/no signal "S9"/)
    expect(() => resolveCorridor(graph, { ...corridor, intersections: ['S1'] })).toThrow(/needs at least 2/)
  })
})
