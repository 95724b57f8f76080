/**
 * Corridors that share signals, planned together with the splits in the street: offsets and permitted sequences for the
 * widest bands of all of them. A signal that runs half the common cycle shows its greens twice in it.
 */
import { compileSignal } from '../../model/compile.ts'
import type { ResolvedCorridor } from '../../model/corridor.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { modulo } from '../../model/units.ts'
import type { BandLink, Direction, Window } from '../bands/problem.ts'
import { travelOf } from '../corridor/cycle-task.ts'
import { type CorridorPlanOptions, DEFAULT_OPTIONS } from '../corridor/options.ts'
import { type Street, streetOf, throughGroups } from '../corridor/street.ts'
import { clearedWindows, directionWindows } from '../corridor/windows.ts'
import { listSequences } from '../splits/index.ts'
import { planOfSetting } from './plan.ts'
import type { Artery, NetworkBandPlan, NetworkBandProblem, NetworkBandSolution } from './problem.ts'
import { type NetworkBandOptions, solveNetworkBands } from './solve.ts'

export interface CrossingCorridorsInput {
  readonly graph: RoadGraph
  readonly corridors: readonly ResolvedCorridor[]
  /** The patterns in the street; every signal of the corridors needs one. */
  readonly running: ReadonlyMap<SignalId, Pattern>
  readonly options?: Partial<Pick<CorridorPlanOptions, 'speed_range' | 'speed_target'>>
  readonly effort?: NetworkBandOptions
}

export interface CrossingCorridorsPlan extends NetworkBandSolution {
  readonly problem: NetworkBandProblem
  /** The patterns in the street with new offsets and orders, by signal in the order met. */
  readonly patterns: readonly Pattern[]
  /** What was left out and why, one sentence each. */
  readonly notes: readonly string[]
}

const NO_VOLUMES: ReadonlyMap<MovementId, number> = new Map()

/**
 * Plans all corridors of two signals or more at the longest cycle that runs in them.
 * @throws GreenwaveError `plan.infeasible` if a signal's cycle is neither that cycle nor half of it, or nothing is left to
 * plan; `input.reference` if a signal has no running pattern
 */
export function planNetworkBands(input: CrossingCorridorsInput): CrossingCorridorsPlan {
  const options = { ...DEFAULT_OPTIONS, ...input.options }
  const streets = input.corridors.map((corridor) => ({ id: corridor.corridor.id, street: streetOf(input.graph, corridor, input.running, NO_VOLUMES) }))
  const cycle_s = Math.max(0, ...streets.flatMap(({ street }) => street.running.map((pattern) => pattern.cycle_s)))
  const choices = listChoices(streets.map(({ street }) => street), cycle_s)
  const notes: string[] = []
  const arteries: Artery[] = []
  const windows = new Map<string, Record<Direction, Window[]>>()
  for (const { id, street } of streets) {
    if (street.ids.length < 2) {
      notes.push(`Corridor ${id} has one signal: there is no band to plan.`)
      continue
    }
    fillWindows(id, street, choices, cycle_s, options.speed_target, windows)
    const directions = openDirections(id, street, choices, windows, notes)
    if (directions.length > 0) arteries.push(arteryOf(id, street, directions, options))
  }
  if (arteries.length === 0) throw new GreenwaveError('plan.infeasible', `none of ${streets.length} corridors can have a band. ${notes.join(' ')}`)
  const used = new Set(arteries.flatMap(({ nodes }) => nodes))
  const nodes = [...choices].flatMap(([id, patterns]) => (used.has(id) ? [{
    id,
    patterns: patterns.map((_, p) => ({
      id: String(p),
      windows: arteries.flatMap((artery) => (artery.nodes.includes(id) ? [{ artery: artery.id, ...windows.get(keyOf(artery.id, id, p))! }] : [])),
    })),
  }] : []))
  const problem = { cycle_s, nodes, arteries }
  const solution = solveNetworkBands(problem, input.effort)
  const patterns = nodes.map(({ id }, v): Pattern => {
    const chosen = choices.get(id)![Number(solution.plan.patterns[v])]
    return { ...chosen, offset_s: modulo(solution.plan.offsets_s[v], chosen.cycle_s) }
  })
  return { ...solution, problem, patterns, notes }
}

const keyOf = (artery: string, signal: SignalId, pattern: number): string => JSON.stringify([artery, signal, pattern])

/** By signal: the pattern in the street and its permitted orders, the through groups of all its corridors considered. */
function listChoices(streets: readonly Street[], cycle_s: number): Map<SignalId, Pattern[]> {
  const through = new Map<SignalId, string[]>()
  const choices = new Map<SignalId, Pattern[]>()
  for (const street of streets) street.ids.forEach((id, i) => through.set(id, [...(through.get(id) ?? []), ...throughGroups(street, i).flat()]))
  for (const street of streets) {
    street.ids.forEach((id, i) => {
      if (choices.has(id)) return
      const running = street.running[i]
      if (running.cycle_s !== cycle_s && 2 * running.cycle_s !== cycle_s) {
        throw new GreenwaveError('plan.infeasible', `signal ${id} runs a cycle of ${running.cycle_s} s, neither the common ${cycle_s} s nor half of it`)
      }
      choices.set(id, running.kind === 'rings' ? listSequences(street.graph, street.signals[i], running, through.get(id)!) : [running])
    })
  }
  return choices
}

function fillWindows(
  artery: string, street: Street, choices: ReadonlyMap<SignalId, readonly Pattern[]>, cycle_s: number, speed_target: number,
  windows: Map<string, Record<Direction, Window[]>>,
): void {
  street.ids.forEach((id, i) => {
    choices.get(id)!.forEach((pattern, p) => {
      const compiled = compileSignal(street.signals[i], pattern)
      const own = (direction: Direction): Window[] => {
        const way = street.ways.find((each) => each.direction === direction)
        if (way === undefined) return []
        return repeated(clearedWindows(directionWindows(street, way, i, compiled, speed_target), 0), compiled.cycle_s, cycle_s)
      }
      windows.set(keyOf(artery, id, p), { outbound: own('outbound'), inbound: own('inbound') })
    })
  })
}

/** Windows of a shorter cycle, once for each time it runs in the common one; never red stays never red. */
function repeated(windows: readonly Window[], own_s: number, cycle_s: number): Window[] {
  if (windows.some(({ length_s }) => length_s >= own_s * (1 - 1e-9))) return [{ start_s: 0, length_s: cycle_s, clearance_s: 0 }]
  const turns = Math.round(cycle_s / own_s)
  return Array.from({ length: turns }, (_, k) => windows.map((window) => ({ ...window, start_s: window.start_s + k * own_s }))).flat()
}

/** Directions that every signal lets pass in some order of its phases. */
function openDirections(
  id: string, street: Street, choices: ReadonlyMap<SignalId, readonly Pattern[]>, windows: ReadonlyMap<string, Record<Direction, Window[]>>,
  notes: string[],
): Direction[] {
  return street.ways.flatMap(({ direction }) => {
    const closed = street.ids.find((signal) => choices.get(signal)!.every((_, p) => windows.get(keyOf(id, signal, p))![direction].length === 0))
    if (closed === undefined) return [direction]
    notes.push(`Corridor ${id} has no ${direction} band: no green of signal ${closed} passes all its stop lines.`)
    return []
  })
}

function arteryOf(id: string, street: Street, directions: readonly Direction[], options: CorridorPlanOptions): Artery {
  const links = street.ids.slice(1).map((_, i): BandLink => {
    const [outbound, inbound] = [travelOf(street.legs.outbound[i], options), travelOf(street.legs.inbound[i], options)]
    return { ...(outbound === undefined ? {} : { outbound }), ...(inbound === undefined ? {} : { inbound }) }
  })
  return { id, nodes: street.ids, links, directions: directions.length === 2 ? 'both' : directions[0], weights: { outbound: 1, inbound: 1 } }
}

/** Bands of each artery with the offsets and orders in the street, for a problem of `planNetworkBands`. */
export function runningBands(problem: NetworkBandProblem, running: ReadonlyMap<SignalId, Pattern>): NetworkBandPlan['arteries'] {
  const offsets = Float64Array.from(problem.nodes, ({ id }) => running.get(id)?.offset_s ?? 0)
  return planOfSetting(problem, { offsets, patterns: new Int32Array(problem.nodes.length) }).arteries
}
