// What a signal shows over a stretch of master time: green, yellow and red intervals that tile it without gap or
// overlap. Windows are in the local clock of the signal (s); master time = offset + local.
import type { Display } from '../model/compile.ts'
import type { GreenWindow } from '../model/plan.ts'
import { modulo } from '../model/units.ts'

export interface IndicationInterval {
  display: Display
  start_s: number
  end_s: number
}

export interface SignalClock {
  cycle_s: number
  offset_s: number
}

/** Shorter greens, yellows and reds than this are rounding, not colour. */
const DUST_S = 1e-6

interface Change {
  /** Local, 0 <= at_s < cycle. */
  at_s: number
  display: Display
}

/** Windows on the circle of the cycle, merged where they touch, sorted by start; ends may pass the cycle. */
export function mergeWindows(windows: readonly GreenWindow[], cycle_s: number): GreenWindow[] {
  const sorted = windows
    .filter(([start, end]) => end - start > DUST_S)
    .map(([start, end]): GreenWindow => [modulo(start, cycle_s), modulo(start, cycle_s) + Math.min(end - start, cycle_s)])
    .sort((a, b) => a[0] - b[0])
  const merged: GreenWindow[] = []
  for (const [start, end] of sorted) {
    const last = merged.at(-1)
    if (last !== undefined && start <= last[1] + DUST_S) last[1] = Math.max(last[1], end)
    else merged.push([start, end])
  }
  // The last may run over the end of the cycle into the first ones.
  const last = merged.at(-1)
  if (last === undefined) return []
  for (let first = merged[0] as GreenWindow; merged.length > 1 && last[1] - cycle_s >= first[0] - DUST_S; first = merged[0] as GreenWindow) {
    last[1] = Math.max(last[1], first[1] + cycle_s)
    merged.shift()
  }
  return last[1] - last[0] >= cycle_s - DUST_S ? [[last[0], last[0] + cycle_s]] : merged
}

function changesOfCycle(windows: readonly GreenWindow[], yellow_s: number, cycle_s: number): Change[] {
  const merged = mergeWindows(windows, cycle_s)
  const first = merged[0]
  if (first === undefined) return [{ at_s: 0, display: 'red' }]
  if (first[1] - first[0] >= cycle_s) return [{ at_s: 0, display: 'green' }]
  const changes: Change[] = []
  merged.forEach(([start, end], i) => {
    const next = merged[i + 1]?.[0] ?? first[0] + cycle_s
    const red = Math.min(end + yellow_s, next)
    changes.push({ at_s: modulo(start, cycle_s), display: 'green' })
    if (red - end > DUST_S) changes.push({ at_s: modulo(end, cycle_s), display: 'yellow' })
    if (next - red > DUST_S) changes.push({ at_s: modulo(red, cycle_s), display: 'red' })
  })
  return changes.sort((a, b) => a.at_s - b.at_s)
}

/**
 * Tiles [start, end) of master time with what the signal shows.
 * Out: intervals in order; the first begins at `start`, each begins where the one before ends, the last ends at `end`.
 */
export function tileIndications(
  windows: readonly GreenWindow[],
  yellow_s: number,
  clock: SignalClock,
  [start, end]: readonly [number, number],
): IndicationInterval[] {
  const { cycle_s } = clock
  const base = modulo(clock.offset_s, cycle_s)
  const changes = changesOfCycle(windows, yellow_s, cycle_s)
  const tiles: IndicationInterval[] = []
  for (let k = Math.floor((start - base) / cycle_s) - 1; base + k * cycle_s <= end; k++) {
    changes.forEach(({ at_s, display }, i) => {
      // Begin and end are the same expression for neighbours, so that they meet to the last bit.
      const next = changes[i + 1]
      const from = Math.max(start, base + k * cycle_s + at_s)
      const to = Math.min(end, next === undefined ? base + (k + 1) * cycle_s + (changes[0] as Change).at_s : base + k * cycle_s + next.at_s)
      if (to <= from) return
      const last = tiles.at(-1)
      if (last?.display === display) last.end_s = to
      else tiles.push({ display, start_s: from, end_s: to })
    })
  }
  return tiles
}
