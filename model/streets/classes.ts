// Standing and usual speed of a street by its class, in the words of OpenStreetMap, GMNS and planners.
import { mpsFromKmh } from '../units.ts'

/** Higher goes first; speeds are assumptions for streets without a limit, km/h. */
const CLASSES: [words: RegExp, rank: number, speed_kmh: number][] = [
  [/motorway|freeway|expressway|interstate/, 70, 100],
  [/trunk|highway/, 60, 80],
  [/primary|principal|major arterial/, 50, 60],
  [/secondary|arterial|main/, 40, 50],
  [/tertiary|collector|distributor/, 30, 50],
  [/unclassified|minor/, 20, 50],
  [/residential|local|living/, 10, 30],
  [/service|driveway|alley|parking/, 5, 20],
]
/** Links that join streets rank below the streets that they join. */
const LINK_RANK = -5

export interface StreetClass { rank: number; speed_mps: number }

/** The class that a text names; undefined where it names none. */
export function findStreetClass(text: string): StreetClass | undefined {
  const words = text.toLowerCase().replaceAll('_', ' ')
  const found = CLASSES.find(([pattern]) => pattern.test(words))
  if (found === undefined) return undefined
  const isLink = /\blink\b|ramp|connector/.test(words)
  return { rank: found[1] + (isLink ? LINK_RANK : 0), speed_mps: mpsFromKmh(isLink ? Math.min(found[2], 50) : found[2]) }
}

/** Standing where no class is named: lanes times speed in coarse steps, on the same scale. */
export const standingOf = (lanes: number, speed_mps: number): number => Math.round((lanes * speed_mps) / 5) * 5

/** Assumed where neither a limit nor a class is given. */
export const DEFAULT_SPEED_MPS = mpsFromKmh(50)
export const DEFAULT_LANE_M = 3.5
