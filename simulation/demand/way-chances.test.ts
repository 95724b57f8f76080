import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countedStreet } from '../../test/counted-street.ts'
import { balanceFlows } from './flow-field.ts'
import { HERE, wayChances } from './way-chances.ts'

const graph = countedStreet(['s', 's'])
const { movements, links } = graph.network
const number = (id: string): number => movements.findIndex((movement) => movement.id === id)
const EAST = links.findIndex(({ id }) => id === 'c0>c1')

/** Chance of each way to go on, by the way a vehicle came into the link from the first to the second signal. */
function chancesOn(volumes: [string, number][]): Map<number, Map<number, number>> {
  const zero = movements.filter(({ turn }) => turn !== 'u-turn').map(({ id }): [string, number] => [id, 0])
  const chances = wayChances(graph, balanceFlows(graph, new Map([...zero, ...volumes])))[EAST]!
  return new Map([...chances.rows].map(([from, row]) => [from, new Map([...chances.to].map((to, i) => [to, row[i]! - (row[i - 1] ?? 0)]))]))
}

describe('wayChances', () => {
  const volumes: [string, number][] = [
    ['west>c0>c1', 600], ['n0>c0>c1', 150], ['s0>c0>c1', 100],
    ['c0>c1>east', 500], ['c0>c1>n1', 200], ['c0>c1>s1', 150],
  ]
  const flow = new Map(volumes)

  it('gives each movement its volume, whatever the pairs', () => {
    const chances = chancesOn(volumes)
    for (const to of ['c0>c1>east', 'c0>c1>n1', 'c0>c1>s1']) {
      const expected = ['west>c0>c1', 'n0>c0>c1', 's0>c0>c1'].reduce((sum, from) => sum + flow.get(from)! * chances.get(number(from))!.get(number(to))!, 0)
      expect(expected).toBeCloseTo(flow.get(to)!, 3)
    }
  })

  it('gives every movement its volume on random streets with random counts', () => {
    const kinds = fc.array(fc.constantFrom<'s' | 'p'>('s', 'p'), { minLength: 1, maxLength: 5 })
    fc.assert(fc.property(kinds, fc.array(fc.integer({ min: 0, max: 1500 }), { minLength: 60, maxLength: 60 }), (row, values) => {
      const street = countedStreet(row)
      const counts = street.network.movements.filter(({ signal, turn }) => signal !== undefined && turn !== 'u-turn').map(({ id }, i): [string, number] => [id, values[i]!])
      const field = balanceFlows(street, new Map(counts))
      const carried = new Float64Array(street.network.movements.length)
      wayChances(street, field).forEach((chances, link) => {
        chances?.rows.forEach((sums, from) => {
          const vph = from === HERE ? field.source_vph[link]! : field.movement_vph[from]!
          chances.to.forEach((to, i) => { if (to !== HERE) carried[to]! += vph * (sums[i]! - (sums[i - 1] ?? 0)) })
        })
      })
      field.movement_vph.forEach((vph, m) => expect(Math.abs(carried[m]! - vph)).toBeLessThan(0.01 + 1e-4 * vph))
    }), { numRuns: 60 })
  })

  it('lets few turn back where they came from: left and left again, right and right again', () => {
    const chances = chancesOn(volumes)
    expect(graph.getMovement('n0>c0>c1').turn).toBe('left')
    expect(graph.getMovement('c0>c1>n1').turn).toBe('left')
    // Without preference it would be 200 of 850.
    expect(chances.get(number('n0>c0>c1'))!.get(number('c0>c1>n1'))).toBeLessThan(0.02)
    expect(chances.get(number('s0>c0>c1'))!.get(number('c0>c1>s1'))).toBeLessThan(0.02)
    expect(chances.get(number('west>c0>c1'))!.get(number('c0>c1>n1'))).toBeGreaterThan(200 / 850)
  })

  it('lets them turn back where the counts have no other explanation', () => {
    const chances = chancesOn([['n0>c0>c1', 150], ['c0>c1>n1', 150]])
    expect(chances.get(number('n0>c0>c1'))!.get(number('c0>c1>n1'))).toBeCloseTo(1, 6)
  })

  it('ends at mid-block what the next count misses', () => {
    const chances = chancesOn([['west>c0>c1', 800], ['c0>c1>east', 600]])
    expect(chances.get(number('west>c0>c1'))!.get(HERE)).toBeCloseTo(0.25, 6)
  })
})
