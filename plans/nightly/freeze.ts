// The day as it was, measured once: whoever comes later finds what the first one found, however late a feed delivers.
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import { findProjection } from '../../model/projection.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Period, Scenario } from '../../model/scenario.ts'
import type { TrafficState } from '../../model/traffic-state.ts'
import { formatTimeOfDay } from '../../model/units.ts'
import { Measurement, type ProbeSource } from '../../state/measurement.ts'
import type { NetworkRecord } from '../ports/networks.ts'
import type { Store } from '../ports/store.ts'

const HOUR_S = 3600
/** Hours of the day, each measured by itself. */
const HOURS: readonly Period[] = Array.from({ length: 24 }, (_, hour) => ({ id: `${formatTimeOfDay(hour * HOUR_S)}-${formatTimeOfDay((hour + 1) * HOUR_S)}`, start_s: hour * HOUR_S, end_s: (hour + 1) * HOUR_S }))

export interface FreezeRequest {
  network: NetworkRecord
  scenario: Scenario
  /** Local date. */
  day: string
  signal: AbortSignal
}

/** The frozen state of the day; undefined where no feed told anything. Throws `input.value` where a feed lies off the roads as another datum does. */
export async function freezeDay(store: Store, { network, scenario, day, signal }: FreezeRequest): Promise<TrafficState | undefined> {
  const frozen = await store.states.day(network.id, day)
  if (frozen !== undefined) return frozen
  const measured = await measureDay(store, { network, scenario, day, signal })
  if (measured === undefined) return undefined
  return store.tx(async (stores) => {
    const other = await stores.states.day(network.id, day)
    if (other !== undefined) return other
    await stores.states.putDay(network.id, day, measured)
    // As the store gives it back: a hash of it is the same tomorrow.
    return JSON.parse(JSON.stringify(measured)) as TrafficState
  })
}

async function measureDay(store: Store, { network, scenario, day, signal }: FreezeRequest): Promise<TrafficState | undefined> {
  const number = parseDay(day)
  if (number === undefined) throw new GreenwaveError('input.value', `the day is ${JSON.stringify(day)}; it must be a date such as 2026-11-22`)
  const local = new LocalTime(network.time_zone)
  const projection = findProjection(scenario.network.coordinate_reference)
  const measurement = new Measurement({
    graph: new RoadGraph(scenario.network), timing: scenario.timing, local, scenario: scenario.scenario.name, periods: HOURS, corridors: scenario.scenario.corridors, driving: scenario.scenario.driving,
  })
  const sources = new Map<string, { probes: ProbeSource; fixes: number }>()
  for await (const piece of store.observations.fixes(network.id, local.instant(number, 0), local.instant(number + 1, 0))) {
    signal.throwIfAborted()
    for (const { feed, vehicle, time_s, lon, lat, speed_mps, heading_deg } of piece) {
      let source = sources.get(feed)
      if (source === undefined) sources.set(feed, source = { probes: measurement.openProbes(feed), fixes: 0 })
      source.fixes++
      const [x_m, y_m] = projection?.fromLonLat(lon, lat) ?? [lon, lat]
      source.probes.push({ vehicle, time_s, x_m, y_m, speed_mps, heading_deg })
    }
  }
  if (sources.size === 0) return undefined
  for (const [source, { probes, fixes }] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) probes.end({ source, read: fixes, accepted: fixes, issues: [] })
  return measurement.finish().state
}
