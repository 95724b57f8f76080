import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import type { Signal, StagePattern } from '../../../model/signal.ts'
import { modulo } from '../../../model/units.ts'
import { correctionOf, findChangeover, linkRules, play } from './changeover.ts'
import { cycleOf, phasesOf, timingOf } from './program.ts'
import type { LightLink, ProgramPhase } from './program.ts'

/** Three streets that cross each other, the second with an arrow for its left turn, and a crossing without yellow. */
const group = (id: string, kind: 'vehicle' | 'pedestrian' = 'vehicle') => ({ id, kind, min_green_s: kind === 'vehicle' ? 12 : 14, yellow_s: kind === 'vehicle' ? 3 : 0, red_clearance_s: kind === 'vehicle' ? 1 : 6 })
const signal: Signal = {
  id: 'J1', source_id: 'J1', nodes: [], groups: [group('a'), group('b'), group('c'), group('p', 'pedestrian')],
  conflicts: [['a', 'b'], ['a', 'c'], ['b', 'c'], ['a', 'p'], ['c', 'p']],
}
const links: LightLink[] = [
  { groups: [{ group: 'a', right_of_way: 'protected' }], rest: 'r' }, { groups: [{ group: 'a', right_of_way: 'protected' }], rest: 's' },
  { groups: [{ group: 'b', right_of_way: 'protected' }, { group: 'c', right_of_way: 'permissive' }], rest: 'r' },
  { groups: [{ group: 'c', right_of_way: 'protected' }], rest: 'r' }, { groups: [{ group: 'p', right_of_way: 'protected' }], rest: 'r' },
]
const rules = linkRules(signal, links)

interface Shape { greens: [number, number, number]; order: boolean; offset: number }
const shape: fc.Arbitrary<Shape> = fc.record({ greens: fc.tuple(fc.integer({ min: 14, max: 40 }), fc.integer({ min: 14, max: 40 }), fc.integer({ min: 14, max: 40 })), order: fc.boolean(), offset: fc.integer({ min: 0, max: 60 }) })

function patternOf({ greens, order, offset }: Shape): StagePattern {
  const stages = [
    { id: 'A', green: ['a'], duration_s: greens[0] }, { id: 'B', green: ['b', 'p'], duration_s: greens[1] }, { id: 'C', green: ['c'], duration_s: greens[2] },
  ]
  const list = order ? stages : [stages[0]!, stages[2]!, stages[1]!]
  return {
    kind: 'stages', signal: 'J1', offset_s: offset, offset_reference: 'sequence_start', coordinated: ['a'], cycle_s: greens[0] + greens[1] + greens[2] + 18,
    stages: list.flatMap((stage) => [{ ...stage, kind: 'stage' as const }, { id: `after ${stage.id}`, kind: 'interstage' as const, green: [], duration_s: 6 }]),
  }
}

/** Checks second by second what connections show, by what a controller would keep; knows nothing of the code under test. */
function faults(shown: readonly string[]): string[] {
  const found: string[] = []
  const greenOf = (state: string, id: string): boolean => ({ a: state[0] === 'G', b: state[2] === 'G', c: state[3] === 'G', p: state[4] === 'G' })[id] as boolean
  for (const { id, min_green_s, yellow_s, red_clearance_s, kind } of signal.groups) {
    let [start, end] = [-1, -1]
    const needed = yellow_s + red_clearance_s
    for (let t = 1; t < shown.length; t++) {
      const [before, now] = [greenOf(shown[t - 1]!, id), greenOf(shown[t]!, id)]
      if (!before && now) start = t
      if (before && !now) {
        end = t
        if (start >= 0 && t - start < min_green_s) found.push(`${id} was green for ${t - start} s`)
        if (kind === 'vehicle' && t + 3 < shown.length) {
          const link = { a: 0, b: 2, c: 3 }[id] as number
          const after = Array.from({ length: 4 }, (_, i) => shown[t + i]![link]).join('')
          if (!/^yyy[^y]$/.test(after) && !(id === 'b' && after.startsWith('g'))) found.push(`${id} was followed by ${after}`)
        }
      }
      if (end >= 0) for (const [x, y] of signal.conflicts) {
        const other = x === id ? y : y === id ? x : undefined
        if (other !== undefined && !greenOf(shown[t - 1]!, other) && greenOf(shown[t]!, other) && t - end < needed) found.push(`${other} turned green ${t - end} s after ${id}`)
      }
    }
  }
  shown.forEach((state, t) => { for (const [x, y] of signal.conflicts) if (greenOf(state, x) && greenOf(state, y)) found.push(`${x} and ${y} at ${t}`) })
  return found
}

/** What is shown each second from a position on. */
const seconds = (phases: readonly ProgramPhase[], position: number, count: number): string[] => play(phases, position, 0, count * 10).flatMap(({ start, end, state }) => Array.from({ length: (end - start) / 10 }, () => state))

describe('a change of program', () => {
  it('keeps yellow, minimum greens and intergreens, whatever runs and whatever comes', () => {
    let changes = 0
    fc.assert(fc.property(shape, shape, fc.integer({ min: 0, max: 100 }), fc.integer({ min: 0, max: 300 }), (one, other, started, from) => {
      const [current, target] = [phasesOf(lampTimingOf(signal, patternOf(one)), links), phasesOf(lampTimingOf(signal, patternOf(other)), links)]
      const position = modulo(started * 10, cycleOf(current))
      const wanted = (at: number): number => at - other.offset * 10
      const found = findChangeover({ now: 0, current: { phases: current, position }, target, wanted, rules, from: from * 10, step: 10 })
      expect(found).toBeDefined()
      const { at, position: entry, outstanding } = found!
      changes++
      expect(at).toBeGreaterThanOrEqual(from * 10)
      expect(modulo(entry - outstanding, cycleOf(target))).toBe(modulo(wanted(at), cycleOf(target)))
      const cycle = cycleOf(current) / 10
      expect(faults([...seconds(current, position - 10 * cycle, at / 10 + cycle), ...seconds(target, entry, 2 * cycleOf(target) / 10)])).toEqual([])
    }), { numRuns: 60 })
    expect(changes).toBe(60)
  })

  it('is refused where nothing of the new program may follow', () => {
    // Yellow of two seconds after every green: nowhere as the groups have it.
    const current: ProgramPhase[] = [{ duration: 300, state: 'GGrrr' }, { duration: 300, state: 'rrGrr' }]
    const target: ProgramPhase[] = [{ duration: 300, state: 'rrrGr' }, { duration: 30, state: 'rrryr' }, { duration: 100, state: 'rrrrr' }]
    expect(findChangeover({ now: 0, current: { phases: current, position: 0 }, target, rules, from: 0, step: 10 })).toBeUndefined()
  })
})

describe('the way to the offset', () => {
  it('moves no more than a fifth of a cycle each cycle, never cuts a minimum green and touches no change of colours', () => {
    let cuts = 0
    fc.assert(fc.property(shape, fc.integer({ min: 1, max: 120 }), fc.constantFrom('dwell' as const, 'shortway' as const), (one, late, method) => {
      const phases = phasesOf(lampTimingOf(signal, patternOf(one)), links)
      const cycle = cycleOf(phases)
      let outstanding = modulo(late * 10, cycle)
      const shown: string[] = seconds(phases, 0, cycle / 10)
      for (let cycles = 0; outstanding !== 0; cycles++) {
        expect(cycles).toBeLessThan(40)
        const correction = correctionOf(phases, outstanding, method, rules, 10)!
        expect(Math.abs(correction.by)).toBeLessThanOrEqual(cycle * 0.2)
        if (method === 'dwell') expect(correction.by).toBeGreaterThan(0)
        if (correction.by < 0) cuts++
        expect(phases[correction.phase]!.state).toMatch(/^[^yu]*[Gg][^yu]*$/)
        shown.push(...seconds(phases.map((phase, i) => (i === correction.phase ? { ...phase, duration: phase.duration + correction.by } : phase)), 0, (cycle + correction.by) / 10))
        outstanding = modulo(outstanding - correction.by, cycle)
      }
      expect(faults([...shown, ...seconds(phases, 0, cycle / 10)])).toEqual([])
      expect(correctionOf(phases, 0, method, rules, 10)).toBeUndefined()
    }), { numRuns: 60 })
    expect(cuts).toBeGreaterThan(0)
  })
})

describe('a program', () => {
  it('shows the lamps of the timing that it was made of', () => {
    fc.assert(fc.property(shape, (one) => {
      const timing = lampTimingOf(signal, patternOf(one))
      expect(timingOf(phasesOf(timing, links), timing.offset, links, signal)).toEqual(timing)
    }))
  })

  it('is told to be other lamps when one phase is another', () => {
    const timing = lampTimingOf(signal, patternOf({ greens: [20, 20, 20], order: true, offset: 7 }))
    const bent = phasesOf(timing, links).map((phase, i) => (i === 0 ? { ...phase, duration: phase.duration - 10 } : phase))
    expect(timingOf(bent, timing.offset, links, signal)).not.toEqual(timing)
  })

  it('hides the green that yields below the one that does not, and takes it as it was wanted', () => {
    const both: LightLink[] = [{ groups: [{ group: 'b', right_of_way: 'protected' }, { group: 'c', right_of_way: 'permissive' }], rest: 'r' }]
    const two: Signal = { ...signal, groups: [group('b'), group('c')], conflicts: [] }
    const wanted = { cycle: 600, offset: 0, groups: [{ group: 'b', greens: [[0, 200]] as [number, number][], yellow: 30, red_clearance: 10 }, { group: 'c', greens: [[0, 400]] as [number, number][], yellow: 30, red_clearance: 10 }] }
    const phases = phasesOf(wanted, both)
    expect(phases.map(({ duration, state }) => `${duration} ${state}`)).toEqual(['200 G', '200 g', '30 y', '170 r'])
    expect(timingOf(phases, 0, both, two, wanted).groups.map(({ greens }) => greens)).toEqual([[[0, 200]], [[0, 400]]])
    expect(timingOf(phases, 0, both, two).groups.map(({ greens }) => greens)).toEqual([[[0, 200]], [[200, 400]]])
  })
})
