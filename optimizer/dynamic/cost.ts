// What a set of plans costs a corridor under given flows, by platoons (optimizer/progression): delay and stops of everybody, and
// through runs that stop more than once, which is what people call a broken green wave.
import type { Direction } from '../../model/plan.ts'
import type { Seconds } from '../../model/units.ts'
import { delayFigures, delayOf } from '../progression/figures.ts'
import type { GroupProgression, Progression } from '../progression/progression.ts'

/** What one stop is worth in time: as where simulated plans are compared (plans/choose.ts). */
const STOP_S = 12

/** What a through run that stops more than once is worth in time, beside its delay: the aim of the mode, so much of others' time may save one. */
export const BROKEN_RUN_S = 120

export interface CorridorCost {
  /** Seconds an hour: delay, stops and broken runs at their worth. The less the better. */
  total: Seconds
  /** Mean of everybody at the corridor's signals, s. */
  delay_s: Seconds
  /** Of through vehicles, per stop line. */
  through_stops: number
  /**
   * Share of runs along the whole corridor that stop at most once, as if stops at different signals were independent and as likely for
   * those who come along as for those who turned in: it ranks plans, and is far below what is driven. 1 where nobody drives.
   */
  smooth_index: number
}

const DIRECTIONS: readonly Direction[] = ['outbound', 'inbound']

export function corridorCost(progression: Progression): CorridorCost {
  let total = 0
  for (const group of progression.groups) total += group.served.group.volume_vph * (delayOf(group) + STOP_S * group.passage.stops)
  let [smooth, all] = [0, 0]
  for (const direction of DIRECTIONS) {
    const through = progression.groups.filter((group) => group.main && group.direction === direction)
    if (through.length === 0) continue
    const flow = through.reduce((sum, { served }) => sum + served.group.volume_vph, 0) / through.length
    smooth += flow * shareAtMostOne(through)
    all += flow
  }
  const { delay_s_per_veh, through_stops_per_veh } = delayFigures(progression)
  return { total: total + BROKEN_RUN_S * (all - smooth), delay_s: delay_s_per_veh, through_stops: through_stops_per_veh, smooth_index: all > 0 ? smooth / all : 1 }
}

function shareAtMostOne(through: readonly GroupProgression[]): number {
  let [none, one] = [1, 0]
  for (const { passage } of through) {
    const stops = Math.min(1, passage.stops)
    one = one * (1 - stops) + none * stops
    none *= 1 - stops
  }
  return none + one
}
