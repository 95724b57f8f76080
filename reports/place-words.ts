// Words for congested places, the same in every report.
import type { PlaceState } from '../model/traffic-state.ts'
import { formatTimeOfDay } from '../model/units.ts'

export const KIND: Record<PlaceState['kind'], readonly [en: string, zh: string]> = { spot: ['spot', '堵点'], stretch: ['stretch', '堵段'], area: ['area', '堵区'] }
export const NATURE: Record<PlaceState['nature'], readonly [en: string, zh: string]> = { recurrent: ['recurrent', '常发'], emerging: ['emerging', '新增'], occasional: ['occasional', '偶发'], incident: ['incident', '突发'], unknown: ['too few days', ''] }
export const GROWTH: Record<PlaceState['growth'], string> = { upstream: 'grows upstream', stationary: 'stays', shrinking: 'shrinks' }

/** Usual hours are means over days: seconds would claim too much. */
export const minuteOf = (time_s: number): string => formatTimeOfDay(60 * Math.round(time_s / 60))
