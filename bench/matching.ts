/**
 * Who puts fixes on the right link, and how fast? A seeded town of 40 x 40 blocks with frontage roads, one-way and bending
 * streets, or the streets of a SUMO net; its traffic told every 1 to 30 s with noise that wanders. Ours (with what a feed tells, and with bare positions),
 * Valhalla's map matching through its Node binding, and the nearest link, all over the same traces, all scored alike.
 */
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { importSumo } from '../adapters/formats/sumo/index.ts'
import type { Fix } from '../model/feed.ts'
import { RoadGraph } from '../model/road-graph.ts'
import { Matcher, MatchRoad, type MatchSink } from '../state/matching/index.ts'
import { NearestLink } from '../state/matching/nearest.ts'
import { driveTown } from '../state/matching/testing/drive.ts'
import { sharesOf, type Score } from '../state/matching/testing/score.ts'
import { kindOf, makeTown } from '../state/matching/testing/town.ts'
import { scoreTraces, tracesOf, type Trace } from '../state/matching/testing/trial.ts'
import type { Network } from '../model/network.ts'
import { formatTable } from './table.ts'
import { matchOne, valhalla, type Actor } from './matching/valhalla.ts'

const HIGHWAY = { street: 'tertiary', main: 'primary', frontage: 'residential' } as const
/** Edge accuracy, by interval, at 8 m and less: the gates. */
const LEAST_EDGE = (interval_s: number): number => (interval_s <= 5 ? 0.95 : 0.93)

interface Settings { size: number; vehicles: number; duration: number; intervals: number[]; sigmas: number[]; correlation: number; repeats: number; valhalla: boolean; cache: string; net: string }

export async function main(args: readonly string[]): Promise<number> {
  const settings = parse(args)
  const network = settings.net === '' ? makeTown({ size: settings.size, seed: 1 }) : (await importSumo(settings.net)).scenario.network
  const built = spent()
  const road = new MatchRoad(new RoadGraph(network))
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; ${network.nodes.length} nodes, ${road.links} links, ${network.movements.length} movements; road compiled in ${built().toFixed(1)} s`)
  const drives = driveTown(network, { seed: 7, vehicles: settings.vehicles, duration_s: settings.duration })
  const actor = settings.valhalla ? await valhalla(network, (link) => (settings.net === '' ? HIGHWAY[kindOf(link)] : 'tertiary'), settings.cache) : undefined
  const rows: string[][] = []
  let failed = 0
  for (const sigma_m of settings.sigmas) {
    for (const interval_s of settings.intervals) {
      const noise = { seed: 3, interval_s, sigma_m, correlation_s: settings.correlation }
      const told = tracesOf(network, drives, noise)
      const bare = tracesOf(network, drives, { ...noise, positionOnly: true })
      const ours = await contend(network, told, settings.repeats, followAll(road))
      const oursBare = await contend(network, bare, settings.repeats, followAll(road))
      const nearest = await contend(network, told, 1, (fixes, sink) => {
        const matcher = new NearestLink(road, sink)
        for (const trace of fixes) for (const fix of trace) matcher.push(fix)
      })
      const theirs = actor === undefined ? undefined : await contend(network, bare, Math.min(2, settings.repeats), throughValhalla(actor, network, sigma_m))
      const name = `${interval_s} s, ${sigma_m} m`
      rows.push(row(name, 'ours', ours), row('', 'ours, positions only', oursBare), ...(theirs === undefined ? [] : [row('', 'Valhalla, positions only', theirs)]), row('', 'nearest link', nearest))
      const edge = sharesOf(ours.score).edge
      // Pieces of a few metres, which real nets have, are shorter than the noise.
      if (settings.net === '' && sigma_m <= 8 && edge < LEAST_EDGE(interval_s)) failed++
      if (edge <= sharesOf(nearest.score).edge) failed++
      if (theirs !== undefined && edge < sharesOf(theirs.score).edge - 0.005) failed++
    }
  }
  console.log(formatTable(['fixes every, noise', 'who', 'fixes', 'fixes / CPU s', 'first', 'edge %', 'mismatch %', 'turns %', 'beside %', 'withheld %'], rows))
  return failed > 0 ? 1 : 0
}

type Match = (fixes: readonly Fix[][], sink: MatchSink) => void | Promise<void>

/** Vehicle by vehicle. */
const followAll = (road: MatchRoad): Match => (fixes, sink) => {
  const matcher = new Matcher(road, sink)
  for (const trace of fixes) for (const fix of trace) matcher.push(fix)
  matcher.end()
}

const throughValhalla = (actor: Actor, network: Network, sigma_m: number): Match => async (fixes, sink) => {
  for (const trace of fixes) await matchOne(actor, network, trace, sigma_m, sink)
}

interface Result { score: Score; fixes: number; first_s: number; best_s: number }

/** CPU seconds of all threads: of the first pass, and the least of the passes. Scored apart. */
async function contend(network: Network, traces: readonly Trace[], repeats: number, match: Match): Promise<Result> {
  const fixes = traces.map((trace) => trace.fixes)
  const times: number[] = []
  for (let k = 0; k < repeats; k++) {
    const stop = spent()
    await match(fixes, () => {})
    times.push(stop())
  }
  const told: Parameters<MatchSink>[0][] = []
  await match(fixes, (fix) => told.push(fix))
  const score = scoreTraces(network, traces, (_, sink) => told.forEach((fix) => sink(fix)))
  return { score, fixes: score.fixes, first_s: times[0]!, best_s: Math.min(...times) }
}

function row(name: string, who: string, { score, fixes, first_s, best_s }: Result): string[] {
  const { edge, mismatch, turn, beside, withheld } = sharesOf(score)
  const percent = (share: number): string => (100 * share).toFixed(1)
  return [name, who, String(fixes), Math.round(fixes / best_s).toLocaleString('en'), Math.round(fixes / first_s).toLocaleString('en'), ...[edge, mismatch, turn, beside, withheld].map(percent)]
}

function spent(): () => number {
  const start = process.cpuUsage()
  return () => {
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1e6
  }
}

function parse(args: readonly string[]): Settings {
  const settings: Settings = { size: 40, vehicles: 400, duration: 900, intervals: [1, 3, 5, 10, 15, 30], sigmas: [8], correlation: 30, repeats: 3, valhalla: true, cache: join(tmpdir(), 'greenwave-valhalla'), net: '' }
  for (let k = 0; k < args.length; k += 2) {
    const [option, value = ''] = [args[k], args[k + 1]]
    if (option === '--size') settings.size = Number(value)
    else if (option === '--vehicles') settings.vehicles = Number(value)
    else if (option === '--duration') settings.duration = Number(value)
    else if (option === '--intervals') settings.intervals = value.split(',').map(Number)
    else if (option === '--sigmas') settings.sigmas = value.split(',').map(Number)
    else if (option === '--correlation') settings.correlation = Number(value)
    else if (option === '--repeats') settings.repeats = Number(value)
    else if (option === '--cache') settings.cache = value
    else if (option === '--net') settings.net = value
    else if (option === '--valhalla') settings.valhalla = value !== 'no'
    else throw new Error(`bench matching has no option ${option}`)
  }
  return settings
}
