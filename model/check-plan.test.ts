import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dualRingPattern, dualRingSignal } from '../test/dual-ring.ts'
import { checkPattern, getIntergreen } from './check-plan.ts'
import type { RingPattern, Signal, StagePattern } from './signal.ts'

const signal = dualRingSignal()

/** The pattern with one split changed, in ring order. */
function withSplit(phase: string, split_s: number): RingPattern {
  const pattern = dualRingPattern()
  return { ...pattern, barriers: pattern.barriers.map(({ rings }) => ({ rings: rings.map((ring) => ring.map((entry) => (entry.phase === phase ? { phase, split_s } : entry))) })) }
}

const rules = (found: { rule: string }[]): string[] => [...new Set(found.map(({ rule }) => rule))]

describe('checkPattern', () => {
  it('passes the worked example', () => {
    expect(checkPattern(signal, dualRingPattern())).toEqual([])
  })

  it('refuses rings that reach a barrier apart, with both numbers', () => {
    const [found] = checkPattern(signal, withSplit('2', 38))
    expect(found?.rule).toBe('barrier')
    expect(found?.sentence).toBe('signal S: ring 1 reaches barrier 1 after 58 s, another ring after 60 s; they must cross together')
  })

  it('refuses splits that do not add up to the cycle, with both numbers', () => {
    const found = checkPattern(signal, { ...dualRingPattern(), cycle_s: 102 })
    expect(found.map(({ sentence }) => sentence)).toEqual(['signal S: the splits add up to 100 s, the cycle is 102 s'])
  })

  it('refuses a green below its minimum, with both numbers', () => {
    const strict: Signal = { ...signal, groups: signal.groups.map((group) => (group.id === '3' ? { ...group, min_green_s: 11 } : group)) }
    expect(checkPattern(strict, dualRingPattern()).map(({ sentence }) => sentence)).toEqual(['signal S: group 3 is green for 10 s, its minimum is 11 s'])
  })

  it('refuses a split that cuts the pedestrian clearance, with both numbers', () => {
    const crossing: Signal = { ...signal, groups: signal.groups.map((group) => (group.id === '4' ? { ...group, walk_s: 7, pedestrian_clearance_s: 18.5 } : group)) }
    expect(checkPattern(crossing, dualRingPattern()).map(({ sentence }) => sentence)).toEqual([
      'signal S: walk 7 s + pedestrian clearance 18.5 s of group 4 exceed its split of 25 s',
    ])
  })

  it('refuses conflicting greens and short intergreens', () => {
    const conflict: Signal = { ...signal, conflicts: [...signal.conflicts, ['2', '6']], intergreens: [{ from: '1', to: '2', seconds: 6 }] }
    const found = checkPattern(conflict, dualRingPattern())
    expect(rules(found)).toEqual(['intergreen'])
    expect(found.map(({ sentence }) => sentence)).toContain('signal S: only 5 s from the end of group 1 to the start of group 2; they need 6 s')
    expect(found.some(({ sentence }) => sentence.includes('groups 6 and 2 are green together for 35 s; they need 5 s'))).toBe(true)
    expect(getIntergreen(conflict, '1', '2')).toBe(6)
    expect(getIntergreen(conflict, '2', '1')).toBe(5)
  })

  it('refuses what is no number and a pattern for another signal', () => {
    expect(rules(checkPattern(signal, { ...dualRingPattern(), offset_s: Number.NaN }))).toEqual(['number'])
    expect(rules(checkPattern(signal, withSplit('2', -1)))).toEqual(['number'])
    expect(rules(checkPattern(signal, { ...dualRingPattern('X') }))).toEqual(['signal-mismatch'])
  })

  it('refuses stages that do not fill the cycle or fall below their minimum', () => {
    const stages: StagePattern = {
      kind: 'stages', signal: 'S', cycle_s: 60, offset_s: 0, offset_reference: 'sequence_start', coordinated: ['2'],
      stages: [{ id: 'A', kind: 'stage', green: ['2', '6'], duration_s: 40, min_s: 45 }, { id: 'B', kind: 'stage', green: ['4', '8'], duration_s: 15 }],
    }
    expect(rules(checkPattern(signal, stages))).toEqual(['cycle-sum', 'minimum-green'])
    const full: StagePattern = { ...stages, cycle_s: 55, stages: stages.stages.map((stage) => ({ ...stage, min_s: 5 })) }
    expect(rules(checkPattern(signal, full))).toEqual(['intergreen'])
  })

  it('accepts exactly the splits that sum to the cycle, agree at barriers and keep the minimums', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 5, max: 30 }), { minLength: 8, maxLength: 8 }), (splits) => {
      const at = (phase: number): { phase: string; split_s: number } => ({ phase: String(phase), split_s: splits[phase - 1] as number })
      const [left, right] = [[1, 2, 5, 6], [3, 4, 7, 8]].map((group) => group.map(at)) as [ReturnType<typeof at>[], ReturnType<typeof at>[]]
      const pattern: RingPattern = { ...dualRingPattern(), barriers: [left, right].map((group) => ({ rings: [group.slice(0, 2), group.slice(2)] })) }
      const sum = (...phases: number[]): number => phases.reduce((total, phase) => total + (splits[phase - 1] as number), 0)
      const agree = sum(1, 2) === sum(5, 6) && sum(3, 4) === sum(7, 8)
      const minimums = splits.every((split, i) => split - 5 >= (i % 2 === 1 ? 10 : 5))
      pattern.cycle_s = Math.max(sum(1, 2), sum(5, 6)) + Math.max(sum(3, 4), sum(7, 8))
      expect(checkPattern(signal, pattern).length === 0).toBe(agree && minimums)
    }))
  })
})
