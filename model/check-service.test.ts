import { describe, expect, it } from 'vitest'
import { cross } from '../test/cross.ts'
import { checkChange, checkPlan, refuseViolations } from './check-plan.ts'
import { GreenwaveError } from './errors.ts'
import { RoadGraph } from './road-graph.ts'
import type { PhaseSplit, RingPattern } from './signal.ts'

const ring = (...phases: [string, number][]): PhaseSplit[] => phases.map(([phase, split_s]) => ({ phase, split_s }))

const pattern = (...barriers: PhaseSplit[][][]): RingPattern => ({
  kind: 'rings', signal: 'x', cycle_s: 80, offset_s: 0, offset_reference: 'sequence_start', coordinated: ['2', '6'], barriers: barriers.map((rings) => ({ rings })),
})

const side = [ring(['4', 30]), ring(['8', 30])]

describe('checkPlan', () => {
  it('passes throughs that end together with permissive lefts on both', () => {
    expect(checkPlan(new RoadGraph(cross('permissive')), [pattern([ring(['2', 50]), ring(['6', 50])], side)])).toEqual([])
  })

  it('refuses a movement that never gets green', () => {
    const found = checkPlan(new RoadGraph(cross('permissive')), [{ ...pattern([ring(['2', 50]), ring(['6', 50])], [ring(['4', 30]), []]) }])
    expect(found.map(({ rule }) => rule)).toEqual(['never-green', 'never-green', 'never-green'])
    expect(found[0]?.sentence).toMatch(/movement sn gets 0 s of green, none of its groups \[8\] is served/)
  })

  it('refuses the yellow trap: one left leads with its through while the opposing through runs on', () => {
    // Ring 1: 2 then 1 (westbound left lags); ring 2: 5 then 6. Phase 2 ends at 30 while 6 runs to 45.
    const lagging = pattern([ring(['2', 35], ['1', 15]), ring(['5', 15], ['6', 35])], [ring(['3', 10], ['4', 20]), ring(['7', 10], ['8', 20])])
    const found = checkPlan(new RoadGraph(cross('protected-permissive')), [lagging]).filter(({ rule }) => rule === 'yellow-trap')
    expect(found).toHaveLength(1)
    expect(found[0]?.sentence).toMatch(/yellow trap for wn: its permissive group 2 ends 15 s before the opposing group 6; at most its yellow of 3 s/)
  })

  it('has no trap with leading lefts, nor with a flashing yellow arrow', () => {
    const leading = pattern([ring(['1', 15], ['2', 35]), ring(['5', 15], ['6', 35])], [ring(['3', 10], ['4', 20]), ring(['7', 10], ['8', 20])])
    const trap = (network: ReturnType<typeof cross>, plan: RingPattern): unknown[] => checkPlan(new RoadGraph(network), [plan]).filter(({ rule }) => rule === 'yellow-trap')
    expect(trap(cross('protected-permissive'), leading)).toEqual([])
    const arrow = cross('protected-permissive')
    for (const group of arrow.signals[0]!.groups) if (group.id === '2') group.flashing_yellow_arrow = true
    const lagging = pattern([ring(['2', 35], ['1', 15]), ring(['5', 15], ['6', 35])], [ring(['3', 10], ['4', 20]), ring(['7', 10], ['8', 20])])
    expect(trap(arrow, lagging)).toEqual([])
  })

  it('lets a trap pass that the street has already, and no other', () => {
    const graph = new RoadGraph(cross('protected-permissive'))
    const lagging = pattern([ring(['2', 35], ['1', 15]), ring(['5', 15], ['6', 35])], [ring(['3', 10], ['4', 20]), ring(['7', 10], ['8', 20])])
    const leading = pattern([ring(['1', 15], ['2', 35]), ring(['5', 15], ['6', 35])], [ring(['3', 10], ['4', 20]), ring(['7', 10], ['8', 20])])
    const shorter = pattern([ring(['2', 33], ['1', 17]), ring(['5', 17], ['6', 33])], [ring(['3', 10], ['4', 20]), ring(['7', 10], ['8', 20])])
    const traps = (running: RingPattern): unknown[] => checkChange(graph, [shorter], new Map([['x', running]])).filter(({ rule }) => rule === 'yellow-trap')
    expect(traps(lagging)).toEqual([])
    expect(traps(leading)).toHaveLength(1)
  })

  it('refuses two patterns for one signal, and turns violations into exit code 5', () => {
    const good = pattern([ring(['2', 50]), ring(['6', 50])], side)
    const found = checkPlan(new RoadGraph(cross('permissive')), [good, good])
    expect(found.map(({ rule }) => rule)).toEqual(['signal-mismatch'])
    expect(() => refuseViolations(found)).toThrow(GreenwaveError)
    try {
      refuseViolations(found)
    } catch (error) {
      expect((error as GreenwaveError).exitCode).toBe(5)
    }
    expect(() => refuseViolations([])).not.toThrow()
  })
})
