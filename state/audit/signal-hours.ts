// One signal's hours of like control and their cycles: by the schedule where it has plans, and by the starts themselves.
import type { Seconds, TimeOfDay } from '../../model/units.ts'
import { findCycle, type CycleFailure, type FoundCycle, type Series } from './cycle.ts'
import type { Evidence, Start } from './evidence.ts'
import type { Group } from './periodogram.ts'
import { findReigns } from './reigns.ts'

/** What holds of a signal in some hours of its days. */
export interface SignalHours {
  /** Number of the plan that should run, -1 where none is known. */
  plan: number
  from_s: TimeOfDay
  until_s: TimeOfDay
  found: FoundCycle | CycleFailure
  /** A time of a day belongs to these hours. */
  holds: (day: number, time_s: TimeOfDay) => boolean
  /** By movement, in order of time; only those in these hours. */
  starts: ReadonlyMap<number, readonly Start[]>
}

export interface HoursOptions {
  planOf: (day: number, time_s: TimeOfDay) => { plan: number; since_s: Seconds }
  /** Cycle of a plan; undefined where unknown. */
  cycleOf: (plan: number) => Seconds | undefined
  /** Waits for gaps, so that its starts tell little of the cycle. */
  isIrregular?: (movement: number) => boolean
  /** Delay of the start per metre of queue. */
  wave_spm: number
}

/** Controllers step over to a new plan for some cycles. */
const TRANSITION_S: Seconds = 240
/** Starts of one green, after correction for the queue, are less far apart. */
const SAME_GREEN_S: Seconds = 8
/** Cycles are told from this many greens; more only cost time. */
const MOST_GREENS = 1500
/** Then they do without the others. */
const ENOUGH_REGULAR = 40
const SAME_CYCLE_S: Seconds = 0.3
const HOUR_S: Seconds = 3600
const HOURS = 24
const DAY_S = 86_400

type Starts = Map<number, Start[]>

export function findHours(evidence: readonly Evidence[], options: HoursOptions): SignalHours[] {
  const plans = new Map<number, Starts>()
  for (const { movement, starts } of evidence) {
    for (const start of starts) {
      const { plan, since_s } = options.planOf(start.day, start.time_s)
      if (since_s < TRANSITION_S) continue
      const own = plans.get(plan) ?? new Map<number, Start[]>()
      plans.set(plan, own)
      const list = own.get(movement)
      if (list === undefined) own.set(movement, [start])
      else list.push(start)
    }
  }
  return [...plans].sort((a, b) => a[0] - b[0]).flatMap(([plan, starts]) => hoursOfPlan(plan, starts, options))
}

function hoursOfPlan(plan: number, starts: Starts, { planOf, cycleOf, isIrregular, wave_spm }: HoursOptions): SignalHours[] {
  for (const list of starts.values()) list.sort((a, b) => a.day - b.day || a.time_s - b.time_s)
  const hourly = new Map<number, Group[]>()
  const telling = tellingOf(starts, isIrregular)
  for (const { groups } of seriesOf(telling, wave_spm)) {
    for (const group of groups) for (const [hour, part] of partsByHour(group)) hourly.set(hour, [...(hourly.get(hour) ?? []), part])
  }
  const known = [cycleOf(plan)].filter((cycle) => cycle !== undefined)
  const build = (from: number, until: number, cycles: readonly number[]): SignalHours => {
    const within = (time: number): boolean => (from === 0 || time >= from * HOUR_S) && (until === HOURS || time < until * HOUR_S)
    const own = new Map([...starts].map(([movement, list]): [number, Start[]] => [movement, list.filter(({ time_s }) => within(time_s))]).filter(([, list]) => list.length > 0))
    const holds = (day: number, time: TimeOfDay): boolean => {
      if (!within(time)) return false
      const runs = planOf(day, time)
      return runs.plan === plan && runs.since_s >= TRANSITION_S
    }
    return { plan, from_s: from * HOUR_S, until_s: until * HOUR_S, found: cycleIn(tellingOf(own, isIrregular), wave_spm, cycles), starts: own, holds }
  }
  const reigns = findReigns(hourly)
  if (reigns.length === 1) return [build(0, HOURS, known)]
  const first = reigns.map(([from, until]) => build(from, until, known))
  // Neighbours of one cycle are one; hours of too few starts go with the hours before them, or after.
  const joined: [number, number][] = []
  let last: number | undefined
  first.forEach(({ found }, k) => {
    const cycle = typeof found === 'string' ? undefined : found.cycle_s
    const before = joined.at(-1)
    const joins = before !== undefined && (found === 'few' || last === undefined || (cycle !== undefined && Math.abs(cycle - last) < SAME_CYCLE_S))
    if (joins && !(last === undefined && cycle === undefined && found !== 'few')) before[1] = reigns[k]![1]
    else joined.push([...reigns[k]!])
    last = cycle ?? last
  })
  if (joined.length === first.length) return first
  const cycles = first.flatMap(({ found }) => (typeof found === 'string' ? [] : [found.cycle_s]))
  return joined.map(([from, until]) => build(from, until, [...known, ...cycles]))
}

/** Regular ones alone, where they are enough. */
function tellingOf(starts: ReadonlyMap<number, readonly Start[]>, isIrregular: (movement: number) => boolean = () => false): ReadonlyMap<number, readonly Start[]> {
  const regular = [...starts].filter(([movement]) => !isIrregular(movement))
  return regular.reduce((sum, [, { length }]) => sum + length, 0) >= ENOUGH_REGULAR ? new Map(regular) : starts
}

/** Within days first; where that is too little, days together, as if the cycle began anew each midnight. */
function cycleIn(starts: ReadonlyMap<number, readonly Start[]>, wave_spm: number, known: readonly Seconds[]): FoundCycle | CycleFailure {
  const series = thinned(seriesOf(starts, wave_spm))
  const span = Math.max(0, ...series.flatMap(({ groups }) => groups.map((group) => group.at(-1)! - group[0]!)))
  const found = findCycle(series, span, known)
  if (typeof found !== 'string' || series.every(({ groups }) => groups.length < 2)) return found
  const pooled = series.map(({ movement, groups }): Series => ({ movement, groups: [groups.flat().sort((a, b) => a - b)] }))
  const all = pooled.flatMap(({ groups }) => groups.flat())
  const together = findCycle(pooled, Math.max(...all) - Math.min(...all), known)
  return typeof together === 'string' ? found : together
}

/** Starts of green: one of each queue, carried to the stop line; a group for each day. */
function seriesOf(starts: ReadonlyMap<number, readonly Start[]>, wave_spm: number): Series[] {
  return [...starts].sort((a, b) => a[0] - b[0]).map(([movement, list]): Series => {
    const days = new Map<number, number[]>()
    for (const start of list) {
      const day = days.get(start.day)
      if (day === undefined) days.set(start.day, [atLine(start, wave_spm)])
      else day.push(atLine(start, wave_spm))
    }
    return { movement, groups: [...days.values()].map((times) => greensOf(times.sort((a, b) => a - b))) }
  })
}

export const atLine = ({ time_s, distance_m }: Start, wave_spm: number): Seconds => time_s - wave_spm * distance_m

function greensOf(times: readonly number[]): number[] {
  const greens: number[] = []
  for (let i = 0; i < times.length;) {
    let [sum, j] = [0, i]
    while (j < times.length && times[j]! - times[i]! <= SAME_GREEN_S) sum += times[j++]!
    greens.push(sum / (j - i))
    i = j
  }
  return greens
}

/** Every k-th day, and of a single day too full its first hours. */
function thinned(series: readonly Series[]): Series[] {
  const total = series.reduce((sum, { groups }) => sum + groups.reduce((n, { length }) => n + length, 0), 0)
  const every = Math.ceil(total / MOST_GREENS)
  if (every <= 1) return [...series]
  return series.map(({ movement, groups }) => {
    const kept = groups.filter((_, k) => k % every === 0)
    const most = Math.ceil(MOST_GREENS / series.length / kept.length)
    return { movement, groups: kept.map((group) => (group.length > 4 * most ? group.slice(0, 4 * most) : group)) }
  })
}

function partsByHour(group: Group): Map<number, number[]> {
  const parts = new Map<number, number[]>()
  for (const time of group) {
    const hour = Math.floor((((time % DAY_S) + DAY_S) % DAY_S) / HOUR_S)
    const part = parts.get(hour)
    if (part === undefined) parts.set(hour, [time])
    else part.push(time)
  }
  return parts
}
