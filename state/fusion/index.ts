// Entry: measurements of several methods as one.
export { anchorPenetration, fuseEstimates } from './estimates.ts'
export { withRadar, type FusionOptions } from './movements.ts'
