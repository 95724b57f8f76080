// The plan that the running one is compared with. It need not be good: both simulators must only see the same change.
import { resolveCorridor } from '../../model/corridor.ts'
import type { Network } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Corridor } from '../../model/scenario.ts'
import type { Pattern, SignalId, StagePattern } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import type { CheckPlan } from './check-case.ts'

/** Speed of a wave where no corridor gives one, m/s. */
const WAVE_MPS = 12
/** Green that changes hands at a single signal, s. */
const SHIFT_S = 6

/** Offsets by travel time along the corridor, or from west to east without one; other splits where there is one signal. */
export function comparedPlan(network: Network, running: readonly Pattern[], corridor: Corridor | undefined): CheckPlan {
  if (running.length === 1) return { name: 'splits', patterns: running.map((pattern) => (pattern.kind === 'stages' ? shiftGreen(pattern) : pattern)) }
  const lag = (corridor === undefined ? undefined : corridorLags(network, corridor)) ?? eastwardLags(network)
  return { name: 'wave', patterns: running.map((pattern) => ({ ...pattern, offset_s: modulo(Math.round(pattern.offset_s + (lag.get(pattern.signal) ?? 0)), pattern.cycle_s) })) }
}

function corridorLags(network: Network, corridor: Corridor): Map<SignalId, number> | undefined {
  const { outbound, inbound } = resolveCorridor(new RoadGraph(network), corridor)
  const legs = (outbound ?? inbound)?.legs ?? []
  const first = legs[0]
  if (first === undefined) return undefined
  const lags = new Map([[first.from, 0]])
  let time = 0
  for (const leg of legs) lags.set(leg.to, time += leg.distance_m / leg.speed_limit_mps)
  return lags
}

function eastwardLags(network: Network): Map<SignalId, number> {
  const x = new Map(network.nodes.map((node) => [node.id, node.x_m]))
  const position = network.signals.map((signal) => x.get(signal.nodes[0] ?? '') ?? 0)
  const west = Math.min(...position)
  return new Map(network.signals.map((signal, i) => [signal.id, ((position[i] ?? 0) - west) / WAVE_MPS]))
}

/** The longest stage gives green to the shortest, as far as it stays the longest and both keep their least green. */
function shiftGreen(pattern: StagePattern): StagePattern {
  const greens = pattern.stages.filter(({ kind }) => kind === 'stage').sort((a, b) => a.duration_s - b.duration_s)
  const [shortest, longest] = [greens[0], greens.at(-1)]
  if (shortest === undefined || longest === undefined || shortest === longest) return pattern
  const change = new Map([[longest, -SHIFT_S], [shortest, SHIFT_S]])
  return { ...pattern, stages: pattern.stages.map((stage) => ({ ...stage, duration_s: stage.duration_s + (change.get(stage) ?? 0) })) }
}
