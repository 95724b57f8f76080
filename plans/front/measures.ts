// What a plan is worth in several measures at once, by the platoons of optimizer/progression. Every figure is a mean over what passes
// the corridor's own signals.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { MovementId } from '../../model/network.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern } from '../../model/signal.ts'
import { compileSignal } from '../../model/compile.ts'
import { delayFigures, movementFigures, type Progression, ProgressionModel } from '../../optimizer/progression/index.ts'

export interface PlanMeasures {
  /** Outbound and inbound together, s; the more the better, all others the less the better. */
  band_s: number
  /** Control delay, s per vehicle and stop line, and stops. */
  delay_s: number
  stops: number
  /** Of those who come from side streets; 0 where nobody does. */
  side_delay_s: number
  /** Mean wait of pedestrians for their walk, s; 0 where no group has one. */
  pedestrian_wait_s: number
  /** Burnt for waiting and stopping, g per vehicle and stop line. */
  fuel_g: number
}

export type Measure = keyof PlanMeasures

export const MEASURES: readonly Measure[] = ['band_s', 'delay_s', 'stops', 'side_delay_s', 'pedestrian_wait_s', 'fuel_g']

/** CIRCLES midsize model: what a stop from 50 km/h and a second of idling cost a car, g (see choose.ts). */
const STOP_FUEL_G = 12.1
const IDLE_FUEL_GPS = 0.127

export class MeasuringModel {
  readonly #graph: RoadGraph
  readonly #model: ProgressionModel
  readonly #along: ReadonlySet<string>

  /** `volumes` in veh/h; a movement that is absent has no demand. */
  constructor(graph: RoadGraph, corridor: ResolvedCorridor, volumes: ReadonlyMap<MovementId, number>) {
    this.#graph = graph
    this.#model = new ProgressionModel(graph, corridor, volumes)
    this.#along = new Set([corridor.outbound, corridor.inbound].flatMap((way) => way?.links ?? []))
  }

  /** In: a pattern for each signal of the corridor, and the widths of its bands together. */
  measure(patterns: readonly Pattern[], band_s: number): PlanMeasures {
    const compiled = patterns.map((pattern) => compileSignal(this.#graph.getSignal(pattern.signal), pattern))
    const progression = this.#model.evaluate(compiled)
    const { delay_s_per_veh: delay_s, stops_per_veh: stops } = delayFigures(progression)
    return { band_s, delay_s, stops, side_delay_s: this.#sideDelay(progression), pedestrian_wait_s: pedestrianWait(this.#graph, compiled), fuel_g: IDLE_FUEL_GPS * delay_s + STOP_FUEL_G * stops }
  }

  /** Delay and stops at the given weight, s per vehicle and stop line. */
  cost(compiled: readonly CompiledSignal[], stop_weight_s: number): number {
    const { delay_s_per_veh, stops_per_veh } = delayFigures(this.#model.evaluate(compiled))
    return delay_s_per_veh + stop_weight_s * stops_per_veh
  }

  #sideDelay(progression: Progression): number {
    let [sum, all] = [0, 0]
    for (const { movement, volume_vph, delay_s } of movementFigures(progression)) {
      if (volume_vph <= 0 || this.#along.has(this.#graph.getMovement(movement).from)) continue
      sum += volume_vph * delay_s
      all += volume_vph
    }
    return all > 0 ? sum / all : 0
  }
}

/** Who comes at any moment and waits unless it is walk: (C − walk)² / 2C, the mean over the groups that have a walk. */
function pedestrianWait(graph: RoadGraph, compiled: readonly CompiledSignal[]): number {
  const waits = compiled.flatMap(({ signal, cycle_s, groups }) => graph.getSignal(signal).groups.flatMap(({ id, walk_s = 0 }) => {
    const shown = groups.find((group) => group.id === id)?.green_windows_s.length ?? 0
    return walk_s <= 0 || shown === 0 ? [] : [(cycle_s - walk_s) ** 2 / (2 * cycle_s)]
  }))
  return waits.length === 0 ? 0 : waits.reduce((a, b) => a + b, 0) / waits.length
}
