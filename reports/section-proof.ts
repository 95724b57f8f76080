// Why this plan: the certificate in plain words, the cycles considered and the trade between the directions.
import { NOTHING, fixed, percent, plain, tenths } from './format.ts'
import type { Proof } from '../model/proof.ts'
import { html, paintedMarkup, table } from './html.ts'
import type { Content, Markup } from './html.ts'
import { paintPareto } from './pareto-chart.ts'
import type { Candidate, PlanReportInput } from './plan-report-input.ts'

export function proofSection(input: PlanReportInput): Markup {
  const { certificate } = input.plan
  const own = input.plan.link_bands?.certificate ?? input.plan.paths?.certificate
  if (own !== undefined) return ownProof(input, own)
  const state = certificate.proven ? html`<strong class="better">✓ proven widest</strong>` : html`<strong class="undecided">? not proven widest</strong>`
  return html`<section id="proof">
<h2>Proof</h2>
<p>${state} — ${certificate.sentence}</p>
<dl class="facts">
<div><dt>Bands of this plan, as checked</dt><dd>${tenths(certificate.value)} s</dd></div>
<div><dt>Upper bound for any plan</dt><dd>${tenths(certificate.bound)} s</dd></div>
<div><dt>Gap</dt><dd>${tenths(certificate.gap)} s</dd></div>
<div><dt>Method</dt><dd>${certificate.method}</dd></div>
</dl>
<p class="small">The value was measured on the plan in whole seconds by a checker that shares no code with the optimizer. Value and bound are in seconds of band, weighted as the objective weights the directions.</p>
${insightList(input)}${candidateTable(input.candidates ?? [])}
${paretoFigure(input)}
</section>`
}

/** Of bands of links or paths: in the unit of their own objective. */
function ownProof(input: PlanReportInput, { value, bound, gap, gap_share, proven }: Proof): Markup {
  const [what, unit] = input.plan.link_bands === undefined ? ['bands along paths, weighed by persons', 'persons/h × s'] : ['bands of links, in the mean by volume', 's']
  const sentences = (input.plan.link_bands ?? input.plan.paths)?.sentences ?? []
  return html`<section id="proof">
<h2>Proof</h2>
<p>${proven ? html`<strong class="better">✓ proven best</strong>` : html`<strong class="undecided">? not proven best</strong>`} — ${what}: ${sentences.at(-1) ?? ''}</p>
<dl class="facts">
<div><dt>This plan, as checked</dt><dd>${tenths(value)} ${unit}</dd></div>
<div><dt>Upper bound for any plan</dt><dd>${tenths(bound)} ${unit}</dd></div>
<div><dt>Gap</dt><dd>${tenths(gap)} ${unit} (${percent(gap_share)})</dd></div>
</dl>
<p class="small">The value was measured on the plan in whole seconds by a checker that shares no code with the optimizer.</p>
${insightList(input)}
${candidateTable(input.candidates ?? [])}
</section>`
}

/** Why the plan is as it is, where that was asked for. */
function insightList({ plan: { insight } }: PlanReportInput): Markup | undefined {
  if (insight === undefined) return undefined
  return html`<h3>Why</h3>
<p class="small">In seconds of band through all signals, if offsets could take any fraction of a second.</p>
<ul>${insight.sentences.map((sentence) => html`<li>${sentence}</li>\n`)}</ul>`
}

function candidateTable(candidates: readonly Candidate[]): Markup | undefined {
  if (candidates.length === 0) return undefined
  const seconds = (value: number | undefined): string => (value === undefined ? NOTHING : fixed(value, 1))
  const rows = candidates.map((candidate): Content[] => [
    candidate.chosen === true ? html`<strong>${plain(candidate.cycle_s)}</strong>` : plain(candidate.cycle_s),
    seconds(candidate.outbound_s), seconds(candidate.inbound_s),
    candidate.outbound_s === undefined && candidate.inbound_s === undefined ? NOTHING : percent(((candidate.outbound_s ?? 0) + (candidate.inbound_s ?? 0)) / 2 / candidate.cycle_s),
    seconds(candidate.cost_s), candidate.chosen === true ? html`<strong>chosen</strong>` : (candidate.note ?? ''),
  ])
  return table('Cycles considered', [{ head: 'Cycle, s' }, { head: 'Outbound band, s', numeric: true }, { head: 'Inbound band, s', numeric: true }, { head: 'Mean share of the cycle', numeric: true }, { head: 'Delay and weighted stops, s/veh', numeric: true }, { head: '' }], rows)
}

function paretoFigure({ pareto }: PlanReportInput): Markup | undefined {
  if (pareto === undefined || pareto.length < 2) return undefined
  return html`<figure class="chart">
<div class="wide">${paintedMarkup(paintPareto(pareto))}</div>
<figcaption>The trade between the directions: each point is a plan that cannot widen one band without narrowing the other.</figcaption>
</figure>`
}
