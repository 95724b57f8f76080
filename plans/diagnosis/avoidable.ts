// Delay that a signal could avoid: what is measured, less what its traffic would wait under the best isolated timing.
import type { RoadGraph } from '../../model/road-graph.ts'
import type { MovementId } from '../../model/network.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { isolatedDelay, listLaneGroups } from '../../optimizer/capacity/index.ts'
import { SignalSplits } from '../../optimizer/splits/index.ts'

const LONGEST_CYCLE_S = 180
const CYCLE_STEP_S = 5
/** Nobody is pushed above it where that is possible. */
const TARGET_SATURATION = 0.9

/** Best timing of a signal on its own. */
export interface BestIsolated {
  /** Vehicle hours per hour. */
  delay_veh_h: number
  /** Per vehicle, by movement. */
  delay_s: ReadonlyMap<MovementId, number>
  cycle_s: number
  pattern: Pattern
}

/** Least delay of a signal on its own at these volumes, over cycles in steps of 5 s. */
export function bestIsolated(graph: RoadGraph, signal: SignalId, running: Pattern, volumes: ReadonlyMap<MovementId, number>): BestIsolated | undefined {
  const laneGroups = listLaneGroups(graph, signal, volumes)
  if (laneGroups.every(({ volume_vph }) => volume_vph <= 0)) return undefined
  const splits = new SignalSplits({ signal: graph.getSignal(signal), running, laneGroups, through: [], target_saturation: TARGET_SATURATION })
  let best: BestIsolated | undefined
  for (let cycle = Math.ceil(splits.minimum_cycle_s); cycle <= Math.max(LONGEST_CYCLE_S, running.cycle_s); cycle = (Math.floor(cycle / CYCLE_STEP_S) + 1) * CYCLE_STEP_S) {
    const { states, pattern } = splits.solve(cycle)
    const each = laneGroups.map((group, i) => (group.volume_vph > 0 ? isolatedDelay(cycle, group, states[i]!) : 0))
    const delay = laneGroups.reduce((sum, group, i) => sum + (group.volume_vph * each[i]!) / 3600, 0)
    if (Number.isFinite(delay) && (best === undefined || delay < best.delay_veh_h)) {
      best = { delay_veh_h: delay, cycle_s: cycle, pattern, delay_s: new Map(laneGroups.flatMap(({ movements }, i) => movements.map((id) => [id, each[i]!] as const))) }
    }
  }
  return best
}
