// Entry: measurements of several methods as one.
export { ProbeAnchor, type AnchorInput } from './anchor.ts'
export { anchorPenetration, fuseEstimates } from './estimates.ts'
export { FLOW_DEFAULTS, FlowFilter, type FlowFilterOptions } from './flow-filter.ts'
export { laneFactors, type Balance } from './lane-bias.ts'
export { withRadar, type FusionOptions } from './movements.ts'
export { QueueFilter, RADAR_SIGMA } from './queue-filter.ts'
