// The report of traffic state: one HTML file that needs nothing else, like that of a plan. What is not known says "no data".
// Every string of the input is escaped. Same input, same bytes.
import { paintCoordination } from '../diagram/paint-coordination.ts'
import { paintHeatMap } from '../diagram/paint-heat-map.ts'
import { paintProbes } from '../diagram/paint-probe-trajectories.ts'
import { paintTimeSpace } from '../diagram/paint-time-space.ts'
import { fixed, listed } from './format.ts'
import { drawn } from './drawn.ts'
import { html } from './html.ts'
import type { Content, Markup } from './html.ts'
import { page } from './page.ts'
import { definitionsSection, feedsSection } from './section-state-feeds.ts'
import { congestionSection } from './section-state-places.ts'
import { linksSection, movementPlace, movementsSection } from './section-state-movements.ts'
import { auditSection, phasesSection } from './section-state-signals.ts'
import type { StateReportInput } from './state-report-input.ts'
import { STATE_STYLE } from './state-style.ts'
import { counted, cut, known, whole } from './state-words.ts'

export type { Drawn, ReportLevel, StateReportInput } from './state-report-input.ts'

/** A movement that fewer probes drove is not named as the worst. */
const LEAST_PROBES = 10

/** In: the state, names, and the pictures as scenes. Out: a complete HTML document in English. */
export function stateReport(input: StateReportInput): string {
  const audit = auditSection(input)
  const phases = phasesSection(input)
  const pictures = picturesSection(input)
  const contents: [string, string, boolean][] = [
    ['congestion', 'Congestion', true], ['pictures', 'Pictures', pictures !== undefined], ['movements', 'Movements', true], ['links', 'Links', true], ['audit', 'Signal timing', audit !== undefined],
    ['phases', 'Phases', phases !== undefined], ['feeds', 'Feeds', true], ['definitions', 'Definitions', true],
  ]
  const body = html`<header>
<p class="eyebrow">Traffic state</p>
<h1>${input.scenario_name}<span class="period">${daysInWords(input.state.days)}</span></h1>
${input.description === undefined ? undefined : html`<p class="small">${input.description}</p>`}
</header>
<main>
<section id="answer">
<p class="headline">${headline(input)}</p>
${tiles(input)}
${input.state.feeds.flatMap(({ source, refused }) => (refused === undefined ? [] : [html`<p class="warning"><span aria-hidden="true">⚠</span> ${source} was refused and says nothing here.</p>\n`]))}
</section>
<nav aria-label="Contents">${contents.filter(([, , there]) => there).map(([id, label]) => html`<a href="#${id}">${label}</a>\n`)}</nav>
${congestionSection(input)}
${pictures}
${movementsSection(input)}
${linksSection(input)}
${audit}
${phases}
${feedsSection(input)}
${definitionsSection(input)}
</main>`
  return page({ title: `Traffic state · ${input.scenario_name}`, style: STATE_STYLE, body, footer: `greenwave ${input.version}` })
}

function daysInWords(days: readonly string[]): string {
  if (days.length === 0) return 'no day with records'
  return days.length <= 3 ? listed(days) : `${days.length} days from ${days[0]!} to ${days.at(-1)!}`
}

function headline(input: StateReportInput): string {
  const { state } = input
  const { days, movements, feeds, places } = state
  const read = feeds.reduce((sum, feed) => sum + feed.read, 0)
  const accepted = feeds.reduce((sum, feed) => sum + feed.accepted, 0)
  if (accepted === 0) return read === 0 ? 'Nothing was observed.' : `Nothing is known: of ${whole(read)} records none was believed.`
  const measured = movements.filter(({ control_delay_s }) => known(control_delay_s.value)).length
  const probes = movements.reduce((sum, one) => sum + one.probes, 0)
  const seen = `On ${counted(days.length, 'day')}, ${whole(accepted)} of ${whole(read)} records (${fixed((100 * accepted) / read, 1)} %) were believed`
  const what = probes > 0 ? `; ${whole(probes)} runs of probes measure the delay of ${counted(measured, 'movement')}` : ''
  const worst = movements.filter(({ control_delay_s, probes: n }) => known(control_delay_s.value) && n >= LEAST_PROBES).sort((a, b) => b.control_delay_s.value! - a.control_delay_s.value!)[0]
  return `${seen}${what}.${worst === undefined ? '' : ` Longest: ${movementPlace(input, worst)}, ${fixed(worst.control_delay_s.value!, 0)} s a vehicle.`} ${places.length === 0 ? 'No place was found congested.' : `${counted(places.length, 'congested place')} ${places.length === 1 ? 'was' : 'were'} found.`}`
}

function tiles({ state }: StateReportInput): Markup {
  const tile = (label: Content, value: Content, detail: Content): Markup => html`<div class="tile"><dt>${label}</dt><dd><strong>${value}</strong><span>${detail}</span></dd></div>\n`
  const probes = state.movements.reduce((sum, one) => sum + one.probes, 0)
  const weight = state.movements.reduce((sum, { control_delay_s, probes: n }) => sum + (known(control_delay_s.value) ? n : 0), 0)
  const delay = state.movements.reduce((sum, { control_delay_s: { value }, probes: n }) => sum + (known(value) ? n * value : 0), 0) / weight
  const stops = state.movements.reduce((sum, { control_delay_s, stops: { value }, probes: n }) => sum + (known(control_delay_s.value) ? n * (value ?? 0) : 0), 0) / weight
  const grades = ['A', 'B', 'C', 'D', 'E'].flatMap((grade) => {
    const n = state.movements.filter((one) => one.grade === grade).length
    return n === 0 ? [] : [`${n} ${grade}`]
  })
  return html`<dl class="tiles">
${tile('Days', whole(state.days.length), cut(state.days, 1).shown[0] ?? 'no data')}${tile('Runs of probes', probes === 0 ? '–' : whole(probes), probes === 0 ? 'no data' : 'each across one stop line')}${tile('Delay', weight > 0 ? fixed(delay, 1) : '–', weight > 0 ? 's per probe and stop line' : 'no data')}${tile('Stops', weight > 0 ? fixed(stops, 2) : '–', weight > 0 ? 'per probe and stop line' : 'no data')}${tile('Movements', whole(state.movements.length), grades.length === 0 ? 'no data' : `grades: ${grades.join(', ')}`)}${tile('Streets covered', state.links.length === 0 ? '–' : `${fixed(100 * state.coverage, 0)} %`, state.links.length === 0 ? 'no data' : 'of their length')}
</dl>`
}

function picturesSection(input: StateReportInput): Markup | undefined {
  const units = input.units ?? 'metric'
  const figures = [
    ...drawn(input.corridors, (scene, title) => paintTimeSpace(scene, { title, units })), ...drawn(input.heat_maps, (scene, title) => paintHeatMap(scene, { title })),
    ...drawn(input.coordination, (scene, title) => paintCoordination(scene, { title })), ...drawn(input.probes, (scene, title) => paintProbes(scene, { title })),
  ]
  return figures.length === 0 ? undefined : html`<section id="pictures">\n<h2>Pictures</h2>\n${figures}</section>`
}
