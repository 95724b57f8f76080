// How each movement meets its green and how far its queue reaches, before and after: arrivals on green, split failures,
// back of queue, spillback. Only of movements that the simulation measured so.
import type { MeanCi } from '../model/evaluation.ts'
import { distance, distanceUnit, fixed, NOTHING, percent, plusMinus } from './format.ts'
import { html, table } from './html.ts'
import type { Column, Content, Markup } from './html.ts'
import { stationName } from './plan-report-input.ts'
import type { PlanReportInput } from './plan-report-input.ts'
import { listMovementChanges, movementName } from './section-changes.ts'
import type { MovementChange } from './section-changes.ts'

/** Less is one green in twenty, or one second in fifty: not worth a row. */
const LEAST_FAILURES = 0.05
const LEAST_SPILLBACK = 0.02

/** Nothing where no simulation measured it. */
export function progressionSection(input: PlanReportInput): Markup | undefined {
  const { simulation } = input
  if (simulation === undefined) return undefined
  const measured = listMovementChanges(simulation.before, simulation.after).filter(({ before, after }) => before.arrivals_on_green !== undefined && after.arrivals_on_green !== undefined)
  const shown = measured.filter(({ before, after }) => after.on_corridor || [before, after].some(({ split_failure_share, spillback_share }) =>
    (split_failure_share?.mean ?? 0) >= LEAST_FAILURES || (spillback_share?.mean ?? 0) >= LEAST_SPILLBACK))
  if (shown.length === 0) return undefined
  const order = input.stations.map(({ signal }) => signal)
  const rank = ({ after }: MovementChange): number => (order.indexOf(after.signal ?? '') + order.length + 1) % (order.length + 1)
  return html`<section id="progression">
<h2>Progression and queues</h2>
<p class="small">Arrivals on green: share of vehicles that would meet green at the stop line if nobody stood before them; yellow counts as red. Split failure: a green at whose end somebody who queued at its start had not passed. Queue: the farthest back of queue of a run, followed into the links behind. Spillback: share of the time in which the queue reaches the upstream end of its link. Through movements of the corridor (bold), and whoever meets split failures in ${percent(LEAST_FAILURES)} of greens or spills back for ${percent(LEAST_SPILLBACK)} of the time. ± 95 %.</p>
${progressionTable(input, [...shown].sort((a, b) => rank(a) - rank(b)))}
</section>`
}

const share = (value: MeanCi | undefined): string =>
  value === undefined || !Number.isFinite(value.mean) ? NOTHING : `${fixed(100 * value.mean, 0)}${plusMinus(value.ci95 === null ? null : 100 * value.ci95, 0)} %`

function progressionTable(input: PlanReportInput, rows: readonly MovementChange[]): Markup {
  const units = input.units ?? 'metric'
  const queue = (value: { max: MeanCi } | undefined): string => (value === undefined ? NOTHING : distance(value.max.mean, units))
  const pair = (label: string): Column[] => [{ head: `${label} before`, numeric: true, group: true }, { head: 'after', numeric: true }]
  const columns: Column[] = [{ head: 'Movement' }, ...pair('Arrivals on green'), ...pair('Split failures'), ...pair(`Queue, ${distanceUnit(units)}`), ...pair('Spillback')]
  return table('At the signals', columns, rows.map(({ before, after }): Content[] => {
    const name = `${after.signal === undefined ? '' : `${stationName(input, after.signal)}, `}${movementName(after)}`
    return [
      after.on_corridor ? html`<strong>${name}</strong>` : name,
      share(before.arrivals_on_green), share(after.arrivals_on_green), share(before.split_failure_share), share(after.split_failure_share),
      queue(before.queue_m), queue(after.queue_m), share(before.spillback_share), share(after.spillback_share),
    ]
  }), 'compact')
}
