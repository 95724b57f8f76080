// Congestion in space and time: maps, one figure for corridors and the city, and the places with what they cost.
import { paintNetworkMap } from '../diagram/paint-network-map.ts'
import type { AreaState, PlaceState } from '../model/traffic-state.ts'
import { drawn } from './drawn.ts'
import { distance, distanceUnit, fixed } from './format.ts'
import { html, table } from './html.ts'
import type { Column, Content, Markup } from './html.ts'
import { GROWTH, KIND, minuteOf, NATURE } from './place-words.ts'
import { gradeMark } from './section-state-movements.ts'
import type { StateReportInput } from './state-report-input.ts'
import { counted, cut, figure, known, NO_DATA, whole } from './state-words.ts'

const MOST_PLACES = 40
const MOST_LINKS_NAMED = 6

const BY: Record<PlaceState['avoidable_by'], string> = { 'better-days': 'better days', 'plan': 'plan' }
const WEIGHT: Record<AreaState['weighted_by'], string> = { 'vehicle-km': 'vehicle-kilometres', 'length': 'length' }

export function congestionSection(input: StateReportInput): Markup {
  return html`<section id="congestion">
<h2>Congestion</h2>
${drawn(input.maps, (scene, title) => paintNetworkMap(scene, { title }))}
${areaTable(input)}
${placeTable(input)}
</section>`
}

function areaTable({ state, scale, units = 'metric' }: StateReportInput): Markup | undefined {
  if (state.areas.length === 0 || state.links.length === 0) return undefined
  const columns: Column[] = [{ head: 'Where' }, { head: 'Index', numeric: true }, { head: 'Class' }, { head: 'Weighted by', group: true }, { head: `Length, ${units === 'us' ? 'mi' : 'km'}`, numeric: true }, { head: 'Driven, veh km an hour', numeric: true }, { head: 'Covered', numeric: true }]
  const level = ({ level: id }: AreaState): Content => {
    const found = scale.levels.find((candidate) => candidate.id === id)
    return found === undefined ? NO_DATA : html`<span class="cause">${found.en}<span class="zh" lang="zh">${found.zh}</span></span>`
  }
  return table('Travel time over free travel time', columns, state.areas.map((area): Content[] => [
    area.name, figure(area.index, 2), level(area), WEIGHT[area.weighted_by], fixed(area.length_m / (units === 'us' ? 1609.344 : 1000), 1), known(area.driven_veh_km_per_h) ? whole(Math.round(area.driven_veh_km_per_h)) : NO_DATA, `${fixed(100 * area.coverage, 0)} %`,
  ]))
}

function placeTable(input: StateReportInput): Markup {
  const { places, days, links } = input.state
  const units = input.units ?? 'metric'
  const { shown, more } = cut(places, MOST_PLACES)
  if (shown.length === 0) return html`<p>${links.length === 0 ? NO_DATA : `No congested place was found in ${counted(days.length, 'day')}; links that nobody drove are unknown.`}</p>`
  const columns: Column[] = [
    { head: 'Place' }, { head: 'Kind' }, { head: 'Head' }, { head: 'Time' }, { head: 'On days, %', numeric: true }, { head: `Reach, ${distanceUnit(units)}`, numeric: true, group: true }, { head: 'Minutes a day', numeric: true }, { head: 'Vehicles', numeric: true },
    { head: 'Delay, veh h a day', numeric: true, group: true }, { head: 'Avoidable', numeric: true }, { head: 'Grade' }, { head: 'Queue' },
  ]
  return html`${table('Congested places, the most avoidable delay first', columns, shown.map((one, i): Content[] => {
    const [delay, avoidable] = one.all === null || one.all === undefined ? [one.delay_veh_h_per_day, one.avoidable_veh_h_per_day] : [one.all.delay_veh_h_per_day, one.all.avoidable_veh_h_per_day]
    const seen = one.all === null || one.all === undefined ? html` <span class="interval">of those seen</span>` : undefined
    return [
      html`<span class="place-number">${i + 1}</span> ${linksInWords(one.links)}`, html`<span class="cause">${KIND[one.kind][0]}<span class="zh" lang="zh">${KIND[one.kind][1]}</span></span><span class="interval">${NATURE[one.nature][0]}${NATURE[one.nature][1] === '' ? undefined : html` <span lang="zh">${NATURE[one.nature][1]}</span>`}</span>`,
      one.head ?? NO_DATA, `${minuteOf(one.start_s)} to ${minuteOf(one.end_s)}`, fixed(100 * one.frequency, 0),
      distance(one.length_m, units), fixed(one.duration_s / 60, 0), one.all === null || one.all === undefined ? NO_DATA : whole(Math.round(one.all.volume_veh)),
      html`${figure(delay, 1)}${seen}`, html`${figure(avoidable, 1)} <span class="interval">${BY[one.avoidable_by]}</span>`, gradeMark(one.grade), GROWTH[one.growth],
    ]
  }), 'compact many')}<p class="small">Where links were slow for two of three times five minutes, with at least three vehicles each; less is unknown, not free. Vehicles and delays are those of all vehicles where the share of probes is known.${more > 0 ? ` ${whole(more)} more are in state.json.` : ''}</p>`
}

function linksInWords(links: readonly string[]): string {
  const { shown, more } = cut(links, MOST_LINKS_NAMED)
  return `${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
}
