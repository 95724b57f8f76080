// The audit of one plan: its own steps and what was done with it at controllers.
import { CHINESE_ACTIONS } from '../words/chinese.ts'
import { language, named } from '../words/language.ts'
import { useResource } from '../shell/resource.ts'
import { Table } from '../shell/parts/table.tsx'
import { standIn } from '../shell/parts/trouble.tsx'
import { town } from '../shell/session.ts'
import { clock } from '../shell/units.ts'
import { words } from './words.ts'

/** Of the detail what a person asks first; all of it stands in the API. */
const TOLD = ['why', 'device', 'to', 'level', 'note', 'accepts', 'over_limit', 'refused', 'reason', 'rule', 'slots', 'runs'] as const

const tellDetail = (detail: Record<string, unknown>): string => TOLD.flatMap((field) => {
  const value = detail[field]
  if (value === undefined || value === null || (Array.isArray(value) && value.length === 0)) return []
  return [field === 'why' || field === 'reason' || field === 'note' || field === 'device' ? String(value) : `${field}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`]
}).join(' · ')

export function History({ plan, name }: { plan: string; name: (id: string | undefined) => string }) {
  const entries = useResource('/plans/{plan}/audit', { plan }, { events: ['plan.', 'deployment.', 'override.'] })
  return (
    <section class="ap-section" aria-labelledby="ap-history">
      <h2 id="ap-history">{words().history}</h2>
      <p class="ap-quiet">{words().historyHint}</p>
      {standIn(entries) ?? (
        <Table
          caption={words().history} rows={entries.data!.items} keyOf={(one) => String(one.seq)}
          columns={[
            { id: 'seq', title: words().entry, numeric: true, cell: (one) => one.seq, by: (one) => one.seq },
            { id: 'time', title: words().when, cell: (one) => <time dateTime={one.time}>{clock(Date.parse(one.time), town.value?.time_zone, { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' })}</time> },
            { id: 'who', title: words().who, cell: (one) => name(one.actor), by: (one) => name(one.actor) },
            { id: 'what', title: words().what, head: true, cell: (one) => <><code>{one.action}</code>{language.value === 'zh' ? ` ${CHINESE_ACTIONS[one.action] ?? ''}` : ''}</>, by: (one) => one.action },
            { id: 'detail', title: words().detail, cell: (one) => <span class="ap-detail">{named(tellDetail(one.detail))}</span> },
          ]}
        />
      )}
    </section>
  )
}
