// Split monitor as data: how long each split of a phase was over the clock, what ended its green, and what was programmed
// (Utah DOT, automated traffic signal performance measures).
import type { Seconds, TimeOfDay } from '../model/units.ts'

export type SplitEnd = 'gap' | 'max' | 'force' | 'unknown'
export const SPLIT_ENDS: readonly SplitEnd[] = ['gap', 'max', 'force', 'unknown']

export interface SplitMonitorInput {
  /** In order of time. */
  cycles: readonly { green_s: TimeOfDay; split_s: Seconds; termination: SplitEnd }[]
  /** In order; null where nothing is programmed, or no single split is. */
  programmed: readonly { from_s: TimeOfDay; until_s: TimeOfDay; split_s: Seconds | null }[]
  range_s: readonly [start: TimeOfDay, end: TimeOfDay]
}

export interface SplitMonitorScene {
  range_s: readonly [number, number]
  /** Top of the picture. */
  height_s: Seconds
  dots: { time_s: number; split_s: number; termination: SplitEnd }[]
  /** Flat lines, cut to the range. */
  programmed: { from_s: number; until_s: number; split_s: number }[]
  counts: Record<SplitEnd, number>
}

/** The longest split with some room, rounded up to what reads well. */
const ROUND_S = 10

export function buildSplitMonitor({ cycles, programmed, range_s: [start, end] }: SplitMonitorInput): SplitMonitorScene {
  const dots = cycles.filter(({ green_s }) => green_s >= start && green_s < end).map(({ green_s, split_s, termination }) => ({ time_s: green_s, split_s, termination }))
  const lines = programmed.flatMap(({ from_s, until_s, split_s }) => (split_s === null || until_s <= start || from_s >= end ? [] : [{ from_s: Math.max(from_s, start), until_s: Math.min(until_s, end), split_s }]))
  const counts: SplitMonitorScene['counts'] = { gap: 0, max: 0, force: 0, unknown: 0 }
  for (const { termination } of dots) counts[termination]++
  const highest = Math.max(0, ...dots.map(({ split_s }) => split_s), ...lines.map(({ split_s }) => split_s))
  return { range_s: [start, end], height_s: ROUND_S * Math.max(1, Math.ceil((highest + 2) / ROUND_S)), dots, programmed: lines, counts }
}
