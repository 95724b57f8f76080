import { describe, expect, it } from 'vitest'
import { dualRingPattern, dualRingSignal } from '../../test/dual-ring.ts'
import type { PhaseControl, SignalControl } from '../../model/control.ts'
import { referencePoint } from '../../model/compile.ts'
import { CyclePositions } from './ring-plan.ts'
import { ringCoordination, ringPhases } from './settings.ts'
import { everyPhase, ringController, run, type Green, type Watcher } from './testing.ts'

const signal = dualRingSignal()
/** Sequence second 0 is master second 0. */
const pattern = { ...dualRingPattern(), offset_s: 0 }

const of = (greens: Green[], group: string): Green[] => greens.filter((green) => green.group === group)

/** Calls by phase, each in [from, until) of master time. */
const calls = (controller: { phases: readonly string[] }, on: Record<string, [number, number][]>): Watcher => (t, seen) => {
  controller.phases.forEach((phase, p) => { seen.calling[p] = (on[phase] ?? []).some(([from, until]) => t >= from && t < until) ? 1 : 0 })
}
const ALWAYS: [number, number][] = [[0, 1e9]]
const allOn = Object.fromEntries(['1', '2', '3', '4', '5', '6', '7', '8'].map((phase) => [phase, ALWAYS]))

describe('force-offs of the worked example (cycle 100 s, coordinated 2 and 6)', () => {
  const control: SignalControl = { signal: 'S', type: 'coordinated' }
  const defaults = { passage_s: new Map(), called: new Set<string>(), green_s: new Map(), coordinated: new Set(['2', '6']) }
  const settings = (phases: PhaseControl[]): CyclePositions => {
    const full = { ...control, phases }
    const ring = ringPhases(signal, full, pattern, defaults)
    return new CyclePositions(ringCoordination(signal, full, pattern, ring), ring.phases)
  }
  const order = ['1', '2', '5', '6', '3', '4', '7', '8']
  const inSequence = (positions: CyclePositions, column: Float64Array, phase: string): number => (column[order.indexOf(phase)]! + positions.yieldAt) % 1000 / 10

  it('lie where the sequence puts them', () => {
    const positions = settings([])
    expect(['1', '2', '3', '4', '5', '6', '7', '8'].map((phase) => inSequence(positions, positions.forceOff, phase))).toEqual([15, 55, 70, 95, 10, 55, 75, 95])
    expect(['1', '2', '3', '4', '5', '6', '7', '8'].map((phase) => inSequence(positions, positions.start, phase))).toEqual([0, 20, 60, 75, 0, 15, 60, 80])
  })

  it('leave phase 4 with a minimum of 7 s until second 88 to start', () => {
    const positions = settings([{ phase: '4', min_green_s: 7 }])
    expect(inSequence(positions, positions.latest, '4')).toBe(88)
  })
})

describe('a coordinated signal', () => {
  it('with calls everywhere all the time runs as its fixed plan', () => {
    const controller = ringController(signal, pattern)
    controller.startInStep(0)
    const greens = run(controller, 0, 400, calls(controller, allOn))
    for (const [phase, start, end] of [['1', 0, 15], ['2', 20, 55], ['3', 60, 70], ['4', 75, 95], ['5', 0, 10], ['6', 15, 55], ['7', 60, 75], ['8', 80, 95]] as const) {
      for (let k = 0; k < 3; k++) expect(of(greens, phase)[k]).toMatchObject({ start_s: start + 100 * k, end_s: end + 100 * k, yellow_end_s: end + 4 + 100 * k })
    }
    expect(controller.count.out_of_step).toBe(0)
  })

  /** Phase 3 gaps out at 65; everybody else has traffic all the time. */
  const gapAt65 = { ...allOn, 3: [[0, 63.05]] as [number, number][] }

  it('gives the time that phase 3 saves to phase 4 under fixed force-offs', () => {
    const controller = ringController(signal, pattern, { coordination: { force_off: 'fixed' } })
    controller.startInStep(0)
    const greens = run(controller, 0, 300, calls(controller, gapAt65))
    expect(of(greens, '3')[0]).toMatchObject({ start_s: 60, end_s: 65 })
    expect(of(greens, '4')[0]).toMatchObject({ start_s: 70, end_s: 95 })
  })

  it('gives it to the coordinated phases under floating force-offs, if the other ring reaches the barrier as well', () => {
    const controller = ringController(signal, pattern, { coordination: { force_off: 'floating' } })
    controller.startInStep(0)
    const both = { ...gapAt65, 7: [[0, 68.05]] as [number, number][] }
    const greens = run(controller, 0, 300, calls(controller, both))
    expect(of(greens, '4')[0]).toMatchObject({ start_s: 70, end_s: 90 })
    expect(of(greens, '8')[0]).toMatchObject({ start_s: 75, end_s: 90 })
    expect(of(greens, '1')[1]).toMatchObject({ start_s: 95, end_s: 110 })
    expect(of(greens, '2')[1]!).toMatchObject({ start_s: 115 })
  })

  it('holds phase 4 at the barrier while phase 8 has time left', () => {
    const controller = ringController(signal, pattern)
    controller.startInStep(0)
    const greens = run(controller, 0, 300, calls(controller, gapAt65))
    expect(of(greens, '4')[0]).toMatchObject({ start_s: 70, end_s: 95 })
  })

  it('is thrown out of step for 5 s by walkers who need 25 s in the 20 s of phase 4, and comes back', () => {
    const phases: PhaseControl[] = [{ phase: '4', walk_s: 7, pedestrian_clearance_s: 18, pedestrian_clearance_until: 'green' }]
    const controller = ringController(signal, pattern, { phases })
    controller.startInStep(0)
    const watch = calls(controller, allOn)
    const greens = run(controller, 0, 1200, (t, seen) => {
      watch(t, seen)
      if (t === 40) seen.pedestrians[controller.phases.indexOf('4')] = 1
    })
    expect(of(greens, '4')[0]).toMatchObject({ start_s: 75, end_s: 100 })
    expect(of(greens, '1')[1]).toMatchObject({ start_s: 105 })
    // Shortway: 5 s are taken out of the next cycle, and then everything is as before.
    expect(controller.count.out_of_step).toBe(1)
    expect(of(greens, '2')[1]!.end_s).toBe(160)
    expect(of(greens, '2')[2]!.end_s).toBe(255)
    expect(of(greens, '4')[3]).toMatchObject({ start_s: 375, end_s: 395 })
  })

  it('rests in the coordinated phases while nobody else calls, and answers a call within its permissive period', () => {
    const controller = ringController(signal, pattern)
    controller.startInStep(300)
    const greens = run(controller, 30, 400, calls(controller, { 4: [[260, 276.05]], 3: [[366, 370]] }))
    // Yield points are at 55, 155, 255, 355: the call at 260 is served after the change, at 265.
    expect(of(greens, '4')).toMatchObject([{ start_s: 265, end_s: 278 }])
    // Phase 3 has its force-off at 370 and needs 5 s after a change of 5 s: at 366 it is too late.
    expect(of(greens, '3')).toEqual([])
    expect(of(greens, '2')[0]).toMatchObject({ start_s: 30, end_s: 260 })
    expect(of(greens, '8')).toMatchObject([{ start_s: 265, end_s: 278 }])
  })

  it('does not answer after a permissive period that was set shorter', () => {
    const controller = ringController(signal, pattern, { coordination: { permissive_s: 3 } })
    controller.startInStep(300)
    expect(of(run(controller, 30, 340, calls(controller, { 4: [[260, 276.05]] })), '4')).toEqual([])
  })
})

describe('transition of a coordinated signal', () => {
  it.each([['dwell', 1, 130], ['add', 2, 230], ['subtract', 5, 430], ['max_dwell', 2, 230], ['shortway', 2, 230]] as const)('by %s takes %i cycles and %i s to gain 30 s', (method, cycles, seconds) => {
    // In coordinated green at the yield point of second 55, with yield points wanted at 85, 185, ...
    const roomy = { ...signal, groups: signal.groups.map((group) => ({ ...group, min_green_s: 4 })) }
    const controller = ringController(roomy, { ...pattern, offset_s: 30 }, { transition: { method, add: 0.2, subtract: 0.17 } })
    const yields: number[] = []
    const watch = calls(controller, allOn)
    controller.startGreen(510)
    run(controller, 51, 900, watch, (t) => { if (controller.atYield) yields.push(t) })
    const inStep = yields.findIndex((t) => (t - 85) % 100 === 0)
    expect(yields[0]).toBe(55)
    expect(inStep).toBe(cycles)
    expect(yields[inStep]! - yields[0]!).toBe(seconds)
    expect(controller.count.out_of_step).toBe(cycles)
  })
})

describe('offset references of the worked example, sequence second 0 at system second 10', () => {
  it.each([['sequence_start', 10], ['first_green', 25], ['begin_of_green', 30], ['begin_of_yellow', 65], ['begin_of_red', 69]] as const)('%s is %i', (reference, offset) => {
    expect(10 + referencePoint(signal, pattern, reference)).toBe(offset)
  })
})

describe('a free actuated signal', () => {
  const free = (phases: PhaseControl[] = []): ReturnType<typeof ringController> => {
    const controller = ringController(signal, pattern, { type: 'actuated', phases })
    controller.startInStep(0)
    return controller
  }

  it('rests in green while nobody in conflict calls', () => {
    expect(run(free(), 0, 300)).toEqual([])
  })

  it('gaps out when the passage time has run since the detector was left, not before the minimum', () => {
    const controller = free([{ phase: '2', passage_s: 1.8 }, { phase: '6', passage_s: 1.8 }])
    const greens = run(controller, 0, 100, calls(controller, { 2: [[0, 20], [50, 90]], 4: [[5, 40]] }))
    // On last at 19.9, so the gap is 1.8 s at 21.7.
    expect(of(greens, '2')[0]).toMatchObject({ start_s: 0, end_s: 21.7 })
    expect(of(greens, '4')[0]).toMatchObject({ start_s: 26.7 })
  })

  it('counts the maximum from the first conflicting call', () => {
    const controller = free([{ phase: '2', max_green_s: 30 }])
    const greens = run(controller, 0, 100, calls(controller, { 2: ALWAYS, 4: [[20, 90]] }))
    expect(of(greens, '2')[0]!.end_s).toBe(50)
  })

  it('crosses a barrier when both rings are ready, and a new vehicle restarts a gapped phase', () => {
    const controller = free([{ phase: '6', max_green_s: 40 }])
    const greens = run(controller, 0, 100, calls(controller, { 6: [[0, 25]], 2: [[0, 12], [24, 28]], 4: [[5, 90]] }))
    expect(of(greens, '2')[0]!.end_s).toBe(29.9)
    expect(of(greens, '6')[0]!.end_s).toBe(29.9)
  })

  it('lets a phase gapped out stay so where simultaneous gap is off', () => {
    const controller = free([{ phase: '2', simultaneous_gap: false }, { phase: '6', max_green_s: 40, simultaneous_gap: false }])
    const greens = run(controller, 0, 100, calls(controller, { 6: [[0, 25]], 2: [[0, 12], [24, 28]], 4: [[5, 90]] }))
    expect(of(greens, '2')[0]!.end_s).toBe(26.9)
  })

  it('reduces the gap linearly while somebody waits', () => {
    const reduced = { passage_s: 4, gap_reduction: { before_s: 10, reduce_s: 10, min_gap_s: 2 }, max_green_s: 60 }
    const controller = free([{ phase: '2', ...reduced }])
    const pulses: [number, number][] = Array.from({ length: 20 }, (_, i) => [3 * i, 3 * i + 0.1])
    const greens = run(controller, 0, 100, calls(controller, { 2: pulses, 4: [[0.1, 90]] }))
    // A vehicle every 3 s: the allowed gap of 4 s falls below 3 s once 15 s have passed since the call at 0.1.
    expect(of(greens, '2')[0]!.end_s).toBeGreaterThan(15)
    expect(of(greens, '2')[0]!.end_s).toBeLessThan(18.2)
  })

  it('lengthens the minimum by the vehicles that came in red, up to the maximum initial', () => {
    const controller = free([{ phase: '4', added_initial: { per_vehicle_s: 2, max_initial_s: 17 } }])
    const watch = calls(controller, { 4: [[5, 12]], 2: [[20, 99]] })
    const greens = run(controller, 0, 100, (t, seen) => {
      watch(t, seen)
      if (t > 0 && t <= 7 && Number.isInteger(t)) seen.arrivals[controller.phases.indexOf('4')] = 1
    })
    expect(of(greens, '4')[0]!.end_s - of(greens, '4')[0]!.start_s).toBe(14)
  })

  it('forgets a call that left where memory does not lock, and keeps it where it does', () => {
    for (const locking of [false, true]) {
      const controller = free([{ phase: '4', locking }, { phase: '2', recall: 'max', max_green_s: 30 }])
      const greens = run(controller, 0, 100, calls(controller, { 4: [[5, 6]] }))
      expect(of(greens, '4').length).toBe(locking ? 1 : 0)
    }
  })

  it('serves every phase under minimum recall, one that is on soft recall only when nobody else waits', () => {
    const controller = free(everyPhase(pattern, { recall: 'min' }).map((phase) => (phase.phase === '3' ? { phase: '3', recall: 'soft' as const } : phase)))
    const greens = run(controller, 0, 200)
    expect(new Set(greens.map(({ group }) => group))).toEqual(new Set(['1', '2', '4', '5', '6', '7', '8']))
    const alone = free([{ phase: '4', recall: 'soft' }])
    expect(of(run(alone, 0, 60, calls(alone, { 1: [[0, 1]] })), '2').length).toBe(1)
  })

  it('takes the dual-entry phase of the other ring along', () => {
    const controller = free()
    const greens = run(controller, 0, 60, calls(controller, { 4: [[12, 30]], 2: [[35, 60]] }))
    expect(of(greens, '8')[0]).toMatchObject({ start_s: of(greens, '4')[0]!.start_s, end_s: of(greens, '4')[0]!.end_s })
    const single = free(everyPhase(pattern, { dual_entry: false }))
    expect(of(run(single, 0, 60, calls(single, { 4: [[12, 30]], 2: [[35, 60]] })), '8')).toEqual([])
  })

  it('serves a left again within the other ring\'s time where conditional service is on', () => {
    const on = { 6: [[0, 60]] as [number, number][], 1: [[25, 33]] as [number, number][], 4: [[5, 90]] as [number, number][] }
    for (const conditional_service of [false, true]) {
      const controller = free([{ phase: '6', max_green_s: 60 }, { phase: '1', conditional_service }])
      expect(of(run(controller, 0, 80, calls(controller, on)), '1').length).toBe(conditional_service ? 1 : 0)
    }
  })

  it('gives walk and pedestrian clearance in full, and rests in walk only where told', () => {
    const walkers = { walk_s: 7, pedestrian_clearance_s: 11, pedestrian_clearance_until: 'green' as const }
    const controller = free([{ phase: '4', ...walkers }])
    const push = (t: number, seen: { pedestrians: Uint8Array }): void => { if (t === 12) seen.pedestrians[controller.phases.indexOf('4')] = 1 }
    const watch = calls(controller, { 2: [[30, 90]] })
    const greens = run(controller, 0, 90, (t, seen) => { watch(t, seen); push(t, seen) })
    expect(of(greens, '4')[0]!.end_s - of(greens, '4')[0]!.start_s).toBe(18)
    const resting = free([{ phase: '2', ...walkers, recall: 'min', rest_in_walk: true }])
    const rested = run(resting, 0, 90, calls(resting, { 4: [[40, 70]] }))
    // Walk was held until the call at 40; then the clearance of 11 s runs before green ends.
    expect(of(rested, '2')[0]!.end_s).toBe(51)
  })
})
