// What a night of replanning did, as it is told in the morning.
import type { PairedDifference } from './evaluation.ts'

export type NightVerdict = 'kept' | 'proposed' | 'deployed' | 'returned' | 'held-out' | 'no-data' | 'failed'

/** A plan that the night made: what it is, and what the simulation said of it. */
export interface MorningPlan {
  id: string
  period: string
  /** How far it has come by now. */
  stage: string
  cycle_s: number
  /** What it changes, and on how many days it was better. */
  reason: string
  runs: number
  /** Beside the plan that ran, seed by seed. */
  differences: PairedDifference[]
  /** Who is worse off, as sentences. */
  losers: string[]
}

export interface MorningCorridor {
  corridor: string
  name: string
  /** Absent while the night is not done. */
  verdict?: NightVerdict
  sentences: string[]
  plans: MorningPlan[]
}

/** The document. */
export interface MorningReport {
  format: 'greenwave.morning/1'
  network: string
  name: string
  /** Local date of the morning. */
  day: string
  /** Corridors by what the night did. */
  verdicts: Partial<Record<NightVerdict, number>>
  corridors: MorningCorridor[]
}
