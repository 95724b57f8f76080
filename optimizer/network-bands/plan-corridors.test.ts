import { describe, expect, it } from 'vitest'
import { checkPlan } from '../../model/check-plan.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import { arterial } from '../testing/arterial.ts'
import { planNetworkBands, verifyNetworkPlan } from './index.ts'

function made(): Parameters<typeof planNetworkBands>[0] {
  const { graph, corridor, running } = arterial({ lefts: 'protected' })
  const { corridor: whole } = corridor
  const part = resolveCorridor(graph, { ...whole, id: 'part', intersections: whole.intersections.slice(1) })
  return { graph, running, corridors: [corridor, part], effort: { sweeps: 60, restarts: 1 } }
}

describe('planNetworkBands', () => {
  it('gives signals shared by corridors one offset and order that pass the rules, with bands that the checker measures', () => {
    const input = made()
    const { problem, plan, certificate, patterns } = planNetworkBands(input)
    expect(problem.arteries.map(({ nodes }) => nodes.length)).toEqual([4, 3])
    expect(patterns.map(({ signal }) => signal)).toEqual(input.corridors[0].corridor.intersections)
    expect(checkPlan(input.graph, patterns as Parameters<typeof checkPlan>[1])).toEqual([])
    expect(verifyNetworkPlan(problem, plan)).toBeCloseTo(certificate.value, 6)
    expect(certificate.value).toBeGreaterThan(0)
    expect(plan.arteries[1].outbound_s).toBeGreaterThanOrEqual(plan.arteries[0].outbound_s - 1e-6)
  })

  it('refuses signals whose cycles do not fit, and says which', () => {
    const input = made()
    const [first] = input.corridors[0].corridor.intersections
    const running = new Map(input.running)
    running.set(first, { ...running.get(first)!, cycle_s: 200 })
    expect(() => planNetworkBands({ ...input, running })).toThrow(/neither the common 200 s nor half of it/)
  })
})
