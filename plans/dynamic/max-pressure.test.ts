import { describe, expect, it } from 'vitest'
import { dualRingSignal } from '../../test/dual-ring.ts'
import { compileSignal } from '../../model/compile.ts'
import { createRun, prepareNetwork, type SimulationInput, type Trip } from '../../simulation/index.ts'
import type { ApproachReading } from '../../simulation/observe/index.ts'
import { ApproachWatch, observed } from '../../simulation/observe/index.ts'
import { dualRingJunction, evenPattern, tripsOf } from '../../simulation/signals/dual-ring-junction.ts'
import { none, runChecked } from '../../simulation/testing/invariants.ts'
import { inputFor } from '../../simulation/testing/networks.ts'
import { compatibleStages, MaxPressure, movementPressures, runMaxPressure } from './max-pressure.ts'

const signal = dualRingSignal('x')

/** A reading of what matters here: vehicles by lane and who passed by movement. */
function reading(link: string, vehicles: readonly number[], passed: Record<string, number>): ApproachReading {
  return {
    sensor: link, signal: 'x', link, from_s: 0, until_s: 300, entered: 0, entry_speed_mps: 10, mean_speed_mps: 10, vehicles: 0,
    lanes: vehicles.map((count, lane) => ({ lane, passed: 0, queue: 0, queue_m: 0, queue_max: 0, queue_mean: 0, vehicles: count })),
    movements: Object.entries(passed).map(([movement, count]) => ({ movement, passed: count })),
  }
}

describe('stages of max-pressure', () => {
  it('of a dual ring are the eight pairs of its phases', () => {
    expect(compatibleStages(signal).map((stage) => stage.join('+')).sort()).toEqual(['1+5', '1+6', '2+5', '2+6', '3+7', '3+8', '4+7', '4+8'])
  })

  it('have no conflict, cannot be larger, and leave overlaps to their parents', () => {
    const stages = compatibleStages({ ...signal, overlaps: [{ group: '8', parents: ['2', '3'] }], conflicts: signal.conflicts.filter((pair) => !pair.includes('4')) })
    const conflicting = (a: string, b: string): boolean => !['4'].includes(a) && !['4'].includes(b) && signal.conflicts.some((pair) => pair.includes(a) && pair.includes(b))
    expect(stages.length).toBeGreaterThan(3)
    for (const stage of stages) {
      expect(stage).toContain('4')
      expect(stage).not.toContain('8')
      expect(stage.some((a) => stage.some((b) => a !== b && conflicting(a, b)))).toBe(false)
      for (const { id } of signal.groups) if (!stage.includes(id) && id !== '8') expect(stage.some((other) => conflicting(id, other))).toBe(true)
    }
  })
})

describe('pressure of a movement', () => {
  const served = [
    { movement: 'a through', from: 'a', to: 'b', lanes: [0, 1] }, { movement: 'a left', from: 'a', to: 'c', lanes: [1] },
    { movement: 'b through', from: 'b', to: 'd', lanes: [0] }, { movement: 'b left', from: 'b', to: 'e', lanes: [1] },
  ]

  it('is its lanes times what waits before it, less what waits beyond it by turn shares', () => {
    // Lane 1 of a: through and left passed 29 and 9, one more each: 3/4 and 1/4 of its 8 vehicles.
    const pressures = movementPressures(served, [reading('a', [6, 8], { 'a through': 29, 'a left': 9 }), reading('b', [4, 10], { 'b through': 79, 'b left': 19 })], 'vehicles')
    expect(pressures.get('a through')!.waiting).toBeCloseTo(6 + 6, 9)
    expect(pressures.get('a through')!.pressure).toBeCloseTo(1.75 * (12 - (0.8 * 4 + 0.2 * 10)), 9)
    expect(pressures.get('a left')).toEqual({ waiting: 2, pressure: 0.5 })
    expect(pressures.get('b left')).toEqual({ waiting: 10, pressure: 10 })
  })

  it('is below nothing where more waits beyond than before', () => {
    const pressures = movementPressures(served, [reading('a', [1, 0], { 'a through': 9, 'a left': 0 }), reading('b', [20, 0], { 'b through': 19, 'b left': 0 })], 'vehicles')
    expect(pressures.get('a through')!.pressure).toBeLessThan(0)
  })

  it('is nothing where no radar looks', () => {
    expect([...movementPressures(served, [], 'queue').values()].every(({ waiting, pressure }) => waiting === 0 && Math.abs(pressure) === 0)).toBe(true)
  })
})

describe('a junction under max-pressure', () => {
  const network = dualRingJunction(signal)
  const prepared = prepareNetwork(network)
  const plan = evenPattern('x')
  const inputOf = (vph: Parameters<typeof tripsOf>[1]): SimulationInput & { trips: readonly Trip[] } => {
    const trips = tripsOf(network, vph, 1200)
    return { ...inputFor(network, [compileSignal(signal, plan)], trips, { record_signals: true, stop_at_s: 3000 }), trips }
  }
  const moderate = inputOf({ N: 150, E: 500, S: 200, W: 700 })

  it('never lets vehicles overlap or run red', () => {
    const run = createRun(prepared, { ...moderate, steered: true })
    const watch = new ApproachWatch(run.world)
    const control = new MaxPressure(run, watch)
    const watched = observed(run, [watch])
    const step = (): boolean => {
      control.step()
      return watched.step()
    }
    expect(runChecked({ world: run.world, step, result: () => run.result() })).toEqual(none)
    expect(run.result().completed).toBe(run.world.n)
  })

  it('serves everybody at a moderate load, with every least green, and its queues stay', () => {
    const result = runMaxPressure(prepared, moderate)
    expect(result.completed).toBe(result.vehicles_demanded)
    expect(result.gridlocked).toBe(false)
    const [shown] = result.signals!
    const since = new Map<number, number>()
    for (const [i, group] of shown!.group.entries()) {
      const { min_green_s } = signal.groups.find(({ id }) => id === shown!.groups[group])!
      if (shown!.shows[i] === 2) since.set(group, shown!.time_s[i]!)
      // The first greens had begun before the run did.
      else if (shown!.shows[i] === 1 && since.get(group)! > 0) expect(shown!.time_s[i]! - since.get(group)!).toBeGreaterThan(min_green_s - 1e-6)
    }
    // Evenly over time: the second half of the vehicles is delayed about as much as the first.
    const delays = [...result.vehicles.delay_s]
    const mean = (part: readonly number[]): number => part.reduce((sum, delay) => sum + delay, 0) / part.length
    const half = Math.floor(delays.length / 2)
    expect(mean(delays.slice(half))).toBeLessThan(1.5 * mean(delays.slice(0, half)))
  })

  it('serves a movement that has hardly anybody no later than the longest red allows', () => {
    const input = inputOf({ N: 20, E: 600, S: 20, W: 600 })
    const worst = (longest_red_s: number): number => {
      const { vehicles } = runMaxPressure(prepared, input, { longest_red_s })
      const aside = [...vehicles.trip].flatMap((trip, i) => (['Nin', 'Sin'].includes(network.links[input.trips[trip]!.links[0]!]!.id) ? [vehicles.delay_s[i]!] : []))
      expect(aside.length).toBeGreaterThan(8)
      return Math.max(...aside)
    }
    // That red, one more for its turn, and the change of colours.
    expect(worst(60)).toBeLessThan(60 + 30)
    expect(worst(60)).toBeLessThan(worst(1e9))
  })
})
