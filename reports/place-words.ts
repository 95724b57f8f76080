// Words for congested places, the same in every report.
import type { PlaceState } from '../model/traffic-state.ts'

export const KIND: Record<PlaceState['kind'], readonly [en: string, zh: string]> = { spot: ['spot', '堵点'], stretch: ['stretch', '堵段'], area: ['area', '堵区'] }
export const NATURE: Record<PlaceState['nature'], readonly [en: string, zh: string]> = { recurrent: ['recurrent', '常发'], emerging: ['emerging', '新增'], occasional: ['occasional', '偶发'], incident: ['incident', '突发'], unknown: ['too few days', ''] }
export const GROWTH: Record<PlaceState['growth'], string> = { upstream: 'grows upstream', stationary: 'stays', shrinking: 'shrinks' }
