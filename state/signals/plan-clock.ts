// Greens as the running timing says them: patterns by weekday and time of day, compiled to windows. Master time is the local
// time of day, counted from midnight. Transitions after a plan switch are not modelled: each plan is in step from its switch on.
// Signals that are actuated have no greens that a plan could know; coordinated ones have a cycle, but no greens.
import { compileSignal } from '../../model/compile.ts'
import type { LocalTime } from '../../model/local-time.ts'
import { weekdayOf } from '../../model/local-time.ts'
import type { Network } from '../../model/network.ts'
import type { CompiledSignal, GreenWindow } from '../../model/plan.ts'
import type { Timing } from '../../model/scenario.ts'
import { listPlanSwitches, runningPatterns } from '../../model/schedule.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { modulo, type Instant, type Seconds, type TimeOfDay } from '../../model/units.ts'
import type { Green, GreenClock } from './greens.ts'

const DAY_S = 86_400
/** Two ends of green this close are one. */
const TOUCH_S = 1e-6

/** Greens of one movement under one plan, in local time of its signal, starts ascending. */
interface Windows {
  cycle_s: Seconds
  offset_s: Seconds
  list: GreenWindow[]
}

/** A stretch of a day under one plan. */
interface Reign {
  from_s: TimeOfDay
  until_s: TimeOfDay
  patterns: ReadonlyMap<SignalId, Pattern>
}

export class PlanClock implements GreenClock {
  readonly #network: Network
  readonly #timing: Timing
  readonly #local: LocalTime
  readonly #groups: ReadonlyMap<string, Set<string>>
  readonly #reigns = new Map<number, Reign[]>()
  readonly #compiled = new Map<Pattern, CompiledSignal>()
  readonly #windows = new Map<Pattern, Map<number, Windows>>()
  readonly #control: ReadonlyMap<SignalId, string>

  constructor(network: Network, timing: Timing, local: LocalTime) {
    this.#network = network
    this.#timing = timing
    this.#local = local
    this.#control = new Map((timing.control ?? []).map(({ signal, type }) => [signal, type]))
    const groups = new Map<string, Set<string>>()
    for (const { movement, groups: shown } of network.connections) {
      const set = groups.get(movement) ?? new Set<string>()
      for (const { group } of shown ?? []) set.add(group)
      groups.set(movement, set)
    }
    this.#groups = groups
  }

  find(movement: number, time_s: Instant): Green | undefined {
    const signal = this.#network.movements[movement]?.signal
    if (signal === undefined || (this.#control.get(signal) ?? 'fixed') !== 'fixed') return undefined
    const day = this.#local.day(time_s)
    const time = this.#local.timeOfDay(time_s)
    const midnight = time_s - time
    const found = this.#last(movement, day, time)
    if (found === undefined) return undefined
    const next = this.#next(movement, day, time)
    return next === undefined ? undefined : { start_s: midnight + found[0], end_s: midnight + Math.min(found[1], next), next_s: midnight + next }
  }

  cycle(movement: number, time_s: Instant): Seconds | undefined {
    const signal = this.#network.movements[movement]?.signal
    if (signal === undefined || this.#control.get(signal) === 'actuated') return undefined
    return this.#reignAt(this.#local.day(time_s), this.#local.timeOfDay(time_s)).patterns.get(signal)?.cycle_s
  }

  /** Green of latest start at or before a time of day; it may have begun on the day before (negative times). */
  #last(movement: number, day: number, time: TimeOfDay): GreenWindow | undefined {
    for (let back = 0; back <= 1; back++) {
      const reigns = this.#day(day - back)
      for (let k = reigns.length - 1; k >= 0; k--) {
        const { from_s, until_s, patterns } = reigns[k]!
        const latest = time + back * DAY_S
        if (from_s > latest) continue
        const start = this.#startBefore(movement, patterns, Math.min(latest, until_s - 3 * TOUCH_S))
        if (start !== undefined && start[0] >= from_s - TOUCH_S) return [start[0] - back * DAY_S, Math.min(start[1], Math.max(until_s, start[0])) - back * DAY_S]
      }
    }
    return undefined
  }

  /** Start of the first green after a time of day. */
  #next(movement: number, day: number, time: TimeOfDay): number | undefined {
    for (let ahead = 0; ahead <= 1; ahead++) {
      for (const { from_s, until_s, patterns } of this.#day(day + ahead)) {
        const earliest = Math.max(time - ahead * DAY_S, from_s - 3 * TOUCH_S)
        if (until_s <= earliest) continue
        const before = this.#startBefore(movement, patterns, earliest)
        if (before === undefined) continue
        const start = this.#startAfter(movement, patterns, earliest)
        if (start !== undefined && start < until_s) return start + ahead * DAY_S
      }
    }
    return undefined
  }

  #startBefore(movement: number, patterns: ReadonlyMap<SignalId, Pattern>, time: number): GreenWindow | undefined {
    const windows = this.#windowsOf(movement, patterns)
    let best: GreenWindow | undefined
    for (const [start, end] of windows?.list ?? []) {
      const at = time - modulo(time - windows!.offset_s - start + TOUCH_S, windows!.cycle_s) + TOUCH_S
      if (best === undefined || at > best[0]) best = [at, at + end - start]
    }
    return best
  }

  #startAfter(movement: number, patterns: ReadonlyMap<SignalId, Pattern>, time: number): number | undefined {
    const windows = this.#windowsOf(movement, patterns)
    let best: number | undefined
    for (const [start] of windows?.list ?? []) {
      const at = time - modulo(time - windows!.offset_s - start + TOUCH_S, windows!.cycle_s) + TOUCH_S + windows!.cycle_s
      if (best === undefined || at < best) best = at
    }
    return best
  }

  #windowsOf(movement: number, patterns: ReadonlyMap<SignalId, Pattern>): Windows | undefined {
    const { signal: id, id: name } = this.#network.movements[movement]!
    const pattern = patterns.get(id!)
    if (pattern === undefined) return undefined
    let known = this.#windows.get(pattern)
    if (known === undefined) this.#windows.set(pattern, known = new Map())
    let windows = known.get(movement)
    if (windows === undefined) {
      const compiled = this.#compile(pattern)
      const groups = this.#groups.get(name) ?? new Set()
      windows = { cycle_s: compiled.cycle_s, offset_s: compiled.offset_s, list: united(compiled.groups.flatMap(({ id, green_windows_s }) => (groups.has(id) ? green_windows_s : [])), compiled.cycle_s) }
      known.set(movement, windows)
    }
    return windows
  }

  #compile(pattern: Pattern): CompiledSignal {
    let compiled = this.#compiled.get(pattern)
    if (compiled === undefined) {
      compiled = compileSignal(this.#network.signals.find(({ id }) => id === pattern.signal)!, pattern)
      this.#compiled.set(pattern, compiled)
    }
    return compiled
  }

  #reignAt(day: number, time: TimeOfDay): Reign {
    const reigns = this.#day(day)
    return reigns.findLast(({ from_s }) => from_s <= time) ?? reigns[0]!
  }

  #day(day: number): Reign[] {
    const known = this.#reigns.get(day)
    if (known !== undefined) return known
    const weekday = weekdayOf(day)
    const starts = this.#timing.plans.length === 0 ? [{ time_s: 0, patterns: new Map<SignalId, Pattern>() }] : [{ time_s: 0, patterns: runningPatterns(this.#timing, 0, weekday) }, ...listPlanSwitches(this.#timing, 0, DAY_S, weekday)]
    const reigns = starts.map(({ time_s, patterns }, k): Reign => ({ from_s: time_s, until_s: starts[k + 1]?.time_s ?? DAY_S, patterns }))
    this.#reigns.set(day, reigns)
    return reigns
  }
}

/** Windows that touch or overlap as one, also over the end of the cycle. A green that never ends is one window a cycle. */
function united(windows: readonly GreenWindow[], cycle: Seconds): GreenWindow[] {
  const list: GreenWindow[] = []
  for (const [start, end] of [...windows].sort((a, b) => a[0] - b[0])) {
    const last = list.at(-1)
    if (last !== undefined && start <= last[1] + TOUCH_S) last[1] = Math.max(last[1], end)
    else list.push([start, end])
  }
  const [first, last] = [list[0], list.at(-1)]
  if (first !== undefined && last !== undefined && first !== last && last[1] >= first[0] + cycle - TOUCH_S) {
    last[1] = Math.max(last[1], first[1] + cycle)
    list.shift()
  }
  return list.map(([start, end]) => [start, Math.min(end, start + cycle)])
}
