// What a hand does to a plan, as edits: offsets, edges between greens, the cycle, speeds of the bands. Pure; s, m/s.
// An edge stops at a wall, the rule that the next step would break; a cycle or a typed value may be wrong and is then shown so and never saved.
import { checkPattern, type Violation } from '../../model/check-plan.ts'
import { referencePoint } from '../../model/compile.ts'
import type { Direction, Plan, PlannedIntersection } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Signal, SignalId } from '../../model/signal.ts'
import { modulo, tidySeconds } from '../../model/units.ts'
import { patternOf } from '../../plans/street.ts'
import { durationsOf, type PlanEdit } from '../../plans/workflow/edits.ts'

/** Controllers take tenths of a second at best. */
const tenths = (s: number): number => Math.round(s * 10) / 10

export const intersectionOf = (plan: Plan, signal: SignalId): PlannedIntersection | undefined => plan.intersections.find((one) => one.signal === signal)

/** All of them by the same time, each within its own cycle. */
export function shiftOffsets(plan: Plan, signals: readonly SignalId[], by_s: number): PlanEdit[] {
  return signals.flatMap((signal) => {
    const one = intersectionOf(plan, signal)
    return one === undefined ? [] : setOffset(plan, signal, one.offset_s + by_s)
  })
}

export function setOffset(plan: Plan, signal: SignalId, to_s: number): PlanEdit[] {
  const one = intersectionOf(plan, signal)
  if (one === undefined || !Number.isFinite(to_s)) return []
  const becomes_s = modulo(tenths(to_s), one.cycle_s)
  return becomes_s === one.offset_s ? [] : [{ kind: 'offset', signal, was_s: one.offset_s, becomes_s: tidySeconds(becomes_s) }]
}

/** Of an order of signals those from one on in the direction of travel. */
export function downstreamOf(order: readonly SignalId[], from: SignalId, direction: Direction): SignalId[] {
  const i = order.indexOf(from)
  return i < 0 ? [] : direction === 'outbound' ? order.slice(i) : order.slice(0, i + 1)
}

/** A boundary between parts of the cycle (phases or stages): what the ones before it win, those after it give. */
export interface Edge {
  /** Sequence times at which it is seen: end of the green before it, begin of the green after it. */
  end_s: number[]
  begin_s: number[]
  /** Places among the durations, see `PartEdit`. */
  before: number[]
  after: number[]
  /** Moves the begin of the sequence itself. */
  wraps: boolean
}

/** Edges of an intersection in order of the sequence. */
export const listEdges = (signal: Signal, one: PlannedIntersection): Edge[] => (one.kind === 'stages' ? stageEdges(one) : ringEdges(signal, one))

function stageEdges(one: Extract<PlannedIntersection, { kind: 'stages' }>): Edge[] {
  const stages = one.stages.map((stage, part) => ({ ...stage, part, start: one.stages.slice(0, part).reduce((sum, { duration_s }) => sum + duration_s, 0) }))
  const real = stages.filter(({ kind }) => kind === 'stage')
  if (real.length < 2) return []
  return real.map((stage, i) => {
    const next = real[(i + 1) % real.length]!
    return { end_s: [stage.start + stage.duration_s], begin_s: [next.start], before: [stage.part], after: [next.part], wraps: i === real.length - 1 }
  })
}

function ringEdges(signal: Signal, one: Extract<PlannedIntersection, { kind: 'rings' }>): Edge[] {
  const change = new Map(signal.groups.map((group) => [group.id, group.yellow_s + group.red_clearance_s]))
  let part = 0
  let start = 0
  const barriers = one.barriers.map(({ rings }) => {
    const placed = rings.map((ring) => {
      let t = start
      return ring.map(({ phase, split_s }) => {
        t += split_s
        return { part: part++, start: t - split_s, end: t, green_end: t - (change.get(phase) ?? 0) }
      })
    }).filter((ring) => ring.length > 0)
    start = Math.max(start, ...placed.map((ring) => ring.at(-1)!.end))
    return placed
  }).filter((rings) => rings.length > 0)
  return barriers.flatMap((rings, b) => {
    const inner = rings.flatMap((ring) => ring.slice(1).map((after, i): Edge => ({ end_s: [ring[i]!.green_end], begin_s: [after.start], before: [ring[i]!.part], after: [after.part], wraps: false })))
    const [before, after] = [rings.map((ring) => ring.at(-1)!), barriers[(b + 1) % barriers.length]!.map((ring) => ring[0]!)]
    // A ring of one phase between the same barrier can't win from itself.
    if (before.some((one) => after.includes(one))) return inner
    return [...inner, { end_s: before.map(({ green_end }) => green_end), begin_s: after.map((one) => one.start), before: before.map((one) => one.part), after: after.map((one) => one.part), wraps: b === barriers.length - 1 }]
  })
}

/** Sequence begin in master time. */
const sequenceStart = (signal: Signal, one: PlannedIntersection): number => one.offset_s - referencePoint(signal, patternOf(one), one.offset_reference)

function withParts(one: PlannedIntersection, parts: ReadonlyMap<number, number>): PlannedIntersection {
  let i = 0
  const next = (now: number): number => parts.get(i++) ?? now
  if (one.kind === 'stages') return { ...one, stages: one.stages.map((stage) => ({ ...stage, duration_s: next(stage.duration_s) })) }
  return { ...one, barriers: one.barriers.map(({ rings }) => ({ rings: rings.map((ring) => ring.map((phase) => ({ ...phase, split_s: next(phase.split_s) }))) })) }
}

const shortfall = ({ value, limit }: Violation): number => Math.abs(value - limit)
/** The same rule about the same thing, whatever the seconds. */
const subjectOf = ({ rule, sentence }: Violation): string => `${rule} ${sentence.replaceAll(/[\d.]+ s/g, '')}`

export interface EdgeMove {
  edits: PlanEdit[]
  /** How far it went. */
  by_s: number
  /** The rule that stopped it. */
  wall?: Violation
}

/** Moves an edge and nothing else: all other changes of colour stay where they are in master time, so the offset follows its reference point. */
export function moveEdge(signal: Signal, one: PlannedIntersection, edge: Edge, wanted_s: number, step_s = 1): EdgeMove {
  // What is broken already is no wall unless it gets worse.
  const known = new Map(checkPattern(signal, patternOf(one)).map((violation) => [subjectOf(violation), shortfall(violation)]))
  const breaks = (by_s: number): Violation | undefined => checkPattern(signal, patternOf(moved(signal, one, edge, by_s))).find((violation) => shortfall(violation) > (known.get(subjectOf(violation)) ?? -1))
  const sign = Math.sign(wanted_s)
  const most = Math.round(Math.abs(wanted_s) / step_s)
  let steps = 0
  let wall: Violation | undefined
  // Step by step: beyond a wall may lie lengths that keep all rules again, a phase left out for example, but nobody drags through a wall.
  while (steps < most && (wall = breaks(sign * (steps + 1) * step_s)) === undefined) steps++
  const by_s = tenths(sign * steps * step_s)
  const after = moved(signal, one, edge, by_s)
  const [was, becomes] = [durationsOf(one), durationsOf(after)]
  const parts = was.flatMap((was_s, part) => (was_s === becomes[part] ? [] : [{ part, was_s, becomes_s: becomes[part]! }]))
  const offset: PlanEdit[] = after.offset_s === one.offset_s ? [] : [{ kind: 'offset', signal: one.signal, was_s: one.offset_s, becomes_s: after.offset_s }]
  return { by_s, edits: parts.length === 0 ? [] : [{ kind: 'edge', signal: one.signal, parts }, ...offset], ...(wall === undefined ? {} : { wall }) }
}

function moved(signal: Signal, one: PlannedIntersection, edge: Edge, by_s: number): PlannedIntersection {
  const durations = durationsOf(one)
  const parts = new Map([...edge.before.map((part): [number, number] => [part, tidySeconds(durations[part]! + by_s)]), ...edge.after.map((part): [number, number] => [part, tidySeconds(durations[part]! - by_s)])])
  const timed = withParts(one, parts)
  if ([...parts.values()].some((s) => s < 0)) return timed
  try {
    const start = sequenceStart(signal, one) + (edge.wraps ? by_s : 0)
    return { ...timed, offset_s: tidySeconds(modulo(start + referencePoint(signal, patternOf(timed), one.offset_reference), one.cycle_s)) }
  } catch {
    // Without its coordinated green the signal has no reference point; the rules say so.
    return timed
  }
}

/** Of the coordinated parts the longest; what a typed split changes, and its end edge. */
export function coordinatedSplit(signal: Signal, one: PlannedIntersection): { split_s: number; edge: Edge | undefined } | undefined {
  const names = one.kind === 'rings' ? one.barriers.flatMap(({ rings }) => rings.flat().map(({ phase }) => [phase])) : one.stages.map(({ kind, green }) => (kind === 'stage' ? green : []))
  const durations = durationsOf(one)
  let best: number | undefined
  for (const [part, groups] of names.entries()) {
    if (groups.some((group) => one.coordinated.includes(group)) && (best === undefined || durations[part]! > durations[best]!)) best = part
  }
  return best === undefined ? undefined : { split_s: durations[best]!, edge: listEdges(signal, one).find(({ before }) => before.includes(best)) }
}

/**
 * Another cycle for the whole plan: what is above the least green of each part is stretched alike, in whole seconds, rings meet at their barriers.
 * Signals of half the cycle keep to half. Offsets keep their seconds after the first signal, as the outbound band drives them.
 */
export function changeCycle(graph: RoadGraph, plan: Plan, order: readonly SignalId[], to_s: number): PlanEdit[] {
  const signals = plan.intersections.flatMap((one) => {
    const share = Math.max(1, Math.round(plan.cycle_s / one.cycle_s))
    const cycle_s = to_s / share
    const becomes = stretch(graph.getSignal(one.signal), one, cycle_s)
    return [{ signal: one.signal, was: { cycle_s: one.cycle_s, offset_s: one.offset_s, durations_s: durationsOf(one) }, becomes: { cycle_s, offset_s: one.offset_s, durations_s: becomes } }]
  })
  const offsets = carriedOffsets(plan, order)
  for (const { signal, becomes } of signals) becomes.offset_s = tenths(modulo(offsets.get(signal) ?? becomes.offset_s, becomes.cycle_s))
  const same = to_s === plan.cycle_s && signals.every(({ was, becomes }) => was.cycle_s === becomes.cycle_s)
  return same || !(to_s > 0) ? [] : [{ kind: 'cycle', was_s: plan.cycle_s, becomes_s: to_s, signals }]
}

/** Master times of local zero one after the other down the street: each the one nearest to the drive from the signal before. */
function carriedOffsets(plan: Plan, order: readonly SignalId[]): Map<SignalId, number> {
  const links = plan.bands.find(({ direction }) => direction === 'outbound')?.links ?? []
  const carried = new Map<SignalId, number>()
  let before: { signal: SignalId; time_s: number } | undefined
  for (const signal of order) {
    const one = intersectionOf(plan, signal)
    if (one === undefined) continue
    const from = before
    const expected = from === undefined ? one.offset_s : from.time_s + (links.find((link) => link.from === from.signal && link.to === signal)?.travel_time_s ?? 0)
    const time_s = one.offset_s + Math.round((expected - one.offset_s) / one.cycle_s) * one.cycle_s
    carried.set(signal, time_s)
    before = { signal, time_s }
  }
  return carried
}

function stretch(signal: Signal, one: PlannedIntersection, cycle_s: number): number[] {
  const groups = new Map(signal.groups.map((group) => [group.id, group]))
  const leastOf = (group: string): number => {
    const found = groups.get(group)
    return found === undefined ? 0 : Math.max(found.min_green_s, (found.walk_s ?? 0) + (found.pedestrian_clearance_s ?? 0)) + found.yellow_s + found.red_clearance_s
  }
  if (one.kind === 'stages') {
    const least = one.stages.map((stage) => (stage.kind === 'stage' ? Math.max(stage.min_s ?? 0, ...stage.green.map((group) => groups.get(group)?.min_green_s ?? 0)) : stage.duration_s))
    return share(one.stages.map(({ duration_s }) => duration_s), least, cycle_s, one.stages.map(({ kind }) => kind === 'stage'))
  }
  // First the stretches between barriers, each as long as its longest ring; then the phases of each ring in its stretch.
  const lengths = one.barriers.map(({ rings }) => Math.max(0, ...rings.map((ring) => ring.reduce((sum, { split_s }) => sum + split_s, 0))))
  const least = one.barriers.map(({ rings }) => Math.max(0, ...rings.map((ring) => ring.reduce((sum, { phase }) => sum + leastOf(phase), 0))))
  const stretched = share(lengths, least, cycle_s)
  return one.barriers.flatMap(({ rings }, i) => rings.flatMap((ring) => share(ring.map(({ split_s }) => split_s), ring.map(({ phase }) => leastOf(phase)), stretched[i]!)))
}

/** Whole seconds in proportion to what each has above its least, with the given sum; what can't give keeps its length. */
function share(now: readonly number[], least: readonly number[], total: number, free: readonly boolean[] = now.map(() => true)): number[] {
  const room = now.map((s, i) => (free[i] ? Math.max(0, s - least[i]!) : 0))
  const spare = room.reduce((sum, s) => sum + s, 0)
  const more = total - now.reduce((sum, s) => sum + s, 0)
  const weights = spare > 0 ? room.map((s) => s / spare) : now.map((_, i) => (free[i] ? 1 / free.filter(Boolean).length : 0))
  const exact = now.map((s, i) => s + more * weights[i]!)
  const whole = exact.map((s, i) => (weights[i]! > 0 ? Math.floor(s) : s))
  let rest = Math.round((total - whole.reduce((sum, s) => sum + s, 0)) * 10) / 10
  const order = exact.map((s, i) => ({ i, part: s - whole[i]! })).filter(({ i }) => weights[i]! > 0).sort((a, b) => b.part - a.part || a.i - b.i)
  for (let k = 0; rest > 0 && order.length > 0; k++) {
    const give = Math.min(1, rest)
    whole[order[k % order.length]!.i]! += give
    rest = Math.round((rest - give) * 10) / 10
  }
  return whole.map((s) => tidySeconds(s))
}

/** Speed of the band on the way to a signal, or of its whole direction in the same proportion; none where the plan has no such band. */
export function setSpeed(plan: Plan, direction: Direction, to: SignalId, speed_mps: number, whole = false): PlanEdit[] {
  const links = plan.bands.find((band) => band.direction === direction)?.links ?? []
  const own = links.find((link) => link.to === to)
  if (own === undefined || !(speed_mps > 0)) return []
  const factor = speed_mps / own.speed_mps
  return (whole ? links : [own]).flatMap((link): PlanEdit[] => {
    const becomes_mps = link === own ? speed_mps : link.speed_mps * factor
    return becomes_mps === link.speed_mps ? [] : [{ kind: 'speed', direction, to: link.to, was_mps: link.speed_mps, becomes_mps }]
  })
}
