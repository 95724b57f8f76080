import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dualRingPattern, dualRingSignal } from '../test/dual-ring.ts'
import { compileSignal, displayAt, referencePoint, withReference } from './compile.ts'
import type { OffsetReference, Signal, StagePattern } from './signal.ts'
import { modulo } from './units.ts'

const signal = dualRingSignal()
const pattern = dualRingPattern()

describe('compiling rings', () => {
  it('gives each phase its green from the start of its split to its yellow', () => {
    const greens = Object.fromEntries(compileSignal(signal, pattern).groups.map((group) => [group.id, group.green_windows_s[0]]))
    expect(greens).toEqual({ 1: [0, 15], 2: [20, 55], 3: [60, 70], 4: [75, 95], 5: [0, 10], 6: [15, 55], 7: [60, 75], 8: [80, 95] })
  })

  it.each<[OffsetReference, number]>([
    ['sequence_start', 10], ['first_green', 25], ['begin_of_green', 30], ['begin_of_yellow', 65], ['begin_of_red', 69],
  ])('speaks the offset from %s as %d s', (reference, offset) => {
    expect(withReference(signal, pattern, reference).offset_s).toBeCloseTo(offset, 9)
  })

  it('keeps every green where it is when only the reference changes', () => {
    const references: OffsetReference[] = ['sequence_start', 'first_green', 'begin_of_green', 'begin_of_yellow', 'begin_of_red', 'begin_of_clearance']
    fc.assert(fc.property(fc.constantFrom(...references), fc.constantFrom(...references), fc.integer({ min: 0, max: 99 }), (from, to, offset) => {
      const spoken = withReference(signal, { ...pattern, offset_reference: from, offset_s: offset }, to)
      const [a, b] = [compileSignal(signal, { ...pattern, offset_reference: from, offset_s: offset }), compileSignal(signal, spoken)]
      a.groups.forEach((group, i) => {
        const start = modulo(a.offset_s + (group.green_windows_s[0]?.[0] ?? 0), 100)
        const same = modulo(b.offset_s + (b.groups[i]?.green_windows_s[0]?.[0] ?? 0), 100)
        expect(modulo(start - same + 50, 100)).toBeCloseTo(50, 6)
      })
    }))
  })

  it('finds the first and the last green of a pair that straddles the end of the cycle', () => {
    const swapped = { ...pattern, barriers: pattern.barriers.map((barrier, i) => (i === 0 ? { rings: [[...(barrier.rings[0] ?? [])].reverse(), barrier.rings[1] ?? []] } : barrier)) }
    // Ring 1 now runs 2, 1: phase 2 green at 0, phase 6 at 15.
    expect(referencePoint(signal, swapped, 'first_green')).toBe(0)
    expect(referencePoint(signal, swapped, 'begin_of_green')).toBe(15)
  })

  it('refuses a reference without a coordinated phase', () => {
    expect(() => referencePoint(signal, { ...pattern, coordinated: [] }, 'begin_of_green')).toThrow(/needs a coordinated group/)
  })
})

describe('compiling stages', () => {
  const staged: Signal = {
    id: 'T', source_id: 'T', nodes: ['T'], conflicts: [],
    groups: ['a', 'b', 'c'].map((id) => ({ id, kind: 'vehicle' as const, min_green_s: 5, yellow_s: 3, red_clearance_s: 1 })),
  }
  const stages: StagePattern = {
    kind: 'stages', signal: 'T', cycle_s: 60, offset_s: 0, offset_reference: 'sequence_start', coordinated: ['a'],
    stages: [
      { id: '1', kind: 'stage', green: ['a', 'c'], duration_s: 20 },
      { id: '1-2', kind: 'interstage', green: ['c'], duration_s: 4 },
      { id: '2', kind: 'stage', green: ['b', 'c'], duration_s: 20 },
      { id: '2-3', kind: 'interstage', green: ['b'], duration_s: 4 },
      { id: '3', kind: 'stage', green: ['a'], duration_s: 12 },
    ],
  }

  it('joins consecutive stages, through interstages and over the end of the cycle', () => {
    const greens = Object.fromEntries(compileSignal(staged, stages).groups.map((group) => [group.id, group.green_windows_s]))
    expect(greens).toEqual({ a: [[48, 80]], b: [[24, 48]], c: [[0, 44]] })
  })

  it('shows green, then yellow for its length, then red', () => {
    const compiled = compileSignal(staged, stages)
    const b = compiled.groups[1] as (typeof compiled.groups)[number]
    expect([23.9, 24, 47.9, 48, 50.9, 51].map((t) => displayAt(compiled, b, t))).toEqual(['red', 'green', 'green', 'yellow', 'yellow', 'red'])
  })

  it('never shows yellow for a group that is green all the time', () => {
    const always = { ...stages, stages: stages.stages.map((stage) => ({ ...stage, green: [...stage.green, 'b'] })) }
    const compiled = compileSignal(staged, always)
    const b = compiled.groups[1] as (typeof compiled.groups)[number]
    expect(b.green_windows_s).toHaveLength(1)
    for (let t = 0; t < 60; t += 0.5) expect(displayAt(compiled, b, t)).toBe('green')
  })
})

describe('compiling overlaps', () => {
  it('stays green through the change between two successive parents and joins over the cycle end', () => {
    const withOverlap: Signal = {
      ...signal,
      groups: [...signal.groups, { id: 'A', kind: 'vehicle', min_green_s: 5, yellow_s: 4, red_clearance_s: 1 }, { id: 'B', kind: 'vehicle', min_green_s: 5, yellow_s: 4, red_clearance_s: 1 }],
      overlaps: [{ group: 'A', parents: ['2', '3'] }, { group: 'B', parents: ['4', '1'] }],
    }
    const greens = Object.fromEntries(compileSignal(withOverlap, pattern).groups.map((group) => [group.id, group.green_windows_s]))
    expect(greens.A).toEqual([[20, 70]])
    expect(greens.B).toEqual([[75, 115]])
  })
})
