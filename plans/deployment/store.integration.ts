// A corridor's run, its end by a killed process and the way back, on real databases.
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { DATABASES } from '../../adapters/store/testing.ts'
import { verifyAudit } from '../workflow/audit.ts'
import { approvedPlan, MONDAY_S, townOf } from '../workflow/testing.ts'
import { Deployer } from './deployer.ts'
import { pushPlan } from './push.ts'
import { Supervisor } from './supervisor.ts'
import { fakeStreet, SleepingClock } from './testing.ts'
import { findWireDoubt } from './verify-wire.ts'

const { scenario } = await readScenario(join(import.meta.dirname, '..', '..', 'scenarios', 'textbook-arterial'))
describe.each(DATABASES)('a corridor on %s', (_name, open) => {
  it('is pushed, taken back, pushed again and left to itself, and the whole story holds', async () => {
    const { store, remove } = await open()
    onTestFinished(remove)
    const clock = new SleepingClock(MONDAY_S)
    const { workflow, document } = await townOf(scenario, {}, store)
    const plan = await approvedPlan({ workflow, document })
    const { devices, controllers, driver } = fakeStreet(clock, scenario)
    for (const device of devices) await store.devices.put(device, 0)
    const deployer = new Deployer({ store, clock, drivers: [driver] })
    const first = await pushPlan(deployer, workflow, { plan: plan.id, run: 'one', mode: 'temporary', by: 'engineer' })
    expect([first.sentence, first.members.map(({ state, level }) => [state, level])]).toEqual([undefined, devices.map(() => ['LEASED', 5])])
    expect((await deployer.releaseAll('town', 'approver', 'emergency')).map(({ state }) => state)).toEqual(devices.map(() => 'ROLLED_BACK'))
    clock.pass(900)
    const [one] = controllers.values()
    one!.faults = { echoes: true }
    expect((await pushPlan(deployer, workflow, { plan: plan.id, run: 'two', mode: 'temporary', by: 'engineer' })).members.map(({ state }) => state)).toEqual(devices.map(() => 'ROLLED_BACK'))
    one!.faults = {}
    clock.pass(900)
    await pushPlan(deployer, workflow, { plan: plan.id, run: 'three', mode: 'temporary', by: 'engineer' })
    clock.pass(7200)
    for (const controller of controllers.values()) controller.tick()
    await new Supervisor(deployer).look()
    expect((await store.deployments.list({ run: 'three' }, { limit: 100 })).items.map(({ state }) => state)).toEqual(devices.map(() => 'REVERTED'))
    expect(await store.deployments.open()).toEqual([])
    expect((await verifyAudit(store.audit)).broken).toBeUndefined()
    expect((await findWireDoubt(store)).why).toBeUndefined()
  }, 120_000)
})
