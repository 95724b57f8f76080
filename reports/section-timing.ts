// The timing sheet of each intersection: cycle, offset with its reference point in words, the bar of rings or stages,
// and a table with splits, greens, changes, minimums and pedestrian times beside the values that run now.
import { paintTimingBar } from '../diagram/paint-timing-bar.ts'
import { buildTimingBar } from '../diagram/ring-barrier.ts'
import { referencePoint } from '../model/compile.ts'
import type { PlannedIntersection } from '../model/plan.ts'
import type { Pattern, Signal } from '../model/signal.ts'
import { modulo } from '../model/units.ts'
import { NOTHING, percent, plain } from './format.ts'
import { html, paintedMarkup, table } from './html.ts'
import type { Column, Content, Markup } from './html.ts'
import { stationName } from './plan-report-input.ts'
import type { PlanReportInput } from './plan-report-input.ts'
import { getSignal, listTimingRows, referenceInWords } from './timing-rows.ts'
import type { TimingRow } from './timing-rows.ts'

export function timingSection(input: PlanReportInput): Markup {
  return html`<section id="timing">
<h2>Timing sheets</h2>
<p class="small">A split holds green, yellow and red clearance. Greens are seconds after the offset reference point; master time is that plus the offset, modulo the cycle. Coordinated ${input.plan.intersections.some(({ kind }) => kind === 'rings') ? 'phases' : 'stages'} are dark in the bar and marked ●.</p>
${input.plan.intersections.map((intersection) => sheet(input, intersection))}
</section>`
}

function sheet(input: PlanReportInput, intersection: PlannedIntersection): Markup {
  const signal = getSignal(input.signals, intersection.signal)
  const was = input.running.patterns?.find((pattern) => pattern.signal === intersection.signal)
  const name = stationName(input, intersection.id)
  const bar = paintTimingBar(buildTimingBar(signal, intersection, intersection.signal_groups), { title: `Timing of ${name}` })
  return html`<article class="sheet">
<h3>${name} <span class="unit">${intersection.source_id}</span></h3>
<dl class="facts">
<div><dt>Cycle</dt><dd>${plain(intersection.cycle_s)} s${wasNote(was, 'cycle_s', intersection.cycle_s)}</dd></div>
<div><dt>Offset</dt><dd>${plain(intersection.offset_s)} s${offsetNote(signal, was, intersection)}</dd></div>
<div class="broad"><dt>Measured at</dt><dd>${referenceInWords(intersection.offset_reference, intersection.coordinated, intersection.kind)}</dd></div>
</dl>
<div class="wide">${paintedMarkup(bar)}</div>
${timingTable(listTimingRows(signal, intersection), intersection, was)}
</article>\n`
}

function wasNote(was: Pattern | undefined, key: 'cycle_s', now: number): Markup | undefined {
  return was === undefined || was[key] === now ? undefined : html` <span class="was">was ${plain(was[key])} s</span>`
}

/** The offset that runs now, spoken from the reference point of the new one where cycles are equal. */
function offsetNote(signal: Signal, was: Pattern | undefined, now: Pattern): Markup | undefined {
  if (was === undefined) return undefined
  if (was.cycle_s !== now.cycle_s || was.coordinated.length === 0) return html` <span class="was">was ${plain(was.offset_s)} s (${was.offset_reference.replaceAll('_', ' ')})</span>`
  const shift = referencePoint(signal, was, now.offset_reference) - referencePoint(signal, was, was.offset_reference)
  const before = modulo(was.offset_s + shift, was.cycle_s)
  return before === now.offset_s ? undefined : html` <span class="was">was ${plain(before)} s</span>`
}

function splitsOf(was: Pattern | undefined): Map<string, number> {
  if (was === undefined) return new Map()
  const parts = was.kind === 'rings' ? was.barriers.flatMap(({ rings }) => rings.flat()).map(({ phase, split_s }) => [phase, split_s] as const) : was.stages.map(({ id, duration_s }) => [id, duration_s] as const)
  // A phase that runs twice in a cycle has no single split to compare with.
  const counts = new Map<string, number>()
  for (const [id] of parts) counts.set(id, (counts.get(id) ?? 0) + 1)
  return new Map(parts.filter(([id]) => counts.get(id) === 1))
}

/** From and to as a clock of one cycle reads them: 86 – 25 runs over the end. */
function greenInCycle(start_s: number | undefined, end_s: number | undefined, cycle_s: number): string {
  if (start_s === undefined || end_s === undefined) return NOTHING
  if (end_s - start_s >= cycle_s) return 'always'
  return `${plain(start_s)} – ${plain(end_s > cycle_s ? end_s - cycle_s : end_s)}`
}

function timingTable(rows: readonly TimingRow[], intersection: PlannedIntersection, was: Pattern | undefined): Markup {
  const before = splitsOf(was?.kind === intersection.kind ? was : undefined)
  const marked = (row: TimingRow): Content => html`<span class="phase">${row.id}</span>${row.coordinated ? html` <span title="coordinated" aria-label="coordinated">●</span>` : undefined}`
  const green = ({ green_start_s, green_end_s }: TimingRow): string => greenInCycle(green_start_s, green_end_s, intersection.cycle_s)
  const pedestrian = ({ walk_s, pedestrian_clearance_s }: TimingRow): string => (walk_s === undefined && pedestrian_clearance_s === undefined ? NOTHING : `${plain(walk_s ?? 0)} + ${plain(pedestrian_clearance_s ?? 0)}`)
  const kind = (row: TimingRow): string => (row.kind === 'phase' ? `ring ${row.ring ?? ''}` : row.kind)
  const columns: Column[] = [
    { head: intersection.kind === 'rings' ? 'Phase' : 'Stage, group' }, { head: 'Kind' }, { head: 'Serves' },
    { head: 'Split', numeric: true }, ...(before.size > 0 ? [{ head: 'was', numeric: true }] : []), { head: '%', numeric: true },
    { head: 'Green', numeric: true, group: true }, { head: 'Yellow', numeric: true }, { head: 'Red clear.', numeric: true }, { head: 'Min. green', numeric: true }, { head: 'Walk + clear.', numeric: true }, { head: 'Green from – to', numeric: true },
  ]
  return table('Seconds', columns, rows.map((row) => [
    marked(row), kind(row), row.serves === '' ? NOTHING : row.serves,
    plain(row.split_s), ...(before.size > 0 ? [plain(row.split_s === undefined ? undefined : before.get(row.id))] : []), row.split_s === undefined ? NOTHING : percent(row.split_s / intersection.cycle_s),
    plain(row.green_s), plain(row.yellow_s), plain(row.red_clearance_s), plain(row.min_green_s), pedestrian(row), green(row),
  ]), 'compact')
}
