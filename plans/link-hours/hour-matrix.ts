// Run times of a corridor before and after a change, hour by weekday. The day is the unit: hours of one day share its weather and demand.
// Interval of the difference of means: Welch's, 90 %, as everywhere with measured days.
import { resolveCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay, LocalTime, parseDay, weekdayOf } from '../../model/local-time.ts'
import type { HourMatrix, MatrixCell, MatrixRow } from '../../model/link-hours.ts'
import type { Direction } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import { againstDays } from '../daily/against.ts'
import { DayCells } from '../daily/day-cells.ts'
import type { Stores } from '../ports/store.ts'
import { getCorridor } from '../street.ts'
import { dayTypeOf, type Calendar } from '../workflow/index.ts'

export interface HourMatrixRequest {
  stores: Stores
  network: string
  scenario: Scenario
  graph: RoadGraph
  calendar: Calendar
  corridor: string
  direction: Direction
  /** Local date of the change; it and the two days after it belong to neither side. */
  changed: string
  days: number
}

/** Drivers learn, controllers are trimmed; as with effects. */
const TRANSITION_DAYS = 2
const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const ROWS: readonly MatrixRow[] = ['workdays', 1, 2, 3, 4, 5, 6, 7]
const HOUR_S = 3600

export async function hourMatrix({ stores, network, scenario, graph, calendar, corridor: id, direction, changed, days }: HourMatrixRequest): Promise<HourMatrix> {
  const at = parseDay(changed)
  if (at === undefined) throw new GreenwaveError('request.invalid', `/changed is ${JSON.stringify(changed)}; it must be a date such as 2026-11-21`)
  const local = new LocalTime(scenario.scenario.time_zone)
  const corridor = resolveCorridor(graph, getCorridor(scenario.scenario, id))
  const way = corridor[direction]
  if (way === undefined) throw new GreenwaveError('request.invalid', `the corridor ${JSON.stringify(id)} has no ${direction} direction`)
  const links = [...new Set(way.links)]
  const index = new Map(scenario.network.links.map((link, i) => [link.id, i]))
  const places = links.map((link) => index.get(link)!)
  const values: HourMatrix['values'] = []
  for (const [side, first] of [['before', at - days], ['after', at + TRANSITION_DAYS + 1]] as const) for (let day = first; day < first + days; day++) {
    const cells = new DayCells(scenario.network, local)
    cells.add(await stores.states.minutes(network, local.instant(day, 0), local.instant(day + 1, 0), links))
    if (!cells.hasDay(day)) continue
    for (const hour of HOURS) {
      const { run_s } = cells.runTimes(places, day, [hour * HOUR_S, (hour + 1) * HOUR_S])
      if (run_s.length > 0) values.push({ day: formatDay(day), day_type: dayTypeOf(calendar, day), side, hour, run_s: mean(run_s) })
    }
  }
  return { corridor: corridor.corridor.id, name: corridor.corridor.name, direction, changed, days, cells: matrixCells(values), values }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

/** Of every slot that some day knows. */
export function matrixCells(values: HourMatrix['values']): MatrixCell[] {
  // A holiday is no Monday, and a Saturday that is worked no Saturday.
  const belongs = ({ day, day_type }: HourMatrix['values'][number], row: MatrixRow): boolean =>
    row === 'workdays' ? day_type === 'weekday' : weekdayOf(parseDay(day)!) === row && day_type === (row === 6 ? 'saturday' : row === 7 ? 'sunday' : 'weekday')
  return ROWS.flatMap((row) => HOURS.flatMap((hour): MatrixCell[] => {
    const [before, after] = (['before', 'after'] as const).map((side) => values.filter((one) => one.side === side && one.hour === hour && belongs(one, row)).map(({ run_s }) => run_s)) as [number[], number[]]
    if (before.length + after.length === 0) return []
    const difference_s = againstDays(after, before)?.difference ?? { value: null, low: null, high: null }
    const { low, high } = difference_s
    return [{
      row, hour, before: { days: before.length, mean_s: before.length === 0 ? null : mean(before) }, after: { days: after.length, mean_s: after.length === 0 ? null : mean(after) }, difference_s,
      verdict: high !== null && high < 0 ? 'better' : low !== null && low > 0 ? 'worse' : 'undecided',
    }]
  }))
}
