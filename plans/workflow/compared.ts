// What the rules about safety compared, value beside limit: for people who answer for a plan, who want to see more than that nothing was broken.
// The rules themselves decide in model/check-plan.ts and model/device/check-write.ts; here nothing is refused.
import type { DeviceConfig, LampTiming, Tenths } from '../../model/device/device.ts'
import { conflictsIn, gapsBetween } from '../../model/device/lamp-windows.ts'
import { lampTimingOf } from '../../model/device/lamp-timing.ts'
import type { GroupId, Pattern, Signal } from '../../model/signal.ts'

export type ComparedRule = 'minimum-green' | 'pedestrian' | 'conflict' | 'intergreen'

/** In s. */
export interface Compared {
  rule: ComparedRule
  /** The group, or from which to which. */
  groups: GroupId[]
  /** The value that comes nearest to its limit. */
  value_s: number
  /** At least; for a conflict the time that both are green together, at most. */
  limit_s: number
  holds: boolean
}

const seconds = (tenths: Tenths): number => tenths / 10
const least = (rule: ComparedRule, groups: GroupId[], value: Tenths, limit: Tenths): Compared => ({ rule, groups, value_s: seconds(value), limit_s: seconds(limit), holds: value >= limit })

/** Every group's shortest green and split, every conflicting pair's time together and shortest way from one green to the next. */
export function compareWithLimits(config: Pick<DeviceConfig, 'groups' | 'conflicts' | 'intergreens'>, timing: LampTiming): Compared[] {
  const greens = timing.groups.flatMap(({ group, greens: windows, yellow, red_clearance }): Compared[] => {
    const own = config.groups.find((one) => one.group === group)
    if (own === undefined || windows.length === 0) return []
    const shortest = Math.min(...windows.map(([start, end]) => end - start))
    const service = (own.walk ?? 0) + (own.pedestrian_clearance ?? 0)
    return [least('minimum-green', [group], shortest, own.min_green), ...(service > 0 ? [least('pedestrian', [group], shortest + yellow + red_clearance, service)] : [])]
  })
  const pairs = conflictsIn({ ...config, slots: [] }).flatMap(({ from, to, time, conflict }): Compared[] => {
    const gaps = gapsBetween(timing, from, to)
    if (gaps.length === 0) return []
    const gap = Math.min(...gaps)
    const together = Math.max(0, -gap)
    return [
      ...(conflict && from < to ? [{ rule: 'conflict' as const, groups: [from, to], value_s: seconds(together), limit_s: 0, holds: together === 0 }] : []),
      ...(gap >= 0 ? [least('intergreen', [from, to], gap, time)] : []),
    ]
  })
  return [...greens, ...pairs]
}

const tenths = (s: number): Tenths => Math.round(s * 10)

/** By the limits that the network has; in the street those of the controller count, which a dry run reads. */
export function comparePattern(signal: Signal, pattern: Pattern): Compared[] {
  const groups = signal.groups.map(({ id, kind, min_green_s, yellow_s, red_clearance_s, walk_s = 0, pedestrian_clearance_s = 0 }) => ({
    group: id, name: id, kind, min_green: tenths(min_green_s), yellow: tenths(yellow_s), red_clearance: tenths(red_clearance_s), walk: tenths(walk_s), pedestrian_clearance: tenths(pedestrian_clearance_s),
  }))
  const intergreens = (signal.intergreens ?? []).map(({ from, to, seconds: time }) => ({ from, to, time: tenths(time) }))
  return compareWithLimits({ groups, conflicts: signal.conflicts, intergreens }, lampTimingOf(signal, pattern))
}
