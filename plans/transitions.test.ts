import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSignal } from '../model/compile.ts'
import type { Plan } from '../model/plan.ts'
import type { Pattern } from '../model/signal.ts'
import { modulo } from '../model/units.ts'
import { arterial } from '../optimizer/testing/arterial.ts'
import { runsOf } from '../test/runs.ts'
import { planTransition, signalTransition } from './transitions.ts'

const { graph, running } = arterial({ cycle_s: 90 })
const signal = graph.getSignal('S1')
const at = (offset_s: number): Pattern => ({ ...running.get('S1')!, offset_s })

const planOf = (offsets: readonly number[]): Pick<Plan, 'intersections'> => ({
  intersections: ['S1', 'S2'].map((id, i) => {
    const pattern = { ...running.get(id)!, offset_s: offsets[i]! }
    return { ...pattern, id, source_id: id, signal_groups: compileSignal(graph.getSignal(id), pattern).groups }
  }),
})

describe('the transition of a signal', () => {
  it('is none where the offset is met at once', () => {
    expect(signalTransition(signal, at(12), 90 * 7 + 12)).toMatchObject({ way: 'shortway', cycles: 0, lengths_s: [], seconds_by_way: { shortway: 0, add: 0, subtract: 0 } })
  })

  it('adds a fifth of the cycle at most: 27 s of 90 s take two cycles of 103.5 s', () => {
    expect(signalTransition(signal, at(27), 0).seconds_by_way.add).toBeCloseTo(207, 6)
  })

  it('ends on the offset whichever way, within the limits of a cycle, keeping every minimum, and takes the least time', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 89 }), fc.integer({ min: 0, max: 86_399 }), (offset_s, zero_s) => {
      const { way, cycles, lengths_s, seconds_by_way } = signalTransition(signal, at(offset_s), zero_s)
      const distance = modulo(zero_s + seconds_by_way[way] - offset_s + 45, 90) - 45
      expect(distance).toBeCloseTo(0, 5)
      expect(cycles).toBe(lengths_s.length)
      for (const length of lengths_s) {
        expect(length).toBeLessThanOrEqual(90 * 1.2 + 1e-6)
        expect(length).toBeGreaterThanOrEqual(90 * 0.83 - 1e-6)
        // Splits scale alike: what is left of each green is at least its minimum.
        for (const { id, green_windows_s } of compileSignal(signal, at(0)).groups) {
          const group = signal.groups.find((each) => each.id === id)!
          const change = group.yellow_s + group.red_clearance_s
          for (const [start, end] of green_windows_s) if (length < 90) expect((end - start + change) * (length / 90) - change).toBeGreaterThanOrEqual(group.min_green_s - 1e-6)
        }
      }
      for (const seconds of Object.values(seconds_by_way)) expect(seconds).toBeGreaterThanOrEqual(seconds_by_way[way] - 1e-6)
    }), { numRuns: runsOf(400) })
  })
})

describe('the transition of a plan', () => {
  it('waits for the local zero of the plan before and ends with its last signal', () => {
    const { signals, in_step_after_s } = planTransition(graph.network.signals, planOf([10, 20]), planOf([10, 38]), 900)
    expect(signals.map(({ signal, cycles }) => [signal, cycles])).toEqual([['S1', 0], ['S2', 1]])
    // 900 s is local zero 0: S2 begins at 920 s and needs 18 s more than a cycle.
    expect(in_step_after_s).toBeCloseTo(20 + 108, 6)
  })

  it('at midnight continues the day before', () => {
    const { in_step_after_s } = planTransition(graph.network.signals, planOf([0, 0]), planOf([0, 0]), 0)
    expect(in_step_after_s).toBe(0)
  })
})
