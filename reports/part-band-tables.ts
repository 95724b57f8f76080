// Bands of single links and of paths, as tables: who has one, how wide, how wide it could be alone.
import { fixed, NOTHING, percent, tenths } from './format.ts'
import { html, table } from './html.ts'
import type { Markup } from './html.ts'
import { stationName } from './plan-report-input.ts'
import type { PlanReportInput } from './plan-report-input.ts'

/** Undefined for a plan that was not made for such bands. */
export function partBandTables(input: PlanReportInput): Markup | undefined {
  const { link_bands, paths } = input.plan
  if (link_bands === undefined && paths === undefined) return undefined
  return html`${link_bands === undefined ? undefined : linkTable(input)}${paths === undefined ? undefined : pathTable(input)}`
}

function linkTable(input: PlanReportInput): Markup {
  const { bands = [], certificate } = input.plan.link_bands ?? {}
  const rows = bands.map(({ direction, from, to, width_s, bound_s, gap_s, weight }) => [
    html`${stationName(input, from)} → ${stationName(input, to)}`, html`<span class="${direction}">${direction}</span>`, fixed(width_s, 1), fixed(bound_s, 1), fixed(gap_s, 1), percent(weight),
  ])
  return html`<h3>Bands of the links</h3>
<p>Weighted by volume ${tenths(certificate?.value ?? 0)} s in the mean; no offsets give more than ${tenths(certificate?.bound ?? 0)} s with these splits and speeds. Alone a link could have the shorter green of its two ends.</p>
${table('Bands link by link', [{ head: 'Link' }, { head: 'Direction' }, { head: 'Band, s', numeric: true }, { head: 'Alone, s', numeric: true }, { head: 'Given up, s', numeric: true }, { head: 'Weight', numeric: true }], rows)}`
}

function pathTable(input: PlanReportInput): Markup {
  const { bands = [] } = input.plan.paths ?? {}
  const rows = bands.map(({ name, mode, persons_h, weight, width_s, reason }) => [name, mode, fixed(persons_h, 0), percent(weight), width_s > 0 ? fixed(width_s, 1) : NOTHING, reason ?? ''])
  return html`<h3>Bands along paths</h3>
${table('Bands path by path', [{ head: 'Path' }, { head: 'By' }, { head: 'Persons/h', numeric: true }, { head: 'Weight', numeric: true }, { head: 'Band, s', numeric: true }, { head: '' }], rows)}`
}
