// Answering by name for a rule that may be overridden: two people, one of them an approver.
import { useSignal } from '@preact/signals'
import type { WriteFinding } from '../../model/device/device.ts'
import { call } from '../service/service.ts'
import { Button } from '../shell/parts/button.tsx'
import { Field } from '../shell/parts/field.tsx'
import { Said } from '../shell/parts/said.tsx'
import { may } from '../shell/session.ts'
import { useStep } from './asking.ts'
import type { PlanView } from './plan.tsx'
import { words } from './words.ts'

const APPROVED: ReadonlySet<string> = new Set(['approved', 'scheduled', 'pushed', 'verified'])
type Rule = Parameters<typeof give>[1]

const give = (plan: string, rule: 'maximum-red' | 'change' | 'too-soon' | 'clock' | 'not-as-approved', controller: string, reason: string) => call('POST /plans/{plan}/overrides', { at: { plan }, body: { rule, controller, reason } })

export function Override({ view: { plan }, finding }: { view: PlanView; finding: WriteFinding }) {
  const open = useSignal(false)
  const reason = useSignal('')
  const done = useSignal(false)
  const step = useStep()
  if (!APPROVED.has(plan.stage) || !may('engineer')) return null
  if (done.value) return <p role="status">{words().overridden}</p>
  if (!open.value) return <p><Button onPress={() => { open.value = true }}>{words().overrideIt}</Button></p>
  return (
    <form class="ap-form" aria-label={words().overriding(finding.rule)} onSubmit={(event) => {
      event.preventDefault()
      void step.take(() => give(plan.id, finding.rule as Rule, finding.device, reason.value)).then((taken) => { done.value = taken })
    }}>
      <Field label={words().overrideReason} value={reason.value} onType={(text) => { reason.value = text }} required />
      <Button type="submit" busy={step.busy}>{words().give}</Button>
      {step.refusal === undefined ? null : <p role="alert" class="ap-refusal"><Said {...step.refusal} /></p>}
    </form>
  )
}
