// Map matching against SUMO's own word for where its vehicles were: a random town that nobody tuned on, and public networks.
import { spawnSync } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importSumo } from '../adapters/formats/sumo/index.ts'
import type { Network } from '../model/network.ts'
import { RoadGraph } from '../model/road-graph.ts'
import { Matcher, MatchRoad } from '../state/matching/index.ts'
import { NearestLink } from '../state/matching/nearest.ts'
import { draw } from '../state/matching/testing/draw.ts'
import { sharesOf, type Shares } from '../state/matching/testing/score.ts'
import type { Drive } from '../state/matching/testing/drive.ts'
import { scoreTraces, tracesOf } from '../state/matching/testing/trial.ts'
import { sharedData, sharedDataNote } from './shared-data.ts'
import { hasSumo, inTemporaryFolder, sumoNote } from './sumo.ts'
import { sumoDrives } from './sumo-fixes.ts'

function scores(network: Network, drives: readonly Drive[], interval_s: number, sigma_m: number): { ours: Shares; nearest: Shares } {
  const road = new MatchRoad(new RoadGraph(network))
  const traces = tracesOf(network, drives.slice(0, 400), { seed: 3, interval_s, sigma_m, correlation_s: 30 })
  const ours = scoreTraces(network, traces, (fixes, sink) => {
    const matcher = new Matcher(road, sink)
    for (const trace of fixes) for (const fix of trace) matcher.push(fix)
    matcher.end()
  })
  const nearest = scoreTraces(network, traces, (fixes, sink) => {
    const matcher = new NearestLink(road, sink)
    for (const trace of fixes) for (const fix of trace) matcher.push(fix)
  })
  return { ours: sharesOf(ours), nearest: sharesOf(nearest) }
}

describe.skipIf(!hasSumo)(`matching of SUMO's floating cars${sumoNote}`, () => {
  it('finds the links in a random town of netgenerate', () => inTemporaryFolder(async (folder) => {
    const [net, trips] = [join(folder, 'town.net.xml'), join(folder, 'town.trips.xml')]
    const made = spawnSync('netgenerate', ['--rand', '--rand.iterations', '120', '--rand.min-distance', '90', '--rand.max-distance', '280', '-L', '2', '--seed', '17', '--tls.guess', 'true', '-o', net], { encoding: 'utf8' })
    if (made.status !== 0) throw new Error(`netgenerate failed: ${made.stderr}`)
    const { network } = (await importSumo(net)).scenario
    const edge = (i: number, purpose: number): string => network.links[Math.floor(draw(17, i, 0, purpose) * network.links.length)]!.source_id
    await writeFile(trips, `<routes>${Array.from({ length: 300 }, (_, i) => `<trip id="${i}" depart="${2 * i}" from="${edge(i, 1)}" to="${edge(i, 2)}"/>`).join('')}</routes>`)
    const drives = await sumoDrives(network, ['-n', net, '-r', trips], 0, 900)
    expect(drives.length).toBeGreaterThan(150)
    for (const [interval_s, sigma_m, least] of [[5, 8, 0.95], [10, 8, 0.95], [30, 8, 0.93]] as const) {
      const { ours, nearest } = scores(network, drives, interval_s, sigma_m)
      expect(ours.edge).toBeGreaterThan(least)
      expect(ours.edge).toBeGreaterThan(nearest.edge + 0.05)
    }
  }))

  // Short trips on a few links, many of them shorter than 30 m: the ends of a trip weigh more than in a town.
  it.skipIf(sharedData('sumo') === undefined).each([
    ['cologne3/cologne3.sumocfg', 25_200, 26_400, 0.94], ['ingolstadt1/ingolstadt1.sumocfg', 57_600, 58_500, 0.95], ['bologna-pasubio/run.sumocfg', 0, 900, 0.95],
  ])(`finds the links of %s${sharedDataNote}`, async (config, begin_s, end_s, least) => {
    const path = sharedData(`sumo/${config}`)!
    const { network } = (await importSumo(path)).scenario
    const drives = await sumoDrives(network, ['-c', path], begin_s, end_s)
    for (const interval_s of [1, 5, 10]) {
      const { ours, nearest } = scores(network, drives, interval_s, 8)
      expect(ours.edge).toBeGreaterThan(least)
      expect(ours.edge).toBeGreaterThan(nearest.edge + 0.05)
    }
  })
})
