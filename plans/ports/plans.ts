// Plans on their way from a draft to the street, and which plan runs when.
import type { Evaluation, PairedDifference } from '../../model/evaluation.ts'
import type { Plan } from '../../model/plan.ts'
import type { Instant, TimeOfDay } from '../../model/units.ts'
import type { Page, PageRequest } from './store.ts'

/** In order; from each the way leads to the next, or to `retired`. */
export type PlanStage = 'draft' | 'checked' | 'simulated' | 'approved' | 'scheduled' | 'pushed' | 'verified' | 'retired'

/** What the simulation said of the plan, against the plan running then. */
export interface PlanEvaluation {
  before: Evaluation
  after: Evaluation
  differences: PairedDifference[]
  runs: number
  seed: number
}

export interface PlanRecord {
  id: string
  network: string
  /** Version of the network that the plan was made for. */
  network_version: number
  corridor: string
  period: string
  stage: PlanStage
  /** Grows with every change; the ETag. */
  version: number
  document: Plan
  /** SHA-256 of the document: what was simulated and approved is this and nothing else. */
  hash: string
  evaluation?: PlanEvaluation
  /** Who wrote the document: may not approve it. */
  author: string
  approver?: string
  /** Why it is there, for example the night's sentence. */
  reason: string
  created_at: Instant
  updated_at: Instant
}

export interface PlanFilter {
  network?: string
  corridor?: string
  stage?: PlanStage
}

export interface PlanStore {
  /** Newest first. */
  list(filter: PlanFilter, page: PageRequest): Promise<Page<PlanRecord>>
  get(id: string): Promise<PlanRecord | undefined>
  /** Throws `store.conflict` for an id that is taken. */
  insert(plan: PlanRecord): Promise<void>
  /** Stored as version `expected + 1`; id and created_at stay. Throws `store.conflict` when the stored version is not `expected`. */
  update(plan: PlanRecord, expected: number): Promise<void>
}

export type DayType = 'weekday' | 'saturday' | 'sunday' | 'holiday'

/** From `start_s` on such days this plan runs in the corridor, until the next entry. */
export interface ScheduleRecord {
  day_type: DayType
  start_s: TimeOfDay
  /** Absent: what ran before greenwave came. */
  plan?: string
}

export interface ScheduleStore {
  get(network: string, corridor: string): Promise<{ version: number; entries: ScheduleRecord[] }>
  put(network: string, corridor: string, entries: readonly ScheduleRecord[], expected: number): Promise<{ version: number; entries: ScheduleRecord[] }>
}
