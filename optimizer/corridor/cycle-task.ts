// Everything about one cycle length: splits and permitted sequences of every signal, and the band problem they make.
import { GreenwaveError } from '../../model/errors.ts'
import type { Direction } from '../../model/plan.ts'
import type { GroupId, Pattern } from '../../model/signal.ts'
import { compileSignal } from '../../model/compile.ts'
import { isolatedDelay, laneGroupState } from '../capacity/index.ts'
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
  /** By how much the longest-waiting side street or turn is above its limit, s; 0 if none is. */
  excess_s: number
}

/** A signal's splits at any cycle, and the delay that its side streets and turns may have, s, by lane group. */
export interface SignalTask {
  splits: SignalSplits
  delay_limits_s: number[]
}

export function listSplits(street: Street, options: CorridorPlanOptions): SignalTask[] {
  const corridor = new Set(street.ways.flatMap(({ stops }) => stops.map(({ movement }) => movement.id)))
  return street.signals.map((signal, i) => {
    const through = throughGroups(street, i)
    const running = street.running[i] as Pattern
    const laneGroups = street.laneGroups[i] ?? []
    const today = compileSignal(signal, running)
    const delay_limits_s = laneGroups.map((group) => (group.volume_vph <= 0 || group.movements.some((id) => corridor.has(id)) ? Infinity
      : Math.max(options.side_delay_limit_s, isolatedDelay(today.cycle_s, group, laneGroupState(today, group)))))
    return { splits: new SignalSplits({ signal, running: withCoordinated(running, through), laneGroups, through, target_saturation: options.target_saturation }), delay_limits_s }
  })
}

/** The reference keeps speaking of the groups it spoke of, unless none of them carries the corridor. */
function withCoordinated(pattern: Pattern, through: GroupId[][]): Pattern {
  const wanted = [...new Set(through.flat())]
  const used = new Set(pattern.kind === 'rings' ? pattern.barriers.flatMap(({ rings }) => rings.flat().map(({ phase }) => phase)) : pattern.stages.flatMap(({ green }) => green))
  const carrying = wanted.filter((id) => used.has(id))
  return carrying.length === 0 || pattern.coordinated.some((id) => carrying.includes(id)) ? pattern : { ...pattern, coordinated: carrying }
}

export function cycleTask(street: Street, signals: readonly SignalTask[], cycle_s: number, limit: number, target = limit): CycleTask {
  let excess_s = 0
  const choices = signals.map((signal, i) => {
    const best = withinDelay(signal, cycle_s, target)
    excess_s = Math.max(excess_s, best.excess)
    return choicesOf(street, i, best.split, limit)
  })
  return {
    cycle_s, limit, target, choices, excess_s,
    worst: Math.max(...choices.map(([first]) => first?.worst ?? 0)),
    meets_target: choices.every(([first]) => first?.states.every(({ saturation }) => saturation <= limit + 1e-9)),
  }
}

/** The task of patterns that are given, one for each signal in outbound order, all of one cycle; their permitted other orders are open. */
export function givenTask(street: Street, patterns: readonly Pattern[], limit: number): CycleTask {
  const choices = patterns.map((pattern, i) => choicesOf(street, i, splitOf(street, i, pattern, limit), limit))
  return {
    cycle_s: patterns[0]?.cycle_s ?? 0, limit, target: limit, choices, excess_s: 0,
    worst: Math.max(...choices.map(([first]) => first?.worst ?? 0)),
    meets_target: choices.every(([first]) => first?.meets_target === true),
  }
}

function splitOf(street: Street, i: number, pattern: Pattern, limit: number): SplitResult {
  const groups = street.laneGroups[i] ?? []
  const compiled = compileSignal(street.signals[i] as Street['signals'][number], pattern)
  const states = groups.map((group) => laneGroupState(compiled, group))
  const saturations = states.map(({ saturation }) => saturation)
  return { pattern, compiled, states, worst: Math.max(0, ...saturations.filter(Number.isFinite)), meets_target: saturations.every((saturation) => saturation <= limit + 1e-9) }
}

/** Side streets are filled less, a tenth at a time, until none waits longer than it may; below this X nobody waits for capacity. */
const EMPTIEST = 0.4
const FILL_STEP = 0.1

function withinDelay({ splits, delay_limits_s }: SignalTask, cycle_s: number, target: number): { split: SplitResult; excess: number } {
  const rate = (split: SplitResult): { split: SplitResult; excess: number } => {
    const over = splits.task.laneGroups.map((group, g) => {
      const most = delay_limits_s[g] as number
      return most === Infinity ? 0 : isolatedDelay(cycle_s, group, split.states[g] as SplitResult['states'][number]) - most
    })
    return { split, excess: Math.max(0, ...over) }
  }
  let best = rate(splits.solve(cycle_s, target))
  for (let fill = target - FILL_STEP; best.excess > 0 && best.split.meets_target && fill >= EMPTIEST - 1e-9; fill -= FILL_STEP) {
    const next = rate(splits.solve(cycle_s, fill))
    if (next.excess < best.excess) best = next
    // Beyond the target that can be kept, less filling changes nothing.
    if (!next.split.meets_target) break
  }
  return best
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

/** Directions in which no green of a signal passes all its stop lines: there is no band to look for, and why. */
export function blockedDirections(problem: Pick<BandProblem, 'signals'>, street: Street): { direction: Direction; signal: string }[] {
  return street.ways.flatMap(({ direction }) => {
    const at = problem.signals.find(({ patterns }) => patterns.every((pattern) => pattern[direction].length === 0))
    return at === undefined ? [] : [{ direction, signal: at.id }]
  })
}

/** The band problem of a cycle. Throws plan.infeasible where no direction can have a band at all. */
export function bandProblem(street: Street, task: CycleTask, options: CorridorPlanOptions, division: BandDivision): BandProblem {
  const signals = street.ids.map((id, i) => {
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
  })
  const blocked = blockedDirections({ signals }, street)
  const [first, second] = street.ways.filter(({ direction }) => blocked.every((each) => each.direction !== direction))
  if (first === undefined) {
    throw new GreenwaveError('plan.infeasible', `no green of signal ${blocked[0]?.signal} passes all stop lines of the corridor at a cycle of ${task.cycle_s} s`)
  }
  return {
    cycle_s: task.cycle_s, signals, division,
    directions: second === undefined ? first.direction : 'both',
    links: street.ids.slice(1).map((_, i): BandLink => {
      const [outbound, inbound] = [travelOf(street.legs.outbound[i], options), travelOf(street.legs.inbound[i], options)]
      return { ...(outbound === undefined ? {} : { outbound }), ...(inbound === undefined ? {} : { inbound }) }
    }),
  }
}

export function travelOf(leg: Leg | undefined, options: CorridorPlanOptions): LinkTravel | undefined {
  if (leg === undefined) return undefined
  const limit = leg.speed_limit_mps
  const least = 1 - options.speed_range
  return {
    distance_m: leg.distance_m, speed_min_mps: limit * least, speed_max_mps: limit,
    speed_target_mps: limit * Math.min(1, Math.max(least, options.speed_target)), dwell_min_s: 0, dwell_max_s: 0,
  }
}
