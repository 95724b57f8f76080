import { describe, expect, it } from 'vitest'
import { dualRingSignal } from '../test/dual-ring.ts'
import { compileSignal } from '../model/compile.ts'
import type { RingPattern } from '../model/signal.ts'
import { changePlans, commandGreens, createRun, isInStep, leastGreen, prepareNetwork, shownNow, simulate, type Run } from './index.ts'
import type { SimulationInput } from './input.ts'
import type { RunResult } from './result.ts'
import { dualRingJunction, evenPattern, tripsOf } from './signals/dual-ring-junction.ts'
import { none, runChecked } from './testing/invariants.ts'
import { inputFor } from './testing/networks.ts'

const signal = dualRingSignal('x')
const network = dualRingJunction(signal)
const prepared = prepareNetwork(network)
const plan = evenPattern('x')

const inputOf = (more: Partial<SimulationInput> = {}): SimulationInput =>
  ({ ...inputFor(network, [compileSignal(signal, plan)], tripsOf(network, { N: 300, E: 600, S: 300, W: 600 }, 900), { record_signals: true, stop_at_s: 1800 }), steered: true, ...more })

const bytes = (result: RunResult): string => JSON.stringify(result, (key, value: unknown) => (key === 'signals' ? undefined : ArrayBuffer.isView(value) ? Array.from(value as Float64Array, String) : value))

/** Time moved from phase 4 to phase 2 and from 8 to 6, and another offset. */
function moved(seconds: number, offset_s: number): RingPattern {
  const by: Record<string, number> = { 2: seconds, 6: seconds, 4: -seconds, 8: -seconds }
  return { ...plan, offset_s, barriers: plan.barriers.map(({ rings }) => ({ rings: rings.map((ring) => ring.map(({ phase, split_s }) => ({ phase, split_s: split_s + (by[phase] ?? 0) }))) })) }
}

function steered(input: SimulationInput, act: (run: Run) => void): Run {
  const run = createRun(prepared, input)
  const step = (): boolean => {
    act(run)
    return run.step()
  }
  return { world: run.world, step, result: () => run.result() }
}

describe('a steered run', () => {
  it('without commands gives the same bytes as any other', () => {
    expect(bytes(simulate(prepared, inputOf()))).toBe(bytes(simulate(prepared, inputOf({ steered: false }))))
  })

  it('gives the same bytes for a command that changes nothing', () => {
    const run = steered(inputOf(), (each) => { if (each.world.now === 200) changePlans(each, { patterns: [plan] }) })
    while (run.step());
    expect(bytes(run.result())).toBe(bytes(simulate(prepared, inputOf())))
  })

  it('commanded every two cycles never lets vehicles overlap or run red, and ends in step', () => {
    let k = 0
    const run = steered(inputOf(), (each) => {
      if (each.world.now < (k + 1) * 160 || k === 5) return
      changePlans(each, { patterns: [moved(k % 2 === 0 ? 3 : -3, (k * 4) % 80)] })
      k++
      expect(isInStep(each, 'x')).toBe(false)
    })
    expect(runChecked(run)).toEqual(none)
    expect(k).toBe(5)
    expect(isInStep(run, 'x')).toBe(true)
    expect(run.result().completed).toBe(run.world.n)
  })

  it('shows the groups that it is told, and says since when', () => {
    const run = steered(inputOf(), (each) => { if (each.world.now === 100) commandGreens(each, 'x', ['4', '8']) })
    for (let i = 0; i < 2 * 160; i++) run.step()
    const shown = shownNow(run, 'x')
    expect(shown.filter(({ shows }) => shows === 'green').map(({ group }) => group)).toEqual(['4', '8'])
    expect(shown[3]!.since_s).toBeGreaterThanOrEqual(100)
    expect(shown[3]!.since_s).toBeLessThan(125)
    expect(isInStep(run, 'x')).toBe(false)
    commandGreens(run, 'x', undefined)
    while (run.step() && run.world.now < 900);
    expect(isInStep(run, 'x')).toBe(true)
  })

  it('refuses commands that cannot be kept, in one sentence', () => {
    const run = createRun(prepared, inputOf())
    expect(() => changePlans(run, { patterns: [moved(12, 0)] })).toThrow('group 4 would be green for 7 s, at least 10 s are needed')
    expect(() => changePlans(run, { patterns: [{ ...plan, cycle_s: 90 }] })).toThrow('signal x: the splits add up to 80 s, the cycle is 90 s')
    expect(() => changePlans(run, { patterns: [plan, plan] })).toThrow('two patterns')
    expect(() => changePlans(run, { patterns: [{ ...plan, signal: 'y' }] })).toThrow('signal "y"')
    expect(() => changePlans(createRun(prepared, inputOf({ steered: false })), { patterns: [plan] })).toThrow('not steered')
    expect(() => commandGreens(createRun(prepared, inputOf({ control: [{ signal: 'x', type: 'actuated', pattern: plan }] })), 'x', ['2'])).toThrow('signal x is actuated')
  })

  it('counts walk and pedestrian clearance beyond yellow and red clearance into the least green', () => {
    expect(leastGreen({ ...signal.groups[1]!, walk_s: 7, pedestrian_clearance_s: 13 })).toBe(15)
    expect(leastGreen({ ...signal.groups[1]!, walk_s: 4, pedestrian_clearance_s: 5 })).toBe(10)
  })

  it('changes an actuated signal as by a change of plans', () => {
    const control: SimulationInput['control'] = [{ signal: 'x', type: 'coordinated', pattern: plan }]
    const next = moved(3, 20)
    const run = steered(inputOf({ control }), (each) => { if (each.world.now === 300) changePlans(each, { patterns: [next] }) })
    while (run.step());
    const planned = simulate(prepared, inputOf({ control, plan_changes: [{ time_s: 300, signals: [compileSignal(signal, next)], patterns: [next] }] }))
    expect(bytes(run.result())).toBe(bytes(planned))
  })
})
