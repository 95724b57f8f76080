import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkPlan } from '../../model/check-plan.ts'
import { emptyDemand, type Demand } from '../../model/demand.ts'
import type { Pattern, StagePattern } from '../../model/signal.ts'
import { arterial } from '../../optimizer/testing/arterial.ts'
import { countedStreet } from '../../test/counted-street.ts'
import { Guide } from './guide.ts'
import { moved, offsetMoves, signalMoves } from './moves.ts'
import { type PolishInput, polishPlan } from './polish.ts'

const graph = countedStreet(['s', 's', 's'])
const base = { 'through': 300, 'left': 20, 'right': 40, 'u-turn': 0 }
const volumes = new Map(graph.network.movements.map(({ id, turn, from }) => [id, /^[ns]/.test(from) ? base[turn] / 4 : base[turn]]))
const period = { start_s: 25_200, end_s: 28_800 }
const demand: Demand = {
  ...emptyDemand(), intervals: [{ id: 'h', ...period }],
  volumes: graph.network.movements.filter(({ turn }) => turn !== 'u-turn').map(({ id }) => ({ movement: id, volume_vph: [volumes.get(id)!] })),
}

const patternAt = (signal: string, offset_s: number, main_s = 33): StagePattern => ({
  kind: 'stages', signal, cycle_s: 60, offset_s, offset_reference: 'sequence_start', coordinated: ['main'],
  stages: [
    { id: 'main', kind: 'stage', green: ['main'], duration_s: main_s }, { id: 'change', kind: 'interstage', green: [], duration_s: 5 },
    { id: 'side', kind: 'stage', green: ['side'], duration_s: 50 - main_s }, { id: 'back', kind: 'interstage', green: [], duration_s: 5 },
  ],
})
const streetOf = (offsets: readonly number[], main_s?: number): Pattern[] => offsets.map((offset, i) => patternAt(`c${i}`, offset, main_s))
const input = (patterns: Pattern[], rest: Partial<PolishInput> = {}): PolishInput => ({
  graph, demand, period, volumes, patterns, running: new Map(patterns.map((pattern) => [pattern.signal, pattern])), rows: [['c0', 'c1', 'c2']], runs: 60, seed: 1, window_s: 300, ...rest,
})

describe('polishing', () => {
  it('leads a street out of offsets that meet everybody with red, and says what is gained on fresh seeds', async () => {
    const found = await polishPlan(input(streetOf([0, 44, 33])))
    expect(found.improved).toBe(true)
    expect(found.runs).toBeLessThanOrEqual(60)
    expect(checkPlan(graph, found.patterns)).toEqual([])
    const [cost] = found.differences
    expect(cost!.difference.mean + cost!.difference.ci95!).toBeLessThan(0)
    expect(cost!.after - cost!.before).toBeCloseTo(cost!.difference.mean, 9)
    expect(found.sentence).toMatch(/^Polished in the simulation/)
  })

  it('hands back the very plan it was given where nothing may change', async () => {
    const start = streetOf([0, 44, 33])
    const found = await polishPlan(input(start, { keep: () => false }))
    expect(found).toMatchObject({ improved: false, patterns: start, runs: 0, tried: 0, kept: [], seeds: [] })
  })

  it('keeps what it is asked to keep, and spends no more than its runs', async () => {
    const found = await polishPlan(input(streetOf([0, 44, 33]), { runs: 30, keep: (patterns) => patterns.every(({ signal, offset_s }) => signal !== 'c1' || offset_s === 44) }))
    expect(found.patterns[1]!.offset_s).toBe(44)
    expect(found.runs).toBeLessThanOrEqual(30)
    expect(found.tried).toBeGreaterThan(0)
    await expect(polishPlan(input(streetOf([0, 0, 0]), { runs: 29 }))).rejects.toThrow('it needs at least 30')
  })
})

describe('the moves of a polish', () => {
  const rings = arterial({ lefts: 'protected' })
  const first = [...rings.running.values()][0]!

  it('keep every rule and the cycle, for rings and for stages', () => {
    for (const [street, pattern] of [[rings.graph, first], [graph, patternAt('c0', 7)]] as const) {
      const moves = signalMoves(street, rings.running, pattern)
      expect(moves.length).toBeGreaterThan(3)
      expect(new Set(moves.map(({ name }) => name)).size).toBe(moves.length)
      for (const { changed } of moves) {
        expect(checkPlan(street, changed)).toEqual([])
        expect(changed[0]!.cycle_s).toBe(pattern.cycle_s)
      }
    }
  })

  it('turn a block of signals together, and only within the cycle', () => {
    const start = new Map(streetOf([0, 58, 3]).map((pattern) => [pattern.signal, pattern]))
    fc.assert(fc.property(fc.constantFrom(...offsetMoves(start, ['c1', 'c2'])), (move) => {
      const after = moved(start, move)
      expect(after.get('c0')).toBe(start.get('c0'))
      const turned = (id: string): number => (after.get(id)!.offset_s - start.get(id)!.offset_s + 60) % 60
      expect(turned('c1')).toBe(turned('c2'))
      expect([...after.values()].every(({ offset_s }) => offset_s >= 0 && offset_s < 60)).toBe(true)
    }))
  })

  it('are ranked by what the model says of them alone', () => {
    const patterns = [...rings.running.values()]
    const guide = new Guide({ graph: rings.graph, running: rings.running, patterns, volumes: rings.volumes, stop_weight_s: 12, rows: [rings.corridor.corridor.intersections], free: new Set() })
    const ranked = guide.rank(rings.running, new Set())
    expect(ranked.map(({ change }) => change)).toEqual(ranked.map(({ change }) => change).sort((a, b) => a - b))
    const [best] = ranked
    const again = guide.rank(moved(rings.running, best!.move), new Set()).find(({ change }) => Math.abs(change + best!.change) < 1e-3)
    expect(again).toBeDefined()
    const deep = guide.descend(rings.running, ['offset'], 'all offsets')
    expect(deep!.change).toBeLessThanOrEqual(Math.min(...ranked.filter(({ move }) => move.kind === 'offset').map(({ change }) => change)) + 1e-9)
    expect(guide.rank(rings.running, new Set([best!.move.name])).some(({ move }) => move.name === best!.move.name)).toBe(false)
  })
})
