// The report of a network plan: before and after in the model, what is proven, the areas, every signal's timing in short, who loses.
import type { PairedDifference } from '../model/evaluation.ts'
import type { Plan } from '../model/plan.ts'
import { fixed, percent, plain } from './format.ts'
import { html, table } from './html.ts'
import { differenceRow } from './section-comparison.ts'
import { page } from './page.ts'
import { REPORT_STYLE } from './report-style.ts'

export interface NetworkReportInput {
  scenario_name: string
  period_name: string
  plan: Plan
  /** Cost in the network model, vehicles waiting with stops at their weight. */
  before: number
  after: number
  areas: readonly { cycle_s: number; signals: readonly string[]; halves: readonly string[]; doubles: readonly string[]; before: number; after: number; certificate: { value: number; bound: number; gap: number } }[]
  /** Offset and cycle in the street, by signal. */
  street: ReadonlyMap<string, { cycle_s: number; offset_s: number }>
  /** What speaks against the plan; said first. */
  warnings: readonly string[]
  differences?: readonly PairedDifference[]
}

const MOST_LOSERS = 100

/** One HTML page that needs nothing else. */
export function networkReport(input: NetworkReportInput): string {
  const { plan, before, after, areas } = input
  const saved = before > 0 ? (before - after) / before : 0
  const body = html`<header>
<p class="eyebrow">Coordination of a network</p>
<h1>${input.scenario_name}<span class="period">${input.period_name}</span></h1>
</header>
<main>
<section id="answer"><p class="headline">${saved > 0 ? `In the network model delay and stops together fall by ${percent(saved, 1)}` : 'No better plan was found than the one in the street'}: ${fixed(before, 1)} vehicles waiting before, ${fixed(after, 1)} after, stops at their weight.</p>
${input.warnings.map((sentence) => html`<p class="worse"><strong>${sentence}</strong></p>`)}<p>${plan.certificate.sentence}</p></section>
${input.differences === undefined ? html`<section id="comparison"><h2>Before and after</h2><p>The plan was not simulated; the figures above are the model's.</p></section>` : html`<section id="comparison"><h2>Before and after</h2>
${table('Simulated means per vehicle', [{ head: 'Measure' }, { head: 'Before', numeric: true }, { head: 'After', numeric: true }, { head: 'Change ± 95 %', numeric: true }, { head: '%', numeric: true }, { head: 'Verdict' }], input.differences.map(differenceRow), 'verdicts')}</section>`}
<section id="areas"><h2>Areas that keep time together</h2>
${table('Vehicles waiting in the model; value and bound of the tables between its signals', [{ head: 'Cycle (s)', numeric: true }, { head: 'Signals', numeric: true }, { head: 'Half cycle' }, { head: 'Double cycle' }, { head: 'Before', numeric: true }, { head: 'After', numeric: true }, { head: 'Value', numeric: true }, { head: 'Bound', numeric: true }, { head: 'Gap', numeric: true }],
  areas.map(({ cycle_s, signals, halves, doubles, before: was, after: is, certificate: { value, bound, gap } }) => [plain(cycle_s), String(signals.length), halves.join(', '), doubles.join(', '), fixed(was, 1), fixed(is, 1), fixed(value, 2), fixed(bound, 2), value > 0 ? percent(gap / value, 2) : '0 %']))}</section>
<section id="signals"><h2>Signals</h2>
${table('Cycle and offset, street and plan, s', [{ head: 'Signal' }, { head: 'Name' }, { head: 'Cycle before', numeric: true }, { head: 'Cycle', numeric: true }, { head: 'Offset before', numeric: true }, { head: 'Offset', numeric: true }, { head: 'Reference' }],
  plan.intersections.map(({ id, name, cycle_s, offset_s, offset_reference }) => [id, name ?? '', plain(input.street.get(id)?.cycle_s), plain(cycle_s), plain(input.street.get(id)?.offset_s), plain(offset_s), offset_reference.replaceAll('_', ' ')]))}</section>
<section id="losers"><h2>Who loses (${plan.losers.length})</h2>
<ul>${plan.losers.slice(0, MOST_LOSERS).map(({ sentence }) => html`<li>${sentence}</li>`)}</ul>${plan.losers.length > MOST_LOSERS ? html`<p class="small">All of them are in plan.json.</p>` : undefined}</section>
<section id="assumed"><h2>What is assumed</h2>
<ul>${plan.provenance.assumptions.map((sentence) => html`<li>${sentence}</li>`)}</ul></section>
</main>`
  return page({ title: `Network · ${input.scenario_name}`, style: REPORT_STYLE, body, footer: `greenwave ${plan.provenance.version}` })
}
