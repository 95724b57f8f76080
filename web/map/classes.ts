// What the colours of the map mean: a class per link or per movement in each of the ways to look at the town. Every class has a pattern beside its colour,
// and what is not known is its own class, never the best.
import { levelOfService, type LevelOfService } from '../../model/evaluation.ts'
import type { LiveLink } from '../service/service.ts'

/** What the streets are coloured by. */
export const THEMES = ['now', 'published', 'movements', 'coverage'] as const
export type Theme = (typeof THEMES)[number]

/** How a line of a class is drawn: its colour as a custom property, the dark pattern on it (dashes in line widths; 'solid' is a core line), and its width beside others. */
export interface ClassStyle {
  colour: string
  pattern: readonly [number, number] | 'solid' | 'none'
  width: number
  /** Drawn with gaps: nothing is known. */
  gaps?: true
}

export const UNKNOWN: ClassStyle = { colour: '--unknown', pattern: 'none', width: 0.7, gaps: true }

const LEVELS: readonly ClassStyle[] = [
  { colour: '--level-0', pattern: 'none', width: 0.9 }, { colour: '--level-1', pattern: [0.8, 3], width: 1 },
  { colour: '--level-2', pattern: [1.6, 1.2], width: 1.1 }, { colour: '--level-3', pattern: 'solid', width: 1.25 },
]
const SERVICE: readonly ClassStyle[] = ['a', 'b', 'c', 'd', 'e', 'f'].map((letter) => ({ colour: `--los-${letter}`, pattern: 'none', width: 1 }))
const COVERAGE: readonly ClassStyle[] = [
  { colour: '--seen-1', pattern: [0.8, 3], width: 0.9 }, { colour: '--seen-2', pattern: [1.6, 1.2], width: 1 }, { colour: '--seen-3', pattern: 'none', width: 1.1 },
]

export const STYLES: Record<Theme, readonly ClassStyle[]> = { now: LEVELS, published: LEVELS, movements: SERVICE, coverage: COVERAGE }

/** Upper ends of the classes of travel time over free travel time; those of `nav-delay-index`. */
const INDEX_ENDS = [1.5, 1.8, 2.2] as const
/** The words of that scale in its publications, in order. */
const LEVEL_NAMES = ['free', 'slow', 'congested', 'severe'] as const
/** Upper ends of A to E: control delay per vehicle, s (HCM), for the legend. */
export const SERVICE_ENDS_S = [10, 20, 35, 55, 80] as const
/** Fewest vehicles in ten minutes behind a value inside, and behind one that is published. */
export const LEAST_VEHICLES = { inside: 3, published: 5 } as const

export type ClassOf = number | undefined

export const indexClass = (index: number | null | undefined): ClassOf => (index === null || index === undefined ? undefined : INDEX_ENDS.filter((end) => index > end).length)

export const levelClass = (level: string | null): ClassOf => {
  const at = LEVEL_NAMES.indexOf(level as (typeof LEVEL_NAMES)[number])
  return at === -1 ? undefined : at
}

export const SERVICE_LETTERS: readonly LevelOfService[] = ['A', 'B', 'C', 'D', 'E', 'F']

export const delayClass = (delay_s: number | null | undefined): ClassOf => (delay_s === null || delay_s === undefined ? undefined : SERVICE_LETTERS.indexOf(levelOfService(delay_s)))

export const nowClass = (link: LiveLink | undefined): ClassOf => (link === undefined || link.freshness === 'no-data' ? undefined : indexClass(link.index))

/** 0 too few to say anything, 1 enough inside, 2 enough to publish; undefined where nobody was heard of. */
export function coverageClass(link: LiveLink | undefined): ClassOf {
  if (link === undefined || link.vehicles === 0) return undefined
  return link.vehicles < LEAST_VEHICLES.inside ? 0 : link.vehicles < LEAST_VEHICLES.published ? 1 : 2
}
