import { describe, expect, it } from 'vitest'
import { compileSignal } from '../model/compile.ts'
import { listLaneGroups } from '../optimizer/capacity/index.ts'
import { arterial } from '../optimizer/testing/arterial.ts'
import { changeCostOf, expectedOutOfStep, lossOutOfStep, throughMovements, transitionDelay } from './transition-cost.ts'
import { planTransition } from './transitions.ts'

const { graph, corridor, running, volumes } = arterial({ cycle_s: 90 })
const ids = corridor.corridor.intersections
const patterns = ids.map((id) => running.get(id)!)
const plan = { cycle_s: 90, patterns, signals: patterns.map((pattern) => compileSignal(graph.getSignal(pattern.signal), pattern)) }
const times = (share: number) => new Map([...volumes].map(([movement, volume]) => [movement, volume * share]))

describe('what a change of plan costs', () => {
  it('is the delay of broken platoons: nothing without traffic, more with more, and only on the corridor', () => {
    const through = throughMovements(corridor)
    const loss = (share: number, of = through): number => lossOutOfStep(plan.signals[0]!, listLaneGroups(graph, ids[0]!, times(share)), of)
    expect(loss(0)).toBe(0)
    expect(loss(0.5)).toBeGreaterThan(0)
    expect(loss(1)).toBeGreaterThan(loss(0.5))
    expect(loss(1, new Set())).toBe(0)
  })

  it('lasts on average less than the longest way round and more than nothing', () => {
    const wait = expectedOutOfStep(graph.getSignal(ids[0]!), patterns[0]!)
    expect(wait).toBeGreaterThan(45)
    // Half a cycle by a fifth of a cycle at a time takes three longer cycles.
    expect(wait).toBeLessThan(3.6 * 90)
  })

  it('is expected as the mean over offsets, and is nothing at a time of which nothing is known', () => {
    const cost = changeCostOf(graph, corridor, [times(1), undefined])
    const through = throughMovements(corridor)
    const expected = ids.reduce((sum, id, i) => sum + (expectedOutOfStep(graph.getSignal(id), patterns[i]!) * lossOutOfStep(plan.signals[i]!, listLaneGroups(graph, id, times(1)), through)) / 3600, 0)
    expect(cost(plan, plan, 0)).toBeCloseTo(expected, 9)
    expect(cost(plan, plan, 1)).toBe(0)
  })

  it('of a known change counts the seconds of each signal: none where every offset stays', () => {
    const document = (shift_s: number) => ({ intersections: patterns.map((pattern, i) => ({ ...pattern, offset_s: (pattern.offset_s + shift_s * i) % 90, id: pattern.signal, source_id: pattern.signal, signal_groups: plan.signals[i]!.groups })) })
    const delay = (shift_s: number): number => transitionDelay({ graph, corridor }, document(shift_s), planTransition(graph.network.signals, document(0), document(shift_s), 7 * 3600), times(1))
    expect(delay(0)).toBe(0)
    expect(delay(20)).toBeGreaterThan(0)
    expect(transitionDelay({ graph, corridor }, document(20), planTransition(graph.network.signals, document(0), document(20), 7 * 3600), undefined)).toBe(0)
  })
})
