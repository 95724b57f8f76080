// The daily congestion report: one page to print, one table file, one JSON document, all from the rows of `dailySections`. Same input, same bytes.
import { csv, type CsvValue } from '../csv.ts'
import { fixed, signed } from '../format.ts'
import { html, table, type Content, type Markup } from '../html.ts'
import { page } from '../page.ts'
import { DAILY_STYLE } from './style.ts'
import { NO_DATA } from '../state-words.ts'
import type { DailyReportInput, Edition } from '../../model/daily.ts'
import { dailySections, type DailyColumn, type DailySection, type DailyValue } from './sections.ts'

const ESTIMATE_END = /_(?:low|high)$/

/** Signed where it is a change. */
const said = (value: DailyValue | undefined, { key, decimals }: DailyColumn): string => (typeof value === 'number' ? (key.startsWith('difference') ? signed : fixed)(value, decimals ?? 0) : (value ?? ''))

function cell(row: DailySection['rows'][number], column: DailyColumn): Content {
  const value = row[column.key]
  if (value === null || value === undefined) return column.unit === '' && column.decimals === undefined ? '–' : NO_DATA
  const [low, high] = [row[`${column.key}_low`], row[`${column.key}_high`]]
  if (typeof low !== 'number' || typeof high !== 'number') return said(value, column)
  return html`${said(value, column)} <span class="interval">${said(low, column)} to ${said(high, column)}</span>`
}

/** A column in which no row knows anything takes room from the others: it is named below, and stays in table file and document. */
function sectionTable({ columns, rows }: DailySection): Markup {
  const [shown, unknown] = [true, false].map((known) => columns.filter(({ key }) => !ESTIMATE_END.test(key) && rows.some((row) => row[key] !== null) === known)) as [DailyColumn[], DailyColumn[]]
  const missing = unknown.length === 0 ? '' : html`<p class="small">No data in any row: ${unknown.map(({ head }) => head).join(', ')}.</p>`
  return html`${table('', shown.map(({ head, unit, decimals }) => ({ head: unit === '' ? head : `${head}, ${unit}`, numeric: decimals !== undefined })), rows.map((row) => shown.map((column) => cell(row, column))), 'compact')}${missing}`
}

/** Data health stands before every result. */
export function dailyReport(input: DailyReportInput, edition: Edition): string {
  const sections = dailySections(input, edition)
  const verdict = sections.find(({ id }) => id === 'verdict')!
  const health = sections.find(({ id }) => id === 'health')!
  const days = input.until_day === undefined ? input.day : `${input.day} to ${input.until_day}`
  const rest = sections.filter(({ id }) => id !== 'verdict' && id !== 'health')
  const body = html`<header>
<p class="eyebrow">${input.until_day === undefined ? 'Daily' : 'Weekly'} congestion report${edition === 'public' ? ' · public edition' : ''}</p>
<h1>${input.scenario_name}<span class="period">${days}</span></h1>
</header>
<main>
<section id="answer">
<p class="headline">${verdictInWords(verdict)}</p>
<h2 id="health">Data health</h2>
<dl class="tiles">${health.columns.map((column) => html`<div class="tile"><dt>${column.head}</dt><dd><strong>${said(health.rows[0]![column.key], column) || '–'}</strong><span>${health.rows[0]![column.key] === null ? 'no data' : column.unit}</span></dd></div>\n`)}</dl>
</section>
${rest.map((section) => html`<section id="${section.id}">
<h2>${section.title}</h2>
${section.rows.length === 0 ? html`<p class="small">${section.id === 'sources' ? 'None.' : 'Nothing to tell.'}</p>` : sectionTable(section)}
</section>
`)}
<section id="reading"><h2>How to read it</h2><p class="small">Intervals hold the truth with 90 %, those of predictions with 95 %. Run times are sums over the links by quarter-hours of which all are known; delays of places are those of the vehicles that were seen. A change is only named where its interval leaves out zero; days are compared with days of the same kind. The level is that of ${verdict.rows[0]!.table ?? '–'}; a table that is not verified is no standard.</p></section>
</main>`
  return page({ title: `Congestion ${days} · ${input.scenario_name}`, style: DAILY_STYLE, body, footer: `greenwave ${input.version}` })
}

function verdictInWords({ rows: [row], columns }: DailySection): string {
  const text = (key: string): string => said(row![key], columns.find((column) => column.key === key)!)
  const value = row!.value === null ? 'no data' : `${text('value')}${row!.value_low === null || row!.value_high === null ? '' : ` (${text('value_low')} to ${text('value_high')})`}${row!.level === null ? '' : `, ${text('level')}`}`
  const change = row!.change === 'cannot tell' ? 'whether it changed cannot be told' : `${row!.change === 'no clear change' ? 'no clear change, ' : ''}${text('difference')} (${text('difference_low')} to ${text('difference_high')}) against ${text('days')} days of the same kind${row!.control === null ? '' : `, control corridor ${text('control')}`}`
  return `${text('what')}, ${text('period')}: ${value}; ${change}.${row!.weather === null ? '' : ` Weather: ${text('weather')}.`}`
}

/** One row a value: section, row, column, unit, value; empty where nothing is known. */
export function dailyCsv(input: DailyReportInput, edition: Edition): string {
  const rows = dailySections(input, edition).flatMap(({ id, columns, rows: list }) => list.flatMap((row, i) => columns.map(({ key, unit }): Record<string, CsvValue> => ({ section: id, row: i + 1, column: key, unit, value: row[key] ?? undefined }))))
  return csv(['section', 'row', 'column', 'unit', 'value'], rows)
}

export const dailyJson = (input: DailyReportInput, edition: Edition): string =>
  `${JSON.stringify({ format: 'greenwave.daily/1', scenario: input.scenario_name, day: input.day, until_day: input.until_day ?? null, edition, version: input.version, sections: dailySections(input, edition) })}\n`
