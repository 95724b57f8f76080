/**
 * How well does `measure` know traffic from few probes? SUMO drives a city for some days; all vehicles once a second are the
 * truth, a few of them with noisy places every few seconds are what is measured from. Errors per movement and hour, pooled
 * over the days and for single days, beside what the naive way says.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importSumo } from '../adapters/formats/sumo/index.ts'
import type { Fix, RadarTarget } from '../model/feed.ts'
import { FeedAccount } from '../model/feed-account.ts'
import { LocalTime } from '../model/local-time.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import type { MovementState } from '../model/traffic-state.ts'
import { Measurement } from '../state/measurement.ts'
import type { RunStore } from '../state/runs/run-store.ts'
import { PlanClock } from '../state/signals/plan-clock.ts'
import { buildCity, tripsOf, WINDOW_S, writeTrips } from './state/city.ts'
import { driveDay, type Track } from './state/drive.ts'
import { driveOurDay } from './state/drive-ours.ts'
import { LAYOUTS } from './state/layouts.ts'
import { probesOf, type ProbeOptions } from './state/probes.ts'
import { radarOf } from './state/radar.ts'
import { quantile, scoreOf, summary, type Scored } from './state/score.ts'
import { meansOf, mergeTruth, TruthTable, type Truth } from './state/truth.ts'
import { formatTable } from './table.ts'

interface Settings { cities: string[]; hourly: number; days: number; single: number; signals: number; loads: number[]; penetrations: number[]; sigmas: number[]; intervals: number[]; seeds: number; only: string[]; cache: string; movements: boolean }

type Measure = 'delay' | 'AoG' | 'stops' | 'volume' | 'queue' | 'queue95'

/** Who drives, and where. */
type Engine = 'sumo' | 'ours'

/** A Monday; days of the bench follow on it. */
const FIRST_DAY = 20_458
const START_S = 61_200
/** Fewer vehicles an hour are no traffic to speak of. */
const LEAST_VPH = 20

export async function main(args: readonly string[]): Promise<number> {
  const settings = parse(args)
  for (const name of settings.cities) {
    const rows: string[][] = []
    for (const load of settings.loads) {
      const city = await driveCity(settings, name, load)
      for (const sigma_m of settings.sigmas) for (const interval_s of settings.intervals) for (const penetration of settings.penetrations) {
        const scores = new Map<string, Scored[]>()
        for (let seed = 1; seed <= settings.seeds; seed++) trial(city, { seed, penetration, interval_s, sigma_m, hourly: settings.hourly }, settings, scores)
        for (const [name, list] of scores) {
          const [measure = '', span = ''] = name.split(', ')
          if (settings.only.length === 0 || settings.only.includes(measure)) rows.push([name, `${load}`, `${100 * penetration} %`, `${interval_s} s`, `${sigma_m} m`, span === 'pooled' ? `${settings.days}` : '1', ...summary(list)])
        }
      }
    }
    console.log(`\n${name}${settings.hourly > 0 ? `, share of probes +-${100 * settings.hourly} % by hour` : ''}`)
    console.log(formatTable(['measure', 'x', 'probes', 'every', 'noise', 'days', 'P50 %', 'P90 %', 'bias %', 'naive P50 %', 'sampled P50 %', 'covered %', 'n'], rows))
  }
  return 0
}

interface Day { tracks: Track[]; day: number; origin: number; truth: Truth[] }
interface City { scenario: Scenario; graph: RoadGraph; local: LocalTime; days: Day[]; pooled: Truth[]; radar?: RadarTarget[][] }

async function driveCity(settings: Settings, name: string, load: number): Promise<City> {
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-city-'))
  try {
    return await driveDays(settings, name, load, folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function driveDays({ signals, days, cache }: Settings, name: string, load: number, folder: string): Promise<City> {
  const [engine, where] = name.split(' ') as [Engine, string]
  const layout = LAYOUTS[where]
  if (layout === undefined || !['sumo', 'ours'].includes(engine)) throw new Error(`bench state knows no city ${name}`)
  const options = { layout, signals, load, seed: 1 }
  const net = await buildCity(options, folder)
  const { scenario } = await importSumo(net)
  const local = new LocalTime('UTC')
  const clock = new PlanClock(scenario.network, scenario.timing, local)
  const driven: Day[] = []
  for (let day = 0; day < days; day++) {
    const trips = tripsOf(options, day)
    const folderOfDays = join(cache, 'days')
    const tracks = engine === 'ours' ? await driveOurDay(scenario, trips, WINDOW_S[1], day + 1, folderOfDays) : await driveDay(net, await writeTrips(trips, day, folder), scenario.network, WINDOW_S[1], day + 1, folderOfDays)
    const origin = local.instant(FIRST_DAY + day, START_S)
    const truth = new TruthTable(scenario.network, clock)
    truth.add(tracks, day, origin, ...WINDOW_S)
    driven.push({ tracks, day, origin, truth: truth.movements() })
  }
  return { scenario, graph: new RoadGraph(scenario.network), local, days: driven, pooled: mergeTruth(driven.map(({ truth }) => truth)) }
}

function trial(city: City, probes: ProbeOptions, { days, single, only, movements }: Settings, scores: Map<string, Scored[]>): void {
  const fixes = city.days.map(({ tracks, day, origin }) => probesOf(tracks, day, origin, ...WINDOW_S, probes).flat())
  const alone = compare(city, fixes, city.pooled, days, 'pooled', scores, movements)
  if (only.length === 0 || only.some((name) => name.endsWith('radar'))) compareRadar(city, fixes, alone, days, scores)
  for (let day = 0; day < Math.min(single, days); day++) compare(city, [fixes[day]!], city.days[day]!.truth, 1, 'single day', scores, false)
}

function compare(city: City, fixes: readonly Fix[][], truths: readonly Truth[], days: number, span: string, scores: Map<string, Scored[]>, print: boolean): Map<string, MovementState> {
  const measurement = measurementOf(city, fixes)
  const { state } = measurement.finish()
  const byId = new Map(state.movements.map((movement) => [movement.movement, movement]))
  const table: string[][] = []
  const seen = new Set(fixes.flatMap((day) => day.map(({ vehicle }) => vehicle)))
  const share = shareSeen(truths, seen)
  for (const truth of truths) {
    const measured = byId.get(city.scenario.network.movements[truth.movement]!.id)
    if (measured === undefined || truth.vehicles / days < LEAST_VPH) continue
    const naive = naiveOf(measurement.store, truth.movement, city, days)
    const compared = comparisons(measured, truth, naive, sampledOf(truth, seen, share, days), days)
    for (const [measure, scored] of compared) {
      if (scored === undefined) continue
      const name = `${measure}, ${span}`
      const list = scores.get(name)
      if (list === undefined) scores.set(name, [scored])
      else list.push(scored)
    }
    if (print) table.push([`${measured.from} ${measured.turn}`, String(truth.vehicles / days), ...[measured.volume_vph, measured.penetration, measured.queue_max_m, measured.queue_p95_m].map(({ value, low, high }) => value === null ? '–' : `${value.toPrecision(3)} [${low?.toPrecision(3)}, ${high?.toPrecision(3)}]`), mean(truth.queues_m).toFixed(1), quantile(truth.queues_m, 0.95).toFixed(1), measured.control_delay_s.value?.toFixed(1) ?? '–', truth.delay_s.toFixed(1), String(measured.probes), measured.saturation_flow_vphpl.value?.toFixed(0) ?? '–'])
  }
  if (print) console.log(formatTable(['movement', 'volume', 'measured', 'penetration', 'queue', 'queue 95', 'true', 'true 95', 'delay', 'true', 'probes', 'saturation'], table))
  return byId
}

function measurementOf({ graph, scenario, local }: City, fixes: readonly Fix[][]): Measurement {
  const measurement = new Measurement({ graph, timing: scenario.timing, local, scenario: 'bench', periods: [] })
  const source = measurement.openProbes('bench')
  const account = new FeedAccount('bench')
  for (const day of fixes) for (const fix of [...day].sort((a, b) => a.time_s - b.time_s)) source.push(fix)
  source.end(account.health())
  return measurement
}

/** Volumes elsewhere with a radar at the middle intersection, and under it; the naive way are probes alone. */
function compareRadar(city: City, fixes: readonly Fix[][], alone: ReadonlyMap<string, MovementState>, days: number, scores: Map<string, Scored[]>): void {
  const { network } = city.scenario
  const middle = network.signals[network.signals.length >> 1]!
  const measurement = measurementOf(city, fixes)
  const take = measurement.openRadar()
  for (const targets of city.radar ??= city.days.map(({ tracks, day, origin }) => radarOf(network, middle.source_id, tracks, day, origin, ...WINDOW_S))) for (const target of targets) take(target)
  const states = new Map(measurement.finish().state.movements.map((movement) => [movement.movement, movement]))
  for (const truth of city.pooled) {
    const { id, signal } = network.movements[truth.movement]!
    const [measured, naive] = [states.get(id), alone.get(id)?.volume_vph.value]
    if (measured === undefined || truth.vehicles / days < LEAST_VPH) continue
    const scored = scoreOf(measured.volume_vph, truth.vehicles / days, naive ?? Number.NaN, true)
    if (scored === undefined) continue
    const name = `${signal === middle.id ? 'volume under radar' : 'volume beside radar'}, pooled`
    scores.set(name, [...(scores.get(name) ?? []), scored])
  }
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

interface Naive { delay: number; stops: number; on_green: number; volume: number; queue: number; queue95: number }

/** Plain means of runs; counts over an assumed 5 %; the largest stop distance that probes showed. */
function naiveOf(store: RunStore, movement: number, { graph, scenario, local }: City, days: number): Naive {
  const runs = store.listRuns(movement)
  const whole = runs.filter((run) => run.whole)
  const clock = new PlanClock(graph.network, scenario.timing, local)
  const met = whole.flatMap(({ arrival_s }) => {
    const green = clock.find(movement, arrival_s)
    return green === undefined ? [] : [Number(arrival_s < green.end_s + 3)]
  })
  const farthest = new Map<number, number>()
  for (const { stops, crossing_s } of runs) {
    const green = clock.find(movement, crossing_s)
    for (const { s_m } of stops) if (green !== undefined) farthest.set(green.start_s, Math.max(farthest.get(green.start_s) ?? 0, -s_m))
  }
  const queues = [...farthest.values()]
  return { delay: mean(whole.map((run) => run.control_delay_s)), stops: mean(whole.map((run) => run.stops.length)), on_green: mean(met), volume: runs.length / 0.05 / days, queue: queues.length === 0 ? 0 : mean(queues), queue95: queues.length === 0 ? 0 : quantile(queues, 0.95) }
}

function shareSeen(truths: readonly Truth[], seen: ReadonlySet<string>): number {
  const passes = truths.flatMap((truth) => truth.passes)
  return passes.filter(({ day, vehicle }) => seen.has(`${day}-${vehicle}`)).length / passes.length
}

type Sampled = Pick<Naive, 'delay' | 'stops' | 'on_green' | 'volume'>

/** The truth of those who were seen: what is off there is chance alone. Volume: they by the share that they were of all vehicles. */
function sampledOf(truth: Truth, seen: ReadonlySet<string>, share: number, days: number): Sampled {
  const passes = truth.passes.filter(({ day, vehicle }) => seen.has(`${day}-${vehicle}`))
  const { delay_s, stops, on_green = Number.NaN } = meansOf(passes)
  return { delay: delay_s, stops, on_green, volume: passes.length / share / days }
}

function comparisons(measured: MovementState, truth: Truth, naive: Naive, sampled: Sampled, days: number): [Measure, Scored | undefined][] {
  return [
    ['delay', scoreOf(measured.control_delay_s, truth.delay_s, naive.delay, true, sampled.delay)],
    ['AoG', truth.on_green === undefined ? undefined : scoreOf(measured.arrival_on_green, truth.on_green, naive.on_green, false, sampled.on_green)],
    ['stops', scoreOf(measured.stops, truth.stops, naive.stops, true, sampled.stops)],
    ['volume', scoreOf(measured.volume_vph, truth.vehicles / days, naive.volume, true, sampled.volume)],
    ['queue', scoreOf(measured.queue_max_m, mean(truth.queues_m), naive.queue, true)],
    ['queue95', scoreOf(measured.queue_p95_m, quantile(truth.queues_m, 0.95), naive.queue95, true)],
  ]
}

function parse(args: readonly string[]): Settings {
  const settings: Settings = { cities: ['sumo wide'], hourly: 0, days: 5, single: 3, signals: 3, loads: [0.6, 0.85], penetrations: [0.03, 0.05, 0.1], sigmas: [4], intervals: [3], seeds: 1, only: [], cache: join(tmpdir(), 'greenwave-bench-state'), movements: false }
  const numbers = (value: string): number[] => value.split(',').map(Number)
  for (let k = 0; k < args.length; k += 2) {
    const [option, value = ''] = [args[k], args[k + 1]]
    if (option === '--days') settings.days = Number(value)
    else if (option === '--single') settings.single = Number(value)
    else if (option === '--cities') settings.cities = value.split(',')
    else if (option === '--hourly') settings.hourly = Number(value)
    else if (option === '--signals') settings.signals = Number(value)
    else if (option === '--loads') settings.loads = numbers(value)
    else if (option === '--penetration') settings.penetrations = numbers(value)
    else if (option === '--sigma') settings.sigmas = numbers(value)
    else if (option === '--interval') settings.intervals = numbers(value)
    else if (option === '--seeds') settings.seeds = Number(value)
    else if (option === '--only') settings.only = value.split(',')
    else if (option === '--cache') settings.cache = value
    else if (option === '--movements') settings.movements = value !== 'no'
    else throw new Error(`bench state has no option ${option}`)
  }
  return settings
}
