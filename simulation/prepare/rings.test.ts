import { describe, expect, it } from 'vitest'
import { prepareNetwork } from '../prepare.ts'
import { junction, roundabout } from '../testing/junctions.ts'
import { NetworkBuilder } from '../testing/networks.ts'

describe('rings of short links', () => {
  it('are found in a roundabout, with the ways in and the room that they hold', () => {
    const p = prepareNetwork(roundabout(10))
    expect(p.ringLength).toEqual(Float64Array.of(4 * 10 + 4 * 8))
    expect(p.ringPlain).toEqual(Uint8Array.of(1))
    const members = Array.from(p.ringStrip, (s) => (s < p.lanes ? p.network.links[p.laneLink[s]!]!.id : p.network.connections[s - p.lanes]!.id))
    expect(members.toSorted()).toEqual(['g0', 'g0:0->g1:0', 'g1', 'g1:0->g2:0', 'g2', 'g2:0->g3:0', 'g3', 'g3:0->g0:0'])
    expect(Array.from(p.ringEntry, (c) => p.network.connections[c]!.id)).toEqual(['in0:0->g0:0', 'in1:0->g1:0', 'in2:0->g2:0', 'in3:0->g3:0'])
  })

  it('are not the links of a junction, nor of a roundabout so wide that it does not fill', () => {
    for (const network of [junction({ length: 20 }), roundabout(80)]) expect(prepareNetwork(network).ringLength.length).toBe(0)
  })

  it('do not come from U-turns', () => {
    const network = new NetworkBuilder()
      .link({ id: 'there', from: 'a', to: 'b', length: 20 }).link({ id: 'back', from: 'b', to: 'a', length: 20 })
      .connect({ from: 'there', to: 'back', lane: [0, 0], turn: 'u-turn' }).connect({ from: 'back', to: 'there', lane: [0, 0], turn: 'u-turn' })
      .build()
    expect(prepareNetwork(network).ringLength.length).toBe(0)
  })
})
