// Corridor plans: cycle, splits, sequences and offsets together.
export type { Candidate } from './candidate.ts'
export { type CorridorPlanInput, type CorridorPlanOptions, DEFAULT_OPTIONS } from './options.ts'
export { bandMeter, candidateAt } from './given.ts'
export { type CorridorPlanResult, paretoBands, planCorridor } from './plan-corridor.ts'
export type { CorridorPath, PathCrossing, PathLeg } from './path-bands.ts'
export type { PlatoonCost } from './profile.ts'
export { type CorridorVariant, listVariants } from './variants.ts'
export { whyProblems, type WhyProblems } from './why-problems.ts'
