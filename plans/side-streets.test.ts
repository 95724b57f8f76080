import { describe, expect, it } from 'vitest'
import type { RunResult } from '../simulation/index.ts'
import { sideWaitP95 } from './side-streets.ts'

/** Of a run only what is read; trips are numbered from 0, `along` of them drive along the corridor. */
function run(standing: number[], along: number[], waits = standing.map(() => 0)): RunResult {
  const way = (trips: number[]) => ({ trip: Int32Array.from(trips) })
  return { vehicles: { trip: Int32Array.from(standing.keys()), standing_s: Float64Array.from(standing), insertion_delay_s: Float64Array.from(waits) }, corridor: { outbound: way(along.slice(0, 1)), inbound: way(along.slice(1)) } } as unknown as RunResult
}

describe('the slowest side streets', () => {
  it('are the vehicles that never drive along the corridor, with what they waited to enter', () => {
    expect(sideWaitP95([run([10, 500, 20, 600], [1, 3], [0, 0, 5, 0])])).toBe(25)
  })

  it('are counted over all runs together', () => {
    expect(sideWaitP95([run(Array.from({ length: 60 }, (_, i) => i + 1), []), run(Array.from({ length: 40 }, (_, i) => i + 61), [])])).toBe(95)
  })

  it('do not exist where everybody drives along it', () => {
    expect(sideWaitP95([run([1, 2], [0, 1])])).toBeUndefined()
  })
})
