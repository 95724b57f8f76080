// The deployer of greenwave over whatever adapter and emulated controller a test brings: what adapters' suites of faults are run by, since adapters don't know who deploys.
import type { Deploy } from '../../adapters/controllers/conformance-faults.ts'
import type { DeviceClock } from '../../adapters/controllers/emulator/clock.ts'
import type { PlannedIntersection } from '../../model/plan.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Pattern, Signal } from '../../model/signal.ts'
import { compileSignal } from '../../model/compile.ts'
import { hashOf } from '../../plans/ports/canonical.ts'
import { Deployer } from '../../plans/deployment/deployer.ts'
import type { DeskOptions } from '../../plans/deployment/desk.ts'
import { ENDS } from '../../plans/deployment/states.ts'
import { Supervisor } from '../../plans/deployment/supervisor.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { personOf, planOf, streetScenario } from '../../plans/testing/records.ts'
import type { ApprovedPlan } from '../../plans/workflow/stages.ts'
import type { DeviceRecord } from '../../plans/ports/controllers.ts'

/** Between two looks of the supervisor, s. */
const LOOK_S = 20
/** A controller that is lost comes back within an hour in every case of the suites. */
const MOST_LOOKS = 300

export interface Centre {
  deployer: Deployer
  supervisor: Supervisor
}

/** A centre with one network, its controllers, an engineer `li` and an approver `zhao`, in memory. */
export async function centreOf(network: string, scenario: Scenario, devices: readonly DeviceRecord[], options: Omit<DeskOptions, 'store'>): Promise<Centre> {
  const store = memoryStore(options.clock)
  await store.networks.put(network, scenario, 'li', 0)
  await store.people.put(personOf('li'), 0)
  await store.people.put(personOf('zhao', { role: 'approver' }), 0)
  for (const device of devices) await store.devices.put(device, 0)
  const deployer = new Deployer({ store, ...options })
  return { deployer, supervisor: new Supervisor(deployer) }
}

/** A plan as the workflow would have approved it. */
export function approvedPlan(network: string, corridor: string, timings: readonly { signal: Signal; pattern: Pattern }[]): ApprovedPlan {
  const record = planOf(`${corridor}-plan`, { network, corridor, stage: 'approved', author: 'wang', approver: 'zhao' })
  const intersections = timings.map(({ signal, pattern }): PlannedIntersection => ({ ...pattern, id: signal.id, source_id: signal.source_id, signal_groups: compileSignal(signal, pattern).groups }))
  const document = { ...record.document, corridor, intersections }
  // Only the workflow makes approved plans; a rehearsal has no people to go through it.
  return { ...record, document, hash: hashOf(document) } as ApprovedPlan
}

/** A street with one signal between its links. */
export function streetOf(signal: Signal, time_zone: string): Scenario {
  const scenario = streetScenario()
  return { ...scenario, scenario: { ...scenario.scenario, time_zone }, network: { ...scenario.network, signals: [{ ...signal, nodes: ['n1'] }] } }
}

/** Brings the good timing of a rig to its controller, and looks after it as the service would. */
export const deployByDeployer: Deploy = async (rig) => {
  const { signal, time_zone, secret } = rig.context
  const clock: DeviceClock = rig.clock
  const { deployer, supervisor } = await centreOf('n', streetOf(signal, time_zone), [rig.record], {
    clock: { now: () => clock.now(), wait: (seconds, aborted) => clock.wait(seconds, aborted) }, drivers: [rig.driver], secret: (_, name) => secret(name),
  })
  const { members: [first] } = await deployer.run({ plan: approvedPlan('n', 'main', [{ signal, pattern: rig.good.pattern }]), mode: 'temporary', by: 'li' })
  let record = first!
  for (let look = 0; look < MOST_LOOKS && !ENDS.has(record.state); look++) {
    await clock.wait(LOOK_S)
    await supervisor.look()
    record = (await deployer.desk.store.deployments.get(record.id))!
  }
  return record
}
