// What is known of one signal on one local day: the plans that ran, greens as they were, arrivals, and what the day's measurement says.
// Instants are seconds of the local day; past midnight they go on counting. What nobody knows is null or absent, never 0.
import type { LinkId, MovementId, Turn } from './network.ts'
import type { GroupId, SignalId } from './signal.ts'
import type { MovementState, PhaseMeasures } from './traffic-state.ts'
import type { Metres, Seconds, TimeOfDay } from './units.ts'

/** A stretch of the day under one plan, as the schedule has it now. */
export interface SignalReign {
  from_s: TimeOfDay
  until_s: TimeOfDay
  /** null: what the street brought along. */
  plan: string | null
  cycle_s: Seconds | null
}

export interface SignalCycle {
  green_s: TimeOfDay
  /** End of green. */
  yellow_s: TimeOfDay
  /** End of yellow. */
  red_s: TimeOfDay
  /** The next start of green; null where the record ends. */
  next_s: TimeOfDay | null
  /** Green, yellow and red clearance; the clearance as programmed where no log tells it. */
  split_s: Seconds
  termination: 'gap' | 'max' | 'force' | 'unknown'
}

/** A probe at the stop line, as far as its fixes tell. */
export interface SignalRun {
  movement: MovementId
  start_m: Metres
  in_s: TimeOfDay
  crossing_s: TimeOfDay
  out_s: TimeOfDay
  delay_s: Seconds
  stops: { time_s: TimeOfDay; s_m: Metres; duration_s: Seconds }[]
}

export interface SignalArrival {
  time_s: TimeOfDay
  source: 'detector' | 'probe'
  /** Of a probe. */
  run?: SignalRun
}

/** Splits of one phase under one plan: as programmed, and as they were. */
export interface SplitRow {
  from_s: TimeOfDay
  until_s: TimeOfDay
  plan: string | null
  programmed_s: Seconds | null
  greens: number
  median_s: Seconds | null
  p85_s: Seconds | null
  /** Shares of the greens by what ended them; null where no log says so. */
  terminations: { gap: number; max: number; force: number; unknown: number } | null
}

export interface SignalPhase {
  phase: number
  group: GroupId
  name: string | null
  movements: { movement: MovementId; from: string; to: string; from_link: LinkId; turn: Turn; name: string | null }[]
  /** Where the cycles are from: lamps or the controller's log, or the plan where neither was heard. */
  greens: 'log' | 'plan' | 'unknown'
  cycles: SignalCycle[]
  arrivals: SignalArrival[]
  splits: SplitRow[]
}

export interface SignalDay {
  format: 'greenwave.signal-day/1'
  network: string
  signal: SignalId
  name: string
  day: string
  from_s: TimeOfDay
  until_s: TimeOfDay
  reigns: SignalReign[]
  phases: SignalPhase[]
  /** By quarter-hour, of the controller's log. */
  bins: (Omit<PhaseMeasures, 'from_s' | 'until_s'> & { from_s: TimeOfDay; until_s: TimeOfDay })[]
  /** Movements of the signal hour by hour, from the measurement of the day; empty before it was measured. */
  hours: { start_s: TimeOfDay; end_s: TimeOfDay; movements: MovementState[] }[]
  /** The same over the whole day. */
  movements: MovementState[]
}
