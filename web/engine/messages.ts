// What page and workers say to each other. A worker answers every request once, in order.
import type { Plan } from '../../model/plan.ts'
import type { PlanEdit } from '../../plans/workflow/edits.ts'
import type { PlanDelta } from './delta.ts'
import type { Density, DensityRequest, EngineInput, Preview, Simulated, SimulateRequest, TrajectoryColumns } from './protocol.ts'

export type Asked =
  | { kind: 'open'; input: EngineInput }
  | { kind: 'preview'; request: number; what: { edits: PlanEdit[] } | { document: PlanDelta } }
  | { kind: 'theoretical'; document: Plan; range_s: [number, number] }
  | { kind: 'simulate'; request: SimulateRequest }
  /** Trajectories are sent once and known by their number from then on. */
  | { kind: 'density'; request: Omit<DensityRequest, 'trajectories'>; columns: number; trajectories?: TrajectoryColumns }

export type Question = Asked & { id: number }

export interface Answers {
  open: true
  preview: Preview
  theoretical: TrajectoryColumns
  simulate: Simulated
  density: Density
}

export type Said =
  | { id: number; kind: 'progress'; share: number }
  | { id: number; kind: 'done'; value: Answers[keyof Answers] }
  | { id: number; kind: 'failed'; code?: string; sentence: string }
