import { describe, expect, it } from 'vitest'
import { dualRingSignal } from '../test/dual-ring.ts'
import { compileSignal } from '../model/compile.ts'
import type { RingPattern, Stage, StagePattern } from '../model/signal.ts'
import { changePlans, commandGreens, createRun, isInStep, leastGreen, prepareNetwork, shownNow, simulate, type Run, type ShownSignal } from './index.ts'
import type { SimulationInput } from './input.ts'
import type { RunResult } from './result.ts'
import { dualRingJunction, evenPattern, tripsOf } from './signals/dual-ring-junction.ts'
import { uniform } from './kernel/random.ts'
import { none, runChecked } from './testing/invariants.ts'
import { arterial } from './testing/junctions.ts'
import { flow, inputFor } from './testing/networks.ts'

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

/** Two groups in conflict, yellow 3 s and red clearance 2 s: what was shown against the rules, in words. */
function brokenRules({ time_s, group, shows }: ShownSignal, least_s: number): string[] {
  const found: string[] = []
  const since = [Number.NaN, Number.NaN]
  const yellow = [Number.NaN, Number.NaN]
  let cleared = -Infinity
  shows.forEach((now, i) => {
    const [t, g] = [time_s[i]!, group[i]!]
    if (now === 2 && t < cleared - 1e-6) found.push(`group ${g} starts at ${t}, cleared at ${cleared}`)
    // What was under way when the run began has no start.
    if (now === 1 && t - since[g]! < least_s - 1e-6) found.push(`group ${g} is green from ${since[g]} to ${t}`)
    if (now === 0 && Math.abs(t - yellow[g]! - 3) > 1e-6) found.push(`group ${g} is yellow from ${yellow[g]} to ${t}`)
    if (now === 2) since[g] = i === 0 || t === 0 ? Number.NaN : t
    if (now === 1 && t > 0) [yellow[g], cleared] = [t, t + 5]
  })
  return found
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

  it('keeps its rules on streets drawn from seeds, each signal told another plan every two cycles', () => {
    for (let seed = 1; seed <= 3; seed++) {
      const draw = (i: number, least: number, most: number): number => least + Math.floor(uniform(seed, i, 0, 911) * (most - least + 1))
      const street = arterial(draw(0, 2, 4), draw(1, 100, 300))
      const groups = ['ew', 'ns'].map((id) => ({ id, kind: 'vehicle' as const, min_green_s: 10, yellow_s: 3, red_clearance_s: 2, walk_s: 5, pedestrian_clearance_s: draw(2, 5, 14) }))
      for (const each of street.signals) Object.assign(each, { groups, conflicts: [['ew', 'ns']] })
      const cycle = draw(3, 60, 90)
      const planOf = (id: string, i: number): StagePattern => {
        const main = draw(i, 16, cycle - 30)
        const stage = (name: string, duration_s: number, kind: 'stage' | 'interstage' = 'interstage'): Stage => ({ id: `${name} ${kind}`, kind, green: kind === 'stage' ? [name] : [], duration_s })
        return { kind: 'stages', signal: id, cycle_s: cycle, offset_s: draw(i + 1, 0, cycle), offset_reference: 'sequence_start', coordinated: ['ew'], stages: [stage('ew', main, 'stage'), stage('ew', 5), stage('ns', cycle - 10 - main, 'stage'), stage('ns', 5)] }
      }
      const plans = street.signals.map(({ id }, i) => planOf(id, 10 + 2 * i))
      const n = street.signals.length
      const trips = [...flow(street, Array.from({ length: n + 1 }, (_, i) => `e${i}`), 0, 480, 6), ...flow(street, Array.from({ length: n + 1 }, (_, i) => `w${n - i}`), 3, 480, 7), ...flow(street, ['n0in', 's0out'], 1, 480, 11), ...flow(street, ['s1in', 'w1', 'w0'], 2, 480, 31)]
      const run = createRun(prepareNetwork(street), { ...inputFor(street, plans.map((each, i) => compileSignal(street.signals[i]!, each)), trips, { record_signals: true, stop_at_s: 1500 }), steered: true })
      let k = 0
      const step = (): boolean => {
        if (run.world.now >= 2 * cycle * (k + 1)) changePlans(run, { patterns: street.signals.map(({ id }, i) => planOf(id, 50 + 20 * ++k + 2 * i)) })
        return run.step()
      }
      expect(runChecked({ world: run.world, step, result: () => run.result() })).toEqual(none)
      expect(k).toBeGreaterThan(2)
      for (const shown of run.result().signals!) expect(brokenRules(shown, leastGreen(groups[0]!))).toEqual([])
    }
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
