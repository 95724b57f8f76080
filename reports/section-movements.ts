// Every movement with its volume, degree of saturation, delay, level of service and queue, before and after.
import type { MovementMeasures } from '../model/evaluation.ts'
import { distance, distanceUnit, fixed, NOTHING } from './format.ts'
import { html, table } from './html.ts'
import type { Column, Content, Markup } from './html.ts'
import { stationName } from './plan-report-input.ts'
import type { PlanReportInput } from './plan-report-input.ts'
import { listMovementChanges, movementName } from './section-changes.ts'
import type { MovementChange } from './section-changes.ts'

export function movementSection(input: PlanReportInput): Markup | undefined {
  const { simulation } = input
  if (simulation === undefined) return undefined
  const all = listMovementChanges(simulation.before, simulation.after)
  const changes = all.filter(({ before, after }) => before.volume_vph > 0 || after.volume_vph > 0)
  const empty = all.length - changes.length
  const order = [...new Set([...input.stations.map(({ signal }) => signal), ...changes.map(({ after }) => after.signal ?? '')])]
  const groups = order.map((signal) => ({ signal, members: changes.filter(({ after }) => (after.signal ?? '') === signal) })).filter(({ members }) => members.length > 0)
  return html`<section id="movements">
<h2>Movements</h2>
<p class="small">Level of service (LOS) after the Highway Capacity Manual, 7th edition: A up to 10 s, B 20, C 35, D 55, E 80, F above${gradedBy(all.map(({ after }) => after))}. Queue: 95th percentile of the back of queue. Bold: through movements of the corridor.${empty > 0 ? ` Movements without a vehicle are left out (${empty}).` : ''}</p>
${groups.map(({ signal, members }) => movementTable(input, signal === '' ? 'Without signal' : stationName(input, signal), members))}
</section>`
}

/** HCM grades by control delay; where that was not measured, the loss stands for it. */
const gradedBy = (movements: readonly MovementMeasures[]): string =>
  movements.some(({ graded_by }) => graded_by === 'control_delay') ? ', by control delay against the same vehicles with the signals always green' : ', by delay against each vehicle’s own free way, which also holds what vehicles lose to each other'

function movementTable(input: PlanReportInput, caption: string, members: readonly MovementChange[]): Markup {
  const units = input.units ?? 'metric'
  const saturation = members.some(({ after }) => input.saturation?.[after.movement] !== undefined)
  const columns: Column[] = [
    { head: 'Movement' }, { head: 'Volume, veh/h', numeric: true },
    ...(saturation ? [{ head: 'v/c before', numeric: true, group: true }, { head: 'after', numeric: true }] : []),
    { head: 'Delay, s before', numeric: true, group: true }, { head: 'after', numeric: true },
    { head: 'LOS before', group: true }, { head: 'after' },
    { head: 'Stops before', numeric: true, group: true }, { head: 'after', numeric: true },
    { head: `Queue, ${distanceUnit(units)} before`, numeric: true, group: true }, { head: 'after', numeric: true },
  ]
  const level = (letter: string): Markup => html`<span class="los los-${letter}">${letter}</span>`
  const ratio = (value: number | undefined): Content => (value === undefined ? NOTHING : value > 1 ? html`<strong class="worse">${fixed(value, 2)}</strong>` : fixed(value, 2))
  return table(caption, columns, members.map(({ before, after }): Content[] => {
    const degree = input.saturation?.[after.movement]
    const name = movementName(after)
    return [
      after.on_corridor ? html`<strong>${name}</strong>` : name, fixed(after.volume_vph, 0),
      ...(saturation ? [ratio(degree?.before), ratio(degree?.after)] : []),
      fixed(before.delay_s, 1), fixed(after.delay_s, 1), level(before.level_of_service), level(after.level_of_service),
      fixed(before.stops, 2), fixed(after.stops, 2), distance(before.queue_p95_m, units), distance(after.queue_p95_m, units),
    ]
  }), 'compact')
}
