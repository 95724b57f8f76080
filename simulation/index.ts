// Entry of the microsimulation.
export type { CorridorPaths, FollowingModel, SimulationInput, SimulationOptions, Trip, TripStop } from './input.ts'
export type { CorridorResults, Gridlock, MovementResults, RunResult, Trajectories, VehicleResults } from './result.ts'
