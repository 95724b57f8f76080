// A scenario: a corridor's world in a folder. The shapes of `scenario.json` and `timing.json`.
import type { TimeOfDay } from './units.ts'
import type { Network, CoordinateReference } from './network.ts'
import type { Demand } from './demand.ts'
import type { SignalControl } from './control.ts'
import type { Pattern, SignalId } from './signal.ts'
import type { ImportNote } from './errors.ts'

export interface Corridor {
  id: string
  name: string
  /** Signals in outbound order. */
  intersections: SignalId[]
}

export interface Period {
  id: string
  name?: string
  start_s: TimeOfDay
  end_s: TimeOfDay
}

export interface ScenarioDocument {
  format: 'greenwave.scenario/1'
  name: string
  /** What the reader must know, for example that the geometry is illustrative. */
  description?: string
  /** IANA name; times of day are local to it. */
  time_zone: string
  coordinate_reference: CoordinateReference
  corridors: Corridor[]
  periods: Period[]
  /** By which rules its drivers drive: as measured in the street (also where absent), or as the vehicles of SUMO do. */
  driving?: 'field' | 'sumo'
  /** By which model its vehicles follow each other; absent = the intelligent driver model. */
  car_following?: 'idm' | 'krauss'
  import_notes?: ImportNote[]
}

export interface ScheduleEntry {
  /** ISO weekdays, 1 = Monday. */
  weekdays: number[]
  start_s: TimeOfDay
  plan: string
}

/** A set of patterns that run together. */
export interface TimingPlan {
  id: string
  name?: string
  patterns: Pattern[]
}

/** The plans of the street and when each runs. */
export interface Timing {
  format: 'greenwave.timing/1'
  plans: TimingPlan[]
  schedule: ScheduleEntry[]
  /** Settings of the signals that do not run fixed, whatever the plan. */
  control?: SignalControl[]
}

/** All files of a scenario folder, read and validated. */
export interface Scenario {
  scenario: ScenarioDocument
  network: Network
  demand: Demand
  timing: Timing
}
