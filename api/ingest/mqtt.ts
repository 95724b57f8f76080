// Feeds that come from MQTT brokers: each message is a batch of its own, named by its content, and acknowledged only after it is stored or kept by the stream.
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { Counter, Gauge } from 'prom-client'
import { BrokerIntake, linesOfMessage } from '../../adapters/feeds/mqtt/index.ts'
import { CATALOGUE, GreenwaveError } from '../../model/errors.ts'
import type { FeedRecord } from '../../plans/ports/observations.ts'
import type { PartContext, PartLog, RunningPart } from '../parts/part.ts'
import type { Service } from '../server.ts'
import { mqttOf, readBrokers, type BrokerAccess } from './brokers.ts'
import { doorOf, recordRefusal } from './door.ts'
import { shareOf } from './shares.ts'

/** Between attempts to bring a message where only time is needed. */
const AGAIN_MS = 1000
/** A defect of ours may pass. */
const MOST_FAILURES = 5

interface Reading {
  feed: string
  intake: BrokerIntake
  refused: number
}

/** Throws `input.*` for a file of brokers that can't be read. */
export function startMqtt({ service, configuration: { mqtt_brokers }, log }: PartContext): RunningPart {
  const brokers = mqtt_brokers === undefined ? new Map<string, BrokerAccess>() : readBrokers(mqtt_brokers)
  const readings = new Set<Reading>()
  const warn = (sentence: string): void => log.warn({ part: 'mqtt' }, sentence)
  const wanted = wantedFeeds(service, brokers, warn)
  const shares = shareOf(service)({
    group: 'mqtt', warn, wanted: wanted.names,
    gain: (name) => gain(service, wanted.feeds.get(name)!, brokers, readings, log),
  })
  service.checks.push({ name: 'mqtt', aside: true, ask: async () => [...readings].flatMap(({ feed, intake: { trouble } }) => (trouble === undefined ? [] : [`${feed}: ${trouble}`])).join('; ') || undefined })
  count(service, readings)
  return { stop: (patience_ms) => shares.stop(patience_ms) }
}

/** Feeds by their id and version, so that a changed one is read anew. */
function wantedFeeds({ store }: Service, brokers: ReadonlyMap<string, BrokerAccess>, warn: (sentence: string) => void): { names: () => Promise<readonly string[]>; feeds: ReadonlyMap<string, FeedRecord> } {
  const feeds = new Map<string, FeedRecord>()
  const told = new Set<string>()
  let last: readonly string[] = []
  const isRead = (feed: FeedRecord): boolean => {
    try {
      return feed.enabled && mqttOf(feed, brokers) !== undefined
    } catch (error) {
      const sentence = (error as Error).message
      if (!told.has(sentence)) warn(sentence)
      told.add(sentence)
      return false
    }
  }
  const look = async (): Promise<readonly string[]> => {
    const own = (await store.feeds.list()).filter(isRead)
    for (const feed of own) feeds.set(nameOf(feed), feed)
    return last = own.map(nameOf)
  }
  // A store that is away must not cost what is held.
  return { feeds, names: () => Promise.race([look().catch(() => last), pause(1000).then(() => last)]) }
}

const nameOf = ({ id, version }: FeedRecord): string => `${id} ${version}`

function gain(service: Service, feed: FeedRecord, brokers: ReadonlyMap<string, BrokerAccess>, readings: Set<Reading>, log: PartLog): { release(patience_ms: number): Promise<void> } {
  const { access, topics, client_id } = mqttOf(feed, brokers)!
  const stopping = new AbortController()
  const reading: Reading = {
    feed: feed.id, refused: 0,
    intake: new BrokerIntake({ ...access, topics, client_id, take: (message) => take(service, feed, message, stopping.signal, (sentence) => { reading.refused++; log.warn({ part: 'mqtt', feed: feed.id }, sentence) }) }),
  }
  readings.add(reading)
  log.info({ part: 'mqtt', feed: feed.id, broker: reading.intake.name }, 'reads the broker from now on')
  reading.intake.start().catch((error: unknown) => log.error({ part: 'mqtt', feed: feed.id, err: error }, 'the broker cannot be read'))
  return {
    async release(patience_ms) {
      stopping.abort()
      await reading.intake.stop(patience_ms)
      readings.delete(reading)
    },
  }
}

/** Resolves when the message is done with: stored, kept, or written down as refused. Rejects where it stops before. */
async function take(service: Service, feed: FeedRecord, { topic, payload }: { topic: string; payload: Uint8Array }, stopping: AbortSignal, refused: (sentence: string) => void): Promise<void> {
  // The broker groups and numbers messages anew when it brings them again; only their content stays.
  const batch = createHash('sha256').update(topic).update('\0').update(payload).digest('base64url').slice(0, 32)
  for (let failures = 0; ;) {
    try {
      await doorOf(service).submit(feed, batch, linesOfMessage(payload))
      return
    } catch (error) {
      const known = error instanceof GreenwaveError ? error : undefined
      if (known === undefined || known.code === 'internal') failures++
      if ((known !== undefined && CATALOGUE[known.code].status < 500) || failures === MOST_FAILURES) {
        const sentence = (error as Error).message
        await recordRefusal(service, feed.id, batch, sentence)
        refused(`a message of ${topic} was refused: ${sentence}`)
        return
      }
      if (stopping.aborted) throw error
      await pause(AGAIN_MS)
    }
  }
}

function count({ metrics }: Service, readings: ReadonlySet<Reading>): void {
  const registers = [metrics]
  const up: Gauge = new Gauge({
    name: 'greenwave_mqtt_connected', help: '1 while a feed is read from its broker', labelNames: ['feed'], registers,
    collect() {
      up.reset()
      for (const { feed, intake } of readings) up.set({ feed }, intake.trouble === undefined ? 1 : 0)
    },
  })
  const seen = new WeakMap<Reading, Record<string, number>>()
  const messages: Counter = new Counter({
    name: 'greenwave_mqtt_messages_total', help: 'Messages of brokers: received, acknowledged, refused', labelNames: ['feed', 'outcome'], registers,
    collect() {
      for (const reading of readings) {
        const now = { ...reading.intake.figures, refused: reading.refused }
        for (const [outcome, figure] of Object.entries(now)) messages.inc({ feed: reading.feed, outcome }, figure - (seen.get(reading)?.[outcome] ?? 0))
        seen.set(reading, now)
      }
    },
  })
}
