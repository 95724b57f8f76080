// Entry of the dynamic mode's pure part: from what sensors tell to the next patterns.
export { type CorridorCost, corridorCost } from './cost.ts'
export type { MeasuredApproach, MeasuredLane } from './measurement.ts'
export type { FaultKind, SensorFault } from './plausible.ts'
export { ROLLING_OPTIONS, type RollingDecision, RollingOptimizer, type RollingOptions, type RollingState, type RollingTask } from './rolling.ts'
export { isAlike, offsetDifference, type StepLimits, stepToward } from './step.ts'
