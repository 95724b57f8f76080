// Diagnosis: why a place is congested, with the evidence, and what could be done about it, with its size. The shape of what
// `diagnose` prints and of the worklist that follows a place until the effect of its treatment is measured.
import type { LinkId, MovementId } from './network.ts'
import type { GroupId, SignalId } from './signal.ts'
import type { Estimate, Grade, PlaceState } from './traffic-state.ts'
import type { Metres, Seconds } from './units.ts'

/** Leaves of the rule tree. */
export type Cause =
  | 'equipment' | 'incident' | 'capacity' | 'split-imbalance' | 'green-wasted' | 'offset' | 'cycle-too-long' | 'short-bay'
  | 'lane-use' | 'tidal-demand' | 'spillback' | 'left-storage' | 'friction' | 'mid-block' | 'demand-peak' | 'lane-drop' | 'merge'

/** One row of what speaks for a cause: a figure beside the limit that it passed. */
export interface EvidenceRow {
  what: string
  value: number
  limit: number
  unit: string
  movement?: MovementId
}

/** What to do, with its size. */
export type Treatment =
  | { kind: 'retime-splits'; signal: SignalId; greens: { group: GroupId; green_s: Seconds; from_s: Seconds }[] }
  | { kind: 'trim-green'; signal: SignalId; group: GroupId; green_s: Seconds; from_s: Seconds }
  | { kind: 'shift-offset'; signal: SignalId; movement: MovementId }
  | { kind: 'change-cycle'; signal: SignalId; cycle_s: Seconds; from_s: Seconds }
  | { kind: 'lengthen-bay'; link: LinkId; movement: MovementId; length_m: Metres; from_m: Metres }
  | { kind: 'resequence'; signal: SignalId; group: GroupId }
  | { kind: 'lane-function'; link: LinkId; movement: MovementId; lanes: number; from_lanes: number; variable: boolean }
  | { kind: 'tidal-lane'; link: LinkId; opposite: LinkId }
  | { kind: 'gate'; signal: SignalId; group: GroupId; green_s: Seconds; from_s: Seconds }
  | { kind: 'waiting-area'; link: LinkId; movement: MovementId; depth_m: Metres; gain_vph: number }
  | { kind: 'stop-line'; link: LinkId; movement: MovementId }
  | { kind: 'divert'; movement: MovementId; volume_vph: number }
  | { kind: 'kerb'; link: LinkId }
  | { kind: 'add-lane'; link: LinkId; lanes: number; from_lanes: number }
  | { kind: 'merge-control'; link: LinkId; joining: LinkId }
  | { kind: 'special-plan' }
  | { kind: 'maintenance'; signal: SignalId }

/** What a treatment costs: timing is changed tonight, paint in weeks, civil works in years. */
export type CostClass = 'timing' | 'operations' | 'paint' | 'civil-works'

/** A cause that fired, and its treatment. */
export interface Finding {
  cause: Cause
  /** How clearly the rule fired, 0 to 1, times how well its evidence is known. */
  confidence: number
  grade: Grade
  evidence: EvidenceRow[]
  treatment: Treatment
  cost: CostClass
  sentence: string
}

/** What the microsimulation says of a treatment, against doing nothing. */
export interface Trial {
  runs: number
  delay_s: Estimate
  stops: Estimate
  queue_m: Estimate
  verdict: 'better' | 'no worse' | 'worse' | 'undecided'
}

/** How far a place has come. Each step is dated; none is skipped. */
export type WorkStatus = 'found' | 'analysed' | 'tried' | 'proposed' | 'approved' | 'treated' | 'measured' | 'dismissed'

/** One place, one card: where, why, what to do, what it would bring, who, until when, what it did. */
export interface PlaceCard {
  id: string
  name: string
  /** Absent where no signal stands at the head: a lane drop, a merge. */
  signal?: SignalId
  /** Links that it fills, and the approaches of its signal. */
  links: LinkId[]
  /** The most downstream congested link; absent for a signal without a congested place. */
  head?: LinkId
  /** Measured congestion behind it, the costliest; absent for a signal that only wastes green. */
  place?: Pick<PlaceState, 'kind' | 'nature' | 'frequency' | 'days' | 'start_s' | 'end_s' | 'length_m' | 'duration_s' | 'growth'> & { links: LinkId[]; volume_veh: number | null }
  /** Delay that comes with it, vehicle hours a day, and how much of it the best timing, or a better day, does not have. */
  delay_veh_h_per_day: number
  avoidable_veh_h_per_day: number
  /** What these two rest on; `seen_only`: of the vehicles seen, since nobody knows how many there are. */
  grade?: Grade
  seen_only?: boolean
  /** By confidence, the first is the most likely. */
  findings: (Finding & { trial?: Trial; variant?: string; not_tried?: string })[]
  status: WorkStatus
  history: { status: WorkStatus; date: string; by: string; note?: string }[]
  owner?: string
  due?: string
  /** What people wrote beside the steps, oldest first. */
  notes?: { date: string; by: string; note: string }[]
  /** Mean delay over the place's vehicles when it was found or last measured before its treatment. */
  before?: { delay_s: Estimate; date: string }
  /** What is looked at day by day to tell the effect; fixed when the place is found. */
  follow?: Follow
  /** Measured change after the treatment. */
  effect?: Effect
}

/** One movement with its weight in a mean, veh/h. */
export interface FollowedMovement {
  movement: MovementId
  weight: number
}

/** Mean delays of one day, s per vehicle. */
export interface FollowedDay {
  /** Local date. */
  day: string
  delay_s: Seconds
  /** Of the control; null where too little of it was measured. */
  control_s: Seconds | null
}

/** A place and its control over days. */
export interface Follow {
  /** In whose hours. */
  period: string
  movements: FollowedMovement[]
  control: FollowedMovement[]
  days: FollowedDay[]
}

/** Days after a treatment against days before it. */
export interface Effect {
  /** Change of the mean delay, s per vehicle, and as a share of what it was; negative is better. */
  delay_s: Estimate
  change: Estimate
  verdict: 'better' | 'worse' | 'cannot tell'
  days_before: number
  days_after: number
  /** Whether what happened at the control on the same days is taken off. */
  control: boolean
  /** `choice`: the days for which the place was chosen, so that a part of a gain may be the return to its mean. */
  baseline: 'separate' | 'choice'
  /** Smallest share of change that these days would tell with 80 %. */
  least_detectable: number | null
  /** Of a difference as large by chance; for many places at once. */
  probability: number | null
}

/** Cards that are followed, as a file. */
export interface Worklist {
  format: 'greenwave.worklist/1'
  cards: PlaceCard[]
}
