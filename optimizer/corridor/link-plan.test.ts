import { expect, it } from 'vitest'
import { checkPlan } from '../../model/check-plan.ts'
import { loadHighsSolver } from '../solver/highs.ts'
import { arterial } from '../testing/arterial.ts'
import { planCorridor } from './index.ts'

it('links carry bands of their own in whole seconds, with a bound that the checked plan keeps below', () => {
  const street = arterial()
  const { candidates } = planCorridor({ ...street, options: { objective: 'multiband', cycle_min_s: 80, cycle_max_s: 100 } })
  expect(candidates).toHaveLength(1)
  const [candidate] = candidates as [(typeof candidates)[0]]
  expect(candidate.kind).toBe('link-band')
  expect(checkPlan(street.graph, candidate.patterns)).toEqual([])
  for (const { offset_s } of candidate.patterns) expect(Number.isInteger(offset_s)).toBe(true)
  const [outbound, inbound, proof] = candidate.explanations as [string, string, string]
  expect(outbound.match(/ s \(\d+ %\)/g)).toHaveLength(3)
  expect(inbound.match(/ s \(\d+ %\)/g)).toHaveLength(3)
  const [value, bound] = [/bands of ([\d.]+) s/, /more than ([\d.]+) s/].map((figure) => Number(figure.exec(proof)?.[1])) as [number, number]
  expect(value).toBeGreaterThan(5)
  expect(bound).toBeGreaterThanOrEqual(value)
  // One band through all signals is also a band of every link.
  expect(bound).toBeGreaterThanOrEqual(Math.min(...candidate.bands.map(({ width_s }) => width_s)))
})

it('tells of every link its band, what it could have alone and when the front passes, with the proof of the whole', () => {
  const street = arterial()
  const [candidate] = planCorridor({ ...street, options: { objective: 'multiband', cycle_min_s: 80, cycle_max_s: 100 } }).candidates
  const { bands, certificate } = candidate!.link_bands!
  expect(bands.map(({ direction }) => direction)).toEqual(['outbound', 'outbound', 'outbound', 'inbound', 'inbound', 'inbound'])
  for (const { width_s, bound_s, gap_s, front_s, from, to } of bands) {
    expect(bound_s - width_s).toBeCloseTo(gap_s, 9)
    expect(gap_s).toBeGreaterThanOrEqual(0)
    expect(front_s.map(({ signal }) => signal)).toEqual(width_s > 0 ? [from, to] : [])
    if (width_s > 0) expect(front_s[1]!.time_s).toBeGreaterThan(front_s[0]!.time_s)
  }
  expect(bands.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9)
  expect(bands.reduce((sum, { weight, width_s }) => sum + weight * width_s, 0)).toBeCloseTo(certificate.value, 6)
  expect(certificate.bound).toBeGreaterThanOrEqual(certificate.value)
  expect(certificate.gap).toBeCloseTo(certificate.bound - certificate.value, 9)
})

it('a solver leaves no more of link bands open than prices do', async () => {
  const solver = await loadHighsSolver()
  const street = arterial()
  const options = { objective: 'multiband', cycle_min_s: 80, cycle_max_s: 100 } as const
  const [alone] = planCorridor({ ...street, options }).candidates
  const [helped] = planCorridor({ ...street, options, solver }).candidates
  expect(helped!.link_bands!.certificate.bound).toBeLessThanOrEqual(alone!.link_bands!.certificate.bound * (1 + 1e-4))
  expect(helped!.link_bands!.certificate.bound).toBeGreaterThanOrEqual(alone!.link_bands!.certificate.value - 1e-9)
})

it('links of a one-way street have no bands of their own to trade', () => {
  expect(() => planCorridor({ ...arterial({ one_way: true }), options: { objective: 'multiband' } })).toThrow('both directions')
})
