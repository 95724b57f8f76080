// Winners and losers: who the plan itself names as worse off, and the movements that gain and lose the most time.
import type { Evaluation, MovementMeasures } from '../model/evaluation.ts'
import { fixed, plain, plusMinus, signed } from './format.ts'
import { html, table } from './html.ts'
import type { Content, Markup } from './html.ts'
import { measureNameOfOne, measureValue } from './measures.ts'
import { stationName } from './plan-report-input.ts'
import type { PlanReportInput } from './plan-report-input.ts'

/** Rows in each of the two lists; the table of movements has them all. */
const MOST_ROWS = 8
/** Smaller changes of a mean are not worth a line. */
const LEAST_CHANGE_S = 1

export interface MovementChange {
  before: MovementMeasures
  after: MovementMeasures
  /** s/veh, after minus before. */
  change_s: number
  /** Vehicle-hours of delay in an hour, after minus before. */
  total_veh_h: number
}

/** Movements that both evaluations know, in the order of `after`. */
export function listMovementChanges(before: Evaluation, after: Evaluation): MovementChange[] {
  const earlier = new Map(before.movements.map((movement) => [movement.movement, movement]))
  return after.movements.flatMap((movement) => {
    const old = earlier.get(movement.movement)
    if (old === undefined) return []
    const change_s = movement.delay_s - old.delay_s
    return [{ before: old, after: movement, change_s, total_veh_h: (change_s * (movement.volume_vph + old.volume_vph)) / 2 / 3600 }]
  })
}

export const movementName = (movement: MovementMeasures): string => movement.name ?? `${movement.from} → ${movement.to}`

export function changesSection(input: PlanReportInput): Markup {
  const { simulation } = input
  const paired = new Map(simulation?.movements?.map(({ movement, delay_s }) => [movement, delay_s]))
  const changes = simulation === undefined ? [] : listMovementChanges(simulation.before, simulation.after).filter(({ change_s }) => Math.abs(change_s) >= LEAST_CHANGE_S)
  const winners = changes.filter(({ total_veh_h }) => total_veh_h < 0).sort((a, b) => a.total_veh_h - b.total_veh_h)
  const losers = changes.filter(({ total_veh_h }) => total_veh_h > 0).sort((a, b) => b.total_veh_h - a.total_veh_h)
  return html`<section id="changes">
<h2>Winners and losers</h2>
${named(input)}
${simulation === undefined ? undefined : [balance(simulation.before, simulation.after), changeTable(input, 'Who gains the most', winners), changeTable(input, 'Who loses the most', losers)]}
${simulation === undefined ? undefined : html`<p class="small">Changes of single movements are means over all runs${paired.size > 0 ? ', with 95 % intervals of the difference over pairs of runs with the same seed' : ' and carry no interval'}; those under ${plain(LEAST_CHANGE_S)} s per vehicle are left out.</p>`}
</section>`
}

function named(input: PlanReportInput): Markup {
  if (input.plan.losers.length === 0) return html`<p>Nobody is pushed over a limit, and the plan names no one as worse off.</p>`
  const rows = input.plan.losers.map((loser): Content[] => {
    const name = measureNameOfOne(loser.measure)
    const over = loser.limit !== undefined && loser.after > loser.limit
    return [
      html`${loser.name}<br><span class="small">${loser.sentence}</span>`, stationName(input, loser.signal), loser.kind,
      html`${name.label} <span class="unit">${name.unit}</span>`, measureValue(loser.before, name), measureValue(loser.after, name),
      loser.limit === undefined ? '–' : html`${measureValue(loser.limit, name)}${over ? html` <strong class="worse">over</strong>` : undefined}`,
    ]
  })
  return table('Worse off, or over a limit', [{ head: 'Who' }, { head: 'Where' }, { head: 'Kind' }, { head: 'Measure' }, { head: 'Before', numeric: true }, { head: 'After', numeric: true }, { head: 'Limit', numeric: true }], rows)
}

/** The corridor against everybody else: a green wave paid for by side streets shows here. */
function balance(before: Evaluation, after: Evaluation): Markup {
  const mean = (evaluation: Evaluation, on: boolean): [number, number] => {
    const chosen = evaluation.movements.filter(({ on_corridor }) => on_corridor === on)
    const volume = chosen.reduce((sum, { volume_vph }) => sum + volume_vph, 0)
    return [volume, volume === 0 ? NaN : chosen.reduce((sum, { volume_vph, delay_s }) => sum + volume_vph * delay_s, 0) / volume]
  }
  const rows = ([[true, 'Through movements of the corridor'], [false, 'Side streets and turning movements']] as const).flatMap(([on, label]): Content[][] => {
    const [[, was], [volume, is]] = [mean(before, on), mean(after, on)]
    return volume === 0 ? [] : [[label, fixed(volume, 0), fixed(was, 1), fixed(is, 1), html`<span class="${is < was ? 'better' : is > was ? 'worse' : ''}">${signed(is - was, 1)}</span>`]]
  })
  return table('The balance: mean delay weighted by volume', [{ head: 'Movements' }, { head: 'Passages, veh/h', numeric: true }, { head: 'Before, s/veh', numeric: true }, { head: 'After, s/veh', numeric: true }, { head: 'Change', numeric: true }], rows)
}

function changeTable(input: PlanReportInput, caption: string, changes: readonly MovementChange[]): Markup {
  const halves = new Map(input.simulation?.movements?.map(({ movement, delay_s }) => [movement, delay_s.difference.ci95]))
  if (changes.length === 0) return html`<p>${caption}: nobody by ${plain(LEAST_CHANGE_S)} s or more.</p>`
  const rows = changes.slice(0, MOST_ROWS).map(({ before, after, change_s, total_veh_h }): Content[] => [
    movementName(after), after.signal === undefined ? '–' : stationName(input, after.signal), after.on_corridor ? 'corridor' : 'side or turning',
    fixed(after.volume_vph, 0), fixed(before.delay_s, 1), fixed(after.delay_s, 1),
    html`<span class="${change_s < 0 ? 'better' : 'worse'}">${signed(change_s, 1)}</span>${plusMinus(halves.get(after.movement) ?? null, 1)}`, signed(total_veh_h, 1),
  ])
  return table(caption, [{ head: 'Movement' }, { head: 'Where' }, { head: 'Kind' }, { head: 'Volume, veh/h', numeric: true }, { head: 'Before, s/veh', numeric: true }, { head: 'After, s/veh', numeric: true }, { head: halves.size > 0 ? 'Change ± 95 %' : 'Change', numeric: true }, { head: 'veh·h per h', numeric: true }], rows)
}
