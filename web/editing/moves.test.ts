import { describe, expect, it } from 'vitest'
import { checkPattern } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import type { PlannedIntersection } from '../../model/plan.ts'
import type { Signal } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import { patternOf as withoutWindows } from '../../plans/street.ts'
import { applyEdits, durationsOf, undoOf } from '../../plans/workflow/edits.ts'
import { patternOf, PLAN, signalOf } from '../../test/made-up-corridor.ts'
import { changeCycle, coordinatedSplit, downstreamOf, listEdges, moveEdge, setOffset, setSpeed, shiftOffsets } from './moves.ts'

const plannedOf = (id: string): PlannedIntersection => ({ id, source_id: id, ...patternOf(id, 100, 17), signal_groups: [] })

/** Master times at which groups turn green or end it. */
function changesOf(signal: Signal, one: PlannedIntersection): Map<string, number[]> {
  const { groups, offset_s, cycle_s } = compileSignal(signal, withoutWindows(one))
  return new Map(groups.map(({ id, green_windows_s }) => [id, green_windows_s.flatMap(([from, to]) => [modulo(from + offset_s, cycle_s), modulo(to + offset_s, cycle_s)]).map((t) => Math.round(t * 10) / 10).sort((a, b) => a - b)]))
}

const applied = (one: PlannedIntersection, edits: Parameters<typeof applyEdits>[1]): PlannedIntersection => applyEdits({ ...PLAN, intersections: [one] }, edits).intersections[0]!

/** Some of the made-up crossings are too short for pedestrians: moves must not make it worse. */
const brokenBy = (one: PlannedIntersection): number => checkPattern(signalOf(one.signal), withoutWindows(one)).reduce((sum, { value, limit }) => sum + Math.abs(value - limit), 0)

describe('edges', () => {
  it('move what they bound and nothing else, whatever the offset is referred to', () => {
    for (const id of ['1', '2', '4']) {
      const signal = signalOf(id)
      const one = plannedOf(id)
      for (const edge of listEdges(signal, one)) {
        for (const wanted of [2, -1]) {
          const { by_s, edits } = moveEdge(signal, one, edge, wanted)
          if (by_s === 0) continue
          const after = applied(one, edits)
          const start = one.offset_s
          const [was, is] = [changesOf(signal, one), changesOf(signal, after)]
          const seen = [...edge.end_s, ...edge.begin_s].length
          const differ = [...was].flatMap(([group, times]) => times.filter((t) => !is.get(group)!.includes(t)))
          expect(differ.length, `${id} from ${start}`).toBeLessThanOrEqual(seen + 2)
          expect(durationsOf(after).reduce((sum, s) => sum + s, 0)).toBe(durationsOf(one).reduce((sum, s) => sum + s, 0))
          expect(brokenBy(after)).toBeLessThanOrEqual(brokenBy(one))
          expect(applied(after, undoOf(edits))).toEqual(one)
        }
      }
    }
  })

  it('stop at the rule that the next second would break, and name it', () => {
    const signal = signalOf('1')
    const one = plannedOf('1')
    const { edge } = coordinatedSplit(signal, one)!
    const far = moveEdge(signal, one, edge!, 200)
    expect(far.wall?.rule).toMatch(/minimum-green|pedestrian-clearance/)
    expect(far.wall!.value).toBeLessThan(far.wall!.limit)
    expect(brokenBy(applied(one, far.edits))).toBeLessThanOrEqual(brokenBy(one))
    expect(moveEdge(signal, one, edge!, far.by_s + 1).by_s).toBe(far.by_s)
    expect(moveEdge(signal, one, edge!, far.by_s).wall).toBeUndefined()
  })
})

describe('offsets, speeds and the cycle', () => {
  it('shift several signals alike within their cycles, downstream only where asked', () => {
    const [first, ...rest] = PLAN.intersections
    const shifted = applyEdits(PLAN, shiftOffsets(PLAN, [first!.signal], -first!.offset_s - 3))
    expect(shifted.intersections[0]!.offset_s).toBe(first!.cycle_s - 3)
    expect(shifted.intersections.slice(1)).toEqual(rest)
    expect(downstreamOf(['a', 'b', 'c'], 'b', 'outbound')).toEqual(['b', 'c'])
    expect(downstreamOf(['a', 'b', 'c'], 'b', 'inbound')).toEqual(['a', 'b'])
    expect(setOffset(PLAN, first!.signal, first!.offset_s + first!.cycle_s)).toEqual([])
  })

  it('change a link, or its direction in proportion', () => {
    const { links } = PLAN.bands.find(({ direction }) => direction === 'outbound')!
    const one = applyEdits(PLAN, setSpeed(PLAN, 'outbound', links[0]!.to, links[0]!.speed_mps * 1.1))
    expect(one.bands[0]!.links.map(({ speed_mps }, i) => speed_mps / links[i]!.speed_mps).filter((factor) => factor > 1.05)).toHaveLength(1)
    const all = applyEdits(PLAN, setSpeed(PLAN, 'outbound', links[0]!.to, links[0]!.speed_mps * 1.1, true))
    for (const [i, { speed_mps }] of all.bands[0]!.links.entries()) expect(speed_mps / links[i]!.speed_mps).toBeCloseTo(1.1)
  })

  it('stretch all parts to another cycle so that no rule breaks, and back', () => {
    const order = PLAN.intersections.map(({ signal }) => signal)
    const graph = { getSignal: signalOf } as unknown as Parameters<typeof changeCycle>[0]
    for (const to of [90, 110, 120]) {
      const edits = changeCycle(graph, PLAN, order, to)
      const after = applyEdits(PLAN, edits)
      expect(after.cycle_s).toBe(to)
      for (const [i, one] of after.intersections.entries()) expect(brokenBy(one)).toBeLessThanOrEqual(brokenBy(PLAN.intersections[i]!))
      expect(applyEdits(after, undoOf(edits))).toEqual(PLAN)
    }
    expect(changeCycle(graph, PLAN, order, PLAN.cycle_s)).toEqual([])
  })
})
