// Entry of the demand: vehicles and volumes of a period.
export { listDemandAssumptions } from './assumptions.ts'
export { balanceFlows, type FlowField } from './flow-field.ts'
export { listPeriods, resolvePeriod } from './periods.ts'
export type { Stratum } from './draws.ts'
export { buildTrips, drawTripTable, hasFixedTrips, hasVehicles, tripBuilder, tripSources, type TripOptions, type TripSources } from './trips.ts'
export { vehicleTypes } from './vehicle-class.ts'
export { listMissingVolumes, movementVolumes, type TimeSpan } from './volumes.ts'
