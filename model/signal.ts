// Signals and their timing. A signal is what stands in the street (groups, minimums, clearances, what conflicts);
// a pattern is how it runs (cycle, offset and either rings or stages). Both forms compile to green windows
// (see compile.ts), and everything downstream reads only those.
import type { Seconds } from './units.ts'
import type { NodeId } from './network.ts'

export type SignalId = string
/** A signal group: a NEMA phase, an overlap, or a group of lanterns that always show the same. */
export type GroupId = string

export interface SignalGroup {
  id: GroupId
  source_id?: string
  name?: string
  kind: 'vehicle' | 'pedestrian'
  min_green_s: Seconds
  max_green_s?: Seconds
  yellow_s: Seconds
  red_clearance_s: Seconds
  /** Pedestrians served with the group: walk, then pedestrian clearance (flashing don't walk). */
  walk_s?: Seconds
  pedestrian_clearance_s?: Seconds
  /** Permissive display tied to the opposing through (flashing yellow arrow): lead-lag cannot trap. */
  flashing_yellow_arrow?: boolean
}

export interface Overlap {
  group: GroupId
  /** Green while any parent is green and through the change between two successive parents. */
  parents: GroupId[]
}

export interface Signal {
  id: SignalId
  source_id: string
  name?: string
  /** More than one node when signals are joined under one controller. */
  nodes: NodeId[]
  groups: SignalGroup[]
  overlaps?: Overlap[]
  /** Pairs of groups whose greens must never overlap. */
  conflicts: [GroupId, GroupId][]
  /** Least time from end of green of `from` to start of green of `to`; where absent, yellow + red clearance of `from`. */
  intergreens?: { from: GroupId; to: GroupId; seconds: Seconds }[]
  /** True where lead and lag of the lefts may be chosen; false or absent keeps the order of the street. */
  sequence_free?: boolean
}

export type OffsetReference =
  /** Start of the pattern as written: first stage, or first phase of the first barrier group. */
  | 'sequence_start'
  /** Last coordinated group to turn green (both green). */
  | 'begin_of_green'
  /** First coordinated group to turn green (TS2 "first green"). */
  | 'first_green'
  /** First coordinated group to end green. */
  | 'begin_of_yellow'
  /** First coordinated group to turn red. */
  | 'begin_of_red'
  /** First coordinated group to start pedestrian clearance or, without pedestrians, yellow (Type 170). */
  | 'begin_of_clearance'

interface PatternBase {
  signal: SignalId
  cycle_s: Seconds
  /** Master time of local zero; local zero is the offset reference point. */
  offset_s: Seconds
  offset_reference: OffsetReference
  /** Groups that the offset reference speaks of; normally the through groups of the corridor. */
  coordinated: GroupId[]
}

/** One phase in its place in a ring; the split includes yellow and red clearance. */
export interface PhaseSplit {
  phase: GroupId
  split_s: Seconds
}

/** What lies between two barriers: for each ring its phases in order. A ring may be empty. */
export interface BarrierGroup {
  rings: PhaseSplit[][]
}

export interface RingPattern extends PatternBase {
  kind: 'rings'
  barriers: BarrierGroup[]
}

export interface Stage {
  id: string
  /** Interstages hold changes of colour: their length is fixed, the optimizer leaves them alone. */
  kind: 'stage' | 'interstage'
  green: GroupId[]
  duration_s: Seconds
  min_s?: Seconds
  max_s?: Seconds
}

export interface StagePattern extends PatternBase {
  kind: 'stages'
  stages: Stage[]
}

/** How one intersection runs: cycle, splits, sequence and offset (the NTCIP "pattern"). */
export type Pattern = RingPattern | StagePattern
