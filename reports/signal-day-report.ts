// A signal's day on paper: plans, greens, arrivals, splits, quarter-hours and hours. One HTML file that needs nothing else; its figures are those of the table file, row by row.
import { paintCoordination } from '../diagram/paint-coordination.ts'
import { paintSplitMonitor } from '../diagram/paint-split-monitor.ts'
import type { SignalDay, SignalPhase } from '../model/signal-day.ts'
import { asShown } from './comparison.ts'
import { fixed, NOTHING } from './format.ts'
import { html, paintedMarkup, table, type Column, type Content, type Markup } from './html.ts'
import { page } from './page.ts'
import { pageStyle, REPORT_STYLE } from './report-style.ts'
import { BIN_MEASURES, coordinationOf, HOUR_MEASURES, MEASURE_NAMES, onGreenRows, splitMonitorOf } from './signal-rows.ts'

export interface SignalDayPrint {
  day: SignalDay
  /** Of the network, for people. */
  place: string
  paper: 'a4' | 'a3'
  /** Of greenwave. */
  version: string
}

const WIDTH_PX = { a4: 760, a3: 1100 } as const
const DAY_S = 86_400
const GREENS: Record<SignalPhase['greens'], string> = { log: 'Greens as the controller or its lamps told them.', plan: 'Greens of the plan: nobody logged any.', unknown: 'No greens are known.' }

const clock = (time_s: number): string => (time_s >= DAY_S ? '24:00' : `${String(Math.floor(time_s / 3600)).padStart(2, '0')}:${String(Math.floor((time_s % 3600) / 60)).padStart(2, '0')}`)
const span = ({ from_s, until_s }: { from_s: number; until_s: number }): string => `${clock(from_s)}–${clock(until_s)}`
const planOf = (plan: string | null): string => plan ?? 'street’s own'
const shown = (value: number | null | undefined, decimals: number): string => fixed(asShown(value, decimals) ?? undefined, decimals)
const heads = (measures: readonly (readonly [string, string, number, number])[]): Column[] => measures.map(([id, unit]) => ({ head: unit === '' ? MEASURE_NAMES[id]! : `${MEASURE_NAMES[id]!}, ${unit}`, numeric: true }))

/** Same input, same bytes. Every string of the input is escaped. */
export function signalDayReport({ day, place, paper, version }: SignalDayPrint): string {
  const when = `${day.day}, ${span(day)}`
  const body = html`<header>
<p class="eyebrow">A signal’s day · ${place}</p>
<h1>${day.name}<span class="period">${when}</span></h1>
</header>
<main>
<section id="plans"><h2>Plans</h2>${table('As the schedule names them now', [{ head: 'Time' }, { head: 'Plan' }, { head: 'Cycle, s', numeric: true }], day.reigns.map((reign) => [span(reign), planOf(reign.plan), shown(reign.cycle_s, 1)]))}</section>
${day.phases.map((phase) => phaseSection(day, phase, WIDTH_PX[paper]))}
${day.bins.length === 0 ? undefined : html`<section id="quarters"><h2>Quarter-hours of the controller’s log</h2>${table('', [{ head: 'Time' }, { head: 'Phase', numeric: true }, ...heads(BIN_MEASURES)], day.bins.map((bin) => [span(bin), String(bin.phase), ...BIN_MEASURES.map(([id, , decimals, scale]) => { const value = bin[id]; return value === null ? NOTHING : shown(scale * value, decimals) })]), 'compact')}</section>`}
${hours(day)}
<section id="reading"><h2>How to read it</h2><p class="small">${NOTHING} is what nobody knows. Ranges are 90 % intervals. Arrivals on green count those in known cycles. The same figures in the same decimals stand in the table file of this day.</p></section>
</main>`
  return page({ title: `${day.name} ${day.day}`, style: `${REPORT_STYLE}${pageStyle(paper, `${place} · ${day.name} · ${when}`)}`, body, footer: `signal ${day.signal} · ${when} · greenwave ${version}` })
}

function phaseSection(day: SignalDay, phase: SignalPhase, width: number): Markup | undefined {
  const range = [day.from_s, day.until_s] as const
  const rows = onGreenRows(day, phase, range)
  if (phase.cycles.length === 0 && phase.splits.length === 0 && rows.length === 0) return undefined
  const name = phase.name ?? phase.movements.map((one) => one.name ?? `${one.from} → ${one.to}`).join(', ')
  const title = `Phase ${phase.phase}${name === '' ? '' : ` · ${name}`}`
  return html`<section class="phase"><h2>${title}</h2><p class="small">${GREENS[phase.greens]}</p>
<figure>${paintedMarkup(paintCoordination(coordinationOf(phase, range), { title: `${day.name}, ${title}: coordination diagram`, width, plans: day.reigns.map(({ from_s, plan }) => ({ time_s: from_s, label: plan === null ? planOf(plan) : plan.slice(0, 8) })) }))}</figure>
${rows.length === 0 ? undefined : table('Arrivals on green', [{ head: 'Time' }, { head: 'Plan' }, { head: 'Source' }, { head: 'Arrivals', numeric: true }, { head: 'On green, %', numeric: true }], rows.map((row) => [span(row), planOf(row.plan), row.source, String(row.arrivals), shown(row.on_green, 1)]))}
${phase.greens !== 'log' ? undefined : html`<figure>${paintedMarkup(paintSplitMonitor(splitMonitorOf(phase, range), { title: `${day.name}, ${title}: split monitor`, width }))}</figure>`}
${phase.splits.length === 0 ? undefined : table('Splits', [{ head: 'Time' }, { head: 'Plan' }, ...['Programmed, s', 'Median, s', '85th, s', 'Greens', 'Gap-out, %', 'Max-out, %', 'Force-off, %', 'Not told, %'].map((head) => ({ head, numeric: true }))], phase.splits.map((row): Content[] => [span(row), planOf(row.plan), shown(row.programmed_s, 1), shown(row.median_s, 1), shown(row.p85_s, 1), String(row.greens), ...(['gap', 'max', 'force', 'unknown'] as const).map((cause) => (row.terminations === null ? NOTHING : shown(100 * row.terminations[cause], 1)))]), 'compact')}
</section>`
}

function hours(day: SignalDay): Markup | undefined {
  const spans = [...day.hours, ...(day.movements.length === 0 ? [] : [{ start_s: 0, end_s: DAY_S, movements: day.movements }])]
  if (spans.length === 0) return undefined
  const rows = spans.flatMap(({ start_s, end_s, movements }) => movements.map((movement): Content[] => [
    span({ from_s: start_s, until_s: end_s }), movement.name ?? `${movement.from} → ${movement.to}`,
    ...HOUR_MEASURES.map(([id, , decimals, scale]): Content => {
      const { value, low, high } = movement[id]
      if (value === null) return NOTHING
      return html`${shown(scale * value, decimals)}${low === null || high === null ? undefined : html` <span class="interval">${shown(scale * low, decimals)} to ${shown(scale * high, decimals)}</span>`}`
    }), String(movement.probes),
  ]))
  return html`<section id="hours"><h2>Movements hour by hour, and over the whole day</h2>${table('Measured from vehicles and counts', [{ head: 'Time' }, { head: 'Movement' }, ...heads(HOUR_MEASURES), { head: 'Probes', numeric: true }], rows, 'compact')}</section>`
}
