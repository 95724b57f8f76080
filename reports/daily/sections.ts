// The one query layer of the daily report: rounded rows with units, from which page, table file and JSON are written, so that no two of them differ.
import { LEAST_PUBLISHED_VEHICLES } from '../../model/publication.ts'
import type { Estimate } from '../../model/traffic-state.ts'
import type { Comparison, DailyReportInput, Edition } from '../../model/daily.ts'

export type DailyValue = number | string | null

export interface DailyColumn {
  key: string
  head: string
  /** Empty for words. */
  unit: string
  decimals?: number
}

export interface DailySection {
  id: 'verdict' | 'health' | 'sources' | 'clusters' | 'corridors' | 'alarms' | 'actions' | 'today'
  title: string
  columns: readonly DailyColumn[]
  rows: Readonly<Record<string, DailyValue>>[]
}

const MOST_ROWS = 10

const word = (key: string, head: string): DailyColumn => ({ key, head, unit: '' })
const figure = (key: string, head: string, unit: string, decimals = 0): DailyColumn => ({ key, head, unit, decimals })
const estimateColumns = (key: string, head: string, unit: string, decimals: number): DailyColumn[] => [figure(key, head, unit, decimals), figure(`${key}_low`, 'low', unit, decimals), figure(`${key}_high`, 'high', unit, decimals)]
const estimateOf = (key: string, estimate: Estimate | null | undefined): Record<string, number | null> => ({ [key]: estimate?.value ?? null, [`${key}_low`]: estimate?.low ?? null, [`${key}_high`]: estimate?.high ?? null })

const round = (value: DailyValue, decimals: number | undefined): DailyValue => (typeof value !== 'number' || decimals === undefined ? value : Number.isFinite(value) ? Math.round(value * 10 ** decimals) / 10 ** decimals + 0 : null)

function section(id: DailySection['id'], title: string, columns: readonly DailyColumn[], rows: readonly Readonly<Record<string, DailyValue>>[]): DailySection {
  return { id, title, columns, rows: rows.map((row) => Object.fromEntries(columns.map(({ key, decimals }) => [key, round(row[key] ?? null, decimals)]))) }
}

/** What may be said of a change: its direction only where the interval leaves out zero. */
export function changeInWords(comparison: Comparison | null): 'higher' | 'lower' | 'no clear change' | 'cannot tell' {
  const { value, low, high } = comparison?.difference ?? { value: null, low: null, high: null }
  if (comparison === null || comparison.days < 1 || value === null || low === null || high === null) return 'cannot tell'
  return low > 0 ? 'higher' : high < 0 ? 'lower' : 'no clear change'
}

/** In the order of the report: data health before any result. */
export function dailySections(input: DailyReportInput, edition: Edition): DailySection[] {
  const { headline, health } = input
  // A ratio of travel times moves by hundredths, an index from 0 to 10 by tenths.
  const fine = headline.scale.id === 'tpi-10' ? 1 : 2
  const open = edition === 'public'
  const seen = <T>(rows: readonly T[], vehicles: (row: T) => number): T[] => rows.filter((row) => !open || vehicles(row) >= LEAST_PUBLISHED_VEHICLES)
  const percent = (share: number | null): number | null => (share === null ? null : 100 * share)
  const all = [
    section('verdict', 'Verdict', [word('what', 'Measure'), word('period', 'Period'), ...estimateColumns('value', 'Value', '', fine), word('level', 'Level'), word('table', 'Table'), ...estimateColumns('difference', 'Change', '', fine), word('change', 'Verdict'), figure('days', 'Days compared', 'days'), word('control', 'Control corridor'), word('weather', 'Weather')], [{
      what: headline.what, period: headline.period, ...estimateOf('value', headline.value), level: headline.level, table: `${headline.scale.id} version ${headline.scale.version} (${headline.scale.status})`, ...estimateOf('difference', headline.comparison?.difference),
      change: changeInWords(headline.comparison), days: headline.comparison?.days ?? null, control: headline.comparison?.control ?? null, weather: headline.weather,
    }]),
    section('health', 'Data health', [...(health.days_heard === undefined ? [] : [figure('days_heard', 'Days heard', 'of 7 days')]), figure('probe_runs', 'Probe runs', 'runs'), figure('penetration', 'Penetration', '%', 1), figure('radar_up', 'Radar up-time', '%', 1), figure('segments_unknown', 'Segments unknown', '%', 1)], [{ days_heard: health.days_heard ?? null, probe_runs: health.probe_runs, penetration: percent(health.penetration), radar_up: percent(health.radar_up), segments_unknown: percent(health.segments_unknown) }]),
    section('sources', 'Sources refused or quarantined', [word('source', 'Source'), word('state', 'State'), word('why', 'Why')], health.sources.filter(({ state }) => state !== 'used')),
    section('clusters', 'Worst congestion', [word('name', 'Place'), word('head', 'Head junction'), word('start', 'From'), word('end', 'Until'), figure('length_m', 'Longest', 'm'), figure('delay_veh_h', 'Delay', 'veh h', 1), ...estimateColumns('difference', 'Change', 'veh h', 1), figure('z', 'z', '', 1), word('change', 'Verdict'), word('kind', 'Kind'), word('cause', 'Cause'), word('policy', 'Policy'), word('status', 'Status')],
      seen(input.clusters, ({ vehicles }) => vehicles).toSorted((a, b) => (b.delay_veh_h ?? -1) - (a.delay_veh_h ?? -1) || (a.name < b.name ? -1 : 1)).slice(0, MOST_ROWS).map(({ comparison, ...row }) => ({ ...row, ...estimateOf('difference', comparison?.difference), change: changeInWords(comparison) }))),
    section('corridors', 'Corridors', [word('name', 'Corridor'), word('direction', 'Direction'), word('period', 'Period'), figure('runs', 'Runs', ''), figure('run_p50_s', 'Run time P50', 's'), figure('run_p95_s', 'P95', 's'), figure('stops_per_run', 'Stops a run', '', 2), figure('one_stop', 'At most one stop', '%'), figure('no_stop', 'No stop 不停车通过率', '%'), figure('on_green', 'Arrivals on green', '%'), word('plan', 'Plan'), figure('drift_s', 'Drift', 's', 1), word('failed', 'Failed runs')],
      seen(input.corridors, ({ runs }) => runs).map((row) => ({ ...row, one_stop: percent(row.one_stop_share), no_stop: percent(row.no_stop_share), on_green: percent(row.arrivals_on_green) }))),
    section('alarms', 'Junction alarms', [word('junction', 'Junction'), word('kind', 'Alarm'), figure('value', 'Value', '', 2), word('unit', 'Unit'), figure('minutes', 'Lasted', 'min')], input.alarms.slice(0, MOST_ROWS)),
    section('actions', 'Actions', [word('when', 'When'), word('what', 'What'), word('why', 'Why'), ...estimateColumns('predicted', 'Predicted', '', 1), ...estimateColumns('observed', 'Observed', '', 1), word('unit', 'Unit')], input.actions.map(({ predicted, observed, ...row }) => ({ ...row, ...estimateOf('predicted', predicted), ...estimateOf('observed', observed) }))),
    section('today', 'Today', [word('what', 'What'), word('from', 'From'), word('until', 'Until'), word('plan', 'Suggested plan')], input.today),
  ]
  return open ? all.filter(({ id }) => id !== 'alarms' && id !== 'actions') : all
}
