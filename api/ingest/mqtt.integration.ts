// Feeds of a real Mosquitto on a port of its own, read by the built service on PostgreSQL, which is killed again and again, as is the broker.
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectAsync, type MqttClient } from 'mqtt'
import { openStore } from '../../adapters/store/index.ts'
import { startPostgres, type TestPostgres } from '../../adapters/store/testing.ts'
import type { Store } from '../../plans/ports/store.ts'
import { feedOf, streetScenario } from '../../plans/testing/records.ts'
import { Serving, until } from '../../test/serving.ts'
import { freePort } from '../../test/free-port.ts'

const mosquitto = ['mosquitto', '/usr/sbin/mosquitto'].find((command) => spawnSync(command, ['-h']).error === undefined)
const FIXES = 5
const MESSAGES = 600
const KILLS = 3
const PASSWORD = 'only the operator knows it'

let folder: string
let port: number
let broker: ChildProcess | undefined
let postgres: TestPostgres
let store: Store
let publisher: MqttClient

async function startBroker(): Promise<void> {
  broker = spawn(mosquitto!, ['-c', join(folder, 'mosquitto.conf')], { stdio: 'ignore' })
  await until(() => new Promise((resolve) => {
    const socket = connectSocket(port, '127.0.0.1')
    socket.once('connect', () => { socket.end(); resolve(true) })
    socket.once('error', () => resolve(false))
  }), 20_000)
}

/** In order: it writes down what it keeps for those who are away. */
async function stopBroker(): Promise<void> {
  const ended = once(broker!, 'exit')
  broker!.kill('SIGTERM')
  await ended
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'greenwave-mosquitto-'))
  chmodSync(folder, 0o777)
  port = await freePort()
  const passwords = join(folder, 'passwords')
  execFileSync('mosquitto_passwd', ['-c', '-b', passwords, 'greenwave', PASSWORD], { stdio: 'ignore' })
  chmodSync(passwords, 0o644)
  writeFileSync(join(folder, 'password'), `${PASSWORD}\n`)
  writeFileSync(join(folder, 'brokers.json'), JSON.stringify({ radio: { url: `mqtt://127.0.0.1:${port}`, username: 'greenwave', password_file: 'password' } }))
  writeFileSync(join(folder, 'mosquitto.conf'), `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\npersistence true\npersistence_location ${folder}/\nmax_queued_messages 0\nmax_inflight_messages 100\n`)
  await startBroker()
  postgres = await startPostgres()
  store = await openStore({ url: postgres.url })
  await store.networks.put('street', streetScenario(), 'x', 0)
  publisher = await connectAsync(`mqtt://127.0.0.1:${port}`, { username: 'greenwave', password: PASSWORD, reconnectPeriod: 100, keepalive: 0 })
})
afterEach(() => Serving.endAll())
afterAll(async () => {
  await publisher?.endAsync(true)
  broker?.kill('SIGKILL')
  await store?.close()
  postgres?.remove()
  rmSync(folder, { recursive: true, force: true })
})

const begin = (): Promise<Serving> => Serving.start(['--db', postgres.url, '--roles', 'web,ingest'], { GREENWAVE_MQTT_BROKERS: join(folder, 'brokers.json') })
const t0 = Math.floor(Date.now() / 1000) - 700
/** Every third as an array, every third over several lines, the rest an object a line. */
function payloadOf(i: number): string {
  const fixes = Array.from({ length: FIXES }, (_, v) => ({ vehicle_id: `v${v}`, time: t0 + i, x: 500_010 + i + v, y: -5, speed: 1, heading_deg: 90 }))
  return i % 3 === 0 ? JSON.stringify(fixes, undefined, 1) : fixes.map((fix) => JSON.stringify(fix)).join('\n')
}
async function stored(): Promise<number[]> {
  const seen = new Map<string, number>()
  for await (const rows of store.observations.fixes('street', 0, Infinity)) for (const { vehicle, time_s } of rows) seen.set(`${vehicle} ${time_s}`, (seen.get(`${vehicle} ${time_s}`) ?? 0) + 1)
  return [...seen.values()]
}
const remarks = async (service: Serving): Promise<unknown> => (await service.ask('GET', '/readyz')).body['remarks']

describe.skipIf(mosquitto === undefined)(`feeds of a broker${mosquitto === undefined ? ' (skipped: no mosquitto)' : ''}`, () => {
  it('are stored once, message by message, where the service is killed and the broker is away, which is said', async () => {
    await store.feeds.put({ ...feedOf('taxis', 'street'), settings: { datum: 'wgs84', broker: 'radio', topics: ['probes/#'] } }, 0)
    await store.feeds.put({ ...feedOf('wrong', 'street'), settings: { datum: 'wgs84', broker: 'unknown', topics: ['probes/#'] } }, 0)
    let service = await begin()
    // From its first subscription on the broker keeps messages for it.
    await until(() => service.said.includes('reads the broker from now on'), 60_000)
    await until(async () => JSON.stringify(await remarks(service)) === '[]', 30_000)
    expect(service.said).toContain('names the broker \\"unknown\\", which is not among those of the operator')
    expect(service.said).not.toContain(PASSWORD)
    const publishing = (async () => {
      for (let i = 0; i < MESSAGES; i++) await publisher.publishAsync(`probes/${i % 2}`, payloadOf(i), { qos: 1 })
    })()
    for (let k = 1; k <= KILLS; k++) {
      await until(async () => (await stored()).length >= (MESSAGES * FIXES * k) / (KILLS + 2), 60_000)
      await new Promise((resolve) => { setTimeout(resolve, Math.random() * 100) })
      await service.end('SIGKILL')
      service = await begin()
    }
    await publishing
    await until(async () => (await stored()).length === MESSAGES * FIXES, 30_000)
    await stopBroker()
    await until(async () => JSON.stringify(await remarks(service)).includes(`taxis: the broker mqtt://127.0.0.1:${port} cannot be read`), 20_000)
    expect((await service.ask('GET', '/readyz')).status).toBe(200)
    await startBroker()
    await publisher.publishAsync('probes/0', payloadOf(MESSAGES), { qos: 1 })
    await publisher.publishAsync('probes/0', 'nothing that could be read', { qos: 1 })
    await until(async () => (await stored()).length === (MESSAGES + 1) * FIXES, 30_000)
    expect((await stored()).filter((times) => times !== 1)).toEqual([])
    await until(async () => (await store.feeds.health('taxis', '2020-01-01')).some(({ health }) => health.issues.length > 0 || health.refused !== undefined), 10_000)
    expect(await service.end('SIGTERM')).toBe(0)
  })
})
