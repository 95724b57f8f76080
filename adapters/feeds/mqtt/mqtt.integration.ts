// With a real Mosquitto on a port of its own; nothing of it is left behind.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect as connectSocket, createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { connectAsync, type MqttClient } from 'mqtt'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Fix } from '../../../model/feed.ts'
import type { Feed } from '../feed.ts'
import { TEST_DAY_S, testContext } from '../testing.ts'
import { openMqttProbes, openMqttRadar } from './index.ts'
import { freePort } from '../../../test/free-port.ts'

const mosquitto = ['mosquitto', '/usr/sbin/mosquitto'].find((command) => spawnSync(command, ['-h']).error === undefined)

class Broker {
  readonly port: number
  readonly #config: string
  #process: ChildProcess | undefined

  constructor(port: number, config: string) {
    this.port = port
    this.#config = config
  }

  async start(): Promise<void> {
    this.#process = spawn(mosquitto!, ['-c', this.#config], { stdio: 'ignore' })
    for (let attempt = 0; attempt < 200; attempt++) {
      if (await this.#answers()) return
      await sleep(50)
    }
    throw new Error(`mosquitto does not answer on port ${this.port}`)
  }

  async stop(): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null) return
    const ended = new Promise((resolve) => { child.once('exit', resolve) })
    child.kill('SIGTERM')
    await ended
  }

  #answers(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connectSocket(this.port, '127.0.0.1')
      socket.once('connect', () => { socket.end(); resolve(true) })
      socket.once('error', () => resolve(false))
    })
  }
}

/** A wire to the broker that can be cut. */
class Wire {
  port = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  constructor(to: number) {
    this.#server = createServer((near) => {
      const far = connectSocket(to, '127.0.0.1')
      for (const socket of [near, far]) {
        this.#sockets.add(socket)
        socket.on('error', () => {}).on('close', () => { near.destroy(); far.destroy(); this.#sockets.delete(socket) })
      }
      near.pipe(far).pipe(near)
    })
  }

  async open(): Promise<void> {
    this.port = await freePort()
    await new Promise<void>((resolve) => { this.#server.listen(this.port, '127.0.0.1', resolve) })
  }

  cut(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.cut()
    await new Promise((resolve) => { this.#server.close(resolve) })
  }
}

const fixText = (i: number): string => JSON.stringify({ vehicle_id: `v${i % 7}`, time: TEST_DAY_S + i, x: i, y: 2, speed_mps: 3 })
const numbers = (from: number, until: number): number[] => Array.from({ length: until - from }, (_, i) => from + i)

describe.skipIf(mosquitto === undefined)(`probes over MQTT${mosquitto === undefined ? ' (skipped: no mosquitto)' : ''}`, () => {
  let [folder, broker, publisher] = ['', undefined as unknown as Broker, undefined as unknown as MqttClient]
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mosquitto-'))
    const port = await freePort()
    const config = join(folder, 'mosquitto.conf')
    await writeFile(config, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nmax_queued_messages 0\n`)
    broker = new Broker(port, config)
    await broker.start()
    publisher = await connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 50, keepalive: 0 })
  })
  afterEach(async () => {
    await publisher.endAsync(true)
    await broker.stop()
    await rm(folder, { recursive: true })
  })
  const publish = async (from: number, until: number): Promise<void> => {
    for (const i of numbers(from, until)) await publisher.publishAsync(`probes/${i % 3}`, fixText(i), { qos: 1 })
  }
  /** Reads until the fix number `last`, waiting so long after each batch; returns the numbers of all fixes. */
  async function readUntil(feed: Feed<Fix>, last: number, pause: (seen: number[]) => Promise<void> = async () => {}): Promise<number[]> {
    const seen: number[] = []
    for await (const batch of feed.batches(AbortSignal.timeout(60_000))) {
      seen.push(...batch.map(({ x_m }) => x_m))
      await pause(seen)
      if (seen.includes(last)) break
    }
    return seen
  }
  const open = (port: number, client_id?: string): Feed<Fix> => openMqttProbes({ url: `mqtt://127.0.0.1:${port}`, topics: ['probes/#'], reconnect_ms: 50, ...(client_id === undefined ? {} : { client_id }) }, testContext())
  /** Makes the broker keep messages for the name. */
  async function introduce(client_id: string): Promise<void> {
    const controller = new AbortController()
    const reading = (async () => { for await (const _ of open(broker.port, client_id).batches(controller.signal)) controller.abort() })()
    // The first fix shows that the subscription stands.
    while (!controller.signal.aborted) {
      await publisher.publishAsync('probes/0', fixText(-1), { qos: 1 })
      await sleep(20)
    }
    await reading
  }

  it('come whole and in order, and wait at the broker for a slow reader', async () => {
    await introduce('slow')
    await publish(0, 300)
    const seen = await readUntil(open(broker.port, 'slow'), 299, () => sleep(2))
    expect(seen.filter((i) => i >= 0)).toEqual(numbers(0, 300))
  })

  it('go on after their broker was restarted', async () => {
    await introduce('restart')
    await publish(0, 50)
    const feed = open(broker.port, 'restart')
    let restarted: Promise<void> | undefined
    const seen = await readUntil(feed, 99, async (seen) => {
      if (seen.at(-1) !== 49 || restarted !== undefined) return
      restarted = (async () => {
        // The reader's last acknowledgement goes out first: this broker forgets everything.
        await sleep(200)
        await broker.stop()
        await broker.start()
        // It has also forgotten who subscribed; until the reader is back nobody would get what is published.
        while (!seen.includes(-2)) {
          await publisher.publishAsync('probes/0', fixText(-2), { qos: 1 })
          await sleep(20)
        }
        await publish(50, 100)
      })()
    })
    await restarted
    expect(seen.filter((i) => i >= 0)).toEqual(numbers(0, 100))
    expect(feed.account.health()).toMatchObject({ accepted: seen.length, issues: [] })
  })

  it('are neither lost nor told twice where the connection breaks again and again', async () => {
    const wire = new Wire(broker.port)
    await wire.open()
    try {
      await introduce('wire')
      await publish(0, 300)
      const feed = open(wire.port, 'wire')
      const seen = await readUntil(feed, 299, async (seen) => {
        if (seen.at(-1)! % 30 === 29) {
          wire.cut()
          // In every second case the reader takes the message only when the connection stands again.
          await sleep(seen.at(-1)! % 60 === 29 ? 0 : 150)
        }
      })
      expect(seen.filter((i) => i >= 0)).toEqual(numbers(0, 300))
    } finally {
      await wire.close()
    }
  })

  it('that were not taken come again for the next reader of the name', async () => {
    await introduce('again')
    await publish(0, 10)
    expect((await readUntil(open(broker.port, 'again'), 4)).filter((i) => i >= 0)).toEqual(numbers(0, 5))
    expect((await readUntil(open(broker.port, 'again'), 9)).filter((i) => i >= 0)).toEqual(numbers(4, 10))
  })

  it('end quietly while no message comes', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 300)
    for await (const _ of open(broker.port).batches(controller.signal));
    expect(controller.signal.aborted).toBe(true)
  })

  it('have radar beside them', async () => {
    const controller = new AbortController()
    const tracks: string[] = []
    const feed = openMqttRadar({ url: `mqtt://127.0.0.1:${broker.port}`, topics: ['radar'] }, testContext())
    const reading = (async () => {
      for await (const batch of feed.batches(controller.signal)) {
        tracks.push(...batch.map(({ track }) => track))
        controller.abort()
      }
    })()
    for (let frame = 0; !controller.signal.aborted && frame < 1000; frame++) {
      await publisher.publishAsync('radar', JSON.stringify([1, 2].map((id) => ({ time: TEST_DAY_S + frame / 10, sensor: 'r', id, x: frame + id, y: 0, speed_mps: 10 }))), { qos: 1 })
      await sleep(20)
    }
    await reading
    expect(tracks).toEqual(['1', '2'])
  })
})
