// A town of which days were measured: a controller's log and vehicles at one signal, minutes of a corridor before and after a change, and a plan compared run by run.
import { compileSignal } from '../../model/compile.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import { findProjection } from '../../model/projection.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Estimate, MovementState } from '../../model/traffic-state.ts'
import { madeMinutes } from '../../plans/daily/testing.ts'
import type { MatchedRow } from '../../plans/ports/observations.ts'
import { healthOf, stateOf } from '../../plans/testing/records.ts'
import { fixedTimeEvents, phaseNumbers } from '../../simulation/observe/index.ts'
import { DIFFERENCES, EVALUATION } from '../made-up-corridor.ts'
import { serveTown, type WebTown } from './serve.ts'

export const MEASURED = { day: '2027-01-13', signal: '1', phase: 2, from_s: 8 * 3600, until_s: 10 * 3600, changed: '2026-12-30' } as const

export async function measuredTown(): Promise<WebTown> {
  const town = await serveTown()
  const { store, network, scenario } = town
  const local = new LocalTime(scenario.scenario.time_zone)
  const midnight = local.instant(parseDay(MEASURED.day)!, 0)
  const graph = new RoadGraph(scenario.network)
  const signal = graph.getSignal(MEASURED.signal)
  const compiled = compileSignal(signal, runningPatterns(scenario.timing, MEASURED.from_s, 3).get(MEASURED.signal)!)
  const log = fixedTimeEvents(scenario.network, [compiled]).between(MEASURED.from_s - 60, MEASURED.until_s).map((row) => ({ ...row, time_s: row.time_s + midnight }))
  // Platoons: most come in the first half of a cycle, at a place that wanders over the morning.
  const arrivals = Array.from({ length: 900 }, (_, i) => {
    const cycle = Math.floor(i / 9) * compiled.cycle_s
    const spread = ((i * 7919) % 97) / 97
    return { device: signal.source_id, event: 82, parameter: 1, time_s: midnight + MEASURED.from_s + cycle + ((spread ** 2 * compiled.cycle_s + i / 30) % compiled.cycle_s) }
  })
  await store.feeds.put({ id: 'logs', network, kind: 'events', format: 'events', settings: { channels: [{ device: signal.source_id, phase: MEASURED.phase, channel: 1, function: 'advance' }, { device: signal.source_id, phase: MEASURED.phase, channel: 1, function: 'count' }] }, enabled: true }, 0)
  const events = [...log, ...arrivals].filter(({ time_s }) => time_s < midnight + MEASURED.until_s).sort((a, b) => a.time_s - b.time_s)
  await store.observations.append({ feed: 'logs', id: 'day', received_s: midnight + MEASURED.until_s, health: healthOf(events.length), events })
  const served = graph.listMovementsOfSignal(MEASURED.signal)
  const fixes = drives(town, graph, midnight)
  await store.observations.append({ feed: 'taxis', id: 'drives', received_s: midnight + MEASURED.until_s, health: healthOf(fixes.length), fixes })
  await store.states.putDay(network, MEASURED.day, stateOf({
    days: [MEASURED.day], periods: [7, 8, 9, 10, 16, 17, 18].map((hour) => ({ period: String(hour), start_s: hour * 3600, end_s: (hour + 1) * 3600, movements: served.map((movement, i) => measured(movement, hour, i)), daily: [], links: [] })),
    movements: served.map((movement, i) => measured(movement, 8, i)),
  }))
  const change = parseDay(MEASURED.changed)!
  for (const week of [-3, -2, -1, 1, 2]) for (const weekday of [0, 1, 4]) {
    const day = change + 7 * week + weekday - 2
    const minutes = madeMinutes(scenario, { day, evening: (week < 0 ? 2.6 : 1.7) + weekday / 10 + (week % 2) / 8, jam: scenario.network.links.map(({ id }) => id) })
    await store.states.putMinutes(network, minutes.filter(({ time_s }) => { const time = time_s - local.instant(day, 0); return time % 900 < 180 && time >= 6 * 3600 && time < 20 * 3600 }))
  }
  await store.states.putMinutes(network, madeMinutes(scenario, { day: parseDay(MEASURED.day)!, evening: 2.8, jam: scenario.network.links.slice(0, 9).map(({ id }) => id) }))
  await comparePlan(town)
  return town
}

const PACE_MPS = 12

/** Vehicles over the stop line one after another, a fix each two seconds. */
function drives({ scenario }: WebTown, graph: RoadGraph, midnight: number): MatchedRow[] {
  const projection = findProjection(scenario.network.coordinate_reference)!
  const node = (id: string): readonly [number, number] => { const { x_m, y_m } = scenario.network.nodes.find((one) => one.id === id)!; return [x_m, y_m] }
  const { group } = phaseNumbers(scenario.network).find(({ signal, phase, kind }) => signal === MEASURED.signal && phase === MEASURED.phase && kind === 'phase')!
  const movement = graph.listMovementsOfSignal(MEASURED.signal).find(({ id, turn }) => turn === 'through' && graph.listConnections(id).some(({ groups }) => groups?.some((one) => one.group === group)))!
  const ways = [graph.getLink(movement.from), graph.getLink(movement.to)].map((link) => ({ from: node(link.from), to: node(link.to), length_m: link.length_m }))
  const rows: MatchedRow[] = []
  for (let car = 0; car < 40; car++) {
    const start = midnight + MEASURED.from_s + 60 + car * 173.5
    const total = ways[0]!.length_m + Math.min(200, ways[1]!.length_m)
    for (let s = 0; s < total; s += 2 * PACE_MPS) {
      const way = s < ways[0]!.length_m ? ways[0]! : ways[1]!
      const along = (s < ways[0]!.length_m ? s : s - ways[0]!.length_m) / way.length_m
      const [lon, lat] = projection.toLonLat([way.from[0] + (way.to[0] - way.from[0]) * along, way.from[1] + (way.to[1] - way.from[1]) * along])
      rows.push({ vehicle: `taxi-${car}`, time_s: start + s / PACE_MPS, lon, lat, speed_mps: PACE_MPS })
    }
  }
  return rows.sort((a, b) => a.time_s - b.time_s)
}

function measured({ id, from, to, turn, name }: { id: string; from: string; to: string; turn: MovementState['turn']; name?: string }, hour: number, i: number): MovementState {
  const peak = hour >= 16 ? 1.6 : 1
  const about = (value: number, half = value / 5): Estimate => ({ value, low: Math.max(0, value - half), high: value + half })
  const none: Estimate = { value: null, low: null, high: null }
  return {
    movement: id, from, to, from_link: from, to_link: to, turn, ...(name === undefined ? {} : { name }), signal: MEASURED.signal, volume_vph: about(180 * peak + 40 * i), control_delay_s: about(18 * peak + 4 * i), stopped_delay_s: none, stops: about(0.6 * peak),
    second_stop_share: none, arrival_on_green: about(0.55, 0.08), platoon_ratio: null, queue_max_m: none, queue_p95_m: about(60 * peak), split_failure_share: about(0.04 * peak), blocked_share: none, penetration: none, saturation_flow_vphpl: none,
    level_of_service: 'C', probes: 120, days: 1, counted: 0, grade: 'C', method: 'probes', age_s: 0,
  }
}

/** The simulated plan of the town, with the figures of the made-up corridor's movements at its own signals. */
async function comparePlan({ store, scenario, plans }: WebTown): Promise<void> {
  const plan = (await store.plans.get(plans.simulated))!
  const own = scenario.network.movements.filter(({ signal, turn }) => signal !== undefined && turn !== 'u-turn')
  const at = (evaluation: (typeof EVALUATION)['before'], slope: number) => ({
    ...evaluation,
    movements: evaluation.movements.slice(0, own.length).map((one, i) => ({
      ...one, movement: own[i]!.id, signal: own[i]!.signal!, from_link: own[i]!.from, to_link: own[i]!.to, delay_by_seed_s: evaluation.seeds.map((_, seed) => Math.round((one.delay_s + slope * Math.sin(seed + i)) * 100) / 100),
    })),
  })
  const [before, after] = [at(EVALUATION.before, 2), at(EVALUATION.after, 1.4)]
  await store.plans.update({ ...plan, evaluation: { before, after, differences: DIFFERENCES, runs: after.runs, seed: 1 } }, plan.version)
}
