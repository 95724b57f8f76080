// What the jobs of the API are told. They are kept as JSON, and read again by whichever process does the work.
import type { CorridorPlanOptions } from '../../optimizer/corridor/index.ts'
import type { DiagnosisTask } from '../../plans/diagnosis/index.ts'
import type { NightTask } from '../../plans/nightly/index.ts'
import type { DayType } from '../../plans/ports/plans.ts'

interface Street {
  network: string
  /** Of the network, as it was when the job was asked for. */
  version: number
  corridor: string
  period: string
  runs: number
  seed: number
}

export interface JobInputs {
  /** A plan is computed and becomes a draft of whoever asked. `plan` is the id it will have. */
  'plan.draft': Street & { plan: string; actor: string; reason: string; objective: CorridorPlanOptions['objective']; cycle_min_s?: number; cycle_max_s?: number; why?: boolean }
  'plan.simulate': { plan: string; expected: number; actor: string; runs: number; seed: number; day_type?: DayType }
  /** `plan` absent: what runs in the street. */
  simulation: Street & { plan?: string }
  /** `plan` beside `baseline`, seed by seed; `baseline` absent: what runs in the street. */
  evaluation: Street & { plan: string; baseline?: string }
  night: NightTask
  diagnosis: DiagnosisTask
  /** `run` names it, so that it is not done twice. */
  'plan.push': { plan: string; run: string; actor: string; mode: 'temporary' | 'permanent'; lease_s?: number; reason?: string; devices?: readonly string[]; dry_run: boolean }
  /** `run` absent: everything of the network. */
  'controllers.release': { network: string; run?: string; actor: string; reason: string }
  /** Days before and after a change on a corridor, a local date. */
  effect: { network: string; version: number; corridor: string; changed: string; period?: string }
}
