// What is known of the signals: what probes say of their timing against the plan, and the measures of controller logs.
import type { PhaseMeasures, SignalAudit } from '../model/traffic-state.ts'
import { fixed, plain } from './format.ts'
import { html, table } from './html.ts'
import type { Column, Content, Markup } from './html.ts'
import { movementWord } from './section-state-movements.ts'
import type { StateReportInput } from './state-report-input.ts'
import { cut, figure, known, NO_DATA, whole } from './state-words.ts'

const MOST_ROWS = 120
/** Within this of the plan nothing is to be said. */
const AS_PLANNED_S = 2

const VERDICT: Record<SignalAudit['verdict'], string> = { 'fixed': 'fixed time', 'plan-changed': 'plan changed', 'drifting': 'clock drifts', 'actuated': 'actuated', 'unknown': 'cannot be told' }

/** Absent where no signal was audited. */
export function auditSection(input: StateReportInput): Markup | undefined {
  const { signals } = input.state
  if (signals.length === 0) return undefined
  const { shown, more } = cut([...signals].sort((a, b) => rank(a) - rank(b)), MOST_ROWS)
  const names = new Map(input.state.movements.map((one) => [one.movement, movementWord(one)]))
  const seconds = (value: number | null): Content => figure(value, 1)
  const columns: Column[] = [
    { head: 'Signal' }, { head: 'Found' }, { head: 'Cycle, s', numeric: true, group: true }, { head: 'Green starts, s', numeric: true }, { head: 'Green, s', numeric: true }, { head: 'Drift, s a day', numeric: true },
    { head: 'Plan: cycle / start / green, s', numeric: true, group: true }, { head: 'Difference, s', numeric: true }, { head: 'Confidence', numeric: true, group: true }, { head: 'In words' },
  ]
  return html`<section id="audit">
<h2>Signal timing as traffic shows it</h2>
<p class="small">From stops and departures of probes alone, against the plan that should run. Start of green: seconds after local midnight, modulo the cycle, ± 90 %.${more > 0 ? ` ${whole(more)} more are in state.json.` : ''}</p>
${table('Signals', columns, shown.map((one): Content[] => [
    html`${input.signal_names.get(one.signal) ?? one.intersection}, ${names.get(one.movement) ?? one.movement}`, VERDICT[one.verdict], seconds(one.cycle_s),
    known(one.green_start_s) ? html`${tenth(one.green_start_s)}${known(one.green_start_error_s) ? html` <span class="interval">± ${tenth(one.green_start_error_s)}</span>` : undefined}` : NO_DATA,
    seconds(one.green_s), figure(one.drift_s_per_day, 2), one.planned === undefined ? NO_DATA : `${plain(one.planned.cycle_s)} / ${plain(one.planned.green_start_s)} / ${plain(one.planned.green_s)}`,
    seconds(one.planned?.difference_s ?? null), fixed(one.confidence, 2), rank(one) === 2 ? 'as planned' : one.sentence,
  ]), 'compact many')}
</section>`
}

/** What somebody should look at comes first, what cannot be told next, what is as planned last. */
function rank({ verdict, planned }: SignalAudit): 0 | 1 | 2 {
  if (verdict === 'unknown') return 1
  return verdict === 'fixed' && known(planned?.difference_s) && Math.abs(planned!.difference_s!) < AS_PLANNED_S ? 2 : 0
}

const tenth = (value: number): string => fixed(value, 1)

/** Absent where no log was read. */
export function phasesSection({ state: { phases } }: StateReportInput): Markup | undefined {
  if (phases.length === 0) return undefined
  const { shown, more } = cut(phases, MOST_ROWS)
  const columns: Column[] = [
    { head: 'Device, phase' }, { head: 'Cycle, s', numeric: true }, { head: 'Green, s', numeric: true }, { head: 'Ended by gap / max / force, %', numeric: true, group: true }, { head: 'On green, %', numeric: true, group: true },
    { head: 'Platoon ratio', numeric: true }, { head: 'Volume, veh/h', numeric: true, group: true }, { head: 'Simplified delay, s', numeric: true }, { head: 'Split failures', numeric: true, group: true },
    { head: 'On yellow / red / late red', numeric: true }, { head: 'Pedestrian wait, s', numeric: true, group: true }, { head: 'Skips', numeric: true },
  ]
  return html`<section id="phases">
<h2>Phases from controller logs</h2>
<p class="small">Medians and shares over all greens of the log. On green counts green only, unlike that of probes; never compare the two. Simplified delay: from an arrival on red to the next green, without start-up and queue.${more > 0 ? ` ${whole(more)} more are in state.json.` : ''}</p>
${table('Phases', columns, shown.map((one): Content[] => [
    `${one.device}, phase ${one.phase}`, figure(one.cycle_s, 1), figure(one.green_median_s, 1), endings(one), figure(one.arrivals_on_green, 0, 100), figure(one.platoon_ratio, 2), figure(one.volume_vph), figure(one.approach_delay_s, 1),
    known(one.split_failures) ? html`${whole(one.split_failures)}${known(one.split_failure_share) ? html` <span class="interval">${fixed(100 * one.split_failure_share, 0)} % of greens</span>` : undefined}` : NO_DATA,
    known(one.yellow_actuations) && known(one.red_actuations) ? html`${one.yellow_actuations} / ${one.red_actuations} / ${figure(one.severe_red_actuations)}` : NO_DATA, figure(one.pedestrian_wait_s, 0), whole(one.skips),
  ]), 'compact many')}
</section>`
}

function endings({ terminations: ends }: PhaseMeasures): Content {
  if (ends === null) return NO_DATA
  const words = [ends.gap, ends.max, ends.force].map((share) => fixed(100 * share, 0)).join(' / ')
  return ends.unknown > 0.005 ? html`${words} <span class="interval">${fixed(100 * ends.unknown, 0)} unknown</span>` : words
}
