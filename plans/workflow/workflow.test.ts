import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import type { Loser, Plan } from '../../model/plan.ts'
import { verifyAudit } from './audit.ts'
import { SERVICE_ACTOR } from './actors.ts'
import type { PlanEdit } from './edits.ts'
import { findStandingApproval, giveStandingApproval, withdrawStandingApproval } from './standing.ts'
import { approvedPlan, evaluationOf, runningDocument, townOf, type Town } from './testing.ts'
import { timingsOf } from './workflow.ts'
import type { ApprovedPlan, CheckedPlan } from './stages.ts'

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'textbook-arterial'))
const MORNING = [{ day_type: 'weekday' as const, start_s: 8 * 3600, end_s: 9 * 3600 }]

const draft = ({ workflow, document }: Town, actor = 'engineer') => workflow.draft({ network: 'town', document, actor, reason: 'more traffic' })
const simulated = async (town: Town): Promise<{ id: string; version: number }> => {
  const { id } = await draft(town)
  await town.workflow.check({ plan: id, expected: 1, actor: 'engineer' })
  const { plan } = await town.workflow.simulate({ plan: id, expected: 2, actor: 'engineer', runs: 2 })
  return plan
}
const code = (promise: Promise<unknown>): Promise<unknown> => promise.then(() => 'done', (error: { code?: string }) => error.code ?? error)
const loser: Loser = { kind: 'side-street', signal: '2', movement: 'm', name: 'the mill', measure: 'delay_s', before: 30, after: 95, sentence: 'The mill: delay 30 s before, 95 s after' }

describe('the way of a plan', () => {
  it('leads from draft to the schedule, each step told by audit and events', async () => {
    const town = await townOf(scenario)
    const { id, version } = await approvedPlan(town)
    const { plan, schedule } = await town.workflow.schedule({ plan: id, expected: version, actor: 'engineer', slots: MORNING })
    expect(plan).toMatchObject({ stage: 'scheduled', version: 5, author: 'engineer', approver: 'approver' })
    expect(schedule.entries).toEqual([{ day_type: 'weekday', start_s: 28_800, plan: id }, { day_type: 'weekday', start_s: 32_400 }])
    expect(await town.store.plans.get(id)).toEqual(plan)
    const answers = timingsOf(plan as ApprovedPlan).map(({ signal, hash }) => ({ signal, hash, accepted: true, same: true, at: 1 }))
    const push = (receipts: typeof answers) => town.workflow.push({ plan: id, expected: 5, actor: SERVICE_ACTOR, receipts })
    await expect(push(answers.slice(1))).rejects.toThrow('signal "1" gave no answer')
    await expect(push(answers.with(1, { ...answers[1]!, hash: 'x' }))).rejects.toThrow('another timing')
    await expect(push(answers.with(1, { ...answers[1]!, accepted: false }))).rejects.toThrow('signal "2" does not run plan')
    await push(answers)
    await expect(town.workflow.verify({ plan: id, expected: 6, actor: SERVICE_ACTOR, read_back: answers.with(3, { ...answers[3]!, same: false }) })).rejects.toThrow('signal "4"')
    await town.workflow.verify({ plan: id, expected: 6, actor: SERVICE_ACTOR, read_back: answers })
    await town.workflow.retire({ plan: id, expected: 7, actor: 'engineer', reason: 'road works' })
    expect((await town.store.schedules.get('town', 'textbook-arterial')).entries.every((entry) => entry.plan === undefined)).toBe(true)
    const told = (await town.store.events.since(0, 100)).map(({ body }) => (body as { stage: string }).stage)
    expect(told).toEqual(['draft', 'checked', 'simulated', 'approved', 'scheduled', 'pushed', 'verified', 'retired'])
    const audit = (await town.store.audit.list({ subject: id }, { limit: 100 })).items.map(({ action, actor }) => `${action} ${actor}`).reverse()
    expect(audit).toEqual(['plan.draft engineer', 'plan.check engineer', 'plan.simulate engineer', 'plan.approve approver', 'plan.schedule engineer', 'plan.push greenwave', 'plan.verify greenwave', 'plan.retire engineer'])
    expect(await verifyAudit(town.store.audit)).toMatchObject({ entries: 8, head: { seq: 8 } })
  })

  it('leaves nothing behind when a step fails', async () => {
    const town = await townOf(scenario)
    const { id, version } = await simulated(town)
    const before = [await town.store.plans.get(id), await town.store.events.last(), (await town.store.audit.list({}, { limit: 100 })).items.length]
    expect(await code(town.workflow.approve({ plan: id, expected: version, actor: 'engineer' }))).toBe('request.forbidden')
    expect(await code(town.workflow.approve({ plan: id, expected: version - 1, actor: 'approver' }))).toBe('store.conflict')
    expect(await code(town.workflow.schedule({ plan: id, expected: version, actor: 'approver', slots: MORNING }))).toBe('plan.stage')
    expect([await town.store.plans.get(id), await town.store.events.last(), (await town.store.audit.list({}, { limit: 100 })).items.length]).toEqual(before)
  })

  it('is closed to who may not take the step', async () => {
    const town = await townOf(scenario)
    expect(await code(draft(town, 'viewer'))).toBe('request.forbidden')
    expect(await code(draft(town, 'nobody'))).toBe('request.forbidden')
    const { id, version } = await simulated(town)
    for (const actor of ['second', 'gone', 'viewer', SERVICE_ACTOR, 'key:k1']) expect(await code(town.workflow.approve({ plan: id, expected: version, actor }))).toBe('request.forbidden')
    expect(await code(town.workflow.approve({ plan: id, expected: version, actor: 'administrator' }))).toBe('done')
  })
})

describe('the check', () => {
  it('refuses a plan that breaks a rule, and windows that are not those of its patterns', async () => {
    const town = await townOf(scenario)
    const [first, ...rest] = town.document.intersections
    const windows = { ...first!, signal_groups: first!.signal_groups.map((group) => ({ ...group, green_windows_s: group.green_windows_s.map(([from, to]): [number, number] => [from, to + 1]) })) }
    const long = await town.workflow.draft({ network: 'town', actor: 'engineer', reason: 'x', document: { ...town.document, intersections: [windows, ...rest] } })
    await expect(town.workflow.check({ plan: long.id, expected: 1, actor: 'engineer' })).rejects.toThrow('green windows of signal "1"')
    expect(await code(town.workflow.draft({ network: 'town', actor: 'engineer', reason: 'x', document: { ...town.document, cycle_s: Number.NaN } }))).toBe('input.value')
    const cut = await draft(town)
    const edits: PlanEdit[] = [{ kind: 'edge', signal: '1', parts: [{ part: 0, was_s: 48, becomes_s: 76 }, { part: 1, was_s: 48, becomes_s: 76 }, { part: 2, was_s: 32, becomes_s: 4 }, { part: 3, was_s: 32, becomes_s: 4 }] }]
    const { version } = await town.workflow.edit({ plan: cut.id, expected: 1, actor: 'engineer', edits })
    expect(await code(town.workflow.check({ plan: cut.id, expected: version, actor: 'engineer' }))).toBe('plan.refused')
    expect(await town.store.plans.get(cut.id)).toMatchObject({ stage: 'draft', version })
  })
})

describe('the simulation', () => {
  it('keeps a plan that stands still where it was, with what was seen', async () => {
    const town = await townOf(scenario)
    const { id } = await draft(town)
    await town.workflow.check({ plan: id, expected: 1, actor: 'engineer' })
    town.says.gridlocked = 1
    const refused = await town.workflow.simulate({ plan: id, expected: 2, actor: 'engineer', runs: 3 })
    expect(refused).toMatchObject({ passed: false, plan: { stage: 'checked', version: 3, evaluation: { runs: 3 } }, sentences: ['the traffic stood still in 1 of 3 runs, with the plan running now in 0; it may stand still no more often'] })
    expect(await code(town.workflow.approve({ plan: id, expected: 3, actor: 'approver' }))).toBe('plan.stage')
    town.says.gridlocked = 0
    expect(await town.workflow.simulate({ plan: id, expected: 3, actor: 'engineer' })).toMatchObject({ passed: true, plan: { stage: 'simulated' } })
  })

  it('lets nobody lose over the limit whom the approver does not name', async () => {
    const town = await townOf(scenario)
    town.says.losers = [loser, { ...loser, movement: 'n', before: 60, after: 70 }]
    const { id, version } = await simulated(town)
    await expect(town.workflow.approve({ plan: id, expected: version, actor: 'approver' })).rejects.toThrow('"2 m" is worse off')
    expect(await town.workflow.approve({ plan: id, expected: version, actor: 'approver', accepts: ['2 m'] })).toMatchObject({ stage: 'approved' })
  })
})

describe('an approval', () => {
  it('is for one document: what is edited is a new draft, and its authors approve neither', async () => {
    const town = await townOf(scenario)
    const { id, version } = await approvedPlan(town)
    const edits: PlanEdit[] = [{ kind: 'offset', signal: '2', was_s: town.document.intersections[1]!.offset_s, becomes_s: 33 }]
    const edited = await town.workflow.edit({ plan: id, expected: version, actor: 'boss', edits })
    expect(edited).toMatchObject({ stage: 'draft', version: 1, author: 'boss' })
    expect(edited.id).not.toBe(id)
    expect(edited.document.intersections[1]).toMatchObject({ offset_s: 33 })
    expect(await town.store.plans.get(id)).toMatchObject({ stage: 'approved', version })
    await town.workflow.check({ plan: edited.id, expected: 1, actor: 'boss' })
    const { plan } = await town.workflow.simulate({ plan: edited.id, expected: 2, actor: 'boss' })
    await town.store.people.put({ ...(await town.store.people.byId('engineer'))!, role: 'approver' }, 1)
    for (const actor of ['boss', 'engineer']) expect(await code(town.workflow.approve({ plan: edited.id, expected: plan.version, actor }))).toBe('request.forbidden')
    expect(await code(town.workflow.approve({ plan: edited.id, expected: plan.version, actor: 'approver' }))).toBe('done')
  })

  it('falls when document, evaluation or stage are changed behind the workflow', async () => {
    const town = await townOf(scenario)
    const { id, version } = await approvedPlan(town)
    const good = (await town.store.plans.get(id))!
    const other = { ...good.document, cycle_s: 81 }
    for (const bad of [{ ...good, document: other }, { ...good, evaluation: { ...good.evaluation!, runs: 99 } }, { ...good, approver: 'boss' }, { ...good, network_version: 7 }]) {
      const { version: now } = (await town.store.plans.get(id))!
      await town.store.plans.update(bad, now)
      expect(await code(town.workflow.schedule({ plan: id, expected: now + 1, actor: 'approver', slots: MORNING }))).toBe('plan.altered')
    }
    const fresh = await draft(town)
    await town.store.plans.update({ ...fresh, stage: 'checked' }, 1)
    expect(await code(town.workflow.simulate({ plan: fresh.id, expected: 2, actor: 'engineer' }))).toBe('plan.altered')
    await town.store.plans.update({ ...fresh, stage: 'simulated', evaluation: good.evaluation! }, 2)
    expect(await code(town.workflow.approve({ plan: fresh.id, expected: 3, actor: 'boss' }))).toBe('plan.altered')
    await town.store.plans.update({ ...fresh, stage: 'approved', approver: 'boss', evaluation: good.evaluation! }, 3)
    expect(await code(town.workflow.schedule({ plan: fresh.id, expected: 4, actor: 'approver', slots: MORNING }))).toBe('plan.altered')
    await town.store.plans.update(good, version + 4)
    expect(await code(town.workflow.schedule({ plan: id, expected: version + 5, actor: 'approver', slots: MORNING }))).toBe('done')
  })

  it('is for one version of the network', async () => {
    const town = await townOf(scenario)
    const { id, version } = await approvedPlan(town)
    await town.store.networks.put('town', { ...scenario, scenario: { ...scenario.scenario, name: 'changed' } }, 'engineer', 1)
    expect(await code(town.workflow.schedule({ plan: id, expected: version, actor: 'engineer', slots: MORNING }))).toBe('plan.stage')
  })

  it('cannot be written down by anybody else: only the workflow makes its type', () => {
    const record = {} as import('../ports/plans.ts').PlanRecord
    // @ts-expect-error A record is no checked plan.
    const checked: CheckedPlan = record
    // @ts-expect-error A checked plan is no approved one.
    const approved: ApprovedPlan = checked
    expect(approved).toBe(record)
  })
})

describe('a standing approval', () => {
  const corridor = 'textbook-arterial'
  const night = async (town: Town, actor: string = SERVICE_ACTOR): Promise<{ plan: string; expected: number }> => {
    const { id } = await draft(town, actor)
    await town.workflow.check({ plan: id, expected: 1, actor: SERVICE_ACTOR })
    const { plan } = await town.workflow.simulate({ plan: id, expected: 2, actor: SERVICE_ACTOR, runs: 2 })
    return { plan: id, expected: plan.version }
  }
  const give = (town: Town, actor = 'administrator', days = 30) => giveStandingApproval(town.store, { network: 'town', corridor, actor, now: town.at.now, until_s: town.at.now + days * 86_400 })

  it('lets greenwave deploy what it wrote itself, in the name of an administrator', async () => {
    const town = await townOf(scenario)
    const step = await night(town)
    expect(await code(town.workflow.approveByStanding(step))).toBe('request.forbidden')
    for (const actor of ['engineer', 'approver', SERVICE_ACTOR]) expect(await code(give(town, actor))).toBe('request.forbidden')
    expect(await code(give(town, 'administrator', 400))).toBe('request.invalid')
    const { seq, hash } = await give(town)
    const approved = await town.workflow.approveByStanding(step)
    expect(approved).toMatchObject({ stage: 'approved', author: SERVICE_ACTOR, approver: 'administrator' })
    const { schedule } = await town.workflow.schedule({ plan: step.plan, expected: approved.version, actor: SERVICE_ACTOR, slots: MORNING })
    expect(schedule.entries[0]!.plan).toBe(step.plan)
    const [entry] = (await town.store.audit.list({ subject: step.plan }, { limit: 2 })).items.slice(1)
    expect(entry).toMatchObject({ action: 'plan.approve', actor: SERVICE_ACTOR, detail: { standing: { by: 'administrator', seq, hash } } })
  })

  it('covers no plan with a hand in it and nobody who loses over the limit, and ends', async () => {
    const town = await townOf(scenario)
    await give(town)
    expect(await code(night(town, 'engineer').then((step) => town.workflow.approveByStanding(step)))).toBe('request.forbidden')
    town.says.losers = [loser]
    const step = await night(town)
    expect(await code(town.workflow.approveByStanding(step))).toBe('plan.refused')
    const found = (now = town.at.now) => findStandingApproval(town.store, 'town', corridor, now)
    expect(await found()).toMatchObject({ by: 'administrator' })
    expect(await found(town.at.now + 30 * 86_400)).toBeUndefined()
    expect(await code(withdrawStandingApproval(town.store, { network: 'town', corridor, actor: 'engineer', now: 1 }))).toBe('request.forbidden')
    await withdrawStandingApproval(town.store, { network: 'town', corridor, actor: 'approver', now: town.at.now })
    expect(await found()).toBeUndefined()
    await give(town)
    await town.store.people.put({ ...(await town.store.people.byId('administrator'))!, role: 'approver' }, 1)
    expect(await found()).toBeUndefined()
  })
})

describe('two corridors through one signal', () => {
  const crossing = { ...scenario, scenario: { ...scenario.scenario, corridors: [...scenario.scenario.corridors, { ...scenario.scenario.corridors[0]!, id: 'other', intersections: ['1', '2'] }] } }
  const other = (document: Plan, later_s: number): Plan => ({
    ...document, corridor: 'other', intersections: runningDocument(crossing, later_s).intersections.filter(({ id }) => ['1', '2'].includes(id)),
  })

  it('run it by one plan at a time', async () => {
    const town = await townOf(crossing)
    const [a, b, c] = [await approvedPlan(town), await approvedPlan({ ...town, document: other(town.document, 5) }), await approvedPlan({ ...town, document: other(town.document, 1) })]
    const schedule = (plan: typeof a, from: number) => town.workflow.schedule({ plan: plan.id, expected: plan.version, actor: 'engineer', slots: [{ day_type: 'weekday', start_s: from * 3600, end_s: (from + 2) * 3600 }] })
    await schedule(a, 8)
    await expect(schedule(b, 9)).rejects.toThrow(`signal "1" would be run by plan "${b.id}" and differently by plan "${a.id}" of the corridor "textbook-arterial" on a weekday`)
    await expect(schedule(b, 7)).rejects.toThrow('would be run')
    // The same patterns agree, and other hours do not meet.
    expect(await code(schedule(c, 9))).toBe('done')
    expect(await code(schedule(b, 12))).toBe('done')
    await expect(town.workflow.putSchedule({ network: 'town', corridor: 'other', entries: [{ day_type: 'weekday', start_s: 0, plan: b.id }], expected: 2, actor: 'engineer' })).rejects.toThrow('would be run')
  })

  it('are simulated with each other: what runs now has the plans of the schedule in it', async () => {
    let offsets: (number | undefined)[] = []
    const town = await townOf(crossing, { simulate: async ({ running, runs, seed }) => {
      offsets = ['1', '3'].map((id) => running.get(id)?.offset_s)
      return { evaluation: { before: evaluationOf(0, runs), after: evaluationOf(0, runs), differences: [], runs, seed }, losers: [] }
    } })
    const [base, moved] = [crossing.timing.plans[0]!.patterns, town.document.intersections].map((all) => ['1', '3'].map((id) => all.find(({ signal }) => signal === id)!.offset_s))
    const a = await approvedPlan(town)
    expect(offsets).toEqual(base)
    await town.workflow.schedule({ plan: a.id, expected: a.version, actor: 'engineer', slots: MORNING })
    await approvedPlan({ ...town, document: other(town.document, 5) })
    expect(offsets).toEqual(moved)
  })
})

describe('a schedule', () => {
  it('takes back a plan that was scheduled before, and no other', async () => {
    const town = await townOf(scenario)
    const [a, b] = [await approvedPlan(town), await approvedPlan(town)]
    const put = (plan: string, expected: number) => town.workflow.putSchedule({ network: 'town', corridor: 'textbook-arterial', entries: [{ day_type: 'weekday', start_s: 0, plan }], expected, actor: 'engineer' })
    await town.workflow.schedule({ plan: a.id, expected: a.version, actor: 'engineer', slots: MORNING })
    expect(await code(put(b.id, 1))).toBe('plan.stage')
    await town.workflow.schedule({ plan: b.id, expected: b.version, actor: 'engineer', slots: MORNING })
    expect(await put(a.id, 2)).toEqual({ version: 3, entries: [{ day_type: 'weekday', start_s: 0, plan: a.id }] })
    expect(await code(put(a.id, 2))).toBe('store.conflict')
    expect(await code(put('none', 3))).toBe('request.unknown')
  })
})
