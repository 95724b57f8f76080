// Worker threads need compiled code.
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { checkOffsets, gridTables, irregularTables } from '../optimizer/tables/index.ts'

let solveOffsetsOnThreads: typeof import('./offsets-threads.ts').solveOffsetsOnThreads

beforeAll(async () => {
  ;({ solveOffsetsOnThreads } = await import(pathToFileURL('dist/plans/offsets-threads.js').href) as typeof import('./offsets-threads.ts'))
})

describe('offsets on two threads', () => {
  it('are proven best where search and bound meet, long before the limit', async () => {
    const tables = gridTables(3, 3, 10, 'easy', 1)
    const answer = await solveOffsetsOnThreads(tables, { limit_s: 250, seed: 1 })
    expect(answer).toMatchObject({ proven: true, stopped: 'proven' })
    expect(checkOffsets(tables, answer)).toEqual({ value: expect.closeTo(answer.value, 6) as number, bound: expect.closeTo(answer.bound, 6) as number })
  })

  it('end once the gap is what was asked for, with one certificate of both', async () => {
    const tables = irregularTables(60, 40, 'hard', 2)
    const answer = await solveOffsetsOnThreads(tables, { limit_s: 250, target_gap: 0.03 })
    expect(answer.gap_share).toBeLessThanOrEqual(0.03)
    expect(checkOffsets(tables, answer).bound).toBeCloseTo(answer.bound, 6)
  })

  it('end unproven when the time is over', async () => {
    const tables = gridTables(12, 12, 90, 'hard', 1)
    const answer = await solveOffsetsOnThreads(tables, { limit_s: 1 })
    expect(answer).toMatchObject({ proven: false, stopped: 'effort' })
    expect(checkOffsets(tables, answer).bound).toBeCloseTo(answer.bound, 6)
  })

  it('leave fixed offsets where they are, and are never worse than those to begin with', async () => {
    const grid = gridTables(4, 4, 30, 'hard', 2)
    const tables = { ...grid, fixed: new Map([[0, 7], [5, 29]]) }
    const good = await solveOffsetsOnThreads(tables, { limit_s: 250, target_gap: 0.02 })
    const again = await solveOffsetsOnThreads(tables, { limit_s: 0.01, starts: [[...good.offsets_s]] })
    expect([again.offsets_s[0], again.offsets_s[5]]).toEqual([7, 29])
    expect(again.value).toBeLessThanOrEqual(good.value + 1e-9)
    expect(checkOffsets(tables, again).value).toBeCloseTo(again.value, 6)
  })

  it('refuse tables that are none', async () => {
    await expect(solveOffsetsOnThreads({ cycle_s: 9, nodes: 0, edges: [] }, { limit_s: 1 })).rejects.toThrow('at least one signal')
  })
})
