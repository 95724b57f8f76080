// Observations as lines of text, in the columns that feeds take in: probes as CSV, radar as NDJSON, events of controllers
// as CSV with their detectors beside them, trajectories as CSV.
import type { ControllerEvent, DetectorChannel, PhaseNumber, ProbeFix, RadarObject, TrajectoryPoint } from '../../../model/observation.ts'
import type { LinkId } from '../../../model/network.ts'
import type { Projection } from '../../../model/projection.ts'
import type { Clock } from './clock.ts'

/** A kind of file: its name, its first line where it has one, and a line per row, without the line feed. */
export interface RowFormat<Row> {
  file: string
  head?: string
  line(row: Row): string
}

/** What the lines need to know beyond the row. */
export interface RowContext {
  clock: Clock
  /** Adds longitude and latitude. */
  projection?: Projection | undefined
  /** `source_id` of a link. */
  sourceOf(link: LinkId): string
}

const fixed = (value: number, decimals: number): string => {
  const text = value.toFixed(decimals)
  return text.startsWith('-') && Number(text) === 0 ? text.slice(1) : text
}
const rounded = (value: number, decimals: number): number => Number(fixed(value, decimals))
/** 1e-7 degrees are a centimetre. */
const degrees = (value: number): string => fixed(value, 7)

/** A CSV field; quoted only where it must be (RFC 4180). */
export const field = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

export function probeFormat({ projection }: RowContext): RowFormat<ProbeFix> {
  return {
    file: 'probes.csv',
    head: `vehicle_id,time_s,x,y,speed_mps,heading_deg${projection === undefined ? '' : ',lon,lat'}`,
    line(row) {
      const line = `${field(row.vehicle_id)},${rounded(row.time_s, 3)},${fixed(row.x_m, 2)},${fixed(row.y_m, 2)},${fixed(row.speed_mps, 2)},${fixed(row.heading_deg, 1)}`
      return projection === undefined ? line : `${line},${projection.toLonLat([row.x_m, row.y_m]).map(degrees).join()}`
    },
  }
}

export function radarFormat({ clock, projection }: RowContext): RowFormat<RadarObject> {
  return {
    file: 'radar.ndjson',
    line({ time_s, sensor, id, x_m, y_m, speed_mps, lane, length_m }) {
      const [lon, lat] = projection?.toLonLat([x_m, y_m]) ?? []
      return JSON.stringify({
        time: clock.iso(time_s), sensor, id, x: rounded(x_m, 2), y: rounded(y_m, 2), speed_mps: rounded(speed_mps, 2), lane, length_m: rounded(length_m, 2),
        ...(lon === undefined || lat === undefined ? {} : { lon: rounded(lon, 7), lat: rounded(lat, 7) }),
      })
    },
  }
}

export function eventFormat({ clock }: RowContext): RowFormat<ControllerEvent> {
  return { file: 'events.csv', head: 'TimeStamp,DeviceId,EventId,Parameter', line: ({ time_s, device, event, parameter }) => `${clock.local(time_s)},${field(device)},${event},${parameter}` }
}

export function trajectoryFormat({ sourceOf, projection }: RowContext): RowFormat<TrajectoryPoint> {
  return {
    file: 'trajectories.csv',
    head: `time_s,vehicle_id,type,x,y,speed_mps,heading_deg,link,lane,position_m${projection === undefined ? '' : ',lon,lat'}`,
    line(row) {
      const line = `${rounded(row.time_s, 3)},${field(row.vehicle_id)},${field(row.type)},${fixed(row.x_m, 2)},${fixed(row.y_m, 2)},${fixed(row.speed_mps, 2)},${fixed(row.heading_deg, 1)},${field(sourceOf(row.link))},${row.lane},${fixed(row.position_m, 2)}`
      return projection === undefined ? line : `${line},${projection.toLonLat([row.x_m, row.y_m]).map(degrees).join()}`
    },
  }
}

/** The table that says what the channels of an event log are. */
export function detectorFormat({ sourceOf }: Pick<RowContext, 'sourceOf'>): RowFormat<DetectorChannel> {
  return {
    file: 'detectors.csv',
    head: 'DeviceId,Phase,Parameter,Function,Link,Lane,DistanceM,LengthM',
    line: (row) => `${field(row.device)},${row.phase},${row.channel},${row.function},${field(sourceOf(row.link))},${row.lane},${fixed(row.distance_m, 1)},${fixed(row.length_m, 1)}`,
  }
}

/** Which group of a signal goes by which number. */
export function phaseFormat(): RowFormat<PhaseNumber> {
  return { file: 'phases.csv', head: 'DeviceId,Phase,Kind,Group', line: ({ device, phase, kind, group }) => `${field(device)},${phase},${kind},${field(group)}` }
}
