import { describe, expect, it } from 'vitest'
import { createRun, prepareNetwork } from '../index.ts'
import { junction, twoStage } from '../testing/junctions.ts'
import { compiled, flow, inputFor } from '../testing/networks.ts'

describe('a left turn that rolls up to its waiting place behind a leader', () => {
  // It cannot stop before the line any more, but well at its place inside: nobody has to brake for it.
  it.each(['sumo', 'field'] as const)('lets the queue opposite go first, by the rules of %s', (rules) => {
    const network = junction({ group: twoStage, waiting: 3, lanes: { W: 1, E: 2 }, length: 300 })
    const prepared = prepareNetwork(network)
    const opposite = Array.from({ length: 6 }, () => flow(network, ['Ein', 'Wout'], 2, 4, 3)).flat()
    const trips = [...flow(network, ['Win', 'Eout'], 0, 1, 3), ...opposite, ...flow(network, ['Win', 'Nout'], 8, 9, 3)]
    const run = createRun(prepared, inputFor(network, [compiled('x', 90, 0, { ew: [[45, 85]], ns: [[0, 40]] })], trips, { rules, stop_at_s: 300 }))
    const { world } = run
    const order: string[] = []
    const seen = new Set<number>()
    while (run.step()) {
      for (const arm of ['W', 'N']) {
        const link = prepared.linkIndex.get(`${arm}out`)!
        for (let strip = prepared.linkLane[link]!; strip < prepared.linkLane[link + 1]!; strip++) {
          for (let i = 0; i < world.count[strip]!; i++) {
            if (!seen.has(world.at(strip, i))) order.push(arm)
            seen.add(world.at(strip, i))
          }
        }
      }
    }
    expect(order.join('')).toBe('WWWWWWN')
  })
})
