// What a set of plans costs a corridor under given flows, by platoons (optimizer/progression): delay and stops of everybody, and
// through runs that stop more than once, which is what people call a broken green wave.
import type { CompiledSignal } from '../../model/plan.ts'
import type { Seconds } from '../../model/units.ts'
import { delayFigures, delayOf } from '../progression/figures.ts'
import type { ProgressionModel } from '../progression/index.ts'
import { followRuns } from './followed-runs.ts'

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
  /** Share of runs along the whole corridor that stop at most once, as followed in the platoons' queues. 1 where nobody drives. */
  at_most_one_stop: number
}

/** One street twice: with the traffic that was measured, and with the room that greens must keep. */
export interface CostModels {
  measured: ProgressionModel
  /** Delay and stops are reckoned with more traffic: a green that is just sufficient is one that chance makes overfull. */
  loaded: ProgressionModel
}

/** `total`: delay and stops of the loaded street, broken runs of the measured one; all other figures are of the measured street. */
export function corridorCost({ measured, loaded }: CostModels, compiled: readonly CompiledSignal[]): CorridorCost {
  const progression = measured.evaluate(compiled)
  let total = 0
  for (const group of loaded.evaluate(compiled).groups) total += group.served.group.volume_vph * (delayOf(group) + STOP_S * group.passage.stops)
  let [smooth, all] = [0, 0]
  for (const { flow_vph, at_most_one_stop } of followRuns(progression)) {
    smooth += flow_vph * at_most_one_stop
    all += flow_vph
  }
  const { delay_s_per_veh, through_stops_per_veh } = delayFigures(progression)
  return { total: total + BROKEN_RUN_S * (all - smooth), delay_s: delay_s_per_veh, through_stops: through_stops_per_veh, at_most_one_stop: all > 0 ? smooth / all : 1 }
}
