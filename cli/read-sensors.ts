// Radar and logs of controllers into a measurement, together: radar runs ahead of the logs, so that what it detects can be put in.
import { fileSource } from '../adapters/feeds/bytes.ts'
import { openEvents, readChannels } from '../adapters/feeds/events/index.ts'
import type { Feed } from '../adapters/feeds/feed.ts'
import { openRadar } from '../adapters/feeds/radar/index.ts'
import type { LogChannel, RadarTarget } from '../model/feed.ts'
import type { RoadGraph } from '../model/road-graph.ts'
import type { Instant, Seconds } from '../model/units.ts'
import type { Measurement } from '../state/measurement.ts'
import type { FeedPlace } from './feed-context.ts'

export interface SensorPaths { radar: readonly string[]; events: readonly string[]; detectors: readonly string[] }

/** By how much radar runs ahead: longer than it takes to conclude that an unseen vehicle crossed. */
const AHEAD_S: Seconds = 60

export async function readSensors(measurement: Measurement, place: FeedPlace, { radar, events, detectors }: SensorPaths, { network }: RoadGraph, signal: AbortSignal): Promise<void> {
  const takeEvent = events.length === 0 ? undefined : measurement.openEvents(await readTables(measurement, detectors, network))
  const takeTarget = radar.length === 0 ? undefined : measurement.openRadar()
  const radars = radar.map((path, k) => new Ahead(openRadar([fileSource(path)], place.contextOf(path, k)), signal, takeTarget!))
  const logs: Feed<unknown>[] = []
  try {
    for (const [k, path] of events.entries()) {
      const log = openEvents([fileSource(path)], place.contextOf(path, k))
      logs.push(log)
      for await (const batch of log.batches(signal)) {
        const newest = batch.at(-1)
        if (newest !== undefined) for (const each of radars) await each.readUntil(newest.time_s + AHEAD_S)
        for (const event of batch) takeEvent!(event)
      }
      signal.throwIfAborted()
    }
    for (const each of radars) await each.readUntil(Infinity)
    signal.throwIfAborted()
  } finally {
    for (const each of radars) await each.close()
  }
  for (const { feed } of radars) measurement.addFeed(feed.account.health())
  for (const log of logs) measurement.addFeed(log.account.health())
}

async function readTables(measurement: Measurement, paths: readonly string[], network: RoadGraph['network']): Promise<LogChannel[]> {
  const links = new Map(network.links.map(({ id, source_id }) => [source_id, id]))
  const channels: LogChannel[] = []
  for (const path of paths) {
    const table = await readChannels(fileSource(path), (name) => links.get(name))
    channels.push(...table.channels)
    measurement.addFeed(table.health)
  }
  return channels
}

/** One feed of radar, read as far as is asked. */
class Ahead {
  readonly feed: Feed<RadarTarget>
  readonly #batches: AsyncIterator<readonly RadarTarget[]>
  readonly #take: (target: RadarTarget) => void
  #newest: Instant = -Infinity
  #ended = false

  constructor(feed: Feed<RadarTarget>, signal: AbortSignal, take: (target: RadarTarget) => void) {
    this.feed = feed
    this.#batches = feed.batches(signal)[Symbol.asyncIterator]()
    this.#take = take
  }

  async readUntil(time_s: Instant): Promise<void> {
    while (!this.#ended && this.#newest < time_s) {
      const { done, value } = await this.#batches.next()
      if (done === true) this.#ended = true
      else for (const target of value) {
        this.#newest = target.time_s
        this.#take(target)
      }
    }
  }

  /** Lets go of the file where it was not read to its end. */
  async close(): Promise<void> {
    if (!this.#ended) await this.#batches.return?.()
    this.#ended = true
  }
}
