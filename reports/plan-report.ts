// The report of a plan: one HTML file that needs nothing else. No script, no style attribute, no address outside;
// toggles are checkboxes and CSS. Every string of the input is escaped. Same input, same bytes.
import { fixed, plain, plusMinus, signed, tenths } from './format.ts'
import { delayOf, headline, losersInWords, stopsOf, warnings } from './headline.ts'
import { html } from './html.ts'
import type { Content, Markup } from './html.ts'
import { page } from './page.ts'
import type { PlanReportInput } from './plan-report-input.ts'
import type { PairedDifference } from '../model/evaluation.ts'
import { pageStyle, REPORT_STYLE } from './report-style.ts'
import { changesSection } from './section-changes.ts'
import { comparisonSection } from './section-comparison.ts'
import { diagramSection } from './section-diagrams.ts'
import { movementSection } from './section-movements.ts'
import { progressionSection } from './section-progression.ts'
import { proofSection } from './section-proof.ts'
import { sourcesSection } from './section-sources.ts'
import { timingSection } from './section-timing.ts'

export type { Candidate, ParetoPoint, PlanReportInput, ReportStation } from './plan-report-input.ts'

const CONTENTS = [['comparison', 'Before and after'], ['diagram', 'Time-space diagram'], ['proof', 'Proof'], ['changes', 'Winners and losers'], ['timing', 'Timing sheets'], ['movements', 'Movements'], ['progression', 'Progression and queues'], ['sources', 'Assumptions and sources']] as const

/**
 * In: the plan, its signals and stations, what ran before, and, where simulated, both evaluations.
 * Out: a complete HTML document in English. Throws input.reference when plan, signals and stations do not fit.
 */
export function planReport(input: PlanReportInput): string {
  const title = `${input.corridor_name}, ${input.period_name}`
  const movements = movementSection(input)
  const progression = progressionSection(input)
  const absent = new Set([...(movements === undefined ? ['movements'] : []), ...(progression === undefined ? ['progression'] : [])])
  const losers = losersInWords(input)
  const body = html`<header>
<p class="eyebrow">Signal coordination plan · ${input.scenario_name}</p>
<h1>${input.corridor_name}<span class="period">${input.period_name}</span></h1>
${input.description === undefined ? undefined : html`<p class="small">${input.description}</p>`}
${recordFacts(input)}
</header>
<main>
<section id="answer">
<p class="headline">${headline(input)}</p>
${tiles(input)}
${warnings(input).map((sentence) => html`<p class="warning"><span aria-hidden="true">⚠</span> ${sentence}</p>\n`)}
${losers === undefined ? undefined : html`<p>${losers} <a href="#changes">Winners and losers</a></p>`}
</section>
<nav aria-label="Contents">${CONTENTS.filter(([id]) => !absent.has(id)).map(([id, label]) => html`<a href="#${id}">${label}</a>\n`)}</nav>
${comparisonSection(input)}
${diagramSection(input)}
${proofSection(input)}
${changesSection(input)}
${timingSection(input)}
${movements}
${progression}
${sourcesSection(input)}
</main>`
  const { id, provenance } = input.plan
  return page({ title, style: `${REPORT_STYLE}${input.record === undefined && input.paper === undefined ? '' : pageStyle(input.paper ?? 'a4', recordLine(input))}`, body, footer: `${id} · greenwave ${provenance.version} · seed ${provenance.seed}` })
}

function recordFacts({ record }: PlanReportInput): Markup | undefined {
  if (record === undefined) return undefined
  return html`<dl class="facts record">
<div><dt>Plan</dt><dd>${record.id}</dd></div><div><dt>Version</dt><dd>${record.version}, ${record.stage}</dd></div><div><dt>Date</dt><dd>${record.date}</dd></div><div><dt>Hash (SHA-256)</dt><dd><code>${record.hash}</code></dd></div>
</dl>`
}

/** Of every printed page. */
const recordLine = ({ corridor_name, period_name, record }: PlanReportInput): string =>
  `${corridor_name}, ${period_name}${record === undefined ? '' : ` · ${record.id} · ${record.date} · ${record.hash.slice(0, 12)}`}`

/** The figures of the sentence again, to be read from across the table. */
function tiles(input: PlanReportInput): Markup {
  const tile = (label: Content, figure: Content, detail: Content): Markup => html`<div class="tile"><dt>${label}</dt><dd><strong>${figure}</strong><span>${detail}</span></dd></div>\n`
  const change = (label: string, difference: PairedDifference | undefined, decimals: number, unit: string): Markup | undefined => {
    if (difference === undefined) return undefined
    const { mean, ci95 } = difference.difference
    const figure = difference.before === 0 ? signed(mean, decimals) : `${signed(difference.percent, Math.abs(difference.percent) < 10 ? 1 : 0)} %`
    return tile(label, html`<span class="${difference.verdict}">${figure}</span>`, `${signed(mean, decimals)}${plusMinus(ci95, decimals)} ${unit}`)
  }
  const bands = input.plan.bands.map(({ direction, width_s, width_cycle }) => tile(html`<span class="${direction}">Band ${direction}</span>`, `${tenths(width_s)} s`, `${fixed(100 * width_cycle, 0)} % of the cycle`))
  const cycles = [...new Set(input.running.compiled.map(({ cycle_s }) => plain(cycle_s)))]
  return html`<dl class="tiles">
${change('Stops', stopsOf(input), 2, 'per veh')}${change('Delay', delayOf(input), 1, 's/veh')}${bands}${tile('Cycle', `${plain(input.plan.cycle_s)} s`, cycles.length === 0 ? '' : `was ${cycles.slice(0, 3).join(', ')}${cycles.length > 3 ? ', …' : ''} s`)}
</dl>`
}
