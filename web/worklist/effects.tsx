// What a change on a corridor did: asked for by a day, told by its days before and after.
import { useSignal } from '@preact/signals'
import type { Effect } from '../../model/diagnosis.ts'
import { useStep } from '../approval/asking.ts'
import { type Answer, call } from '../service/service.ts'
import { Button } from '../shell/parts/button.tsx'
import { Choice, Field } from '../shell/parts/field.tsx'
import { Said } from '../shell/parts/said.tsx'
import { Table } from '../shell/parts/table.tsx'
import { useResource } from '../shell/resource.ts'
import { may } from '../shell/session.ts'
import { percent } from '../shell/units.ts'
import { named } from '../words/language.ts'
import { words } from './words.ts'

type Job = Answer<'GET /networks/{network}/effects'>['items'][number]
interface Result { corridor: string; period: string; changed: string; effect: Effect }
const SLOW_MS = 20_000

const signed = (share: number | null): string => (share === null ? '–' : `${share > 0 ? '+' : ''}${percent(share, 1)}`)

/** Verdict, change with its interval, and the days that it rests on. */
export const EffectFigures = ({ effect }: { effect: Effect }) => (
  <><b class={`wk-verdict-${effect.verdict === 'better' ? 'good' : effect.verdict === 'worse' ? 'bad' : 'open'}`}>{words()[effect.verdict]}</b> {words().change(signed(effect.change.value), signed(effect.change.low), signed(effect.change.high))} · {words().days(effect.days_before, effect.days_after)}</>
)

export function CorridorEffects({ network }: { network: string }) {
  const asked = useResource('/networks/{network}/effects', { network }, { every_ms: SLOW_MS, events: ['job.'] })
  const corridors = useResource('/networks/{network}/corridors', { network }).data?.items ?? []
  const jobs = asked.data?.items ?? []
  const name = (id: string): string => named(corridors.find((one) => one.id === id)?.name ?? id)
  const resultOf = ({ state, result }: Job): Result | undefined => (state === 'done' ? result as Result : undefined)
  if (jobs.length === 0 && !may('engineer')) return null
  return (
    <section class="wk-section" aria-labelledby="wk-effects">
      <h2 id="wk-effects">{words().corridorEffects}</h2>
      <p class="wk-quiet">{words().corridorEffectsHint}</p>
      {may('engineer') && corridors.length > 0 ? <Ask network={network} corridors={corridors.map(({ id, name: title }) => ({ value: id, title: named(title) }))} onAsked={asked.refresh} /> : null}
      {jobs.length === 0 ? null : (
        <Table<Job>
          caption={words().corridorEffects} rows={jobs} keyOf={(one) => one.id}
          columns={[
            { id: 'corridor', title: words().corridor, head: true, cell: (one) => { const told = resultOf(one); return told === undefined ? '…' : name(told.corridor) } },
            { id: 'changed', title: words().changedOn, cell: (one) => resultOf(one)?.changed ?? '' },
            { id: 'effect', title: words().effect, cell: (one) => <Outcome job={one} result={resultOf(one)} /> },
          ]}
        />
      )}
    </section>
  )
}

function Outcome({ job: { state, progress, problem }, result }: { job: Job; result: Result | undefined }) {
  if (result !== undefined) return <EffectFigures effect={result.effect} />
  const { detail, code } = (problem ?? {}) as { detail?: string; code?: string }
  return detail === undefined ? <>{state === 'cancelled' ? words().calledOff : words().reckoning(percent(progress))}</> : <Said sentence={detail} code={code} />
}

function Ask({ network, corridors, onAsked }: { network: string; corridors: { value: string; title: string }[]; onAsked: () => void }) {
  const step = useStep()
  const corridor = useSignal(corridors[0]!.value)
  const changed = useSignal('')
  return (
    <form class="wk-filters" onSubmit={(event) => {
      event.preventDefault()
      void step.take(() => call('POST /networks/{network}/effects', { at: { network }, body: { corridor: corridor.value, changed: changed.value } })).then(onAsked)
    }}>
      <Choice label={words().corridor} value={corridor.value} options={corridors} onChoose={(id) => { corridor.value = id }} />
      <Field label={words().changedOn} type="date" value={changed.value} onType={(text) => { changed.value = text }} required />
      <Button type="submit" busy={step.busy} disabled={changed.value === ''}>{words().askEffect}</Button>
      {step.refusal === undefined ? null : <p role="alert" class="wk-refusal"><Said {...step.refusal} /></p>}
    </form>
  )
}
