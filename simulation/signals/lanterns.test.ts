import { describe, expect, it } from 'vitest'
import { dualRingPattern, dualRingSignal } from '../../test/dual-ring.ts'
import type { Signal } from '../../model/signal.ts'
import { everyPhase, ringController, run, type Green } from './testing.ts'

/** A right turn with phase 2 and with phase 3: green through the change from 2 to 3. */
const signal: Signal = (() => {
  const base = dualRingSignal()
  return {
    ...base,
    groups: [...base.groups, { id: 'A', kind: 'vehicle', min_green_s: 5, yellow_s: 3, red_clearance_s: 2 }],
    overlaps: [{ group: 'A', parents: ['2', '3'] }],
  }
})()
const pattern = { ...dualRingPattern(), offset_s: 0 }
const of = (greens: Green[], group: string): Green[] => greens.filter((green) => green.group === group)

describe('an overlap', () => {
  it('is green with its parents and through the change between two that follow each other', () => {
    const controller = ringController(signal, pattern, { phases: everyPhase(pattern, { recall: 'max' }) })
    controller.startInStep(0)
    const greens = run(controller, 0, 250)
    expect(of(greens, 'A')).toMatchObject([{ start_s: 20, end_s: 70, yellow_end_s: 73 }, { start_s: 120, end_s: 170 }])
  })

  it('ends with its last parent, with a yellow and a clearance of its own', () => {
    // Phase 4 waits for the clearance of the overlap of 2, which is longer than that of phase 2 itself.
    const slow = { ...signal, groups: signal.groups.map((group) => (group.id === 'A' ? { ...group, yellow_s: 4, red_clearance_s: 4 } : group)), overlaps: [{ group: 'A', parents: ['2'] }] }
    const controller = ringController(slow, pattern, { type: 'actuated' })
    controller.startInStep(0)
    const four = controller.phases.indexOf('4')
    const greens = run(controller, 0, 60, (t, seen) => { seen.calling[four] = t < 30 ? 1 : 0; seen.calling[controller.phases.indexOf('2')] = t > 40 ? 1 : 0 })
    expect(of(greens, '2')[0]).toMatchObject({ end_s: 10, yellow_end_s: 14 })
    expect(of(greens, 'A')[0]).toMatchObject({ end_s: 10, yellow_end_s: 14 })
    expect(of(greens, '4')[0]!.start_s).toBe(18)
  })
})

describe('a group', () => {
  it('waits for an intergreen that is longer than yellow and red clearance', () => {
    const long = { ...dualRingSignal(), intergreens: [{ from: '2', to: '4', seconds: 9 }] }
    const controller = ringController(long, pattern, { type: 'actuated' })
    controller.startInStep(0)
    const [two, four] = [controller.phases.indexOf('2'), controller.phases.indexOf('4')]
    const greens = run(controller, 0, 80, (t, seen) => { seen.calling[four] = t < 30 ? 1 : 0; seen.calling[two] = t > 40 ? 1 : 0 })
    expect(of(greens, '4')[0]!.start_s - of(greens, '2')[0]!.end_s).toBe(9)
    expect(of(greens, '8')[0]!.start_s - of(greens, '2')[0]!.end_s).toBe(5)
  })

  it('stays red for the red revert before it comes back', () => {
    const quick = { ...dualRingSignal(), groups: dualRingSignal().groups.map((group) => ({ ...group, red_clearance_s: 0 })) }
    const controller = ringController(quick, pattern, { type: 'actuated', phases: [{ phase: '6', red_revert_s: 3 }, { phase: '2', red_revert_s: 0 }] })
    controller.startInStep(0)
    // A call of phase 1 alone goes around: 2 and 6 end, then 1 and 6 begin.
    const one = controller.phases.indexOf('1')
    const greens = run(controller, 0, 60, (t, seen) => { seen.calling[one] = t < 25 ? 1 : 0; seen.calling[controller.phases.indexOf('4')] = t > 30 ? 1 : 0 })
    const [first, second] = of(greens, '6')
    expect(second!.start_s - first!.yellow_end_s).toBe(3)
  })
})
