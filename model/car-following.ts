// Which car-following models the vehicles of a demand can drive by.
import type { VehicleType } from './demand.ts'

/** The usual step of a simulation, s. */
const USUAL_STEP_S = 0.5

/** Krauss's drivers must react within their headway (Krauss 1998), or they would run into each other. */
export const canFollowKrauss = (types: readonly VehicleType[]): boolean => types.every(({ headway_s }) => headway_s >= USUAL_STEP_S)
