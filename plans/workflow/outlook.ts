// Which steps somebody may take with a plan now, and in the words of the refusal why not: asked by the rules that decide when the step is taken.
import { type ErrorCode, GreenwaveError } from '../../model/errors.ts'
import type { AuditEntry } from '../ports/audit-log.ts'
import type { Role } from '../ports/people.ts'
import type { PlanRecord, PlanStage } from '../ports/plans.ts'
import type { Stores } from '../ports/store.ts'
import { requireActor } from './actors.ts'
import { findDoubt, requireSecondPerson } from './evidence.ts'
import { requireStep, RUNNABLE } from './stages.ts'

export type PlanStep = 'check' | 'simulate' | 'approve' | 'schedule' | 'push' | 'retire'

export interface StepOutlook {
  step: PlanStep
  /** Absent where nothing that is known now stands in the way. */
  why?: string
  code?: ErrorCode
}

const STEPS: readonly { step: PlanStep; least: Role; to?: PlanStage; proven?: 'checked' | 'simulated' | 'approved' }[] = [
  { step: 'check', least: 'engineer', to: 'checked' }, { step: 'simulate', least: 'engineer', to: 'simulated', proven: 'checked' }, { step: 'approve', least: 'approver', to: 'approved', proven: 'simulated' },
  { step: 'schedule', least: 'engineer', to: 'scheduled', proven: 'approved' }, { step: 'push', least: 'engineer', proven: 'approved' }, { step: 'retire', least: 'engineer', to: 'retired' },
]

/** Of a person, in the order of the way. What only the step itself finds out (a controller's no, a loser that must be named) is not in it. */
export async function stepsOf(stores: Pick<Stores, 'people'>, plan: PlanRecord, entries: readonly AuditEntry[], actor: string): Promise<StepOutlook[]> {
  const outlook: StepOutlook[] = []
  for (const { step, least, to, proven } of STEPS) {
    try {
      if (to !== undefined) requireStep(plan, to)
      else if (plan.stage !== 'approved' && !RUNNABLE.has(plan.stage)) throw new GreenwaveError('plan.stage', `plan "${plan.id}" is ${plan.stage}; only what was approved and not retired is sent to controllers`)
      await requireActor(stores, actor, least, `the step plan.${step}`, step === 'approve' ? 'people only' : 'service')
      const doubt = proven === undefined ? undefined : findDoubt(plan, entries, proven)
      if (doubt !== undefined) throw new GreenwaveError('plan.altered', doubt)
      if (step === 'approve') requireSecondPerson(plan, entries, actor)
      outlook.push({ step })
    } catch (error) {
      if (!(error instanceof GreenwaveError)) throw error
      outlook.push({ step, why: error.message, code: error.code })
    }
  }
  return outlook
}
