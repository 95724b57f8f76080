// Diagnosis of congested places: evidence in, causes and sized treatments out.
export { criticalFlow, flowRatio, saturationOf, type CriticalFlow } from './critical.ts'
export type { MovementEvidence, PlaceEvidence } from './evidence.ts'
export { diagnose, LIMITS } from './rules.ts'
export { diagnoseRoad, type RoadEvidence } from './road.ts'
