// match: where on the road each fix of a probe was, one row per fix.
import { once } from 'node:events'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { openProbes } from '../../adapters/feeds/probes/index.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { MatchRoad, MatchRows } from '../../state/matching/index.ts'
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

async function run(context: CommandContext): Promise<void> {
  const { options, out, err, signal } = context
  const { scenario } = await readScenario(onlyPositional(context, 'the scenario folder'))
  const place = feedPlace(scenario, options)
  const paths = listPaths(options, 'probes')
  const road = new MatchRoad(new RoadGraph(scenario.network))
  const progress = startProgress(err, options.flag('quiet'))
  const write = async (text: string): Promise<void> => {
    if (text !== '' && !out.write(text)) await once(out as NodeJS.WriteStream, 'drain')
  }
  try {
    for (const [k, path] of paths.entries()) {
      const rows = new MatchRows(road, (time_s) => place.asTold(time_s, k))
      const screen = new ProbeScreen(path, (fix, first) => rows.push(fix, first), {}, (fix, cause) => rows.screened(fix, cause))
      const feed = await openProbes(path, place.contextOf(path, k))
      for await (const batch of feed.batches(signal)) {
        for (const fix of batch) screen.push(fix)
        progress.report((k + 0.5) / paths.length, `matching ${path}`)
        await write(rows.take())
      }
      signal.throwIfAborted()
      screen.end()
      rows.end()
      await write(rows.take())
      if (!options.flag('quiet')) describeFeed(err, screenedHealth(feed.account.health(), screen.account.health()))
    }
  } finally {
    progress.stop()
  }
}
