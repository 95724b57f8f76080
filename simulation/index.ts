// Entry of the microsimulation.
export type { CorridorPaths, DrivingRules, FollowingModel, PlanChange, SimulationInput, SimulationOptions, Trip, TripStop } from './input.ts'
export type { CorridorResults, Gridlock, MovementResults, RunResult, Trajectories, VehicleResults } from './result.ts'
export { prepareNetwork, type PreparedNetwork } from './prepare.ts'
export { createRun, simulate, type Run } from './simulate.ts'
export { listTrips, tripTable, type TripTable } from './trip-table.ts'
export { SignalRecorder, type ShownSignal, type SignalLog } from './signals/log.ts'
export { changePlans, commandGreens, isInStep, leastGreen, shownNow, type PlanCommand, type ShownGroup } from './steer.ts'
