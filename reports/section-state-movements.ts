// Tables of the report of traffic state: movements, their delay by period, and links.
import type { MovementState } from '../model/traffic-state.ts'
import { distanceUnit, NOTHING, speed, speedUnit } from './format.ts'
import { html, table } from './html.ts'
import type { Column, Content, Markup } from './html.ts'
import type { StateReportInput } from './state-report-input.ts'
import { age, counted, cut, estimate, figure, known, NO_DATA, whole } from './state-words.ts'
import { feetFromMetres } from '../model/units.ts'

/** More rows nobody reads on paper; all are in the JSON. */
const MOST_MOVEMENTS = 160
const MOST_LINKS = 60
const METHOD_WORD: Record<MovementState['method'], string> = { probes: 'probes', radar: 'radar', events: 'logs', provider: 'provider', fused: 'fused', counts: 'counts' }
const PERCENT = 100

export const gradeMark = (grade: string): Markup => html`<span class="grade">${grade}</span>`

export const movementWord = ({ name, from, to }: Pick<MovementState, 'name' | 'from' | 'to'>): string => name ?? `${from} to ${to}`

const bySignal = (a: MovementState, b: MovementState): number =>
  a.signal === b.signal ? 0 : a.signal === undefined ? 1 : b.signal === undefined ? -1 : a.signal.localeCompare(b.signal, 'en', { numeric: true })

/** The signal's name, then the movement's. */
export const movementPlace = ({ signal_names }: StateReportInput, one: MovementState): string => `${one.signal === undefined ? 'without a signal' : signal_names.get(one.signal) ?? one.signal}, ${movementWord(one)}`

export function movementsSection(input: StateReportInput): Markup {
  const { shown, more } = cut([...input.state.movements].sort((a, b) => b.probes + b.counted - a.probes - a.counted), MOST_MOVEMENTS)
  const rows = [...shown].sort(bySignal)
  return html`<section id="movements">
<h2>Movements</h2>
<p class="small">Over everything observed. Under each value the range that holds the truth with 90 %. Grade: how far to trust it, A best; age: from the newest record behind it to the end of the observation.${more > 0 ? ` The ${whole(shown.length)} with the most records; ${whole(more)} more are in state.json.` : ''}</p>
${rows.length === 0 ? html`<p>${NO_DATA}</p>` : movementTable(input, rows)}
${periodTable(input)}
</section>`
}

function movementTable(input: StateReportInput, rows: readonly MovementState[]): Markup {
  const units = input.units ?? 'metric'
  const metres = units === 'us' ? feetFromMetres(1) : 1
  const columns: Column[] = [
    { head: 'Movement' }, { head: 'Volume, veh/h', numeric: true }, { head: 'Delay, s/veh', numeric: true, group: true }, { head: 'Level', numeric: true }, { head: 'Stops per veh', numeric: true },
    { head: 'On green, %', numeric: true, group: true }, { head: 'Second green, %', numeric: true }, { head: `Queue 95 %, ${distanceUnit(units)}`, numeric: true, group: true },
    { head: 'Probes', numeric: true, group: true }, { head: 'Counted', numeric: true }, { head: 'Grade' }, { head: 'Age', numeric: true },
  ]
  return table('By signal', columns, rows.map((one): Content[] => [
    movementPlace(input, one), estimate(one.volume_vph), estimate(one.control_delay_s, 1), one.level_of_service === null ? NO_DATA : html`<span class="los los-${one.level_of_service}">${one.level_of_service}</span>`,
    estimate(one.stops, 2), estimate(one.arrival_on_green, 0, PERCENT), estimate(one.split_failure_share, 0, PERCENT), estimate(one.queue_p95_m, 0, metres),
    whole(one.probes), one.counted > 0 ? whole(one.counted) : NOTHING, html`${gradeMark(one.grade)} <span class="interval">${METHOD_WORD[one.method]}</span>`, age(one.age_s),
  ]), 'compact many')
}

/** Only where there are several periods: one alone says what the first table says. */
function periodTable(input: StateReportInput): Markup | undefined {
  const { periods } = input.state
  if (periods.length < 2) return undefined
  const known_ids = new Map<string, { any: MovementState; probes: number }>()
  for (const { movements } of periods) for (const one of movements) known_ids.set(one.movement, { any: one, probes: one.probes + (known_ids.get(one.movement)?.probes ?? 0) })
  const { shown } = cut([...known_ids.values()].sort((a, b) => b.probes - a.probes), MOST_MOVEMENTS)
  const columns: Column[] = [{ head: 'Movement' }, ...periods.map(({ period }): Column => ({ head: input.period_names.get(period) ?? period, numeric: true, group: true }))]
  return table('Delay by period, s/veh', columns, shown.map(({ any }) => any).sort(bySignal).map((any): Content[] => [
    movementPlace(input, any), ...periods.map(({ movements }) => estimate(movements.find(({ movement }) => movement === any.movement)?.control_delay_s, 1)),
  ]), 'compact many')
}

export function linksSection(input: StateReportInput): Markup {
  const { links, coverage } = input.state
  const units = input.units ?? 'metric'
  const fast = units === 'us' ? 1 / 0.44704 : 3.6
  const { shown, more } = cut([...links].sort((a, b) => (b.index ?? -1) - (a.index ?? -1) || (a.id < b.id ? -1 : 1)), MOST_LINKS)
  const levelOf = (id: string | undefined): Content => {
    const level = input.scale.levels.find((candidate) => candidate.id === id)
    return level === undefined ? NO_DATA : html`<span class="cause">${level.en}<span class="zh" lang="zh">${level.zh}</span></span>`
  }
  const columns: Column[] = [
    { head: 'Link' }, { head: 'Index', numeric: true }, { head: 'Class' }, { head: `Speed, ${speedUnit(units)}`, numeric: true, group: true }, { head: `Free, ${speedUnit(units)}`, numeric: true },
    { head: 'Travel time, s', numeric: true, group: true }, { head: 'Passages', numeric: true, group: true }, { head: 'Grade' },
  ]
  return html`<section id="links">
<h2>Links by index</h2>
<p class="small">Index: travel time over free travel time; signalised streets run at 1.3 to 1.8 when nothing is wrong. Probes covered ${figure(coverage, 0, PERCENT)} % of the length of the network.${more > 0 ? ` The ${shown.length} slowest; ${whole(more)} more are in state.json.` : ''}</p>
${shown.length === 0 ? html`<p>${NO_DATA}</p>` : table(`${counted(links.length, 'link')} observed`, columns, shown.map((one): Content[] => [
    linkWord(input, one.link, one.id), figure(one.index, 2), levelOf(one.level), estimate(one.speed_mps, 0, fast), known(one.free_speed_mps) ? speed(one.free_speed_mps, units) : NO_DATA,
    estimate(one.travel_time_s, 0), whole(one.probes), gradeMark(one.grade),
  ]), 'compact many')}
</section>`
}

/** The street's name beside the identifier, where it has one. */
export function linkWord({ link_names }: StateReportInput, link: string, id: string): Markup {
  const name = link_names.get(link)
  return name === undefined || name === id ? html`${id}` : html`${name} <span class="small">${id}</span>`
}
