import { describe, expect, it } from 'vitest'
import { expectGolden } from '../test/golden.ts'
import { buildMatrix } from './hour-matrix.ts'
import { paintMatrix } from './paint-hour-matrix.ts'
import { paintSplitMonitor } from './paint-split-monitor.ts'
import { buildSplitMonitor, SPLIT_ENDS, type SplitMonitorInput } from './split-monitor.ts'

const input: SplitMonitorInput = {
  range_s: [28_800, 32_400], programmed: [{ from_s: 25_200, until_s: 30_600, split_s: 35 }, { from_s: 30_600, until_s: 36_000, split_s: null }],
  cycles: Array.from({ length: 40 }, (_, i) => ({ green_s: 28_800 + 90 * i, split_s: 20 + (i % 5) * 5, termination: SPLIT_ENDS[i % 4]! })),
}

describe('a split monitor', () => {
  it('matches the golden picture, each end of green with a shape of its own', () => {
    expectGolden(`${paintSplitMonitor(buildSplitMonitor(input), { title: 'Phase 2' })}\n`, new URL('golden/split-monitor.svg', import.meta.url))
  })

  it('counts greens that begin in the range, and draws programmed splits only where there is one', () => {
    const scene = buildSplitMonitor({ ...input, range_s: [28_800, 29_160] })
    expect(scene.counts).toEqual({ gap: 1, max: 1, force: 1, unknown: 1 })
    expect(buildSplitMonitor(input).programmed).toEqual([{ from_s: 28_800, until_s: 30_600, split_s: 35 }])
    expect(scene.height_s).toBe(40)
  })

  it('says so where nothing was logged', () => {
    expect(paintSplitMonitor(buildSplitMonitor({ ...input, cycles: [] }), { title: 'x' })).toContain('no data')
  })
})

const cell = (row: number, hour: number, change: number | null, verdict: 'better' | 'worse' | 'undecided', days = 4) => ({ row, hour, before: days, after: change === null ? 0 : days, change, mean_before: 100, verdict })

describe('a matrix of hours', () => {
  const scene = buildMatrix({ rows: [{ row: 1, label: 'Mon <周一>' }, { row: 2, label: 'Tue' }], cells: [cell(1, 7, -20, 'better'), cell(1, 8, -6, 'better'), cell(1, 9, 3, 'undecided'), cell(2, 7, 16, 'worse'), cell(2, 9, null, 'undecided')] })

  it('matches the golden picture', () => {
    expectGolden(`${paintMatrix(scene, { title: 'Before and after' })}\n`, new URL('golden/hour-matrix.svg', import.meta.url))
  })

  it('gives colour to what the days can tell, deeper for more, and none to what they cannot', () => {
    expect(scene.hours).toEqual([7, 9])
    expect(scene.rows[0]!.cells.map((one) => [one?.strength, one?.percent])).toEqual([[3, -20], [2, -6], [0, 3]])
    expect(scene.rows[1]!.cells.map((one) => one?.strength)).toEqual([3, undefined, 0])
    expect(paintMatrix(scene, { title: 'x' })).toContain('+3?')
  })

  it('says so where no hour was measured', () => {
    expect(paintMatrix(buildMatrix({ rows: [{ row: 1, label: 'Mon' }], cells: [] }), { title: 'x' })).toContain('no data')
  })
})
