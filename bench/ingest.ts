/**
 * How many fixes a second does the service take, from bytes over HTTP to matched and committed rows on PostgreSQL (fsync on), what does a fix cost
 * in each process, and how long is it from the moment a batch was due to its acknowledgement and to the state of now? Beside it cabinets poll the
 * timing of a signal. Sender, pollers and database are processes of their own. Every acknowledged row is counted again, some are compared by value.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Registry } from 'prom-client'
import { readScenario } from '../adapters/formats/scenario/read.ts'
import { openStore } from '../adapters/store/index.ts'
import { startPostgres, type TestPostgres } from '../adapters/store/testing.ts'
import { decodingOnThread } from '../api/ingest/decoding-thread.ts'
import { liveHubOf } from '../api/ingest/live-hub.ts'
import { batchRoutes } from '../api/routes/batches.ts'
import { timingRoutes } from '../api/routes/timings.ts'
import { newKey } from '../api/security/secrets.ts'
import { buildServer } from '../api/server.ts'
import { NO_JOBS } from '../api/testing.ts'
import { matchingOnThreads } from '../plans/live/matching-threads.ts'
import { matchingHere, type Matching } from '../plans/live/matching.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scope } from '../plans/ports/people.ts'
import type { Store } from '../plans/ports/store.ts'
import { feedOf, streetScenario } from '../plans/testing/records.ts'
import { cpuOf, cpuOfMainThread, cpuOfPostgres } from './cpu.ts'
import { comparePeers } from './ingest/peers.ts'
import { benchTown, Drives, INTERVAL_S, SPEED_MPS } from './ingest/drives.ts'
import { goOverNats } from './ingest/nats.ts'
import type { PollReport } from './ingest/poll.ts'
import type { SendReport, SendSettings } from './ingest/send.ts'
import { formatTable } from './table.ts'

const OPTIONS = {
  'vehicles': { type: 'string', default: '50000' }, 'size': { type: 'string', default: '30' }, 'seconds': { type: 'string', default: '20' }, 'rows': { type: 'string', default: '5000' },
  'senders': { type: 'string', default: '4' }, 'rate': { type: 'string', default: '0' }, 'polls': { type: 'string', default: '2000' }, 'threads': { type: 'string', default: '1' }, 'peers': { type: 'string', default: 'yes' }, 'over': { type: 'string', default: 'http' }, 'web': { type: 'string', default: 'same' },
} as const
const AVENUE = join(import.meta.dirname, '..', '..', 'scenarios', 'nanhu-avenue')
/** More than any machine takes: what is sent is told beforehand. */
const MOST_A_SECOND = 100_000
/** Fixes a row of which every so many is compared by value. */
const SAMPLE = 997

const MARK_MS = 500

interface Settings { vehicles: number; size: number; seconds: number; rows: number; senders: number; rate: number; polls: number; threads: number; over: string; web: string }
interface Costs { service: number; answering: number; postgres: number; sender: number; polls: number }
interface Mark { at_ms: number; fixes: number; costs: Costs }
/** When the first row of a batch, by vehicle and instant, had been matched. */
type Matched = Map<string, number>

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const number = (name: 'vehicles' | 'size' | 'seconds' | 'rows' | 'senders' | 'rate' | 'polls' | 'threads'): number => Number(values[name])
  const settings: Settings = { vehicles: number('vehicles'), size: number('size'), seconds: number('seconds'), rows: number('rows'), senders: number('senders'), rate: number('rate'), polls: number('polls'), threads: number('threads'), over: values.over, web: values.web }
  const postgres = await startPostgres({ fsync: true, settings: { max_wal_size: '2GB', shared_buffers: '256MB' } })
  const store = await openStore({ url: postgres.url }, { now: () => Date.now() / 1000 })
  try {
    const most_rows = settings.vehicles + settings.seconds * MOST_A_SECOND
    const begin_s = Math.floor(Date.now() / 1000) - INTERVAL_S * Math.ceil(most_rows / settings.vehicles) - 60
    const { marks, matched, report, polls, published } = await run(store, postgres, settings, begin_s, most_rows)
    const drives = new Drives(benchTown(settings.size), settings.vehicles, begin_s)
    const right = await check(store, drives, report.fixes)
    print(settings, drives, marks, matched, report, polls, right)
    console.log(published)
    if (values.peers === 'yes') console.log(await comparePeers(store, postgres, Math.min(report.fixes, 200_000)))
    return right.wrong === '' && polls.others === 0 ? 0 : 1
  } finally {
    await store.close()
    postgres.remove()
  }
}

async function run(store: Store, postgres: TestPostgres, settings: Settings, begin_s: number, most_rows: number): Promise<{ marks: Mark[]; matched: Matched; report: SendReport; polls: PollReport; published: string }> {
  const { vehicles, size, rows, senders, seconds, rate } = settings
  const clock = { now: () => Date.now() / 1000 }
  const network = benchTown(size)
  await store.networks.put('town', { ...streetScenario('town'), network }, 'bench', 0)
  await store.networks.put('avenue', (await readScenario(AVENUE)).scenario, 'bench', 0)
  await store.feeds.put({ ...feedOf('taxis', 'town'), settings: { datum: 'wgs84' } }, 0)
  const key = async (scope: Scope): Promise<string> => {
    const { id, secret, hash } = newKey()
    await store.people.putKey({ id, name: 'bench', secret_hash: hash, scopes: [scope], created_at: 0, created_by: 'bench' })
    return secret
  }
  const matched: Matched = new Map()
  const server = await buildServer({
    store, jobs: NO_JOBS, clock, version: 'bench', settings: { rate_per_minute: 1e9 },
    routes: [(to, service) => {
      const matching = async (): Promise<Matching> => watched(settings.threads > 0 ? await matchingOnThreads(network, settings.threads) : matchingHere(new RoadGraph(network)), matched)
      liveHubOf(service, { matching, ...(settings.threads > 0 ? { decoding: decodingOnThread() } : {}) })
      batchRoutes(to, service)
      timingRoutes(to, service)
    }],
  })
  await server.listen({ host: '127.0.0.1', port: 0 })
  const nats = settings.over === 'nats' ? await goOverNats(server.service, 'town') : undefined
  const address = server.server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const send: SendSettings = { port, secret: await key({ do: 'feed', feed: 'taxis' }), vehicles, size, rows, senders, seconds, rate, begin_s, most_rows }
  const web = settings.web === 'own' ? await startWeb(postgres.url) : undefined
  const poll = { url: `http://127.0.0.1:${web?.port ?? port}/api/v1/networks/avenue/signals/1/timing`, secret: await key({ do: 'cabinet', network: 'avenue', signal: '1' }), rate: settings.polls, seconds: Math.max(1, seconds - 1) }
  const sender = start<SendReport>('send', send)
  let poller: ReturnType<typeof start<PollReport>> | undefined
  const last: Costs = { service: 0, answering: 0, postgres: 0, sender: 0, polls: 0 }
  const mark = (): Mark => {
    const { user, system } = process.cpuUsage()
    // Of a process that has ended, what it had last.
    last.sender = Math.max(last.sender, cpuOf(sender.child.pid!))
    last.polls = poller === undefined ? 0 : Math.max(last.polls, cpuOf(poller.child.pid!))
    return { at_ms: Date.now(), fixes: matched.size * rows, costs: { ...last, service: (user + system) / 1e6 + (web === undefined ? 0 : cpuOf(web.pid)), answering: cpuOfMainThread(), postgres: cpuOfPostgres(postgres.directory) } }
  }
  const marks = [mark()]
  const timer = setInterval(() => {
    marks.push(mark())
    // Cabinets come when every vehicle was heard of once.
    if (matched.size * rows >= vehicles) poller ??= start<PollReport>('poll', poll)
  }, MARK_MS)
  const report = await sender.report
  clearInterval(timer)
  marks.push(mark())
  const polls = await (poller ??= start<PollReport>('poll', poll)).report
  web?.stop()
  const published = await publishedIn(server.service.metrics)
  await nats?.stop()
  await server.close()
  return { marks, matched, report, polls, published }
}

/** As they are deployed: who answers cabinets is a process of its own, on the same store. */
async function startWeb(url: string): Promise<{ port: number; pid: number; stop: () => void }> {
  const child = spawn(process.execPath, [new URL('./ingest/web.js', import.meta.url).pathname, url], { stdio: ['ignore', 'pipe', 'inherit'] })
  const port = await new Promise<number>((resolve, reject) => {
    child.stdout.once('data', (data: Buffer) => resolve(Number(data.toString())))
    child.once('exit', (code) => reject(new Error(`the process that is to answer cabinets ended with ${code}`)))
  })
  return { port, pid: child.pid!, stop: () => { child.kill() } }
}

/** From arrival to the state of now and the commit, as the service tells its operators. */
async function publishedIn(metrics: Registry): Promise<string> {
  const { values } = await metrics.getSingleMetric('greenwave_fix_to_published_seconds')!.get()
  const upTo = values.filter(({ labels: { le } }) => typeof le === 'number').map(({ labels: { le }, value }) => ({ seconds: Number(le), batches: value }))
  const all = values.find(({ labels: { le } }) => le === '+Inf')?.value ?? 0
  const least = upTo.find(({ batches }) => batches >= 0.95 * all)
  return `greenwave_fix_to_published_seconds, cold and warm: of ${all} batches 95 % in at most ${least?.seconds ?? 'more than 30'} s, ${(100 * (upTo.find(({ seconds }) => seconds === 5)?.batches ?? 0) / Math.max(1, all)).toFixed(1)} % in at most 5 s`
}

/** Writes down when each batch had been matched: the state of now has it in the same turn. */
function watched(matching: Matching, matched: Matched): Matching {
  return {
    async match(batches) {
      const placed = await matching.match(batches)
      for (const { fixes } of batches) matched.set(`${fixes.vehicles[0]} ${fixes.values[0]}`, Date.now())
      return placed
    },
    close: () => matching.close(),
  }
}

function start<Report>(name: string, settings: object): { child: ChildProcess; report: Promise<Report> } {
  const child = spawn(process.execPath, [new URL(`./ingest/${name}.js`, import.meta.url).pathname, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (data: Buffer) => { text += data.toString() })
  const report = new Promise<Report>((resolve, reject) => {
    child.once('exit', (code) => (code === 0 ? resolve(JSON.parse(text) as Report) : reject(new Error(`the process that is to ${name} ended with ${code}`))))
  })
  return { child, report }
}

/** Every row that was acknowledged is there once, and some say what was sent. */
async function check(store: Store, drives: Drives, fixes: number): Promise<{ wrong: string; placed: number }> {
  const sample = new Map<string, number>()
  for (let i = 0; i < fixes; i += SAMPLE) sample.set(`${drives.told(i).vehicle} ${drives.told(i).time_s}`, i)
  let stored = 0
  let placed = 0
  for await (const rows of store.observations.fixes('town', 0, Infinity)) {
    for (const row of rows) {
      stored++
      if (row.link !== undefined) placed++
      const i = sample.get(`${row.vehicle} ${row.time_s}`)
      if (i === undefined) continue
      sample.delete(`${row.vehicle} ${row.time_s}`)
      const { lon, lat, heading_deg } = drives.told(i)
      if (Math.abs(row.lon - lon) > 1e-6 || Math.abs(row.lat - lat) > 1e-6 || row.heading_deg !== heading_deg || row.speed_mps !== SPEED_MPS) return { wrong: `row ${i} says ${JSON.stringify(row)}`, placed: 0 }
    }
  }
  const wrong = stored !== fixes ? `${stored} of ${fixes} are there` : sample.size > 0 ? `${sample.size} of the sample are missing` : ''
  return { wrong, placed: placed / Math.max(1, stored) }
}

function print(settings: Settings, drives: Drives, marks: readonly Mark[], matched: Matched, report: SendReport, polls: PollReport, right: { wrong: string; placed: number }): void {
  const state = report.batches.map(([row, due_ms]): [number, number] => [due_ms, matched.get(`${drives.told(row).vehicle} ${drives.told(row).time_s}`)! - due_ms])
  const acknowledged = report.batches.map(([, due_ms, at_ms]): [number, number] => [due_ms, at_ms - due_ms])
  // Cold until every vehicle was heard of once: the network is opened, nothing is compiled yet. Cabinets poll while it is warm.
  const warm = marks.findIndex(({ fixes }) => fixes >= settings.vehicles)
  const spans: [string, Mark, Mark][] = warm < 0 ? [['cold', marks[0]!, marks.at(-1)!]] : [['cold', marks[0]!, marks[warm]!], ['warm', marks[warm]!, marks.at(-1)!]]
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; ${settings.vehicles} vehicles, batches of ${settings.rows}, ${settings.senders} senders, ${settings.threads} matching threads, over ${settings.over}, cabinets at ${settings.web === 'own' ? 'a process of their own' : 'the same process'}`)
  console.log(formatTable(
    ['', 'fixes/s', 'CPU µs/fix: service', '(answering)', 'PostgreSQL', 'sender', 'polls', 'acknowledged p50', 'p95', 'p99', 'live p50', 'p95', 'p99'],
    spans.map(([name, from, until]) => {
      const fixes = until.fixes - from.fixes
      const each = (of: keyof Costs): string => (((until.costs[of] - from.costs[of]) / fixes) * 1e6).toFixed(1)
      return [name, Math.round(fixes / ((until.at_ms - from.at_ms) / 1000)).toLocaleString('en'), each('service'), each('answering'), each('postgres'), each('sender'), each('polls'), ...shares(acknowledged, from, until), ...shares(state, from, until)]
    }),
  ))
  console.log(formatTable(['fixes', 'refused', 'placed', 'resident', 'rows', 'polls/s', '304', 'others', 'p50', 'p99', 'longest'], [[
    report.fixes.toLocaleString('en'), String(report.refused), `${(100 * right.placed).toFixed(0)} %`, `${Math.round(process.memoryUsage().rss / 1e6)} MB`, right.wrong === '' ? 'all there, once' : `WRONG: ${right.wrong}`,
    polls.a_second.toFixed(0), String(polls.unchanged), String(polls.others), `${polls.p50_ms} ms`, `${polls.p99_ms} ms`, `${polls.most_ms} ms`,
  ]]))
}

/** Median, p95 and p99 of what was due between two marks. */
function shares(of: readonly [due_ms: number, ms: number][], from: Mark, until: Mark): string[] {
  const ms = of.filter(([due]) => due >= from.at_ms && due < until.at_ms).map(([, ms]) => ms).sort((a, b) => a - b)
  return [0.5, 0.95, 0.99].map((share) => (ms.length === 0 ? '-' : `${Math.round(ms[Math.min(ms.length - 1, Math.floor(share * ms.length))]!)} ms`))
}
