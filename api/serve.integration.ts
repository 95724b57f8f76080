// The service as it is run: `greenwave serve` from the build, in a process of its own, on PostgreSQL and on the embedded database.
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { startPostgres, type TestPostgres } from '../adapters/store/testing.ts'
import { PASSWORD, PROGRAM, Serving, until } from '../test/serving.ts'

const ROOT = join(import.meta.dirname, '..')
const network = (name: string): Record<string, unknown> => Object.fromEntries(['scenario', 'network', 'demand', 'timing'].map((part) => [part, JSON.parse(readFileSync(join(ROOT, 'scenarios', name, `${part}.json`), 'utf8')) as unknown]))
const NANHU = network('nanhu-avenue')
const TEXTBOOK = network('textbook-arterial')

let folder: string
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'greenwave-serve-')) })
afterEach(() => Serving.endAll())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(...words: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...words], { cwd: folder }, (error, out, err) => resolve({ code: error === null ? 0 : Number(error.code), out, err }))
  })
}

/** Log in, keep a network, read it back. */
async function firstDay(service: Serving): Promise<void> {
  await service.logIn()
  const put = await service.ask('PUT', '/api/v1/networks/nanhu', NANHU, { 'if-none-match': '*' })
  expect(put.body).toMatchObject({ id: 'nanhu', version: 1 })
  expect((await service.ask('GET', '/api/v1/networks/nanhu/scenario')).body).toEqual(NANHU)
}

/** Three write as quickly as they are answered, until the process is killed; answers what was answered. */
async function writeUntilKilled(service: Serving, round: string, answers: number): Promise<string[]> {
  const acknowledged: string[] = []
  const write = async (writer: number): Promise<void> => {
    for (let i = 0; ; i++) {
      const id = `${round}-${writer}-${i}`
      const { status } = await service.ask('PUT', `/api/v1/networks/${id}`, TEXTBOOK, { 'if-none-match': '*' })
      if (status === 200) acknowledged.push(id)
      if (acknowledged.length >= answers) void service.end('SIGKILL')
    }
  }
  await Promise.allSettled([write(0), write(1), write(2)])
  expect(await service.ended()).toBe('SIGKILL')
  return acknowledged
}

async function expectKept(service: Serving, ids: readonly string[]): Promise<void> {
  await service.logIn()
  const { items } = (await service.ask('GET', '/api/v1/networks')).body as unknown as { items: { id: string }[] }
  expect(items.map(({ id }) => id)).toEqual(expect.arrayContaining(['nanhu', ...ids]))
  expect((await service.ask('GET', '/api/v1/audit/verification')).body).toMatchObject({ intact: true })
}

describe('the service on PostgreSQL', () => {
  let postgres: TestPostgres
  let args: string[]
  beforeAll(async () => {
    postgres = await startPostgres()
    args = ['--db', postgres.url, '--data', join(folder, 'beside')]
  })
  afterAll(() => postgres?.remove())

  it('waits for a database that is not there yet and says so', async () => {
    postgres.stop()
    const service = await Serving.start(args)
    expect((await service.ask('GET', '/healthz')).body).toMatchObject({ status: 'alive' })
    await until(async () => JSON.stringify((await service.ask('GET', '/readyz')).body).includes('store.unreachable'))
    const { status, headers, body } = await service.ask('GET', '/api/v1/networks')
    expect([status, headers.get('retry-after'), body]).toMatchObject([503, '5', { code: 'store.unreachable', detail: expect.stringContaining(`127.0.0.1:${postgres.port}`) as string }])
    postgres.start()
    await service.ready()
    await service.logIn()
    expect(await service.end('SIGTERM')).toBe(0)
  })

  it('keeps a network, shows its figures to a key for them, and stops when it is told to', async () => {
    const service = await Serving.start(args)
    await service.ready()
    await firstDay(service)
    const { secret } = (await service.ask('POST', '/api/v1/keys', { name: 'prometheus', scopes: [{ do: 'metrics' }] }, { 'idempotency-key': 'k1' })).body as unknown as { secret: string }
    const metrics = await service.ask('GET', '/metrics', undefined, { authorization: `Bearer ${secret}` })
    expect(metrics.body['text']).toMatch(/^greenwave_ready 1$/m)
    expect(metrics.body['text']).toContain('route="/api/v1/networks/:network"')
    expect((await service.ask('GET', '/metrics', undefined, { authorization: 'Bearer gws_0123456789012345678901234' })).status).toBe(401)
    expect(await service.end('SIGTERM')).toBe(0)
    // The log is one document a line and holds no secret.
    const lines = service.said.trim().split('\n').map((line) => JSON.parse(line) as { msg: string })
    expect(lines.at(-1)?.msg).toBe('stopped')
    expect(service.said).not.toContain(PASSWORD)
    expect(service.said).not.toContain(secret)
  })

  it('has all that it answered after it was killed', async () => {
    const first = await Serving.start(args)
    await first.ready()
    await first.logIn()
    const acknowledged = await writeUntilKilled(first, 'killed', 12)
    expect(acknowledged.length).toBeGreaterThanOrEqual(12)
    const second = await Serving.start(args)
    await second.ready()
    await expectKept(second, acknowledged)
  })

  it.each(['stopped', 'frozen'] as const)('says that the database is %s, and goes on by itself when it is back', async (how) => {
    const service = await Serving.start(args)
    await service.ready()
    await service.logIn()
    if (how === 'stopped') postgres.stop()
    else postgres.freeze()
    try {
      await until(async () => (await service.ask('GET', '/readyz')).status === 503, 30_000)
      expect((await service.ask('GET', '/readyz')).body).toMatchObject({ status: 'not_ready', reasons: [{ what: 'store', code: 'store.unreachable', reason: expect.stringContaining(String(postgres.port)) as string }] })
      // Nobody hangs: who asks now hears why at once.
      expect((await service.ask('GET', '/api/v1/networks')).status).toBe(503)
      expect((await service.ask('GET', '/healthz')).status).toBe(200)
    } finally {
      if (how === 'stopped') postgres.start()
      else postgres.thaw()
    }
    await until(async () => (await service.ask('GET', '/readyz')).status === 200, 30_000)
    expect((await service.ask('GET', '/api/v1/networks')).status).toBe(200)
    expect(service.said).toContain('answers again')
  })

  it('is served by two processes, of which one makes the first administrator', async () => {
    const shared = join(folder, 'shared')
    const two = ['--db', postgres.createDatabase('two'), '--data', shared]
    const both = await Promise.all([1, 2].map(() => Serving.start(two, { GREENWAVE_ADMIN_PASSWORD: '' })))
    await Promise.all(both.map((one) => one.ready()))
    expect(readdirSync(shared)).toEqual(['first-login.json'])
    expect(statSync(join(shared, 'first-login.json')).mode & 0o777).toBe(0o600)
    const login = JSON.parse(readFileSync(join(shared, 'first-login.json'), 'utf8')) as { login: string; password: string }
    for (const one of both) {
      expect(await one.ask('POST', '/api/v1/sessions', login)).toMatchObject({ status: 201 })
      expect(one.said).not.toContain(login.password)
    }
  })

  it('is found fit by the doctor, who changes nothing', async () => {
    const { code, out } = await run('doctor', '--port', '0', '--json', '--db', postgres.createDatabase('empty'))
    expect(code).toBe(0)
    const { settings, findings } = JSON.parse(out) as { settings: unknown[]; findings: { matter: string; verdict: string; says: string }[] }
    expect(settings).toContainEqual({ setting: 'database_url', value: postgres.url.replace(/\w+$/, 'empty'), origin: 'flag --db' })
    expect(findings.filter(({ verdict }) => verdict === 'fail')).toEqual([])
    expect(findings.find(({ matter }) => matter === 'tables')?.says).toMatch(/none yet/)
    expect(JSON.parse((await run('doctor', '--port', '0', '--json', '--db', postgres.url)).out)).toMatchObject({ findings: expect.arrayContaining([expect.objectContaining({ matter: 'tables', says: expect.stringMatching(/^migrated to/) as string })]) as unknown })
  })

  it('is found missing by the doctor, with what to do', async () => {
    const { code, out } = await run('doctor', '--port', '0', '--db', 'postgres://127.0.0.1:1/none')
    expect(code).toBe(1)
    expect(out).toMatch(/^fail +database: .*127\.0\.0\.1:1\/none.*\n +Check that the database runs/m)
  })
})

describe('the service on the embedded database', () => {
  const data = (): string => join(folder, 'embedded')

  it('answers before the database is open, keeps a network, and has all that it answered after it was killed', async () => {
    const service = await Serving.start(['--data', data()])
    expect((await service.ask('GET', '/healthz')).body).toMatchObject({ status: 'alive' })
    expect(await service.ask('GET', '/readyz')).toMatchObject({ status: 503, body: { store: 'pglite', reasons: [{ code: 'service.starting' }] } })
    expect(await service.ask('GET', '/api/v1/networks')).toMatchObject({ status: 503, body: { code: 'service.starting' } })
    await service.ready()
    await firstDay(service)
    const other = await run('serve', '--port', '0', '--data', data())
    expect([other.code, other.err]).toEqual([1, expect.stringContaining('is held by process')])
    expect(await run('backup', join(folder, 'early.backup'), '--data', data())).toMatchObject({ code: 1, err: expect.stringContaining('is held by process') as string })
    const acknowledged = await writeUntilKilled(service, 'killed', 6)
    const again = await Serving.start(['--data', data()])
    await again.ready()
    await expectKept(again, acknowledged)
    expect(await again.end('SIGTERM')).toBe(0)
  })

  it('is all in a backup, and served from where that was restored', async () => {
    const [file, restored] = [join(folder, 'town.backup'), join(folder, 'restored')]
    expect(await run('backup', file, '--data', data())).toMatchObject({ code: 0, out: expect.stringContaining(`wrote ${file}`) as string })
    expect(await run('restore', file, '--data', data())).toMatchObject({ code: 2, err: expect.stringContaining('holds a database') as string })
    expect(await run('restore', file, '--data', restored)).toMatchObject({ code: 0, out: expect.stringContaining(restored) as string })
    const service = await Serving.start(['--data', restored])
    await service.ready()
    await expectKept(service, [])
  })

  it('stops when it is told to while it is being opened, and begins anew', async () => {
    const early = join(folder, 'early')
    const service = await Serving.start(['--data', early])
    expect(await service.end('SIGTERM')).toBe(0)
    const again = await Serving.start(['--data', early])
    await again.ready()
    await again.logIn()
    expect(await again.end('SIGINT')).toBe(0)
  })
})

describe('greenwave serve', () => {
  it('refuses a port that is taken', async () => {
    const first = await Serving.start(['--db', 'postgres://127.0.0.1:1/none'])
    const { code, err } = await run('serve', '--port', String(first.port), '--db', 'postgres://127.0.0.1:1/none')
    expect([code, err]).toEqual([2, expect.stringContaining(`cannot listen on 127.0.0.1:${first.port}`)])
  })
})
