// What is done when somebody pushes a plan: its evidence is looked at again, its corridor is changed, and the plan's own way goes on with what came of it.
import { GreenwaveError } from '../../model/errors.ts'
import type { PlanWorkflow } from '../workflow/workflow.ts'
import type { PlanStage } from '../ports/plans.ts'
import { type Deployer, receiptsOf, type RunReport, type RunRequest } from './deployer.ts'
import { listOverrides } from './overrides.ts'
import type { Rehearsal } from './rehearsal.ts'

export interface PushRequest extends Pick<RunRequest, 'mode' | 'lease_s' | 'by' | 'reason' | 'devices' | 'signal'> {
  /** Id of an approved plan. */
  plan: string
  /** Name of the run: asked for again under the same name, it is not done again. */
  run: string
}

/** Throws `plan.stage`, `plan.altered`, `request.forbidden`; `deployment.state` where a run of that name was cut off and is being brought back. */
export async function pushPlan(deployer: Deployer, workflow: PlanWorkflow, { plan: id, run, by, ...request }: PushRequest): Promise<RunReport> {
  const { store, clock } = deployer.desk
  const before = (await store.deployments.list({ run }, { limit: 1000 })).items
  if (before.length > 0) {
    if (!before.every(({ state }) => state === 'LEASED' || state === 'PERMANENT')) throw new GreenwaveError('deployment.state', `the run "${run}" was cut off; what it began is being brought back`)
    return { run, corridor: before[0]!.corridor, effective: true, members: before }
  }
  const plan = await workflow.approved(id)
  const report = await deployer.run({ ...request, plan, by, run, overrides: await listOverrides(store, plan, clock.now()) })
  const { stage, version } = (await store.plans.get(id))!
  // A trial of a plan that no schedule names yet leaves the plan where it is.
  if (report.effective && request.devices === undefined && stage === 'scheduled') {
    const { receipts, read_back } = receiptsOf(report)
    const pushed = await workflow.push({ plan: id, expected: version, actor: by, receipts })
    await workflow.verify({ plan: id, expected: pushed.version, actor: by, read_back })
  }
  return report
}

/** Not broken by any rule, and not yet approved: whoever is to approve it wants to see what controllers would be sent. */
const SHOWN: ReadonlySet<PlanStage> = new Set<PlanStage>(['checked', 'simulated'])

/** What a push would send now, and what stands in its way. */
export async function rehearsePlan(deployer: Deployer, workflow: PlanWorkflow, { plan: id, devices, signal }: Pick<PushRequest, 'plan' | 'devices' | 'signal'>): Promise<Rehearsal[]> {
  const { store, clock } = deployer.desk
  const found = await store.plans.get(id)
  const plan = found !== undefined && SHOWN.has(found.stage) ? found : await workflow.approved(id)
  const overrides = await listOverrides(store, plan, clock.now())
  return deployer.rehearse({ plan, overrides, ...(devices === undefined ? {} : { devices }), ...(signal === undefined ? {} : { signal }) })
}
