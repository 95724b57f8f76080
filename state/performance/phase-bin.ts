// What a phase did in a bin, as sums and lists that can be added up: bins into a day, days into a week.
import type { Instant } from '../../model/units.ts'
import { quantile } from '../statistics.ts'
import type { PhaseCycle, Termination } from './phase-timeline.ts'

export class PhaseBin {
  readonly start_s: Instant
  greens: number[] = []
  /** Green, yellow and red clearance. */
  splits: number[] = []
  /** From start to start of green. */
  cycles: number[] = []
  terminations: Record<Termination, number> = { gap: 0, max: 0, force: 0, unknown: 0 }
  /** Of advance channels, by the colour at the stop line when they would arrive. */
  arrivals = { green: 0, yellow: 0, red: 0 }
  /** Vehicle seconds from arrivals on red to the next green. */
  delay_s = 0
  /** Counted at the stop line. */
  volume = 0
  failures = 0
  judged = 0
  crossings = { yellow: 0, red_clearance: 0, red: 0, severe: 0 }
  pedestrian_calls = 0
  pedestrian_waits: number[] = []
  phase_waits: number[] = []
  skips = 0
  gaps = 0

  constructor(start_s: Instant) {
    this.start_s = start_s
  }

  addCycle({ green_s, yellow_s, red_s, clear_s, next_s, termination }: PhaseCycle): void {
    this.greens.push(yellow_s - green_s)
    this.splits.push(Math.max(red_s, clear_s) - green_s)
    if (next_s !== undefined) this.cycles.push(next_s - green_s)
    this.terminations[termination]++
  }

  /** All that another bin has, too. */
  add(other: PhaseBin): void {
    for (const key of ['greens', 'splits', 'cycles', 'pedestrian_waits', 'phase_waits'] as const) this[key].push(...other[key])
    for (const key of ['delay_s', 'volume', 'failures', 'judged', 'pedestrian_calls', 'skips', 'gaps'] as const) this[key] += other[key]
    for (const key of ['gap', 'max', 'force', 'unknown'] as const) this.terminations[key] += other.terminations[key]
    for (const key of ['green', 'yellow', 'red'] as const) this.arrivals[key] += other.arrivals[key]
    for (const key of ['yellow', 'red_clearance', 'red', 'severe'] as const) this.crossings[key] += other.crossings[key]
  }
}

/** null of nothing. */
export const quantileOf = (values: readonly number[], p: number): number | null => (values.length === 0 ? null : quantile(values, p))

export const meanOf = (values: readonly number[]): number | null => (values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length)
