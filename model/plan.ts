// The plan document: what the optimizer proposes, what was proven about it, and where it came from.
import type { Insight } from './insight.ts'
import type { LinkBands, PathBands } from './part-bands.ts'
import type { Metres, MetresPerSecond, Seconds } from './units.ts'
import type { GroupId, Pattern, SignalId } from './signal.ts'

export type Direction = 'outbound' | 'inbound'

/** [start, end) in the local clock, 0 <= start < cycle, end > start; end may pass the cycle. */
export type GreenWindow = [start_s: Seconds, end_s: Seconds]

/** Green of one group in the local clock of its signal; local zero is the offset reference point. */
export interface CompiledGroup {
  id: GroupId
  green_windows_s: GreenWindow[]
  yellow_s: Seconds
  red_clearance_s: Seconds
}

export interface CompiledSignal {
  signal: SignalId
  cycle_s: Seconds
  /** Master time of local zero. */
  offset_s: Seconds
  groups: CompiledGroup[]
}

export type PlannedIntersection = Pattern & {
  id: SignalId
  source_id: string
  name?: string
  signal_groups: CompiledGroup[]
}

export interface BandLink {
  from: SignalId
  to: SignalId
  distance_m: Metres
  travel_time_s: Seconds
  speed_mps: MetresPerSecond
}

export interface Band {
  direction: Direction
  width_s: Seconds
  /** Width as a share of the cycle. */
  width_cycle: number
  /** Signals whose green touches the edge of the band. */
  limited_by: SignalId[]
  links: BandLink[]
  /** Master time at which the band's front passes each stop line, in order of travel. */
  front_s: { signal: SignalId; time_s: Seconds }[]
}

export interface Certificate {
  /** `band` in s, the more the better; `delay` in vehicles waiting (veh·h/h), stops at their weight, the less the better. */
  objective: 'band' | 'delay'
  /** Of the plan in whole seconds: bands as the independent checker measured them, delay by the tables of its streets. */
  value: number
  /** No plan with these splits and speeds can exceed it; of delay: no offsets of these tables cost less. */
  bound: number
  /** Between value and bound, never negative. */
  gap: number
  /** Whether the gap is closed: nothing better exists. */
  proven: boolean
  method: string
  /** The same in plain words. */
  sentence: string
}

/** Somebody who is worse off than before, or over a limit. */
export interface Loser {
  kind: 'side-street' | 'turning' | 'pedestrian' | 'through'
  signal: SignalId
  movement?: string
  name: string
  measure: string
  before: number
  after: number
  limit?: number
  sentence: string
}

export interface Plan {
  format: 'greenwave.plan/1'
  id: string
  scenario: string
  corridor: string
  period: string
  cycle_s: Seconds
  intersections: PlannedIntersection[]
  bands: Band[]
  /** Where every link has a band of its own. */
  link_bands?: LinkBands
  /** Where bands lie along the paths that people take. */
  paths?: PathBands
  certificate: Certificate
  /** Where it was asked for. */
  insight?: Insight
  losers: Loser[]
  provenance: {
    version: string
    seed: number
    /** SHA-256 of each input file by name. */
    inputs: Record<string, string>
    objective: string
    assumptions: string[]
  }
}
