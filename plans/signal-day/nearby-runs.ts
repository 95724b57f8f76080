// Vehicles over the stop lines of one signal, from the stored fixes near it, matched again with what came later. Only what lies around
// the signal is looked at: a whole city's day is never in memory.
import { findProjection } from '../../model/projection.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { SignalId } from '../../model/signal.ts'
import type { SignalArrival } from '../../model/signal-day.ts'
import { GreenwaveError } from '../../model/errors.ts'
import { LocalTime } from '../../model/local-time.ts'
import type { Instant, TimeOfDay } from '../../model/units.ts'
import { Measurement, type ProbeSource } from '../../state/measurement.ts'
import type { Stores } from '../ports/store.ts'

/** Beyond the approaches: where runs begin, and 40 m past the line with room for errors of positions. */
const MARGIN_M = 150
/** A fix of a long approach further out than this tells nothing of the signal. */
const FARTHEST_M = 1500
/** About a day of a town with a thousand vehicles, one fix in ten seconds. */
const MOST_FIXES = 8_000_000

export interface NearbyRequest {
  stores: Stores
  network: string
  scenario: Scenario
  graph: RoadGraph
  signal: SignalId
  span: readonly [from_s: Instant, until_s: Instant]
  clock: (time_s: Instant) => TimeOfDay
}

/** By arrival. Throws `request.invalid` where there are too many fixes to look through. */
export async function nearbyRuns({ stores, network, scenario, graph, signal, span: [from_s, until_s], clock }: NearbyRequest): Promise<SignalArrival[]> {
  const projection = findProjection(scenario.network.coordinate_reference)
  const movements = graph.listMovementsOfSignal(signal)
  const places = graph.getSignal(signal).nodes.map((id) => scenario.network.nodes.find((node) => node.id === id)!)
  const reach = Math.min(FARTHEST_M, Math.max(0, ...movements.map(({ from }) => graph.getLink(from).length_m))) + MARGIN_M
  const measurement = new Measurement({ graph, timing: scenario.timing, local: new LocalTime(scenario.scenario.time_zone), scenario: network, periods: [], driving: scenario.scenario.driving })
  const sources = new Map<string, { probes: ProbeSource; fixes: number }>()
  let looked = 0
  for await (const rows of stores.observations.fixes(network, from_s - 600, until_s + 600)) {
    looked += rows.length
    if (looked > MOST_FIXES) throw new GreenwaveError('request.invalid', `There are more than ${MOST_FIXES} fixes in this time; ask for fewer hours (/from_s, /until_s)`)
    for (const { feed, vehicle, time_s, lon, lat, speed_mps, heading_deg } of rows) {
      const [x_m, y_m] = projection?.fromLonLat(lon, lat) ?? [lon, lat]
      if (!places.some((node) => Math.hypot(node.x_m - x_m, node.y_m - y_m) <= reach)) continue
      let source = sources.get(feed)
      if (source === undefined) sources.set(feed, source = { probes: measurement.openProbes(feed), fixes: 0 })
      source.fixes++
      source.probes.push({ vehicle, time_s, x_m, y_m, speed_mps, heading_deg })
    }
  }
  for (const [source, { probes, fixes }] of [...sources].sort(([a], [b]) => (a < b ? -1 : 1))) probes.end({ source, read: fixes, accepted: fixes, issues: [] })
  const own = new Set(movements.map(({ id }) => id))
  return scenario.network.movements.flatMap(({ id }, i) => (own.has(id)
    ? measurement.store.listRuns(i).filter(({ whole }) => whole).map(({ arrival_s, start_m, in_s, crossing_s, out_s, control_delay_s, stops }): SignalArrival => ({
      time_s: clock(arrival_s), source: 'probe',
      run: { movement: id, start_m, in_s: clock(in_s), crossing_s: clock(crossing_s), out_s: clock(out_s), delay_s: control_delay_s, stops: stops.map(({ time_s, ...stop }) => ({ ...stop, time_s: clock(time_s) })) },
    }))
    : [])).sort((a, b) => a.time_s - b.time_s)
}
