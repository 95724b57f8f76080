// What an engineer changes by hand, as commands that hold the old and the new value: undo, comparison and audit are one thing.
// Durations and offsets in s. Pure: a plan in, a plan out; what follows from the timing (windows, bands) is measured anew in derived.ts.
import { GreenwaveError } from '../../model/errors.ts'
import type { Direction, Plan, PlannedIntersection } from '../../model/plan.ts'
import type { BarrierGroup, SignalId, Stage } from '../../model/signal.ts'
import type { MetresPerSecond, Seconds } from '../../model/units.ts'

/** How long a part of the cycle is: place among all phases (barrier by barrier, ring by ring) or stages as written. */
export interface PartEdit {
  part: number
  was_s: Seconds
  becomes_s: Seconds
}

export interface CycleTiming {
  cycle_s: Seconds
  offset_s: Seconds
  /** Of all parts in their places. */
  durations_s: Seconds[]
}

/** Everything that a cycle consists of: barriers with the phases of their rings, or stages. */
export type Parts = { kind: 'rings'; barriers: BarrierGroup[] } | { kind: 'stages'; stages: Stage[] }

export type PlanEdit =
  | { kind: 'offset'; signal: SignalId; was_s: Seconds; becomes_s: Seconds }
  /** The edge between parts moves: what one wins another gives; at a barrier in every ring. */
  | { kind: 'edge'; signal: SignalId; parts: PartEdit[] }
  /** Another order of the phases within each ring and barrier group, or of the stages. The parts keep their length. */
  | { kind: 'sequence'; signal: SignalId; was: string[][]; becomes: string[][] }
  /** Phases or stages are put in, doubled, taken out or moved to another place, with all lengths that follow. */
  | { kind: 'parts'; signal: SignalId; was: Parts; becomes: Parts }
  | { kind: 'cycle'; was_s: Seconds; becomes_s: Seconds; signals: { signal: SignalId; was: CycleTiming; becomes: CycleTiming }[] }
  /** Speed of a band on the way to a signal. */
  | { kind: 'speed'; direction: Direction; to: SignalId; was_mps: MetresPerSecond; becomes_mps: MetresPerSecond }

/** The command that takes it back. */
export function inverseOf(edit: PlanEdit): PlanEdit {
  switch (edit.kind) {
    case 'offset': return { ...edit, was_s: edit.becomes_s, becomes_s: edit.was_s }
    case 'edge': return { ...edit, parts: edit.parts.map(({ part, was_s, becomes_s }) => ({ part, was_s: becomes_s, becomes_s: was_s })) }
    case 'sequence': return { ...edit, was: edit.becomes, becomes: edit.was }
    case 'parts': return { ...edit, was: edit.becomes, becomes: edit.was }
    case 'cycle': return { ...edit, was_s: edit.becomes_s, becomes_s: edit.was_s, signals: edit.signals.map(({ signal, was, becomes }) => ({ signal, was: becomes, becomes: was })) }
    case 'speed': return { ...edit, was_mps: edit.becomes_mps, becomes_mps: edit.was_mps }
  }
}

/** The commands that take back a row of commands. */
export const undoOf = (edits: readonly PlanEdit[]): PlanEdit[] => edits.map(inverseOf).reverse()

/**
 * Throws `store.conflict` where a value is not the one that the command was written on, `input.reference` for a signal or part that the
 * plan does not have, `input.value` for an order that is not of the same parts.
 */
export const applyEdits = (plan: Plan, edits: readonly PlanEdit[]): Plan => edits.reduce(applyEdit, plan)

function applyEdit(plan: Plan, edit: PlanEdit): Plan {
  switch (edit.kind) {
    case 'offset': return withIntersection(plan, edit.signal, (one) => ({ ...one, offset_s: changed(`the offset of ${edit.signal}`, 's', one.offset_s, edit.was_s, edit.becomes_s) }))
    case 'edge': return withIntersection(plan, edit.signal, (one) => moveEdge(one, edit.parts))
    case 'sequence': return withIntersection(plan, edit.signal, (one) => reorder(one, edit.was, edit.becomes))
    case 'parts': return withIntersection(plan, edit.signal, (one) => replaceParts(one, edit.was, edit.becomes))
    case 'cycle': return changeCycle(plan, edit)
    case 'speed': return changeSpeed(plan, edit)
  }
}

function changed(what: string, unit: string, now: number, was: number, becomes: number): number {
  if (now !== was) throw new GreenwaveError('store.conflict', `${what} is ${now} ${unit}, not ${was} ${unit} as the edit expects`)
  if (!Number.isFinite(becomes)) throw new GreenwaveError('input.value', `${what} would be ${becomes}; it must be a number`)
  return becomes
}

function withIntersection(plan: Plan, signal: SignalId, change: (one: PlannedIntersection) => PlannedIntersection): Plan {
  if (plan.intersections.every((one) => one.signal !== signal)) throw new GreenwaveError('input.reference', `the plan has no signal "${signal}"`)
  return { ...plan, intersections: plan.intersections.map((one) => (one.signal === signal ? change(one) : one)) }
}

/** Lengths of all parts in their places. */
export const durationsOf = (one: PlannedIntersection): number[] =>
  one.kind === 'rings' ? one.barriers.flatMap(({ rings }) => rings.flat().map(({ split_s }) => split_s)) : one.stages.map(({ duration_s }) => duration_s)

function withDurations(one: PlannedIntersection, durations: readonly number[]): PlannedIntersection {
  let i = 0
  if (one.kind === 'stages') return { ...one, stages: one.stages.map((stage) => ({ ...stage, duration_s: durations[i++]! })) }
  return { ...one, barriers: one.barriers.map((barrier) => ({ ...barrier, rings: barrier.rings.map((ring) => ring.map((phase) => ({ ...phase, split_s: durations[i++]! }))) })) }
}

function moveEdge(one: PlannedIntersection, parts: readonly PartEdit[]): PlannedIntersection {
  const durations = durationsOf(one)
  for (const { part, was_s, becomes_s } of parts) {
    const now = durations[part]
    if (now === undefined) throw new GreenwaveError('input.reference', `${one.signal} has ${durations.length} parts; there is no part ${part}`)
    durations[part] = changed(`part ${part} of ${one.signal}`, 's', now, was_s, becomes_s)
  }
  return withDurations(one, durations)
}

/** One list per ring and barrier group in their places, or one of all stages. */
export const sequenceOf = (one: PlannedIntersection): string[][] =>
  one.kind === 'rings' ? one.barriers.flatMap(({ rings }) => rings.map((ring) => ring.map(({ phase }) => phase))) : [one.stages.map(({ id }) => id)]

/** What is there twice keeps its order among itself, so that the way back is the same. */
function inOrder<T>(order: readonly string[], parts: readonly T[], nameOf: (part: T) => string): T[] {
  const left = [...parts]
  return order.map((name) => left.splice(left.findIndex((part) => nameOf(part) === name), 1)[0]!)
}

function reorder(one: PlannedIntersection, was: readonly string[][], becomes: readonly string[][]): PlannedIntersection {
  const show = (order: readonly string[][]): string => order.map((list) => list.join(' ')).join(' | ')
  const now = sequenceOf(one)
  if (JSON.stringify(now) !== JSON.stringify(was)) throw new GreenwaveError('store.conflict', `the order of ${one.signal} is ${show(now)}, not ${show(was)} as the edit expects`)
  const same = becomes.length === was.length && becomes.every((list, i) => JSON.stringify([...list].sort()) === JSON.stringify([...was[i]!].sort()))
  if (!same) throw new GreenwaveError('input.value', `the order ${show(becomes)} of ${one.signal} is not one of the same parts as ${show(was)}`)
  if (one.kind === 'stages') return { ...one, stages: inOrder(becomes[0]!, one.stages, ({ id }) => id) }
  let i = 0
  return { ...one, barriers: one.barriers.map((barrier) => ({ ...barrier, rings: barrier.rings.map((ring) => inOrder(becomes[i++]!, ring, ({ phase }) => phase)) })) }
}

export const partsOf = (one: PlannedIntersection): Parts => (one.kind === 'rings' ? { kind: 'rings', barriers: one.barriers } : { kind: 'stages', stages: one.stages })

/** Alike whatever order an object's fields came in over the wire. */
const samePart = (a: object, b: object): boolean => JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())

function sameParts(a: Parts, b: Parts): boolean {
  const flat = (parts: Parts): object[][] => (parts.kind === 'stages' ? [parts.stages] : parts.barriers.flatMap(({ rings }) => [[{ rings: rings.length }], ...rings]))
  const [own, other] = [flat(a), flat(b)]
  return a.kind === b.kind && own.length === other.length && own.every((list, i) => list.length === other[i]!.length && list.every((part, k) => samePart(part, other[i]![k]!)))
}

function replaceParts(one: PlannedIntersection, was: Parts, becomes: Parts): PlannedIntersection {
  const now = partsOf(one)
  if (!sameParts(now, was)) throw new GreenwaveError('store.conflict', `the ${now.kind === 'rings' ? 'phases' : 'stages'} of ${one.signal} are not those that the edit expects`)
  if (becomes.kind !== now.kind) throw new GreenwaveError('input.value', `${one.signal} runs by ${now.kind}; an edit can't make it run by ${becomes.kind}`)
  const ids = becomes.kind === 'stages' ? becomes.stages.map(({ id }) => id) : []
  const twice = ids.find((id, i) => ids.indexOf(id) !== i)
  if (twice !== undefined) throw new GreenwaveError('input.value', `${one.signal} would have two stages "${twice}"`)
  return { ...one, ...becomes } as PlannedIntersection
}

function changeCycle(plan: Plan, { was_s, becomes_s, signals }: Extract<PlanEdit, { kind: 'cycle' }>): Plan {
  const cycle_s = changed('the cycle of the plan', 's', plan.cycle_s, was_s, becomes_s)
  return signals.reduce((next, { signal, was, becomes }) => withIntersection(next, signal, (one) => {
    const durations = durationsOf(one)
    if (becomes.durations_s.length !== durations.length || was.durations_s.length !== durations.length) throw new GreenwaveError('input.value', `${signal} has ${durations.length} parts, the edit ${becomes.durations_s.length}`)
    const timed = withDurations(one, durations.map((now, i) => changed(`part ${i} of ${signal}`, 's', now, was.durations_s[i]!, becomes.durations_s[i]!)))
    return { ...timed, cycle_s: changed(`the cycle of ${signal}`, 's', one.cycle_s, was.cycle_s, becomes.cycle_s), offset_s: changed(`the offset of ${signal}`, 's', one.offset_s, was.offset_s, becomes.offset_s) }
  }), { ...plan, cycle_s })
}

function changeSpeed(plan: Plan, { direction, to, was_mps, becomes_mps }: Extract<PlanEdit, { kind: 'speed' }>): Plan {
  const what = `the ${direction} speed to ${to}`
  const band = plan.bands.find((one) => one.direction === direction)
  if (band === undefined || band.links.every((link) => link.to !== to)) throw new GreenwaveError('input.reference', `the plan has no ${direction} band to "${to}"`)
  if (!(becomes_mps > 0)) throw new GreenwaveError('input.value', `${what} would be ${becomes_mps} m/s; it must be above 0`)
  const links = band.links.map((link) => (link.to === to ? { ...link, speed_mps: changed(what, 'm/s', link.speed_mps, was_mps, becomes_mps) } : link))
  return { ...plan, bands: plan.bands.map((one) => (one === band ? { ...one, links } : one)) }
}
