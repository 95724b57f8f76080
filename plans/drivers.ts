// How the vehicles of a scenario drive, for every simulation of it.
import type { ScenarioDocument } from '../model/scenario.ts'
import type { DrivingRules, FollowingModel } from '../simulation/index.ts'

export interface Drivers {
  rules?: DrivingRules
  model?: FollowingModel
}

/** What the scenario doesn't say is left to the simulation's defaults. */
export const driversOf = ({ driving, car_following }: Pick<ScenarioDocument, 'driving' | 'car_following'>): Drivers => ({
  ...(driving === undefined ? {} : { rules: driving }), ...(car_following === undefined ? {} : { model: car_following }),
})
