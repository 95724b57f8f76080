// Heavy demand on junctions drawn from seeds. A seed that fails is shown alone by the line at the top of random-junctions.ts.
import { describe, expect, it } from 'vitest'
import { runsOf } from '../../test/runs.ts'
import { listFaults, tryJunction } from './random-junctions.ts'

/** So many from the first one on. */
const seeds = (first: number, count: number): number[] => Array.from({ length: runsOf(count) }, (_, i) => first + i)

describe('junctions drawn at random, under more demand than they carry', () => {
  it('never lock, and nobody drives into anybody, over red or out of the world', { timeout: 120_000 }, () => {
    expect(seeds(1, 40).flatMap((seed) => listFaults(tryJunction(seed)))).toEqual([])
  })

  it('never lock where they are small roundabouts, by either rules', { timeout: 120_000 }, () => {
    for (const rules of ['field', 'sumo'] as const) expect([24, 54, 197, 233].flatMap((seed) => listFaults(tryJunction(seed, { rules })))).toEqual([])
  })

  it('never lock by the rules of SUMO where signals follow each other closely', { timeout: 120_000 }, () => {
    expect([22, 28, 146].flatMap((seed) => listFaults(tryJunction(seed, { rules: 'sumo' })))).toEqual([])
  })

  it('never lock where a turn waits on the way of another, or a pocket is no longer than a truck', { timeout: 120_000 }, () => {
    for (const model of ['idm', 'krauss'] as const) expect([131, 363].flatMap((seed) => listFaults(tryJunction(seed, { model })))).toEqual([])
  })

  it('do not with Krauss\'s model in steps of a second either', { timeout: 120_000 }, () => {
    expect(seeds(41, 20).flatMap((seed) => listFaults(tryJunction(seed, { model: 'krauss', step_s: 1 })))).toEqual([])
  })
})
