// Corridors over the hours of days: speeds of one day, and run times of weekdays before and after a change.
import type { Direction } from './plan.ts'
import type { Estimate } from './traffic-state.ts'
import type { Metres, MetresPerSecond, Seconds } from './units.ts'

export interface SpaceTimeCell {
  speed_mps: MetresPerSecond
  /** Travel time over free travel time. */
  index: number
  /** Place in the levels of the scale. */
  level: number
  /** Passages of the whole link, as far as vehicles were seen. */
  passages: number
}

export interface SpaceTimeWay {
  direction: Direction
  links: { link: string; name: string; length_m: Metres; free_speed_mps: MetresPerSecond }[]
  /** By link, then column; null where too few vehicles were seen. */
  cells: (SpaceTimeCell | null)[][]
}

export interface CorridorDay {
  corridor: string
  name: string
  day: string
  column_s: Seconds
  columns: number
  scale: { id: string; version: number; status: string; levels: readonly { en: string; zh: string; colour: 'green' | 'light-green' | 'yellow' | 'orange' | 'red' | 'dark-red' }[]; limits: readonly number[] }
  ways: SpaceTimeWay[]
}

/** ISO weekdays, and all working days together. */
export type MatrixRow = 'workdays' | 1 | 2 | 3 | 4 | 5 | 6 | 7

export interface MatrixCell {
  row: MatrixRow
  hour: number
  before: { days: number; mean_s: Seconds | null }
  after: { days: number; mean_s: Seconds | null }
  /** After minus before, s; the interval holds the truth with 90 %, null where too few days tell one. */
  difference_s: Estimate
  verdict: 'better' | 'worse' | 'undecided'
}

export interface HourMatrix {
  corridor: string
  name: string
  direction: Direction
  changed: string
  /** Days looked at on each side. */
  days: number
  cells: MatrixCell[]
  /** What every cell is made of. */
  values: { day: string; day_type: 'weekday' | 'saturday' | 'sunday' | 'holiday'; side: 'before' | 'after'; hour: number; run_s: Seconds }[]
}
