import { describe, expect, it } from 'vitest'
import { PASSENGER_CAR } from '../../model/demand.ts'
import type { Network } from '../../model/network.ts'
import { createRun, prepareNetwork } from '../index.ts'
import { none, runChecked } from '../testing/invariants.ts'
import { flow, inputFor, weave } from '../testing/networks.ts'

/** Road a leads into the right lane of a road whose left lane leads to the destination; in the left lane stands a bus. */
function behindABus(backFromRight: boolean): { network: Network; busLeaves: number } {
  const builder = weave(30)
  if (backFromRight) builder.link({ id: 'around', from: 'nr', to: 'nb', length: 100 }).connect({ from: 'right', to: 'around', lane: [0, 0] }).connect({ from: 'around', to: 'b', lane: [0, 0] })
  return { network: builder.build(), busLeaves: 200 }
}

describe('a vehicle stranded in a lane without its movement', () => {
  it.each([
    ['leaves by an exit where no way leads to its destination', false, 'nr'],
    ['drives round to its destination where a way leads there', true, 'nl'],
  ])('%s, as one missed turn and completed', (_, backFromRight, end) => {
    const { network, busLeaves } = behindABus(backFromRight)
    const bus = { ...PASSENGER_CAR, id: 'bus', length_m: 14, vehicle_class: 'bus' as const }
    const trips = [
      ...flow(network, ['b', 'weave', 'left'], 0, 1, 1, { type: 1, stops: [{ link_index_in_route: 1, lane: 1, position_m: 28, duration_s: busLeaves }] }),
      ...flow(network, ['a', 'weave', 'left'], 20, 21, 1),
    ]
    const run = createRun(prepareNetwork(network), inputFor(network, [], trips, {}, [PASSENGER_CAR, bus]))
    const { world } = run
    const found = []
    let lastLink = -1
    while (world.state[1] !== 2 && world.now < 3600) {
      found.push(runChecked(run, world.now + 0.5))
      if (world.strip[1]! >= 0 && world.strip[1]! < world.p.lanes) lastLink = world.p.laneLink[world.strip[1]!]!
    }
    expect(found.filter((each) => JSON.stringify(each) !== JSON.stringify(none))).toEqual([])
    expect(network.links[lastLink]!.to).toBe(end)
    expect(runChecked(run)).toEqual(none)
    const { completed, missed_turns } = run.result()
    expect({ completed, missed_turns }).toEqual({ completed: 2, missed_turns: 1 })
  })
})
