import { describe, expect, it } from 'vitest'
import type { DrivingRules, SimulationOptions } from '../input.ts'
import { prepareNetwork } from '../prepare.ts'
import { createRun } from '../simulate.ts'
import { runChecked } from '../testing/invariants.ts'
import { flow, inputFor, NetworkBuilder } from '../testing/networks.ts'

/** A dense stream over a road of one lane cut into pieces. */
function drive(lengths: number[], driving: Partial<SimulationOptions>): { overlaps: string[]; left: number } {
  const builder = new NetworkBuilder()
  lengths.forEach((length, i) => builder.link({ id: `l${i}`, from: `n${i}`, to: `n${i + 1}`, length }))
  for (let i = 1; i < lengths.length; i++) builder.connect({ from: `l${i - 1}`, to: `l${i}`, lane: [0, 0], length: 0.1 + 0.05 * i })
  const network = builder.build()
  const run = createRun(prepareNetwork(network), inputFor(network, [], flow(network, lengths.map((_, i) => `l${i}`), 0, 400, 2.2), driving))
  const { overlaps } = runChecked(run)
  const { vehicles_demanded, completed } = run.result()
  return { overlaps, left: vehicles_demanded - completed }
}

describe('a road cut into pieces shorter than a step', () => {
  const ways: [string, number, DrivingRules][] = [['idm', 0.5, 'field'], ['idm', 1, 'sumo'], ['krauss', 1, 'field'], ['krauss', 0.5, 'sumo']]
  for (const [model, step_s, rules] of ways) {
    it(`carries its vehicles behind each other (${model}, ${step_s} s, rules ${rules})`, () => {
      for (const lengths of [[250, 0.3, 40, 0.2, 0.4, 3, 250], [200, 2, 2, 2, 2, 2, 2, 2, 2, 200], [150, 0.2, 6, 0.2, 0.2, 0.2, 9, 150]]) {
        expect(drive(lengths, { model: model === 'krauss' ? 'krauss' : 'idm', step_s, rules })).toEqual({ overlaps: [], left: 0 })
      }
    })
  }
})

describe('a road of three lanes cut into pieces, of which one ends', () => {
  it('is changed on by nobody in front of or behind somebody a few short pieces away', () => {
    const lengths = [200, 5, 6, 14, 6, 9, 0.2, 6, 5, 6, 9, 3, 5, 30, 0.4, 200]
    const builder = new NetworkBuilder()
    lengths.forEach((length, i) => builder.link({ id: `l${i}`, from: `n${i}`, to: `n${i + 1}`, length, lanes: i === 15 ? 2 : 3 }))
    builder.link({ id: 'off', from: 'n15', to: 'z', length: 200 })
    for (let i = 1; i < lengths.length; i++) for (let k = 0; k < (i === 15 ? 2 : 3); k++) builder.connect({ from: `l${i - 1}`, to: `l${i}`, lane: [k, k], length: 0.1 + 0.05 * i })
    builder.connect({ from: 'l14', to: 'off', lane: [0, 0], turn: 'right', length: 8, speed: 6 })
    const network = builder.build()
    const along = lengths.map((_, i) => `l${i}`)
    const trips = [...flow(network, along, 0, 400, 1.6), ...flow(network, [...along.slice(0, -1), 'off'], 0.7, 400, 5)]
    const run = createRun(prepareNetwork(network), inputFor(network, [], trips, { seed: 5 }))
    expect(runChecked(run).overlaps).toEqual([])
  })
})
