// What decides what happens next.
export { planScenario, evaluationSummary, type PlanOutcome, type PlanRequest } from './plan-scenario.ts'
export { NETWORK, planNetworkScenario, type NetworkPlanOutcome, type NetworkPlanRequest } from './plan-network.ts'
export { type CorridorBands, planNetworkBandScenario, type NetworkBandOutcome, type NetworkBandRequest } from './plan-network-bands.ts'
export { losersOf } from './losers.ts'
export { corridorPosition, listStations, type Station } from './stations.ts'
export { compileStreet, getCorridor, patternOf, withPlan } from './street.ts'
export { whyPlan } from './why.ts'
export { corridorPeriods, planSchedule, quarterVolumes, type SchedulePlan, type ScheduleRequest } from './schedule-scenario.ts'
