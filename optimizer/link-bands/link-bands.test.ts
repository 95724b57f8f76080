import { describe, expect, test } from 'vitest'
import { problemAtCycle } from '../bands/cycle-range.ts'
import { syntheticArterial, withoutClearance } from '../bands/instances/arterials.ts'
import { randomCorridor } from '../bands/instances/corridors.ts'
import { loadHighsSolver } from '../solver/highs.ts'
import { runsOf } from '../../test/runs.ts'
import { checkBoxes, checkLinkPlan, inSeconds, linkBands, type LinkBandProblem, solveLinkBandRange, solveLinkBands, volumeWeights } from './index.ts'
import { multibandModel } from './multiband.ts'

const highs = await loadHighsSolver()
const RANGE = { cycle_min_s: 80, cycle_max_s: 140 }
const QUICK = { rounds: 400 }

function multiband(n: number, seed: number, style: LinkBandProblem['style'] = 'symmetric'): LinkBandProblem {
  const arterial = syntheticArterial(n, seed)
  return { problem: withoutClearance(arterial), bands: linkBands(volumeWeights(arterial.volumes_vph, { saturation_vph: 1800, power: 1, ratios: true })), style }
}

const shape = { cycle_s: 90, division: { kind: 'ratio', inbound_per_outbound: 1 }, patterns: 3, speed_share: 0.08, double_green_share: 0.2 } as const

describe('link bands by prices', () => {
  test('of six signals are within a hundredth of the MILP optimum .524017, and the bound is above it', () => {
    const asked = multiband(6, 1)
    const { plan, certificate } = solveLinkBandRange(asked, RANGE, QUICK)
    expect(certificate.value).toBeGreaterThan(0.99 * 0.524017)
    expect(certificate.value).toBeLessThanOrEqual(0.524017 + 1e-6)
    expect(certificate.bound).toBeGreaterThanOrEqual(0.524017 - 1e-6)
    expect(certificate.bound).toBeLessThan(1.01 * 0.524017)
    expect(certificate.boxes.some(({ arcs }) => arcs > 1)).toBe(true)
    expect(checkLinkPlan({ ...asked, problem: inSeconds(asked.problem, plan.cycle_s) }, plan).faults).toEqual([])
    expect(checkBoxes(asked, certificate.boxes, { z_low: 1 / 140, z_high: 1 / 80, bound: certificate.bound })).toEqual([])
  })

  test('enclose the optimum that HiGHS proves at one cycle, with and without ratios and second greens', () => {
    for (let seed = 0; seed < runsOf(12); seed++) {
      // Speeds so free that a link reaches any angle: arcs then meet all arcs.
      const problem = randomCorridor(3 + (seed % 3), seed, seed % 4 === 3 ? { ...shape, speed_share: 0.6 } : shape)
      const weights = problem.links.map((_, i) => ({ outbound: 0.3 + ((seed + i) % 4) / 4, inbound: 0.5, ...(seed % 2 === 0 ? { inbound_per_outbound: [0.6, 1, 1.7][i % 3] as number } : {}) }))
      const optimum = highs.solve(multibandModel(problem, weights).model)
      const asked: LinkBandProblem = { problem, bands: linkBands(weights), style: 'symmetric' }
      if (optimum.status === 'infeasible') continue
      expect(optimum.status).toBe('optimal')
      const { certificate } = solveLinkBands(asked, { rounds: 120 })
      expect(certificate.value).toBeLessThanOrEqual(optimum.objective + 1e-5)
      expect(certificate.bound).toBeGreaterThanOrEqual(optimum.objective - 1e-5)
      expect(certificate.value).toBeGreaterThan(0.95 * optimum.objective - 1e-5)
      expect(checkBoxes(asked, certificate.boxes, { z_low: 1 / 90, z_high: 1 / 90, bound: certificate.bound })).toEqual([])
    }
  })

  test('free about their line are worth at least the symmetric ones, and no run is worth more than its links', () => {
    const symmetric = multiband(5, 3)
    const z = { z_low: 1 / 100, z_high: 1 / 100 }
    const at = (asked: LinkBandProblem) => ({ ...asked, problem: problemAtCycle(asked.problem, 100) })
    const narrow = solveLinkBands(at(symmetric), { rounds: 60 })
    const free = { ...at(symmetric), style: 'free' } as const
    const wide = solveLinkBands(free, { rounds: 60 })
    expect(wide.certificate.bound).toBeGreaterThanOrEqual(narrow.certificate.value - 1e-9)
    expect(checkLinkPlan(free, wide.plan).faults).toEqual([])
    expect(checkBoxes(free, wide.certificate.boxes, { ...z, bound: wide.certificate.bound })).toEqual([])
    const runs = { ...at(symmetric), bands: [{ from: 0, to: 2, outbound: 0.5, inbound: 0.5 }, { from: 1, to: 4, outbound: 0.5, inbound: 0.5 }] }
    const ran = solveLinkBands(runs, { rounds: 60 })
    expect(checkLinkPlan(runs, ran.plan).faults).toEqual([])
    expect(checkBoxes(runs, ran.certificate.boxes, { ...z, bound: ran.certificate.bound })).toEqual([])
    expect(ran.certificate.value).toBeGreaterThan(0)
    expect(ran.certificate.bound).toBeGreaterThanOrEqual(ran.certificate.value)
  })

  test('come with certificates that the checker refuses once tampered with', () => {
    const asked = multiband(5, 2)
    const { certificate: { boxes, bound } } = solveLinkBandRange(asked, RANGE, { rounds: 200 })
    const range = { z_low: 1 / 140, z_high: 1 / 80, bound }
    const top = boxes.reduce((a, b) => (b.bound > a.bound ? b : a))
    expect(checkBoxes(asked, boxes.filter((box) => box !== top), range).join()).toContain('no box covers')
    expect(checkBoxes(asked, boxes, { ...range, bound: 0.97 * bound }).join()).toContain('more than the bound')
    const cheaper = boxes.map((box) => ({ ...box, prices: { ...box.prices, outbound: box.prices.outbound.map((parts, r) => (r === 1 ? parts.map((row) => row.map((price) => 0.9 * price)) : parts)) } }))
    expect(checkBoxes(asked, cheaper, range).join()).toContain('do not cover')
    const regrouped = boxes.map((box) => (box.arcs > 1 ? { ...box, arcs: box.arcs / 2 } : box))
    expect(checkBoxes(asked, regrouped, range).join()).not.toBe('')
    const runs = { ...asked, bands: [...asked.bands, { from: 0, to: 2, outbound: 0, inbound: 0 }] }
    expect(checkBoxes(runs, boxes, range).join()).toContain('single links')
    const { plan } = solveLinkBands({ ...asked, problem: problemAtCycle(asked.problem, 90) }, { rounds: 60 })
    const wider = { ...plan, bands_s: { ...plan.bands_s, outbound: plan.bands_s.outbound.map((width) => width + 1) } }
    expect(checkLinkPlan({ ...asked, problem: problemAtCycle(asked.problem, 90) }, wider).faults.join()).toContain('is claimed to be')
  })

  test('of six signals are proven with a solver, whose word the certificate names and cannot go below', () => {
    const [asked, optimum] = [multiband(6, 1), 0.524017]
    const { plan, certificate } = solveLinkBandRange(asked, RANGE, { solver: highs })
    const { value, bound, boxes, solver } = certificate
    expect(certificate).toMatchObject({ proven: true, stopped: 'proven', solver: { name: 'HiGHS' } })
    expect(value).toBeCloseTo(optimum, 5)
    expect(bound).toBeGreaterThanOrEqual(optimum - 1e-6)
    expect(bound).toBeLessThanOrEqual(value * (1 + 1e-4))
    expect(checkLinkPlan({ ...asked, problem: inSeconds(asked.problem, plan.cycle_s) }, plan).faults).toEqual([])
    const range = { z_low: 1 / 140, z_high: 1 / 80, bound, ...(solver !== undefined && { solver }) }
    expect(checkBoxes(asked, boxes, range)).toEqual([])
    expect(checkBoxes(asked, boxes, { ...range, bound: 0.999 * bound }).join()).toContain('more than the bound')
    expect(checkBoxes(asked, boxes, { z_low: 1 / 140, z_high: 1 / 80, bound: 0.999 * bound }).join()).toContain('more than the bound')
  })

  test('stay as prices have them where the solver runs out of nodes, and where its answer is not to be trusted', () => {
    const asked = multiband(8, 1)
    const at = { ...asked, problem: problemAtCycle(asked.problem, 100) }
    const alone = solveLinkBands(at, { rounds: 260 })
    const few = solveLinkBands(at, { rounds: 260, solver: highs, solver_limits: () => ({ node_limit: 1 }) })
    expect(few.certificate.value).toBeGreaterThanOrEqual(alone.certificate.value - 1e-9)
    expect(few.certificate.bound).toBeLessThanOrEqual(alone.certificate.bound + 1e-9)
    const liar: typeof highs = { name: 'liar', solve: () => ({ status: 'infeasible', objective: Number.NaN, bound: 0, values: [], message: '' }) }
    const misled = solveLinkBands(at, { rounds: 260, solver: liar }).certificate
    expect(misled.bound).toBeCloseTo(alone.certificate.bound, 9)
  })

  test('are the same twice, and say when effort ended the search', () => {
    const asked = multiband(8, 1)
    const answer = solveLinkBandRange(asked, RANGE, { rounds: 100 })
    expect(solveLinkBandRange(asked, RANGE, { rounds: 100 })).toEqual(answer)
    expect(answer.certificate).toMatchObject({ proven: false, stopped: 'effort' })
  })

  test('refuse a band that no run of signals carries', () => {
    const asked = multiband(4, 1)
    expect(() => solveLinkBandRange({ ...asked, bands: [{ from: 2, to: 5, outbound: 1, inbound: 1 }] }, RANGE)).toThrow('band 0 runs from signal 2 to 5')
    expect(() => solveLinkBandRange({ ...asked, bands: [{ from: 0, to: 1, outbound: -1, inbound: 1 }] }, RANGE)).toThrow('weights -1 and 1')
  })
})
