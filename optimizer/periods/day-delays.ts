// What plans cost at every time of day: a choice of plans with one cycle for the corridor, each made for what traffic was like at some time, and the
// delay of each in every quarter of an hour. Delay after HCM 7 with arrivals spread evenly: it ranks cycles and splits by time of day; offsets are
// found for each period afterwards.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { MovementId } from '../../model/network.ts'
import type { CompiledSignal } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { isolatedDelay, type LaneGroup, laneGroupState, listLaneGroups } from '../capacity/index.ts'
import { listSplits, type SignalTask } from '../corridor/cycle-task.ts'
import { DEFAULT_OPTIONS } from '../corridor/options.ts'
import { streetOf } from '../corridor/street.ts'

/** veh/h by movement; absent where nothing was measured at that time. */
export type SlotVolumes = ReadonlyMap<MovementId, number> | undefined

export interface DayInput {
  graph: RoadGraph
  corridor: ResolvedCorridor
  running: ReadonlyMap<SignalId, Pattern>
  /** Of one day, equally long. */
  slots: readonly SlotVolumes[]
  slot_s: number
}

/** One of the plans that a day may be laid of: cycle and splits; its offsets are found later. */
export interface SplitPlan {
  cycle_s: number
  /** In outbound order. */
  patterns: Pattern[]
  signals: CompiledSignal[]
}

export interface DayDelays {
  plans: SplitPlan[]
  /** By plan and slot, veh·h; 0 where nothing was measured. */
  delay_vh: Float64Array[]
}

/** Cycles tried, s; a step of 10 s changes delay by about a percent near the best one. */
const CYCLES_S = [60, 70, 80, 90, 100, 110, 120, 130, 140]
/** A lane group without capacity: everybody waits for the whole quarter of an hour, and for the next. */
const HOPELESS_S = 1800

/** Throws plan.infeasible where the minimums of a signal exceed the longest cycle tried; input.reference for a signal without pattern. */
export function dayDelays(input: DayInput): DayDelays {
  // Volumes are often measured by the hour: its quarters need no reckoning of their own.
  const keys = input.slots.map((volumes) => (volumes === undefined ? undefined : JSON.stringify([...volumes])))
  const groups = new Map<string, LaneGroup[][]>()
  input.slots.forEach((volumes, t) => {
    if (volumes !== undefined && !groups.has(keys[t]!)) groups.set(keys[t]!, groupsOf(input, volumes))
  })
  const plans = different(distinct(standpoints(input.slots)).map((volumes) => bestPlan(input, volumes)))
  return {
    plans,
    delay_vh: plans.map(({ signals }) => {
      const delays = new Map([...groups].map(([key, own]) => [key, (delayOf(signals, own) * input.slot_s) / 3600]))
      return Float64Array.from(keys, (key) => (key === undefined ? 0 : delays.get(key)!))
    }),
  }
}

const groupsOf = ({ graph, corridor }: DayInput, volumes: ReadonlyMap<MovementId, number>): LaneGroup[][] => corridor.corridor.intersections.map((id) => listLaneGroups(graph, id, volumes))

/** Mean traffic of every hour, each beginning half an hour after the one before, of every four hours, and of the day. */
function standpoints(slots: readonly SlotVolumes[]): ReadonlyMap<MovementId, number>[] {
  const hour = Math.max(1, Math.round(slots.length / 24))
  const windows: [start: number, length: number][] = [[0, slots.length]]
  for (const [length, step] of [[hour, Math.max(1, Math.floor(hour / 2))], [4 * hour, 2 * hour]] as const) {
    for (let start = 0; start < slots.length; start += step) windows.push([start, length])
  }
  return windows.flatMap(([start, length]) => meanOf(Array.from({ length }, (_, i) => slots[(start + i) % slots.length])) ?? [])
}

function meanOf(slots: readonly SlotVolumes[]): ReadonlyMap<MovementId, number> | undefined {
  const known = slots.flatMap((volumes) => volumes ?? [])
  if (known.length === 0) return undefined
  const mean = new Map<MovementId, number>()
  for (const volumes of known) for (const [movement, volume] of volumes) mean.set(movement, (mean.get(movement) ?? 0) + volume / known.length)
  return mean
}

function distinct(all: readonly ReadonlyMap<MovementId, number>[]): ReadonlyMap<MovementId, number>[] {
  const seen = new Map(all.map((volumes) => [[...volumes].map(([movement, volume]) => `${movement}=${volume.toFixed(3)}`).sort().join(' '), volumes]))
  return [...seen.values()]
}

/** Traffic of different times often asks for the same splits. */
const different = (plans: readonly SplitPlan[]): SplitPlan[] => [...new Map(plans.map((plan) => [JSON.stringify(plan.signals), plan])).values()]

function bestPlan({ graph, corridor, running }: DayInput, volumes: ReadonlyMap<MovementId, number>): SplitPlan {
  const street = streetOf(graph, corridor, running, volumes)
  const signals = listSplits(street, DEFAULT_OPTIONS)
  const shortest = Math.max(...signals.map(({ splits }) => splits.minimum_cycle_s))
  const open = CYCLES_S.filter((cycle) => cycle >= shortest)
  const plans = (open.length > 0 ? open : [shortest]).map((cycle_s) => {
    const splits = signals.map((signal: SignalTask) => signal.splits.solve(cycle_s))
    const compiled = splits.map((split) => split.compiled)
    return { plan: { cycle_s, patterns: splits.map(({ pattern }) => pattern), signals: compiled }, delay: delayOf(compiled, street.laneGroups) }
  })
  return plans.reduce((a, b) => (b.delay < a.delay ? b : a)).plan
}

/** Vehicle-hours per hour. */
function delayOf(signals: readonly CompiledSignal[], groups: readonly (readonly LaneGroup[])[]): number {
  let delay = 0
  signals.forEach((compiled, i) => {
    for (const group of groups[i] ?? []) {
      if (group.volume_vph <= 0) continue
      const each = isolatedDelay(compiled.cycle_s, group, laneGroupState(compiled, group))
      delay += (group.volume_vph * (Number.isFinite(each) ? Math.min(each, HOPELESS_S) : HOPELESS_S)) / 3600
    }
  })
  return delay
}
