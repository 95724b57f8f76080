// A day of the demo town as its probes would tell it: made up by rule, minute by minute, published as the service does. The service can be stopped and
// started again on the same port, as if it had been restarted, with the clock wherever the test has put it.
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { demoTown } from '../../api/demo/town.ts'
import { everyRoute } from '../../api/document.ts'
import { newKey } from '../../api/security/secrets.ts'
import { pageRoutes } from '../../api/pages.ts'
import { buildServer, type ServiceSettings } from '../../api/server.ts'
import { NO_JOBS } from '../../api/testing.ts'
import { weekdayOf } from '../../model/local-time.ts'
import type { Link } from '../../model/network.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { LinkMinute } from '../../plans/ports/states.ts'
import type { Store } from '../../plans/ports/store.ts'
import { Publisher } from '../../plans/publication/publisher.ts'
import { memoryStore } from '../../plans/testing/memory-store.ts'
import { uniform } from '../../simulation/kernel/random.ts'

export const DAY_NETWORK = 'demo-town'
const ZONE = 'Asia/Shanghai'
/** Monday 2026-03-02, midnight in the town. */
export const MIDNIGHT_S = Date.parse('2026-03-01T16:00:00Z') / 1000

export interface MadeUpDay {
  url: string
  /** Of the service that runs now. */
  service: () => FastifyInstance
  store: Store
  scenario: Scenario
  at: { now: number }
  /** Key of the screen `hall`. */
  key: string
  /** The minutes that have just ended are measured, and the last of them is published. */
  publish(minutes?: number): Promise<void>
  stopServing(): Promise<void>
  serve(): Promise<void>
  stop(): Promise<void>
}

/** Share of the peak by time of day: two peaks, a quiet night. */
export const loadAt = (time_s: number): number => {
  const hour = ((((time_s - MIDNIGHT_S) / 3600) % 24) + 24) % 24
  const peak = (at: number, wide: number): number => Math.exp(-(((hour - at) / wide) ** 2))
  return 0.15 + 0.7 * peak(8, 1.1) + 0.85 * peak(17.8, 1.3) + 0.4 * peak(13, 3)
}

/** What probes tell of a link in the minute that begins then: each link has its own weakness, each day its own luck. */
export function minuteOf(link: Link, i: number, time_s: number): LinkMinute {
  const day = Math.floor((time_s - MIDNIGHT_S) / 86_400)
  const weakness = 0.35 + 1.5 * uniform(7, i, 0, 1) ** 2
  const luck = 0.85 + 0.3 * uniform(7, i, day + 1000, 2)
  const index = 1.15 + weakness * luck * loadAt(time_s) * 1.3
  return { link: link.id, time_s, speed_mps: link.speed_mps / index, travel_time_s: (link.length_m / link.speed_mps) * index, index, vehicles: 3 + Math.round(9 * Math.min(1, loadAt(time_s))) }
}

export async function madeUpDay({ settings = {}, from_s = MIDNIGHT_S, past_days = 0 }: { settings?: Partial<ServiceSettings>; from_s?: number; past_days?: number } = {}): Promise<MadeUpDay> {
  const { version } = JSON.parse(await readFile(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8')) as { version: string }
  const at = { now: from_s }
  const clock = { now: () => at.now }
  const store = memoryStore(clock)
  const scenario = demoTown(ZONE)
  await store.networks.put(DAY_NETWORK, scenario, 'greenwave', 0)
  await store.screens.put({ id: 'hall', network: DAY_NETWORK, name: 'Hall', kind: 'kiosk', settings: {} }, 0)
  const { id, secret, hash } = newKey()
  await store.people.putKey({ id, secret_hash: hash, name: 'hall', scopes: [{ do: 'screen', screen: 'hall' }], created_by: 'administrator', created_at: at.now })
  // Of earlier working days two minutes a quarter of an hour, which is enough for its mean.
  for (let back = 1, kept = 0; kept < past_days; back++) {
    const begin = MIDNIGHT_S - back * 86_400
    if (weekdayOf(Math.floor((begin + 12 * 3600) / 86_400)) >= 6) continue
    kept++
    await store.states.putMinutes(DAY_NETWORK, Array.from({ length: 192 }, (_, i) => scenario.network.links.map((link, j) => minuteOf(link, j, begin + 450 * i))).flat())
  }
  const publisher = new Publisher({ store, clock })
  let server: FastifyInstance | undefined
  let port = 0
  const serve = async (): Promise<void> => {
    server = await buildServer({ store, jobs: NO_JOBS, clock, version, settings: { rate_per_minute: 1e9, published: true, ...settings }, routes: [pageRoutes, ...everyRoute(version)] })
    await server.listen({ host: '127.0.0.1', port })
    port = (server.server.address() as AddressInfo).port
  }
  const stopServing = async (): Promise<void> => {
    server?.server.closeAllConnections()
    await server?.close()
    server = undefined
  }
  const publish = async (minutes = 1): Promise<void> => {
    const end = Math.floor(at.now / 60) * 60
    await store.states.putMinutes(DAY_NETWORK, Array.from({ length: minutes }, (_, ago) => scenario.network.links.map((link, i) => minuteOf(link, i, end - 60 * (ago + 1)))).flat())
    await publisher.publish(DAY_NETWORK)
  }
  await serve()
  return { url: `http://127.0.0.1:${port}`, service: () => server!, store, scenario, at, key: secret, publish, serve, stopServing, stop: async () => { await stopServing(); await store.close() } }
}
