// Vehicles that turn across oncoming traffic without protection wait for a gap: their starts come after the start of green by as
// much as the other street needs. Such a movement is given the start of the one beside it, which it shares a green with.
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Seconds } from '../../model/units.ts'
import { wrap } from './circular.ts'
import type { MovementTiming } from './signal-timing.ts'

/** A green that began longer before is another one. */
const LONGEST_WAIT_S: Seconds = 30
const EARLIER_S: Seconds = 4
/** Who starts this regularly has a green of its own, where the network does not tell. */
const REGULAR = 0.95

/** Timings of one signal in hours of one cycle. */
export function lendStarts(graph: RoadGraph, timings: readonly MovementTiming[]): MovementTiming[] {
  return timings.map((own): MovementTiming => {
    if (!waitsForGaps(graph, own)) return own
    const lender = findLender(graph, own, timings)
    if (lender === undefined) return { ...own, sure: false }
    const { passing: _own, ...rest } = own
    const passing = own.passingFrom(lender.motion_s)
    return { ...rest, motion_s: lender.motion_s, deviation_s: lender.deviation_s, n: lender.n, borrowed: lender.movement, sure: true, ...(passing === undefined ? {} : { passing }) }
  })
}

/** By the network; where it does not tell groups, by how irregularly its queues start. */
function waitsForGaps(graph: RoadGraph, { movement, confidence }: MovementTiming): boolean {
  return turnsAcross(graph, movement) && (mayOnlyYield(graph, movement) ?? confidence < REGULAR)
}

/** A turn across oncoming traffic that the network knows to have no protected green. */
export const yieldsAlways = (graph: RoadGraph, movement: number): boolean => turnsAcross(graph, movement) && mayOnlyYield(graph, movement) === true

function turnsAcross({ network }: RoadGraph, movement: number): boolean {
  const { turn } = network.movements[movement]!
  return turn === 'u-turn' || turn === (network.driving_side === 'left' ? 'right' : 'left')
}

const groupsOf = (graph: RoadGraph, movement: number): { group: string; right_of_way: string }[] =>
  graph.listConnections(graph.network.movements[movement]!.id).flatMap(({ groups }) => groups ?? [])

function mayOnlyYield(graph: RoadGraph, movement: number): boolean | undefined {
  const groups = groupsOf(graph, movement)
  return groups.length === 0 ? undefined : groups.every(({ right_of_way }) => right_of_way === 'permissive')
}

/** Best seen of those from the same link or of the same signal group that start before its own queue moves. */
function findLender(graph: RoadGraph, own: MovementTiming, timings: readonly MovementTiming[]): MovementTiming | undefined {
  const { movements } = graph.network
  const before = (one: MovementTiming): number => wrap(own.motion_s - one.motion_s - LONGEST_WAIT_S, own.cycle_s) + LONGEST_WAIT_S
  const groups = new Set(groupsOf(graph, own.movement).map(({ group }) => group))
  const related = (one: MovementTiming): boolean => movements[one.movement]!.from === movements[own.movement]!.from || groupsOf(graph, one.movement).some(({ group }) => groups.has(group))
  return timings.filter((one) => one.sure && !waitsForGaps(graph, one) && related(one) && before(one) >= -EARLIER_S && before(one) <= LONGEST_WAIT_S).sort((a, b) => b.n - a.n)[0]
}
