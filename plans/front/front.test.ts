import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkChange } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import { candidateAt } from '../../optimizer/corridor/index.ts'
import { delayFigures, evaluatePlan } from '../../optimizer/progression/index.ts'
import { arterial } from '../../optimizer/testing/arterial.ts'
import { dominates, finalistsOf, nonDominated, planFront } from './front.ts'
import { MEASURES, type PlanMeasures } from './measures.ts'

const street = arterial({ lefts: 'protected', spacing_m: [320, 250] })
const input = { ...street, options: { cycle_min_s: 80, cycle_max_s: 100 } }
const running = [...street.running.values()]
const front = planFront(input, [{ how: 'what runs now', patterns: running }])

const measures = fc.record(Object.fromEntries(MEASURES.map((measure) => [measure, fc.integer({ min: 0, max: 4 })])) as Record<keyof PlanMeasures, fc.Arbitrary<number>>)

describe('the front of a corridor', () => {
  it('has no member that another beats, and beats or equals whoever is left out', () => {
    expect(front.members.length).toBeGreaterThan(3)
    for (const a of front.members) for (const b of front.members) expect(dominates(a.measures, b.measures)).toBe(false)
    fc.assert(fc.property(fc.array(measures.map((one) => ({ measures: one })), { maxLength: 20 }), (plans) => {
      const kept = nonDominated(plans)
      for (const { measures: one } of plans) expect(kept.some((other) => MEASURES.every((measure) => (measure === 'band_s' ? other.measures.band_s >= one.band_s : other.measures[measure] <= one[measure])))).toBe(true)
      for (const a of kept) for (const b of kept) expect(dominates(a.measures, b.measures)).toBe(false)
    }))
  })

  it('says of each member what a direct evaluation says, and every member keeps the rules', () => {
    for (const { patterns, measures: said, cycle_s } of front.members) {
      expect(checkChange(street.graph, patterns, street.running)).toEqual([])
      const { bands } = candidateAt(input, patterns, 'compromise')
      expect(said.band_s).toBeCloseTo(bands.reduce((sum, { width_s }) => sum + width_s, 0), 6)
      const figures = delayFigures(evaluatePlan(street.graph, street.corridor, patterns.map((pattern) => compileSignal(street.graph.getSignal(pattern.signal), pattern)), street.volumes))
      expect(said.delay_s).toBeCloseTo(figures.delay_s_per_veh, 9)
      expect(said.stops).toBeCloseTo(figures.stops_per_veh, 9)
      const walks = patterns.flatMap(({ signal }) => street.graph.getSignal(signal).groups.flatMap(({ walk_s = 0 }) => (walk_s > 0 ? [walk_s] : [])))
      expect(said.pedestrian_wait_s).toBeCloseTo(walks.reduce((sum, walk) => sum + (cycle_s - walk) ** 2 / (2 * cycle_s), 0) / walks.length, 9)
    }
  })

  it('sends the best of each measure into the final, each once', () => {
    const finalists = finalistsOf(front)
    expect(new Set(finalists).size).toBe(finalists.length)
    const pulled = MEASURES.filter((measure) => new Set(front.members.map(({ measures: one }) => one[measure])).size > 1)
    expect(pulled).toContain('band_s')
    for (const measure of pulled) expect(finalists.flatMap(({ best_in }) => best_in)).toContain(measure)
  })

  it('holds the plan that is asked for as one of those compared', () => {
    const best = front.members[0]!
    const again = planFront(input, [{ how: 'the plan', patterns: best.patterns, chosen: true }])
    expect(again.members.some(({ chosen }) => chosen === true)).toBe(true)
    expect(again.looked_at).toBe(front.looked_at)
    for (const one of front.beaten) expect(front.members.some((member) => dominates(member.measures, one.measures))).toBe(true)
    expect([...front.members, ...front.beaten].some(({ how }) => how === 'what runs now')).toBe(true)
  })
})
