/** Green waves on crossing arteries: plans with a bound from the exact arteries, and the checker of both. */
export * from './problem.ts'
export { assertNetworkBandProblem } from './validate.ts'
export { type NetworkBandOptions, type NetworkCycleRange, solveNetworkBandRange, solveNetworkBands } from './solve.ts'
export { verifyNetworkCertificate, verifyNetworkPlan } from './checker.ts'
export { type CrossingCorridorsInput, type CrossingCorridorsPlan, planNetworkBands, runningBands } from './plan-corridors.ts'
