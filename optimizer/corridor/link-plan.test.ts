import { expect, it } from 'vitest'
import { checkPlan } from '../../model/check-plan.ts'
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

it('links of a one-way street have no bands of their own to trade', () => {
  expect(() => planCorridor({ ...arterial({ one_way: true }), options: { objective: 'multiband' } })).toThrow('both directions')
})
