// Speed or queue in space and time as data: rows are places in order, columns are equal stretches of time. A cell is a level of
// a scale, or unknown; unknown is never the best level.
import type { Seconds, TimeOfDay } from '../model/units.ts'

/** One class of the scale, from best to worst. */
export interface HeatLevel {
  /** As the key says it, for example "1.5 to 1.8, slow (缓行)". */
  label: string
  /** `#rrggbb`. */
  colour: string
  /** One character that tells the class without colour. */
  mark: string
}

export interface HeatMapInput {
  /** In order along the street, in the direction of travel. */
  rows: readonly { label: string }[]
  start_s: TimeOfDay
  column_s: Seconds
  columns: number
  levels: readonly HeatLevel[]
  /** Index of the level by row and column; undefined where nothing is known. */
  levelOf: (row: number, column: number) => number | undefined
}

export interface HeatMapScene {
  rows: readonly { label: string }[]
  start_s: TimeOfDay
  column_s: Seconds
  columns: number
  levels: readonly HeatLevel[]
  /** By row, then column; -1 is unknown. */
  cells: Int8Array[]
  known: number
}

/** What a level index outside the scale would be is unknown, too. */
export function buildHeatMap({ levelOf, ...rest }: HeatMapInput): HeatMapScene {
  let known = 0
  const cells = rest.rows.map((_, row) => Int8Array.from({ length: rest.columns }, (_none, column) => {
    const level = levelOf(row, column)
    if (level === undefined || rest.levels[level] === undefined) return -1
    known++
    return level
  }))
  return { ...rest, cells, known }
}

/** Colours of scale levels by the names that scale tables use; the darker the worse, so that they print in grey. */
export const LEVEL_COLOUR: Readonly<Record<'green' | 'light-green' | 'yellow' | 'orange' | 'red' | 'dark-red', string>> = {
  'green': '#cfe9da', 'light-green': '#e3efc4', 'yellow': '#f6dd8c', 'orange': '#ee9f4d', 'red': '#c9413f', 'dark-red': '#6e1423',
}
