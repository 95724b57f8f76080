import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rideWidth } from '../bands/score.ts'
import { Field } from './field.ts'
import { loadHighsSolver } from '../solver/highs.ts'
import { gridNetwork, GRID_CYCLES } from './instances.ts'
import { lanesOf } from './lanes.ts'
import { polish, type PolishedSetting } from './polish.ts'
import { type NetworkBandCertificate, networkAtCycle, type NetworkBandProblem } from './problem.ts'
import { solveNetworkBandRange, solveNetworkBands, verifyNetworkCertificate, verifyNetworkPlan } from './index.ts'

function grid(seed: number, rows: number, columns: number, cycle_s: number, step = 0): NetworkBandProblem {
  const problem = networkAtCycle(gridNetwork(seed, { rows, columns, speed_share: 0.1, lefts: seed % 2 === 0, blocks: 'bent' }), cycle_s)
  return { ...problem, nodes: problem.nodes.map((node) => ({ ...node, offset_step_s: step })) }
}

describe('bands in networks', () => {
  it('scores every lane as the arterial geometry does, and the table of a node as its moves one by one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999 }), fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (seed, stream) => {
        const draw = (): number => stream.next().value
        const problem = grid(seed, 2, 3, 90)
        const patterns = problem.nodes.map((node) => Math.floor(draw() * 0.999 * node.patterns.length))
        const setting = { offsets: Float64Array.from(problem.nodes, () => draw() * 90), patterns: Int32Array.from(patterns) }
        const lanes = lanesOf(problem)
        const field = new Field(lanes, 90, setting)
        for (const lane of lanes) {
          const own = { offsets: Array.from(lane.nodes, (v) => setting.offsets[v]), patterns: Array.from(lane.nodes, (v) => setting.patterns[v]) }
          expect(field.width(lane)).toBeCloseTo(rideWidth(lane.road, own), 9)
        }
        const v = Math.floor(draw() * 5.99)
        const [table, scratch] = [new Float64Array(30 * 16), new Float64Array(30 * 16)]
        field.addTable(v, 30, 0, table, scratch)
        const through = lanes.filter((lane) => lane.nodes.includes(v))
        for (const pick of [0, 7, 29]) {
          field.setting.offsets[v] = pick * 3
          field.setting.patterns[v] = 0
          expect(through.reduce((sum, lane) => sum + field.width(lane), 0)).toBeCloseTo(table[pick], 9)
        }
      }),
      { numRuns: 40 },
    )
  })

  it('finds the best whole-second plan of a small grid that trying every offset finds', () => {
    const step = 5
    for (const seed of [1, 3, 5]) {
      const problem = grid(seed, 2, 2, 60, step)
      const lanes = lanesOf(problem)
      const field = new Field(lanes, 60, { offsets: new Float64Array(4), patterns: new Int32Array(4) })
      let best = 0
      for (let k = 0; k < 12 ** 3; k++) {
        field.setting.offsets.set([0, k % 12, Math.floor(k / 12) % 12, Math.floor(k / 144)].map((o) => o * step))
        best = Math.max(best, field.value())
      }
      const { certificate, plan } = solveNetworkBands(problem, { sweeps: 150 })
      expect(certificate.value).toBeCloseTo(best, 6)
      expect(plan.offsets_s.every((offset) => offset % step === 0)).toBe(true)
      expect(certificate.bound).toBeGreaterThanOrEqual(best - 1e-6)
    }
  })

  it('reaches the bound where arteries share one signal only, for there no loop binds them', () => {
    const cross: NetworkBandProblem = grid(2, 3, 3, 90)
    const problem = { ...cross, arteries: cross.arteries.filter(({ id }) => id === 'R2' || id === 'K2') }
    const { certificate } = solveNetworkBands(problem, { sweeps: 150 })
    expect(certificate.gap_share).toBeLessThan(0.03)
  })

  it('gives the same plan for the same seed and effort', () => {
    const problem = grid(4, 3, 3, 80, 1)
    const once = solveNetworkBands(problem, { sweeps: 20, seed: 7 })
    expect(JSON.stringify(solveNetworkBands(problem, { sweeps: 20, seed: 7 }))).toBe(JSON.stringify(once))
  })

  it('is over soon where no time is left, and goes on from the same start while some is', () => {
    const problem = gridNetwork(3, { rows: 2, columns: 3, speed_share: 0.1, lefts: true, blocks: 'bent' })
    const asked = { sweeps: 40, restarts: 1 }
    const wide = (spent?: () => number): number => {
      const { plan, certificate } = solveNetworkBandRange(problem, GRID_CYCLES, { ...asked, ...(spent ? { spent } : {}) })
      const checked = verifyNetworkPlan(networkAtCycle(problem, plan.cycle_s), plan) / plan.cycle_s
      expect(() => verifyNetworkCertificate(problem, certificate, checked, GRID_CYCLES)).not.toThrow()
      return certificate.value
    }
    let asks = 0
    expect(wide(() => (asks++, 1))).toBeGreaterThan(0)
    expect(asks).toBeLessThan(40)
    asks = 0
    expect(wide(() => asks++ / 1200)).toBeGreaterThanOrEqual(wide())
    expect(asks).toBeGreaterThan(1200)
  })

  it('lets the cycle move to the best of its cell, which no fixed one reaches', async () => {
    const solver = await loadHighsSolver()
    const problem = gridNetwork(2, { rows: 2, columns: 2, speed_share: 0.02, lefts: false, blocks: 'bent' })
    const lanes = lanesOf(networkAtCycle(problem, 100))
    const held = { offsets: Float64Array.from(problem.nodes, (_, v) => 23 * v), patterns: new Int32Array(4) }
    const shareOf = ({ cycle_s, setting }: PolishedSetting): number => new Field(lanesOf(networkAtCycle(problem, cycle_s)), cycle_s, setting).value() / cycle_s
    const still = polish(lanes, 100, held, solver)
    const moved = polish(lanes, 100, held, solver, GRID_CYCLES)
    expect(still.cycle_s).toBe(100)
    expect(moved.cycle_s).not.toBeCloseTo(100, 3)
    expect(shareOf(still)).toBeGreaterThan(shareOf({ cycle_s: 100, setting: held }))
    expect(shareOf(moved)).toBeGreaterThan(shareOf(still) + 1e-4)
  })

  it('proves its bound over a range of cycles to a checker that refuses certificates tampered with', () => {
    const problem = gridNetwork(2, { rows: 2, columns: 2, speed_share: 0.1, lefts: true, blocks: 'straight' })
    const { plan, certificate } = solveNetworkBandRange(problem, GRID_CYCLES, { sweeps: 40, restarts: 1 })
    const value = verifyNetworkPlan(networkAtCycle(problem, plan.cycle_s), plan) / plan.cycle_s
    const check = (changed: Partial<NetworkBandCertificate>): void =>
      verifyNetworkCertificate(problem, JSON.parse(JSON.stringify({ ...certificate, ...changed })) as NetworkBandCertificate, value, GRID_CYCLES)
    expect(() => check({})).not.toThrow()
    const { boxes } = certificate
    expect(() => check({ boxes: boxes.slice(1) })).toThrow(/no box covers/)
    expect(() => check({ bound: certificate.bound * 0.98 })).toThrow(/does not follow/)
    const [best] = boxes.map((box) => ({ box, sum: box.arteries.reduce((a, b) => a + b, 0) })).sort((a, b) => b.sum - a.sum)
    const lowered = boxes.map((box) => (box === best.box ? { ...box, arteries: box.arteries.map((width) => width * 0.9) } : box))
    expect(() => check({ boxes: lowered })).toThrow(/may do better/)
    expect(() => check({ value: value + 0.01 })).toThrow(/the plan gives/)
    const wider = { ...plan, arteries: plan.arteries.map((own) => ({ ...own, outbound_s: own.outbound_s + 1 })) }
    expect(() => verifyNetworkPlan(networkAtCycle(problem, plan.cycle_s), wider)).toThrow(/claims/)
    const moved = { ...plan, offsets_s: plan.offsets_s.map((offset, v) => (v === 0 ? (offset + 7) % plan.cycle_s : offset)) }
    expect(() => verifyNetworkPlan(networkAtCycle(problem, plan.cycle_s), moved)).toThrow(/claims/)
  })

  it('refuses a network that does not hang together, naming the place', () => {
    const problem = grid(1, 2, 2, 80)
    const [first, ...rest] = problem.arteries
    expect(() => solveNetworkBands({ ...problem, arteries: [] })).toThrow(/at least one artery/)
    expect(() => solveNetworkBands({ ...problem, arteries: [{ ...first, nodes: ['R1K1', 'R9K9'] }, ...rest] })).toThrow(/R1 passes signal R9K9/)
    expect(() => solveNetworkBands({ ...problem, arteries: [{ ...first, links: [] }, ...rest] })).toThrow(/artery R1: 2 signals need 1 links/)
    expect(() => solveNetworkBands({ ...problem, nodes: [...problem.nodes, problem.nodes[0]] })).toThrow(/signal R1K1 is named twice/)
    expect(() => solveNetworkBandRange(problem, GRID_CYCLES)).toThrow(/cycle_s 1, got 80/)
  })
})
