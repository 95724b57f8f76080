// What must hold before anything is sent to a controller: every rule on what its lamps will show, by what the controller itself keeps. A hard
// finding is never overridden; a soft one by two named people with a reason. Nothing is clipped: what does not fit is refused.
import type { Instant, Seconds } from '../units.ts'
import type { Baseline, LampTiming, Tenths, WantedTiming, WriteFinding, WriteRule, WriteSet } from './device.ts'
import { compareLamps, lampTimingOf } from './lamp-timing.ts'
import { conflictsIn, gapsBetween, greenOf, isWhole, longestRed, show, windowsAt } from './lamp-windows.ts'

export interface WriteLimits {
  /** Shortest walk, MUTCD 4I.06 (7 s, 4 s where few walk) and RiLSA (5 s): the local rule decides. */
  walk: Tenths
  /** For the width of a crossing: 1.0 to 1.2 m/s. */
  walking_mps: number
  /** Widths of the crossings of groups, m, where somebody measured them. */
  crossings: { group: string; width_m: number }[]
  yellow: Tenths
  clock_skew_s: Seconds
  /** What is done where the clock of a controller can't be read. Its lamps show in the end whether it is right. */
  unread_clock: 'refuse' | 'allow'
  /** People cross on red when they wait longer; a cycle of 180 s leaves no group red longer. */
  maximum_red: Tenths
  cycle_change: Tenths
  /** Share of the green running now. */
  green_change: number
  settle_s: Seconds
  /** The memory of controllers wears with every write. */
  writes_per_day: number
}

export const DEFAULT_WRITE_LIMITS: WriteLimits = {
  walk: 50, walking_mps: 1.2, crossings: [], yellow: 30, clock_skew_s: 0.5, unread_clock: 'refuse', maximum_red: 1800, cycle_change: 200, green_change: 0.3, settle_s: 900, writes_per_day: 24,
}

/** What was done to the controller before, and when the plan that is due began. */
export interface WriteHistory {
  /** Last change of plan by us. */
  changed_s?: Instant
  /** Writes since local midnight. */
  writes_today: number
  /** Of the schedule's entry that is in force; absent where nothing is scheduled. */
  period?: { from_s: Instant; until_s: Instant }
}

/** Of a group, from the simulation of the plan. */
export interface QueueForecast {
  group: string
  queue_m: number
  storage_m: number
}

export interface WriteCheck {
  device: string
  /** Read just now. */
  base: Baseline
  writes: WriteSet
  want: WantedTiming
  now: Instant
  history?: WriteHistory
  limits?: Partial<WriteLimits>
  queues?: readonly QueueForecast[]
}

type Report = (rule: WriteRule, weight: WriteFinding['weight'], sentence: string, value?: number, limit?: number) => WriteFinding

/** All rules but the corridor's; empty = it may be sent. Throws `controller.unfit` for a pattern of which tenths of a second say too little. */
export function checkWrite({ device, base, writes, want, now, history = { writes_today: 0 }, limits: given = {}, queues = [] }: WriteCheck): WriteFinding[] {
  const limits = { ...DEFAULT_WRITE_LIMITS, ...given }
  const report: Report = (rule, weight, sentence, value, limit) => ({
    rule, weight, device, sentence: `controller ${device}: ${sentence}`, ...(value === undefined ? {} : { value }), ...(limit === undefined ? {} : { limit }),
  })
  const broken = [...checkShape(writes.timing, report), ...checkBinding(base, writes, want, report)]
  // Rules on windows say nothing about windows that are none.
  if (broken.some(({ rule }) => rule === 'sum' || rule === 'range')) return broken
  return [
    ...broken, ...checkApproved(writes, want, report), ...checkGreens(base, writes.timing, limits, report), ...checkClearance(base, writes.timing, limits, report),
    ...checkConflicts(base, writes.timing, report), ...checkSwitch(base, writes.timing, report), ...checkState(base, limits, report),
    ...checkWaiting(writes.timing, limits, queues, report), ...checkChange(base, writes.timing, limits, report), ...checkHistory(writes.timing, history, now, limits, report),
  ]
}

/** Between members of a corridor that run one green wave: their cycles are one, half of it or its double. */
export function checkCorridor(members: readonly Pick<WriteSet, 'device' | 'timing'>[]): WriteFinding[] {
  const cycles = members.map(({ timing }) => timing.cycle)
  const fits = (one: Tenths, common: Tenths): boolean => one === common || one * 2 === common || one === common * 2
  const common = [...cycles].sort((a, b) => cycles.filter((one) => fits(one, b)).length - cycles.filter((one) => fits(one, a)).length || a - b)[0]
  return members.filter(({ timing }) => common !== undefined && !fits(timing.cycle, common)).map(({ device, timing }) => ({
    rule: 'corridor', weight: 'hard', device, value: timing.cycle, limit: common!,
    sentence: `controller ${device}: its cycle is ${show(timing.cycle)}, that of the corridor ${show(common!)}; cycles are equal, half or double`,
  }))
}

/** Windows that are whole tenths within one cycle. */
function checkShape({ cycle, offset, groups }: LampTiming, report: Report): WriteFinding[] {
  if (!isWhole(cycle) || cycle <= 0) return [report('range', 'hard', `its cycle would be ${cycle / 10} s; it is at least 0.1 s in whole tenths`, cycle, 1)]
  const found: WriteFinding[] = []
  if (!isWhole(offset) || offset < 0 || offset >= cycle) found.push(report('sum', 'hard', `its offset would be ${offset / 10} s; it lies within the cycle of ${show(cycle)}`, offset, cycle))
  for (const { group, greens, yellow, red_clearance } of groups) {
    if (![yellow, red_clearance].every((one) => isWhole(one) && one >= 0)) found.push(report('range', 'hard', `yellow and red clearance of group ${group} would be ${yellow / 10} s and ${red_clearance / 10} s`))
    for (const [start, end] of greens) {
      if (!isWhole(start) || !isWhole(end)) found.push(report('range', 'hard', `group ${group} would be green from ${start / 10} s to ${end / 10} s, no whole tenths`))
      else if (start < 0 || start >= cycle || end <= start || end - start > cycle) found.push(report('sum', 'hard', `group ${group} would be green from ${start / 10} s to ${end / 10} s of a cycle of ${show(cycle)}`, end - start, cycle))
    }
    const total = greens.reduce((sum, [start, end]) => sum + end - start, 0)
    if (total > cycle) found.push(report('sum', 'hard', `the greens of group ${group} add up to ${show(total)}, the cycle is ${show(cycle)}`, total, cycle))
  }
  return found
}

/** What was read, computed and approved belong together, and the slot is free. */
function checkBinding(base: Baseline, writes: WriteSet, want: WantedTiming, report: Report): WriteFinding[] {
  const found: WriteFinding[] = []
  if (writes.baseline_hash !== base.hash) found.push(report('baseline', 'hard', `what it holds is no more what the write set was computed for (${writes.baseline_hash.slice(0, 12)}, now ${base.hash.slice(0, 12)})`))
  if (writes.wanted_hash !== want.hash) found.push(report('not-as-approved', 'hard', 'the write set was computed for another timing than the one approved'))
  const slot = base.config.slots.find((one) => one.slot === writes.slot)
  if (slot === undefined) found.push(report('spare-slot', 'hard', `it has no slot ${writes.slot} by what was read`, writes.slot))
  else if (slot.used_by.length > 0 || base.active_slot === writes.slot) found.push(report('spare-slot', 'hard', `slot ${writes.slot} is not spare: ${slot.used_by.join(', ') || 'it runs now'}`, writes.slot))
  return found
}

function checkApproved(writes: WriteSet, want: WantedTiming, report: Report): WriteFinding[] {
  const differences = compareLamps(lampTimingOf(want.signal, want.pattern), writes.timing)
  if (writes.residual.length === 0) return differences.map((sentence) => report('not-as-approved', 'hard', `${sentence}, as was approved`))
  return writes.residual.map(({ group, sentence, error_s }) => report('not-as-approved', 'soft', `group ${group}: ${sentence}`, error_s, 0))
}

function checkGreens({ config }: Baseline, { groups }: LampTiming, limits: WriteLimits, report: Report): WriteFinding[] {
  return groups.flatMap(({ group, greens, yellow, red_clearance }) => {
    if (greens.length === 0) return []
    const own = config.groups.find((one) => one.group === group)
    if (own === undefined) return [report('minimum-green', 'hard', `the minimum green of group ${group} was not read from it`)]
    const found: WriteFinding[] = []
    const walk = own.walk ?? (own.kind === 'pedestrian' ? Math.min(...greens.map(([start, end]) => end - start)) : undefined)
    if (walk !== undefined && walk < limits.walk) found.push(report('pedestrian', 'hard', `the walk of group ${group} is ${show(walk)}, by the local rule it is at least ${show(limits.walk)}`, walk, limits.walk))
    for (const { width_m } of limits.crossings.filter((one) => one.group === group)) {
      const clearance = own.pedestrian_clearance ?? yellow + red_clearance
      const needed = Math.ceil((width_m / limits.walking_mps) * 10)
      if (clearance < needed) found.push(report('pedestrian', 'hard', `the pedestrian clearance of group ${group} is ${show(clearance)}; a crossing of ${width_m} m takes ${show(needed)} at ${limits.walking_mps} m/s`, clearance, needed))
    }
    const service = (own.walk ?? 0) + (own.pedestrian_clearance ?? 0)
    for (const [start, end] of greens) {
      const green = end - start
      if (green < own.min_green) found.push(report('minimum-green', 'hard', `group ${group} would be green for ${show(green)}, its minimum as read from the controller is ${show(own.min_green)}`, green, own.min_green))
      if (green + yellow + red_clearance < service) found.push(report('pedestrian', 'hard', `walk and pedestrian clearance of group ${group} take ${show(service)}, its split is ${show(green + yellow + red_clearance)}`, green + yellow + red_clearance, service))
    }
    return found
  })
}

function checkClearance({ config }: Baseline, { groups }: LampTiming, limits: WriteLimits, report: Report): WriteFinding[] {
  return groups.flatMap(({ group, greens, yellow, red_clearance }) => {
    const own = config.groups.find((one) => one.group === group)
    if (own === undefined || greens.length === 0) return []
    const found: WriteFinding[] = []
    if (yellow !== own.yellow) found.push(report('clearance', 'hard', `yellow of group ${group} would be ${show(yellow)}, the controller has ${show(own.yellow)}`, yellow, own.yellow))
    if (red_clearance !== own.red_clearance) found.push(report('clearance', 'hard', `red clearance of group ${group} would be ${show(red_clearance)}, the controller has ${show(own.red_clearance)}`, red_clearance, own.red_clearance))
    if (own.kind === 'vehicle' && own.yellow < limits.yellow) found.push(report('clearance', 'hard', `yellow of group ${group} is ${show(own.yellow)} in the controller; the least is ${show(limits.yellow)}`, own.yellow, limits.yellow))
    return found
  })
}

function checkConflicts({ config }: Baseline, timing: LampTiming, report: Report): WriteFinding[] {
  return conflictsIn(config).flatMap(({ from, to, time, conflict }) => gapsBetween(timing, from, to).flatMap((gap) => {
    // Each pair that is green together is told once.
    if (gap < 0) return conflict && from < to ? [report('conflict', 'hard', `groups ${from} and ${to} conflict by the matrix of the controller and would be green together for ${show(-gap)}`, -gap, 0)] : []
    return gap < time ? [report('intergreen', 'hard', `${show(gap)} from the end of group ${from} to the start of group ${to}; the controller asks for ${show(time)}`, gap, time)] : []
  }))
}

/** The plan running now ends at its local zero and the new one begins at its own. */
function checkSwitch({ config, active_slot }: Baseline, next: LampTiming, report: Report): WriteFinding[] {
  const old = config.slots.find(({ slot }) => slot === active_slot)?.timing
  if (old === undefined) return []
  return conflictsIn(config).flatMap(({ from, to, time }) => {
    const before = windowsAt(old, from, 'end')
    const after = windowsAt(next, to, 'start')
    if (before === undefined || after === undefined) return []
    // Green on both sides of the switch: its end, and what follows it, stand in the new plan.
    if (before === 0 && windowsAt(next, from, 'start') === 0) return []
    // It was green before the switch already, beside the other, by the old plan's own rules.
    if (after === 0 && windowsAt(old, to, 'end') === 0) return []
    const gap = before + after
    return gap < time ? [report('intergreen', 'hard', `${show(gap)} from the end of group ${from} in the plan running now to the start of group ${to} in the new one; the controller asks for ${show(time)}`, gap, time)] : []
  })
}

const READY: ReadonlySet<string> = new Set(['coordinated', 'fixed', 'free'])

function checkState({ mode, clock_skew_s: skew }: Baseline, limits: WriteLimits, report: Report): WriteFinding[] {
  const found: WriteFinding[] = []
  if (!READY.has(mode)) found.push(report('mode', 'hard', `it is ${mode} now; a plan is sent to a controller that is coordinated, fixed or free`))
  if (skew === undefined) {
    if (limits.unread_clock === 'refuse') found.push(report('clock', 'soft', 'its clock was not read, so that nobody knows whether its offset will be right'))
  } else if (!(Math.abs(skew) <= limits.clock_skew_s)) found.push(report('clock', 'hard', `its clock is ${skew} s from ours; for coordination at most ${limits.clock_skew_s} s`, Math.abs(skew), limits.clock_skew_s))
  return found
}

function checkWaiting(timing: LampTiming, limits: WriteLimits, queues: readonly QueueForecast[], report: Report): WriteFinding[] {
  const reds = timing.groups.flatMap((one) => {
    const red = longestRed(timing, one)
    return red > limits.maximum_red ? [report('maximum-red', 'soft', `group ${one.group} would be red for ${show(red)} at a time; the limit is ${show(limits.maximum_red)}`, red, limits.maximum_red)] : []
  })
  return [...reds, ...queues.filter(({ queue_m, storage_m }) => queue_m > storage_m).map(({ group, queue_m, storage_m }) =>
    report('maximum-red', 'soft', `the queue of group ${group} would be ${queue_m} m long where ${storage_m} m have room`, queue_m, storage_m))]
}

function checkChange({ config, active_slot }: Baseline, next: LampTiming, limits: WriteLimits, report: Report): WriteFinding[] {
  const old = config.slots.find(({ slot }) => slot === active_slot)?.timing
  if (old === undefined) return []
  const found: WriteFinding[] = []
  const change = Math.abs(next.cycle - old.cycle)
  if (change > limits.cycle_change) found.push(report('change', 'soft', `the cycle would change from ${show(old.cycle)} to ${show(next.cycle)}; at most ${show(limits.cycle_change)} at a time`, change, limits.cycle_change))
  for (const { group } of old.groups) {
    const [before, after] = [greenOf(old, group), greenOf(next, group)]
    if (before > 0 && Math.abs(after - before) > limits.green_change * before + 1e-9) found.push(report('change', 'soft', `the green of group ${group} would change from ${show(before)} to ${show(after)} a cycle; at most ${Math.round(limits.green_change * 100)} % at a time`, after, before))
  }
  return found
}

function checkHistory({ cycle }: LampTiming, { changed_s, writes_today, period }: WriteHistory, now: Instant, limits: WriteLimits, report: Report): WriteFinding[] {
  const found: WriteFinding[] = []
  if (changed_s !== undefined && now - changed_s < limits.settle_s) found.push(report('too-soon', 'soft', `its plan was changed ${Math.round(now - changed_s)} s ago; at least ${limits.settle_s} s lie between changes`, now - changed_s, limits.settle_s))
  if (writes_today >= limits.writes_per_day) found.push(report('too-soon', 'hard', `it was written ${writes_today} times today; its memory wears, the limit is ${limits.writes_per_day}`, writes_today, limits.writes_per_day))
  const edge = (2 * cycle) / 10
  if (period !== undefined && (now - period.from_s < edge || period.until_s - now < edge)) found.push(report('too-soon', 'soft', `it is within two cycles (${edge} s) of a change of the schedule`, Math.min(now - period.from_s, period.until_s - now), edge))
  return found
}
