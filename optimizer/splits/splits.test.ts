import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPattern, checkPlan } from '../../model/check-plan.ts'
import { compileSignal } from '../../model/compile.ts'
import type { Pattern, RingPattern, Signal, StagePattern } from '../../model/signal.ts'
import { listLaneGroups, type LaneGroup, laneGroupState } from '../capacity/index.ts'
import { arterial } from '../testing/arterial.ts'
import { listSequences, SignalSplits } from './index.ts'
import { stageModel } from './stages.ts'

/** A lane group for one phase, without geometry. */
const lanes = (phase: string, volume_vph: number, saturation_vph = 1800): LaneGroup => ({
  approach: phase, movements: [phase], lanes: [0], volume_vph, saturation_vph, protected: [phase], permissive: [],
})

const PHASES = ['1', '2', '3', '4', '5', '6', '7', '8']

function dualRing(clearance: readonly number[]): { signal: Signal; pattern: RingPattern } {
  const groups = PHASES.map((id, i) => ({ id, kind: 'vehicle' as const, min_green_s: Number(id) % 2 === 0 ? 5 : 3, yellow_s: 3, red_clearance_s: clearance[i] ?? 1 }))
  const at = (...ids: string[]): { phase: string; split_s: number }[] => ids.map((phase) => ({ phase, split_s: 15 }))
  return {
    signal: { id: 'S', source_id: 'S', nodes: ['S'], groups, conflicts: [['1', '2'], ['5', '6'], ['3', '4'], ['7', '8']], sequence_free: true },
    pattern: { kind: 'rings', signal: 'S', cycle_s: 60, offset_s: 0, offset_reference: 'begin_of_green', coordinated: ['2', '6'], barriers: [{ rings: [at('1', '2'), at('5', '6')] }, { rings: [at('3', '4'), at('7', '8')] }] },
  }
}

const degrees = (signal: Signal, pattern: Pattern, groups: readonly LaneGroup[]): number => {
  const compiled = compileSignal(signal, pattern)
  return Math.max(0, ...groups.map((group) => laneGroupState(compiled, group).saturation))
}

/** Every whole-second pattern of the dual ring at a cycle, its largest degree of saturation; the least of them. */
function bruteForce(signal: Signal, pattern: RingPattern, groups: readonly LaneGroup[], cycle: number): number {
  const least = new Map(signal.groups.map((group) => [group.id, Math.ceil(group.min_green_s + group.yellow_s + group.red_clearance_s - 1e-9)]))
  const degree = (phase: string, split: number): number => {
    const group = signal.groups.find(({ id }) => id === phase) as Signal['groups'][number]
    const green = split - group.yellow_s - group.red_clearance_s
    return Math.max(0, ...groups.filter((each) => each.protected.includes(phase)).map((each) => (each.volume_vph * cycle) / (each.saturation_vph * green)))
  }
  const ring = (phases: string[], length: number): number => {
    const [a, b] = phases as [string, string]
    let best = Infinity
    for (let split = least.get(a) as number; length - split >= (least.get(b) as number); split++) best = Math.min(best, Math.max(degree(a, split), degree(b, length - split)))
    return best
  }
  const [first, second] = pattern.barriers.map(({ rings }) => rings.map((entries) => entries.map(({ phase }) => phase))) as [string[][], string[][]]
  let best = Infinity
  for (let length = 1; length < cycle; length++) {
    best = Math.min(best, Math.max(...first.map((phases) => ring(phases, length)), ...second.map((phases) => ring(phases, cycle - length))))
  }
  return best
}

const volumes = fc.array(fc.integer({ min: 0, max: 900 }), { minLength: 8, maxLength: 8 })
const clearances = fc.array(fc.constantFrom(0, 0.6, 1, 1.7, 2.1), { minLength: 8, maxLength: 8 })

describe('SignalSplits with rings', () => {
  it('has the smallest largest degree of saturation of all whole-second splits, and keeps every rule', () => {
    fc.assert(fc.property(volumes, clearances, fc.integer({ min: 38, max: 75 }), (flows, clearance, cycle) => {
      const { signal, pattern } = dualRing(clearance)
      const groups = PHASES.map((phase, i) => lanes(phase, flows[i] as number))
      const splits = new SignalSplits({ signal, running: pattern, laneGroups: groups, through: [], target_saturation: 0.001 })
      if (cycle < splits.minimum_cycle_s) return
      const answer = splits.solve(cycle)
      expect(checkPattern(signal, answer.pattern)).toEqual([])
      const split = (answer.pattern as RingPattern).barriers.flatMap(({ rings }) => rings.flat())
      expect(split.every(({ split_s }) => Number.isInteger(split_s))).toBe(true)
      expect(degrees(signal, answer.pattern, groups)).toBeCloseTo(bruteForce(signal, pattern, groups, cycle), 6)
    }), { numRuns: 150 })
  })

  it('keeps everybody at the target and gives all that is left to the corridor', () => {
    const { signal, pattern } = dualRing([])
    const groups = [lanes('2', 600), lanes('6', 500), lanes('4', 200), lanes('8', 150), lanes('1', 60)]
    const splits = new SignalSplits({ signal, running: pattern, laneGroups: groups, through: [['2'], ['6']], target_saturation: 0.9 })
    const answer = splits.solve(90)
    expect(answer.meets_target).toBe(true)
    const split = new Map((answer.pattern as RingPattern).barriers.flatMap(({ rings }) => rings.flat()).map(({ phase, split_s }) => [phase, split_s]))
    // Phase 4 needs 200 * 90 / (1800 * 0.9) = 11.1 s of green and 4 s of clearance; 3 and 7 their minimum of 7 s.
    expect([split.get('4'), split.get('3'), split.get('7'), split.get('1'), split.get('5')]).toEqual([16, 7, 7, 8, 7])
    expect([split.get('2'), split.get('6')]).toEqual([90 - 23 - 8, 90 - 23 - 7])
  })

  it('refuses a cycle shorter than its minimums, with both numbers', () => {
    const { signal, pattern } = dualRing([])
    const splits = new SignalSplits({ signal, running: pattern, laneGroups: [], through: [], target_saturation: 0.9 })
    expect(splits.minimum_cycle_s).toBe(32)
    expect(() => splits.solve(30)).toThrow('cycle 30 s at signal S is shorter than its minimums, 32 s')
  })

  it('reports an oversaturated signal instead of failing', () => {
    const { signal, pattern } = dualRing([])
    const groups = PHASES.map((phase) => lanes(phase, 900))
    const answer = new SignalSplits({ signal, running: pattern, laneGroups: groups, through: [['2'], ['6']], target_saturation: 0.9 }).solve(60)
    expect(answer.meets_target).toBe(false)
    expect(answer.worst).toBeCloseTo(bruteForce(signal, pattern, groups, 60), 6)
    expect(answer.worst).toBeGreaterThan(2)
  })

  it('keeps the proportions of the street where nothing was counted', () => {
    const { signal, pattern } = dualRing([])
    const running: RingPattern = { ...pattern, cycle_s: 100, barriers: [
      { rings: [[{ phase: '1', split_s: 14 }, { phase: '2', split_s: 46 }], [{ phase: '5', split_s: 14 }, { phase: '6', split_s: 46 }]] },
      { rings: [[{ phase: '3', split_s: 14 }, { phase: '4', split_s: 26 }], [{ phase: '7', split_s: 14 }, { phase: '8', split_s: 26 }]] },
    ] }
    const answer = new SignalSplits({ signal, running, laneGroups: [lanes('2', 0)], through: [['2'], ['6']], target_saturation: 0.9 }).solve(100)
    expect((answer.pattern as RingPattern).barriers).toEqual(running.barriers)
  })

  it('fits walk and pedestrian clearance into the split', () => {
    const { signal, pattern } = dualRing([])
    const walking: Signal = { ...signal, groups: signal.groups.map((group) => (group.id === '4' ? { ...group, walk_s: 7, pedestrian_clearance_s: 15.5 } : group)) }
    const answer = new SignalSplits({ signal: walking, running: pattern, laneGroups: [lanes('2', 500)], through: [['2'], ['6']], target_saturation: 0.9 }).solve(80)
    expect((answer.pattern as RingPattern).barriers[1]?.rings[0]?.[1]).toEqual({ phase: '4', split_s: 23 })
    expect(checkPattern(walking, answer.pattern)).toEqual([])
  })

  it('shortens the protected part of a left that also turns through gaps, but never above the target', () => {
    const { graph, running, volumes: counted } = arterial({ lefts: 'both', turns: 180, main: 500 })
    const both = splitsOf(graph, running, counted).solve(100)
    const only = arterial({ lefts: 'protected', turns: 180, main: 500 })
    const safe = splitsOf(only.graph, only.running, only.volumes).solve(100)
    const left = (pattern: Pattern): number => (pattern as RingPattern).barriers[0]?.rings[0]?.[0]?.split_s ?? 0
    expect(left(both.pattern)).toBeLessThan(left(safe.pattern))
    expect(both.meets_target).toBe(true)
    expect(checkPlan(graph, [both.pattern])).toEqual([])
  })
})

function splitsOf(graph: ReturnType<typeof arterial>['graph'], running: ReadonlyMap<string, Pattern>, counted: ReadonlyMap<string, number>): SignalSplits {
  return new SignalSplits({
    signal: graph.getSignal('S1'), running: running.get('S1') as Pattern, laneGroups: listLaneGroups(graph, 'S1', counted), through: [['2'], ['6']], target_saturation: 0.9,
  })
}

/** Four stages with a group that stays green over two of them, and one over the end of the cycle. */
function staged(least: readonly number[]): { signal: Signal; pattern: StagePattern } {
  const group = (id: string): Signal['groups'][number] => ({ id, kind: 'vehicle', min_green_s: 4, yellow_s: 3, red_clearance_s: 1 })
  const stage = (id: string, green: string[], i: number): StagePattern['stages'][number] => ({ id, kind: 'stage', green, duration_s: 15, min_s: least[i] ?? 5 })
  const change = (id: string, green: string[] = []): StagePattern['stages'][number] => ({ id, kind: 'interstage', green, duration_s: 4.5 })
  return {
    signal: { id: 'S', source_id: 'S', nodes: ['S'], groups: ['a', 'b', 'c', 'd', 'e'].map(group), conflicts: [['a', 'c'], ['b', 'd']] },
    pattern: {
      kind: 'stages', signal: 'S', cycle_s: 69, offset_s: 0, offset_reference: 'sequence_start', coordinated: [],
      stages: [stage('1', ['a', 'e'], 0), stage('2', ['a', 'b'], 1), change('2-3'), stage('3', ['c'], 2), change('3-4'), stage('4', ['d', 'e'], 3)],
    },
  }
}

describe('SignalSplits with stages', () => {
  it('has the smallest largest degree of saturation of all whole-second durations, and keeps every rule', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 700 }), { minLength: 5, maxLength: 5 }), fc.array(fc.integer({ min: 3, max: 9 }), { minLength: 4, maxLength: 4 }), fc.integer({ min: 40, max: 60 }), (flows, least, cycle) => {
      const { signal, pattern } = staged(least)
      const groups = ['a', 'b', 'c', 'd', 'e'].map((id, i) => lanes(id, flows[i] as number))
      const splits = new SignalSplits({ signal, running: pattern, laneGroups: groups, through: [], target_saturation: 0.001 })
      if (cycle < splits.minimum_cycle_s) return
      const answer = splits.solve(cycle)
      expect(checkPattern(signal, answer.pattern)).toEqual([])
      let best = Infinity
      const total = cycle - 9
      // Group c alone fills stage 3, b stage 2; d must be out 4 s before b, with stage 1 between them.
      const floor = (i: number): number => Math.max(least[i] as number, 4)
      for (let one = floor(0); one < total; one++) {
        for (let two = floor(1); one + two < total; two++) {
          for (let three = floor(2); one + two + three <= total; three++) {
            const durations = [one, two, three, total - one - two - three]
            if ((durations[3] as number) < floor(3)) continue
            const k = durations.values()
            const candidate = { ...pattern, cycle_s: cycle, stages: pattern.stages.map((stage) => (stage.kind === 'stage' ? { ...stage, duration_s: k.next().value as number } : stage)) }
            best = Math.min(best, degrees(signal, candidate, groups))
          }
        }
      }
      expect(degrees(signal, answer.pattern, groups)).toBeCloseTo(best, 6)
    }), { numRuns: 25 })
  })

  it('gives spare seconds to the corridor and leaves interstages alone', () => {
    const { signal, pattern } = staged([5, 5, 5, 5])
    const answer = new SignalSplits({ signal, running: pattern, laneGroups: [lanes('c', 200), lanes('d', 300), lanes('a', 300)], through: [['a']], target_saturation: 0.9 }).solve(100)
    const stages = (answer.pattern as StagePattern).stages
    expect(stages.filter(({ kind }) => kind === 'interstage').map(({ duration_s }) => duration_s)).toEqual([4.5, 4.5])
    // c needs 200 * 100 / (1800 * 0.9) = 12.3 s, d 18.5 s.
    expect(stages.find(({ id }) => id === '3')?.duration_s).toBe(13)
    expect(stages.find(({ id }) => id === '4')?.duration_s).toBe(19)
    expect(checkPattern(signal, answer.pattern)).toEqual([])
  })

  it('puts what fractional interstages leave over into one stage', () => {
    const { signal, pattern } = staged([5, 5, 5, 5])
    const odd: StagePattern = { ...pattern, stages: pattern.stages.map((stage) => (stage.kind === 'interstage' ? { ...stage, duration_s: 4.3 } : stage)) }
    const answer = new SignalSplits({ signal, running: odd, laneGroups: [lanes('a', 300)], through: [['a']], target_saturation: 0.9 }).solve(70)
    const durations = (answer.pattern as StagePattern).stages.filter(({ kind }) => kind === 'stage').map(({ duration_s }) => duration_s)
    expect(durations.filter((seconds) => !Number.isInteger(seconds))).toHaveLength(1)
    expect(checkPattern({ ...signal, conflicts: [] }, answer.pattern)).toEqual([])
  })

  it('keeps the minimums where greens that should stay do not fit all at once', () => {
    const { signal, pattern } = staged([5, 5, 5, 5])
    const answer = stageModel(signal, pattern, [['a']]).solve(70, { rows: [], target: 0.9, floors: new Map([['c', 40], ['d', 40]]) }) as StagePattern
    expect(answer.stages.reduce((sum, { duration_s }) => sum + duration_s, 0)).toBeCloseTo(70, 9)
    expect(checkPattern({ ...signal, conflicts: [] }, answer)).toEqual([])
  })

  it('keeps an undescribed pedestrian green of the street up to what a four-lane crossing takes', () => {
    const { signal, pattern } = staged([5, 5, 5, 5])
    const walking: Signal = { ...signal, groups: signal.groups.map((group) => (group.id === 'd' ? { ...group, kind: 'pedestrian' } : group)) }
    const short = new SignalSplits({ signal: walking, running: pattern, laneGroups: [lanes('a', 800)], through: [['a']], target_saturation: 0.9 }).solve(69)
    expect((short.pattern as StagePattern).stages.find(({ id }) => id === '4')?.duration_s).toBe(15)
  })
})

describe('listSequences', () => {
  it('offers lead and lag of both lefts where they are protected', () => {
    const { graph, running } = arterial({ lefts: 'protected' })
    const orders = listSequences(graph, graph.getSignal('S1'), running.get('S1') as RingPattern, ['2', '6'])
    expect(orders.map(({ barriers }) => barriers[0]?.rings.map((ring) => ring.map(({ phase }) => phase).join('')).join(' '))).toEqual(['12 56', '12 65', '21 56', '21 65'])
  })

  it('keeps the order of the street where it is not free or a permissive left could be trapped', () => {
    const trapped = arterial({ lefts: 'both' })
    expect(listSequences(trapped.graph, trapped.graph.getSignal('S1'), trapped.running.get('S1') as RingPattern, ['2', '6'])).toHaveLength(1)
    const fixed = arterial({ sequence_free: false })
    expect(listSequences(fixed.graph, fixed.graph.getSignal('S1'), fixed.running.get('S1') as RingPattern, ['2', '6'])).toHaveLength(1)
    const arrow = arterial({ lefts: 'both', group: (_, group) => ({ ...group, flashing_yellow_arrow: true }) })
    expect(listSequences(arrow.graph, arrow.graph.getSignal('S1'), arrow.running.get('S1') as RingPattern, ['2', '6'])).toHaveLength(4)
  })
})
