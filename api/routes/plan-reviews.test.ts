import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiTown, type ApiTown } from '../../test/api-town.ts'
import type { Role } from '../../plans/ports/people.ts'
import { PlanWorkflow } from '../../plans/workflow/index.ts'
import { evaluationOf } from '../../plans/workflow/testing.ts'
import { EXAMPLES } from '../http/route.ts'
import { bearer, closeWorlds } from '../testing.ts'

let town: ApiTown
beforeAll(async () => {
  town = await apiTown()
})
afterAll(closeWorlds)

interface Review { authors: string[]; faults: string[]; compared: { rule: string; holds: boolean }[]; losers: { key: string; over_limit: boolean }[]; simulated?: object; steps: { step: string; why?: string }[] }

const get = async <T>(path: string, role: Role): Promise<T> => (await town.server.inject({ url: `/api/v1${path}`, headers: bearer(town.tokens[role]) })).json<T>()
const PLAN = `/plans/${EXAMPLES['plan']!}`
const reviewOf = (role: Role, plan = PLAN): Promise<Review> => get(`${plan}/review`, role)
const mayOf = ({ steps }: Review): string[] => steps.flatMap(({ step, why }) => (why === undefined ? [step] : []))

describe('the review of a plan', () => {
  it('shows a draft what the rules compared, and to each who looks which steps are theirs', async () => {
    const [engineer, approver, viewer] = [await reviewOf('engineer'), await reviewOf('approver'), await reviewOf('viewer')]
    expect(engineer.faults).toEqual([])
    expect(engineer.compared.length).toBeGreaterThan(50)
    expect(engineer.compared.every(({ holds }) => holds)).toBe(true)
    expect([mayOf(engineer), mayOf(approver), mayOf(viewer)]).toEqual([['check', 'retire'], ['check', 'retire'], []])
    expect(viewer.steps.find(({ step }) => step === 'retire')?.why).toContain('needs the role engineer')
  })

  it('tells the author in the words of the refusal why somebody else must approve, and names who loses over the limit', async () => {
    const loser = { kind: 'pedestrian' as const, signal: '3', name: 'crossing', measure: 'delay_s', before: 20, after: 90, sentence: 'people wait' }
    const { store, at } = town
    const before = (await store.plans.get(EXAMPLES['plan']!))!
    const workflow = new PlanWorkflow({
      store, clock: { now: () => at.now },
      simulate: async ({ runs, seed }) => ({ evaluation: { before: evaluationOf(0, runs), after: evaluationOf(0, runs), differences: [], runs, seed }, losers: [loser] }),
    })
    const { id } = await workflow.draft({ network: before.network, document: { ...before.document, losers: [loser] }, actor: 'engineer', reason: 'longer reds' })
    const { version } = await workflow.check({ plan: id, expected: 1, actor: 'engineer' })
    await workflow.simulate({ plan: id, expected: version, actor: 'engineer', runs: 2 })
    const path = `/plans/${id}`
    const [author, approver] = [await reviewOf('engineer', path), await reviewOf('approver', path)]
    expect(approver.losers).toMatchObject([{ key: '3 pedestrian', over_limit: true, sentence: 'people wait' }])
    expect(author.simulated).toEqual({ runs: 2, seed: 1, day_type: 'weekday' })
    expect(author.steps.find(({ step }) => step === 'approve')?.why).toContain('needs the role approver')
    expect(mayOf(approver)).toEqual(['approve', 'retire'])
    await store.people.put({ ...(await store.people.byId('engineer'))!, role: 'approver' }, 1)
    const promoted = await town.server.inject({ url: `/api/v1${path}/review`, headers: bearer(town.tokens.engineer) })
    expect(promoted.json<Review>().steps.find(({ step }) => step === 'approve')?.why).toContain('somebody else must approve it')
  })

  it('has the whole history of the plan for whoever may see the plan, and names for the ids in it', async () => {
    const { items } = await get<{ items: { action: string; actor: string }[] }>(`${PLAN}/audit`, 'viewer')
    expect(items.map(({ action }) => action)).toEqual(['plan.draft'])
    const names = await get<{ items: object[] }>('/names', 'viewer')
    expect(names.items).toContainEqual({ id: 'engineer', name: 'the engineer' })
    expect(Object.keys(names.items[0]!)).toEqual(['id', 'name'])
  })
})

describe('a card of the worklist', () => {
  it('keeps notes that take no step', async () => {
    const path = `/networks/${EXAMPLES['network']!}/treatments/${EXAMPLES['treatment']!}`
    const { version } = await get<{ version: number }>(path, 'viewer')
    const changed = await town.server.inject({ method: 'PATCH', url: `/api/v1${path}`, headers: { ...bearer(town.tokens.engineer), 'if-match': `"${version}"` }, payload: { note: 'Asked the bus company' } })
    expect(changed.json<{ notes: object[]; history: object[] }>()).toMatchObject({ notes: [{ by: 'engineer', note: 'Asked the bus company' }], history: [] })
  })
})
