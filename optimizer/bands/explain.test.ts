import { describe, expect, test } from 'vitest'
import { type BandProblem, EQUAL_BANDS, explainBands, sentenceOf, type SignalPattern } from './index.ts'

/** Greens of 22 s at C = 100 s; the inbound green starts `lag_s` after the outbound one. */
function pattern(id: string, lag_s: number, length_s = 22): SignalPattern {
  return {
    id,
    outbound: [{ start_s: 0, length_s, clearance_s: 0 }],
    inbound: [{ start_s: lag_s, length_s, clearance_s: 0 }],
  }
}

/** Signals 20 s of travel apart, so that ψ steps by 40 s a link. */
function corridor(patterns: readonly SignalPattern[]): BandProblem {
  const travel = { distance_m: 240, speed_min_mps: 12, speed_max_mps: 12, speed_target_mps: 12, dwell_min_s: 0, dwell_max_s: 0 }
  return {
    cycle_s: 100,
    signals: patterns.map((only, i) => ({ id: String(i + 1), patterns: [only] })),
    links: patterns.slice(1).map(() => ({ outbound: travel, inbound: travel })),
    directions: 'both',
    division: EQUAL_BANDS,
  }
}

describe('explainBands', () => {
  // ψ = −lag fits a step of +40 s from signal to signal: lags 0, 60, 20 give a perfect wave.
  const perfect = corridor([pattern('lead', 0), pattern('lead', 60), pattern('lead', 20)])
  const killed = corridor([pattern('lead', 0), pattern('lead', 60), pattern('lead', 70)])

  test('finds nothing to restore in a perfect wave, limited by every signal', () => {
    const explanation = explainBands(perfect)
    expect(explanation.verdict).toBe('wide')
    expect(explanation.now.outbound_s).toBeCloseTo(22, 6)
    expect(explanation.blocking).toEqual([['1'], ['2'], ['3']])
  })

  test('names the pairs that leave no two-way band and the pattern that restores it', () => {
    const explanation = explainBands(killed, { forbidden_patterns: { 3: [pattern('lag-lead', 20)] } })
    expect(explanation.verdict).toBe('none')
    expect(explanation.blocking).toEqual([['1', '3'], ['2', '3']])
    const [best] = explanation.remedies
    expect(best).toMatchObject({ kind: 'pattern', signal: '3', pattern: 'lag-lead' })
    expect(best.restored_outbound_s).toBeCloseTo(22, 6)
    expect(sentenceOf(explanation, 1)).toBe(
      'signals 1 and 3 at C = 100 s leave no two-way band; pattern lag-lead at 3 restores 22 s each way',
    )
  })

  test('sorts the remedies by what they restore and offers no harmful one', () => {
    const { remedies } = explainBands(killed)
    expect(remedies.length).toBeGreaterThan(0)
    const gains = remedies.map((r) => r.restored_outbound_s + r.restored_inbound_s)
    expect(gains).toEqual(gains.toSorted((a, b) => b - a))
    expect(Math.min(...gains)).toBeGreaterThanOrEqual(0.5)
  })

  test('tries other cycles as the caller describes them', () => {
    const other = { ...perfect, cycle_s: 101 }
    const { remedies } = explainBands(killed, { other_cycles: [other], speed_shares: [], added_greens_s: [] })
    expect(remedies.map(({ kind }) => kind)).toContain('cycle')
  })

  test('gives a smallest set where no pair is to blame', () => {
    // Greens of a quarter cycle, f = 1/8: two signals keep .375, three .25, four .125 (closed form G at g = 1/2).
    const quarter = corridor([0, 0, 0, 0, 0].map((lag) => pattern('p', lag, 50)))
    const links = quarter.links.map(({ outbound }) => {
      const travel = outbound && { ...outbound, distance_m: 150 }
      return { outbound: travel, inbound: travel }
    })
    const { blocking, now } = explainBands({ ...quarter, links })
    expect(now.outbound_s).toBeCloseTo(12.5, 6)
    expect(blocking).toHaveLength(1)
    expect(blocking[0]).toHaveLength(4)
  })

  test('says so where nothing that was tried helps', () => {
    const explanation = explainBands(killed, { speed_shares: [], added_greens_s: [] })
    const sentence = sentenceOf({ ...explanation, remedies: [] })
    expect(sentence).toContain('no single change that was tried restores any')
  })

  test('refuses a one-way problem', () => {
    expect(() => explainBands({ ...perfect, directions: 'outbound' })).toThrow('only two-way bands are explained, got outbound')
  })
})
