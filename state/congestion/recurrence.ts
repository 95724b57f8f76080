// Whether congestion comes every day, is growing over weeks, or came once. Recurrent: the same kind of day and slot on 60 % of
// the last 20 days. Emerging: less, but rising (Mann 1945, Kendall 1975). Incident: travel times far above the slot's own
// history, while the links before are slower than those beyond, and not because the whole town is slow.
import { quantile } from '../statistics.ts'

export type Recurrence = 'recurrent' | 'emerging' | 'occasional' | 'unknown'

const RECENT_DAYS = 20
const RECURRENT_SHARE = 0.6
const SIX_WEEKS_D = 42
/** Days that a verdict needs. */
const LEAST_DAYS = 5

/** `congested` per comparable day, undefined where that day was not measured; oldest first, `day` being its number. */
export function classifyRecurrence(history: readonly { day: number; congested: boolean | undefined }[]): Recurrence {
  const known = history.filter(({ congested }) => congested !== undefined)
  const recent = known.slice(-RECENT_DAYS)
  if (recent.length < LEAST_DAYS) return 'unknown'
  const share = recent.filter(({ congested }) => congested).length / recent.length
  if (share >= RECURRENT_SHARE) return 'recurrent'
  const last = known.at(-1)!.day
  const weeks = known.filter(({ day }) => day > last - SIX_WEEKS_D).map(({ congested }) => (congested ? 1 : 0))
  return mannKendall(weeks) > Z_ONE_SIDED_95 ? 'emerging' : 'occasional'
}

const Z_ONE_SIDED_95 = 1.6449

/** Standard score of Mann's trend test, ties reckoned with; positive where values rise; 0 where there is nothing to tell. */
export function mannKendall(values: readonly number[]): number {
  const n = values.length
  let s = 0
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) s += Math.sign(values[j]! - values[i]!)
  const counts = new Map<number, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  const spread = (m: number): number => m * (m - 1) * (2 * m + 5)
  const variance = (spread(n) - [...counts.values()].reduce((sum, ties) => sum + spread(ties), 0)) / 18
  if (!(variance > 0) || s === 0) return 0
  return (s - Math.sign(s)) / Math.sqrt(variance)
}

/** Least spread of log travel times: below it a slot's history is luck. */
const FLOOR = 0.08
const MAD_TO_SIGMA = 1.4826

/**
 * How far a travel time is above its slot's history, in robust standard deviations of its logarithm. `town`: the same of the
 * median link right now, taken off, so that snow is no incident on every street. undefined with fewer than five days of history.
 */
export function travelTimeScore(travel_time_s: number, history_s: readonly number[], town = 0): number | undefined {
  if (history_s.length < LEAST_DAYS) return undefined
  const logs = history_s.map(Math.log)
  const middle = quantile(logs, 0.5)
  const mad = quantile(logs.map((value) => Math.abs(value - middle)), 0.5) * MAD_TO_SIGMA
  return (Math.log(travel_time_s) - middle) / Math.max(mad, FLOOR) - town
}

const INCIDENT_Z = 3
/** Upstream must be that much slower than downstream, share of the downstream speed. */
const CONTRAST = 0.4

export interface IncidentEvidence {
  /** Scores of the last cells, oldest first; undefined where not measured. */
  scores: readonly (number | undefined)[]
  /** Speed of the link, and of the links that it leads to where known, m/s. */
  speed_mps: number
  downstream_mps: number | undefined
  /** Whether a link that it leads to is anomalous itself. */
  downstream_anomalous: boolean
  /** A plan change, weather, a holiday or a closure that explains it. */
  explained: boolean
}

export type IncidentVerdict = 'none' | 'originates-here' | 'inherited'

/** Two cells in a row far above their history, with free road beyond: it began here. With an anomaly beyond: it was handed up. */
export function classifyIncident({ scores, speed_mps, downstream_mps, downstream_anomalous, explained }: IncidentEvidence): IncidentVerdict {
  const last = scores.slice(-2)
  if (explained || last.length < 2 || !last.every((score) => score !== undefined && score > INCIDENT_Z)) return 'none'
  if (downstream_anomalous) return 'inherited'
  return downstream_mps !== undefined && speed_mps < (1 - CONTRAST) * downstream_mps ? 'originates-here' : 'none'
}
