// Lead and lag: the orders of phases inside the corridor's barrier groups that a signal may run, the street's first.
// A permissive left that is not tied to the opposing through by a flashing yellow arrow allows its phase only at the
// end of its ring (else: yellow trap). Signal Timing Manual 2nd ed. (NCHRP 812) section 4.
import { getGroup } from '../../model/compile.ts'
import type { BarrierGroup, GroupId, PhaseSplit, RingPattern, Signal } from '../../model/signal.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { parentsOf } from './rings.ts'

/** All permitted patterns; only the given one where the order is not free. `corridor` = through groups. */
export function listSequences(graph: RoadGraph, signal: Signal, pattern: RingPattern, corridor: readonly GroupId[]): RingPattern[] {
  if (signal.sequence_free !== true) return [pattern]
  const through = new Set(corridor.flatMap((id) => parentsOf(signal, id)))
  const trapped = permissiveTurns(graph, signal)
  let variants: BarrierGroup[][] = [[]]
  for (const barrier of pattern.barriers) {
    const own = barrier.rings.flat().some(({ phase }) => through.has(phase))
    const orders = own ? ordersOf(barrier, trapped) : [barrier]
    variants = variants.flatMap((before) => orders.map((order) => [...before, order]))
  }
  return variants.map((barriers) => ({ ...pattern, barriers }))
}

/** As an engineer writes it: phases of a ring with dashes, rings with strokes, barriers as bars. */
export const nameOrder = ({ barriers }: RingPattern): string => barriers.map(({ rings }) => rings.map((ring) => ring.map(({ phase }) => phase).join('-')).join('/')).join(' | ')

/** Groups whose permissive display could trap a turner. */
function permissiveTurns(graph: RoadGraph, signal: Signal): Set<GroupId> {
  const found = new Set<GroupId>()
  for (const movement of graph.listMovementsOfSignal(signal.id)) {
    if (movement.turn === 'through') continue
    for (const connection of graph.listConnections(movement.id)) {
      if (connection.yields_to.every((id) => !isOncoming(graph, signal, id, movement.from))) continue
      for (const { group, right_of_way } of connection.groups ?? []) {
        if (right_of_way === 'permissive' && getGroup(signal, group).flashing_yellow_arrow !== true) for (const parent of parentsOf(signal, group)) found.add(parent)
      }
    }
  }
  return found
}

const isOncoming = (graph: RoadGraph, signal: Signal, connection: string, from: string): boolean =>
  graph.listMovementsOfSignal(signal.id).some((other) => other.from !== from && other.turn === 'through' && graph.listConnections(other.id).some(({ id }) => id === connection))

/** The given order first, then each ring of two phases also turned round where nobody is trapped. */
function ordersOf(barrier: BarrierGroup, trapped: ReadonlySet<GroupId>): BarrierGroup[] {
  let found: PhaseSplit[][][] = [[]]
  for (const ring of barrier.rings) {
    const turned = ring.length === 2 ? [[ring[1] as PhaseSplit, ring[0] as PhaseSplit]] : []
    found = found.flatMap((before) => [ring, ...turned].map((order) => [...before, order]))
  }
  const safe = (rings: PhaseSplit[][]): boolean => rings.every((ring) => ring.every(({ phase }, i) => i === ring.length - 1 || !trapped.has(phase)))
  return found.filter((rings, i) => i === 0 || safe(rings)).map((rings) => ({ rings }))
}
