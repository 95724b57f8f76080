// Phases and stages put in, doubled, taken out, moved and given greens, as edits. Pure; seconds. What comes in takes its least length from the longest
// part that can give, so that cycle and barriers stay; where nobody can give, the signal is wrong, is shown so and is not saved.
import type { PlannedIntersection } from '../../model/plan.ts'
import type { BarrierGroup, GroupId, PhaseSplit, Signal, Stage } from '../../model/signal.ts'
import { tidySeconds } from '../../model/units.ts'
import { durationsOf, partsOf, sequenceOf, type Parts, type PlanEdit } from '../../plans/workflow/edits.ts'

type Rings = Extract<PlannedIntersection, { kind: 'rings' }>
type Stages = Extract<PlannedIntersection, { kind: 'stages' }>

/** Where a part stands: in a ring between two barriers, or in the row of stages (then barrier and ring are 0). */
export interface Place { part: number; barrier: number; ring: number; index: number }

export function listPlaces(one: PlannedIntersection): Place[] {
  if (one.kind === 'stages') return one.stages.map((_, part) => ({ part, barrier: 0, ring: 0, index: part }))
  let part = 0
  return one.barriers.flatMap(({ rings }, barrier) => rings.flatMap((phases, ring) => phases.map((_, index) => ({ part: part++, barrier, ring, index }))))
}

export const nameOf = (one: PlannedIntersection, part: number): string => sequenceOf(one).flat()[part] ?? ''

/** Groups that a part shows green itself. */
export const greensOfPart = (one: PlannedIntersection, part: number): GroupId[] => (one.kind === 'stages' ? (one.stages[part]?.green ?? []) : [nameOf(one, part)])

/** Shortest length that the rules let a part of these groups have, changes of colour included for phases; s. */
export function leastLength(signal: Signal, one: PlannedIntersection, greens: readonly GroupId[]): number {
  const lengths = greens.flatMap((id) => {
    const group = signal.groups.find((candidate) => candidate.id === id)
    if (group === undefined) return []
    const change = group.yellow_s + group.red_clearance_s
    const walk = (group.walk_s ?? 0) + (group.pedestrian_clearance_s ?? 0)
    return one.kind === 'rings' ? [Math.max(group.min_green_s + change, walk)] : [Math.max(group.min_green_s, walk - change)]
  })
  return Math.ceil(Math.max(0, ...lengths))
}

const whole = (one: PlannedIntersection, becomes: Parts): PlanEdit[] => [{ kind: 'parts', signal: one.signal, was: partsOf(one), becomes }]

/** The lengths of a row with so much taken from those that can give, the longest first. */
function takeFrom<T>(row: readonly T[], lengthOf: (part: T) => number, can: (part: T) => boolean, wanted_s: number, withLength: (part: T, s: number) => T): T[] {
  const longest = row.reduce<T | undefined>((best, part) => (can(part) && (best === undefined || lengthOf(part) > lengthOf(best)) ? part : best), undefined)
  return row.map((part) => (part === longest ? withLength(part, tidySeconds(Math.max(0, lengthOf(part) - wanted_s))) : part))
}

const takeFromPhases = (ring: readonly PhaseSplit[], s: number): PhaseSplit[] => takeFrom(ring, ({ split_s }) => split_s, () => true, s, (phase, split_s) => ({ ...phase, split_s }))
const takeFromStages = (stages: readonly Stage[], s: number): Stage[] => takeFrom(stages, ({ duration_s }) => duration_s, ({ kind }) => kind === 'stage', s, (stage, duration_s) => ({ ...stage, duration_s }))

const withRing = (one: Rings, { barrier, ring }: Place, change: (phases: readonly PhaseSplit[]) => PhaseSplit[]): BarrierGroup[] =>
  one.barriers.map((group, b) => (b === barrier ? { rings: group.rings.map((phases, r) => (r === ring ? change(phases) : phases)) } : group))

/** Phases of the signal that no ring serves; for stages all vehicle and pedestrian groups. */
export function listInsertable(signal: Signal, one: PlannedIntersection): GroupId[] {
  if (one.kind === 'stages') return signal.groups.map(({ id }) => id)
  const overlaps = new Set(signal.overlaps?.map(({ group }) => group))
  const used = new Set(sequenceOf(one).flat())
  return signal.groups.map(({ id }) => id).filter((id) => !used.has(id) && !overlaps.has(id))
}

function freeName(stages: readonly Stage[], stem: string): string {
  const used = new Set(stages.map(({ id }) => id))
  for (let n = 2; ; n++) if (!used.has(`${stem}-${n}`)) return `${stem}-${n}`
}

/** A part of that group behind another; a stage also gets a change of colour behind it like the one before it has. */
export function insertPart(signal: Signal, one: PlannedIntersection, behind: number, group: GroupId): PlanEdit[] {
  const place = listPlaces(one)[behind]
  if (place === undefined || signal.groups.every(({ id }) => id !== group)) return []
  const length = leastLength(signal, one, [group])
  if (one.kind === 'rings') {
    return whole(one, { kind: 'rings', barriers: withRing(one, place, (phases) => takeFromPhases(phases, length).toSpliced(place.index + 1, 0, { phase: group, split_s: length })) })
  }
  const id = freeName(one.stages, `stage-${group}`)
  return insertStage(one, behind, { id, kind: 'stage', green: [group], duration_s: length })
}

/** Where the stage at a place and the changes of colour behind it end. */
const endOfStage = (one: Stages, part: number): number => {
  let end = part + 1
  while (one.stages[end]?.kind === 'interstage') end++
  return end
}

function insertStage(one: Stages, behind: number, stage: Stage): PlanEdit[] {
  const end = endOfStage(one, behind)
  const changes = one.stages.slice(behind + 1, end).map((change) => ({ ...change, id: freeName(one.stages, change.id) }))
  const needed = [stage, ...changes].reduce((sum, { duration_s }) => sum + duration_s, 0)
  return whole(one, { kind: 'stages', stages: takeFromStages(one.stages, needed).toSpliced(end, 0, stage, ...changes) })
}

/** The same once more behind it, for a green that comes twice in a cycle. Both share its length where it is long enough. */
export function duplicatePart(signal: Signal, one: PlannedIntersection, part: number): PlanEdit[] {
  const place = listPlaces(one)[part]
  if (place === undefined) return []
  if (one.kind === 'stages') {
    const stage = one.stages[part]!
    if (stage.kind === 'interstage') return []
    return insertStage(one, part, { ...stage, id: freeName(one.stages, stage.id), duration_s: Math.max(stage.min_s ?? 0, leastLength(signal, one, stage.green)) })
  }
  const length = leastLength(signal, one, [nameOf(one, part)])
  return whole(one, { kind: 'rings', barriers: withRing(one, place, (phases) => takeFromPhases(phases, length).toSpliced(place.index + 1, 0, { ...phases[place.index]!, split_s: length })) })
}

/** What it had goes to the part before it (of the first, to the one behind). The last of its ring or row stays. */
export function removePart(one: PlannedIntersection, part: number): PlanEdit[] {
  const place = listPlaces(one)[part]
  if (place === undefined) return []
  if (one.kind === 'rings') {
    const own = one.barriers[place.barrier]!.rings[place.ring]!
    if (own.length < 2) return []
    return whole(one, { kind: 'rings', barriers: withRing(one, place, (phases) => {
      const heir = place.index === 0 ? 1 : place.index - 1
      return phases.map((phase, i) => (i === heir ? { ...phase, split_s: tidySeconds(phase.split_s + phases[place.index]!.split_s) } : phase)).toSpliced(place.index, 1)
    }) })
  }
  const end = one.stages[part]!.kind === 'stage' ? endOfStage(one, part) : part + 1
  const freed = one.stages.slice(part, end).reduce((sum, { duration_s }) => sum + duration_s, 0)
  const left = one.stages.toSpliced(part, end - part)
  const heir = left.findLastIndex(({ kind }, i) => kind === 'stage' && i < part)
  const to = heir >= 0 ? heir : left.findIndex(({ kind }) => kind === 'stage')
  if (to < 0) return []
  return whole(one, { kind: 'stages', stages: left.map((stage, i) => (i === to ? { ...stage, duration_s: tidySeconds(stage.duration_s + freed) } : stage)) })
}

/** One place to the left (-1) or right (+1) within its ring or row; a stage takes the changes of colour behind it along. */
export function movePart(one: PlannedIntersection, part: number, by: -1 | 1): { edits: PlanEdit[]; part: number } {
  const place = listPlaces(one)[part]
  const stay = { edits: [], part }
  if (place === undefined) return stay
  if (one.kind === 'rings') {
    const to = place.index + by
    const own = one.barriers[place.barrier]!.rings[place.ring]!
    if (to < 0 || to >= own.length) return stay
    const was = sequenceOf(one)
    const row = one.barriers.slice(0, place.barrier).reduce((sum, { rings }) => sum + rings.length, 0) + place.ring
    return { edits: [{ kind: 'sequence', signal: one.signal, was, becomes: was.map((list, i) => (i === row ? swap(list, place.index, to) : list)) }], part: part + by }
  }
  if (one.stages[part]!.kind === 'interstage') return stay
  const blocks: Stage[][] = []
  let own = -1
  for (const [i, stage] of one.stages.entries()) {
    if (stage.kind === 'stage' || blocks.length === 0) blocks.push([stage])
    else blocks.at(-1)!.push(stage)
    if (i === part) own = blocks.length - 1
  }
  const to = own + by
  if (to < 0 || to >= blocks.length) return stay
  const order = swap(blocks, own, to)
  return { edits: [{ kind: 'sequence', signal: one.signal, was: sequenceOf(one), becomes: [order.flat().map(({ id }) => id)] }], part: order.slice(0, to).reduce((sum, block) => sum + block.length, 0) }
}

const swap = <T>(list: readonly T[], a: number, b: number): T[] => list.map((item, i) => (i === a ? list[b]! : i === b ? list[a]! : item))

/** Turns the green of a group in a stage on or off. A stage without green stays possible: all red. */
export function toggleGreen(one: Stages, part: number, group: GroupId): PlanEdit[] {
  const stage = one.stages[part]
  if (stage === undefined) return []
  const green = stage.green.includes(group) ? stage.green.filter((id) => id !== group) : [...stage.green, group]
  return whole(one, { kind: 'stages', stages: one.stages.map((other, i) => (i === part ? { ...other, green } : other)) })
}

/** As typed, whatever the rules say: what it gains the parts behind its end give, in every ring where that is a barrier. */
export function setLength(one: PlannedIntersection, edge: { before: readonly number[]; after: readonly number[] }, part: number, to_s: number): PlanEdit[] {
  const durations = durationsOf(one)
  const by_s = to_s - durations[part]!
  if (!Number.isFinite(by_s) || by_s === 0) return []
  const changed = [...edge.before.map((at) => ({ at, by_s })), ...edge.after.map((at) => ({ at, by_s: -by_s }))]
  if (changed.some(({ at, by_s: change }) => durations[at]! + change < 0)) return []
  return [{ kind: 'edge', signal: one.signal, parts: changed.map(({ at, by_s: change }) => ({ part: at, was_s: durations[at]!, becomes_s: tidySeconds(durations[at]! + change) })) }]
}

/** What of a cycle shows the same to everybody: the stages of a signal that is written as rings. Sequence time, s. */
export interface Interval { start_s: number; end_s: number; green: GroupId[] }

export function listIntervals(groups: readonly { id: GroupId; green_windows_s: readonly (readonly [number, number])[] }[], cycle_s: number): Interval[] {
  const times = [...new Set([0, ...groups.flatMap(({ green_windows_s }) => green_windows_s.flatMap(([start, end]) => [start, end].map((s) => tidySeconds(((s % cycle_s) + cycle_s) % cycle_s))))])].sort((a, b) => a - b)
  return times.map((start_s, i) => {
    const end_s = times[i + 1] ?? cycle_s
    const middle = (start_s + end_s) / 2
    const isGreen = (windows: readonly (readonly [number, number])[]): boolean => windows.some(([start, end]) => [-cycle_s, 0, cycle_s].some((turn) => middle >= start + turn && middle < end + turn))
    return { start_s, end_s, green: groups.filter(({ green_windows_s }) => isGreen(green_windows_s)).map(({ id }) => id) }
  }).filter(({ start_s, end_s }) => end_s - start_s > 1e-6)
}
