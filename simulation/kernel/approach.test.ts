import { describe, expect, it } from 'vitest'
import { createRun, prepareNetwork, type DrivingRules } from '../index.ts'
import { flow, inputFor, NetworkBuilder } from '../testing/networks.ts'

/** A minor road that joins a major one; a platoon on that, and a last vehicle far behind it. */
function whoGoesFirst(rules: DrivingRules): { order: string[]; away_m: number } {
  const builder = new NetworkBuilder()
  builder.link({ id: 'major', from: 'w', to: 'x', length: 400 })
  builder.link({ id: 'minor', from: 's', to: 'x', length: 100 })
  builder.link({ id: 'out', from: 'x', to: 'e', length: 300 })
  builder.connect({ from: 'major', to: 'out', lane: [0, 0], length: 12, shape: [[-6, 0], [6, 0]] })
  builder.connect({ from: 'minor', to: 'out', lane: [0, 0], length: 9, speed: 6, turn: 'right', shape: [[0, -6], [1, -2], [6, 0]], yields: ['major:0->out:0'] })
  const network = builder.build()
  const prepared = prepareNetwork(network)
  const trips = [...flow(network, ['major', 'out'], 0, 29, 3), ...flow(network, ['minor', 'out'], 36, 37, 10), ...flow(network, ['major', 'out'], 47, 48, 10)]
  const run = createRun(prepared, inputFor(network, [], trips, { rules, stop_at_s: 200 }))
  const { world } = run
  const [waits, last] = [trips.length - 2, trips.length - 1]
  const order: string[] = []
  let away_m = 0
  const isOut = (v: number): boolean => world.strip[v]! >= prepared.lanes
  while (run.step()) {
    // Where the far one is when the last of the platoon passes.
    if (isOut(9)) away_m = prepared.length[0]! - world.pos[last]!
    if (isOut(waits) && !order.includes('minor')) order.push('minor')
    if (isOut(last) && !order.includes('major')) order.push('major')
  }
  return { order, away_m }
}

describe('who has just begun to wait at a minor road', () => {
  // SUMO 1.15 lets them go in this order on the same roads with the same departures.
  it('waits by SUMO\'s rules for one on the major road who is two hundred metres away, because it says from any distance when it comes', () => {
    const { order, away_m } = whoGoesFirst('sumo')
    expect(order).toEqual(['major', 'minor'])
    expect(away_m).toBeGreaterThan(180)
  })

  it('goes before it by the rules of the field', () => {
    expect(whoGoesFirst('field').order).toEqual(['minor', 'major'])
  })
})
