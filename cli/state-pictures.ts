// Which pictures a report of traffic state shows, chosen from what was measured: corridors over the busiest quarter of an hour,
// speeds and queues along them, arrivals in the cycle, and the runs of the movements that lose most time.
import { buildCoordinationScene, type CoordinationArrival, type CoordinationCycle, type CoordinationScene } from '../diagram/coordination.ts'
import { buildProbeScene, joinRuns, type ProbeRun, type ProbeScene } from '../diagram/probe-trajectories.ts'
import { buildTimeSpaceScene, DIRECTIONS, stationFromCompiled, type TimeSpaceScene, type TimeSpaceStation } from '../diagram/time-space.ts'
import { compileSignal } from '../model/compile.ts'
import { resolveCorridor, type ResolvedCorridor } from '../model/corridor.ts'
import { GreenwaveError } from '../model/errors.ts'
import { formatDay, weekdayOf, type LocalTime } from '../model/local-time.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import { runningPatterns } from '../model/schedule.ts'
import type { TrafficState } from '../model/traffic-state.ts'
import { listStations } from '../plans/index.ts'
import type { Drawn } from '../reports/state-report.ts'
import type { CellTable } from '../state/congestion/index.ts'
import type { CoordinationDiagram } from '../state/performance/performance.ts'
import type { RunStore } from '../state/runs/run-store.ts'
import type { Run } from '../state/runs/run.ts'
import type { GreenClock } from '../state/signals/greens.ts'

export interface PictureSources {
  scenario: Scenario
  graph: RoadGraph
  local: LocalTime
  state: TrafficState
  store: RunStore
  cells: CellTable
  clock: GreenClock
  /** Of controller logs, where there are any. */
  diagrams: readonly CoordinationDiagram[]
}

/** What fits into a report; the rest is in the state. */
const MOST_CORRIDORS = 4
const MOST_COORDINATION = 6
const MOST_PROBES = 4
const QUARTER_S = 900
const WINDOW_S = 7200
const DAY_S = 86_400

/** Seconds of one local day; what lies after midnight goes on counting. */
export const clockOf = (local: LocalTime, day: number) => (time_s: number): number => local.timeOfDay(time_s) + DAY_S * (local.day(time_s) - day)

/** Corridors that can be followed, at most four. */
export function corridorsOf({ scenario, graph }: PictureSources): ResolvedCorridor[] {
  return scenario.scenario.corridors.slice(0, MOST_CORRIDORS).flatMap((corridor) => {
    try {
      return [resolveCorridor(graph, corridor)]
    } catch (error) {
      // A corridor that is not connected has no picture; `plan` says why.
      if (error instanceof GreenwaveError) return []
      throw error
    }
  })
}

/** Start of the stretch of `width` seconds of local time with the most instants, and its day; undefined without any. */
function busiest(local: LocalTime, times: readonly number[], width: number): { day: number; start_s: number } | undefined {
  const counts = new Map<number, number>()
  for (const time of times) {
    const slot = Math.floor((local.day(time) * DAY_S + local.timeOfDay(time)) / width)
    counts.set(slot, (counts.get(slot) ?? 0) + 1)
  }
  let best: number | undefined
  for (const [slot, count] of counts) {
    const most = best === undefined ? 0 : counts.get(best)!
    if (best === undefined || count > most || (count === most && slot < best)) best = slot
  }
  return best === undefined ? undefined : { day: Math.floor((best * width) / DAY_S), start_s: (best * width) % DAY_S }
}

function onClock(run: Run, clock: (time_s: number) => number): ProbeRun {
  const shift = clock(run.crossing_s) - run.crossing_s
  return { start_m: run.start_m, in_s: run.in_s + shift, crossing_s: run.crossing_s + shift, out_s: run.out_s + shift, stops: run.stops.map((stop) => ({ ...stop, time_s: stop.time_s + shift })) }
}

/** Probes over the signals of a corridor; undefined where no probe drove it. */
export function corridorPicture(sources: PictureSources, corridor: ResolvedCorridor): Drawn<TimeSpaceScene> | undefined {
  const { graph, local, store, scenario } = sources
  const index = new Map(graph.network.movements.map(({ id }, i) => [id, i]))
  const stations = listStations(graph, corridor)
  const place = new Map(stations.map(({ signal, position_m }) => [signal, position_m]))
  const driven = DIRECTIONS.flatMap((direction) => (corridor[direction]?.crossings ?? []).flatMap(({ signal, movements }) =>
    (movements[0] === undefined ? [] : store.listRuns(index.get(movements[0].id)!)).map((run) => ({ direction, line_m: place.get(signal) ?? 0, run }))))
  const window = busiest(local, driven.map(({ run }) => run.crossing_s), QUARTER_S)
  if (window === undefined) return undefined
  const { day, start_s } = window
  const clock = clockOf(local, day)
  const range_s = [start_s, start_s + QUARTER_S] as const
  const drawn = plannedStations(scenario, graph, stations, day, start_s)
  const cycles = [...new Set(drawn.map(({ cycle_s }) => cycle_s))]
  const trajectories = joinRuns(driven.map(({ run, ...rest }) => ({ ...rest, vehicle: run.vehicle, run: onClock(run, clock) })).filter(({ run }) => run.out_s > range_s[0] && run.in_s < range_s[1]))
  if (drawn.length === 0) return undefined
  return {
    title: `${corridor.corridor.name}: probes over the signals`,
    caption: `${formatDay(day)}, the quarter of an hour in which most probes crossed. Lines are straight between what is known of a run: its beginning, its stops and the stop line. Only who follows the corridor through a signal is drawn there. Bars: the plan that should run; signals that are not on fixed time have none.`,
    scene: buildTimeSpaceScene({ stations: drawn, ...(cycles.length === 1 ? { cycle_s: cycles[0]! } : {}), bands: [], trajectories, range_s }),
  }
}

function plannedStations({ timing }: Scenario, graph: RoadGraph, stations: ReturnType<typeof listStations>, day: number, start_s: number): TimeSpaceStation[] {
  const patterns = runningPatterns(timing, start_s, weekdayOf(day))
  const control = new Map((timing.control ?? []).map(({ signal, type }) => [signal, type]))
  return stations.flatMap((station) => {
    const pattern = patterns.get(station.signal)
    if (pattern === undefined) return []
    const { outbound: _outbound, inbound: _inbound, ...bare } = station
    const fixed = (control.get(station.signal) ?? 'fixed') === 'fixed'
    return [stationFromCompiled(compileSignal(graph.getSignal(station.signal), pattern), fixed ? station : bare)]
  })
}

/** Arrivals in the cycle: of detectors where controllers log them, else of probes against the plan's greens. */
export function coordinationPictures(sources: PictureSources): Drawn<CoordinationScene>[] {
  const logged = [...sources.diagrams].filter(({ arrivals }) => arrivals.length > 0).sort((a, b) => b.arrivals.length - a.arrivals.length).slice(0, MOST_COORDINATION)
    .sort((a, b) => a.device.localeCompare(b.device, 'en', { numeric: true }) || a.phase - b.phase)
  if (logged.length > 0) return logged.flatMap((diagram) => fromLog(sources, diagram) ?? [])
  return costliest(sources).flatMap((movement) => fromProbes(sources, movement) ?? [])
}

function fromLog(sources: PictureSources, { device, phase, cycles, arrivals }: CoordinationDiagram): Drawn<CoordinationScene> | undefined {
  const { local, graph } = sources
  const window = windowOf(local, arrivals.map(({ time_s }) => time_s))
  if (window === undefined) return undefined
  const clock = clockOf(local, window.day)
  const signal = graph.network.signals.find((one) => one.source_id === device || one.id === device)
  const group = signal?.groups.find(({ source_id }) => source_id === String(phase))
  const served = group === undefined ? [] : graph.listMovementsOfSignal(signal!.id).filter(({ id }) => graph.listConnections(id).some(({ groups }) => groups?.some((one) => one.group === group.id)))
  const probes = served.flatMap(({ id }) => arrivalsOf(sources, id, clock))
  const scene = buildCoordinationScene({
    range_s: window.range_s,
    cycles: cycles.map(({ green_s, yellow_s, red_s, next_s }): CoordinationCycle => ({ green_s: clock(green_s), yellow_s: clock(yellow_s), red_s: clock(red_s), next_s: next_s === undefined ? undefined : clock(next_s) })),
    arrivals: [...arrivals.map(({ time_s }): CoordinationArrival => ({ time_s: clock(time_s), source: 'detector' })), ...probes],
  })
  const name = group?.name === undefined ? '' : ` (${group.name})`
  return { title: `${signal?.name ?? `Device ${device}`}, phase ${phase}${name}: arrivals in the cycle`, caption: `${formatDay(window.day)}. Each dot is an arrival, where it falls in its cycle; dots above the green line meet green. Greens as the controller logged them.`, scene }
}

function fromProbes(sources: PictureSources, movement: string): Drawn<CoordinationScene> | undefined {
  const { graph, local, clock: greens, store } = sources
  const index = graph.network.movements.findIndex(({ id }) => id === movement)
  const window = windowOf(local, store.listRuns(index).filter(({ whole }) => whole).map(({ arrival_s }) => arrival_s))
  if (window === undefined) return undefined
  const clock = clockOf(local, window.day)
  const { signal: id, name, from, to } = graph.getMovement(movement)
  const signal = id === undefined ? undefined : graph.getSignal(id)
  const shown = new Set(graph.listConnections(movement).flatMap(({ groups }) => (groups ?? []).map(({ group }) => group)))
  const yellow_s = Math.max(0, ...(signal?.groups ?? []).filter((one) => shown.has(one.id)).map((one) => one.yellow_s))
  const cycles: CoordinationCycle[] = []
  const midnight = local.instant(window.day, 0)
  for (let green = greens.find(index, midnight + window.range_s[0]); green !== undefined && clock(green.start_s) < window.range_s[1]; green = greens.find(index, green.next_s + 1e-3)) {
    const end = clock(green.end_s)
    if (cycles.length > 0 && clock(green.start_s) <= cycles.at(-1)!.green_s) break
    cycles.push({ green_s: clock(green.start_s), yellow_s: end, red_s: end + yellow_s, next_s: clock(green.next_s) })
  }
  if (cycles.length === 0) return undefined
  return {
    title: `${signal?.name ?? signal?.source_id ?? ''}, ${name ?? `${from} to ${to}`}: arrivals in the cycle`,
    caption: `${formatDay(window.day)}. Each diamond is a probe, when it would have reached the stop line without a queue. Greens as the plan has them; nothing was logged.`,
    scene: buildCoordinationScene({ range_s: window.range_s, cycles, arrivals: arrivalsOf(sources, movement, clock) }),
  }
}

/** Two hours about the most arrivals, or all where they span less. */
function windowOf(local: LocalTime, times: readonly number[]): { day: number; range_s: readonly [number, number] } | undefined {
  const best = busiest(local, times, WINDOW_S)
  if (best === undefined) return undefined
  const clock = clockOf(local, best.day)
  const seen = times.map(clock).filter((time) => time >= best.start_s - WINDOW_S && time < best.start_s + 2 * WINDOW_S)
  const [first, last] = seen.reduce(([low, high], time) => [Math.min(low, time), Math.max(high, time)], [Infinity, -Infinity])
  const start = last - first <= WINDOW_S ? first : best.start_s
  const end = last - first <= WINDOW_S ? last : best.start_s + WINDOW_S
  return { day: best.day, range_s: [Math.floor(start / 60) * 60, Math.max(Math.floor(start / 60) * 60 + 300, Math.ceil(end / 60) * 60)] }
}

function arrivalsOf({ graph, store }: PictureSources, movement: string, clock: (time_s: number) => number): CoordinationArrival[] {
  const index = graph.network.movements.findIndex(({ id }) => id === movement)
  return store.listRuns(index).filter(({ whole }) => whole).map(({ arrival_s }) => ({ time_s: clock(arrival_s), source: 'probe' as const }))
}

/** Movements at signals by the time that probes lost there. */
function costliest({ state }: PictureSources): string[] {
  const cost = ({ probes, control_delay_s }: TrafficState['movements'][number]): number => probes * (control_delay_s.value ?? 0)
  return state.movements.filter((one) => one.signal !== undefined && cost(one) > 0).sort((a, b) => cost(b) - cost(a)).slice(0, MOST_PROBES).map(({ movement }) => movement)
}

/** Runs of the costliest movements, aligned at the stop line. */
export function probePictures(sources: PictureSources): Drawn<ProbeScene>[] {
  const { graph, store, local } = sources
  return costliest(sources).map((id) => {
    const { signal, name, from, to } = graph.getMovement(id)
    const runs = store.listRuns(graph.network.movements.findIndex((movement) => movement.id === id)).filter(({ whole }) => whole)
    const days = new Set(runs.map(({ crossing_s }) => local.day(crossing_s))).size
    const place = signal === undefined ? '' : `${graph.getSignal(signal).name ?? graph.getSignal(signal).source_id}, `
    return {
      title: `${place}${name ?? `${from} to ${to}`}: runs at the stop line`, caption: `All runs of ${days === 1 ? '1 day' : `${days} days`} that were seen from the upstream end, each shifted so that it crosses the stop line at 0 s. The movements shown are those that cost probes the most time.`,
      scene: buildProbeScene(runs.map((run) => onClock(run, (time) => time))),
    }
  })
}
