// How a signal is controlled: fixed time, actuated, or actuated under coordination, with the settings of its phases,
// detectors, coordination and transitions. What runs (sequence, splits, cycle, offset) is the pattern's business.
// Words and meanings: NEMA TS 2; Signal Timing Manual 2nd ed. (NCHRP 812) chapters 5 to 7; NTCIP 1202.
import type { LinkId } from './network.ts'
import type { GroupId, Pattern, SignalId } from './signal.ts'
import type { Metres, Seconds } from './units.ts'

/** Fixed: every split always runs. Actuated: free, greens between minimum and maximum. Coordinated: actuated within a fixed cycle. */
export type ControlType = 'fixed' | 'actuated' | 'coordinated'

/**
 * Calls without traffic. min: a call every cycle; max: call and hold to the maximum; ped: a pedestrian call every cycle;
 * soft: a call only while no conflicting call waits.
 */
export type Recall = 'none' | 'min' | 'max' | 'ped' | 'soft'

/** Actuated settings of one phase (or of one group of a stage pattern). What is absent has the default said at the field. */
export interface PhaseControl {
  phase: GroupId
  /** Default: that of the signal group. */
  min_green_s?: Seconds
  /** Maximum 1. Default: that of the signal group, else 1.25 times its green in the pattern. */
  max_green_s?: Seconds
  /** Maximum 2, in force where `SignalControl.max_set` is 2. Default: maximum 1. */
  max_green_2_s?: Seconds
  /** Passage (vehicle extension). Default: from speed and detector length for a maximum allowable headway of 3 s. */
  passage_s?: Seconds
  /** After `before_s` with a conflicting call the allowed gap falls linearly to `min_gap_s` within `reduce_s`. Default: none. */
  gap_reduction?: { before_s: Seconds; reduce_s: Seconds; min_gap_s: Seconds }
  /** Each vehicle that arrives in red adds to the minimum green, up to the maximum initial. Default: none. */
  added_initial?: { per_vehicle_s: Seconds; max_initial_s: Seconds }
  /** Default: none. A phase without calls of any detector is recalled: min where a detector extends it, else max. */
  recall?: Recall
  /** A call in yellow or red is kept until served. Default: false, as suits presence detectors at the stop line. */
  locking?: boolean
  /** Goes green with the other ring when nothing is called in its own. Default: true for through phases. */
  dual_entry?: boolean
  /** May be served again after the following phase gapped out, while the other ring goes on. Default: false. */
  conditional_service?: boolean
  /** Waiting at a barrier, a new vehicle restarts the extension. Default: true. */
  simultaneous_gap?: boolean
  /** Holds walk while it rests in green. Default: false. */
  rest_in_walk?: boolean
  /** Least red before the same phase is green again. Default: 2 s. */
  red_revert_s?: Seconds
  /** Default: walk and pedestrian clearance of the signal group. */
  walk_s?: Seconds
  pedestrian_clearance_s?: Seconds
  /** Up to what end the pedestrian clearance may run. Default: red, the end of red clearance, as the plan's checker asks. */
  pedestrian_clearance_until?: 'green' | 'yellow' | 'red'
}

/** A detector on one lane. It covers from `position_m` to `position_m + length_m` upstream of the stop line. */
export interface Detector {
  id?: string
  link: LinkId
  lane: number
  /** From the stop line to its downstream edge. */
  position_m: Metres
  length_m: Metres
  /** Phases that it calls, and those whose green it extends. */
  calls: GroupId[]
  extends: GroupId[]
  /** Presence: on while covered. Pulse: one tick when a vehicle enters. Default: presence. */
  mode?: 'presence' | 'pulse'
  /** It calls only after being covered that long. Default: 0 s. */
  delay_s?: Seconds
  /** It stays on that long after being left. Default: 0 s. */
  extend_s?: Seconds
}

/** Coordination beyond what the pattern says. */
export interface Coordination {
  /** Fixed: time that a phase saves goes to the next; floating: to the coordinated phases. Default: floating. */
  force_off?: 'floating' | 'fixed'
  /** Maximum greens do not count. Default: true, because a maximum below the split would silently shorten it. */
  inhibit_max?: boolean
  /** Shortens the time after the yield point in which calls may still take the signal out of coordinated green. Default: as long as each phase still gets its minimum. */
  permissive_s?: Seconds
  /** In step from the first second, or in coordinated green and by transition into step. Default: in_step. */
  start?: 'in_step' | 'coordinated_green'
}

export type TransitionMethod = 'dwell' | 'max_dwell' | 'add' | 'subtract' | 'shortway'

/** How a signal gets in step with a new offset. */
export interface Transition {
  method: TransitionMethod
  /** Most that a cycle is lengthened by add, share of the cycle. Default: 0.2. */
  add?: number
  /** Most that a cycle is shortened by subtract, share of the cycle. Default: 0.17; less where minimums ask. */
  subtract?: number
  /** Most per cycle by max_dwell. Default: 20 s. */
  max_dwell_s?: Seconds
}

/** Pedestrians who push the button of a phase, as a Poisson stream. */
export interface PedestrianDemand {
  phase: GroupId
  volume_ph: number
}

/** All settings of one signal. In a scenario without its pattern; the simulation needs it unless the type is fixed. */
export interface SignalControl {
  signal: SignalId
  type: ControlType
  pattern?: Pattern
  phases?: PhaseControl[]
  /** Default: 12 m of presence detection at the stop line of every lane. */
  detectors?: Detector[]
  coordination?: Coordination
  transition?: Transition
  pedestrians?: PedestrianDemand[]
  /** Which maximum is in force. Default: 1. */
  max_set?: 1 | 2
}
