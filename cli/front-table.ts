// The front of plans for a terminal: the best in each measure, then others from the widest bands down.
import { finalistsOf, type FrontMember, type Measure, MEASURES, type PlanFront } from '../plans/index.ts'
import { textTable } from '../reports/text-table.ts'

/** More rows nobody reads; all members are in front.json. */
const MOST_ROWS = 14

const HEADS: Record<Measure, string> = { band_s: 'Bands (s)', delay_s: 'Delay (s)', stops: 'Stops', side_delay_s: 'Side (s)', pedestrian_wait_s: 'Walkers (s)', fuel_g: 'Fuel (g)' }
const DIGITS: Record<Measure, number> = { band_s: 1, delay_s: 1, stops: 2, side_delay_s: 1, pedestrian_wait_s: 1, fuel_g: 1 }

export function frontTable(front: PlanFront, terminal: { width: number; color: boolean }): string {
  const { members, beaten, looked_at } = front
  const shown = [...new Set([...finalistsOf(front), ...members])].slice(0, MOST_ROWS).filter((member) => members.includes(member)).sort((a, b) => members.indexOf(a) - members.indexOf(b))
  const all = [...shown, ...beaten]
  const simulated = all.some(({ differences }) => differences !== undefined)
  const rows = all.map((member) => [
    `${member.how}${beaten.includes(member) ? ' (beaten)' : ''}`, ...MEASURES.map((measure) => `${member.measures[measure].toFixed(DIGITS[measure])}${member.best_in.includes(measure) ? '*' : ''}`),
    ...(simulated ? [changeOf(member, 'delay_s'), changeOf(member, 'stops')] : []),
  ])
  const columns = [{ head: 'Plan', align: 'left' as const }, ...[...MEASURES.map((measure) => HEADS[measure]), ...(simulated ? ['Sim. delay', 'Sim. stops'] : [])].map((head) => ({ head, align: 'right' as const }))]
  return [
    `${members.length} of ${looked_at} plans are beaten by none in every measure${members.length > shown.length ? ` (${shown.length} shown)` : ''}; per vehicle and stop line by the platoon model, * the best${simulated ? '; the last columns are simulated, against what runs' : ''}:`,
    textTable(columns, rows, terminal).trimEnd(),
  ].join('\n')
}

/** Where the runs of a member stood still nothing is said of it. */
function changeOf({ differences }: FrontMember, measure: string): string {
  const percent = differences?.find((difference) => difference.measure === measure)?.percent
  return percent === undefined ? '' : `${percent > 0 ? '+' : percent < 0 ? '−' : ''}${Math.abs(percent).toFixed(0)} %`
}
