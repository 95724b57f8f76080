// Starts that movements of one signal share. Those that look at one signal group have the same start. Vehicles that turn across
// oncoming traffic without protection wait for a gap: their starts come after the start of green by as much as the others need;
// such a movement is given the start of the one beside it.
import type { RoadGraph } from '../../model/road-graph.ts'
import { modulo, type Seconds } from '../../model/units.ts'
import { wrap } from './circular.ts'
import { withEnd, type MovementTiming } from './signal-timing.ts'

/** A green that began longer before is another one. */
const LONGEST_WAIT_S: Seconds = 30
const EARLIER_S: Seconds = 4
/** Who starts this regularly has a green of its own, where the network does not tell. */
const REGULAR = 0.95

/** Own starts that contradict the group's. */
const ENOUGH_TO_CONTRADICT = 8
/** Apart beyond any chance: not one lamp. */
const APART_S: Seconds = 0.7
/** Greens of one stage; and what approaches differ by although their lamps do not. */
const ONE_STAGE_S: Seconds = 2
const LAMPS_S: Seconds = 0.3

/** Timings of one signal in hours of one cycle. */
export function lendStarts(graph: RoadGraph, timings: readonly MovementTiming[]): MovementTiming[] {
  const pooled = poolStages(graph, poolGroups(graph, timings))
  return pooled.map((own): MovementTiming => {
    if (!waitsForGaps(graph, own)) return withEnd(own)
    const lender = findLender(graph, own, pooled)
    if (lender === undefined) return { ...own, sure: false }
    return withEnd({ ...startingAt(own, lender), borrowed: lender.movement })
  })
}

function startingAt(own: MovementTiming, { motion_s, deviation_s, n }: Pick<MovementTiming, 'motion_s' | 'deviation_s' | 'n'>): MovementTiming {
  return { ...own, motion_s, deviation_s, n, sure: true }
}

/** Movements that look at one signal group have one start, told by the starts of all of them. */
function poolGroups(graph: RoadGraph, timings: readonly MovementTiming[]): MovementTiming[] {
  const groups = new Map<string, MovementTiming[]>()
  for (const timing of timings) {
    const own = new Set(groupsOf(graph, timing.movement).map(({ group }) => group))
    const key = own.size === 1 && !waitsForGaps(graph, timing) ? [...own][0]! : `alone ${timing.movement}`
    groups.set(key, [...(groups.get(key) ?? []), timing])
  }
  const spread = ({ deviation_s, n }: MovementTiming): number => deviation_s ** 2 / n
  return [...groups.values()].flatMap((members) => {
    const [best, ...others] = members.filter(({ sure }) => sure).sort((a, b) => spread(a) - spread(b))
    if (best === undefined || members.length === 1) return members
    const near = (one: MovementTiming): boolean => Math.abs(wrap(one.motion_s - best.motion_s, best.cycle_s)) <= 3 * Math.sqrt(spread(one) + spread(best)) + APART_S
    const told = [best, ...others.filter(near)]
    const weight = told.reduce((sum, one) => sum + 1 / spread(one), 0)
    const later = told.reduce((sum, one) => sum + wrap(one.motion_s - best.motion_s, best.cycle_s) / spread(one), 0) / weight
    const n = told.reduce((sum, one) => sum + one.n, 0)
    const start = { motion_s: modulo(best.motion_s + later, best.cycle_s), deviation_s: Math.sqrt(n / weight), n }
    // They see the same end of green, too.
    const passed = { crossings_s: told.flatMap(({ crossings_s }) => crossings_s), held_s: told.flatMap(({ held_s }) => held_s) }
    return members.map((one) => (told.includes(one) || (!one.sure && one.events < ENOUGH_TO_CONTRADICT) ? { ...startingAt(one, start), ...passed } : one))
  })
}

/** Greens that chance alone may hold apart begin together: signals change stage by stage. */
function poolStages(graph: RoadGraph, timings: readonly MovementTiming[]): MovementTiming[] {
  const isTold = (one: MovementTiming): boolean => one.sure && !waitsForGaps(graph, one)
  const starts = [...new Map(timings.filter(isTold).map((one) => [`${one.motion_s} ${one.n}`, one])).values()]
  const spread = ({ deviation_s, n }: MovementTiming): number => deviation_s ** 2 / n + LAMPS_S ** 2
  return timings.map((own) => {
    if (!isTold(own)) return own
    const off = (one: MovementTiming): number => wrap(one.motion_s - own.motion_s, own.cycle_s)
    const together = starts.filter((one) => Math.abs(off(one)) <= Math.min(ONE_STAGE_S, 2 * Math.sqrt(spread(one) + spread(own))))
    if (together.length < 2) return own
    const weight = together.reduce((sum, one) => sum + 1 / spread(one), 0)
    const later = together.reduce((sum, one) => sum + off(one) / spread(one), 0) / weight
    const n = together.reduce((sum, one) => sum + one.n, 0)
    return startingAt(own, { motion_s: modulo(own.motion_s + later, own.cycle_s), deviation_s: Math.sqrt(n / weight), n })
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
