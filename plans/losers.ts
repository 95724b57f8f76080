// Who is worse off than before, or over a limit, by simulation: side streets, turning and through movements.
import type { Evaluation, MovementMeasures } from '../model/evaluation.ts'
import { levelOfService } from '../model/evaluation.ts'
import type { LinkId } from '../model/network.ts'
import type { Loser, Plan } from '../model/plan.ts'
import type { ResolvedCorridor } from '../model/corridor.ts'
import type { RoadGraph } from '../model/road-graph.ts'

/** Below this a change of mean delay is not felt and lies within the noise of a few runs. */
export const FELT_S = 5
export const FELT_SHARE = 0.1
/** Movements with less than this are anecdotes: one unlucky car moves the mean. */
export const LEAST_VPH = 10

/** Movements whose simulated delay grows by more than 5 s and a tenth, most vehicle-hours lost first. */
export function simulatedLosers(graph: RoadGraph, corridor: ResolvedCorridor, before: Evaluation, after: Evaluation): Loser[] {
  const own = new Set([corridor.outbound, corridor.inbound].flatMap((way) => way?.links ?? []))
  const earlier = new Map(before.movements.map((measures) => [measures.movement, measures]))
  return after.movements
    .flatMap((now) => {
      const was = earlier.get(now.movement)
      const signal = now.signal
      if (was === undefined || signal === undefined || now.volume_vph < LEAST_VPH) return []
      const lost = now.delay_s - was.delay_s
      if (lost <= FELT_S || lost <= FELT_SHARE * was.delay_s) return []
      return [{ loser: describe(graph, own, signal, was, now), weight: lost * now.volume_vph }]
    })
    .sort((a, b) => b.weight - a.weight)
    .map(({ loser }) => loser)
}

/** All losers of a plan: those of its simulation, and by its own words whoever a simulation of vehicles does not see. */
export function losersOf(graph: RoadGraph, corridor: ResolvedCorridor, { losers }: Pick<Plan, 'losers'>, { before, after }: { before: Evaluation; after: Evaluation }): Loser[] {
  return [...simulatedLosers(graph, corridor, before, after), ...losers.filter(({ kind, measure }) => kind === 'pedestrian' || measure === 'saturation')]
}

function describe(graph: RoadGraph, corridor: ReadonlySet<LinkId>, signal: string, was: MovementMeasures, now: MovementMeasures): Loser {
  const movement = graph.getMovement(now.movement)
  const kind: Loser['kind'] = now.on_corridor ? 'through' : corridor.has(movement.from) ? 'turning' : 'side-street'
  const place = graph.getSignal(signal).name ?? signal
  const name = `${now.name ?? `${now.from} to ${now.to}`} at ${place}`
  const [before, after] = [Math.round(was.delay_s * 10) / 10, Math.round(now.delay_s * 10) / 10]
  return {
    kind, signal, movement: now.movement, name, measure: 'delay_s', before, after,
    sentence: `${name}: delay ${before} s before, ${after} s after (${levelOfService(was.delay_s)} to ${levelOfService(now.delay_s)}), ${Math.round(now.volume_vph)} veh/h`,
  }
}
