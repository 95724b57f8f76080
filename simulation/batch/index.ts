// Entry of the batches: plans by seeds, summaries, comparisons.
export { compare } from './compare.ts'
export { SimulationPool, type BatchOptions } from './pool.ts'
export { simulatePlans, type PlanToSimulate, type SimulatedPlan, type SimulatedPlans, type SimulatePlansOptions } from './simulate-plans.ts'
export { meanCi, studentT } from './statistics.ts'
export { summariseRuns, type SummaryContext } from './summary.ts'
export { simulationWindow, type SimulationWindow, type WindowOptions } from './window.ts'
