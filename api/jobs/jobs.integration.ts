// The jobs of the API with the real optimizer and the real simulation. Needs dist/ for its threads: `npm run build`.
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { Evaluation } from '../../model/evaluation.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { JobWork } from '../../plans/ports/jobs.ts'
import type { Store } from '../../plans/ports/store.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { personOf } from '../../plans/testing/records.ts'
import { PlanWorkflow } from '../../plans/workflow/index.ts'
import { runningDocument } from '../../plans/workflow/testing.ts'
import { NO_JOBS } from '../testing.ts'
import { handleJobs } from './index.ts'
import type { JobInputs } from './inputs.ts'

const clock = { now: () => 1_800_000_000 }
const STREET = { network: 'town', version: 1, corridor: 'nanhu-avenue', period: 'off-peak', runs: 2, seed: 1 }
const works = new Map<string, JobWork>()
let store: Store
let scenario: Scenario
let workflow: PlanWorkflow
beforeAll(async () => {
  store = memoryStore(clock)
  scenario = (await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue'))).scenario
  await store.networks.put('town', scenario, 'engineer', 0)
  await store.people.put(personOf('engineer'), 0)
  workflow = new PlanWorkflow({ store, clock })
  handleJobs({ ...NO_JOBS, handle: (kind, one) => { works.set(kind, one) } }, { store, workflow, clock, version: '0' })
})

function run<K extends keyof JobInputs>(kind: K, input: JobInputs[K], { attempt = 1, signal = new AbortController().signal } = {}): Promise<{ result: unknown; shares: number[] }> {
  const shares: number[] = []
  return works.get(kind)!(input, { report: (share) => shares.push(share), signal, attempt }).then((result) => ({ result, shares }))
}

describe('the jobs', () => {
  const draft = { ...STREET, plan: 'computed', actor: 'engineer', reason: 'asked for', objective: 'band' as const }

  it('compute a plan into a draft, once, which passes its check and its simulation', async () => {
    const { result, shares } = await run('plan.draft', draft)
    expect(result).toMatchObject({ plan: 'computed' })
    expect(shares.length).toBeGreaterThan(1)
    expect(Math.max(...shares)).toBeLessThanOrEqual(1)
    expect((await run('plan.draft', draft, { attempt: 2 })).result).toEqual({ plan: 'computed' })
    expect((await store.plans.list({}, { limit: 10 })).items).toMatchObject([{ id: 'computed', stage: 'draft', author: 'engineer', network_version: 1 }])

    const { version } = await workflow.check({ plan: 'computed', expected: 1, actor: 'engineer' })
    const simulate = { plan: 'computed', expected: version, actor: 'engineer', runs: 2, seed: 1 }
    expect((await run('plan.simulate', simulate)).result).toMatchObject({ plan: 'computed', version: 3, passed: true })
    expect((await run('plan.simulate', simulate, { attempt: 2 })).result).toMatchObject({ plan: 'computed', version: 3, passed: true })
  })

  it('compare a plan with the street, with the same vehicles on both sides', async () => {
    const { id } = await workflow.draft({ network: 'town', document: runningDocument(scenario, 20), actor: 'engineer', reason: 'later' })
    const { result } = await run('evaluation', { ...STREET, runs: 1, plan: id })
    const { before, after } = result as { before: Evaluation; after: Evaluation }
    expect((await run('simulation', { ...STREET, runs: 1 })).result).toMatchObject({ runs: 1, delay_s: before.delay_s, stops: before.stops })
    expect(after.seeds).toEqual(before.seeds)
    expect(after.stops).not.toEqual(before.stops)
  })

  it('stop when somebody calls them off', async () => {
    const abort = new AbortController()
    const running = run('simulation', { ...STREET, runs: 50 }, { signal: abort.signal })
    setTimeout(() => abort.abort(new Error('called off')), 200)
    await expect(running).rejects.toThrow('called off')
  })
})
