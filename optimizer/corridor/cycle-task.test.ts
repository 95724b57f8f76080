import { describe, expect, it } from 'vitest'
import { arterial } from '../testing/arterial.ts'
import { bandProblem, blockedDirections, cycleTask, listSplits } from './cycle-task.ts'
import { DEFAULT_OPTIONS } from './options.ts'
import { streetOf } from './street.ts'

function made(options: Parameters<typeof arterial>[0] = {}): { street: ReturnType<typeof streetOf>; task: ReturnType<typeof cycleTask> } {
  const { graph, corridor, running, volumes } = arterial(options)
  const street = streetOf(graph, corridor, running, volumes)
  return { street, task: cycleTask(street, listSplits(street, DEFAULT_OPTIONS), 90, 0.9) }
}

describe('bandProblem', () => {
  it('holds the displayed greens, with the queue kept free at their head but at the first signal', () => {
    const { street, task } = made({ lefts: 'permissive' })
    const problem = bandProblem(street, task, DEFAULT_OPTIONS, { kind: 'weighted', outbound: 1, inbound: 1 })
    const green = task.choices[0]?.[0]?.compiled.groups.find(({ id }) => id === '2')?.green_windows_s[0] ?? [0, 0]
    expect(problem.signals[0]?.patterns[0]?.outbound).toEqual([{ start_s: green[0], length_s: green[1] - green[0], clearance_s: 0 }])
    expect(problem.signals[1]?.patterns[0]?.outbound[0]?.clearance_s).toBeGreaterThan(0)
    expect(problem.signals[3]?.patterns[0]?.inbound[0]?.clearance_s).toBe(0)
    const without = bandProblem(street, task, { ...DEFAULT_OPTIONS, queue_clearance: false }, { kind: 'weighted', outbound: 1, inbound: 1 })
    expect(without.signals[1]?.patterns[0]?.outbound[0]?.clearance_s).toBe(0)
  })

  it('never lets bands drive faster than the limit, and joins stop lines over the whole way', () => {
    const { street, task } = made()
    const { links } = bandProblem(street, task, DEFAULT_OPTIONS, { kind: 'weighted', outbound: 1, inbound: 1 })
    expect(links.map(({ outbound }) => outbound?.distance_m)).toEqual([320, 250, 480])
    expect(links.map(({ inbound }) => inbound?.distance_m)).toEqual([320, 250, 480])
    const { speed_min_mps, speed_max_mps, speed_target_mps } = links[0]?.outbound ?? { speed_min_mps: 0, speed_max_mps: 0, speed_target_mps: 0 }
    ;[[speed_min_mps, 11.9], [speed_max_mps, 14], [speed_target_mps, 13.3]].forEach(([speed, wanted]) => expect(speed).toBeCloseTo(wanted as number, 9))
  })

  it('names the direction and the signal where no green passes all stop lines', () => {
    const { street, task } = made()
    const { signals } = bandProblem(street, task, DEFAULT_OPTIONS, { kind: 'weighted', outbound: 1, inbound: 1 })
    expect(blockedDirections({ signals }, street)).toEqual([])
    const closed = signals.map((signal) => (signal.id === 'S2' ? { ...signal, patterns: signal.patterns.map((pattern) => ({ ...pattern, inbound: [] })) } : signal))
    expect(blockedDirections({ signals: closed }, street)).toEqual([{ direction: 'inbound', signal: 'S2' }])
  })
})

describe('cycleTask', () => {
  it('fills side streets less where they would wait longer than they may', () => {
    const { graph, corridor, running, volumes } = arterial({ side: 420 })
    const street = streetOf(graph, corridor, running, volumes)
    const patient = cycleTask(street, listSplits(street, { ...DEFAULT_OPTIONS, side_delay_limit_s: 1000 }), 120, 0.9)
    const strict = cycleTask(street, listSplits(street, { ...DEFAULT_OPTIONS, side_delay_limit_s: 50 }), 120, 0.9)
    const fullest = (task: typeof strict): number => Math.max(...(street.laneGroups[0] ?? []).flatMap((group, g) => (group.movements.includes('S1.St') ? [task.choices[0]?.[0]?.states[g]?.saturation ?? 0] : [])))
    expect(patient.excess_s).toBe(0)
    expect(fullest(strict)).toBeLessThan(fullest(patient))
    expect(strict.meets_target).toBe(true)
  })
})
