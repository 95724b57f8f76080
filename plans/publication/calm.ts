// The level that is shown: it follows the index, but not its noise.
import { classify, type ScaleTable } from '../../state/congestion/index.ts'
import type { Instant } from '../../model/units.ts'

/** How far the index must be beyond a boundary before the colour changes, how long a colour stays at least, and how often it may change. */
export const CALM = { hysteresis: 0.15, hold_s: 240, changes_per_hour: 6 } as const
const HOUR_S = 3600

export interface ShownLevel {
  level: string | null
  since: Instant | null
  changes: Instant[]
}

/**
 * Grey at once where there is no index, and a colour at once after grey; else a change needs the hysteresis, the hold, and fewer than six changes
 * in the hour. `urgent` (a closure, an incident) changes at once.
 */
export function nextLevel(table: ScaleTable, before: ShownLevel | undefined, index: number | null, now: Instant, urgent = false): ShownLevel {
  const changes = (before?.changes ?? []).filter((time) => now - time < HOUR_S)
  if (index === null) return { level: null, since: null, changes }
  const level = classify(table, index).id
  if (before === undefined || before.level === null || before.since === null) return { level, since: now, changes }
  const stays: ShownLevel = { level: before.level, since: before.since, changes }
  if (level === before.level) return stays
  if (urgent) return { level, since: now, changes: [...changes, now] }
  const worse = rank(table, level) > rank(table, before.level)
  // What the index would be called if it were a little nearer to what is shown.
  const doubtful = classify(table, worse ? index - CALM.hysteresis : index + CALM.hysteresis).id
  const clearly = worse ? rank(table, doubtful) > rank(table, before.level) : rank(table, doubtful) < rank(table, before.level)
  if (!clearly || now - before.since < CALM.hold_s || changes.length >= CALM.changes_per_hour) return stays
  return { level: doubtful, since: now, changes: [...changes, now] }
}

const rank = (table: ScaleTable, id: string): number => table.levels.findIndex((level) => level.id === id)
