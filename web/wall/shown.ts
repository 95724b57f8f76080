// What of the state may stand on the wall at this moment: everything that was true when it was told grows old while nobody tells anything new. Pure.
import type { WallCorridor, WallState } from '../../plans/publication/wall-view.ts'

/** Without an answer for so long, nothing is shown but the time of loss. */
export const LOST_MS = 60_000
/** A corridor stands so long. */
export const CORRIDOR_MS = 12_000

export type Connection = 'waiting' | 'live' | 'lost'

/** `silent_ms` since the last answer, Infinity without any; a wall that was just switched on is not lost yet. */
export function connectionOf(silent_ms: number, up_ms: number): Connection {
  if (silent_ms < LOST_MS) return 'live'
  return Number.isFinite(silent_ms) || up_ms >= LOST_MS ? 'lost' : 'waiting'
}

/** Of the oldest value, at that moment; undefined where nothing is known. */
export function dataAge_s({ publication: { age_s, computed_at } }: Pick<WallState, 'publication'>, now_s: number): number | undefined {
  return age_s === null ? undefined : Math.max(0, age_s + now_s - computed_at)
}

/** By the clock and not by a count, so that walls side by side show the same one. */
export function corridorAt(corridors: readonly WallCorridor[], now_ms: number): WallCorridor | undefined {
  return corridors[Math.floor(now_ms / CORRIDOR_MS) % Math.max(1, corridors.length)]
}

/** Where the picture stands against burning in, in hundredths of the screen's height: each minute elsewhere, back after 35. */
export function shiftAt(now_ms: number): [x: number, y: number] {
  const minute = Math.floor(now_ms / 60_000)
  return [((minute % 7) - 3) * 0.15, ((Math.floor(minute / 7) % 5) - 2) * 0.15]
}

const LEVELS = ['free', 'slow', 'congested', 'severe'] as const

/** Class of the style sheet, and the numeral that says the same without colour. */
export function lookOf(level: string | null, freshness: string): { name: string; numeral: string } {
  const rank = freshness === 'no-data' ? -1 : (LEVELS as readonly (string | null)[]).indexOf(level)
  return rank < 0 ? { name: 'grey', numeral: '–' } : { name: `${LEVELS[rank]!}${freshness === 'old' ? ' hatched' : ''}`, numeral: String(rank + 1) }
}
