// What the split optimizer is asked and what it answers, for one signal at one cycle.
import type { CompiledSignal } from '../../model/plan.ts'
import type { GroupId, Pattern, Signal } from '../../model/signal.ts'
import type { LaneGroup, LaneGroupState } from '../capacity/index.ts'
import type { Row } from './rows.ts'

export interface SplitTask {
  signal: Signal
  /** The pattern in the street: its structure, reference and coordinated groups carry over. */
  running: Pattern
  laneGroups: readonly LaneGroup[]
  /** Through groups of the corridor, one list per direction; they get the spare green. Empty = spread it evenly. */
  through: readonly (readonly GroupId[])[]
  /** Degree of saturation that nobody is pushed above where that is possible. */
  target_saturation: number
}

export interface SplitResult {
  pattern: Pattern
  compiled: CompiledSignal
  /** In the order of `laneGroups`. */
  states: LaneGroupState[]
  /** Largest degree of saturation of lane groups with green of their own. */
  worst: number
  /** Whether every lane group stays at or below the target. */
  meets_target: boolean
}

/** A structure turned to numbers: what rings and stages have in common. */
export interface SplitModel {
  /** Shortest whole cycle in which every minimum fits, s. */
  readonly minimum_cycle_s: number
  /** Best whole-second pattern at a cycle of at least the minimum. */
  solve(cycle_s: number, rows: RowSet): Pattern
}

export interface RowSet {
  rows: readonly Row[]
  target: number
  /** Greens that must not shrink below these, s. */
  floors?: ReadonlyMap<GroupId, number>
}
