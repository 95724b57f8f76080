// The morning report: what a night of replanning did, why, and what the simulation says of it. One page, to print.
import type { PairedDifference } from '../model/evaluation.ts'
import type { MorningCorridor, MorningPlan, MorningReport, NightVerdict } from '../model/night.ts'
import { listed } from './format.ts'
import { html, table, type Content, type Markup } from './html.ts'
import { measureChange, measureName, measureValue } from './measures.ts'
import { page } from './page.ts'
import { REPORT_STYLE } from './report-style.ts'

/** What asks for somebody's eyes comes first. */
const ORDER: readonly NightVerdict[] = ['failed', 'returned', 'proposed', 'deployed', 'no-data', 'kept', 'held-out']

const WORDS: Record<NightVerdict, { one: string; many: string; title: string }> = {
  failed: { one: 'could not be planned', many: 'could not be planned', title: 'Could not be planned' },
  returned: { one: 'went back to its old plan', many: 'went back to their old plans', title: 'Back to the old plan' },
  proposed: { one: 'has a proposal', many: 'have proposals', title: 'Proposals that wait for a person' },
  deployed: { one: 'was changed', many: 'were changed', title: 'Changed' },
  'no-data': { one: 'had too little data', many: 'had too little data', title: 'Too little data' },
  kept: { one: 'stays as it is', many: 'stay as they are', title: 'Unchanged' },
  'held-out': { one: 'is held out', many: 'are held out', title: 'Held out' },
}

/** Of all that is measured, what tells whether it was worth it. */
const SHOWN = ['delay_s', 'stops', 'corridor_delay_s', 'corridor_stops', 'side_street_delay_s'] as const

export function nightReport(report: MorningReport): string {
  const { day, name, corridors } = report
  const groups = ORDER.map((verdict) => ({ verdict, own: corridors.filter((one) => one.verdict === verdict) })).filter(({ own }) => own.length > 0)
  const waiting = corridors.filter(({ verdict }) => verdict === undefined)
  const body = html`<header>
<p class="eyebrow">Nightly replanning</p>
<h1>${name}<span class="period">Morning of ${day}</span></h1>
</header>
<main>
<section id="answer"><p class="headline">${headline(report)}</p></section>
${groups.map(({ verdict, own }) => html`<section id="${verdict}">
<h2>${WORDS[verdict].title}</h2>
${own.map(corridorPart)}</section>
`)}${waiting.length === 0 ? '' : html`<section id="waiting"><h2>Not done</h2><p>${listed(waiting.map((one) => one.name))}.</p></section>
`}
<section id="reading"><h2>How to read it</h2>
<p class="small">Each plan was simulated beside what ran, with the same vehicles for both; changes are means over seeds with 95 % intervals. Measured effects compare days of one kind before and after, the change elsewhere taken off where there is an elsewhere, with 90 % intervals. A proposal changes nothing until somebody who did not write it approves it.</p></section>
</main>`
  return page({ title: `Night ${day} · ${name}`, style: REPORT_STYLE, body, footer: `Night of ${day}` })
}

/** One sentence. */
export function headline({ corridors, verdicts }: Pick<MorningReport, 'corridors' | 'verdicts'>): string {
  if (corridors.length === 0) return 'The network has no corridor to replan.'
  const parts = ORDER.flatMap((verdict) => {
    const n = verdicts[verdict] ?? 0
    return n === 0 ? [] : [`${n} ${n === 1 ? WORDS[verdict].one : WORDS[verdict].many}`]
  })
  const waiting = corridors.filter(({ verdict }) => verdict === undefined).length
  if (waiting > 0) parts.push(`${waiting} ${waiting === 1 ? 'is' : 'are'} not done`)
  return `Of ${corridors.length} ${corridors.length === 1 ? 'corridor' : 'corridors'} ${listed(parts)}.`
}

function corridorPart({ name, sentences, plans }: MorningCorridor): Markup {
  return html`<h3>${name}</h3>
<ul>${sentences.map((sentence) => html`<li>${sentence}</li>\n`)}</ul>
${plans.length === 0 ? '' : planTable(plans)}`
}

function planTable(plans: readonly MorningPlan[]): Markup {
  const shown = SHOWN.filter((measure) => plans.some(({ differences }) => differences.some((one) => one.measure === measure)))
  const columns = [
    { head: 'Period' }, { head: 'Stage' }, { head: 'Cycle, s', numeric: true },
    ...shown.map((measure) => ({ head: `${measureName(measure).label}${measureName(measure).unit === '' ? '' : `, ${measureName(measure).unit}`}`, numeric: true, group: true })),
  ]
  return table('', columns, plans.map((plan) => [plan.period, plan.stage, plan.cycle_s, ...shown.map((measure) => cell(plan.differences.find((one) => one.measure === measure)))]), 'compact')
}

function cell(difference: PairedDifference | undefined): Content {
  if (difference === undefined) return '–'
  const name = measureName(difference.measure)
  return html`${measureValue(difference.before, name)} → ${measureValue(difference.after, name)} <span class="${difference.verdict}">${measureChange(difference, name)}</span>`
}
