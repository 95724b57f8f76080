// The lamps of an emulated controller: greens cycle by cycle, and the change from one plan to another without cutting a minimum or a clearance.
import type { DeviceConfig, DeviceGroup, Lamp, LampTiming, Tenths } from '../../../model/device/device.ts'
import type { GroupId } from '../../../model/signal.ts'
import { type Cycle, leastGreen } from './cycle.ts'

interface Green {
  start: Tenths
  /** Undefined while it lasts beyond the cycle that is known. */
  end: Tenths | undefined
}

/** Greens that are remembered of a group. */
const REMEMBERED = 64

/** All times: tenths by the controller's clock. */
export class LampSequence {
  readonly #groups: readonly DeviceGroup[]
  readonly #greens = new Map<GroupId, Green[]>()
  readonly #needed: Map<GroupId, Map<GroupId, Tenths>>

  constructor({ groups, conflicts, intergreens }: Pick<DeviceConfig, 'groups' | 'conflicts' | 'intergreens'>) {
    this.#groups = groups
    for (const { group } of groups) this.#greens.set(group, [])
    const own = new Map(groups.map((one) => [one.group, one.yellow + one.red_clearance]))
    const pairs = [...conflicts.flatMap(([a, b]) => [[a, b], [b, a]] as const), ...groups.map(({ group }) => [group, group] as const)]
    this.#needed = new Map(groups.map(({ group }) => [group, new Map(pairs.filter(([from]) => from === group)
      .map(([from, to]) => [to, intergreens.find((one) => one.from === from && one.to === to)?.time ?? own.get(from) ?? 0]))]))
  }

  /** Earliest begin of a plan's first cycle at or after `at`: what is green and won't be then ends in time, and what conflicts is clear before others begin. */
  bridge(at: Tenths, timing: LampTiming): Tenths {
    let begin = at
    for (const { group, greens } of this.#states()) {
      const last = greens.at(-1)
      const left = leftAtZero(timing, group.group)
      const least = leastGreen(group)
      if (last !== undefined && last.end === undefined && left === 0) last.end = Math.max(at, last.start + least)
      if (last !== undefined && last.end === undefined) begin = Math.max(begin, last.start + least - left)
    }
    for (const { group, greens } of this.#states()) {
      const end = greens.at(-1)?.end
      if (end === undefined) continue
      for (const [to, needed] of this.#needed.get(group.group) ?? []) begin = Math.max(begin, end + needed - firstStart(timing, to))
    }
    return begin
  }

  /** One cycle from `begin` on. After a bridge, or after a cycle of the same timing. */
  run(begin: Tenths, timing: LampTiming, { length, at }: Cycle): void {
    for (const { group, greens } of this.#states()) {
      const windows = timing.groups.find((one) => one.group === group.group)?.greens ?? []
      const always = windows.some(([start, end]) => end - start >= timing.cycle)
      const last = greens.at(-1)
      const isOpen = last !== undefined && last.end === undefined
      if (always) {
        if (!isOpen) greens.push({ start: begin, end: undefined })
        continue
      }
      const over = windows.find(([start, end]) => start === 0 || end > timing.cycle)
      const end = over === undefined ? begin : begin + at(over[0] === 0 ? over[1] : over[1] - timing.cycle)
      if (isOpen) last.end = end
      // What is left of a green is given only where it is a whole minimum.
      else if (over !== undefined && end - begin >= leastGreen(group)) greens.push({ start: begin, end })
      for (const [start, stop] of windows) {
        if (start > 0) greens.push({ start: begin + at(start), end: stop > timing.cycle ? undefined : begin + (stop === timing.cycle ? length : at(stop)) })
      }
      if (greens.length > REMEMBERED) greens.splice(0, greens.length - REMEMBERED)
    }
  }

  /** What was to come after `at` is no longer fixed: greens that have begun are open, those that have not never come. A bridge follows. */
  cut(at: Tenths): void {
    for (const { greens } of this.#states()) {
      while ((greens.at(-1)?.start ?? Number.NEGATIVE_INFINITY) >= at) greens.pop()
      const last = greens.at(-1)
      if (last !== undefined && last.end !== undefined && last.end > at) last.end = undefined
    }
  }

  /** Everything dark or flashing from now on. */
  break(at: Tenths): void {
    for (const { greens } of this.#states()) {
      while ((greens.at(-1)?.start ?? at) > at) greens.pop()
      const last = greens.at(-1)
      if (last !== undefined && (last.end === undefined || last.end > at)) last.end = at
    }
  }

  lamp(group: GroupId, at: Tenths): Lamp {
    const yellow = this.#groups.find((one) => one.group === group)?.yellow ?? 0
    const last = this.#greens.get(group)?.findLast(({ start }) => start <= at)
    if (last === undefined) return 'red'
    if (last.end === undefined || at < last.end) return 'green'
    return at < last.end + yellow ? 'yellow' : 'red'
  }

  /** Greens that had begun by `at`, those that last cut there. */
  greens(at: Tenths): { group: GroupId; start: Tenths; end: Tenths }[] {
    return [...this.#greens].flatMap(([group, greens]) => greens.filter(({ start }) => start < at).map(({ start, end }) => ({ group, start, end: Math.min(end ?? at, at) })))
  }

  #states(): { group: DeviceGroup; greens: Green[] }[] {
    return this.#groups.map((group) => ({ group, greens: this.#greens.get(group.group) as Green[] }))
  }
}

/** How long a group that is green at local zero stays so; 0 where it isn't. */
function leftAtZero({ cycle, groups }: LampTiming, group: GroupId): Tenths {
  const windows = groups.find((one) => one.group === group)?.greens ?? []
  if (windows.some(([start, end]) => end - start >= cycle)) return Number.POSITIVE_INFINITY
  const over = windows.find(([start, end]) => start > 0 && end > cycle)
  if (over !== undefined) return over[1] - cycle
  const zero = windows.find(([start]) => start === 0)
  return zero === undefined ? 0 : zero[1]
}

/** When a group first turns green in a cycle that begins with it red. */
function firstStart({ cycle, groups }: LampTiming, group: GroupId): Tenths {
  const windows = groups.find((one) => one.group === group)?.greens ?? []
  if (windows.some(([start, end]) => end > cycle || end - start >= cycle)) return 0
  return Math.min(Number.POSITIVE_INFINITY, ...windows.map(([start]) => start))
}
