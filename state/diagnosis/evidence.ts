// What a diagnosis of one signal's place looks at. Everything is optional but volumes and greens: a rule whose evidence is
// missing does not fire.
import type { LinkId, MovementId, Turn } from '../../model/network.ts'
import type { GroupId, SignalId } from '../../model/signal.ts'
import type { Grade } from '../../model/traffic-state.ts'
import type { Metres, Seconds, VehiclesPerHour } from '../../model/units.ts'

export interface MovementEvidence {
  movement: MovementId
  name: string
  turn: Turn
  link: LinkId
  to_link: LinkId
  on_corridor: boolean
  groups: GroupId[]
  volume_vph: VehiclesPerHour
  /** Lanes that it uses, shared ones in part. */
  lanes: number
  /** Of those, lanes that it shares with nobody. */
  lanes_own: number
  saturation_flow_vphpl: VehiclesPerHour
  /** Measured, where it was. */
  saturation_measured: boolean
  green_s: Seconds
  control_delay_s: number | undefined
  arrival_on_green: number | undefined
  platoon_ratio: number | undefined
  queue_p95_m: Metres | undefined
  /** Length of a turn pocket; undefined where its lanes are as long as the link. */
  bay_m: Metres | undefined
  storage_m: Metres
  split_failure_share: number | undefined
  blocked_share: number | undefined
  /** Share of green in which nobody came while somebody else queued. */
  wasted_green_share: number | undefined
  two_wheelers_vph: number | undefined
  grade: Grade
}

export interface PlaceEvidence {
  signal: SignalId
  cycle_s: Seconds
  /** Of the critical greens: yellow, red clearance and start-up, less the yellow that is used. */
  lost_time_s: Seconds
  movements: MovementEvidence[]
  /** Pairs of groups that never have green together. */
  conflicts: readonly (readonly [GroupId, GroupId])[]
  /** Least green, s, by group. */
  min_green_s: Readonly<Record<GroupId, Seconds>>
  /** Least cycle that pedestrians and minimum greens allow. */
  min_cycle_s: Seconds
  off_peak: boolean
  /** From the signal audit: the running plan is not the commanded one, or its clock drifts. */
  audit?: { plan_differs: boolean; difference_s: number | undefined; drift_s_per_day: number | undefined }
  /** Opposite links of the corridor with lanes and volumes by part of the day, for tidal lanes. */
  tide?: { link: LinkId; opposite: LinkId; lanes_each: number; ratio_am: number; ratio_pm: number; left_share: number }
  /** Speed drop in the middle of a link without a queue at its end. */
  mid_block?: { link: LinkId; speed_ratio: number; queue_m: number }
  incident?: boolean
  /** Weather, event, holiday or closure that explains the day. */
  explained?: string
  /** Share of demand beyond the usual of the same slot. */
  demand_over_usual?: number
}
