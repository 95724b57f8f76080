import { describe, expect, it } from 'vitest'
import { dualRingSignal } from '../../test/dual-ring.ts'
import type { SignalControl } from '../../model/control.ts'
import { compileSignal } from '../../model/compile.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { RingPattern } from '../../model/signal.ts'
import { createRun, prepareNetwork, simulate } from '../index.ts'
import type { PlanChange, SimulationInput } from '../input.ts'
import type { RunResult } from '../result.ts'
import { none, runChecked } from '../testing/invariants.ts'
import { junction, twoStage, twoStageSignal } from '../testing/junctions.ts'
import { compiled, flow, inputFor } from '../testing/networks.ts'
import { dualRingJunction, evenPattern, tripsOf } from './dual-ring-junction.ts'
import type { ShownSignal } from './log.ts'
import { PERMISSIVE, PROTECTED, RED } from '../kernel/signals.ts'
import { passageTime, ringPhases } from './settings.ts'
import { trapMasks } from './traps.ts'
import { everyPhase } from './testing.ts'

const signal = dualRingSignal('x')
const pattern = evenPattern('x')
const network = dualRingJunction(signal)
const prepared = prepareNetwork(network)
const fixed = compileSignal(signal, pattern)
const quiet = { N: 60, E: 120, S: 60, W: 120 }
const busy = { N: 350, E: 700, S: 350, W: 700 }

function inputOf(control: SignalControl[], volumes = quiet, more: Partial<SimulationInput> = {}): SimulationInput {
  return { ...inputFor(network, [fixed], tripsOf(network, volumes, 1800), { record_signals: true, stop_at_s: 2400 }), control, ...more }
}

const delay = ({ vehicles }: RunResult): number => vehicles.delay_s.reduce((sum, d) => sum + d, 0) / vehicles.delay_s.length
const bytes = (result: RunResult): string =>
  JSON.stringify(result, (key, value: unknown) => (key === 'signals' ? undefined : ArrayBuffer.isView(value) ? Array.from(value as Float64Array, String) : value))

describe('a junction under control', () => {
  it('with every phase on maximum recall gives the same bytes as fixed time', () => {
    const control: SignalControl = { signal: 'x', type: 'coordinated', pattern, phases: everyPhase(pattern, { recall: 'max' }) }
    expect(bytes(simulate(prepared, inputOf([control], busy)))).toBe(bytes(simulate(prepared, inputOf([], busy))))
    const free: SignalControl = { signal: 'x', type: 'actuated', pattern, phases: everyPhase(pattern, { recall: 'max' }).map((phase) => ({ ...phase, max_green_s: fixed.groups.find(({ id }) => id === phase.phase)!.green_windows_s[0]![1] - fixed.groups.find(({ id }) => id === phase.phase)!.green_windows_s[0]![0] })) }
    const shown = simulate(prepared, inputOf([free], busy)).signals![0]!
    expect(lengths(shown, '2').slice(1, -1).every((green) => Math.abs(green - 19) < 1e-9)).toBe(true)
  })

  it('delays less when actuated than when fixed where there is little traffic', () => {
    const actuated = simulate(prepared, inputOf([{ signal: 'x', type: 'actuated', pattern }]))
    const before = simulate(prepared, inputOf([]))
    expect(actuated.completed).toBe(before.completed)
    expect(delay(actuated)).toBeLessThan(0.7 * delay(before))
  })

  it('delays the coordinated street less when its side streets are actuated, because green comes back early', () => {
    const coordinated = simulate(prepared, inputOf([{ signal: 'x', type: 'coordinated', pattern }]))
    const before = simulate(prepared, inputOf([]))
    const through = network.movements.flatMap(({ id }, m) => (id === 'Win->Eout' || id === 'Ein->Wout' ? [m] : []))
    const mean = ({ movements }: RunResult): number => through.reduce((sum, m) => sum + movements.delay_sum_s[m]!, 0) / through.reduce((sum, m) => sum + movements.delay_count[m]!, 0)
    expect(mean(coordinated)).toBeLessThan(0.7 * mean(before))
    expect(delay(coordinated)).toBeLessThan(delay(before))
  })

  it('never lets vehicles overlap or run red', () => {
    for (const type of ['actuated', 'coordinated'] as const) {
      expect(runChecked(createRun(prepared, inputOf([{ signal: 'x', type, pattern, pedestrians: [{ phase: '4', volume_ph: 60 }], phases: [{ phase: '4', walk_s: 7, pedestrian_clearance_s: 12 }] }], busy)))).toEqual(none)
    }
  })

  it('gives the same bytes for the same input, walkers included', () => {
    const control: SignalControl = { signal: 'x', type: 'coordinated', pattern, phases: [{ phase: '8', walk_s: 7, pedestrian_clearance_s: 12 }], pedestrians: [{ phase: '8', volume_ph: 90 }] }
    expect(bytes(simulate(prepared, inputOf([control])))).toBe(bytes(simulate(prepareNetwork(network), inputOf([control]))))
  })

  it('meets about as many calls of pedestrians as their volume says', () => {
    const served = (volume_ph: number): number => {
      const control: SignalControl = { signal: 'x', type: 'actuated', pattern, phases: [{ phase: '4', walk_s: 6, pedestrian_clearance_s: 20, pedestrian_clearance_until: 'green', max_green_s: 6, min_green_s: 5 }], pedestrians: [{ phase: '4', volume_ph }] }
      const shown = simulate(prepared, inputOf([control])).signals![0]!
      return lengths(shown, '4').filter((green) => green >= 26).length
    }
    expect(served(0)).toBe(0)
    expect(served(30)).toBeGreaterThan(7)
    expect(served(30)).toBeLessThan(24)
  })

  it('recalls a phase that detectors only extend, which nobody could call', () => {
    const detectors = ['Win', 'Ein'].flatMap((link) => [0, 1].map((lane) => ({ link, lane, position_m: 60, length_m: 2, calls: [], extends: [link === 'Win' ? '2' : '6'] })))
    const side = ['Nin', 'Sin'].map((link) => ({ link, lane: 0, position_m: 0, length_m: 12, calls: [link === 'Nin' ? '4' : '8'], extends: [link === 'Nin' ? '4' : '8'] }))
    const run = simulate(prepared, inputOf([{ signal: 'x', type: 'actuated', pattern, detectors: [...detectors, ...side] }]))
    expect(run.completed).toBe(run.vehicles_demanded)
    expect(lengths(run.signals![0]!, '2').length).toBeGreaterThan(5)
  })

  it('refuses a detector on a lane that is not there, and actuated control without its pattern', () => {
    const detectors = [{ link: 'Nin', lane: 7, position_m: 0, length_m: 12, calls: ['4'], extends: ['4'] }]
    expect(() => simulate(prepared, inputOf([{ signal: 'x', type: 'actuated', pattern, detectors }]))).toThrow('lane 7 of link Nin')
    expect(() => simulate(prepared, inputOf([{ signal: 'x', type: 'actuated' }]))).toThrow('needs its pattern')
  })
})

/** Lengths of the greens of a group. */
function lengths(shown: ShownSignal, group: string): number[] {
  const g = shown.groups.indexOf(group)
  const found: number[] = []
  let start: number | undefined
  shown.time_s.forEach((t, i) => {
    if (shown.group[i] !== g) return
    if (shown.shows[i] === 2) start = t
    else if (start !== undefined) {
      found.push(t - start)
      start = undefined
    }
  })
  return found
}

describe('gap-out in the street', () => {
  it('lets a queue discharge and ends the green soon after its last vehicle has left the detector', () => {
    expect(passageTime(12, 60 / 3.6)).toBeCloseTo(1.8, 1)
    const control: SignalControl = { signal: 'x', type: 'actuated', pattern, phases: [{ phase: '4', passage_s: 1.8, min_green_s: 5, max_green_s: 60 }, { phase: '8', passage_s: 1.8, min_green_s: 5 }] }
    // Eight cars wait in the north; later one comes from the west and wants the street back.
    const trips = [...flow(network, ['Nin', 'Sout'], 0, 16, 2), ...flow(network, ['Win', 'Eout'], 0, 120, 8)]
    const run = createRun(prepared, { ...inputFor(network, [fixed], trips, { record_signals: true, stop_at_s: 300 }), control: [control] })
    const lane = prepared.linkLane[prepared.linkIndex.get('Nin')!]!
    let last = 0
    while (run.step()) if (run.world.lastOut[lane]! >= 0 && run.world.count[lane] === 0 && last === 0) last = run.world.now
    const { time_s, group, shows, groups } = run.result().signals![0]!
    const ends = [...time_s].filter((_, i) => groups[group[i]!] === '4' && shows[i] === 1)
    expect(last).toBeGreaterThan(20)
    expect(ends[0]! - last).toBeGreaterThan(0.5)
    expect(ends[0]! - last).toBeLessThan(3.5)
  })
})

describe('a permissive left', () => {
  const crossing = dualRingJunction(signal, true)
  const ready = prepareNetwork(crossing)
  const phases = ringPhases(signal, { signal: 'x', type: 'actuated' }, pattern, { passage_s: new Map(), called: new Set(), green_s: new Map(), coordinated: new Set() }).phases

  it('is trapped where its phase ends before the opposing through, and not with an arrow', () => {
    const bits = (mask: number): string[] => phases.flatMap(({ group }, p) => ((mask & (1 << p)) !== 0 ? [group] : []))
    const masks = trapMasks(ready, crossing.signals[0]!, phases)
    expect(Object.fromEntries(phases.map(({ group }, p) => [group, bits(masks[p]!)]))).toEqual({ 1: [], 2: ['6'], 3: [], 4: ['8'], 5: [], 6: ['2'], 7: [], 8: ['4'] })
    const arrows = { ...crossing.signals[0]!, groups: signal.groups.map((group) => ({ ...group, flashing_yellow_arrow: true })) }
    expect([...trapMasks(ready, arrows, phases)].every((mask) => mask === 0)).toBe(true)
  })

  it('with a flashing yellow arrow is shown one as long as the opposing through has green, whatever its own through has', () => {
    const arrows = { ...crossing, signals: [{ ...crossing.signals[0]!, groups: signal.groups.map((group) => ({ ...group, flashing_yellow_arrow: group.id === '2' })) }] }
    const prepare = prepareNetwork(arrows)
    // West first, with its left, then east: a lead-lag order.
    const order: RingPattern = { ...pattern, barriers: [{ rings: [[{ phase: '2', split_s: 24 }, { phase: '1', split_s: 16 }], [{ phase: '5', split_s: 16 }, { phase: '6', split_s: 24 }]] }, pattern.barriers[1]!] }
    const control: SignalControl = { signal: 'x', type: 'coordinated', pattern: order, phases: everyPhase(order, { recall: 'max' }) }
    const run = createRun(prepare, { ...inputFor(arrows, [compileSignal(signal, order)], tripsOf(arrows, quiet, 160), { record_signals: true }), control: [control] })
    const left = arrows.connections.findIndex(({ id }) => id.startsWith('Win:2'))
    const opposing = arrows.connections.findIndex(({ id }) => id === 'Ein:0->Wout:0')
    const own = arrows.connections.findIndex(({ id }) => id === 'Win:0->Eout:0')
    const seen = new Set<string>()
    while (run.step()) {
      const { shows } = run.world.signals
      seen.add(`${shows[left]} ${shows[opposing]} ${shows[own]}`)
      if (shows[left] === PERMISSIVE) expect(shows[opposing]).toBe(PROTECTED)
      if (shows[opposing] === PROTECTED) expect(shows[left]).toBe(PERMISSIVE)
    }
    // While phase 1 runs, its own through has red and the arrow still flashes.
    expect([...seen]).toContain(`${PERMISSIVE} ${PROTECTED} ${RED}`)
  })
})

describe('a change of plan', () => {
  const later = { ...evenPattern('x', 100), offset_s: 37 }
  const change = (transition?: PlanChange['transition']): PlanChange[] => [{ time_s: 600, signals: [compileSignal(signal, later)], patterns: [later], ...(transition === undefined ? {} : { transition }) }]

  it.each(['fixed', 'coordinated', 'actuated'] as const)('of a signal under %s control keeps every yellow and red clearance, and lands on its offset', (type) => {
    const control: SignalControl = { signal: 'x', type, pattern, phases: everyPhase(pattern, { recall: 'max' }) }
    const input = inputOf([control], busy, { plan_changes: change() })
    expect(runChecked(createRun(prepared, input))).toEqual(none)
    const shown = simulate(prepared, input).signals![0]!
    checkClearances(shown)
    if (type === 'actuated') return
    const ends = [...shown.time_s].filter((t, i) => shown.groups[shown.group[i]!] === '2' && shown.shows[i] === 1 && t > 1200)
    // Coordinated green ends at 45 s of the new cycle, whose sequence starts at 37 s.
    expect(ends.length).toBeGreaterThan(5)
    for (const t of ends) expect((t - 37 - 45 + 1e-6) % 100).toBeCloseTo(0, 3)
    expect(shown.cycles_out_of_step).toBeGreaterThan(0)
  })

  it('by dwelling is over after one cycle', () => {
    const shown = simulate(prepared, inputOf([{ signal: 'x', type: 'fixed', pattern }], quiet, { plan_changes: change({ method: 'dwell' }) })).signals![0]!
    expect(shown.cycles_out_of_step).toBe(1)
  })

  it('of a signal known by its windows only is made in its longest green', () => {
    const crossing = junction({ group: twoStage, lanes: { E: 2, W: 2 }, waiting: 5 })
    crossing.signals[0]!.groups = ['ew', 'ns'].map((id) => ({ id, kind: 'vehicle', min_green_s: 8, yellow_s: 3, red_clearance_s: 2 }))
    crossing.signals[0]!.conflicts = [['ew', 'ns']]
    const ready = prepareNetwork(crossing)
    const trips = tripsOf(crossing, quiet, 1200)
    const next: CompiledSignal = compiled('x', 60, 13, { ew: [[0, 30]], ns: [[35, 55]] })
    const input: SimulationInput = { ...inputFor(crossing, [twoStageSignal('x', 80, 0, 35)], trips, { record_signals: true }), plan_changes: [{ time_s: 300, signals: [next] }] }
    expect(runChecked(createRun(ready, input))).toEqual(none)
    const shown = simulate(ready, input).signals![0]!
    checkClearances(shown, crossing.signals[0]!.conflicts, 3)
    const starts = [...shown.time_s].filter((t, i) => shown.groups[shown.group[i]!] === 'ew' && shown.shows[i] === 2 && t > 900)
    for (const t of starts) expect((t - 13 + 1e-6) % 60).toBeCloseTo(0, 3)
  })
})

/** Conflicting greens never together, yellow in full, and yellow + red clearance between them. */
function checkClearances(shown: ShownSignal, conflicts = signal.conflicts, yellow = 4): void {
  const state = new Map<string, { shows: number; since: number; greenEnd: number }>()
  shown.time_s.forEach((t, i) => {
    const group = shown.groups[shown.group[i]!]!
    const before = state.get(group) ?? { shows: 0, since: -Infinity, greenEnd: -Infinity }
    if (before.shows === 2) expect(shown.shows[i]).toBe(1)
    if (before.shows === 1) expect(t - before.since).toBeCloseTo(yellow, 6)
    const greenEnd = before.shows === 2 ? t : before.greenEnd
    state.set(group, { shows: shown.shows[i]!, since: t, greenEnd })
    if (shown.shows[i] !== 2) return
    for (const [a, b] of conflicts) {
      const other = state.get(group === a ? b : group === b ? a : '')
      if (other === undefined) continue
      expect(other.shows, `${t} s: ${a} and ${b}`).toBe(0)
      expect(t - other.greenEnd).toBeGreaterThanOrEqual(yellow + (yellow === 4 ? 1 : 2) - 1e-6)
    }
  })
}
