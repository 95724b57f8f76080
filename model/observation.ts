// What the street tells, as rows: fixes of probes, objects of radar, events of controllers, and whole trajectories. Times
// are seconds of the day of one day, local to the scenario; positions are scenario coordinates, metres; headings are
// degrees clockwise from north.
import type { LinkId } from './network.ts'
import type { SignalId } from './signal.ts'
import type { Metres, MetresPerSecond, TimeOfDay } from './units.ts'

/** One fix of a probe: a vehicle that tells where it is. */
export interface ProbeFix {
  vehicle_id: string
  time_s: TimeOfDay
  x_m: Metres
  y_m: Metres
  speed_mps: MetresPerSecond
  heading_deg: number
}

/** One object in one frame of a radar; the front of the vehicle. */
export interface RadarObject {
  time_s: TimeOfDay
  sensor: string
  /** Track number. */
  id: number
  x_m: Metres
  y_m: Metres
  speed_mps: MetresPerSecond
  /** 0 is next to the kerb. */
  lane: number
  length_m: Metres
}

/** One row of a controller's high-resolution log; codes of the Indiana enumerations. */
export interface ControllerEvent {
  time_s: TimeOfDay
  device: string
  event: number
  /** Phase, overlap or detector channel. */
  parameter: number
}

/** What a detector channel of a device is. */
export interface DetectorChannel {
  device: string
  channel: number
  /** Phase that it belongs to. */
  phase: number
  /** Presence at the stop line, count at the stop line, or advance. */
  function: 'Presence' | 'Count' | 'Advance'
  link: LinkId
  lane: number
  /** From the stop line to its downstream edge, and its length. */
  distance_m: Metres
  length_m: Metres
}

/** The number that a group of a signal goes by in the log of its device. */
export interface PhaseNumber {
  device: string
  signal: SignalId
  group: string
  phase: number
  kind: 'phase' | 'overlap' | 'pedestrian'
}

/** Where a vehicle was: every vehicle, without error. */
export interface TrajectoryPoint {
  time_s: TimeOfDay
  vehicle_id: string
  type: string
  x_m: Metres
  y_m: Metres
  speed_mps: MetresPerSecond
  heading_deg: number
  /** The link, or the link before the junction that it is in. */
  link: LinkId
  lane: number
  /** Along the link; beyond its length inside the junction. */
  position_m: Metres
}

/** Takes rows as they come; the array is used again after the call. */
export type RowSink<Row> = (rows: readonly Row[]) => void
