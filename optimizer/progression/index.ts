// What any plan should cause along a corridor.
export { delayFigures, type DelayFigures, movementFigures, type MovementFigures, queueProfiles, type QueueProfile } from './figures.ts'
export { progressionLosers } from './losers.ts'
export { evaluatePlan, type Progression, ProgressionModel } from './progression.ts'
