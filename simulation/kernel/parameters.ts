// How drivers behave beyond car following. Each value with its reason; none is fitted to a network.
import { PERMISSIVE_LEFT } from '../../model/network.ts'

/** Critical gap of a permissive turn that stands, s: HCM 7 chapter 31. The follow-up time results from moving up. */
export const CRITICAL_GAP_S = PERMISSIVE_LEFT.critical_gap_s
/** Critical headway of a right turn from a stop, s: HCM 7 chapter 20. */
export const TURN_ON_RED_GAP_S = 6.2
/** Time that must be left between my leaving a shared place and the next one's arrival, s (SUMO jmTimegapMinor). */
export const TIME_MARGIN_S = 1
/** Stops at yellow if this rate suffices, m/s2: 10 ft/s2, ITE 2020 and NCHRP 731. */
export const YELLOW_DECELERATION = 3.05
/** Perception and reaction at the onset of yellow, s: ITE 2020. */
export const YELLOW_REACTION_S = 1
/** The first in a queue moves this long after green, s: with the first headways it makes the 2 s start-up lost time of HCM 7 chapter 19. */
export const START_REACTION_S = 1
/** A driver who has stood for a second starts behind another when this share of the full acceleration is possible: start waves of 15 to 22 km/h at the saturation flow of the model. */
export const START_SHARE = 0.46
export const STOOD_S = 1
/** Where vehicles stand before a red and before a yield line, m (SUMO jmStoplineGap). */
export const RED_LINE_M = 1
export const YIELD_LINE_M = 0.1
/** Braking for a slow turn, m/s2: comfortable, as for yellow. */
export const TURN_DECELERATION = 3
/** Vehicles that may leave on yellow or red after waiting for a gap at the line: HCM 7 chapter 31, sneakers. */
export const SNEAKERS = 2
/** Patience at a yield line grows thin over this time, s (SUMO 1.15). */
export const IMPATIENCE_S = 180
/** A vehicle that stands in a lane without its movement gives the movement up after this, s. */
export const WRONG_LANE_S = 60
/** Standing, m/s. */
export const HALTING = 0.1
/** A queue that moves slower than this counts as standing for those who look for room behind it, m/s. */
export const CREEPING = 1.5
/** Stop and moving again, m/s: 5 mi/h (HCM) and 15 mi/h. */
export const STOPPED = 2.24
export const MOVING_AGAIN = 6.7
/** Largest deceleration that a driver is believed capable of, m/s2. */
export const EMERGENCY_DECELERATION = 9
/** Where a vehicle's delay at a junction is closed, m beyond it. */
export const REGAINED_M = 60
