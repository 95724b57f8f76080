import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { apiTown, type ApiTown } from '../../test/api-town.ts'
import type { JobWork } from '../../plans/ports/jobs.ts'
import type { PlanRecord } from '../../plans/ports/plans.ts'
import { PlanWorkflow } from '../../plans/workflow/index.ts'
import { evaluationOf } from '../../plans/workflow/testing.ts'
import { EXAMPLES } from '../http/route.ts'
import { handleJobs } from '../jobs/index.ts'
import { bearer, closeWorlds, NO_JOBS } from '../testing.ts'

let town: ApiTown
beforeAll(async () => {
  town = await apiTown()
})
afterAll(closeWorlds)

const PLAN = `/api/v1/plans/${EXAMPLES['plan']!}`
const TIMING = `/api/v1/networks/${EXAMPLES['network']!}/signals/1/timing`

async function step(name: string, role: 'engineer' | 'approver', version: number, payload?: object) {
  const answer = await town.server.inject({ method: 'POST', url: `${PLAN}/${name}`, headers: { ...bearer(town.tokens[role]), 'if-match': `"${version}"`, 'idempotency-key': `${name} ${version}`.replace(' ', '-') }, ...(payload === undefined ? {} : { payload }) })
  return { status: answer.statusCode, headers: answer.headers, body: answer.json<Record<string, unknown>>() }
}

/** The work of a queued job, with a simulation that finds nothing. */
async function work(id: string): Promise<unknown> {
  const works = new Map<string, JobWork>()
  const workflow = new PlanWorkflow({
    store: town.store, clock: { now: () => town.at.now },
    simulate: async ({ runs, seed }) => ({ evaluation: { before: evaluationOf(0, runs), after: evaluationOf(0, runs), differences: [], runs, seed }, losers: [] }),
  })
  handleJobs({ ...NO_JOBS, handle: (kind, one) => { works.set(kind, one) } }, { store: town.store, workflow, clock: { now: () => town.at.now }, version: '0' })
  const job = (await town.store.jobs.get(id))!
  return works.get(job.kind)!(job.input, { report: () => {}, signal: new AbortController().signal, attempt: 1 })
}

describe('a plan', () => {
  it('goes from draft to the cabinet step by step, by two people, and no step can be left out', async () => {
    const before = (await town.server.inject({ url: TIMING, headers: bearer(town.tokens.viewer) })).json<{ plan?: string; hash: string }>()
    expect(before.plan).toBeUndefined()
    const slots = { slots: [{ day_type: 'weekday', start_s: 0, end_s: 86_400 }] }
    expect(await step('schedulings', 'engineer', 1, slots)).toMatchObject({ status: 409, body: { code: 'plan.stage' } })

    expect(await step('checks', 'engineer', 1)).toMatchObject({ status: 200, body: { stage: 'checked', version: 2 }, headers: { etag: '"2"' } })
    const asked = await step('simulations', 'engineer', 2, { runs: 2, seed: 1 })
    expect(asked).toMatchObject({ status: 202, headers: { location: `/api/v1/jobs/${String(asked.body['job'])}` } })
    expect(await work(String(asked.body['job']))).toMatchObject({ plan: EXAMPLES['plan'], passed: true, over_limit: [] })

    expect(await step('approvals', 'engineer', 3, {})).toMatchObject({ status: 403 })
    expect(await step('approvals', 'approver', 2, {})).toMatchObject({ status: 412, body: { code: 'store.conflict' } })
    expect(await step('approvals', 'approver', 3, { note: 'good' })).toMatchObject({ status: 200, body: { stage: 'approved', approver: 'approver' } })
    const scheduled = await step('schedulings', 'engineer', 4, slots)
    expect(scheduled).toMatchObject({ status: 200, body: { plan: { stage: 'scheduled', next_stages: ['pushed', 'retired'] }, schedule: { version: 1 } } })
  })

  it('reaches the cabinet within a second of being scheduled, which then has nothing new to fetch', async () => {
    const key = town.keys.find(({ scope, own }) => scope === 'cabinet' && own)!
    const fetchTiming = (headers: Record<string, string> = {}) => town.server.inject({ url: TIMING, headers: { ...bearer(key.secret), ...headers } })
    await expect.poll(async () => (await fetchTiming()).json<{ plan?: string }>().plan, { timeout: 5000 }).toBe(EXAMPLES['plan'])
    const timing = await fetchTiming()
    expect(timing.json()).toMatchObject({ signal: '1', doubts: [], pattern: { signal: '1' }, compiled: { cycle_s: expect.any(Number) } })
    const again = await fetchTiming({ 'if-none-match': String(timing.headers['etag']) })
    expect([again.statusCode, again.body]).toEqual([304, ''])
  })

  it('is edited as a new draft once it has left the drafts, on the values that the editor saw', async () => {
    const plan = (await town.store.plans.get(EXAMPLES['plan']!))!
    const edit = (was_s: number | null, key: string) => town.server.inject({
      method: 'POST', url: `${PLAN}/edits`, headers: { ...bearer(town.tokens.engineer), 'if-match': `"${plan.version}"`, 'idempotency-key': key }, payload: { edits: [{ kind: 'offset', signal: '2', was_s, becomes_s: 20 }] },
    })
    expect((await edit(11, 'e1')).json()).toMatchObject({ status: 412, detail: expect.stringContaining('12 s, not 11 s') })
    // No 0 is made of it.
    expect((await edit(null, 'e2')).json()).toMatchObject({ status: 422 })
    const edited = await edit(12, 'e3')
    const draft = edited.json<PlanRecord>()
    expect(edited.statusCode).toBe(201)
    expect(edited.headers['location']).toBe(`/api/v1/plans/${draft.id}`)
    expect(draft).toMatchObject({ stage: 'draft', author: 'engineer' })
    expect((await town.server.inject({ url: '/api/v1/plans?stage=draft', headers: bearer(town.tokens.viewer) })).json<{ items: object[] }>().items).toMatchObject([{ id: draft.id, cycle_s: expect.any(Number) }])
  })

  it('that is retired leaves its hours to what ran before', async () => {
    const { version } = (await town.store.plans.get(EXAMPLES['plan']!))!
    expect(await step('retirements', 'engineer', version, { reason: 'over' })).toMatchObject({ status: 200, body: { stage: 'retired', next_stages: [] } })
    await expect.poll(async () => (await town.server.inject({ url: TIMING, headers: bearer(town.tokens.viewer) })).json<{ plan?: string }>().plan, { timeout: 5000 }).toBeUndefined()
  })
})

describe('a computed draft', () => {
  it('carries the bands of its links and, where that was asked for, why there is no more', async () => {
    const payload = { corridor: EXAMPLES['corridor']!, period: 'off-peak', runs: 0, seed: 1, objective: 'multiband', why: true, reason: 'A wave for every link' }
    const asked = await town.server.inject({ method: 'POST', url: `/api/v1/networks/${EXAMPLES['network']!}/drafts`, headers: { ...bearer(town.tokens.engineer), 'idempotency-key': 'links' }, payload })
    expect(asked.statusCode).toBe(202)
    const { plan } = await work(asked.json<{ job: string }>().job) as { plan: string }
    const draft = (await town.server.inject({ url: `/api/v1/plans/${plan}`, headers: bearer(town.tokens.viewer) })).json<PlanRecord>()
    const { link_bands, insight, intersections } = draft.document
    expect(link_bands!.bands).toHaveLength(2 * (intersections.length - 1))
    expect(insight!.cycles.taken.cycle_s).toBe(draft.document.cycle_s)
  })
})

describe('a schedule', () => {
  const put = (tag: string, entries: object[], corridor = EXAMPLES['corridor']!) =>
    town.server.inject({ method: 'PUT', url: `/api/v1/networks/${EXAMPLES['network']!}/corridors/${corridor}/schedule`, headers: { ...bearer(town.tokens.engineer), 'if-match': tag }, payload: { entries } })

  it('names no plan that was not scheduled, no corridor that there is not, and one plan at a time', async () => {
    expect((await put('"2"', [{ day_type: 'weekday', start_s: 0, plan: EXAMPLES['plan'] }])).json()).toMatchObject({ status: 409, code: 'plan.stage' })
    expect((await put('"2"', [], 'nowhere')).json()).toMatchObject({ status: 404, code: 'corridor.unknown' })
    expect((await put('"2"', [{ day_type: 'weekday', start_s: 0 }, { day_type: 'weekday', start_s: 0 }])).json()).toMatchObject({ status: 422 })
    expect((await put('"2"', [{ day_type: 'weekday', start_s: 0 }])).json()).toEqual({ version: 3, entries: [{ day_type: 'weekday', start_s: 0 }] })
  })
})

describe('a body', () => {
  const send = (payload: Buffer, type = 'application/json') => town.server.inject({ method: 'PUT', url: '/api/v1/feeds/new', headers: { ...bearer(town.tokens.engineer), 'content-type': type, 'if-none-match': '*' }, payload })

  it('is UTF-8, is JSON, and has an end to its depth', async () => {
    const deep = Buffer.from(`{"settings":${'['.repeat(5000)}${']'.repeat(5000)}}`)
    expect((await send(deep)).json()).toMatchObject({ status: 400, detail: expect.stringContaining('100 levels') })
    expect((await send(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]))).json()).toMatchObject({ status: 400, detail: 'The body is not UTF-8' })
    expect((await send(Buffer.from('{"network"'))).json()).toMatchObject({ status: 400, code: 'request.malformed' })
    expect((await send(Buffer.from('x'), 'text/plain')).json()).toMatchObject({ status: 415, code: 'request.media' })
    expect((await send(Buffer.alloc(1_000_001, 0x20))).json()).toMatchObject({ status: 413, code: 'request.too-large' })
  })

  it('is told what is missing, what is wrong and what is not known, each with its place', async () => {
    const problem = (await send(Buffer.from('{"network":"jiaxing","kind":"radio","format":7,"enabled":true,"colour":"red"}'))).json<{ errors: { pointer: string }[] }>()
    expect([...new Set(problem.errors.map(({ pointer }) => pointer))].sort()).toEqual(['/colour', '/format', '/kind', '/settings'])
  })
})
