// Figures of the map as they are printed; units as the shell has them.
import { count, distance, longDistance } from '../shell/units.ts'

/** Up to a kilometre in metres or feet, then in kilometres or miles. */
export const length = (m: number): string => (m < 1000 ? distance(m) : longDistance(m))

/** Where everybody stands, the index has no end. */
const MOST_INDEX = 10
export const indexText = (index: number): string => (index >= MOST_INDEX ? `> ${MOST_INDEX}` : count(index, 2))

/** Whole seconds, or tenths where a controller has such. */
export const offsetText = (offset_s: number): string => count(offset_s, Number.isInteger(offset_s) ? 0 : 1)
