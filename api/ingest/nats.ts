// Batches over NATS JetStream between processes: `web` brings what comes by HTTP to the stream, `ingest` reads the networks that it holds and stores them.
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { Counter, Gauge } from 'prom-client'
import { BatchSender, Leases, type BatchWork, type Holding, liveSubject, NatsLink, NetworkReader, STREAM } from '../../adapters/streams/nats/index.ts'
import { GreenwaveError } from '../../model/errors.ts'
import type { BatchResult } from '../../plans/live/index.ts'
import type { FeedRecord } from '../../plans/ports/observations.ts'
import type { PartContext, PartLog, RunningPart } from '../parts/part.ts'
import type { Service } from '../server.ts'
import { answerOf, type BatchDoor, findSame, type LiveView, recordRefusal, setDoor, viewOf } from './door.ts'
import { liveHubOf, requireProbes, type LiveHub } from './live-hub.ts'
import { setShare } from './shares.ts'

/** A sender is told by then that its batch is kept, if not that it is stored. */
const PATIENCE_MS = 5000
const LIVE_MS = 3000
const ASK_AGAIN_MS = 200
const ROOM_MS = 50
/** What was read of a feed counts for so long, s. */
const FEED_S = 2
const pack = promisify(gzip)
const unpack = promisify(gunzip)

/** Connects in the background; what is missing meanwhile is said where it is asked for, and by /readyz. */
export function startNats({ service, configuration, log }: PartContext, url: string): RunningPart {
  const { nats_ca_file: ca_file, nats_keep_mb, nats_replicas: replicas, roles } = configuration
  const link = new NatsLink({ url, ...(ca_file === undefined ? {} : { ca_file }), name: `greenwave ${roles.join(',')} ${process.pid}`, sizes: { bytes: nats_keep_mb * 1e6, replicas } })
  service.checks.push({ name: 'stream', ask: async () => link.trouble?.message })
  const hub = liveHubOf(service)
  const sender = new BatchSender(link)
  const leases = roles.includes('ingest') ? leasesOf(service, link, hub, log) : undefined
  hub.share((network) => leases?.holds(network) !== true)
  setDoor(service, streamDoor(service, link, sender, hub))
  setShare(service, (sharing) => new Leases({ link, ...sharing }))
  watchStream(service, link)
  return {
    async stop(patience_ms) {
      await leases?.stop(patience_ms)
      sender.close()
      await link.close()
    },
  }
}

function streamDoor(service: Service, link: NatsLink, sender: BatchSender, hub: LiveHub): BatchDoor {
  /** From the record, where nobody answers: an earlier sending of it may be stored any time. */
  const recorded = async (feed: string, batch: string, bytes: Uint8Array, until: number): Promise<BatchResult | 'kept'> => {
    for (;;) {
      const record = await findSame(service, feed, batch, bytes)
      if (record !== undefined) return answerOf(feed, batch, record)
      if (performance.now() > until || link.trouble?.code === 'service.stopping') return 'kept'
      await pause(ASK_AGAIN_MS)
    }
  }
  return {
    async submit(feed, batch, bytes) {
      requireProbes(feed)
      const until = performance.now() + PATIENCE_MS
      const { duplicate, answer } = await sender.send({ network: feed.network, feed: feed.id, batch, bytes }, PATIENCE_MS)
      return (await answer as BatchResult | undefined) ?? recorded(feed.id, batch, bytes, duplicate ? until : 0)
    },
    async live(network) {
      if (hub.holds(network)) return viewOf(hub, network, service.clock.now())
      const { connection } = link.streams
      try {
        const { data } = await connection.request(liveSubject(network), undefined, { timeout: LIVE_MS })
        return JSON.parse((await unpack(data)).toString()) as LiveView
      } catch (error) {
        throw new GreenwaveError('service.busy', `No process has the live state of ${JSON.stringify(network)} just now: ${(error as Error).message}`, undefined, error)
      }
    },
  }
}

function leasesOf(service: Service, link: NatsLink, hub: LiveHub, log: PartLog): Leases {
  const warn = (sentence: string): void => log.warn({ part: 'nats' }, sentence)
  const work = workOf(service, hub, warn)
  const readers = new Map<string, NetworkReader>()
  const { store } = service
  let last: readonly string[] = []
  const networks = async (): Promise<readonly string[]> => {
    const names = new Set((await store.feeds.list()).filter(({ kind }) => kind === 'probes').map(({ network }) => network))
    return last = [...names].sort()
  }
  countReaders(service, readers)
  return new Leases({
    // A store that is away must not cost the leases.
    link, group: 'fix', warn, wanted: () => Promise.race([networks().catch(() => last), pause(1000).then(() => last)]),
    gain: (network) => {
      log.info({ part: 'nats', network }, 'reads the network from now on')
      return hold(service, link, hub, network, readers, work)
    },
  })
}

function hold({ clock }: Service, link: NatsLink, hub: LiveHub, network: string, readers: Map<string, NetworkReader>, work: BatchWork): Holding {
  const asked = link.streams.connection.subscribe(liveSubject(network), {
    callback: (error, message) => {
      if (error !== null) return
      viewOf(hub, network, clock.now()).then(async (view) => message.respond(await pack(JSON.stringify(view), { level: 1 }))).catch(() => { /* Who asked hears that nobody answers. */ })
    },
  })
  const reader = new NetworkReader(link, network, work)
  readers.set(network, reader)
  // What was there before is read back meanwhile; a batch that comes first opens it too.
  hub.ingest(network).catch(() => {})
  return {
    async release(patience_ms) {
      asked.unsubscribe()
      await reader.stop(patience_ms)
      await hub.release(network)
      readers.delete(network)
    },
  }
}

function workOf(service: Service, hub: LiveHub, warn: (sentence: string) => void): BatchWork {
  const { store, clock } = service
  const feeds = new Map<string, { feed: FeedRecord | undefined; read_s: number }>()
  const feedOf = async (id: string): Promise<FeedRecord | undefined> => {
    const known = feeds.get(id)
    if (known !== undefined && Math.abs(clock.now() - known.read_s) < FEED_S) return known.feed
    const feed = await store.feeds.get(id)
    feeds.set(id, { feed, read_s: clock.now() })
    return feed
  }
  const recorded = async (feed: string, batch: string, bytes: Uint8Array): Promise<BatchResult | undefined> => {
    const record = await findSame(service, feed, batch, bytes)
    return record === undefined ? undefined : answerOf(feed, batch, record)
  }
  return {
    warn,
    async take({ network, feed: id, batch, bytes, again }) {
      const feed = await feedOf(id)
      if (feed?.network !== network) throw new GreenwaveError('request.unknown', `There is no feed ${JSON.stringify(id)} of the network ${JSON.stringify(network)}`)
      const before = again ? await recorded(id, batch, bytes) : undefined
      if (before !== undefined) return { stored: Promise.resolve(before) }
      const ingest = await hub.ingest(network)
      while (ingest.busy()?.code === 'service.busy') await pause(ROOM_MS)
      const stored = hub.submit(feed, batch, bytes)
      stored.catch(() => {})
      return { stored }
    },
    async refused({ network, feed: id, batch }, error) {
      warn(`batch ${batch} of ${id} was laid aside: ${error.message}`)
      if (batch === '' || (await feedOf(id))?.network !== network) return
      await recordRefusal({ store, clock }, id, batch, error.message)
    },
  }
}

function countReaders({ metrics }: Service, readers: ReadonlyMap<string, NetworkReader>): void {
  const registers = [metrics]
  const seen = new WeakMap<NetworkReader, { stored: number; dead: number; again: number }>()
  const batches: Counter = new Counter({
    name: 'greenwave_stream_batches_total', help: 'Batches read from the stream: stored, laid aside as dead, delivered again', labelNames: ['network', 'outcome'], registers,
    collect() {
      for (const [network, reader] of readers) {
        const before = seen.get(reader) ?? { stored: 0, dead: 0, again: 0 }
        for (const outcome of ['stored', 'dead', 'again'] as const) batches.inc({ network, outcome }, reader.figures[outcome] - before[outcome])
        seen.set(reader, { ...reader.figures })
      }
    },
  })
  const held: Gauge = new Gauge({ name: 'greenwave_stream_networks', help: 'Networks that this process reads', registers, collect: () => held.set(readers.size) })
}

function watchStream({ metrics }: Service, link: NatsLink): void {
  const registers = [metrics]
  const up: Gauge = new Gauge({ name: 'greenwave_stream_connected', help: '1 while batches can be brought to the stream', registers, collect: () => up.set(link.trouble === undefined ? 1 : 0) })
  const waiting: Gauge = new Gauge({
    name: 'greenwave_stream_messages', help: 'Messages in a stream: batches that wait, and dead ones', labelNames: ['stream'], registers,
    async collect() {
      waiting.reset()
      if (link.trouble !== undefined) return
      for (const [stream, name] of [['batches', STREAM.batches], ['dead', STREAM.dead]] as const) {
        const info = await link.streams.manager.streams.info(name).catch(() => undefined)
        if (info !== undefined) waiting.set({ stream }, info.state.messages)
      }
    },
  })
}
