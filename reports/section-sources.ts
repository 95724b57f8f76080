// What the report rests on: assumptions, what the importers could not understand, and where everything came from.
import type { ImportNote } from '../model/errors.ts'
import { html, table } from './html.ts'
import type { Markup } from './html.ts'
import type { PlanReportInput } from './plan-report-input.ts'

/** The rest is counted; the scenario file has them all. */
const MOST_NOTES = 60

export function sourcesSection(input: PlanReportInput): Markup {
  const { provenance, id } = input.plan
  const assumptions = [...provenance.assumptions, ...(input.notes ?? [])]
  return html`<section id="sources">
<h2>Assumptions and sources</h2>
${assumptions.length === 0 ? html`<p>No assumptions beyond the input.</p>` : html`<ul>${assumptions.map((line) => html`<li>${line}</li>\n`)}</ul>`}
${importNotes(input.import_notes)}
<h3>Provenance</h3>
<dl class="facts">
<div><dt>Plan</dt><dd>${id}</dd></div>
<div><dt>Objective</dt><dd>${provenance.objective}</dd></div>
<div><dt>greenwave</dt><dd>${provenance.version}</dd></div>
<div><dt>Seed</dt><dd>${provenance.seed}</dd></div>
${input.simulation === undefined ? undefined : html`<div><dt>Simulation seeds</dt><dd>${input.simulation.after.seeds.join(', ')}</dd></div>`}
</dl>
${table('Inputs', [{ head: 'File' }, { head: 'SHA-256' }], Object.entries(provenance.inputs).sort(([a], [b]) => (a < b ? -1 : 1)).map(([file, hash]) => [file, html`<code>${hash}</code>`]))}
</section>`
}

function importNotes(notes: readonly ImportNote[]): Markup {
  if (notes.length === 0) return html`<p>The import understood everything and assumed nothing.</p>`
  const where = ({ place }: ImportNote): string => [place.line === undefined ? place.file : `${place.file ?? ''}:${place.line}`, place.element].filter((part) => part !== undefined && part !== '').join(', ')
  const rows = notes.slice(0, MOST_NOTES).map((note) => [where(note), note.kind.replace('-', ' '), note.message])
  const rest = notes.length - rows.length
  return html`${table('Notes of the import', [{ head: 'Place' }, { head: 'Kind' }, { head: 'Note' }], rows, 'compact')}
${rest > 0 ? html`<p class="small">And ${rest} more, listed in the scenario.</p>` : undefined}`
}
