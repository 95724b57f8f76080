// From a pattern (rings or stages) to green windows per signal group. Everything downstream reads only these.
// Local zero is the offset reference point: master time = offset + local time.
import { GreenwaveError } from './errors.ts'
import type { CompiledGroup, CompiledSignal, GreenWindow } from './plan.ts'
import type { GroupId, OffsetReference, Pattern, RingPattern, Signal, SignalGroup, StagePattern } from './signal.ts'
import { modulo, tidySeconds } from './units.ts'

/** Two instants of a plan closer than this are the same: controllers work in tenths of a second. */
export const TIME_TOLERANCE_S = 1e-6

/** Greens in sequence time: 0 is the start of the pattern as written; a window may pass the cycle. */
type SequenceWindows = Map<GroupId, GreenWindow[]>

export function getGroup(signal: Signal, id: GroupId): SignalGroup {
  const group = signal.groups.find((candidate) => candidate.id === id)
  if (group === undefined) {
    throw new GreenwaveError('input.reference', `signal ${signal.id} has no group "${id}"`)
  }
  return group
}

/** Start of each barrier group and of each phase in it, s after sequence start. */
export function phaseStarts(pattern: RingPattern): { phase: GroupId; start_s: number; split_s: number; barrier: number; ring: number }[] {
  const placed: { phase: GroupId; start_s: number; split_s: number; barrier: number; ring: number }[] = []
  let barrierStart = 0
  pattern.barriers.forEach((barrier, barrierIndex) => {
    let longest = 0
    barrier.rings.forEach((ring, ringIndex) => {
      let t = barrierStart
      for (const { phase, split_s } of ring) {
        placed.push({ phase, start_s: t, split_s, barrier: barrierIndex, ring: ringIndex })
        t += split_s
      }
      longest = Math.max(longest, t - barrierStart)
    })
    barrierStart += longest
  })
  return placed
}

function ringWindows(signal: Signal, pattern: RingPattern): SequenceWindows {
  const windows: SequenceWindows = new Map()
  for (const { phase, start_s, split_s } of phaseStarts(pattern)) {
    const group = getGroup(signal, phase)
    const green = split_s - group.yellow_s - group.red_clearance_s
    if (green <= 0) continue
    const list = windows.get(phase) ?? []
    list.push([start_s, start_s + green])
    windows.set(phase, list)
  }
  return windows
}

function stageWindows(pattern: StagePattern): SequenceWindows {
  const windows: SequenceWindows = new Map()
  const groups = new Set(pattern.stages.flatMap((stage) => stage.green))
  const total = pattern.stages.reduce((sum, stage) => sum + stage.duration_s, 0)
  for (const group of groups) {
    const runs: GreenWindow[] = []
    let t = 0
    for (const stage of pattern.stages) {
      if (stage.green.includes(group) && stage.duration_s > 0) {
        const last = runs.at(-1)
        if (last !== undefined && Math.abs(last[1] - t) < TIME_TOLERANCE_S) last[1] = t + stage.duration_s
        else runs.push([t, t + stage.duration_s])
      }
      t += stage.duration_s
    }
    windows.set(group, joinAcrossEnd(runs, total))
  }
  return windows
}

/** A green that runs over the end of the cycle into its start is one window. */
function joinAcrossEnd(runs: GreenWindow[], cycle: number): GreenWindow[] {
  const [first, last] = [runs[0], runs.at(-1)]
  if (first === undefined || last === undefined || runs.length < 2) return runs
  if (first[0] > TIME_TOLERANCE_S || last[1] < cycle - TIME_TOLERANCE_S) return runs
  return [...runs.slice(1, -1), [last[0], cycle + first[1]]]
}

/** An overlap is green with its parents and through the change between two successive ones. */
function addOverlaps(signal: Signal, windows: SequenceWindows, cycle: number): void {
  for (const overlap of signal.overlaps ?? []) {
    const parts = overlap.parents
      .flatMap((parent) => {
        const group = getGroup(signal, parent)
        const change = group.yellow_s + group.red_clearance_s
        return (windows.get(parent) ?? []).map(([start, end]) => ({ start: modulo(start, cycle), length: end - start, change }))
      })
      .sort((a, b) => a.start - b.start)
    windows.set(overlap.group, mergeOverlap(parts, cycle))
  }
}

function mergeOverlap(parts: { start: number; length: number; change: number }[], cycle: number): GreenWindow[] {
  const merged: { start: number; end: number; change: number }[] = []
  for (const part of parts) {
    const last = merged.at(-1)
    if (last !== undefined && part.start <= last.end + last.change + TIME_TOLERANCE_S) {
      if (part.start + part.length > last.end) Object.assign(last, { end: part.start + part.length, change: part.change })
    } else merged.push({ start: part.start, end: part.start + part.length, change: part.change })
  }
  const [first, last] = [merged[0], merged.at(-1)]
  if (first !== undefined && last !== undefined && first !== last && first.start + cycle <= last.end + last.change + TIME_TOLERANCE_S) {
    last.end = Math.max(last.end, first.end + cycle)
    merged.shift()
  }
  const only = merged[0]
  if (merged.length === 1 && only !== undefined && only.start + cycle <= only.end + only.change + TIME_TOLERANCE_S) {
    return [[only.start, only.start + cycle]]
  }
  return merged.map(({ start, end }) => [start, Math.min(end, start + cycle)])
}

interface Landmark {
  start: number
  end: number
  yellow: number
  clearance: number
}

function landmarks(signal: Signal, pattern: Pattern, windows: SequenceWindows): Landmark[] {
  return pattern.coordinated.flatMap((id) => {
    const group = getGroup(signal, id)
    const longest = [...(windows.get(id) ?? [])].sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0]
    if (longest === undefined) return []
    return [{ start: longest[0], end: longest[1], yellow: group.yellow_s, clearance: group.pedestrian_clearance_s ?? 0 }]
  })
}

/** The instant among `times` (mod cycle) that comes first or last when read forward from the others' common gap. */
function extreme(times: number[], cycle: number, which: 'first' | 'last'): number {
  const sorted = [...times].map((t) => modulo(t, cycle)).sort((a, b) => a - b)
  // On a circle "first" is the one after the widest empty arc, "last" the one before it.
  let widest = -1
  let first = 0
  sorted.forEach((t, i) => {
    const previous = i === 0 ? (sorted.at(-1) ?? 0) - cycle : (sorted[i - 1] ?? 0)
    if (t - previous > widest + TIME_TOLERANCE_S) {
      widest = t - previous
      first = i
    }
  })
  const index = which === 'first' ? first : (first + sorted.length - 1) % sorted.length
  return sorted[index] ?? 0
}

/**
 * Where the offset reference lies, in seconds after sequence start.
 * Definitions: Signal Timing Manual 2nd ed. (NCHRP 812) chapter 7; TS2 "first green", Type 170 "begin of clearance".
 */
export function referencePoint(signal: Signal, pattern: Pattern, reference: OffsetReference): number {
  if (reference === 'sequence_start') return 0
  const windows = sequenceWindows(signal, pattern)
  const marks = landmarks(signal, pattern, windows)
  if (marks.length === 0) {
    throw new GreenwaveError(
      'input.value',
      `signal ${signal.id}: offset reference "${reference}" needs a coordinated group that turns green, got [${pattern.coordinated.join(', ')}]`,
    )
  }
  const cycle = pattern.cycle_s
  switch (reference) {
    case 'begin_of_green': return extreme(marks.map((m) => m.start), cycle, 'last')
    case 'first_green': return extreme(marks.map((m) => m.start), cycle, 'first')
    case 'begin_of_yellow': return extreme(marks.map((m) => m.end), cycle, 'first')
    case 'begin_of_red': return extreme(marks.map((m) => m.end + m.yellow), cycle, 'first')
    case 'begin_of_clearance': return extreme(marks.map((m) => m.end - m.clearance), cycle, 'first')
  }
}

/** The same timing with its offset spoken from another reference point. */
export function withReference<P extends Pattern>(signal: Signal, pattern: P, reference: OffsetReference): P {
  const shift = referencePoint(signal, pattern, reference) - referencePoint(signal, pattern, pattern.offset_reference)
  return { ...pattern, offset_reference: reference, offset_s: modulo(pattern.offset_s + shift, pattern.cycle_s) }
}

function sequenceWindows(signal: Signal, pattern: Pattern): SequenceWindows {
  const windows = pattern.kind === 'rings' ? ringWindows(signal, pattern) : stageWindows(pattern)
  addOverlaps(signal, windows, pattern.cycle_s)
  return windows
}

/**
 * Compiles a pattern to green windows.
 * In: the signal and its pattern. Out: for each group of the signal its windows, sorted, in local time (s).
 * Throws input.reference for a group that the signal does not have.
 */
export function compileSignal(signal: Signal, pattern: Pattern): CompiledSignal {
  const cycle = pattern.cycle_s
  const shift = referencePoint(signal, pattern, pattern.offset_reference)
  const windows = sequenceWindows(signal, pattern)
  for (const id of windows.keys()) getGroup(signal, id)
  const groups: CompiledGroup[] = signal.groups.map((group) => ({
    id: group.id,
    green_windows_s: (windows.get(group.id) ?? [])
      .map(([start, end]): GreenWindow => {
        const local = snap(modulo(start - shift, cycle), cycle)
        return [local, tidySeconds(local + Math.min(end - start, cycle))]
      })
      .sort((a, b) => a[0] - b[0]),
    yellow_s: group.yellow_s,
    red_clearance_s: group.red_clearance_s,
  }))
  return { signal: signal.id, cycle_s: cycle, offset_s: modulo(pattern.offset_s, cycle), groups }
}

const snap = (t: number, cycle: number): number => (cycle - t < TIME_TOLERANCE_S ? 0 : tidySeconds(t))

export type Display = 'green' | 'yellow' | 'red'

/** What a group shows at a master time, s. */
export function displayAt(compiled: CompiledSignal, group: CompiledGroup, time_s: number): Display {
  const local = modulo(time_s - compiled.offset_s, compiled.cycle_s)
  for (const [start, end] of group.green_windows_s) {
    const since = modulo(local - start, compiled.cycle_s)
    // A whole-cycle green never ends; the tolerance keeps 89.9999999 from being a yellow of no length.
    if (since < end - start - TIME_TOLERANCE_S || end - start >= compiled.cycle_s - TIME_TOLERANCE_S) return 'green'
  }
  for (const [start, end] of group.green_windows_s) {
    const sinceEnd = modulo(local - end + TIME_TOLERANCE_S, compiled.cycle_s)
    if (end - start < compiled.cycle_s && sinceEnd < group.yellow_s) return 'yellow'
  }
  return 'red'
}
