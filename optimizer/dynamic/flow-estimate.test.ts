import { describe, expect, it } from 'vitest'
import { expectedFlows, type FlowEstimates, followFlows } from './flow-estimate.ts'
import type { MeasuredApproach } from './measurement.ts'

/** A window of 240 s of one approach with a through movement and a left. */
const window = (through: number, left: number, entered = through + left): MeasuredApproach => ({
  sensor: '1/a', signal: '1', link: 'a', from_s: 0, until_s: 240, entered, entry_speed_mps: 14, vehicles: 0,
  lanes: [{ lane: 0, passed: through + left, queue_mean: 1 }], movements: [{ movement: 't', passed: through }, { movement: 'l', passed: left }],
})

const follow = (flows: FlowEstimates, windows: readonly MeasuredApproach[]): FlowEstimates => windows.reduce((list, each) => followFlows(list, [each], 240), flows)
const start = expectedFlows(new Map([['t', 900], ['l', 90]]))

describe('followFlows', () => {
  it('comes to the flow that is counted again and again', () => {
    const flows = follow(start, Array.from({ length: 40 }, () => window(90, 3)))
    expect(flows.get('t')!.volume_vph).toBeCloseTo(1350, -1)
    expect(flows.get('l')!.volume_vph).toBeCloseTo(45, -1)
  })

  it('believes one window of a small flow less than one of a large flow', () => {
    // Half as many as expected, of both.
    const flows = follow(start, [window(30, 3)])
    const fall = (movement: string, before: number): number => 1 - flows.get(movement)!.volume_vph / before
    expect(fall('t', 900)).toBeGreaterThan(0.35)
    expect(fall('l', 90)).toBeLessThan(0.3)
  })

  it('takes who came into sight for demand, where a queue keeps them from passing', () => {
    const [open, full] = [follow(start, [window(60, 6)]), follow(start, [window(60, 6, 132)])]
    expect(full.get('t')!.volume_vph).toBeGreaterThan(open.get('t')!.volume_vph + 300)
  })

  it('knows less of an approach that is not heard of, and nothing else of it', () => {
    const later = followFlows(start, [], 900)
    expect(later.get('t')!.volume_vph).toBe(900)
    expect(later.get('t')!.variance).toBeGreaterThan(start.get('t')!.variance)
  })

  it('falls to almost nobody in a quiet night, and never below', () => {
    const flows = follow(start, Array.from({ length: 60 }, () => window(0, 0)))
    for (const { volume_vph } of flows.values()) {
      expect(volume_vph).toBeGreaterThanOrEqual(0)
      expect(volume_vph).toBeLessThan(10)
    }
  })
})
