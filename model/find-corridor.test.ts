import { describe, expect, test } from 'vitest'
import { resolveCorridor } from './corridor.ts'
import { corridorBetween, corridorByStreet } from './find-corridor.ts'
import { RoadGraph } from './road-graph.ts'
import { buildStreets } from './streets/build.ts'
import type { DrawnLink, DrawnStreets } from './streets/drawn.ts'
import { drawnLink, drawnNode } from './streets/test-town.ts'
import type { Point } from './network.ts'

/** Streets given as rows of node ids; a node is a signal when its id begins with S. */
function graphOf(places: Record<string, Point>, streets: { name?: string; nodes: string; oneWay?: boolean }[]): RoadGraph {
  const links = streets.flatMap(({ name, nodes, oneWay }) => {
    const ids = nodes.split(' ')
    return ids.slice(1).flatMap((to, i): DrawnLink[] => {
      const from = ids[i] as string
      const points = [places[from] as Point, places[to] as Point]
      const both = [drawnLink(from, to, points, [{}, {}]), ...(oneWay === true ? [] : [drawnLink(to, from, [...points].reverse(), [{}, {}])])]
      return both.map((link) => ({ ...link, ...(name === undefined ? {} : { name }) }))
    })
  })
  const drawn: DrawnStreets = { driving_side: 'right', nodes: Object.entries(places).map(([id, at]) => drawnNode(id, at, id.startsWith('S') ? 'signal' : 'none')), links, movements: [] }
  const { patterns: _, notes: __, ...parts } = buildStreets(drawn)
  return new RoadGraph({ format: 'greenwave.network/1', name: 'x', driving_side: 'right', coordinate_reference: { kind: 'local' }, ...parts })
}

const PLACES: Record<string, Point> = {
  w: [0, 0], S1: [300, 0], m: [500, 0], S2: [700, 0], S3: [1100, 0], e: [1400, 0],
  n1: [300, 300], s1: [300, -300], n2: [700, 300], S4: [1100, 400], n3: [1100, 800], S5: [3000, 0], S6: [3400, 0], f: [2700, 0], g: [3700, 0], n5: [3000, 300], n6: [3400, 300], e4: [1500, 400],
}
const TOWN = [
  { name: 'Königstraße', nodes: 'e S3 S2 m S1 w' }, { name: 'Mill Lane', nodes: 'n1 S1 s1' }, { name: 'Park Road', nodes: 'n2 S2' },
  { name: 'Königstrasse Nord', nodes: 'S3 S4 n3' }, { name: 'East End', nodes: 'S4 e4' }, { name: 'Königstraße', nodes: 'f S5 S6 g' }, { nodes: 'n5 S5' }, { nodes: 'n6 S6' },
]

describe('a corridor by the name of its street', () => {
  const graph = graphOf(PLACES, TOWN)

  test('has its signals in order from west to east, whatever the case and the accents', () => {
    for (const name of ['Königstraße', 'KÖNIGSTRASSE', 'konigstraße', '  Königstraße ']) {
      expect(corridorByStreet(graph, name).corridor.intersections).toEqual(['S1', 'S2', 'S3'])
    }
    expect(corridorByStreet(graph, 'Königstraße').corridor.name).toBe('Königstraße')
    expect(resolveCorridor(graph, corridorByStreet(graph, 'Königstraße').corridor).outbound?.crossings).toHaveLength(3)
  })

  test('is its longest part, and the other part is told', () => {
    expect(corridorByStreet(graph, 'Königstraße').remarks).toEqual(['2 more signal(s) on Königstraße are on other parts or branches of it: S5, S6'])
  })

  test('follows the longest branch where a street forks', () => {
    const forked = graphOf({ ...PLACES, S7: [1400, 300], S8: [1800, 300], x: [2200, 300], y: [1400, 600], z: [1800, 600], v: [1100, -300] }, [
      { name: 'Fork', nodes: 'w S1 S2 S3 e' }, { name: 'Fork', nodes: 'S3 S7 S8 x' }, { nodes: 'S7 y' }, { nodes: 'S8 z' }, { nodes: 'n1 S1' }, { nodes: 'n2 S2' }, { nodes: 'v S3 S4' },
    ])
    const found = corridorByStreet(forked, 'fork')
    expect(found.corridor.intersections).toEqual(['S1', 'S2', 'S3', 'S7', 'S8'])
    expect(found.remarks).toEqual([])
  })

  test('goes the way of a one-way street', () => {
    const graph = graphOf(PLACES, [{ name: 'One Way', nodes: 'e S3 S2 S1 w', oneWay: true }, { nodes: 'n1 S1 s1' }, { nodes: 'n2 S2' }, { nodes: 'S3 S4' }])
    expect(corridorByStreet(graph, 'one way').corridor.intersections).toEqual(['S3', 'S2', 'S1'])
  })

  test('that no link has is refused with the names that resemble it', () => {
    expect(() => corridorByStreet(graph, 'Königstrase')).toThrow('no link has the name "Königstrase"; there is Königstraße, Königstrasse Nord')
    expect(() => corridorByStreet(graph, 'Broadway')).toThrow(/no link has the name "Broadway"; its streets are Königstraße/)
  })

  test('with one signal is refused', () => {
    expect(() => corridorByStreet(graph, 'Mill Lane')).toThrow('Mill Lane has 1 signal(s), S1, none of which leads to another along the street; a corridor needs at least 2')
  })
})

describe('a corridor between two points', () => {
  const graph = graphOf(PLACES, TOWN)

  test('has the signals of the quickest way, from the nearest to the one to the nearest to the other', () => {
    const found = corridorBetween(graph, [310, 20], [1110, 390])
    expect(found.corridor).toEqual({ id: 'corridor-1', name: 'Königstraße', intersections: ['S1', 'S2', 'S3', 'S4'] })
    expect(corridorBetween(graph, [1110, 390], [310, 20]).corridor.intersections).toEqual(['S4', 'S3', 'S2', 'S1'])
  })

  test('says how far a signal is from the point where it is far', () => {
    expect(corridorBetween(graph, [300, 400], [1100, 0]).remarks).toEqual(['signal S1 is 400 m from the point that was named'])
  })

  test('is refused where there is none', () => {
    expect(() => corridorBetween(graph, [0, 9000], [1100, 0])).toThrow(/no signal lies within 1000 m of 0, 9000; the nearest, S\d, is \d+ m away/)
    expect(() => corridorBetween(graph, [300, 0], [310, 10])).toThrow('both points are nearest to signal S1; a corridor needs 2')
    expect(() => corridorBetween(graph, [300, 0], [3000, 0])).toThrow('no links lead from signal S1 to signal S5, nor back')
  })
})
