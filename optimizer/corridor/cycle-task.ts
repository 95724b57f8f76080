// Everything about one cycle length: splits and permitted sequences of every signal, and the band problem they make.
import type { Direction } from '../../model/plan.ts'
import type { GroupId, Pattern } from '../../model/signal.ts'
import { compileSignal } from '../../model/compile.ts'
import { laneGroupState } from '../capacity/index.ts'
import type { BandDivision, BandLink, BandProblem, LinkTravel } from '../bands/index.ts'
import { listSequences, SignalSplits, type SplitResult } from '../splits/index.ts'
import { queueClearance } from './clearance.ts'
import type { CorridorPlanOptions } from './options.ts'
import { type Leg, type Street, throughGroups } from './street.ts'
import { clearedWindows, directionWindows } from './windows.ts'

export interface CycleTask {
  cycle_s: number
  /** Nobody should be fuller than this. */
  limit: number
  /** Up to where side streets were filled before the corridor got the rest; at most the limit. */
  target: number
  /** By signal: one per permitted sequence, the street's first. */
  choices: SplitResult[][]
  /** Largest degree of saturation anywhere. */
  worst: number
  meets_target: boolean
}

export function listSplits(street: Street, target: number): SignalSplits[] {
  return street.signals.map((signal, i) => {
    const through = throughGroups(street, i)
    const running = withCoordinated(street.running[i] as Pattern, through)
    return new SignalSplits({ signal, running, laneGroups: street.laneGroups[i] ?? [], through, target_saturation: target })
  })
}

/** The reference keeps speaking of the groups it spoke of, unless none of them carries the corridor. */
function withCoordinated(pattern: Pattern, through: GroupId[][]): Pattern {
  const wanted = [...new Set(through.flat())]
  const used = new Set(pattern.kind === 'rings' ? pattern.barriers.flatMap(({ rings }) => rings.flat().map(({ phase }) => phase)) : pattern.stages.flatMap(({ green }) => green))
  const carrying = wanted.filter((id) => used.has(id))
  return carrying.length === 0 || pattern.coordinated.some((id) => carrying.includes(id)) ? pattern : { ...pattern, coordinated: carrying }
}

export function cycleTask(street: Street, splits: readonly SignalSplits[], cycle_s: number, limit: number, target = limit): CycleTask {
  const choices = splits.map((split, i) => choicesOf(street, i, split.solve(cycle_s, target), limit))
  return {
    cycle_s, limit, target, choices,
    worst: Math.max(...choices.map(([first]) => first?.worst ?? 0)),
    meets_target: choices.every(([first]) => first?.states.every(({ saturation }) => saturation <= limit + 1e-9)),
  }
}

/** The pattern and its permitted other orders that leave nobody fuller than the target or than before. */
function choicesOf(street: Street, i: number, first: SplitResult, limit: number): SplitResult[] {
  const signal = street.signals[i] as Street['signals'][number]
  if (first.pattern.kind !== 'rings') return [first]
  const groups = street.laneGroups[i] ?? []
  return listSequences(street.graph, signal, first.pattern, throughGroups(street, i).flat()).flatMap((pattern, k): SplitResult[] => {
    if (k === 0) return [first]
    const compiled = compileSignal(signal, pattern)
    const states = groups.map((group) => laneGroupState(compiled, group))
    const fuller = states.some(({ saturation }, g) => saturation > Math.max(limit, first.states[g]?.saturation ?? 0) + 1e-9)
    return fuller ? [] : [{ ...first, pattern, compiled, states }]
  })
}

/** Directions of the problem: both, or the one that the street has. */
const directionsOf = (street: Street): BandProblem['directions'] => (street.ways.length === 2 ? 'both' : (street.ways[0]?.direction ?? 'outbound'))

export function bandProblem(street: Street, task: CycleTask, options: CorridorPlanOptions, division: BandDivision): BandProblem {
  return {
    cycle_s: task.cycle_s,
    directions: directionsOf(street),
    division,
    links: street.ids.slice(1).map((_, i): BandLink => {
      const [outbound, inbound] = [travelOf(street.legs.outbound[i], options), travelOf(street.legs.inbound[i], options)]
      return { ...(outbound === undefined ? {} : { outbound }), ...(inbound === undefined ? {} : { inbound }) }
    }),
    signals: street.ids.map((id, i) => {
      const running = street.running[i] as Pattern
      const windows = (direction: Direction, split: SplitResult): ReturnType<typeof clearedWindows> => {
        const way = street.ways.find((candidate) => candidate.direction === direction)
        if (way === undefined) return []
        const clearance = options.queue_clearance ? queueClearance(street, way, i, split) : 0
        return clearedWindows(directionWindows(street, way, i, split.compiled, options.speed_target), clearance)
      }
      return {
        id,
        ...(running.cycle_s === task.cycle_s && Number.isInteger(running.offset_s) ? { current_offset_s: running.offset_s } : {}),
        patterns: (task.choices[i] ?? []).map((split, k) => ({ id: String(k), outbound: windows('outbound', split), inbound: windows('inbound', split) })),
      }
    }),
  }
}

function travelOf(leg: Leg | undefined, options: CorridorPlanOptions): LinkTravel | undefined {
  if (leg === undefined) return undefined
  const limit = leg.speed_limit_mps
  const least = 1 - options.speed_range
  return {
    distance_m: leg.distance_m, speed_min_mps: limit * least, speed_max_mps: limit,
    speed_target_mps: limit * Math.min(1, Math.max(least, options.speed_target)), dwell_min_s: 0, dwell_max_s: 0,
  }
}
