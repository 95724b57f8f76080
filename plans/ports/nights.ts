// What a night did for each corridor: done once, whoever does it.
import type { NightVerdict } from '../../model/night.ts'
import type { Instant } from '../../model/units.ts'
import type { DayType } from './plans.ts'

export type { NightVerdict } from '../../model/night.ts'

export interface NightRecord {
  network: string
  corridor: string
  /** Local date of the morning after. */
  day: string
  verdict: NightVerdict
  /** SHA-256 of everything the night looked at. */
  input_hash: string
  /** Ids of the plans it made. */
  plans: string[]
  /** Why, for the morning report. */
  sentences: string[]
  /** What the next nights need not look into again. */
  looks?: PeriodLook[]
  finished_at: Instant
}

/** One period that was planned and simulated as far as it took to know what is best. */
export interface PeriodLook {
  period: string
  day_type: DayType
  /** Local date of the newest day that it rests on. */
  measured: string
  /** SHA-256 of the streets, the rules, and the patterns that were found best. */
  basis: string
  /** Of the signalised movements of the corridor, in the order of its signals. */
  volumes_vph: number[]
}

export interface NightStore {
  /** False when the corridor's night was recorded before: nothing is changed then. */
  record(night: NightRecord): Promise<boolean>
  get(network: string, corridor: string, day: string): Promise<NightRecord | undefined>
  list(network: string, day: string): Promise<NightRecord[]>
  /** Newest local date with a record, of those up to `until`: by a clock that was wrong there may be later ones. */
  lastDay(network: string, until: string): Promise<string | undefined>
}
