// The plan as a table for spreadsheets: one row for each intersection and phase, stage or green window of a group.
// Seconds; greens in the local clock of the intersection, whose zero is the offset reference point.
import type { Plan } from '../model/plan.ts'
import type { Signal } from '../model/signal.ts'
import { csv } from './csv.ts'
import type { CsvValue } from './csv.ts'
import { getSignal, listTimingRows } from './timing-rows.ts'

export const PLAN_CSV_COLUMNS = [
  'plan', 'corridor', 'period', 'intersection', 'source_id', 'name', 'cycle_s', 'offset_s', 'offset_reference',
  'kind', 'ring', 'barrier', 'id', 'serves', 'coordinated', 'split_s', 'green_s', 'yellow_s', 'red_clearance_s',
  'min_green_s', 'walk_s', 'pedestrian_clearance_s', 'green_start_s', 'green_end_s',
] as const

/**
 * In: the plan and the signals it times. Out: RFC 4180 text, CR LF.
 * It begins with a byte order mark: the file is for spreadsheets, and Excel reads UTF-8 names (南湖大道) right only
 * with one; `bom: false` leaves it out for programs that would take it for a part of the first column's name.
 * Throws input.reference for a signal that is not given.
 */
export function planCsv(plan: Plan, signals: readonly Signal[], options: { bom?: boolean } = {}): string {
  const rows = plan.intersections.flatMap((intersection) => {
    const { cycle_s, offset_s, offset_reference, source_id, name, id } = intersection
    const same = { plan: plan.id, corridor: plan.corridor, period: plan.period, intersection: id, source_id, name: name ?? '', cycle_s, offset_s, offset_reference }
    return listTimingRows(getSignal(signals, intersection.signal), intersection).map(
      (row): Record<string, CsvValue> => ({ ...same, ...row }),
    )
  })
  return (options.bom === false ? '' : '\ufeff') + csv(PLAN_CSV_COLUMNS, rows)
}
