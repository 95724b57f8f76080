// Through net-snmp's own daemon: its BER, its user security, its access control, its refusals. What the objects mean is the emulated controller's.
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { GreenwaveError } from '../../../model/errors.ts'
import type { ControllerAdapter, WireEntry } from '../../../plans/ports/controllers.ts'
import { byLeapingClock } from '../around.ts'
import { LeapingClock } from '../emulator/clock.ts'
import { ntcipDriver } from './adapter.ts'
import { EmulatedNtcip } from './emulator/device.ts'
import { passLine, PassPersist, PROGRAM } from './emulator/pass-persist.ts'
import { contextFor, deviceSetup, MORNING, runningDevice, SETTINGS, wantedTiming } from './testing.ts'

const run = promisify(execFile)
const isThere = spawnSync('sh', ['-c', 'command -v snmpd && command -v snmpget']).status === 0
const A = '1.3.6.1.4.1.1206.4.2.1'
const AUTH = 'authentication-key'
const PRIVACY = 'privacy-key-of-test'
/** As net-snmp makes it of its own number, a format and the text. */
const ENGINE = `80001f8804${Buffer.from('greenwave-test').toString('hex')}`
const never = new AbortController().signal

const freeUdpPort = (): Promise<number> => new Promise((resolve, reject) => {
  const socket = createSocket('udp4').once('error', reject)
  socket.bind(0, '127.0.0.1', () => { const { port } = socket.address(); socket.close(() => resolve(port)) })
})

/** A daemon in a directory of its own. */
class Daemon {
  readonly directory = mkdtempSync(join(tmpdir(), 'greenwave-snmpd-'))
  port = 0
  #process: ChildProcess | undefined
  #pass: PassPersist | undefined

  async start(device: EmulatedNtcip, boots = 7): Promise<void> {
    const socket = join(this.directory, `pass-${Date.now()}`)
    this.#pass = new PassPersist(device)
    await this.#pass.listen(socket)
    writeFileSync(join(this.directory, 'pass.mjs'), PROGRAM)
    writeFileSync(join(this.directory, 'snmpd.conf'), [
      `rocommunity lab-ro 127.0.0.1`, `rwcommunity lab-rw 127.0.0.1`,
      `createUser greenwave SHA-256 "${AUTH}" AES "${PRIVACY}"`, 'rwuser greenwave priv', `createUser reader SHA-256 "${AUTH}" AES "${PRIVACY}"`, 'rouser reader priv',
      'engineID greenwave-test', `oldEngineID 0x${ENGINE}`, `engineBoots ${boots}`, passLine(`${process.execPath} ${join(this.directory, 'pass.mjs')} ${socket}`), '',
    ].join('\n'))
    if (this.port === 0) this.port = await freeUdpPort()
    this.#process = spawn('snmpd', ['-f', '-Lo', '-C', '-c', join(this.directory, 'snmpd.conf'), '-p', join(this.directory, 'pid'), `udp:127.0.0.1:${this.port}`], {
      env: { ...process.env, SNMP_PERSISTENT_DIR: join(this.directory, 'state'), MIBS: '' }, stdio: 'ignore',
    })
    await this.#answers()
  }

  async #answers(): Promise<void> {
    for (let attempt = 0; attempt < 50; attempt++) {
      if (await this.get('lab-ro', `${A}.1.1.0`).then(() => true, () => false)) return
      await new Promise((resolve) => { setTimeout(resolve, 100) })
    }
    throw new Error('snmpd does not answer')
  }

  /** By net-snmp's own client: the value as it prints it. */
  async get(community: string, oid: string): Promise<string> {
    const { stdout } = await run('snmpget', ['-v2c', '-c', community, '-t', '1', '-r', '0', '-m', '', '-Oqvn', `127.0.0.1:${this.port}`, oid])
    return stdout.trim()
  }

  async set(community: string, ...items: [oid: string, value: number][]): Promise<string> {
    try {
      return (await run('snmpset', ['-v2c', '-c', community, '-t', '1', '-r', '0', '-m', '', '-Oqvn', `127.0.0.1:${this.port}`, ...items.flatMap(([oid, value]) => [oid, 'i', String(value)])])).stdout
    } catch (error) {
      return (error as { stderr: string }).stderr
    }
  }

  async stop(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child !== undefined && child.exitCode === null) await new Promise((resolve) => { child.once('exit', resolve); child.kill('SIGTERM') })
    this.#pass?.close()
  }
}

describe.skipIf(!isThere)('a controller behind snmpd', () => {
  const daemon = new Daemon()
  const open: ControllerAdapter[] = []
  let clock = new LeapingClock(MORNING)
  let device = runningDevice(deviceSetup(), clock)
  const wire: WireEntry[] = []

  beforeAll(() => daemon.start(device))
  afterEach(async () => { for (const adapter of open.splice(0)) await adapter.close() })
  afterAll(async () => { await daemon.stop(); rmSync(daemon.directory, { recursive: true, force: true }) })

  /** A fresh controller below a fresh daemon. */
  const restart = async (setup = {}): Promise<void> => {
    await daemon.stop()
    clock = new LeapingClock(MORNING)
    device = runningDevice(deviceSetup(setup), clock)
    await daemon.start(device)
  }

  const adapterWith = (settings: Record<string, unknown> = {}, secrets: Record<string, string> = {}): ControllerAdapter & { counters: Record<string, number> } => {
    wire.length = 0
    const known: Record<string, string> = { 'd1-auth': AUTH, 'd1-privacy': PRIVACY, 'd1-community': 'lab-rw', ...secrets }
    const record = { id: 'd1', network: 'n', signal: 'S', protocol: 'ntcip', settings: { ...SETTINGS, port: daemon.port, timeout_s: 1, ...settings }, enabled: true, version: 1 }
    const adapter = byLeapingClock(ntcipDriver(), clock).open(record, { ...contextFor(clock, wire), secret: (name) => known[name] })
    open.push(adapter)
    return adapter as ControllerAdapter & { counters: Record<string, number> }
  }

  it('is identified, read, written in a transaction, activated, seen to follow for two cycles, and rolled back, over SNMPv3', async () => {
    const adapter = adapterWith()
    expect((await adapter.identify(never)).vendor).toBe('greenwave')
    const base = await adapter.readConfig(never)
    expect([base.mode, base.active_slot]).toEqual(['coordinated', 1])
    const writes = adapter.plan(base, wantedTiming())
    expect((await adapter.push(writes, never)).every(({ acknowledged }) => acknowledged)).toBe(true)
    expect(await adapter.verify(writes, never)).toEqual([])
    // A client that nobody here wrote reads the same.
    for (const { id, new: value } of writes.items) expect(await daemon.get('lab-ro', id)).toBe(value)
    await adapter.activate(writes, clock.now(), { expires_at: clock.now() + 1500 }, never)
    expect(await daemon.get('lab-ro', `${A}.4.14.0`)).toBe(String(writes.slot))
    const seen = await adapter.observe(writes, 2, never)
    expect([seen.level, seen.sentences]).toEqual([5, []])
    const back = await adapter.rollback(base, writes, never)
    expect([back.sentences, back.active_slot]).toEqual([[], 1])
    expect((await adapter.readConfig(never)).image).toEqual(base.image)
    expect(await daemon.get('lab-ro', `${A}.4.14.0`)).toBe('0')
    const kept = JSON.stringify(wire)
    for (const secret of [AUTH, PRIVACY]) expect(kept.includes(secret) || kept.includes(Buffer.from(secret).toString('hex'))).toBe(false)
  })

  it('gives back control by itself when nobody renews the lease', async () => {
    await restart()
    const adapter = adapterWith()
    const base = await adapter.readConfig(never)
    const writes = adapter.plan(base, wantedTiming())
    await adapter.push(writes, never)
    await adapter.activate(writes, clock.now(), { expires_at: clock.now() + 60 }, never)
    await adapter.renew(writes, { expires_at: clock.now() + 60 }, never)
    expect(await daemon.get('lab-ro', `${A}.3.5.0`)).toBe('2')
    await clock.wait(70)
    expect(await daemon.get('lab-ro', `${A}.4.14.0`)).toBe('0')
    await expect(adapter.renew(writes, { expires_at: clock.now() + 60 }, never)).rejects.toThrow(/lease is over/)
    expect((await adapter.rollback(base, writes, never)).sentences).toEqual([])
  })

  it('keeps the first items of a write that it refuses at the third, which is found and rolled back', async () => {
    await restart({ transaction: false })
    const adapter = adapterWith()
    const base = await adapter.readConfig(never)
    const writes = adapter.plan(base, wantedTiming())
    const set = device.set.bind(device)
    let left = 2
    device.set = (oid, value) => (left-- > 0 ? set(oid, value) : 'wrong-value')
    const results = await adapter.push(writes, never)
    device.set = set
    expect(results[0]).toMatchObject({ acknowledged: false, sentence: expect.stringMatching(/wrongValue|commitFailed|undoFailed/) })
    const differing = await adapter.verify(writes, never)
    expect(differing.length).toBeGreaterThan(0)
    expect((await adapter.readConfig(never)).hash).not.toBe(base.hash)
    expect((await adapter.rollback(base, writes, never)).sentences).toEqual([])
    expect((await adapter.readConfig(never)).hash).toBe(base.hash)
  })

  it('is read and not written with a community for reading, whose refusal is told and whose name is kept out of the wire', async () => {
    await restart()
    const waiver = { by: 'A. Engineer', reason: 'the controller speaks nothing newer' }
    for (const version of ['v1', 'v2c']) {
      const adapter = adapterWith({ version, waiver }, { 'd1-community': 'lab-ro' })
      const base = await adapter.readConfig(never)
      const results = await adapter.push(adapter.plan(base, wantedTiming()), never)
      expect(results[0]).toMatchObject({ acknowledged: false, sentence: expect.stringMatching(version === 'v1' ? /noSuchName/ : /noAccess|authorizationError|notWritable/) })
      expect(wire.length).toBeGreaterThan(10)
      expect(wire.some(({ hex }) => hex.includes(Buffer.from('lab-ro').toString('hex')))).toBe(false)
      expect((await adapter.readConfig(never)).image).toEqual(base.image)
    }
    const reader = adapterWith({ user: 'reader' })
    const base = await reader.readConfig(never)
    expect((await reader.push(reader.plan(base, wantedTiming()), never))[0]).toMatchObject({ acknowledged: false, sentence: expect.stringMatching(/noAccess|authorizationError/) })
  })

  it('is not believed with a wrong password, a wrong user or another engine', async () => {
    await expect(adapterWith({ timeout_s: 0.3 }, { 'd1-auth': 'another-password' }).identify(never)).rejects.toMatchObject({ code: 'controller.unreachable' })
    await expect(adapterWith({ timeout_s: 0.3 }, { 'd1-privacy': 'another-password' }).identify(never)).rejects.toMatchObject({ code: 'controller.unreachable' })
    await expect(adapterWith({ user: 'nobody', timeout_s: 0.3 }).identify(never)).rejects.toMatchObject({ code: 'controller.unreachable' })
    const elsewhere = adapterWith({ engine_id: '800000000102030405', timeout_s: 0.3 })
    await expect(elsewhere.identify(never)).rejects.toThrow(/not believed.*engine/)
    expect(elsewhere.counters.malformed).toBeGreaterThan(0)
    expect(wire.some(({ note }) => note?.startsWith('not believed: engine'))).toBe(true)
  })

  it('is not believed when its engine says that it started less often than it did: an old recording, or a copy of it', async () => {
    await daemon.stop()
    await daemon.start(device)
    const adapter = adapterWith()
    await adapter.identify(never)
    await daemon.stop()
    await daemon.start(device, 3)
    await expect(adapter.identify(never)).rejects.toMatchObject({ code: 'controller.unreachable' })
    // A session that begins anew has no memory of the boots, and learns them.
    expect((await adapterWith().identify(never)).vendor).toBe('greenwave')
  })

  it('is believed in nothing that was changed on the line, and in everything that was not', async () => {
    // Somebody between the two who changes a byte of every second answer.
    const [front, back] = [createSocket('udp4'), createSocket('udp4')]
    let [to, count] = [0, 0]
    front.on('message', (bytes, from) => { to = from.port; back.send(bytes, daemon.port, '127.0.0.1') })
    back.on('message', (bytes) => {
      if (count++ % 2 === 1) bytes[(count * 7919) % bytes.length]! ^= 1 << (count % 8)
      front.send(bytes, to, '127.0.0.1')
    })
    await new Promise<void>((resolve) => { front.bind(0, '127.0.0.1', resolve) })
    const adapter = adapterWith({ port: front.address().port, timeout_s: 0.1 })
    const truth = await adapterWith().readConfig(never)
    let [read, refused] = [0, 0]
    for (let i = 0; i < 8; i++) {
      await adapter.identify(never).then(({ vendor, model }) => { read++; expect([vendor, model]).toEqual(['greenwave', 'emulated controller']) }, (error: unknown) => { refused++; expect(error).toBeInstanceOf(GreenwaveError) })
    }
    expect(read + refused).toBe(8)
    expect(count).toBeGreaterThan(60)
    expect(adapter.counters.malformed! + adapter.counters.unexpected!).toBeGreaterThan(15)
    expect((await adapterWith().readConfig(never)).image).toEqual(truth.image)
    front.close()
    back.close()
  })

  it('refuses a value beyond its range to another client too, in the middle of a write', async () => {
    await restart({ transaction: false })
    const refused = await daemon.set('lab-rw', [`${A}.4.7.1.2.7`, 80], [`${A}.4.7.1.3.7`, 12], [`${A}.4.9.1.3.7.2`, 300])
    expect(refused).toMatch(/wrongValue|commitFailed|badValue|undoFailed/)
    expect(await daemon.get('lab-ro', `${A}.4.7.1.2.7`)).toBe('80')
  })
})
