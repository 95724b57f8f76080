// Where in the cycle of a movement an instant lies, as what delay hangs on: whether it meets red, how long green is then away,
// and how much of the queue it may still meet after the start of green.
import type { Instant, Seconds } from '../../model/units.ts'
import type { Green, GreenClock } from '../signals/greens.ts'

/** Counts as arriving on green, after its end: drivers go on into yellow. */
export const AFTER_GREEN_S: Seconds = 3

/** Red 0 or 1; s until green, 0 on green; from 1 at the start of green to 0 at its middle, 0 on red. */
export type CyclePlace = readonly [red: number, wait_s: number, early: number]

const NOWHERE: CyclePlace = [Number.NaN, Number.NaN, Number.NaN]

/** NaN where greens are not known. */
export function cyclePlace(clock: GreenClock, movement: number, time_s: Instant): CyclePlace {
  const green = clock.find(movement, time_s)
  return green === undefined ? NOWHERE : placeIn(green, time_s)
}

function placeIn({ start_s, end_s, next_s }: Green, time_s: Instant): CyclePlace {
  if (time_s < end_s + AFTER_GREEN_S) return [0, 0, Math.max(0, 1 - (2 * (time_s - start_s)) / (end_s - start_s))]
  return [1, next_s - time_s, 0]
}

/** Means and second moments of the three over a cycle in which every instant is as likely. */
export interface EvenPlace {
  mean: CyclePlace
  /** Of pairs: red and red, red and wait, wait and wait, early and early; early goes with neither of the others. */
  square: readonly [number, number, number, number]
}

export function evenPlace({ start_s, end_s, next_s }: Green): EvenPlace {
  const cycle = next_s - start_s
  const red = Math.max(0, cycle - (end_s + AFTER_GREEN_S - start_s))
  const [share, wait] = [red / cycle, (red * red) / (2 * cycle)]
  return { mean: [share, wait, (end_s - start_s) / (4 * cycle)], square: [share, wait, red ** 3 / (3 * cycle), (end_s - start_s) / (6 * cycle)] }
}

export function meanEven(all: readonly EvenPlace[]): EvenPlace {
  const mean = [0, 1, 2].map((k) => all.reduce((sum, each) => sum + each.mean[k]!, 0) / all.length) as [number, number, number]
  const square = [0, 1, 2, 3].map((k) => all.reduce((sum, each) => sum + each.square[k]!, 0) / all.length) as [number, number, number, number]
  return { mean, square }
}
