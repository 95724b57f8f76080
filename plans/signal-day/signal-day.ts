// One signal on one local day, from the log of its controller, the fixes of vehicles near it, the schedule and the day's measurement.
import { compileSignal } from '../../model/compile.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { LogChannel, SignalEvent } from '../../model/feed.ts'
import { LocalTime, parseDay } from '../../model/local-time.ts'
import type { PhaseNumber } from '../../model/observation.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { SignalGroup, SignalId } from '../../model/signal.ts'
import type { SignalCycle, SignalDay, SignalPhase, SplitRow } from '../../model/signal-day.ts'
import type { TimeOfDay } from '../../model/units.ts'
import { Performance, type CoordinationDiagram, type PhaseCycle } from '../../state/performance/index.ts'
import { quantile } from '../../state/statistics.ts'
import { phaseNumbers } from '../../simulation/observe/index.ts'
import { LONGEST_GREEN_S } from '../lamps/index.ts'
import { periodsApart } from '../periods-apart.ts'
import type { Stores } from '../ports/store.ts'
import type { Calendar } from '../workflow/index.ts'
import { nearbyRuns } from './nearby-runs.ts'
import { reignsOf, type Reign } from './reigns.ts'

export interface SignalDayRequest {
  stores: Stores
  network: string
  scenario: Scenario
  calendar: Calendar
  signal: SignalId
  /** Local date. */
  day: string
  /** Of the day; all of it by default. */
  from_s?: TimeOfDay
  until_s?: TimeOfDay
  /** Look for vehicles among the stored fixes, too. */
  probes?: boolean
}

const DAY_S = 86_400

/** Throws `request.unknown` for a signal that the network does not have, `request.invalid` for what is no date or no span. */
export async function signalDay(request: SignalDayRequest): Promise<SignalDay> {
  const { stores, network, scenario, calendar, signal: id, day: date, from_s = 0, until_s = DAY_S, probes = true } = request
  const graph = new RoadGraph(scenario.network)
  const signal = scenario.network.signals.find((one) => one.id === id)
  if (signal === undefined) throw new GreenwaveError('request.unknown', `The network ${JSON.stringify(network)} has no signal ${JSON.stringify(id)}`)
  const day = parseDay(date)
  if (day === undefined) throw new GreenwaveError('request.invalid', `the day is ${JSON.stringify(date)}; it must be a date such as 2026-11-21`)
  if (!(until_s > from_s)) throw new GreenwaveError('request.invalid', `/until_s ${until_s} must be after /from_s ${from_s}`)
  const local = new LocalTime(scenario.scenario.time_zone)
  const clock = (time_s: number): TimeOfDay => local.timeOfDay(time_s) + DAY_S * (local.day(time_s) - day)
  const span = [local.instant(day, from_s), until_s >= DAY_S ? local.instant(day + 1, until_s - DAY_S) : local.instant(day, until_s)] as const
  const reigns = await reignsOf({ stores, network, scenario, graph, calendar, signal: id, day })
  const numbers = phaseNumbers(scenario.network).filter((one) => one.signal === id && one.kind === 'phase')
  const log = await readLog(stores, network, numbers, span)
  const runs = probes ? await nearbyRuns({ stores, network, scenario, graph, signal: id, span, clock }) : []
  const phases = numbers.map((number): SignalPhase => {
    const group = signal.groups.find((one) => one.id === number.group)!
    const served = graph.listMovementsOfSignal(id).filter((movement) => graph.listConnections(movement.id).some(({ groups }) => groups?.some((one) => one.group === group.id)))
    const diagram = log.diagrams.find(({ device, phase }) => device === number.device && phase === number.phase)
    const logged = (diagram?.cycles ?? []).map((cycle) => cycleOf(cycle, group, clock)).filter((cycle) => (cycle.next_s ?? cycle.red_s) > from_s && cycle.green_s < until_s)
    const cycles = logged.length > 0 ? logged : plannedCycles(graph, reigns, group, from_s, until_s)
    const own = new Set(served.map((movement) => movement.id))
    return {
      phase: number.phase, group: group.id, name: group.name ?? null, greens: logged.length > 0 ? 'log' : cycles.length > 0 ? 'plan' : 'unknown', cycles,
      movements: served.map(({ id: movement, from, to, turn, name }) => ({ movement, from: graph.getLink(from).source_id, to: graph.getLink(to).source_id, from_link: from, turn, name: name ?? null })),
      arrivals: [...arrivalsOf(diagram, clock), ...runs.filter(({ run }) => own.has(run!.movement))]
        .filter(({ time_s }) => time_s >= from_s && time_s < until_s).sort((a, b) => a.time_s - b.time_s),
      splits: splitRows(graph, reigns, group, logged, from_s, until_s),
    }
  })
  const state = await stores.states.day(network, date)
  const at = <T extends { signal?: SignalId }>(movements: readonly T[]): T[] => movements.filter((one) => one.signal === id)
  return {
    format: 'greenwave.signal-day/1', network, signal: id, name: signal.name ?? signal.source_id, day: date, from_s, until_s,
    reigns: reigns.filter((one) => one.until_s > from_s && one.from_s < until_s).map(({ pattern, ...reign }) => ({ ...reign, cycle_s: pattern?.cycle_s ?? null })),
    phases, bins: log.bins.map((bin) => ({ ...bin, from_s: clock(bin.from_s), until_s: clock(bin.until_s) })).filter((bin) => bin.from_s >= from_s && bin.from_s < until_s),
    hours: (state === undefined ? [] : periodsApart(state)).flatMap(({ start_s, end_s, movements }) => (end_s > from_s && start_s < until_s && at(movements).length > 0 ? [{ start_s, end_s, movements: at(movements) }] : [])),
    movements: at(state?.movements ?? []),
  }
}

async function readLog(stores: Stores, network: string, numbers: readonly PhaseNumber[], [from, until]: readonly [number, number]): Promise<Pick<ReturnType<Performance['finish']>, 'bins' | 'diagrams'>> {
  const performance = new Performance(await channelsOf(stores, network), { diagrams: true })
  const devices = new Set(numbers.map(({ device }) => device))
  // From the green before on, until the one that follows.
  for await (const rows of stores.observations.events(network, from - LONGEST_GREEN_S, until + LONGEST_GREEN_S)) for (const row of rows) if (devices.has(row.device)) performance.take(row satisfies SignalEvent)
  return performance.finish()
}

const FUNCTIONS: readonly LogChannel['function'][] = ['presence', 'advance', 'count', 'yellow-red', 'pedestrian']

/** What the detectors of logs are, as the settings of their feeds say: `channels`, each with device, phase, channel and function. */
async function channelsOf(stores: Stores, network: string): Promise<LogChannel[]> {
  const feeds = await stores.feeds.list(network)
  return feeds.filter(({ kind }) => kind === 'events').flatMap(({ settings }) => {
    const { channels } = settings as { channels?: unknown }
    return Array.isArray(channels) ? channels.filter(isChannel) : []
  })
}

function isChannel(value: unknown): value is LogChannel {
  const { device, phase, channel, function: role } = (value ?? {}) as Record<string, unknown>
  return typeof device === 'string' && Number.isInteger(phase) && Number.isInteger(channel) && FUNCTIONS.includes(role as LogChannel['function'])
}

const tenth = (value: number): number => Math.round(value * 10) / 10

function cycleOf({ green_s, yellow_s, red_s, clear_s, next_s, termination }: PhaseCycle, group: SignalGroup, clock: (time_s: number) => number): SignalCycle {
  const end = clear_s > red_s ? clear_s : red_s + group.red_clearance_s
  return { green_s: clock(green_s), yellow_s: clock(yellow_s), red_s: clock(red_s), next_s: next_s === undefined ? null : clock(next_s), split_s: tenth(end - green_s), termination }
}

const arrivalsOf = (diagram: CoordinationDiagram | undefined, clock: (time_s: number) => number): SignalPhase['arrivals'] => (diagram?.arrivals ?? []).map(({ time_s }) => ({ time_s: clock(time_s), source: 'detector' }))

/** Greens of the plan in force, cut where another begins; transitions are not known. */
function plannedCycles(graph: RoadGraph, reigns: readonly Reign[], group: SignalGroup, from_s: number, until_s: number): SignalCycle[] {
  const cycles: SignalCycle[] = []
  for (const { pattern, ...reign } of reigns) {
    if (pattern === undefined) continue
    const { cycle_s, offset_s, groups } = compileSignal(graph.getSignal(pattern.signal), pattern)
    const windows = groups.find(({ id }) => id === group.id)?.green_windows_s ?? []
    const first = Math.floor((Math.max(from_s, reign.from_s) - offset_s) / cycle_s) - 1
    for (let k = first; offset_s + k * cycle_s < Math.min(until_s, reign.until_s); k++) for (const [start, end] of windows) {
      if (end - start >= cycle_s) continue
      const [green_s, yellow_s] = [offset_s + k * cycle_s + start, offset_s + k * cycle_s + end]
      if (green_s < reign.from_s || green_s >= reign.until_s || yellow_s <= from_s || green_s >= until_s) continue
      cycles.push({ green_s, yellow_s, red_s: yellow_s + group.yellow_s, next_s: null, split_s: end - start + group.yellow_s + group.red_clearance_s, termination: 'unknown' })
    }
  }
  cycles.sort((a, b) => a.green_s - b.green_s)
  return cycles.map((cycle, i) => ({ ...cycle, next_s: cycles[i + 1]?.green_s ?? null }))
}

function splitRows(graph: RoadGraph, reigns: readonly Reign[], group: SignalGroup, cycles: readonly SignalCycle[], from_s: number, until_s: number): SplitRow[] {
  return reigns.filter((reign) => reign.until_s > from_s && reign.from_s < until_s).map(({ pattern, plan, ...reign }) => {
    const [from, until] = [Math.max(from_s, reign.from_s), Math.min(until_s, reign.until_s)]
    const own = cycles.filter(({ green_s }) => green_s >= from && green_s < until)
    const lengths = own.map(({ split_s }) => split_s)
    const share = (cause: SignalCycle['termination']): number => own.filter(({ termination }) => termination === cause).length / own.length
    const windows = pattern === undefined ? [] : compileSignal(graph.getSignal(pattern.signal), pattern).groups.find(({ id }) => id === group.id)?.green_windows_s ?? []
    return {
      from_s: from, until_s: until, plan,
      // With several greens a cycle no single split is programmed.
      programmed_s: windows.length === 1 ? tenth(windows[0]![1] - windows[0]![0] + group.yellow_s + group.red_clearance_s) : null,
      greens: own.length, median_s: lengths.length === 0 ? null : quantile(lengths, 0.5), p85_s: lengths.length === 0 ? null : quantile(lengths, 0.85),
      terminations: own.every(({ termination }) => termination === 'unknown') ? null : { gap: share('gap'), max: share('max'), force: share('force'), unknown: share('unknown') },
    }
  })
}
