import { describe, expect, it } from 'vitest'
import { AFTER, patternOf, signalOf, SIX } from '../test/made-up-corridor.ts'
import { compileSignal } from '../model/compile.ts'
import { paintTimingBar } from './paint-timing-bar.ts'
import { buildTimingBar } from './ring-barrier.ts'

describe('the bar of a timing sheet', () => {
  it('fills both rings from zero to the cycle without gap', () => {
    for (const id of ['1', '2', '3', '5', '6']) {
      const pattern = patternOf(id, 100, 12)
      const bar = buildTimingBar(signalOf(id), pattern, compileSignal(signalOf(id), pattern).groups)
      for (const { segments } of bar.rows) {
        let at = 0
        for (const { start_s, green_end_s, yellow_end_s, end_s } of segments) {
          expect(start_s).toBeCloseTo(at, 9)
          expect([green_end_s - start_s > 0, yellow_end_s > green_end_s, end_s > yellow_end_s]).toEqual([true, true, true])
          at = end_s
        }
        expect(at).toBeCloseTo(100, 9)
      }
      expect(bar.rows.map(({ label }) => label)).toEqual(['Ring 1', 'Ring 2'])
    }
  })

  it('puts barriers where both rings cross and the reference where both coordinated phases are green', () => {
    // Signal 2: phase 1 leads with 14 s, so phase 2 turns green at 14, phase 6 at 0; the barrier lies at 60.
    const bar = buildTimingBar(signalOf('2'), patternOf('2', 100, 40), AFTER[1]?.groups ?? [])
    expect(bar.barriers_s).toEqual([0, 60])
    expect(bar.reference_s).toBe(14)
  })

  it('shows stages and, below, each group with its green and yellow', () => {
    const bar = buildTimingBar(signalOf('4'), patternOf('4', 100, 7), AFTER[3]?.groups ?? [])
    expect(bar.rows.map(({ label }) => label)).toEqual(['Stages', '2', '6', '4', 'P1'])
    expect(bar.rows[0]?.segments.map(({ id, kind, coordinated }) => [id, kind, coordinated])).toEqual([
      ['A', 'stage', true], ['A-B', 'interstage', false], ['B', 'stage', false], ['B-C', 'interstage', false], ['C-A', 'interstage', false],
    ])
    expect(bar.rows[1]?.segments.map(({ start_s, green_end_s, end_s }) => [start_s, green_end_s, end_s])).toEqual([[0, 56, 56], [56, 56, 60]])
  })

  it('leaves out phases without a split', () => {
    const pattern = patternOf('1', 100, 0)
    if (pattern.kind !== 'rings') throw new Error('signal 1 runs on rings')
    pattern.barriers[0]?.rings[0]?.push({ phase: '3', split_s: 0 })
    const bar = buildTimingBar(signalOf('1'), pattern, AFTER[0]?.groups ?? [])
    expect(bar.rows[0]?.segments.map(({ id }) => id)).toEqual(['2', '1', '3', '4'])
  })

  it('writes number and split of each phase that has room', () => {
    for (const { id } of SIX) {
      const pattern = patternOf(id, 100, 0)
      const svg = paintTimingBar(buildTimingBar(signalOf(id), pattern, compileSignal(signalOf(id), pattern).groups), { title: 'Timing of <b>' })
      expect(svg).toContain('<title>Timing of &lt;b&gt;</title>')
      expect(svg).not.toMatch(/NaN|undefined|Infinity|url\(|style=/)
      expect(svg).toContain(id === '4' ? '>B</tspan>' : '>8</tspan>')
    }
  })
})
