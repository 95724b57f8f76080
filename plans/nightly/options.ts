// What a night works with.
import type { PlanOutcome, PlanRequest } from '../plan-scenario.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import type { Calendar } from '../workflow/calendar.ts'
import type { PlanWorkflow } from '../workflow/workflow.ts'
import type { PeriodOptions } from '../../optimizer/periods/index.ts'
import type { CompareDay } from './compare-days.ts'
import type { NightInputs } from './input.ts'
import type { NightThreads } from './night-threads.ts'
import type { NightRules } from './rules.ts'

export interface NightOptions {
  store: Store
  workflow: PlanWorkflow
  clock: Clock
  /** Of greenwave, for the provenance of plans. */
  version: string
  /** Holidays, by network; none by default. */
  calendarOf?: (network: string) => Calendar | Promise<Calendar>
  rules?: Partial<NightRules>
  /** How the day is cut. */
  periods?: Partial<PeriodOptions>
  /** What plans; the optimizer by default. */
  plan?: (request: PlanRequest) => Promise<Pick<PlanOutcome, 'plan' | 'choice'>>
  /** What simulates one day with both plans; the microsimulation by default. */
  compareDay?: CompareDay
  /** Shared by the nights of one process, so that days are read once. */
  inputs?: NightInputs
  /** Threads that simulate; one per core by default, 0 for the calling one. Or those that the nights of one process share. */
  threads?: number | NightThreads
}
