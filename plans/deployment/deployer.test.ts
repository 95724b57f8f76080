import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { DeploymentState } from '../ports/deployments.ts'
import type { Store, Stores } from '../ports/store.ts'
import { findWireBreak } from '../ports/wire-chain.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { verifyAudit } from '../workflow/audit.ts'
import { approvedPlan, MONDAY_S, townOf } from '../workflow/testing.ts'
import type { ApprovedPlan } from '../workflow/stages.ts'
import { runCampaign } from './campaign.ts'
import { Deployer, receiptsOf, type RunReport } from './deployer.ts'
import { ENDS } from './states.ts'
import { Supervisor } from './supervisor.ts'
import { type FakeController, type FakeFaults, fakeStreet, SleepingClock } from './testing.ts'

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'textbook-arterial'))
const lost = (): never => { throw new GreenwaveError('controller.unreachable', 'no answer') }

async function rig(given?: (store: Store) => Store) {
  const clock = new SleepingClock(MONDAY_S)
  const town = await townOf(scenario, {}, memoryStore(clock))
  const { id } = await approvedPlan(town)
  const plan: ApprovedPlan = await town.workflow.approved(id)
  const street = fakeStreet(clock, scenario)
  const used = street.devices.filter(({ signal }) => plan.document.intersections.some((one) => one.signal === signal))
  for (const device of used) await town.store.devices.put(device, 0)
  const open = (store: Store = town.store): Deployer => new Deployer({ store, clock, drivers: [street.driver] })
  const controllers = used.map((device) => street.controllers.get(device.id)!)
  return { ...town, plan, clock, used, controllers, open, deployer: open(given?.(town.store) ?? town.store), supervisor: new Supervisor(open()) }
}
type Rig = Awaited<ReturnType<typeof rig>>

const run = ({ deployer, plan }: Rig, more: object = {}): Promise<RunReport> => deployer.run({ plan, mode: 'temporary', by: 'engineer', ...more })
const states = ({ members }: RunReport): DeploymentState[] => [...new Set(members.map(({ state }) => state))]
const atOwn = (controllers: readonly FakeController[]): boolean => controllers.every(({ active, slots }) => active === 1 && slots[1] === undefined)
const atOurs = (controllers: readonly FakeController[]): boolean => controllers.every(({ active, slots }) => active === 2 && slots[1] !== undefined)

async function storyHolds({ store }: Rig): Promise<void> {
  expect((await verifyAudit(store.audit)).broken).toBeUndefined()
  for (const { id, state } of (await store.deployments.list({}, { limit: 1000 })).items) {
    const entries = (await store.audit.list({ subject: id }, { limit: 1000 })).items
    expect(entries[0]?.detail['to']).toBe(state)
    // Each entry follows on the one before, and holds the wire as it was then.
    const order = entries.toReversed()
    for (const [i, entry] of order.entries()) if (i > 0) expect(entry.detail['from']).toBe(order[i - 1]!.detail['to'])
    const wire = await store.deployments.wire(id, 0, 1000)
    expect(findWireBreak(wire)).toBeUndefined()
    const last = entries[0]!.detail['wire'] as { seq: number; hash: string } | undefined
    if (wire.length > 0) expect(last).toEqual({ seq: wire.at(-1)!.seq, hash: wire.at(-1)!.hash })
  }
}

describe('a corridor', () => {
  it('runs its plan under a lease when all is well, each step told before it is taken', async () => {
    const town = await rig()
    const report = await run(town)
    expect([report.effective, states(report), report.sentence]).toEqual([true, ['LEASED'], undefined])
    expect(atOurs(town.controllers)).toBe(true)
    expect(report.members.every(({ level, lease_expires_at }) => level === 5 && lease_expires_at! > town.clock.now())).toBe(true)
    expect(new Set(report.members.map(({ arm_at }) => arm_at)).size).toBe(1)
    const entries = (await town.store.audit.list({ subject: report.members[0]!.id }, { limit: 100 })).items.toReversed()
    expect(entries.map(({ action }) => action.replace('deployment.', ''))).toEqual(['draft', 'checks-passed', 'approved', 'locked', 'acknowledged', 'read-back', 'arming', 'activated', 'reached', 'leased'])
    expect(entries.at(-1)?.detail).toMatchObject({ approvers: [{ by: 'engineer', as: 'author' }, { by: 'approver', as: 'approver' }], level: 5, plan_hash: town.plan.hash, time_source: 'computer' })
    await storyHolds(town)
    const { receipts, read_back } = receiptsOf(report)
    expect([receipts.every(({ accepted }) => accepted), read_back.every(({ same }) => same), receipts.length]).toEqual([true, true, town.controllers.length])
    // Nobody holds a controller that is not being written.
    for (const { id } of town.used) expect((await town.store.devices.holder(id))?.until_s).toBe(0)
  })

  it('keeps a plan for good when it shall, and accepts what then stands in the controllers', async () => {
    const town = await rig()
    const report = await run(town, { mode: 'permanent' })
    expect(states(report)).toEqual(['PERMANENT'])
    expect(town.controllers.every(({ lease_until }) => lease_until === undefined)).toBe(true)
    expect((await town.store.devices.accepted(town.used[0]!.id))?.baseline.active_slot).toBe(2)
    expect(await town.store.deployments.open()).toEqual([])
  })

  it('shows what would be sent and sends nothing', async () => {
    const town = await rig()
    const rehearsal = await town.deployer.rehearse({ plan: town.plan })
    expect(rehearsal.map(({ writes, obstacles }) => [writes?.slot, writes?.items.length, obstacles.length])).toEqual(town.used.map(() => [2, 2, 0]))
    expect(atOwn(town.controllers) && town.controllers.every(({ writes }) => writes === 0)).toBe(true)
    expect((await town.store.deployments.list({}, { limit: 10 })).items).toEqual([])
    const report = await run(town)
    expect(report.members.map(({ writes }) => writes?.hash)).toEqual(rehearsal.map(({ writes }) => writes?.hash))
  })

  it('is told before it is sent that cycles of a corridor do not go together', async () => {
    const { deployer, plan } = await rig()
    const [first, ...others] = plan.document.intersections
    const longer = structuredClone(first!) as typeof first & { kind: 'rings' }
    for (const ring of longer.barriers[0]!.rings) ring.at(-1)!.split_s += 10
    longer.cycle_s += 10
    const rehearsal = await deployer.rehearse({ plan: { ...plan, document: { ...plan.document, intersections: [longer, ...others] } } })
    expect(rehearsal.map(({ obstacles }) => obstacles.map(({ rule }) => rule))).toEqual([['corridor'], ...others.map(() => [])])
  })

  it('is not begun within two cycles of a change of the schedule unless two people answer for it', async () => {
    const { deployer, plan, store } = await rig()
    await store.schedules.put('town', plan.corridor, [{ day_type: 'sunday', start_s: 0 }, { day_type: 'weekday', start_s: 150, plan: plan.id }], 0)
    const [one] = await deployer.rehearse({ plan })
    expect(one?.obstacles).toMatchObject([{ rule: 'too-soon', weight: 'soft', value: expect.closeTo(150, 0) as number }])
    const holiday = new Deployer({ ...deployer.desk, drivers: [fakeStreet(deployer.desk.clock as SleepingClock, scenario).driver], calendarOf: async () => ({ holidays: ['2026-11-23'], working_days: [] }) })
    expect((await holiday.rehearse({ plan })).flatMap(({ obstacles }) => obstacles)).toEqual([])
  })

  it('needs two people, and a controller at every signal', async () => {
    const town = await rig()
    await expect(run(town, { plan: { ...town.plan, approver: 'engineer' } })).rejects.toMatchObject({ code: 'request.forbidden' })
    await expect(run(town, { by: 'viewer' })).rejects.toMatchObject({ code: 'request.forbidden' })
    await expect(run(town, { devices: ['nobody'] })).rejects.toMatchObject({ code: 'request.unknown' })
    await town.store.devices.put({ ...town.used[1]!, enabled: false }, 1)
    await expect(run(town)).rejects.toThrow('has no controller that may be written to')
    expect(town.controllers.every(({ writes }) => writes === 0)).toBe(true)
  })

  it('is refused where a rule is broken, unless it is a soft one and two people answer for it', async () => {
    const town = await rig()
    await town.store.devices.noteChange(town.used[0]!.id, town.clock.now() - 60)
    const refused = await run(town)
    expect([refused.effective, states(refused)]).toEqual([false, ['REJECTED']])
    expect(refused.sentence).toContain('its plan was changed')
    const override = { rule: 'too-soon' as const, by: ['engineer', 'boss'] as const, reason: 'a mistake was sent' }
    await expect(run(town, { overrides: [{ ...override, by: ['boss', 'boss'] }] })).rejects.toMatchObject({ code: 'request.forbidden' })
    await expect(run(town, { overrides: [{ ...override, by: ['engineer', 'second'] }] })).rejects.toMatchObject({ code: 'request.forbidden' })
    await expect(run(town, { overrides: [{ ...override, reason: ' ' }] })).rejects.toMatchObject({ code: 'request.forbidden' })
    expect((await run(town, { overrides: [override] })).effective).toBe(true)
    town.controllers[0]!.mode = 'preempted'
    expect((await run(town, { overrides: [{ ...override, rule: 'mode' }, override] })).sentence).toContain('it is preempted now')
  })

  it('takes the place of what was sent before, which is then over', async () => {
    const town = await rig()
    const first = await run(town)
    town.clock.pass(900)
    const second = await run(town)
    expect([second.effective, second.sentence]).toEqual([true, undefined])
    expect((await town.store.deployments.list({ run: first.run }, { limit: 10 })).items.every(({ state }) => state === 'RETIRED')).toBe(true)
    expect((await town.store.deployments.open()).map(({ run }) => run)).toEqual(second.members.map(() => second.run))
    await storyHolds(town)
  })

  it('goes back to what was sent before when that which follows it fails', async () => {
    const town = await rig()
    await run(town)
    town.clock.pass(900)
    town.controllers[0]!.faults = { echoes: true }
    expect((await run(town)).effective).toBe(false)
    expect(town.controllers.every(({ active, slots }) => active === 2 && slots[3] === undefined)).toBe(true)
    expect((await town.store.deployments.open()).map(({ state }) => state)).toEqual(town.controllers.map(() => 'LEASED'))
  })
})

/** Something goes wrong at one controller of the corridor. `ends` is where all members end. */
const FAULTS: Record<string, { faults: (town: Rig) => FakeFaults; ends: DeploymentState[]; says: RegExp }> = {
  'cannot be reached at all': { faults: () => ({ before: lost }), ends: ['REJECTED'], says: /no answer/ },
  'does not answer the write': { faults: () => ({ before: (call) => call === 'push' && lost() }), ends: ['ROLLED_BACK'], says: /no answer/ },
  'writes, and its answer is lost': { faults: () => ({ after: (call) => call === 'push' && lost() }), ends: ['ROLLED_BACK'], says: /no answer/ },
  'keeps half of a write': { faults: () => ({ half: true }), ends: ['ROLLED_BACK'], says: /differ/ },
  'acknowledges a write and keeps nothing': { faults: () => ({ ignores: true }), ends: ['ROLLED_BACK'], says: /reads nothing/ },
  'reads back what was written and runs something else': { faults: () => ({ echoes: true }), ends: ['ROLLED_BACK'], says: /level 3 of 5 was reached: .*the lamps are not those/ },
  'refuses to be activated': { faults: () => ({ before: (call) => { if (call === 'activate') throw new GreenwaveError('controller.refused', 'not allowed') } }), ends: ['ROLLED_BACK'], says: /not allowed/ },
  'is changed by somebody else between the check and the write': {
    faults: ({ controllers }) => { let reads = 0; return { before: (call) => { if (call === 'readConfig' && ++reads === 2) controllers[1]!.slots[2] = undefined } } }, ends: ['REJECTED', 'ROLLED_BACK'], says: /changed by somebody else/,
  },
  'starts anew in the middle of a write': { faults: ({ controllers }) => ({ after: (call) => { if (call === 'push') { controllers[1]!.slots[1] = undefined; controllers[1]!.fallBack() } } }), ends: ['ROLLED_BACK'], says: /reads nothing/ },
  'falls to flash while it is watched': { faults: ({ controllers }) => ({ before: (call) => { if (call === 'live') controllers[1]!.mode = 'flash' } }), ends: ['ROLLED_BACK'], says: /level 2 of 5/ },
  'is lost while it is armed, and comes back': {
    faults: ({ clock }) => { let until = Infinity; return { before: (call) => { if (call === 'observe' && until === Infinity) until = clock.now() + 100; if (until !== Infinity && clock.now() < until) lost() } } },
    ends: ['ROLLED_BACK'], says: /no answer/,
  },
  'has a clock that is wrong': { faults: ({ controllers }) => { controllers[1]!.clock_skew_s = 0.6; return {} }, ends: ['REJECTED'], says: /its clock is 0.6 s from ours/ },
  'refuses the first rollback after a mismatch': {
    faults: () => { let tries = 0; return { echoes: true, before: (call) => { if (call === 'rollback' && tries++ === 0) throw new GreenwaveError('controller.refused', 'busy') } } }, ends: ['ROLLED_BACK'], says: /lamps are not those/,
  },
}

describe('a corridor of which one controller', () => {
  for (const [what, { faults, ends, says }] of Object.entries(FAULTS)) {
    it(`${what} runs what it ran before, all of it`, async () => {
      const town = await rig()
      town.controllers[1]!.faults = faults(town)
      const report = await run(town)
      expect([report.effective, states(report).toSorted()]).toEqual([false, ends])
      expect(report.sentence).toMatch(says)
      expect(atOwn(town.controllers)).toBe(true)
      await storyHolds(town)
    })
  }

  it('stays lost is UNKNOWN until it answers, is read in full then, and goes back', async () => {
    const town = await rig()
    const bad = town.controllers[1]!
    bad.faults = { before: (call) => { if (call === 'observe' || bad.calls.includes('away')) { bad.calls.push('away'); lost() } } }
    const report = await run(town)
    expect(states(report).toSorted()).toEqual(['ROLLED_BACK', 'UNKNOWN'])
    expect(atOwn(town.controllers.filter((one) => one !== bad))).toBe(true)
    town.clock.pass(60)
    expect((await town.supervisor.look()).lost.map(({ device }) => device)).toEqual([town.used[1]!.id])
    bad.faults = {}
    bad.calls = []
    expect((await town.supervisor.look()).ended).toEqual([])
    town.clock.pass(60)
    expect((await town.supervisor.look()).ended.map(({ state }) => state)).toEqual(['ROLLED_BACK'])
    expect(bad.calls.indexOf('readConfig')).toBeLessThan(bad.calls.indexOf('rollback'))
    expect(atOwn(town.controllers)).toBe(true)
    expect(await town.store.deployments.open()).toEqual([])
    await storyHolds(town)
  })
})

/** A store that is gone after so many transactions, as for a process that was killed. */
function dying(store: Store, transactions: number): Store {
  let left = transactions
  const dead = (): never => { throw new Error('killed') }
  const alive = <T extends object>(part: T): T => new Proxy(part, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? (...given: unknown[]) => (left < 0 ? dead() : (value as (...all: unknown[]) => unknown).apply(target, given)) : value
    },
  })
  return { ...store, devices: alive(store.devices), deployments: alive(store.deployments), tx: (work: (stores: Stores) => Promise<never>) => (left-- <= 0 ? Promise.reject(new Error('killed')) : store.tx(work)) } as Store
}

describe('a process that is killed', () => {
  it('after any of its steps leaves nothing in between: whoever looks next brings everything back', async () => {
    const seen = new Set<DeploymentState>()
    for (let steps = 0; ; steps++) {
      const town = await rig((store) => dying(store, steps))
      const two = town.used.slice(0, 2).map(({ id }) => id)
      const controllers = town.controllers.slice(0, 2)
      const ended = await run(town, { devices: two }).then(() => true, () => false)
      for (const { state } of (await town.store.deployments.list({}, { limit: 100 })).items) seen.add(state)
      // Others wait until it is certain that it is gone.
      await town.supervisor.look()
      town.clock.pass(150)
      await town.supervisor.look()
      const records = (await town.store.deployments.list({}, { limit: 100 })).items
      expect(records.filter(({ state }) => !ENDS.has(state)).map(({ id, state, sentences }) => [id, state, sentences])).toEqual([])
      if (records.some(({ state }) => state === 'ROLLED_BACK')) expect(records.every(({ state }) => state === 'ROLLED_BACK' || state === 'REJECTED')).toBe(true)
      const kept = records.filter(({ state }) => state === 'LEASED').length
      expect([0, 2]).toContain(kept)
      expect(kept === 2 ? atOurs(controllers) : atOwn(controllers)).toBe(true)
      await storyHolds(town)
      if (ended) break
    }
    expect([...seen].toSorted()).toEqual(['APPROVED', 'ARMED', 'CHECKED', 'DRAFT', 'EFFECTIVE', 'LEASED', 'SENDING', 'STORED'])
  }, 60_000)
})

describe('a lease', () => {
  it('is prolonged when a third is left, and only then', async () => {
    const town = await rig()
    const { members } = await run(town)
    const writes = town.controllers.map(({ calls }) => calls.filter((call) => call === 'renew').length)
    expect((await town.supervisor.look()).renewed).toBe(0)
    town.clock.pass(members[0]!.lease_expires_at! - town.clock.now() - 600)
    expect((await town.supervisor.look()).renewed).toBe(town.controllers.length)
    expect(writes).toEqual(town.controllers.map(() => 0))
    expect(town.controllers.every(({ lease_until }) => lease_until! > town.clock.now() + 1700)).toBe(true)
    await storyHolds(town)
  })

  it('that nobody prolongs runs out: the controllers are on their own, and the records say so', async () => {
    const town = await rig()
    await run(town)
    town.clock.pass(7200)
    for (const one of town.controllers) one.tick()
    expect(town.controllers.every(({ active }) => active === 1)).toBe(true)
    const look = await town.supervisor.look()
    expect([look.renewed, look.released.length]).toEqual([0, 0])
    expect((await town.store.deployments.list({}, { limit: 10 })).items.map(({ state }) => state)).toEqual(town.controllers.map(() => 'REVERTED'))
    await storyHolds(town)
  })

  it('of one controller that fell back releases its whole corridor', async () => {
    const town = await rig()
    const { members } = await run(town)
    town.clock.pass(members[0]!.lease_expires_at! - town.clock.now() - 600)
    town.controllers[1]!.mode = 'free'
    town.controllers[1]!.fallBack()
    expect((await town.supervisor.look()).released).toHaveLength(1)
    expect((await town.store.deployments.list({}, { limit: 10 })).items.map(({ state }) => state).toSorted()).toEqual([...town.controllers.slice(1).map(() => 'ROLLED_BACK'), 'REVERTED'].toSorted())
    expect(town.controllers.every(({ active }) => active === 1)).toBe(true)
    expect(await town.store.deployments.open()).toEqual([])
  })

  it('goes on after contact was lost and came back in time, once the lamps were seen again', async () => {
    const town = await rig()
    const { members } = await run(town)
    town.clock.pass(members[0]!.lease_expires_at! - town.clock.now() - 600)
    town.controllers[1]!.faults = { before: lost }
    expect((await town.supervisor.look()).lost.map(({ device }) => device)).toEqual([town.used[1]!.id])
    town.controllers[1]!.faults = {}
    town.clock.pass(60)
    const look = await town.supervisor.look()
    expect([look.renewed, look.released]).toEqual([1, []])
    expect((await town.store.deployments.open()).map(({ state }) => state)).toEqual(town.controllers.map(() => 'LEASED'))
    await storyHolds(town)
  })
})

describe('the way back', () => {
  it('is there for a run by anybody who may, with leases or without', async () => {
    for (const mode of ['temporary', 'permanent'] as const) {
      const town = await rig()
      const { run: name } = await run(town, { mode })
      const back = await town.deployer.release(name, 'engineer', 'complaints')
      expect(back.map(({ state }) => state)).toEqual(town.controllers.map(() => 'ROLLED_BACK'))
      expect(atOwn(town.controllers)).toBe(true)
      await storyHolds(town)
    }
  })

  it('is there for a whole network at once, also from the middle of a run of another process', async () => {
    const town = await rig()
    const going = run(town).catch((error: unknown) => error)
    const other = town.open()
    while (!town.controllers.every(({ active }) => active === 2)) await new Promise((resolve) => { setImmediate(resolve) })
    const back = await other.releaseAll('town', 'approver', 'emergency')
    expect(back.map(({ state }) => state)).toEqual(town.controllers.map(() => 'ROLLED_BACK'))
    expect(await going).toMatchObject({ code: 'controller.busy' })
    expect(atOwn(town.controllers)).toBe(true)
    expect(await town.store.deployments.open()).toEqual([])
    await storyHolds(town)
  })

  it('says which controller it could not reach', async () => {
    const town = await rig()
    await run(town)
    town.controllers[1]!.faults = { before: lost }
    const back = await town.deployer.releaseAll('town', 'approver', 'emergency')
    expect(back.map(({ state }) => state).toSorted()).toEqual([...town.controllers.slice(1).map(() => 'ROLLED_BACK'), 'UNKNOWN'])
  })
})

describe('two runs for the same controllers', () => {
  it('do not write at once: the second is refused and the first goes on', async () => {
    const town = await rig()
    const [one, other] = await Promise.all([run(town), town.open().run({ plan: town.plan, mode: 'temporary', by: 'engineer' })])
    expect([one.effective, other.effective].toSorted()).toEqual([false, true])
    expect(atOurs(town.controllers)).toBe(true)
    expect((await town.store.deployments.open()).every(({ state }) => state === 'LEASED')).toBe(true)
  })
})

describe('a campaign', () => {
  const corridor = ({ plan }: Rig) => ({ plan, mode: 'temporary' as const })
  it('begins with one corridor alone', async () => {
    const town = await rig()
    const report = await runCampaign(town.deployer, { campaign: 'c', corridors: [corridor(town)], by: 'engineer' })
    expect([report.runs.map(({ effective, run: name }) => [effective, name.startsWith('c/')]), report.left]).toEqual([[[true, true]], []])
  })
  it('stops at the first that does not come to run its plan', async () => {
    const town = await rig()
    town.controllers[1]!.faults = { echoes: true }
    const report = await runCampaign(town.deployer, { campaign: 'c', corridors: [corridor(town), corridor(town), corridor(town)], by: 'engineer' })
    expect([report.runs.length, report.left.length]).toEqual([1, 2])
    expect(report.sentence).toContain('does not run its plan')
    expect(atOwn(town.controllers)).toBe(true)
  })
})
