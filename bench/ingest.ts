/**
 * How many fixes a second does the service take, from bytes over HTTP to matched and committed rows on PostgreSQL (fsync on), and how long is it from
 * a batch's first byte to its acknowledgement? A sender in a process of its own drives the vehicles of a town; every acknowledged row is counted again.
 * A batch is in the live state before it is acknowledged, so the time to the acknowledgement bounds the time to the live state.
 */
import { spawn } from 'node:child_process'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { openStore } from '../adapters/store/index.ts'
import { startPostgres } from '../adapters/store/testing.ts'
import { batchRoutes } from '../api/routes/batches.ts'
import { liveHubOf } from '../api/ingest/live-hub.ts'
import { newKey } from '../api/security/secrets.ts'
import { buildServer } from '../api/server.ts'
import { NO_JOBS } from '../api/testing.ts'
import { feedOf, streetScenario } from '../plans/testing/records.ts'
import { matchingOnThreads } from '../plans/live/matching-threads.ts'
import { makeTown } from '../state/matching/testing/town.ts'
import { formatTable } from './table.ts'
import type { SendReport } from './ingest/send.ts'

const OPTIONS = { vehicles: { type: 'string', default: '100000' }, size: { type: 'string', default: '30' }, batches: { type: 'string', default: '60' }, rows: { type: 'string', default: '5000' }, senders: { type: 'string', default: '4' }, threads: { type: 'string', default: '1' } } as const

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const threads = Number(values.threads)
  const postgres = await startPostgres({ fsync: true })
  try {
    const clock = { now: () => Date.now() / 1000 }
    const store = await openStore({ url: postgres.url }, clock)
    const network = makeTown({ size: Number(values.size), seed: 1 })
    await store.networks.put('town', { ...streetScenario('town'), network }, 'bench', 0)
    await store.feeds.put({ ...feedOf('taxis', 'town'), settings: { datum: 'scenario' } }, 0)
    const { id, secret, hash } = newKey()
    await store.people.putKey({ id, name: 'bench', secret_hash: hash, scopes: [{ do: 'feed', feed: 'taxis' }], created_at: 0, created_by: 'bench' })
    const server = await buildServer({
      store, jobs: NO_JOBS, clock, version: 'bench', settings: { rate_per_minute: 1e6 },
      routes: [(to, service) => {
        if (threads > 0) liveHubOf(service, { matching: (scenario) => matchingOnThreads(scenario.network, threads) })
        batchRoutes(to, service)
      }],
    })
    await server.listen({ host: '127.0.0.1', port: 0 })
    const address = server.server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const cpu = process.cpuUsage()
    const report = await send({ port, secret, vehicles: Number(values.vehicles), size: Number(values.size), batches: Number(values.batches), rows: Number(values.rows), senders: Number(values.senders) })
    const spent = process.cpuUsage(cpu)
    await server.close()
    let stored = 0
    let placed = 0
    for await (const rows of store.observations.fixes('town', 0, Infinity)) {
      stored += rows.length
      for (const { link } of rows) if (link !== undefined) placed++
    }
    await store.close()
    const at = (share: number): string => `${report.ms[Math.min(report.ms.length - 1, Math.floor(share * report.ms.length))]!.toFixed(0)} ms`
    console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores; ${network.links.length} links, ${values.vehicles} vehicles, batches of ${values.rows}, ${values.senders} senders, ${threads} matching threads`)
    console.log(formatTable(['fixes/s', 'service CPU µs/fix', 'acknowledged p50', 'p95', 'p99', 'refused', 'placed', 'resident', 'rows'], [[
      Math.round(report.fixes / report.wall_s).toLocaleString('en'), ((spent.user + spent.system) / report.fixes).toFixed(1), at(0.5), at(0.95), at(0.99), String(report.refused), `${((100 * placed) / stored).toFixed(0)} %`,
      `${Math.round(process.memoryUsage().rss / 1e6)} MB`, stored === report.fixes ? 'all there' : `WRONG: ${stored} of ${report.fixes}`,
    ]]))
    return stored === report.fixes ? 0 : 1
  } finally {
    postgres.remove()
  }
}

function send(settings: object): Promise<SendReport> {
  const child = spawn(process.execPath, [new URL('./ingest/send.js', import.meta.url).pathname, JSON.stringify(settings)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let text = ''
  child.stdout.on('data', (data: Buffer) => { text += data.toString() })
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => (code === 0 ? resolve(JSON.parse(text) as SendReport) : reject(new Error(`the sender ended with ${code}`))))
  })
}
