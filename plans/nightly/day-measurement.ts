// One day of fixes as the store has them, measured hour by hour, and by the periods that the scenario names.
import { LocalTime } from '../../model/local-time.ts'
import { findProjection, type Projection } from '../../model/projection.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import { formatTimeOfDay } from '../../model/units.ts'
import { Measurement, type ProbeSource } from '../../state/measurement.ts'
import type { MatchedRow } from '../ports/observations.ts'

const HOUR_S = 3600
/** Hours of the day, each measured by itself. */
const HOURS: readonly Period[] = Array.from({ length: 24 }, (_, hour) => ({ id: `${formatTimeOfDay(hour * HOUR_S)}-${formatTimeOfDay((hour + 1) * HOUR_S)}`, start_s: hour * HOUR_S, end_s: (hour + 1) * HOUR_S }))

/** All of a measurement but its streets. */
export interface DayOptions {
  timing: Scenario['timing']
  settings: Scenario['scenario']
  coordinate_reference: Scenario['network']['coordinate_reference']
  time_zone: string
}

/** Hours first: whoever wants spans that lie beside each other takes them in this order. */
const periodsOf = ({ periods }: DayOptions['settings']): Period[] => [...HOURS, ...periods.filter(({ id }) => HOURS.every((hour) => hour.id !== id))]

export type FeedRow = MatchedRow & { feed: string }

export class DayMeasurement {
  readonly #measurement: Measurement
  readonly #projection: Projection | undefined
  readonly #sources = new Map<string, { probes: ProbeSource; fixes: number }>()

  constructor(graph: RoadGraph, { timing, settings, coordinate_reference, time_zone }: DayOptions) {
    this.#projection = findProjection(coordinate_reference)
    this.#measurement = new Measurement({ graph, timing, local: new LocalTime(time_zone), scenario: settings.name, periods: periodsOf(settings), corridors: settings.corridors, driving: settings.driving })
  }

  /** By time. */
  add(rows: readonly FeedRow[]): void {
    for (const { feed, vehicle, time_s, lon, lat, speed_mps, heading_deg } of rows) {
      let source = this.#sources.get(feed)
      if (source === undefined) this.#sources.set(feed, source = { probes: this.#measurement.openProbes(feed), fixes: 0 })
      source.fixes++
      const [x_m, y_m] = this.#projection?.fromLonLat(lon, lat) ?? [lon, lat]
      source.probes.push({ vehicle, time_s, x_m, y_m, speed_mps, heading_deg })
    }
  }

  /** As a store gives it back, so that a hash of it is the same tomorrow; undefined where no feed told anything. Throws `input.value` for a feed that lies off the roads. */
  end(): TrafficState | undefined {
    if (this.#sources.size === 0) return undefined
    for (const [source, { probes, fixes }] of [...this.#sources].sort(([a], [b]) => (a < b ? -1 : 1))) probes.end({ source, read: fixes, accepted: fixes, issues: [] })
    return JSON.parse(JSON.stringify(this.#measurement.finish().state)) as TrafficState
  }
}
