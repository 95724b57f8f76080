// Which plan is played, and which day of dice; the address has both.
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ask } from '../service/service.ts'
import { look } from '../shell/location.ts'
import { named } from '../words/language.ts'
import { seedOf } from './player.ts'
import type { PlanSummary } from './session.ts'
import { words } from './words.ts'

export function Choice({ network, plan, seed }: { network: string | undefined; plan: string | undefined; seed: number }) {
  const plans = useSignal<readonly PlanSummary[]>([])
  useEffect(() => {
    if (network === undefined) return
    ask<{ items: PlanSummary[] }>(`/plans?network=${encodeURIComponent(network)}&limit=100`).then(({ items }) => { plans.value = items }, () => {})
  }, [network])
  const t = words()
  return (
    <div class="play-choice">
      <label>{t.plan} <select aria-label={t.choose} value={plan ?? ''} onChange={({ currentTarget }) => look({ plan: currentTarget.value === '' ? undefined : currentTarget.value, t: undefined }, { push: true })}>
        <option value="">{t.none}</option>
        {plans.value.map(({ id, corridor, period, reason, cycle_s }) => <option key={id} value={id}>{[corridor, period, t.of_corridor(String(cycle_s)), named(reason)].join(' · ')}</option>)}
        {plan !== undefined && plans.value.every(({ id }) => id !== plan) && <option value={plan}>{plan}</option>}
      </select></label>
      <label>{t.seed} <input type="number" min={0} max={999_999_999} value={seed} onChange={({ currentTarget }) => look({ seed: String(seedOf(currentTarget.value)) }, { push: true })} /></label>
    </div>
  )
}
