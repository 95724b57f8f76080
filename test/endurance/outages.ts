// What is under a service fails for a while under traffic: its database is stopped, hangs or has a full disk, its broker is away, its clock is put.
// Does the service say so, is it back soon, and has it lost nothing that it acknowledged?
import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openPostgres } from '../../adapters/store/postgres.ts'
import { hasNats, startNatsServer } from '../../adapters/streams/nats/testing.ts'
import { mulberry32 } from '../../optimizer/bands/instances/random.ts'
import { until } from '../serving.ts'
import { Fleet, type MemberRole } from './fleet.ts'
import type { Proof } from './proof.ts'
import { underTraffic } from './storm.ts'
import { NETWORK, type Town } from './town.ts'
import type { Journal, Scene } from './traffic.ts'

export interface Outage {
  name: string
  /** Makes it fail, and answers how it is made whole again. */
  begin(fleet: Fleet): Promise<() => Promise<void>>
  /** What /readyz says meanwhile, beside 503; nothing for a failure that leaves the service ready. */
  code?: string
  /** No request but those for operators is served meanwhile. */
  refuses?: boolean
}

/** Seconds; those of the way back count from the moment at which everything under the service was whole again. `usual_job_s`: what the last job before took. */
export interface OutageFigures { name: string; said_s?: number; ready_s: number; batch_s: number; live_s: number; job_s?: number; usual_job_s: number }

export interface OutagesReport extends Proof { figures: OutageFigures[]; acknowledged: number; longest_s: number; repeats: Record<string, number> }

export interface OutagesOptions {
  outages: readonly Outage[]
  away_ms: number
  /** Waits for a job after every outage, not only after the last: jobs last long. */
  job_each?: boolean
  fsync?: boolean
  members?: readonly MemberRole[]
  env?: NodeJS.ProcessEnv
  clock?: Scene['clock']
  say?: (sentence: string) => void
}

const ONE: readonly MemberRole[] = [{ name: 'service', args: [], web: true }]
/** A request that is not answered by then was forgotten; of a server that hangs is known after ten seconds, and a machine may be busy. */
const FORGOTTEN = 'TimeoutError'
/** A busy machine simulates slowly. */
const HOPELESS_MS = 180_000

export async function outages({ outages: all, away_ms, job_each = true, fsync = false, members = ONE, env = {}, clock, say = () => {} }: OutagesOptions): Promise<OutagesReport> {
  const fleet = await Fleet.start(members, mulberry32(1), { fsync, env })
  const figures: OutageFigures[] = []
  try {
    const { proof, journal } = await underTraffic(fleet, 1, async (seen, town) => {
      await until(() => seen.acknowledged.size > 20 && seen.lasted_s.length > 0)
      for (const outage of all) {
        const one = await suffer(fleet, town, seen, outage, { away_ms, job: job_each || outage === all.at(-1) })
        figures.push(one)
        say(JSON.stringify(one))
      }
    }, clock === undefined ? {} : { clock })
    if (fleet.repeats.has(FORGOTTEN)) proof.wrong.push(`${fleet.repeats.get(FORGOTTEN)} requests were not answered for 20 s`)
    return { ...proof, figures, acknowledged: journal.acknowledged.size, longest_s: fleet.longest_ms / 1000, repeats: Object.fromEntries(fleet.repeats) }
  } finally {
    await fleet.remove()
  }
}

async function suffer(fleet: Fleet, town: Town, seen: Journal, { name, begin, code, refuses = false }: Outage, { away_ms, job }: { away_ms: number; job: boolean }): Promise<OutageFigures> {
  const ready = async (): Promise<{ status: number; text: string }> => {
    const { status, body } = await fleet.serving(fleet.names[0]!).ask('GET', '/readyz')
    return { status, text: JSON.stringify(body) }
  }
  const usual_job_s = rounded(seen.lasted_s.at(-1)!)
  const end = await begin(fleet)
  const said_s = code === undefined ? undefined : await seconds(`${name}: nobody said so`, async () => {
    const { status, text } = await ready()
    return status === 503 && text.includes(code)
  })
  await sleep(away_ms)
  if (refuses) await requireRefusal(fleet, seen, name)
  await end()
  const { acknowledged, lasted_s } = seen
  const [batches, jobs] = [acknowledged.size, lasted_s.length]
  const live = async (): Promise<boolean> => {
    const answer = await fleet.once(town.tokens.engineer, 'GET', `/api/v1/networks/${NETWORK}/live`)
    return (answer?.body['links'] as unknown as unknown[] | undefined ?? []).length > 0
  }
  const [ready_s, batch_s, live_s, job_s] = await Promise.all([
    seconds(`${name}: never ready again`, async () => (await ready()).status === 200), seconds(`${name}: no batch is acknowledged`, () => acknowledged.size > batches),
    seconds(`${name}: no live state`, live), job ? seconds(`${name}: no job ends`, () => lasted_s.length > jobs) : undefined,
  ])
  return { name, ...(said_s === undefined ? {} : { said_s }), ready_s, batch_s, live_s, ...(job_s === undefined ? {} : { job_s }), usual_job_s }
}

/** A problem document that says when to come again. */
async function requireRefusal(fleet: Fleet, { wrong }: Journal, name: string): Promise<void> {
  const { status, headers } = await fleet.serving(fleet.names[0]!).ask('GET', '/api/v1/networks')
  const [kind, wait_s] = [headers.get('content-type'), headers.get('retry-after')]
  if (status !== 503 || kind?.startsWith('application/problem+json') !== true || !(Number(wait_s) > 0)) wrong.push(`${name}: a request was answered with ${status}, ${kind}, Retry-After ${wait_s}`)
}

async function seconds(otherwise: string, met: () => boolean | Promise<boolean>): Promise<number> {
  const began = performance.now()
  await until(met, HOPELESS_MS).catch((cause: unknown) => { throw new Error(otherwise, { cause }) })
  return rounded((performance.now() - began) / 1000)
}

const rounded = (value: number): number => Math.round(value * 100) / 100

export const STOPPED: Outage = {
  name: 'database stopped', code: 'store.unreachable', refuses: true,
  async begin({ postgres }) {
    postgres.stop('immediate')
    return async () => postgres.start()
  },
}

export const FROZEN: Outage = {
  name: 'database frozen', code: 'store.unreachable', refuses: true,
  async begin({ postgres }) {
    postgres.freeze()
    return async () => postgres.thaw()
  },
}

/** Undefined where nobody may mount a small disk. The partition of today lies on it from then on. */
export function smallDisk(): { outage: Outage; remove(): void } | undefined {
  const directory = mkdtempSync(join(tmpdir(), 'greenwave-full-'))
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=0777', 'tmpfs', directory], { stdio: 'ignore' })
  } catch {
    rmSync(directory, { recursive: true })
    return undefined
  }
  if (process.getuid?.() === 0) execFileSync('chown', ['postgres', directory])
  const outage: Outage = {
    name: 'disk full', code: 'store.full',
    async begin({ postgres }) {
      const database = openPostgres(postgres.url)
      await database.exec(`CREATE TABLESPACE small LOCATION '${directory}'`)
      await database.exec(`ALTER TABLE fix_${new Date().toISOString().slice(0, 10).replaceAll('-', '')} SET TABLESPACE small`)
      await database.close()
      const ballast = join(directory, 'ballast')
      fill(ballast)
      return async () => rmSync(ballast)
    },
  }
  return {
    outage,
    remove() {
      execFileSync('umount', ['-l', directory])
      rmSync(directory, { recursive: true })
    },
  }
}

/** Until there is no room for another byte. */
function fill(file: string): void {
  const descriptor = openSync(file, 'w')
  try {
    for (let piece = 1 << 20; piece > 0;) {
      try {
        writeSync(descriptor, Buffer.alloc(piece))
      } catch {
        piece >>= 1
      }
    }
  } finally {
    closeSync(descriptor)
  }
}

/** A broker between those who take batches and those who store them; undefined where there is none. */
export async function brokenStream(): Promise<{ outages: Outage[]; members: MemberRole[]; env: NodeJS.ProcessEnv; remove(): Promise<void> } | undefined> {
  if (!hasNats) return undefined
  const nats = await startNatsServer()
  return {
    env: { GREENWAVE_NATS_URL: nats.url }, remove: () => nats.remove(),
    members: [{ name: 'web', args: ['--roles', 'web'], web: true }, { name: 'ingest', args: ['--roles', 'ingest,work'], web: false }],
    outages: [
      { name: 'stream killed', code: 'stream', begin: async () => (await nats.kill(), () => nats.start()) },
      { name: 'stream frozen', code: 'stream', begin: async () => (nats.signal('SIGSTOP'), async () => nats.signal('SIGCONT')) },
    ],
  }
}

/** Debian's libfaketime: its file says by how much the clock of processes is off, and may change. */
const FAKETIME = ['x86_64', 'aarch64'].map((machine) => `/usr/lib/${machine}-linux-gnu/faketime/libfaketimeMT.so.1`).find((path) => existsSync(path))
/** The file is read every second by each process when it next asks for the time; a loaded machine takes longer. */
const TAKES_MS = 4000

/** A clock for service and database that is put on by an hour, back by two, on by one, and back by a minute; undefined without libfaketime. */
export function steppedClock(): { outages: Outage[]; env: NodeJS.ProcessEnv; clock: Scene['clock']; remove(): void } | undefined {
  if (FAKETIME === undefined) return undefined
  const file = join(mkdtempSync(join(tmpdir(), 'greenwave-clock-')), 'offset')
  let [offset_s, put_ms, puts] = [0, -Infinity, 0]
  const put = (to_s: number): void => {
    writeFileSync(file, `${to_s < 0 ? '-' : '+'}${Math.abs(to_s)}\n`)
    offset_s = to_s
    put_ms = performance.now()
    puts++
  }
  put(0)
  const step = (name: string, to_s: number): Outage => ({
    name,
    async begin() {
      put(to_s)
      return () => sleep(TAKES_MS)
    },
  })
  return {
    outages: [step('clock put on by an hour', 3600), step('clock put back by two hours', -3600), step('clock put on to the right time', 0), step('clock put back by a minute', -60)],
    env: { LD_PRELOAD: FAKETIME, FAKETIME_TIMESTAMP_FILE: file, FAKETIME_CACHE_DURATION: '1', FAKETIME_DONT_FAKE_MONOTONIC: '1' },
    clock: { now: () => Date.now() / 1000 + offset_s, puts: () => (performance.now() - put_ms > TAKES_MS ? puts : undefined) },
    remove: () => rmSync(join(file, '..'), { recursive: true }),
  }
}
