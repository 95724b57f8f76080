// A new plan for a corridor, asked for in one dialog: which period, why; then how far it is, and the way to it.
import './corridors.css'
import { useState } from 'preact/hooks'
import type { ScenarioDocument } from '../../model/scenario.ts'
import { call, Refused } from '../service/service.ts'
import { go } from '../shell/location.ts'
import { Button } from '../shell/parts/button.tsx'
import { Dialog } from '../shell/parts/dialog.tsx'
import { Choice, Field } from '../shell/parts/field.tsx'
import { standIn } from '../shell/parts/trouble.tsx'
import { useResource } from '../shell/resource.ts'
import { named } from '../words/language.ts'
import { words } from './words.ts'

/** Candidates are told apart in simulation anyhow; the comparison with what runs now belongs to the plan's own simulation. */
const RUNS = 0
const LOOK_MS = 2000

function Progress({ job, corridor, onClose }: { job: string; corridor: string; onClose: () => void }) {
  const resource = useResource('/jobs/{job}', { job }, { every_ms: LOOK_MS, events: ['job.'] })
  const missing = standIn(resource)
  if (missing !== undefined) return missing
  const { state, progress, result, problem } = resource.data!
  const plan = (result as { plan?: string } | undefined)?.plan
  if (state === 'failed' || state === 'cancelled') return <p class="co-bad" role="alert">{words().failed(state === 'cancelled' ? words().called_off : (problem as { detail?: string } | undefined)?.detail ?? '')}</p>
  if (state === 'done' && plan !== undefined) return <p role="status">{words().ready} <Button kind="main" onPress={() => { onClose(); go(`/corridors/${encodeURIComponent(corridor)}?plan=${encodeURIComponent(plan)}`) }}>{words().open_it}</Button></p>
  return <p role="status">{words().computing} <progress max={1} value={progress} aria-label={words().computing} /></p>
}

export function Compute({ network, corridor, name, onClose }: { network: string; corridor: string; name: string; onClose: () => void }) {
  const resource = useResource('/networks/{network}/scenario', { network })
  const [period, setPeriod] = useState<string | undefined>(undefined)
  const [reason, setReason] = useState(words().why_default)
  const [job, setJob] = useState<string | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<string | undefined>(undefined)
  const scenario = (resource.data as { scenario: ScenarioDocument } | undefined)?.scenario
  const periods = scenario?.periods ?? []
  const chosen = period ?? periods[0]?.id
  const start = async (): Promise<void> => {
    setBusy(true)
    setFault(undefined)
    try {
      setJob((await call('POST /networks/{network}/drafts', { at: { network }, body: { corridor, period: chosen!, runs: RUNS, seed: 1, objective: 'auto', reason }, once: crypto.randomUUID() })).job)
    } catch (error) {
      setFault(error instanceof Refused ? error.message : words().lost)
    }
    setBusy(false)
  }
  return (
    <Dialog title={`${words().compute} · ${name}`} onClose={onClose}>
      {scenario === undefined ? standIn(resource) : job !== undefined ? <Progress job={job} corridor={corridor} onClose={onClose} /> : (
        <form class="co-form" onSubmit={(event) => { event.preventDefault(); void start() }}>
          <Choice label={words().for_period} value={chosen ?? ''} options={periods.map(({ id, name }) => ({ value: id, title: named(name ?? id) }))} onChoose={setPeriod} />
          <Field label={words().why} value={reason} required onType={setReason} fault={fault} />
          <Button type="submit" kind="main" busy={busy} disabled={chosen === undefined || reason.trim() === ''}>{words().start}</Button>
        </form>
      )}
    </Dialog>
  )
}
