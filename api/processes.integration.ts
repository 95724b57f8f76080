// The service shared out among processes on one PostgreSQL: what one is asked another does, and each stops when it is told to.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type TestPostgres } from '../adapters/store/testing.ts'
import { Serving, until } from '../test/serving.ts'

const TOWN = Object.fromEntries(['scenario', 'network', 'demand', 'timing'].map((part) => [part, JSON.parse(readFileSync(join(import.meta.dirname, '..', 'scenarios', 'nanhu-avenue', `${part}.json`), 'utf8')) as unknown])) as
  { scenario: object; network: { coordinate_reference: object; links: { id: string; from: string; to: string; length_m: number; speed_mps: number }[]; nodes: { id: string; x_m: number; y_m: number }[] } }

const placed = { kind: 'projected', projection: '+proj=tmerc +lat_0=30.75 +lon_0=120.76 +ellps=WGS84' }
TOWN.network.coordinate_reference = placed
Object.assign(TOWN.scenario, { coordinate_reference: placed })

afterEach(() => Serving.endAll())

interface Vehicle { vehicle_id: string; time: string; x: number; y: number }

/** Six vehicles that drive the longest link from end to end within the last minute, seen every five seconds. */
function fixes(now_s: number): { link: string; lines: string } {
  const { links, nodes } = TOWN.network
  const link = [...links].sort((a, b) => b.length_m - a.length_m)[0]!
  const node = (id: string) => nodes.find((one) => one.id === id)!
  const [from, to] = [node(link.from), node(link.to)]
  const seconds = link.length_m / link.speed_mps
  const seen: Vehicle[] = []
  for (let v = 0; v < 6; v++) {
    for (let t = 0; t <= seconds; t += 5) {
      const share = t / seconds
      seen.push({ vehicle_id: `v${v}`, time: new Date((now_s - 58 + 3 * v + t) * 1000).toISOString(), x: from.x_m + share * (to.x_m - from.x_m), y: from.y_m + share * (to.y_m - from.y_m) })
    }
  }
  return { link: link.id, lines: seen.sort((a, b) => (a.time < b.time ? -1 : 1)).map((fix) => JSON.stringify(fix)).join('\n') }
}

describe('two processes on one PostgreSQL', () => {
  let postgres: TestPostgres
  beforeAll(async () => { postgres = await startPostgres() })
  afterAll(() => postgres?.remove())

  it('share the work: one answers, ingests and publishes, the other does the jobs', async () => {
    const args = ['--db', postgres.url, '--data', postgres.directory]
    const web = await Serving.start([...args, '--roles', 'web,ingest'])
    await web.ready()
    const work = await Serving.start([...args, '--roles', 'work'])
    await work.ready()
    await web.logIn()
    await web.ask('PUT', '/api/v1/networks/town', TOWN, { 'if-none-match': '*' })
    await web.ask('PUT', '/api/v1/feeds/taxis', { network: 'town', kind: 'probes', format: 'ndjson', settings: { datum: 'scenario' }, enabled: true }, { 'if-none-match': '*' })

    // Who only works tells its operators how it is, and nobody else anything.
    expect((await work.ask('GET', '/healthz')).status).toBe(200)
    expect((await work.ask('GET', '/api/v1/networks')).status).toBe(404)

    const { lines, link } = fixes(Date.now() / 1000)
    const batch = await web.ask('POST', '/api/v1/feeds/taxis/batches/b-1', lines, { 'content-type': 'application/x-ndjson' })
    expect(batch.body).toMatchObject({ outcome: 'stored', read: lines.split('\n').length })
    const { body: live } = await web.ask('GET', '/api/v1/networks/town/live')
    expect((live as unknown as { links: { link: string; vehicles: number }[] }).links.find((one) => one.link === link)).toMatchObject({ vehicles: 6, freshness: 'live' })

    const asked = await web.ask('POST', '/api/v1/networks/town/simulations', { corridor: 'nanhu-avenue', period: 'peak', runs: 1, seed: 1 }, { 'idempotency-key': 's1' })
    expect(asked.status).toBe(202)
    const job = asked.headers.get('location')!
    await until(async () => (await web.ask('GET', job)).body['state'] === 'done')

    // The minute after the fixes is published by the one that ingests, without anybody asking.
    await until(async () => {
      const { status, body } = await web.ask('GET', '/api/v1/networks/town/congestion')
      const { segments } = (status === 200 ? (body as unknown as { document: { segments: { links: string[]; freshness: string }[] } }).document : { segments: [] })
      return segments.some(({ links, freshness }) => links.includes(link) && freshness !== 'no-data')
    })
    const metrics = (await web.ask('GET', '/metrics')).body['text'] as string
    expect(metrics).toMatch(/^greenwave_fixes_total\{verdict="accepted"\} \d+$/m)
    expect(metrics).toMatch(/^greenwave_fix_to_published_seconds_count 1$/m)
    expect(metrics).toMatch(/^greenwave_publication_seconds_count [1-9]/m)

    // Within ten seconds, with nothing cut off.
    expect(await Promise.all([web.end('SIGTERM'), work.end('SIGTERM')])).toEqual([0, 0])
  })
})
