// match: where on the road each fix of a probe was, one row per fix.
import { once } from 'node:events'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { openProbes } from '../../adapters/feeds/probes/index.ts'
import type { Fix } from '../../model/feed.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { Matcher, MatchRoad, type MatchedFix } from '../../state/matching/index.ts'
import { ProbeScreen, screenedHealth } from '../../state/screen/index.ts'
import { onlyPositional, type Command, type CommandContext } from '../arguments.ts'
import { FEED_OPTIONS, feedPlace } from '../feed-context.ts'
import { describeFeed, listPaths } from '../feed-notes.ts'
import { startProgress } from '../progress.ts'

export const command: Command = {
  name: 'match',
  positionals: '<scenario>',
  summary: 'fixes of probes on the road: link, metres along it, metres off it',
  options: {
    probes: { type: 'string', multiple: true, value: 'f', help: 'CSV, NDJSON, SUMO floating car data or GTFS-Realtime; may be repeated' },
    ...FEED_OPTIONS,
  },
  run,
}

/** Rows are written in pieces of about this many characters. */
const PIECE = 65_536

async function run(context: CommandContext): Promise<void> {
  const { options, out, err, signal } = context
  const { scenario } = await readScenario(onlyPositional(context, 'the scenario folder'))
  const place = feedPlace(scenario, options)
  const paths = listPaths(options, 'probes')
  const { links } = scenario.network
  const road = new MatchRoad(new RoadGraph(scenario.network))
  const progress = startProgress(err, options.flag('quiet'))
  let piece = ''
  const flush = async (least: number): Promise<void> => {
    if (piece.length < least) return
    const text = piece
    piece = ''
    if (!out.write(text)) await once(out as NodeJS.WriteStream, 'drain')
  }
  try {
    for (const [k, path] of paths.entries()) {
      const round = (value: number): number => Math.round(value * 100) / 100
      const row = (vehicle: string, time_s: number, at?: MatchedFix): void => {
        piece += `${JSON.stringify({ vehicle_id: vehicle, time_s: place.asTold(time_s, k), link: at === undefined ? null : links[at.link]!.source_id, position_m: at === undefined ? null : round(at.position_m), offset_m: at === undefined ? null : round(at.offset_m) })}\n`
      }
      const matcher = new Matcher(road, (fix) => row(fix.vehicle, fix.time_s, fix), { unmatched: (vehicle: string, fix: Fix) => row(vehicle, fix.time_s) })
      const screen = new ProbeScreen(path, (fix, first) => {
        if (first) matcher.finish(fix.vehicle)
        matcher.push(fix)
      })
      const feed = await openProbes(path, place.contextOf(path, k))
      for await (const batch of feed.batches(signal)) {
        for (const fix of batch) screen.push(fix)
        progress.report((k + 0.5) / paths.length, `matching ${path}`)
        await flush(PIECE)
      }
      signal.throwIfAborted()
      screen.end()
      matcher.end()
      await flush(1)
      if (!options.flag('quiet')) describeFeed(err, screenedHealth(feed.account.health(), screen.account.health()))
    }
  } finally {
    progress.stop()
  }
}
