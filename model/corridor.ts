// From the ordered signals of a corridor to what coordination needs: in each direction the movement through each
// signal, the links between them, distances from stop line to stop line (m) and speed limits (m/s).
import { GreenwaveError } from './errors.ts'
import type { LinkId, Link, Movement } from './network.ts'
import type { Direction } from './plan.ts'
import type { Corridor } from './scenario.ts'
import type { SignalId } from './signal.ts'
import type { RoadGraph } from './road-graph.ts'

/** The way from one stop line to the next in the direction of travel. */
export interface CorridorLeg {
  from: SignalId
  to: SignalId
  links: LinkId[]
  /** Stop line to stop line, crossing of the first junction included. */
  distance_m: number
  /** Distance over the free travel time at the limits. */
  speed_limit_mps: number
}

/** One direction of a corridor, in order of travel. */
export interface CorridorDirection {
  direction: Direction
  /** Entry link of the first signal to exit link of the last. */
  links: LinkId[]
  crossings: { signal: SignalId; movements: Movement[] }[]
  legs: CorridorLeg[]
}

export interface ResolvedCorridor {
  corridor: Corridor
  /** Absent where the street is one-way against it. */
  outbound?: CorridorDirection
  inbound?: CorridorDirection
}

/** Turning costs in seconds, to prefer the straight way where several lead from signal to signal. */
const TURN_COST_S: Record<Movement['turn'], number> = { 'through': 0, 'left': 20, 'right': 15, 'u-turn': 120 }

/** Another way to the next signal is worth looking at within this of the quickest: it may be the only one that goes on. */
const WORTHWHILE = { ratio: 3, extra_s: 300 }

/** Any real chain costs less than this; a missing one more. */
const UNREACHABLE = 1e9

/**
 * Resolves both directions. Throws corridor.disconnected, naming the pair, if neither direction connects, and
 * input.duplicate or input.reference for signals that are listed twice or do not exist.
 */
export function resolveCorridor(graph: RoadGraph, corridor: Corridor): ResolvedCorridor {
  const seen = new Set<SignalId>()
  for (const id of corridor.intersections) {
    graph.getSignal(id)
    if (seen.has(id)) throw new GreenwaveError('input.duplicate', `corridor "${corridor.id}" names signal ${id} twice`)
    seen.add(id)
  }
  if (corridor.intersections.length < 2) {
    throw new GreenwaveError('corridor.disconnected', `corridor "${corridor.id}" has ${corridor.intersections.length} signal(s); it needs at least 2`)
  }
  const outbound = resolveDirection(graph, corridor.intersections, 'outbound')
  const inbound = resolveDirection(graph, [...corridor.intersections].reverse(), 'inbound')
  if ('missing' in outbound && 'missing' in inbound) {
    const [from, to] = outbound.missing
    throw new GreenwaveError(
      'corridor.disconnected',
      `corridor "${corridor.id}": no links lead from signal ${from} to signal ${to}, nor back, without passing another signal`,
    )
  }
  return {
    corridor,
    ...('missing' in outbound ? {} : { outbound }),
    ...('missing' in inbound ? {} : { inbound }),
  }
}

/** A place in the chain: between signal i and i + 1, the link that leaves i and the link that enters i + 1. */
interface Candidate {
  leave: LinkId
  enter: LinkId
  links: LinkId[]
  cost: number
  /** Cheapest way from the start to here, and where it came from. */
  total: number
  previous: Candidate | undefined
}

function resolveDirection(graph: RoadGraph, order: SignalId[], direction: Direction): CorridorDirection | { missing: [SignalId, SignalId] } {
  let layer: Candidate[] = []
  for (let i = 0; i + 1 < order.length; i++) {
    const [from, to] = [order[i] as SignalId, order[i + 1] as SignalId]
    const next = candidates(graph, from, to)
    for (const candidate of next) joinPrevious(graph, from, candidate, i === 0 ? undefined : layer)
    layer = next.filter((candidate) => candidate.total < UNREACHABLE)
    if (layer.length === 0) return { missing: [from, to] }
  }
  const last = order.at(-1) as SignalId
  for (const candidate of layer) candidate.total += endCost(graph, last, candidate)
  const best = layer.reduce((a, b) => (b.total < a.total ? b : a))
  const chain: Candidate[] = []
  for (let at: Candidate | undefined = best; at !== undefined; at = at.previous) chain.unshift(at)
  return assemble(graph, order, chain, direction)
}

function candidates(graph: RoadGraph, from: SignalId, to: SignalId): Candidate[] {
  const goals = new Set(graph.listApproaches(to).map((link) => link.id))
  const exits = new Set(exitLinks(graph, from))
  const isStopLine = (link: Link): boolean => graph.listMovementsFrom(link.id).some((movement) => movement.signal !== undefined)
  return [...exits].flatMap((leave) =>
    [...graph.quickestChains(leave, goals, isStopLine, WORTHWHILE)].map(([enter, { links, time_s }]): Candidate => {
      const turns = links.slice(1).reduce((sum, link, i) => sum + TURN_COST_S[graph.findMovement(links[i] as LinkId, link)?.turn ?? 'through'], 0)
      return { leave, enter, links, cost: time_s + turns, total: UNREACHABLE, previous: undefined }
    }),
  )
}

/** Links that leave the signal for good: reached by its movements and not again one of its own stop lines. */
function exitLinks(graph: RoadGraph, signal: SignalId): LinkId[] {
  const own = new Set(graph.listApproaches(signal).map((link) => link.id))
  const exits = new Set(graph.listMovementsOfSignal(signal).map((movement) => movement.to))
  return [...exits].filter((link) => !own.has(link))
}

/** Movements of a signal from an entering to a leaving link: one, or several where its junctions are joined. */
function crossing(graph: RoadGraph, signal: SignalId, enter: LinkId, leave: LinkId): { movements: Movement[]; cost: number } | undefined {
  const open: { movements: Movement[]; at: LinkId; cost: number }[] = [{ movements: [], at: enter, cost: 0 }]
  const seen = new Set<LinkId>()
  while (open.length > 0) {
    open.sort((a, b) => a.cost - b.cost)
    const entry = open.shift() as (typeof open)[number]
    if (entry.at === leave && entry.movements.length > 0) return { movements: entry.movements, cost: entry.cost }
    if (seen.has(entry.at)) continue
    seen.add(entry.at)
    for (const movement of graph.listMovementsFrom(entry.at)) {
      if (movement.signal !== signal) continue
      // A link inside a joined signal costs its own travel time; a joined crossing is short.
      open.push({ movements: [...entry.movements, movement], at: movement.to, cost: entry.cost + TURN_COST_S[movement.turn] + 1 })
    }
  }
  return undefined
}

function joinPrevious(graph: RoadGraph, signal: SignalId, candidate: Candidate, layer: Candidate[] | undefined): void {
  if (layer === undefined) {
    candidate.total = candidate.cost + startCost(graph, signal, candidate.leave)
    return
  }
  for (const previous of layer) {
    const through = crossing(graph, signal, previous.enter, candidate.leave)
    if (through === undefined) continue
    const total = previous.total + through.cost + candidate.cost
    if (total < candidate.total) Object.assign(candidate, { total, previous })
  }
}

function startCost(graph: RoadGraph, signal: SignalId, leave: LinkId): number {
  const costs = entryOptions(graph, signal, leave).map(({ cost }) => cost)
  return costs.length === 0 ? UNREACHABLE : Math.min(...costs)
}

function endCost(graph: RoadGraph, signal: SignalId, candidate: Candidate): number {
  const costs = exitOptions(graph, signal, candidate.enter).map(({ cost }) => cost)
  return costs.length === 0 ? UNREACHABLE : Math.min(...costs)
}

interface Option { link: LinkId; movements: Movement[]; cost: number; lanes: number }

const byCost = (a: Option, b: Option): number => a.cost - b.cost || b.lanes - a.lanes

function entryOptions(graph: RoadGraph, signal: SignalId, leave: LinkId): Option[] {
  return graph.listApproaches(signal).flatMap((link) => {
    const through = crossing(graph, signal, link.id, leave)
    return through === undefined ? [] : [{ link: link.id, movements: through.movements, cost: through.cost, lanes: link.lanes.length }]
  }).sort(byCost)
}

function exitOptions(graph: RoadGraph, signal: SignalId, enter: LinkId): Option[] {
  return exitLinks(graph, signal).flatMap((link) => {
    const through = crossing(graph, signal, enter, link)
    return through === undefined ? [] : [{ link, movements: through.movements, cost: through.cost, lanes: graph.getLink(link).lanes.length }]
  }).sort(byCost)
}

function assemble(graph: RoadGraph, order: SignalId[], chain: Candidate[], direction: Direction): CorridorDirection {
  const first = chain[0] as Candidate
  const last = chain.at(-1) as Candidate
  const entry = entryOptions(graph, order[0] as SignalId, first.leave)[0] as Option
  const exit = exitOptions(graph, order.at(-1) as SignalId, last.enter)[0] as Option
  const crossings = order.map((signal, i) => {
    const enter = i === 0 ? entry.link : (chain[i - 1] as Candidate).enter
    const leave = i === order.length - 1 ? exit.link : (chain[i] as Candidate).leave
    return { signal, movements: crossing(graph, signal, enter, leave)?.movements ?? [] }
  })
  const legs = chain.map((candidate, i) => leg(graph, order[i] as SignalId, order[i + 1] as SignalId, candidate, crossings[i]?.movements ?? []))
  const links = [entry.link]
  crossings.forEach(({ movements }, i) => {
    for (const movement of movements) if (links.at(-1) !== movement.to) links.push(movement.to)
    for (const link of (chain[i]?.links ?? []).slice(1)) links.push(link)
  })
  return { direction, links, crossings, legs }
}

function leg(graph: RoadGraph, from: SignalId, to: SignalId, candidate: Candidate, crossed: Movement[]): CorridorLeg {
  let distance = 0
  let time = 0
  const add = (metres: number, speed: number): void => {
    distance += metres
    time += metres / speed
  }
  // From the first stop line of the signal: its crossings and the short links inside a joined signal.
  crossed.forEach((movement, i) => {
    const speed = graph.getLink(movement.to).speed_mps
    add(graph.movementLength(movement.id), speed)
    if (i + 1 < crossed.length) add(graph.getLink(movement.to).length_m, speed)
  })
  candidate.links.forEach((id, i) => {
    const link = graph.getLink(id)
    add(link.length_m, link.speed_mps)
    const next = candidate.links[i + 1]
    const movement = next === undefined ? undefined : graph.findMovement(id, next)
    if (movement !== undefined) add(graph.movementLength(movement.id), graph.getLink(movement.to).speed_mps)
  })
  return { from, to, links: candidate.links, distance_m: distance, speed_limit_mps: distance / time }
}

/** What both directions pass at their signals. */
export const listCrossings = ({ outbound, inbound }: ResolvedCorridor): CorridorDirection['crossings'] => [...(outbound?.crossings ?? []), ...(inbound?.crossings ?? [])]

/** The same; none where the corridor cannot be followed, which is reported where it is used. */
export function findCrossings(graph: RoadGraph, corridor: Corridor): CorridorDirection['crossings'] {
  try {
    return listCrossings(resolveCorridor(graph, corridor))
  } catch (error) {
    if (error instanceof GreenwaveError && error.code === 'corridor.disconnected') return []
    throw error
  }
}
