// What the report of traffic state is made from. The caller assembles it; nothing here is computed from files or clocks.
import type { CoordinationScene } from '../diagram/coordination.ts'
import type { HeatMapScene } from '../diagram/heat-map.ts'
import type { NetworkMapScene } from '../diagram/network-map.ts'
import type { ProbeScene } from '../diagram/probe-trajectories.ts'
import type { TimeSpaceScene } from '../diagram/time-space.ts'
import type { LinkId } from '../model/network.ts'
import type { SignalId } from '../model/signal.ts'
import type { TrafficState } from '../model/traffic-state.ts'
import type { Units } from './format.ts'

/** A picture as data, and what is said under it. */
export interface Drawn<S> {
  title: string
  caption: string
  scene: S
}

/** A class of the scale by which links are told. */
export interface ReportLevel {
  id: string
  /** English and Chinese words. */
  en: string
  zh: string
  /** `#rrggbb`. */
  colour: string
  /** What belongs to it, for example "1.5 to 1.8". */
  range: string
}

export interface StateReportInput {
  state: TrafficState
  scenario_name: string
  description?: string
  /** IANA name; times are told in it. */
  time_zone: string
  version: string
  signal_names: ReadonlyMap<SignalId, string>
  link_names: ReadonlyMap<LinkId, string>
  period_names: ReadonlyMap<string, string>
  scale: { id: string; version: number; status: string; source: string; levels: readonly ReportLevel[] }
  /** What measures were reckoned with: name and value. */
  parameters: readonly { name: string; value: string }[]
  /** Of congestion, by period where there are periods; their numbers are those of the table of places. */
  maps: readonly Drawn<NetworkMapScene>[]
  corridors: readonly Drawn<TimeSpaceScene>[]
  heat_maps: readonly Drawn<HeatMapScene>[]
  coordination: readonly Drawn<CoordinationScene>[]
  probes: readonly Drawn<ProbeScene>[]
  units?: Units
}
