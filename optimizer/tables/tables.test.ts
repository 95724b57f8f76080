import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BoundHalf, checkOffsets, gridTables, irregularTables, joinHalves, type OffsetAnswer, type OffsetRegion, type OffsetTables, reduceTables, SearchHalf, solveOffsets } from './index.ts'

const edge = (nodes: number, cycle: number): fc.Arbitrary<OffsetTables['edges'][number]> =>
  fc.record({
    from: fc.nat(nodes - 1),
    to: fc.nat(nodes - 1),
    cost: fc.array(fc.integer({ min: -20, max: 50 }), { minLength: cycle, maxLength: cycle }).map((costs) => Float64Array.from(costs)),
  })

/** Small networks of any shape: parallel edges, edges of a signal with itself, parts without connection, fixed offsets. */
const smallTables: fc.Arbitrary<OffsetTables> = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 6 })).chain(([nodes, cycle_s]) =>
  fc.record({
    cycle_s: fc.constant(cycle_s),
    nodes: fc.constant(nodes),
    edges: fc.array(edge(nodes, cycle_s), { maxLength: 10 }),
    fixed: fc.array(fc.tuple(fc.nat(nodes - 1), fc.integer({ min: -9, max: 9 })), { maxLength: 2 }).map((entries) => new Map(entries)),
  }),
)

function leastOfAll({ cycle_s, nodes, edges, fixed }: OffsetTables): number {
  let least = Infinity
  for (let code = 0; code < cycle_s ** nodes; code++) {
    const θ = Array.from({ length: nodes }, (_, n) => Math.floor(code / cycle_s ** n) % cycle_s)
    if ([...(fixed ?? [])].some(([n, held]) => (θ[n]! - held) % cycle_s !== 0)) continue
    let cost = 0
    for (const { from, to, cost: table } of edges) cost += table[(θ[to]! - θ[from]! + cycle_s) % cycle_s]!
    least = Math.min(least, cost)
  }
  return least
}

describe('offsets on tables', () => {
  it('cost what the best of all offsets costs, with a bound below that the checker confirms', () => {
    fc.assert(
      fc.property(smallTables, (tables) => {
        const answer = solveOffsets(tables, { rounds: 12 })
        const checked = checkOffsets(tables, answer)
        const least = leastOfAll(tables)
        expect(checked.value).toBeCloseTo(answer.value, 6)
        expect(answer.value).toBeCloseTo(least, 6)
        expect(checked.bound).toBeLessThanOrEqual(least + 1e-6)
      }),
      { numRuns: 100 },
    )
  })

  it('are proven best in trees and rings at once, whatever the numbers', () => {
    const table = (seed: number): Float64Array => Float64Array.from({ length: 31 }, (_, φ) => (φ * seed * 7919) % 101)
    const ring = Array.from({ length: 9 }, (_, k) => ({ from: k, to: (k + 1) % 9, cost: table(k + 2) }))
    const tree = [{ from: 3, to: 9, cost: table(12) }, { from: 10, to: 9, cost: table(13) }]
    const tables = { cycle_s: 31, nodes: 12, edges: [...ring, ...tree] }
    const answer = solveOffsets(tables, { rounds: 0 })
    expect(answer).toMatchObject({ proven: true, stopped: 'proven' })
    expect(checkOffsets(tables, answer).bound).toBeCloseTo(answer.value, 6)
  })

  it('say that they are not proven when the effort ends first', () => {
    const answer = solveOffsets(gridTables(5, 5, 40, 'hard', 1), { goOn: () => false })
    expect(answer).toMatchObject({ proven: false, stopped: 'effort' })
    expect(answer.gap).toBeGreaterThan(0)
  })

  it('are the same for the same seed and effort', () => {
    const tables = irregularTables(30, 30, 'easy', 3)
    expect(solveOffsets(tables, { rounds: 3, seed: 5 })).toEqual(solveOffsets(tables, { rounds: 3, seed: 5 }))
  })

  it('are never worse than those to begin with', () => {
    const tables = gridTables(4, 4, 30, 'hard', 2)
    const good = solveOffsets(tables, { rounds: 10 })
    const again = solveOffsets(tables, { rounds: 0, starts: [[...good.offsets_s]] })
    expect(again.value).toBeLessThanOrEqual(good.value + 1e-9)
  })

  it('leave fixed offsets where they are', () => {
    const tables = { ...gridTables(4, 4, 30, 'easy', 2), fixed: new Map([[0, 7], [5, 29], [15, -1]]) }
    const answer = solveOffsets(tables, { rounds: 6 })
    expect([answer.offsets_s[0], answer.offsets_s[5], answer.offsets_s[15]]).toEqual([7, 29, 29])
    checkOffsets(tables, answer)
  })

  it.each([
    ['a cycle of part seconds', { cycle_s: 2.5, nodes: 1, edges: [] }, 'whole seconds'],
    ['no signal', { cycle_s: 9, nodes: 0, edges: [] }, 'at least one signal'],
    ['an edge to nowhere', { cycle_s: 1, nodes: 2, edges: [{ from: 0, to: 2, cost: Float64Array.of(1) }] }, 'edge 0 goes to signal 2'],
    ['a table that is too short', { cycle_s: 2, nodes: 2, edges: [{ from: 0, to: 1, cost: Float64Array.of(1) }] }, '1 costs for a cycle of 2 s'],
    ['a cost without end', { cycle_s: 1, nodes: 2, edges: [{ from: 0, to: 1, cost: Float64Array.of(Infinity) }] }, 'must be finite'],
    ['a fixed signal that is none', { cycle_s: 1, nodes: 2, edges: [], fixed: new Map([[4, 0]]) }, 'signal 4'],
  ])('refuse %s', (_, tables, sentence) => {
    expect(() => solveOffsets(tables as OffsetTables)).toThrow(sentence)
  })
})

describe('search and bound as halves', () => {
  it('make one answer that the checker confirms, however often each has its turn', () => {
    fc.assert(
      fc.property(smallTables, fc.array(fc.boolean(), { maxLength: 20 }), (tables, turns) => {
        const search = new SearchHalf(reduceTables(tables)), lower = new BoundHalf(reduceTables(tables))
        let { value } = search, { bound } = lower
        for (const searches of turns) {
          if (searches) search.step()
          else lower.step(search.value, () => true)
          expect(search.value).toBeLessThanOrEqual(value + 1e-9)
          expect(lower.bound).toBeGreaterThanOrEqual(bound - 1e-6)
          ;({ value } = search)
          ;({ bound } = lower)
        }
        const answer = joinHalves(tables, search.offsets(), { bound, certificate: lower.certificate() })
        expect(answer.value).toBeCloseTo(value, 6)
        expect(checkOffsets(tables, answer).bound).toBeCloseTo(bound, 6)
        expect(bound).toBeLessThanOrEqual(leastOfAll(tables) + 1e-6)
      }),
      { numRuns: 60 },
    )
  })

  it.each([1, 2, 3, 4])('find in the same work with guides of the bound what the search alone does not, grid %i', (seed) => {
    const reduced = reduceTables(gridTables(8, 8, 20, 'hard', seed))
    const lower = new BoundHalf(reduced), alone = new SearchHalf(reduced), guided = new SearchHalf(reduced)
    for (let round = 0; round < 4; round++) lower.step(guided.value, () => true)
    guided.follow(lower.guides)
    while (guided.work < 12_000) guided.step()
    while (alone.work < guided.work) alone.step()
    expect(guided.value).toBeLessThan(alone.value)
    expect(guided.value).toBeGreaterThanOrEqual(lower.bound)
  })

  it('end as soon as the gap is what was asked for', () => {
    const tables = gridTables(5, 5, 40, 'hard', 1)
    const answer = solveOffsets(tables, { target_gap: 0.05 })
    const longer = solveOffsets(tables)
    expect(answer.gap_share).toBeLessThanOrEqual(0.05)
    expect(answer).toMatchObject({ proven: false, stopped: 'effort' })
    expect(longer.gap).toBeLessThan(answer.gap)
  })
})

describe('the checker', () => {
  const tables = gridTables(4, 4, 24, 'hard', 1)
  const answer = solveOffsets(tables, { rounds: 4 })

  it.each<[string, (a: OffsetAnswer) => Partial<OffsetAnswer>]>([
    ['a bound that is too high', ({ bound }) => ({ bound: bound + 1 })],
    ['a value that is too low', ({ value }) => ({ value: value - 1 })],
    ['another offset', ({ offsets_s }) => ({ offsets_s: offsets_s.map((θ, k) => (k === 3 ? (θ + 11) % 24 : θ)) })],
    ['a loop through nowhere', ({ certificate: { loops } }) => ({ certificate: { loops: [{ ...loops[0]!, nodes: loops[0]!.nodes.map((n) => n + 99) }] } })],
    ['a part that is too short', ({ certificate: { loops } }) => ({ certificate: { loops: loops.map((loop) => ({ ...loop, parts: loop.parts.map((part) => part.slice(1)) })) } })],
    ['no loops at all', () => ({ certificate: { loops: [] } })],
    ['a part that was changed', ({ certificate: { loops } }) => ({ certificate: { loops: loops.map((loop) => ({ ...loop, parts: loop.parts.map((part) => part.map((x, φ) => x + (φ % 3) * 40)) })) } })],
  ])('refuses %s', (_, change) => {
    expect(() => checkOffsets(tables, { ...answer, ...change(answer) })).toThrow('not confirmed')
    checkOffsets(tables, answer)
  })
})

describe('regions of many loops', () => {
  const tables = gridTables(6, 6, 18, 'hard', 2)
  const byLoops = solveOffsets(tables, { rounds: 1 })
  const byRegions = solveOffsets(tables, { rounds: 14 })

  it('prove more than loops, and the checker confirms it', () => {
    expect(byLoops.certificate.regions).toBeUndefined()
    expect(byRegions.certificate.regions?.length).toBeGreaterThan(1)
    expect(byRegions.bound).toBeGreaterThan(byLoops.bound)
    expect(checkOffsets(tables, byRegions).bound).toBeCloseTo(byRegions.bound, 6)
  })

  it('never claim more than the best of all offsets costs, in networks of any shape', () => {
    const table = (seed: number): Float64Array => Float64Array.from({ length: 3 }, (_, φ) => ((φ + 1) * seed * 7919) % 23)
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.nat(6), fc.nat(6)), { minLength: 12, maxLength: 21, selector: ([a, b]) => Math.min(a, b) * 7 + Math.max(a, b) }), fc.nat(1000), (ends, seed) => {
        const dense = { cycle_s: 3, nodes: 7, edges: ends.map(([from, to], k) => ({ from, to, cost: table(seed + 5 * k + 1) })) }
        const answer = solveOffsets(dense, { rounds: 10 })
        expect(checkOffsets(dense, answer).bound).toBeCloseTo(answer.bound, 6)
        expect(answer.bound).toBeLessThanOrEqual(leastOfAll(dense) + 1e-6)
      }),
      { numRuns: 25 },
    )
  })

  it.each<[string, (region: OffsetRegion) => OffsetRegion]>([
    ['a part that was changed', (region) => ({ ...region, pairs: region.pairs.map((pair) => ({ ...pair, part: pair.part.map((x, φ) => x + (φ % 3) * 40) })) })],
    ['a signal twice', (region) => ({ ...region, order: [...region.order, region.order[0]!] })],
    ['costs of a signal that is not in its order', (region) => ({ ...region, order: region.order.slice(1) })],
    ['a part that is too short', (region) => ({ ...region, pairs: region.pairs.map((pair) => ({ ...pair, part: pair.part.slice(1) })) })],
    ['a signal that leaves with too many others', (region) => ({ ...region, order: region.order.toSorted((a, b) => (a * 7) % 36 - ((b * 7) % 36)) })],
  ])('are refused with %s', (_, change) => {
    const regions = byRegions.certificate.regions!
    expect(() => checkOffsets(tables, { ...byRegions, certificate: { ...byRegions.certificate, regions: [change(regions[0]!), ...regions.slice(1)] } })).toThrow('not confirmed')
  })
})
