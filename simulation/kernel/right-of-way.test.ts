import { describe, expect, it } from 'vitest'
import { createRun, prepareNetwork } from '../index.ts'
import { junction, twoStage } from '../testing/junctions.ts'
import { rearPassages } from '../testing/measurements.ts'
import { compiled, flow, inputFor } from '../testing/networks.ts'

describe('turns out of a standing queue', () => {
  it('use the yellow like through traffic: the green of a short left-turn stage and two seconds of it', () => {
    const [cycle, green, yellow] = [60, 6, 3]
    const network = junction({ group: (arm, turn) => (turn === 'left' ? ['left', 'protected'] : twoStage(arm, turn)), pocket: { W: 200 } })
    const prepared = prepareNetwork(network)
    const signal = compiled('x', cycle, 0, { left: [[0, green]], ew: [], ns: [] }, yellow)
    let turned = 0
    const [seeds, cycles] = [5, 20]
    for (let seed = 1; seed <= seeds; seed++) {
      const run = createRun(prepared, inputFor(network, [signal], flow(network, ['Win', 'Nout'], 0, cycles * cycle, 12), { seed, stop_at_s: (cycles + 3) * cycle }))
      const lane = prepared.linkLane[prepared.linkIndex.get('Win')!]! + 1
      turned += rearPassages(run, lane).filter(({ time_s }) => time_s > 3 * cycle).length / (seeds * cycles)
    }
    // HCM 7 chapter 19: 2 s lost at the start, 2 s of the yellow used; saturation flow of a left turn 0.95 x 1900 veh/h.
    const capacity = ((green - 2 + 2) * 0.95 * 1900) / 3600
    expect(turned / capacity).toBeGreaterThan(0.9)
    expect(turned / capacity).toBeLessThan(1.15)
  })
})
