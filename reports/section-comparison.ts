// Before and after: paired differences with their intervals and verdicts, and each direction of the corridor.
import type { DirectionMeasures, MeanCi, PairedDifference } from '../model/evaluation.ts'
import { fixed, NOTHING, percent, plusMinus, speed, speedUnit, type Units } from './format.ts'
import { html, table } from './html.ts'
import type { Content, Markup } from './html.ts'
import { measureChange, measureName, measurePercent, measureValue } from './measures.ts'
import type { PlanReportInput } from './plan-report-input.ts'

/** The sign beside the word tells verdicts apart without colour. */
const SIGN: Record<PairedDifference['verdict'], string> = { better: '✓', worse: '✗', undecided: '?' }

export function comparisonSection(input: PlanReportInput): Markup {
  const { simulation } = input
  if (simulation === undefined) return html`<section id="comparison"><h2>Before and after</h2><p>The plan was not simulated, so nothing is said about stops and delay.</p></section>`
  const { before, after, differences } = simulation
  const same = after.runs === 1 ? 'One pair of runs with the same seed gives no interval and decides nothing' : `${after.runs} pairs of runs with the same seeds; the interval is of the paired difference. “Undecided” means that it contains zero: more runs may decide it`
  const failed = after.gridlocked_runs > before.gridlocked_runs ? ' More runs gridlock after than before, so nothing counts as better.' : ''
  return html`<section id="comparison">
<h2>Before and after</h2>
${table('Simulated means per vehicle', [{ head: 'Measure' }, { head: 'Before', numeric: true }, { head: 'After', numeric: true }, { head: 'Change ± 95 %', numeric: true }, { head: '%', numeric: true }, { head: 'Verdict' }], differences.map(differenceRow), 'verdicts')}
<p class="small">${same}.${failed} ${percent(before.completed_share, 1)} of the trips were completed before, ${percent(after.completed_share, 1)} after.</p>
${directionTable(before.corridor, after.corridor, input.units ?? 'metric')}
</section>`
}

export function differenceRow(difference: PairedDifference): Content[] {
  const name = measureName(difference.measure)
  return [
    html`${name.label} ${name.unit === '' ? undefined : html`<span class="unit">${name.unit}</span>`}`,
    measureValue(difference.before, name), measureValue(difference.after, name),
    measureChange(difference, name), measurePercent(difference),
    html`<span class="verdict ${difference.verdict}"><span aria-hidden="true">${SIGN[difference.verdict]}</span> ${difference.verdict}</span>`,
  ]
}

type Corridor = Record<'outbound' | 'inbound', DirectionMeasures>

const NONE: MeanCi = { mean: Number.NaN, ci95: null }

/** Whether anybody measured it: a row of nothing says nothing. */
const known = (before: Corridor, after: Corridor, key: keyof DirectionMeasures): boolean => [before, after].some((side) => side.outbound[key] !== undefined || side.inbound[key] !== undefined)

function directionTable(before: Corridor, after: Corridor, units: Units): Markup {
  const seconds = (value: MeanCi): string => `${fixed(value.mean, 1)}${plusMinus(value.ci95, 1)}`
  const count = (value: MeanCi): string => `${fixed(value.mean, 2)}${plusMinus(value.ci95, 2)}`
  const share = (value: MeanCi): string => `${fixed(100 * value.mean, 0)}${plusMinus(value.ci95 === null ? null : 100 * value.ci95, 0)} %`
  const measures: (readonly [string, string, (measures: DirectionMeasures) => string])[] = [
    ['Travel time', 's', (m) => seconds(m.travel_time_s)],
    ['Delay', 's/veh', (m) => seconds(m.delay_s)],
    ['Stops', 'per vehicle', (m) => count(m.stops)],
    ['At most one stop', '', (m) => share(m.share_at_most_one_stop)],
    ...(known(before, after, 'control_delay_s') ? [['Control delay', 's/veh', (m: DirectionMeasures) => seconds(m.control_delay_s ?? NONE)] as const] : []),
    ...(known(before, after, 'travel_speed_mps') ? [['Travel speed, level of service', speedUnit(units), (m: DirectionMeasures) => `${m.travel_speed_mps === undefined ? NOTHING : speed(m.travel_speed_mps, units)} ${m.level_of_service ?? ''}`.trim()] as const] : []),
    ...(known(before, after, 'co2_g') ? [['CO2', 'g/veh', (m: DirectionMeasures) => `${fixed(m.co2_g?.mean, 0)}${plusMinus(m.co2_g?.ci95 ?? null, 0)}`] as const] : []),
  ]
  // A one-way street has nobody on the other side.
  const directions = (['outbound', 'inbound'] as const).filter((direction) => before[direction].vehicles + after[direction].vehicles > 0)
  const columns = directions.flatMap((direction) => [
    { head: html`<span class="${direction}">${direction}</span> before`, numeric: true, group: true },
    { head: html`<span class="${direction}">${direction}</span> after`, numeric: true },
  ])
  const rows = measures.map(([label, unit, show]): Content[] => [
    html`${label} <span class="unit">${unit}</span>`,
    ...directions.flatMap((direction) => [show(before[direction]), show(after[direction])]),
  ])
  const vehicles: Content[] = ['Vehicles, all runs', ...directions.flatMap((direction) => [String(before[direction].vehicles), String(after[direction].vehicles)])]
  return table('Vehicles that travel the whole corridor, mean ± 95 %', [{ head: 'Measure' }, ...columns], [...rows, vehicles])
}
