import { describe, expect, it } from 'vitest'
import { checkOffsets, gridTables } from '../optimizer/tables/index.ts'
import { solveOffsetsOnThreads } from './offsets-threads.ts'

describe('offsets without threads of their own', () => {
  const tables = gridTables(5, 5, 30, 'hard', 1)

  it('end once the gap is what was asked for, though not proven best', async () => {
    const answer = await solveOffsetsOnThreads(tables, { limit_s: 60, target_gap: 0.05 })
    expect(answer.gap_share).toBeLessThanOrEqual(0.05)
    expect(answer).toMatchObject({ proven: false, stopped: 'effort' })
    expect(checkOffsets(tables, answer).bound).toBeCloseTo(answer.bound, 6)
  })

  it.each([0, -1, Number.NaN])('refuse a limit of %s s', async (limit_s) => {
    await expect(solveOffsetsOnThreads(tables, { limit_s })).rejects.toThrow('limit above 0 s')
  })

  it('refuse tables that are none', async () => {
    await expect(solveOffsetsOnThreads({ ...tables, nodes: 0 }, { limit_s: 1 })).rejects.toThrow('at least one signal')
  })
})
