// What a daily or weekly congestion report is made of. null is "not known", and stays so in every output.
import type { Estimate } from './traffic-state.ts'

/** A figure of the day against the same kind of day before: difference with its 90 % interval. */
export interface Comparison {
  difference: Estimate
  /** Days of the same kind behind it. */
  days: number
  /** Corridor that nothing was done to, where there is one. */
  control: string | null
}

export interface DailyReportInput {
  format: 'greenwave.daily-input/1'
  scenario_name: string
  /** First local date, and the last where it is a week. */
  day: string
  until_day?: string
  version: string
  /** What the headline says: a scale's value by its table. */
  headline: { what: string; period: string; value: Estimate; scale: { id: string; version: number; status: string }; level: string | null; weather: string | null; comparison: Comparison | null }
  health: {
    /** Of the seven days of a week, those of which anything is known. */
    days_heard?: number
    probe_runs: number | null
    penetration: number | null
    radar_up: number | null
    segments_unknown: number | null
    sources: { source: string; state: 'used' | 'quarantined' | 'refused'; why: string }[]
  }
  clusters: {
    name: string; head: string | null; start: string; end: string; length_m: number | null; delay_veh_h: number | null; vehicles: number; comparison: Comparison | null; z: number | null
    kind: 'recurrent' | 'emerging' | 'occasional' | 'incident' | 'unknown'; cause: string | null; policy: string | null; status: string | null
  }[]
  corridors: {
    name: string; direction: string; period: string; runs: number; run_p50_s: number | null; run_p95_s: number | null; stops_per_run: number | null; one_stop_share: number | null; no_stop_share: number | null
    arrivals_on_green: number | null; plan: string | null; drift_s: number | null; failed: string | null
  }[]
  alarms: { junction: string; kind: 'split-failure' | 'spillback' | 'imbalance' | 'wasted-green'; value: number | null; unit: string; minutes: number | null }[]
  actions: { when: 'last night' | 'yesterday'; what: string; why: string; predicted: Estimate; observed: Estimate | null; unit: string }[]
  today: { what: string; from: string | null; until: string | null; plan: string | null }[]
}

/** Everything, or what anybody may read: no alarms, no actions, no row with fewer than five vehicles behind it. */
export type Edition = 'police' | 'public'
