import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPattern } from '../../model/check-plan.ts'
import type { Plan, PlannedIntersection } from '../../model/plan.ts'
import type { Signal } from '../../model/signal.ts'
import { patternOf } from '../../plans/street.ts'
import { applyEdits, durationsOf, sequenceOf, undoOf, type PlanEdit } from '../../plans/workflow/edits.ts'
import { PLAN, signalOf } from '../../test/made-up-corridor.ts'
import { duplicatePart, insertPart, listInsertable, listIntervals, listPlaces, movePart, nameOf, removePart, setLength, toggleGreen } from './structure.ts'

const plan = PLAN
const rings = plan.intersections[0]!
const signal = signalOf(rings.signal)

const group = (id: string) => ({ id, kind: 'vehicle' as const, min_green_s: 8, yellow_s: 3, red_clearance_s: 2 })
const cross: Signal = { id: '1', source_id: '1', nodes: [], groups: ['A', 'B', 'C'].map(group), conflicts: [['A', 'B'], ['A', 'C'], ['B', 'C']] }
const stages: PlannedIntersection = {
  id: '1', source_id: '1', signal_groups: [], kind: 'stages', signal: '1', cycle_s: 90, offset_s: 4, offset_reference: 'sequence_start', coordinated: ['A'],
  stages: [
    { id: 'a', kind: 'stage', green: ['A'], duration_s: 50 }, { id: 'a-b', kind: 'interstage', green: [], duration_s: 5 },
    { id: 'b', kind: 'stage', green: ['B'], duration_s: 30 }, { id: 'b-a', kind: 'interstage', green: [], duration_s: 5 },
  ],
}
const staged: Plan = { ...plan, intersections: [stages] }

const after = (from: Plan, edits: readonly PlanEdit[], signal: string): PlannedIntersection => applyEdits(from, edits).intersections.find((one) => one.signal === signal)!
const sum = (list: readonly number[]): number => list.reduce((a, b) => a + b, 0)

describe('the parts of a cycle', () => {
  it('keep cycle and barriers whatever is put in, doubled, moved or taken out, as far as the longest part can give; and all of it can be taken back', () => {
    fc.assert(fc.property(fc.constantFrom(...plan.intersections, stages), fc.nat(), fc.constantFrom('insert', 'double', 'left', 'right', 'out'), fc.nat(), (one, at, what, which) => {
      const own = one === stages ? cross : signalOf(one.signal)
      const from = one === stages ? staged : plan
      const part = at % listPlaces(one).length
      const free = listInsertable(own, one)
      const edits = what === 'insert' ? (free.length === 0 ? [] : insertPart(own, one, part, free[which % free.length]!))
        : what === 'double' ? duplicatePart(own, one, part) : what === 'out' ? removePart(one, part) : movePart(one, part, what === 'left' ? -1 : 1).edits
      const changed = applyEdits(from, edits)
      const next = changed.intersections.find(({ signal }) => signal === one.signal)!
      expect(applyEdits(changed, undoOf(edits))).toEqual(from)
      // Who gave all that it had was too short.
      if (durationsOf(next).includes(0)) return
      if (next.kind === 'stages') expect(sum(durationsOf(next))).toBeCloseTo(next.cycle_s, 6)
      else for (const { rings } of next.barriers) expect(new Set(rings.filter((ring) => ring.length > 0).map((ring) => Math.round(sum(ring.map(({ split_s }) => split_s)) * 1000))).size).toBe(1)
    }), { numRuns: 200 })
  })

  it('take a second green from the longest part, as long as the rules ask for', () => {
    const doubled = after(staged, duplicatePart(cross, stages, 2), '1')
    expect(sequenceOf(doubled)).toEqual([['a', 'a-b', 'b', 'b-a', 'b-2', 'b-a-2']])
    expect(durationsOf(doubled)).toEqual([37, 5, 30, 5, 8, 5])
    expect(checkPattern(cross, patternOf(doubled))).toEqual([])
    const third = after(staged, insertPart(cross, stages, 0, 'C'), '1')
    expect(sequenceOf(third)).toEqual([['a', 'a-b', 'stage-C-2', 'a-b-2', 'b', 'b-a']])
    expect(checkPattern(cross, patternOf(third))).toEqual([])
    expect(after({ ...staged, intersections: [third] }, removePart(third, 2), '1')).toEqual(stages)
  })

  it('move with the change of colour behind them, and a phase only within its ring and barriers', () => {
    const { edits, part } = movePart(stages, 2, -1)
    expect(sequenceOf(after(staged, edits, '1'))).toEqual([['b', 'b-a', 'a', 'a-b']])
    expect(part).toBe(0)
    expect(movePart(stages, 0, -1).edits).toEqual([])
    const first = sequenceOf(rings)[0]!
    const swapped = after(plan, movePart(rings, 0, 1).edits, rings.signal)
    expect(sequenceOf(swapped)[0]).toEqual([first[1], first[0], ...first.slice(2)])
    expect(movePart(rings, first.length - 1, 1).edits).toEqual([])
  })

  it('are wrong and stay so where nobody can give, and say which rule', () => {
    const tight: PlannedIntersection = { ...stages, cycle_s: 30, stages: stages.stages.map((stage) => ({ ...stage, duration_s: stage.kind === 'stage' ? 10 : 5 })) }
    const full = after({ ...staged, intersections: [tight] }, duplicatePart(cross, tight, 0), '1')
    expect(checkPattern(cross, patternOf(full)).map(({ rule }) => rule)).toContain('cycle-sum')
    const typed = after(plan, setLength(rings, { before: [0], after: [1] }, 0, 7), rings.signal)
    expect(checkPattern(signal, patternOf(typed)).map(({ rule }) => rule)).toContain('minimum-green')
    expect(nameOf(typed, 0)).toBe(nameOf(rings, 0))
  })

  it('get and lose greens, and what shows the same to all is one interval', () => {
    if (stages.kind !== 'stages') throw new Error('made of stages')
    const both = after(staged, toggleGreen(stages, 0, 'C'), '1')
    expect(both.kind === 'stages' && both.stages[0]!.green).toEqual(['A', 'C'])
    expect(checkPattern(cross, patternOf(both)).map(({ rule }) => rule)).toContain('intergreen')
    expect(listIntervals([{ id: 'A', green_windows_s: [[80, 110]] }, { id: 'B', green_windows_s: [[25, 70]] }], 90)).toEqual([
      { start_s: 0, end_s: 20, green: ['A'] }, { start_s: 20, end_s: 25, green: [] }, { start_s: 25, end_s: 70, green: ['B'] }, { start_s: 70, end_s: 80, green: [] }, { start_s: 80, end_s: 90, green: ['A'] },
    ])
  })
})
