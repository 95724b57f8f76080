// Which flow on every movement, and how much begins and ends within a link, explains the counted turning volumes?
// Counts of neighbouring intersections never agree. They are kept as they are; the difference between what flows into a
// link and what is counted out of it begins or ends at mid-block. What was not counted is the flow nearest to a forecast
// (least Kullback-Leibler divergence) under conservation on every link, found by iterative scaling: Darroch and Ratcliff
// 1972, Csiszar 1975; for traffic counts Van Zuylen and Willumsen 1980. Never negative. Unit: vehicles per hour.
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Movement, MovementId } from '../../model/network.ts'
import { forecastUncounted } from './forecast.ts'
import { isDrivable } from './vehicle-class.ts'

export interface FlowField {
  /** By index in `network.movements`. */
  movement_vph: Float64Array
  /** By index in `network.links`: what begins and ends there. At the edge of the network that is the entry or exit volume. */
  source_vph: Float64Array
  sink_vph: Float64Array
  /** 1 where the link begins or ends at the edge of the network. */
  open_start: Uint8Array
  open_end: Uint8Array
  /** Counted movements that no lane carries; they are left out. */
  undrivable: MovementId[]
}

/** What the balancing works on: flat arrays over movements and links. */
export interface FlowProblem {
  movements: readonly Movement[]
  links: number
  from: Int32Array
  to: Int32Array
  /** Counted volume, NaN where nothing was counted but a vehicle may go, -1 where none may go. */
  counted_vph: Float64Array
  into: number[][]
  out: number[][]
  open_start: Uint8Array
  open_end: Uint8Array
}

/** Forecast of a mid-block source or sink: so little that any movement that can take the difference takes it first. */
const MID_BLOCK_VPH = 1e-3
/** Enough for chains of a hundred uncounted nodes; what is left over then begins or ends at mid-block. */
const SWEEPS = 400
const CONVERGED = 1e-9

/**
 * In: the network and the counted volumes by movement (veh/h, growth included). Out: a flow that keeps every counted
 * movement exactly and is conserved on every link: inflow + source = outflow + sink.
 */
export function balanceFlows(graph: RoadGraph, volumes: ReadonlyMap<MovementId, number>): FlowField {
  const undrivable: MovementId[] = []
  const problem = flowProblem(graph, volumes, undrivable)
  const flow = forecastUncounted(problem)
  scaleToConservation(problem, flow)
  const source_vph = new Float64Array(problem.links)
  const sink_vph = new Float64Array(problem.links)
  for (let link = 0; link < problem.links; link++) {
    const difference = sum(problem.out[link]!, flow) - sum(problem.into[link]!, flow)
    source_vph[link] = Math.max(0, difference)
    sink_vph[link] = Math.max(0, -difference)
  }
  return { movement_vph: flow, source_vph, sink_vph, open_start: problem.open_start, open_end: problem.open_end, undrivable }
}

export const sum = (movements: readonly number[], flow: Float64Array): number => movements.reduce((total, m) => total + flow[m]!, 0)

function flowProblem(graph: RoadGraph, volumes: ReadonlyMap<MovementId, number>, undrivable: MovementId[]): FlowProblem {
  const { links, movements, nodes } = graph.network
  const index = new Map(links.map((link, i) => [link.id, i]))
  const lists = (): number[][] => links.map(() => [])
  const problem: FlowProblem = {
    movements, links: links.length,
    from: Int32Array.from(movements, ({ from }) => index.get(from)!),
    to: Int32Array.from(movements, ({ to }) => index.get(to)!),
    counted_vph: new Float64Array(movements.length), into: lists(), out: lists(),
    open_start: new Uint8Array(links.length), open_end: new Uint8Array(links.length),
  }
  movements.forEach((movement, m) => {
    const volume = volumes.get(movement.id)
    const drivable = isDrivable(graph, movement, 'passenger')
    if (!drivable && volume !== undefined && volume > 0) undrivable.push(movement.id)
    // Nobody is sent through a U-turn that was not counted.
    const open = drivable && (volume !== undefined || movement.turn !== 'u-turn')
    problem.counted_vph[m] = open ? (volume ?? Number.NaN) : -1
    if (!open) return
    problem.out[problem.from[m]!]!.push(m)
    problem.into[problem.to[m]!]!.push(m)
  })
  const edge = new Set(nodes.filter(({ kind }) => kind === 'boundary').map(({ id }) => id))
  links.forEach((link, l) => {
    problem.open_start[l] = edge.has(link.from) || problem.into[l]!.length === 0 ? 1 : 0
    problem.open_end[l] = edge.has(link.to) || problem.out[l]!.length === 0 ? 1 : 0
  })
  return problem
}

/**
 * Scales link by link until in = out. On a link the uncounted inflows are multiplied by a factor and the uncounted outflows
 * divided by it: the projection of least divergence on that link's conservation. Changes `flow` at uncounted movements.
 */
function scaleToConservation(problem: FlowProblem, flow: Float64Array): void {
  const source = new Float64Array(problem.links).fill(MID_BLOCK_VPH)
  const sink = new Float64Array(problem.links).fill(MID_BLOCK_VPH)
  const isFree = (m: number): boolean => Number.isNaN(problem.counted_vph[m]!)
  const closed: { link: number; freeIn: number[]; freeOut: number[]; fixed: number }[] = []
  for (let link = 0; link < problem.links; link++) {
    if (problem.open_start[link] === 1 || problem.open_end[link] === 1) continue
    const [freeIn, freeOut] = [problem.into[link]!.filter(isFree), problem.out[link]!.filter(isFree)]
    if (freeIn.length === 0 && freeOut.length === 0) continue
    const counted = (list: number[]): number => sum(list.filter((m) => !isFree(m)), flow)
    closed.push({ link, freeIn, freeOut, fixed: counted(problem.out[link]!) - counted(problem.into[link]!) })
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    let worst = 0
    for (const { link, freeIn, freeOut, fixed } of closed) {
      const inside = sum(freeIn, flow) + source[link]!
      const outside = sum(freeOut, flow) + sink[link]!
      // inside · x = fixed + outside / x
      const x = (fixed + Math.sqrt(fixed * fixed + 4 * inside * outside)) / (2 * inside)
      const factor = x > 0 && Number.isFinite(x) ? x : 1
      for (const m of freeIn) flow[m]! *= factor
      for (const m of freeOut) flow[m]! /= factor
      source[link]! *= factor
      sink[link]! /= factor
      worst = Math.max(worst, Math.abs(factor - 1))
    }
    // There and back, so that a chain settles in either direction.
    closed.reverse()
    if (worst < CONVERGED) return
  }
}
