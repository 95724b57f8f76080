import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { MemoryGate } from '../testing/memory-tables.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { approvedPlan, MONDAY_S, townOf } from '../workflow/testing.ts'
import { acceptBaseline, compareBaselines, readDevice } from './baselines.ts'
import { Deployer } from './deployer.ts'
import { giveOverride, listOverrides } from './overrides.ts'
import { pushPlan, rehearsePlan } from './push.ts'
import { fakeStreet, SleepingClock } from './testing.ts'
import { findWireDoubt } from './verify-wire.ts'

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'textbook-arterial'))

async function rig() {
  const clock = new SleepingClock(MONDAY_S)
  const gate = new MemoryGate()
  const town = await townOf(scenario, {}, memoryStore(clock, gate))
  const plan = await approvedPlan(town)
  const { devices, controllers, driver } = fakeStreet(clock, scenario)
  for (const device of devices) await town.store.devices.put(device, 0)
  return { ...town, plan, clock, gate, devices, controllers, deployer: new Deployer({ store: town.store, clock, drivers: [driver] }) }
}

const PUSH = { mode: 'temporary', by: 'engineer', run: 'r1' } as const

describe('a push', () => {
  it('takes a scheduled plan on to verified once all of its controllers run it, and is done once under its name', async () => {
    const { deployer, workflow, plan, store } = await rig()
    await workflow.schedule({ plan: plan.id, expected: plan.version, actor: 'engineer', slots: [{ day_type: 'weekday', start_s: 8 * 3600, end_s: 9 * 3600 }] })
    const report = await pushPlan(deployer, workflow, { ...PUSH, plan: plan.id })
    expect([report.run, report.effective]).toEqual(['r1', true])
    expect((await store.plans.get(plan.id))?.stage).toBe('verified')
    const again = await pushPlan(deployer, workflow, { ...PUSH, plan: plan.id })
    expect(again.members.map(({ id }) => id).toSorted()).toEqual(report.members.map(({ id }) => id).toSorted())
  })

  it('leaves a plan that is on no schedule where it is, and refuses one that is not approved', async () => {
    const { deployer, workflow, plan, store, document } = await rig()
    await pushPlan(deployer, workflow, { ...PUSH, plan: plan.id })
    expect((await store.plans.get(plan.id))?.stage).toBe('approved')
    const draft = await workflow.draft({ network: 'town', document, actor: 'engineer', reason: 'x' })
    await expect(pushPlan(deployer, workflow, { ...PUSH, run: 'r2', plan: draft.id })).rejects.toMatchObject({ code: 'plan.stage' })
  })

  it('can be looked at before it is approved, with what runs now and what the rules compared, and not before it was checked', async () => {
    const { deployer, workflow, document } = await rig()
    const draft = await workflow.draft({ network: 'town', document, actor: 'engineer', reason: 'x' })
    await expect(rehearsePlan(deployer, workflow, { plan: draft.id })).rejects.toMatchObject({ code: 'plan.stage' })
    await workflow.check({ plan: draft.id, expected: 1, actor: 'engineer' })
    const [first] = await rehearsePlan(deployer, workflow, { plan: draft.id })
    expect([first?.now?.mode, first?.now?.active_slot, first?.now?.as_accepted]).toEqual(['coordinated', 1, undefined])
    expect(first!.writes!.timing.offset - first!.now!.timing!.offset).toBe(10)
    expect(first?.compared?.every(({ holds }) => holds)).toBe(true)
  })

  it('that was cut off is not begun again under its name', async () => {
    const { deployer, workflow, plan, controllers } = await rig()
    for (const one of controllers.values()) one.faults = { ignores: true }
    expect((await pushPlan(deployer, workflow, { ...PUSH, plan: plan.id })).effective).toBe(false)
    await expect(pushPlan(deployer, workflow, { ...PUSH, plan: plan.id })).rejects.toMatchObject({ code: 'deployment.state' })
  })
})

describe('an override', () => {
  it('needs two people, one of them an approver, and holds for a day', async () => {
    const { deployer, workflow, plan, store, clock, devices } = await rig()
    for (const { id } of devices) await store.devices.noteChange(id, clock.now() - 60)
    const approved = await workflow.approved(plan.id)
    const give = (actor: string) => giveOverride(store, { plan: approved, rule: 'too-soon', reason: 'a mistake was sent', actor, now: clock.now() })
    await expect(give('viewer')).rejects.toMatchObject({ code: 'request.forbidden' })
    await give('engineer')
    await give('engineer')
    await give('second')
    expect(await listOverrides(store, approved, clock.now())).toEqual([])
    expect((await rehearsePlan(deployer, workflow, { plan: plan.id })).every(({ obstacles }) => obstacles.length > 0)).toBe(true)
    await give('boss')
    expect(await listOverrides(store, approved, clock.now())).toMatchObject([{ rule: 'too-soon', by: [expect.any(String), 'boss'] }])
    expect(await listOverrides(store, approved, clock.now() + 86_400)).toEqual([])
    expect((await rehearsePlan(deployer, workflow, { plan: plan.id })).every(({ obstacles }) => obstacles.length === 0)).toBe(true)
    const { members } = await pushPlan(deployer, workflow, { ...PUSH, plan: plan.id })
    expect(members[0]?.approvals.filter(({ as }) => as === 'override').map(({ by }) => by)).toContain('boss')
  })
})

describe('what was accepted of a controller', () => {
  it('is compared with what it holds, and an alarm names what nobody can explain', async () => {
    const { deployer, store, devices, controllers } = await rig()
    const [first, second] = devices
    for (const device of [first!, second!]) await acceptBaseline(deployer, device, 'engineer', 'as installed')
    expect((await readDevice(deployer, first!)).identity.vendor).toBe('greenwave')
    expect(await compareBaselines(deployer, 'town')).toEqual({ changes: [], ours: [] })
    controllers.get(first!.id)!.slots[2] = undefined
    const { changes } = await compareBaselines(deployer, 'town')
    expect(changes).toEqual([{ device: first!.id, changed: ['slot.3'], sentence: `controller ${first!.id} holds 1 values that are not those accepted: slot.3` }])
    expect((await store.events.since(0, 1000)).filter(({ kind }) => kind === 'controller.changed')).toMatchObject([{ network: 'town', body: { device: first!.id } }])
  })

  it('is not compared while what we sent stands, and that is said', async () => {
    const { deployer, workflow, plan, devices } = await rig()
    await acceptBaseline(deployer, devices[0]!, 'engineer', 'as installed')
    const { members } = await pushPlan(deployer, workflow, { ...PUSH, plan: plan.id })
    const { changes, ours } = await compareBaselines(deployer, 'town')
    expect([changes, ours.length > 0, ours.toSorted()]).toEqual([[], true, members.map(({ device }) => device).toSorted()])
  })
})

describe('the wire', () => {
  it('is found altered or cut off, by the hashes that the audit noted', async () => {
    const { deployer, workflow, plan, store, gate } = await rig()
    const { members: [member] } = await pushPlan(deployer, workflow, { ...PUSH, plan: plan.id })
    const whole = await findWireDoubt(store)
    expect([whole.why, whole.messages > 10]).toEqual([undefined, true])
    const kept = gate.tables.wire.get(member!.id)!
    gate.tables.wire.set(member!.id, kept.slice(0, -1))
    expect((await findWireDoubt(store)).why).toContain('is not the one that the audit noted')
    gate.tables.wire.set(member!.id, kept.map((one) => (one.seq === 2 ? { ...one, hex: 'ff' } : one)))
    expect((await findWireDoubt(store)).why).toContain('message 2')
  })
})
