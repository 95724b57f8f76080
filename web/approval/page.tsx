// All plans of a town, by how far they have come.
import { go, look, query } from '../shell/location.ts'
import type { Answer } from '../service/service.ts'
import { Button } from '../shell/parts/button.tsx'
import { Choice } from '../shell/parts/field.tsx'
import { Table } from '../shell/parts/table.tsx'
import { standIn } from '../shell/parts/trouble.tsx'
import { useResource } from '../shell/resource.ts'
import { town } from '../shell/session.ts'
import { dateAndTime, seconds } from '../shell/units.ts'
import { named } from '../words/language.ts'
import './approval.css'
import { useNames } from './asking.ts'
import { STAGES, words } from './words.ts'

type Row = Answer<'GET /plans'>['items'][number]
/** A town's plans of some weeks; older ones are asked for by corridor or stage. */
const SHOWN = 200

export default function PlansPage() {
  const at = town.value
  const stage = STAGES.find((one) => one === query.value.get('stage'))
  const corridor = query.value.get('corridor') ?? ''
  const plans = useResource('/plans', at === undefined ? undefined : {}, { query: { network: at?.id ?? '', limit: SHOWN, ...(stage === undefined ? {} : { stage }), ...(corridor === '' ? {} : { corridor }) }, events: ['plan.'] })
  const corridors = useResource('/networks/{network}/corridors', at === undefined ? undefined : { network: at.id })
  const name = useNames()
  const corridorName = (id: string): string => named(corridors.data?.items.find((one) => one.id === id)?.name ?? id)
  return (
    <article class="ap-page">
      <header><h1>{words().plans}</h1></header>
      <div class="ap-filters">
        <div class="ap-chips" role="group" aria-label={words().stage}>
          <Button pressed={stage === undefined} onPress={() => look({ stage: undefined })}>{words().all}</Button>
          {STAGES.map((one) => <Button key={one} pressed={stage === one} onPress={() => look({ stage: one })}>{words().stages[one]}</Button>)}
        </div>
        <Choice label={words().corridor} value={corridor} options={[{ value: '', title: words().allCorridors }, ...(corridors.data?.items ?? []).map((one) => ({ value: one.id, title: named(one.name) }))]} onChoose={(value) => look({ corridor: value === '' ? undefined : value })} />
      </div>
      {standIn(plans) ?? (
        <Table<Row>
          caption={words().plans} rows={plans.data!.items} keyOf={(one) => one.id} onPick={(one) => go(`/plans/${encodeURIComponent(one.id)}`)} empty={words().noPlans} sort={{ by: 'changed', down: true }}
          columns={[
            { id: 'corridor', title: words().corridor, head: true, cell: (one) => <a href={`/plans/${encodeURIComponent(one.id)}`}>{corridorName(one.corridor)}</a>, by: (one) => corridorName(one.corridor) },
            { id: 'period', title: words().period, cell: (one) => one.period, by: (one) => one.period },
            { id: 'stage', title: words().stage, cell: (one) => <span class={`ap-stage ap-stage-${one.stage}`}>{words().stages[one.stage]}</span>, by: (one) => STAGES.indexOf(one.stage) },
            { id: 'cycle', title: words().cycle, numeric: true, cell: (one) => seconds(one.cycle_s), by: (one) => one.cycle_s },
            { id: 'author', title: words().author, cell: (one) => name(one.author), by: (one) => name(one.author) },
            { id: 'approver', title: words().approvedBy, cell: (one) => name(one.approver), by: (one) => name(one.approver) },
            { id: 'reason', title: words().reason, cell: (one) => <span class="ap-detail">{one.reason}</span> },
            { id: 'changed', title: words().changed, cell: (one) => <time dateTime={one.updated_at}>{dateAndTime(Date.parse(one.updated_at), at?.time_zone)}</time>, by: (one) => one.updated_at },
          ]}
        />
      )}
    </article>
  )
}
