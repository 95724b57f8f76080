// The safety list: each rule with the value nearest to its limit, by the network's limits and, after a dry run, by what each controller keeps itself.
import type { Compared } from '../../plans/workflow/compared.ts'
import { Said } from '../shell/parts/said.tsx'
import { Table } from '../shell/parts/table.tsx'
import { seconds } from '../shell/units.ts'
import { type Tightest, tightestOf } from './figures.ts'
import type { PlanView } from './plan.tsx'
import { ruleName } from '../words/rules.ts'
import { words } from './words.ts'

type At = Compared & { place: string }

interface Row extends Tightest { by: 'network' | 'controller'; place: string }

function rowsOf(compared: readonly At[], by: Row['by']): Row[] {
  return tightestOf(compared).map((one) => ({ ...one, by, place: (one.row as At).place }))
}

const groupsText = (groups: readonly string[]): string => (groups.length === 2 ? words().pair(groups[0]!, groups[1]!) : groups.join(', '))

export function Safety({ view: { review, rehearsal, signalName } }: { view: PlanView }) {
  if (review === undefined) return null
  const members = rehearsal?.filter(({ compared }) => compared !== undefined) ?? []
  const rows = [
    ...rowsOf(review.compared.map((one) => ({ ...one, place: signalName(one.signal) })), 'network'),
    ...rowsOf(members.flatMap(({ signal, compared }) => compared!.map((one) => ({ ...one, place: signalName(signal) }))), 'controller'),
  ]
  const same = members.filter(({ now }) => now?.as_accepted === true).length
  return (
    <section class="ap-section" aria-labelledby="ap-safety">
      <h2 id="ap-safety">{words().safety}</h2>
      <p class="ap-quiet">{words().safetyHint}</p>
      {review.faults.length === 0 ? <p><span class="ap-mark ap-mark-good">{words().holds}</span> {words().noFaults}</p> : <ul class="ap-faults" role="alert">{review.faults.map((fault) => <li key={fault}><Said sentence={fault} code="plan.refused" /></li>)}</ul>}
      <Table
        caption={words().safety} rows={rows} keyOf={(one) => `${one.by} ${one.rule}`}
        columns={[
          { id: 'rule', title: words().rule, head: true, cell: (one) => ruleName(one.rule) },
          { id: 'by', title: words().limit, cell: (one) => (one.by === 'network' ? words().byNetwork : words().byController) },
          { id: 'compared', title: words().compared, numeric: true, cell: (one) => one.compared },
          { id: 'tightest', title: words().tightest, cell: (one) => <>{one.rule === 'conflict' ? words().none0(seconds(one.row.value_s, 1)) : <><b>{seconds(one.row.value_s, 1)}</b> {words().atLeast(seconds(one.row.limit_s, 1))}</>} <span class="ap-quiet">{words().where(one.place, groupsText(one.row.groups))}</span></> },
          { id: 'verdict', title: words().verdict, cell: (one) => <span class={`ap-mark ap-mark-${one.broken === 0 ? 'good' : 'bad'}`}>{one.broken === 0 ? words().holds : words().broken(one.broken)}</span> },
        ]}
      />
      <p><span class={`ap-mark ap-mark-${members.length === 0 ? 'open' : same === members.length ? 'good' : 'warn'}`}>{members.length === 0 ? words().unknownUntilDryRun : words().unchangedCount(same, members.length)}</span> {words().unchangedBaseline}</p>
    </section>
  )
}

