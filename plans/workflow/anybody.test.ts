// Whatever anybody asks for in whatever order: what runs was checked, simulated and approved by a second person.
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { hashOf } from '../ports/canonical.ts'
import type { PlanRecord, PlanStage } from '../ports/plans.ts'
import { SERVICE_ACTOR } from './actors.ts'
import { verifyAudit } from './audit.ts'
import type { ApprovedPlan } from './stages.ts'
import { MONDAY_S, townOf, type Town } from './testing.ts'
import { timingReader, type TimingReader } from './timing.ts'
import { timingsOf } from './workflow.ts'

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'textbook-arterial'))
const SLOT = { day_type: 'weekday' as const, start_s: 8 * 3600, end_s: 9 * 3600 }
const APPROVERS = ['approver', 'boss', 'administrator']
const ACTORS = ['viewer', 'engineer', 'second', 'approver', 'boss', 'administrator', 'gone', 'nobody', 'key:k', SERVICE_ACTOR]

/** What the test itself saw happen to a plan. */
interface Seen { hash: string; authors: Set<string>; checked?: string; simulated?: string; approved?: string }

type Command =
  | { do: 'draft' | 'check' | 'approve' | 'schedule' | 'push' | 'verify' | 'retire'; who: string; which: number; stale: boolean }
  | { do: 'edit'; who: string; which: number; stale: boolean; offset: number }
  | { do: 'simulate'; who: string; which: number; stale: boolean; gridlock: boolean; loses: boolean }
  | { do: 'put'; who: string; which: number }
  /** Somebody with the database in his hands. */
  | { do: 'forge'; which: number; stage: PlanStage; offset: number }

const common = { who: fc.constantFrom(...ACTORS), which: fc.nat(3), stale: fc.nat(9).map((n) => n === 0) }
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ do: fc.constantFrom('draft' as const, 'check' as const, 'check' as const, 'approve' as const, 'approve' as const, 'schedule' as const, 'schedule' as const, 'push' as const, 'verify' as const, 'retire' as const), ...common }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('edit' as const), ...common, offset: fc.nat(79) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('simulate' as const), ...common, gridlock: fc.nat(3).map((n) => n === 0), loses: fc.nat(3).map((n) => n === 0) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('put' as const), who: common.who, which: common.which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('forge' as const), which: common.which, stage: fc.constantFrom('checked' as const, 'simulated' as const, 'approved' as const, 'scheduled' as const, 'verified' as const), offset: fc.nat(3) }) },
)

function must(holds: boolean, sentence: string): void {
  if (!holds) throw new Error(sentence)
}

const answersOf = (plan: PlanRecord) => timingsOf(plan as ApprovedPlan).map(({ signal, hash }) => ({ signal, hash, accepted: true, same: true, at: 1 }))

class Witness {
  readonly town: Town
  readonly #reader: TimingReader
  readonly ids: string[] = []
  readonly seen = new Map<string, Seen>()
  scheduled = 0

  constructor(town: Town) {
    this.town = town
    this.#reader = timingReader(town.store)
  }

  /** Refusals are what is tested: they change nothing. */
  async take(one: Command): Promise<void> {
    try {
      await this.#take(one)
    } catch (error) {
      if (!/^(plan|request|store)\./.test((error as { code?: string }).code ?? '')) throw error
    }
  }

  async #take(one: Command): Promise<void> {
    const { workflow, store, document, says } = this.town
    if (one.do === 'draft' || this.ids.length === 0) {
      const actor = 'who' in one ? one.who : 'engineer'
      const plan = await workflow.draft({ network: 'town', document, actor, reason: 'x' })
      this.ids.push(plan.id)
      this.seen.set(plan.id, { hash: plan.hash, authors: new Set([actor]) })
      return
    }
    const id = this.ids[one.which % this.ids.length]!
    const plan = (await store.plans.get(id))!
    const seen = this.seen.get(id)!
    if (one.do === 'forge') {
      const changed = one.offset === 0 ? plan.document : { ...plan.document, cycle_s: 80 + one.offset }
      await store.plans.update({ ...plan, stage: one.stage, document: changed, hash: hashOf(changed), approver: 'boss' }, plan.version)
      return
    }
    if (one.do === 'put') {
      const { version } = await store.schedules.get('town', plan.corridor)
      await workflow.putSchedule({ network: 'town', corridor: plan.corridor, entries: [{ day_type: 'weekday', start_s: 0, plan: id }], expected: version, actor: one.who })
      return
    }
    const step = { plan: id, expected: plan.version - (one.stale ? 1 : 0), actor: one.who }
    switch (one.do) {
      case 'check': await workflow.check(step); seen.checked = plan.hash; break
      case 'simulate': {
        says.gridlocked = one.gridlock ? 2 : 0
        says.losers = one.loses ? [{ kind: 'through', signal: '1', movement: 'm', name: 'm', measure: 'delay_s', before: 1, after: 90, sentence: 's' }] : []
        const { passed } = await workflow.simulate(step)
        if (passed) seen.simulated = plan.hash
        break
      }
      case 'approve': {
        await workflow.approve({ ...step, ...(one.which % 2 === 0 ? { accepts: ['1 m'] } : {}) })
        must(APPROVERS.includes(one.who), `${one.who} approved`)
        must(!seen.authors.has(one.who), `${one.who} approved his own plan`)
        seen.approved = plan.hash
        break
      }
      case 'schedule': await workflow.schedule({ ...step, slots: [SLOT] }); this.scheduled++; break
      case 'push': await workflow.push({ ...step, receipts: answersOf(plan) }); break
      case 'verify': await workflow.verify({ ...step, read_back: answersOf(plan) }); break
      case 'retire': await workflow.retire({ ...step, reason: 'x' }); break
      case 'edit': {
        const was_s = plan.document.intersections[0]!.offset_s
        const edited = await workflow.edit({ ...step, edits: [{ kind: 'offset', signal: '1', was_s, becomes_s: one.offset }] })
        const authors = new Set([...seen.authors, one.who])
        if (edited.id !== id) this.ids.push(edited.id)
        this.seen.set(edited.id, { hash: edited.hash, authors })
      }
    }
  }

  /** Everybody who must not approve what waits for it is refused. */
  async tempt(): Promise<void> {
    const { workflow, store } = this.town
    for (const id of this.ids) {
      const { stage, version } = (await store.plans.get(id))!
      if (stage !== 'simulated') continue
      for (const actor of ACTORS.filter((who) => !APPROVERS.includes(who) || this.seen.get(id)!.authors.has(who))) {
        const code = await workflow.approve({ plan: id, expected: version, actor, accepts: ['1 m'] }).then(() => 'approved', (error: { code?: string }) => error.code ?? String(error))
        must(code === 'request.forbidden' || code === 'plan.altered', `${actor}: ${code}`)
      }
    }
  }

  async look(): Promise<void> {
    const { store } = this.town
    for (const hour of [3, 8.5]) {
      const { plan: id, pattern } = await this.#reader.currentTiming('town', '1', MONDAY_S + hour * 3600)
      if (id === undefined) continue
      const { hash, document } = (await store.plans.get(id))!
      const { checked, simulated, approved } = this.seen.get(id)!
      must([checked, simulated, approved].every((one) => one === hash), `plan ${id} runs without having been checked, simulated and approved as it is`)
      must(hashOf(document) === hash, `plan ${id} is not what was approved`)
      must(pattern.offset_s === document.intersections[0]!.offset_s, `the pattern of plan ${id} is another`)
    }
  }
}

it('lets nothing into the street that was not checked, simulated and approved by a second person', async () => {
  let scheduled = 0
  const leads = fc.record({ author: fc.constantFrom('engineer', 'boss', 'administrator'), steps: fc.constantFrom(0, 3, 4, 5) })
  await fc.assert(fc.asyncProperty(leads, fc.array(command, { minLength: 10, maxLength: 30 }), async ({ author, steps }, commands) => {
    const witness = new Witness(await townOf(scenario))
    const step = { which: 0, stale: false }
    const lead: Command[] = [{ do: 'draft', who: author, ...step }, { do: 'check', who: 'second', ...step }, { do: 'simulate', who: SERVICE_ACTOR, ...step, gridlock: false, loses: false }, { do: 'approve', who: 'approver', ...step }, { do: 'schedule', who: 'second', ...step }]
    // Most towns begin on the way, so that many come to its end.
    for (const one of lead.slice(0, steps)) await witness.take(one)
    await witness.tempt()
    for (const one of commands) {
      await witness.take(one)
      if (one.do === 'schedule' || one.do === 'put' || one.do === 'forge') await witness.look()
    }
    await witness.tempt()
    await witness.look()
    scheduled += witness.scheduled
    expect((await verifyAudit(witness.town.store.audit)).broken).toBeUndefined()
    // One goes all the way whatever the others draw: else nothing would be known of what runs.
  }), { numRuns: 20, examples: [[{ author: 'engineer', steps: 5 }, []]] })
  expect(scheduled).toBeGreaterThan(0)
}, 60_000)
