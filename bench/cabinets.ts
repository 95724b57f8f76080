// What polls of a whole city cost: twenty thousand cabinets that ask once and have what there is, each proving itself by a MAC; beside them node:http answering 304 to anybody.
import { fork } from 'node:child_process'
import { createHash, createHmac, generateKeyPairSync, randomBytes } from 'node:crypto'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type Bundle, signBundle, signingKeyOf, timeText } from '../adapters/controllers/pull/bundle.ts'
import { CabinetDesk } from '../api/cabinets/desk.ts'
import { CabinetIdentity } from '../api/cabinets/identity.ts'
import { CabinetListener } from '../api/cabinets/listener.ts'
import type { CabinetPost, PublishedBundle } from '../plans/ports/cabinets.ts'
import type { DeviceRecord } from '../plans/ports/controllers.ts'
import type { Stores } from '../plans/ports/store.ts'

const CABINETS = 20_000
const PERIOD_S = 60
const TARGET = 0.5

const EMPTY_HASH = createHash('sha256').update('').digest('hex')
const keyOf = (cabinet: string): Buffer => createHash('sha256').update(`key of ${cabinet}`).digest()
const nameOf = (i: number): string => `cab-${String(i).padStart(5, '0')}`

/** In another process: the city. Sends what came of it. */
async function city({ port, etags }: { port: number; etags: string[] }): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const poll = (i: number): Promise<number> => new Promise((resolve, reject) => {
    const path = `/v1/cabinets/${nameOf(i)}/timing`
    const [time, nonce] = [Math.floor(Date.now() / 1000), randomBytes(16).toString('base64url')]
    const mac = createHmac('sha256', keyOf(nameOf(i))).update(`${time}\n${nonce}\nGET\n${path}\n${EMPTY_HASH}`).digest('base64url')
    request({ port, path, agent, headers: { 'if-none-match': etags[i], 'authorization': `GW-HMAC-SHA256 cabinet=${nameOf(i)},time=${time},nonce=${nonce},mac=${mac}` } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    }).on('error', reject).end()
  })
  const statuses: Record<number, number> = {}
  let next = 0
  await Promise.all(Array.from({ length: 64 }, async () => {
    while (next < etags.length) { const status = await poll(next++); statuses[status] = (statuses[status] ?? 0) + 1 }
  }))
  agent.destroy()
  process.send?.(statuses)
}

/** Processor time of this process for the polls of one period, s. */
async function measured(port: number, etags: string[]): Promise<{ cpu_s: number; statuses: Record<number, number> }> {
  const child = fork(fileURLToPath(import.meta.url), ['city'])
  const ready = new Promise((resolve) => { child.once('message', resolve) })
  await ready
  const before = process.cpuUsage()
  const statuses = await new Promise<Record<number, number>>((resolve, reject) => {
    child.once('message', (message) => resolve(message as Record<number, number>)).once('error', reject)
    child.send({ port, etags })
  })
  const { user, system } = process.cpuUsage(before)
  child.kill()
  return { cpu_s: (user + system) / 1e6, statuses }
}

/** What the desk reads once: polls are answered from its memory. */
function laidReady(bundles: ReadonlyMap<string, PublishedBundle>): { post: CabinetPost; stores: Pick<Stores, 'devices' | 'events'> } {
  const devices = [...bundles.keys()].map((id): DeviceRecord => ({ id, network: 'town', signal: id, protocol: 'pull', settings: {}, enabled: true, version: 1 }))
  const absent = new Proxy({}, { get: (_, name) => () => { throw new Error(`polls do not need ${String(name)}`) } })
  return {
    post: Object.assign(Object.create(absent), { bundle: async (cabinet: string) => bundles.get(cabinet) }) as CabinetPost,
    stores: {
      devices: Object.assign(Object.create(absent), { list: async () => devices }) as Stores['devices'],
      events: Object.assign(Object.create(absent), { last: async () => 0, since: async () => [] }) as Stores['events'],
    },
  }
}

export async function main(): Promise<number> {
  const now = (): number => Date.now() / 1000
  const key = signingKeyOf(generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString())
  const bundles = new Map<string, PublishedBundle>()
  for (const cabinetId of Array.from({ length: CABINETS }, (_, i) => nameOf(i))) {
    const bundle: Bundle = { schema: 'greenwave.timing/1', cabinetId, bundleId: '1', baselineHash: `sha256:${'0'.repeat(64)}`, notBefore: timeText(now()), expiresAt: timeText(now() + 3600), mode: 'temporary', plans: [], schedule: [], fallback: 'local' }
    bundles.set(cabinetId, { ...signBundle(bundle, key), published_s: now(), watched_until_s: 0 })
  }
  const etags = [...bundles.values()].map(({ etag }) => `"${etag}"`)
  const { post, stores } = laidReady(bundles)
  const desk = new CabinetDesk(stores, post)
  await desk.look()
  const identity = new CabinetIdentity({ macKey: keyOf, key: async () => undefined, now, watch: () => performance.now() / 1000 })
  const listener = new CabinetListener({ desk, post, identity, now, base_s: PERIOD_S, onFailure: () => {} })
  await new Promise<void>((resolve) => { listener.server.listen(0, '127.0.0.1', resolve) })
  const plain = createServer((_, response) => { response.writeHead(304, { etag: '"same"' }).end() })
  await new Promise<void>((resolve) => { plain.listen(0, '127.0.0.1', resolve) })
  const rounds = []
  for (const [title, server] of [['node:http, 304 to anybody', plain], ['cabinets, 304 to who proves it', listener.server]] as const) {
    // The first round is for the compiler.
    await measured((server.address() as AddressInfo).port, etags)
    rounds.push({ title, ...await measured((server.address() as AddressInfo).port, etags) })
  }
  plain.close()
  await listener.stop()
  for (const { title, cpu_s, statuses } of rounds) console.log(`${title.padEnd(34)} ${((cpu_s / CABINETS) * 1e6).toFixed(0).padStart(4)} us a poll  ${((cpu_s / PERIOD_S) * 100).toFixed(1).padStart(5)} % of a core  ${JSON.stringify(statuses)}`)
  console.log(`${CABINETS} cabinets every ${PERIOD_S} s, one period's polls; processor time of the process that answers, without TLS; at most ${TARGET * 100} %`)
  return rounds.every(({ statuses, cpu_s }) => statuses[304] === CABINETS && cpu_s / PERIOD_S < TARGET) ? 0 : 1
}

if (process.argv[2] === 'city' && process.send !== undefined) {
  process.once('message', (of) => { void city(of as { port: number; etags: string[] }) })
  process.send('ready')
}
