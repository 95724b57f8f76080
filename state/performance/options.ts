// Parameters of the measures of controller logs. They are stored with every result: the same name under other parameters is
// another measure. Defaults are those of the Oregon DOT `atspm` package where it has them.
import type { Seconds } from '../../model/units.ts'

export interface PerformanceOptions {
  bin_s: Seconds
  /** Length of the first part of red that a split failure looks at. */
  red_part_s: Seconds
  /** Occupied share of green and of that part of red from which a split failed. */
  occupancy: number
  /** Events must span this much of a bin for it to have data. */
  least_data_s: Seconds
  /** A wait longer than this many cycles is a skipped phase, not a wait. */
  skip_cycles: number
  /** After a pre-emption nothing is measured for this long. */
  recovery_s: Seconds
  /** Pushes of a button within this time are one call. */
  merge_calls_s: Seconds
  /** A crossing later than this after the start of red is severe. */
  severe_red_s: Seconds
  /** From which gap in the opposing stream a left turn can be made. */
  critical_gap_s: Seconds
  /** Silence of the whole device longer than this is missing data. */
  silence_s: Seconds
}

export const PERFORMANCE_DEFAULTS: PerformanceOptions = {
  bin_s: 900, red_part_s: 5, occupancy: 0.8, least_data_s: 300, skip_cycles: 1.5, recovery_s: 120, merge_calls_s: 15, severe_red_s: 4, critical_gap_s: 4.3, silence_s: 300,
}

/** Indiana enumerations that are used here. */
export const CODE = {
  begin_green: 1, gap_out: 4, max_out: 5, force_off: 6, green_termination: 7, begin_yellow: 8, end_yellow: 9, begin_red_clearance: 10, end_red_clearance: 11,
  walk: 21, pedestrian_clearance: 22, dont_walk: 23, phase_call: 43, call_dropped: 44, pedestrian_call: 45,
  detector_off: 81, detector_on: 82, pedestrian_off: 89, pedestrian_on: 90, preempt_call: 102, preempt_off: 104, preempt_exit: 111,
  pattern: 131, cycle: 132, offset: 133, first_split: 134, last_split: 149, yield_point: 151, first_actual_split: 300, last_actual_split: 315, actual_cycle: 316, actual_offset: 318,
} as const
