import { describe, expect, it } from 'vitest'
import { resolveCorridor } from '../model/corridor.ts'
import { RoadGraph } from '../model/road-graph.ts'
import { street } from '../test/street.ts'
import { corridorPosition, listStations } from './stations.ts'

const graph = new RoadGraph(street())
const corridor = resolveCorridor(graph, { id: 'c', name: 'c', intersections: ['S1', 'S2'] })

describe('the stations of a corridor', () => {
  it('stand at their distance along the outbound direction, with the groups of both throughs', () => {
    expect(listStations(graph, corridor)).toEqual([
      { signal: 'S1', name: 'S1', position_m: 0, outbound: ['g'], inbound: ['g'] },
      { signal: 'S2', name: 'S2', position_m: 540, outbound: ['g'], inbound: ['g'] },
    ])
  })

  it('lets both directions of travel meet at every stop line', () => {
    const stations = listStations(graph, corridor)
    const [out, back] = [corridorPosition(corridor, stations, 'outbound'), corridorPosition(corridor, stations, 'inbound')]
    expect([out(-50), out(0), out(270), out(540), out(600)]).toEqual([-50, 0, 270, 540, 600])
    expect([back(-50), back(0), back(540), back(600)]).toEqual([590, 540, 0, -60])
  })
})
