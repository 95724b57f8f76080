// The stages of a plan, which follows which, and plans whose stage is proven by their type: only this folder makes them.
import { GreenwaveError } from '../../model/errors.ts'
import type { PlanRecord, PlanStage } from '../ports/plans.ts'

declare const proven: unique symbol
type At<S extends string> = PlanRecord & { readonly [proven]: S }

/** Its document keeps every rule on the network's version, and its windows are those that its patterns compile to. */
export type CheckedPlan = At<'checked'>
/** Checked, and simulated against the plan running then without standing still. */
export type SimulatedPlan = At<'simulated'>
/** Simulated, and approved by somebody who did not write it. */
export type ApprovedPlan = At<'approved'>

const NEXT: Record<PlanStage, readonly PlanStage[]> = {
  draft: ['checked', 'retired'], checked: ['simulated', 'retired'], simulated: ['approved', 'retired'], approved: ['scheduled', 'retired'],
  scheduled: ['pushed', 'retired'], pushed: ['verified', 'retired'], verified: ['retired'], retired: [],
}

/** Stages in which a plan may stand in a schedule. */
export const RUNNABLE: ReadonlySet<PlanStage> = new Set<PlanStage>(['scheduled', 'pushed', 'verified'])

export const listNextStages = (stage: PlanStage): readonly PlanStage[] => NEXT[stage]

/** Throws `plan.stage` where no way leads from the plan's stage to the other. */
export function requireStep(plan: Pick<PlanRecord, 'id' | 'stage'>, to: PlanStage): void {
  if (NEXT[plan.stage].includes(to)) return
  const next = NEXT[plan.stage]
  throw new GreenwaveError('plan.stage', `plan "${plan.id}" is ${plan.stage} and cannot become ${to}; ${next.length === 0 ? 'nothing follows' : `next comes ${next.join(' or ')}`}`)
}
