// Jobs that touch controllers. A push that was cut off is not begun again: what it left is brought back by whoever supervises.
import type { Deployer, RunReport } from '../../plans/deployment/index.ts'
import { pushPlan, rehearsePlan } from '../../plans/deployment/index.ts'
import type { JobQueue } from '../../plans/ports/jobs.ts'
import type { DeploymentRecord } from '../../plans/ports/deployments.ts'
import type { PlanWorkflow } from '../../plans/workflow/index.ts'
import type { JobInputs } from './inputs.ts'

/** Pushes mostly wait for cycles to pass; a release never waits behind one, since it is a kind of its own. */
const AT_ONCE = 4

const told = ({ id, device, signal, state, level, sentences }: DeploymentRecord) => ({ deployment: id, controller: device, signal, state, level, ...(sentences.length === 0 ? {} : { why: sentences.at(-1) }) })
export const toldRun = ({ members, ...report }: RunReport) => ({ ...report, members: members.map(told) })

export function handleControllerJobs(queue: JobQueue, { deployer, workflow }: { deployer: Deployer; workflow: PlanWorkflow }): void {
  queue.handle('plan.push', async (given, { signal }) => {
    const { actor, dry_run, ...input } = given as JobInputs['plan.push']
    if (dry_run) return { dry_run, members: await rehearsePlan(deployer, workflow, { ...input, signal }) }
    return toldRun(await pushPlan(deployer, workflow, { ...input, by: actor, signal }))
  }, { at_once: AT_ONCE })
  queue.handle('controllers.release', async (given) => {
    const { network, run, actor, reason } = given as JobInputs['controllers.release']
    const records = run === undefined ? await deployer.releaseAll(network, actor, reason) : await deployer.release(run, actor, reason)
    return { members: records.map(told), lost: records.filter(({ state }) => state === 'UNKNOWN').length }
  }, { at_once: AT_ONCE })
}
