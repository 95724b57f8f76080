import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { townOf } from './testing.ts'
import { PlanWorkflow } from './workflow.ts'

it('drives both plans with the same vehicles on the way to an approval', async () => {
  const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'textbook-arterial'))
  const { store, at, document } = await townOf(scenario)
  const real = new PlanWorkflow({ store, clock: { now: () => at.now } })
  const { id } = await real.draft({ network: 'town', document, actor: 'engineer', reason: 'all offsets a second later' })
  await real.check({ plan: id, expected: 1, actor: 'engineer' })
  const shares: number[] = []
  const { passed, plan } = await real.simulate({ plan: id, expected: 2, actor: 'engineer', runs: 1, seed: 5, onProgress: (share) => shares.push(share) })
  expect([passed, shares.at(-1)]).toEqual([true, 1])
  expect(plan.evaluation!.after.seeds).toEqual([5])
  expect(plan.evaluation!.before.per_seed[0]!.delay_s).toBeGreaterThan(0)
  expect(await real.approve({ plan: id, expected: plan.version, actor: 'boss' })).toMatchObject({ stage: 'approved' })
  const stopped = new AbortController()
  stopped.abort(new Error('enough'))
  const other = await real.draft({ network: 'town', document, actor: 'engineer', reason: 'again' })
  await real.check({ plan: other.id, expected: 1, actor: 'engineer' })
  await expect(real.simulate({ plan: other.id, expected: 2, actor: 'engineer', signal: stopped.signal })).rejects.toThrow('enough')
  expect(await store.plans.get(other.id)).toMatchObject({ stage: 'checked', version: 2 })
}, 120_000)
