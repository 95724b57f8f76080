// For integration tests and benches: a PostgreSQL of their own, in a throw-away directory on a free port, with PostGIS at hand. As user postgres
// where we are root, because the server refuses to run as root.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Store } from '../../plans/ports/store.ts'
import { freePort } from '../../test/free-port.ts'
import { openStore } from './open-store.ts'

export interface TestPostgres {
  /** Of a new, empty database. */
  url: string
  port: number
  directory: string
  /** A second empty database on the same server. */
  createDatabase(name: string): string
  /** As an administrator would, open connections are cut; `immediate` leaves what is to be done to the next start. */
  stop(mode?: 'fast' | 'immediate'): void
  start(): void
  /** As the power would. */
  kill(): void
  /** All its processes stand still, as a computer does that swaps or a network that is cut; and go on. */
  freeze(): void
  thaw(): void
  /** Stops it and takes everything away. */
  remove(): void
}

/** Debian keeps the server programs off the PATH. */
function findPrograms(): string {
  const root = '/usr/lib/postgresql'
  const versions = existsSync(root) ? readdirSync(root).map(Number).filter((version) => version >= 15).sort((a, b) => a - b) : []
  for (const version of versions) if (existsSync(join(root, String(version), 'bin', 'initdb'))) return join(root, String(version), 'bin')
  return execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim()
}

/** `fsync` as in production; tests are quicker without, and a killed server needs none. */
export async function startPostgres({ fsync = false, settings = {}, parent = tmpdir(), env = {} }: { fsync?: boolean; settings?: Record<string, string>; parent?: string; env?: NodeJS.ProcessEnv } = {}): Promise<TestPostgres> {
  const programs = findPrograms()
  const port = await freePort()
  const directory = mkdtempSync(join(parent, 'greenwave-postgres-'))
  chmodSync(directory, 0o777)
  const data = join(directory, 'data')
  const run = (program: string, ...args: string[]): void => {
    const command = [join(programs, program), ...args]
    const [file, ...rest] = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command
    execFileSync(file!, rest, { stdio: ['ignore', 'ignore', 'pipe'], cwd: directory, env: { ...process.env, ...env } })
  }
  const start = (): void => {
    const options = Object.entries({ listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: directory, fsync: fsync ? 'on' : 'off', max_connections: '50', ...settings })
    run('pg_ctl', '-D', data, '-l', join(directory, 'log'), '-w', '-t', '120', '-o', options.map(([name, value]) => `-c ${name}='${value}'`).join(' '), 'start')
  }
  const createDatabase = (name: string): string => {
    run('createdb', '-h', '127.0.0.1', '-p', String(port), '-U', 'postgres', name)
    return `postgres://postgres@127.0.0.1:${port}/${name}`
  }
  const kill = (): void => {
    const pid = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(pid, 'SIGKILL')
  }
  const signalAll = (signal: 'SIGSTOP' | 'SIGCONT'): void => {
    const postmaster = Number(readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n')[0])
    const children = execFileSync('ps', ['-o', 'pid=', '--ppid', String(postmaster)], { encoding: 'utf8' }).split('\n').map(Number).filter((pid) => pid > 0)
    for (const pid of [postmaster, ...children]) process.kill(pid, signal)
  }
  run('initdb', '-D', data, '-A', 'trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C.UTF-8', '-N')
  start()
  return {
    url: createDatabase('greenwave'), port, directory, createDatabase, start, kill, freeze: () => signalAll('SIGSTOP'), thaw: () => signalAll('SIGCONT'),
    stop: (mode = 'fast') => run('pg_ctl', '-D', data, '-m', mode, '-w', '-t', '60', 'stop'),
    remove() {
      try {
        run('pg_ctl', '-D', data, '-m', 'immediate', '-w', '-t', '30', 'stop')
      } catch {
        // It was stopped or killed before.
      }
      rmSync(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}

/** Each kind of database, and how an empty store on one is had and taken away again. */
export const DATABASES: readonly [name: string, open: () => Promise<{ store: Store; remove: () => Promise<void> }>][] = [
  ['PostgreSQL', async () => {
    const server = await startPostgres()
    const store = await openStore({ url: server.url })
    return { store, remove: async () => { await store.close(); server.remove() } }
  }],
  ['the embedded database', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'greenwave-embedded-'))
    const store = await openStore({ directory })
    return { store, remove: async () => { await store.close(); rmSync(directory, { recursive: true, force: true }) } }
  }],
]
