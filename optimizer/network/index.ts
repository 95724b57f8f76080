// Entry: delay and stops in whole networks, and plans that lower them.
export { areasAsTheyRun } from './clocks.ts'
export type { PlatoonDispersion } from '../corridor/profile.ts'
export { NETWORK_DISPERSION } from './links.ts'
export { NetworkModel, type NetworkState } from './model.ts'
export { NETWORK_DEFAULTS, type NetworkPlanInput, type NetworkPlanOptions } from './options.ts'
export type { OrderChange } from './orders.ts'
export { planAlone, planNetwork, ratePatterns, type AreaCertificate, type Coverage, type NetworkPlanResult, type OrdersFound, type OverloadEased, type PlannedArea } from './plan-network.ts'
export { networkLosers } from './losers.ts'
