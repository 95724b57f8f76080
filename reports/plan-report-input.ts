// What a plan report is made from. The caller assembles it; nothing here is computed from files or clocks.
import type { Trajectory } from '../diagram/time-space.ts'
import type { ImportNote } from '../model/errors.ts'
import type { Evaluation, MovementDifference, PairedDifference } from '../model/evaluation.ts'
import type { MovementId } from '../model/network.ts'
import type { Band, CompiledSignal, Plan } from '../model/plan.ts'
import type { GroupId, Pattern, Signal, SignalId } from '../model/signal.ts'
import type { Units } from './format.ts'

/** A signal's place on the corridor and the groups that serve its through movement, by direction. */
export interface ReportStation {
  signal: SignalId
  name: string
  /** Along the outbound direction. */
  position_m: number
  /** Absent where the street is one-way against it. */
  outbound?: GroupId[]
  inbound?: GroupId[]
}

export interface Candidate {
  cycle_s: number
  /** Sum of the bands' widths, or each direction's. */
  outbound_s?: number
  inbound_s?: number
  /** What the choice went by, s/veh: simulated delay and waiting to enter, and each stop at its weight. */
  cost_s?: number
  chosen?: boolean
  /** Why it was not chosen. */
  note?: string
}

export interface ParetoPoint {
  outbound_s: number
  inbound_s: number
  chosen?: boolean
}

export interface PlanReportInput {
  corridor_name: string
  /** As people say it: "weekdays 17:00–18:00". */
  period_name: string
  scenario_name: string
  /** Shown under the title, for example that the geometry is illustrative. */
  description?: string
  plan: Plan
  /** Of all intersections of the plan. */
  signals: Signal[]
  stations: ReportStation[]
  /** The plan now running. Its patterns fill the columns "was" of the timing sheets. */
  running: { name?: string; compiled: CompiledSignal[]; patterns?: Pattern[]; bands?: Band[] }
  /** Absent when the plan was not simulated; the report then says so. */
  simulation?: { before: Evaluation; after: Evaluation; differences: PairedDifference[]; movements?: MovementDifference[] }
  trajectories?: { before: Trajectory[]; after: Trajectory[] }
  /** Master time shown in the diagrams; default: about four cycles in the middle of the trajectories. */
  diagram_range_s?: readonly [start: number, end: number]
  /** Degree of saturation (volume over capacity) by movement. */
  saturation?: Readonly<Record<MovementId, { before?: number; after?: number }>>
  candidates?: Candidate[]
  pareto?: ParetoPoint[]
  import_notes: ImportNote[]
  notes?: string[]
  /** Speeds and distances; default metric (km/h, m). */
  units?: Units
  /** As the service keeps it; on top of the report and on every printed page. */
  record?: { id: string; version: number; hash: string; stage: string; date: string }
  /** Of the print; A4 by default. */
  paper?: Paper
}

export type Paper = 'a4' | 'a3'

export const stationName = (input: PlanReportInput, signal: SignalId): string =>
  input.stations.find((station) => station.signal === signal)?.name ?? input.plan.intersections.find(({ id }) => id === signal)?.name ?? signal
