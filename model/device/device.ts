// A signal controller in the street as everybody sees it, whatever its protocol: what it holds, what it would show, what is written to it,
// and what it was seen to do. Times are whole tenths of a second, the finest unit that controllers keep, because sums of integers are exact.
import type { GroupId, Pattern, Signal } from '../signal.ts'
import type { Instant, Seconds } from '../units.ts'

/** Whole tenths of a second. */
export type Tenths = number

/** What a plan makes the lamps do, in a controller's own arithmetic. */
export interface LampTiming {
  cycle: Tenths
  /** Master time of local zero, 0 <= offset < cycle. Master time is seconds since midnight, local time of the scenario. */
  offset: Tenths
  groups: LampGroup[]
}

/** When a group is green in the local cycle, and what follows each green. */
export interface LampGroup {
  group: GroupId
  /** [start, end): 0 <= start < cycle, end > start; end may pass the cycle. A group that is never red has one window as long as the cycle. */
  greens: [start: Tenths, end: Tenths][]
  yellow: Tenths
  red_clearance: Tenths
}

/** What a controller itself keeps of a group: read from it, never typed. */
export interface DeviceGroup {
  group: GroupId
  /** What the controller calls it. */
  name: string
  kind: 'vehicle' | 'pedestrian'
  min_green: Tenths
  max_green?: Tenths
  yellow: Tenths
  red_clearance: Tenths
  walk?: Tenths
  pedestrian_clearance?: Tenths
}

/** A place for a plan. */
export interface DeviceSlot {
  slot: number
  /** Absent where nothing is stored there, or where it can't be read as a plan. */
  timing?: LampTiming
  /** Why it is not spare: runs now, or named by a schedule, day plan or action. Empty = spare. */
  used_by: string[]
}

/** What a controller does now. Only `coordinated`, `free` and `fixed` allow a push. */
export type DeviceMode = 'coordinated' | 'fixed' | 'free' | 'transition' | 'manual' | 'preempted' | 'flash' | 'dark' | 'all-red' | 'fault' | 'door-open' | 'starting' | 'unknown'

export interface DeviceConfig {
  groups: DeviceGroup[]
  conflicts: [GroupId, GroupId][]
  intergreens: { from: GroupId; to: GroupId; time: Tenths }[]
  slots: DeviceSlot[]
}

export interface Baseline {
  device: string
  read_at: Instant
  /** SHA-256 over `image`: what changes while nobody wrote is another writer. Leaves out what changes by itself (clock, counters, mode). */
  hash: string
  config: DeviceConfig
  /** Everything that was read, in the protocol's own terms: id -> value as text. What a rollback puts back. */
  image: Record<string, string>
  mode: DeviceMode
  /** Of the plan that runs; undefined while none does or none can be told. */
  active_slot?: number
  /** Clock of the controller less ours, s; undefined where it can't be read. */
  clock_skew_s?: Seconds
}

export type Capability = { can: 'yes' } | { can: 'no' | 'approximate'; because: string }

/** Which of it a controller can be given. */
export interface Capabilities {
  read_config: Capability
  new_plans: Capability
  splits: Capability
  offset: Capability
  cycle: Capability
  select_plan: Capability
  schedule: Capability
  /** Whether the controller itself ends our control when we die. */
  lease: Capability
  /** Whether lamp outputs can be read: without, no more than level 4 is ever reached. */
  lamps: Capability
}

export interface Identity {
  vendor: string
  model: string
  firmware: string
  protocol: string
  profile: string
  clock_skew_s?: Seconds
  capabilities: Capabilities
}

/** What a controller shall run. */
export interface WantedTiming {
  signal: Signal
  /** As approved. */
  pattern: Pattern
  /** SHA-256 of the pattern. */
  hash: string
  plan: string
  /** Of the greenwave plan as controllers show it. */
  name?: string
}

/** One value that is written. */
export interface WriteItem {
  /** On the adapter's compile-time list; what it is in the protocol, for example `1.3.6.1.4.1.1206.4.2.1.4.7.1.2.12`. */
  id: string
  /** In the controller's own terms, for example `pattern 12 cycle`. */
  name: string
  unit?: string
  /** As text; null where nothing was there. */
  old: string | null
  new: string
}

/** Everything that a push sends, in order: what the dry run prints. Pure, the same for the same baseline and timing. */
export interface WriteSet {
  device: string
  protocol: string
  slot: number
  baseline_hash: string
  wanted_hash: string
  plan: string
  items: WriteItem[]
  /** What `push` sends, each as hex, with zeros where the session puts its own (sequence, token, message id). */
  frames: { title: string; hex: string }[]
  /** What the controller will show once these items stand, computed from the items and the baseline, not from the plan. */
  timing: LampTiming
  /** Where the protocol can't say exactly what was approved: by group, s. Empty = exact. */
  residual: { group: GroupId; sentence: string; error_s: Seconds }[]
  /** SHA-256 over all of the above. */
  hash: string
}

export type WriteRule =
  | 'minimum-green' | 'pedestrian' | 'clearance' | 'conflict' | 'intergreen' | 'sum' | 'range' | 'spare-slot' | 'baseline' | 'mode' | 'clock'
  | 'corridor' | 'maximum-red' | 'change' | 'too-soon' | 'not-as-approved' | 'never-written' | 'profile'

export interface WriteFinding {
  rule: WriteRule
  /** `hard` is never overridden; `soft` by two named people with a reason. */
  weight: 'hard' | 'soft'
  device: string
  /** Names value and limit, and where the limit was read. */
  sentence: string
  value?: number
  limit?: number
}

export interface ItemResult {
  id: string
  acknowledged: boolean
  /** The controller's own words where it refused. */
  sentence?: string
}

/** What does not read back as it was written. */
export interface Difference {
  id: string
  name: string
  expected: string
  found: string | null
}

/** How far an effect is proven: 1 acknowledged, 2 read back equal, 3 the active plan is ours, 4 effective durations are ours, 5 lamps follow for at least two cycles. */
export type VerifyLevel = 0 | 1 | 2 | 3 | 4 | 5

export interface Observation {
  level: VerifyLevel
  active_slot?: number
  mode: DeviceMode
  /** Whole cycles that were watched. */
  cycles: number
  /** What was seen of each group, for the time-space diagram and the audit. */
  greens: AsRunGreen[]
  /** Why the level is not higher; what differs, with values. */
  sentences: string[]
  from_s: Instant
  until_s: Instant
}

/** One green as it was seen. */
export interface AsRunGreen {
  group: GroupId
  start_s: Instant
  end_s: Instant
}

export type Lamp = 'red' | 'red-yellow' | 'green' | 'green-flashing' | 'yellow' | 'yellow-flashing' | 'red-flashing' | 'dark' | 'unknown'

export interface LiveSample {
  /** By our clock wherever the controller is asked: an edge is judged in true time, whatever the controller takes it for. */
  time_s: Instant
  lamps: { group: GroupId; lamp: Lamp }[]
  stage?: number
  cycle_position_s?: Seconds
  active_slot?: number
  mode: DeviceMode
}

/** Control that ends by itself. */
export interface ControlLease {
  expires_at: Instant
}
