// Runs SUMO's programs in a throw-away folder, for tests that compare with it. Absent SUMO: the suites skip and say so.
import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const has = (program: string): boolean => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0

export const hasSumo = has('sumo') && has('netconvert')

/** For a suite's name, so that a skipped run says why. */
export const sumoNote = hasSumo ? '' : ' (skipped: SUMO is not installed)'

export interface SumoRun {
  net: string
  routes: readonly string[]
  additional?: readonly string[]
  begin?: number
  /** Departures stop here; the run goes on until the network is empty or `stop`. */
  end?: number
  seed?: number
  /** Further arguments, such as `['--step-length', '0.5']`. */
  options?: readonly string[]
}

export interface TripInfo {
  id: string
  depart: number
  arrival: number
  duration: number
  waitingTime: number
  waitingCount: number
  timeLoss: number
  departDelay: number
}

export interface SumoResult {
  trips: TripInfo[]
  means: { duration: number; waitingTime: number; waitingCount: number; timeLoss: number; departDelay: number }
  teleports: number
  /** What SUMO wrote to stderr. */
  warnings: string
}

/** A throw-away folder, removed when the work is done. */
export async function inTemporaryFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-sumo-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Runs `sumo` and reads its tripinfo. Throws with SUMO's own words when it fails. */
export function runSumo(input: SumoRun): Promise<SumoResult> {
  return inTemporaryFolder(async (folder) => {
    const list = (files: readonly string[]): string => files.map((file) => resolve(file)).join(',')
    const additional = input.additional ?? []
    const { stderr } = await call('sumo', [
      '-n', resolve(input.net), '-X', 'never', '--no-step-log', 'true', '--seed', String(input.seed ?? 1),
      '--tripinfo-output', join(folder, 'tripinfo.xml'), '--duration-log.statistics', 'true', '--statistic-output', join(folder, 'statistics.xml'),
      ...(input.routes.length > 0 ? ['-r', list(input.routes)] : []),
      ...(additional.length > 0 ? ['-a', list(additional)] : []),
      ...(input.begin === undefined ? [] : ['-b', String(input.begin)]),
      ...(input.end === undefined ? [] : ['-e', String(input.end)]),
      ...(input.options ?? []),
    ], folder)
    const trips = readTrips(await readFile(join(folder, 'tripinfo.xml'), 'utf8'))
    const statistics = await readFile(join(folder, 'statistics.xml'), 'utf8')
    const teleports = Number(/<teleports total="(\d+)"/.exec(statistics)?.[1] ?? Number.NaN)
    const mean = (value: (trip: TripInfo) => number): number => trips.reduce((sum, trip) => sum + value(trip), 0) / trips.length
    return {
      trips, teleports, warnings: stderr,
      means: {
        duration: mean((trip) => trip.duration), waitingTime: mean((trip) => trip.waitingTime), waitingCount: mean((trip) => trip.waitingCount),
        timeLoss: mean((trip) => trip.timeLoss), departDelay: mean((trip) => trip.departDelay),
      },
    }
  })
}

/** Builds a network from plain XML texts by file ending (`nod`, `edg`, `con`, `tll`); gives the text of the network. */
export function runNetconvert(plain: Record<string, string>, options: readonly string[] = []): Promise<{ net: string; warnings: string }> {
  return inTemporaryFolder(async (folder) => {
    const flags: Record<string, string> = { nod: '-n', edg: '-e', con: '-x', tll: '-i', typ: '-t' }
    const inputs: string[] = []
    for (const [kind, text] of Object.entries(plain)) {
      const file = join(folder, `plain.${kind}.xml`)
      await writeFile(file, text)
      inputs.push(flags[kind] ?? `--${kind}`, file)
    }
    const out = join(folder, 'out.net.xml')
    const { stderr } = await call('netconvert', [...inputs, '-X', 'never', '-o', out, ...options], folder)
    return { net: await readFile(out, 'utf8'), warnings: stderr }
  })
}

async function call(program: string, args: string[], folder: string): Promise<{ stderr: string }> {
  try {
    return await run(program, args, { cwd: folder, maxBuffer: 64 * 2 ** 20 })
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    throw new Error(`${program} failed: ${stderr ?? String(error)}`, { cause: error })
  }
}

function readTrips(xml: string): TripInfo[] {
  return [...xml.matchAll(/<tripinfo ([^>]*)>/g)].map(([, text]) => {
    const attributes = new Map([...(text ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key ?? '', value ?? '']))
    const number = (key: string): number => Number(attributes.get(key))
    return {
      id: attributes.get('id') ?? '', depart: number('depart'), arrival: number('arrival'), duration: number('duration'),
      waitingTime: number('waitingTime'), waitingCount: number('waitingCount'), timeLoss: number('timeLoss'), departDelay: number('departDelay'),
    }
  })
}
