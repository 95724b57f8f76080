// SUMO's side: one run of the same trips and plan, kept in a folder by the hash of everything that went in, because it takes
// minutes where ours takes seconds.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { exportSumoPatterns, exportSumoRoutes } from '../../adapters/formats/sumo/index.ts'
import type { Pattern } from '../../model/signal.ts'
import type { Trip } from '../../simulation/index.ts'
import { CLEAR_OUT_S, type CheckCase, type DrivingModel, type RunMeasures } from './check-case.ts'

const run = promisify(execFile)

export interface SumoJob extends DrivingModel {
  seed: number
  patterns: readonly Pattern[]
  trips: readonly Trip[]
}

/** Everything that decides SUMO's answer. */
interface Inputs {
  net: string
  routes: string
  plan: string
  options: string[]
}

/** First line of `sumo --version`, or undefined where it is not installed. */
export async function sumoVersion(): Promise<string | undefined> {
  const answer = await run('sumo', ['--version']).catch(() => undefined)
  return answer?.stdout.split('\n')[0]?.trim()
}

export function sumoInputs(of: CheckCase, { model, step_s, seed, patterns, trips }: SumoJob): Inputs {
  return {
    net: resolve(of.net),
    routes: exportSumoRoutes(of.network, trips, of.vehicle_types, { model }),
    plan: exportSumoPatterns(of.network, patterns),
    options: ['--seed', String(seed), '--step-length', String(step_s), '-b', String(of.from_s), '-e', String(of.until_s + CLEAR_OUT_S), '-X', 'never', '--no-step-log', 'true', '--no-warnings', 'true'],
  }
}

/** What is kept of a run; numbers as text, null where a vehicle did not complete. */
interface Kept {
  travel_s: (number | null)[]
  insertion_s: (number | null)[]
  entered: Record<string, number>
  teleports: number
  jams: number
}

/** Runs SUMO, or reads what it said before to the same input. `version` is part of the key. */
export async function runSumoCase(of: CheckCase, job: SumoJob, cache: string, version: string): Promise<RunMeasures> {
  const inputs = sumoInputs(of, job)
  const hash = createHash('sha256')
  for (const part of [version, await readFile(inputs.net), inputs.routes, inputs.plan, inputs.options.join(' '), `${of.from_s} ${of.until_s}`]) hash.update(part).update('\0')
  const file = join(cache, `${of.name}-${job.model}-${job.step_s}-${job.seed}-${hash.digest('hex').slice(0, 16)}.json`)
  if (!existsSync(file)) {
    const kept = await runFresh(of, inputs, job.trips.length)
    await mkdir(cache, { recursive: true })
    await writeFile(`${file}.${process.pid}`, JSON.stringify(kept))
    await rename(`${file}.${process.pid}`, file)
  }
  return measuresOf(of, JSON.parse(await readFile(file, 'utf8')) as Kept)
}

function measuresOf(of: CheckCase, kept: Kept): RunMeasures {
  const column = (values: readonly (number | null)[]): Float64Array => Float64Array.from(values, (value) => value ?? NaN)
  return {
    travel_s: column(kept.travel_s), insertion_s: column(kept.insertion_s), entered: Float64Array.from(of.network.links, (link) => kept.entered[link.source_id] ?? 0),
    teleports: kept.teleports, gridlocked: kept.jams > 0,
  }
}

async function runFresh(of: CheckCase, inputs: Inputs, vehicles: number): Promise<Kept> {
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-check-'))
  try {
    await writeFile(join(folder, 'trips.rou.xml'), inputs.routes)
    await writeFile(join(folder, 'plan.add.xml'), inputs.plan)
    await writeFile(join(folder, 'flows.add.xml'), `<additional><edgeData id="flows" file="flows.xml" begin="${of.from_s}" end="${of.until_s}"/></additional>`)
    await runTimed('sumo', [
      '-n', inputs.net, '-r', 'trips.rou.xml', '-a', 'plan.add.xml,flows.add.xml', ...inputs.options,
      '--tripinfo-output', 'tripinfo.xml', '--duration-log.statistics', 'true', '--statistic-output', 'statistics.xml',
    ], folder)
    const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')
    const [, teleports, jams] = /<teleports total="(\d+)" jam="(\d+)"/.exec(await read('statistics.xml')) ?? []
    return { ...readTrips(await read('tripinfo.xml'), vehicles), entered: readFlows(await read('flows.xml')), teleports: Number(teleports), jams: Number(jams) }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** User and system time of a program and its children, s, as the shell counts them. Throws with its words when it fails. */
export async function runTimed(program: string, args: readonly string[], folder: string): Promise<number> {
  const script = '"$@" > stdout.txt; code=$?; times; exit $code'
  const { stdout } = await run('/bin/sh', ['-c', script, 'sh', program, ...args], { cwd: folder, maxBuffer: 2 ** 24 }).catch((cause: unknown) => {
    throw new Error(`${program} failed: ${(cause as { stderr?: string }).stderr ?? String(cause)}`, { cause })
  })
  const children = stdout.trim().split('\n')[1] ?? ''
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + 60 * Number(minutes) + Number(seconds), 0)
}

function readTrips(xml: string, vehicles: number): Pick<Kept, 'travel_s' | 'insertion_s'> {
  const kept = { travel_s: Array.from<null | number>({ length: vehicles }).fill(null), insertion_s: Array.from<null | number>({ length: vehicles }).fill(null) }
  for (const [, id, delay, duration] of xml.matchAll(/<tripinfo id="(\d+)"[^>]* departDelay="([^"]*)"[^>]* duration="([^"]*)"/g)) {
    kept.travel_s[Number(id)] = Number(duration)
    kept.insertion_s[Number(id)] = Number(delay)
  }
  return kept
}

function readFlows(xml: string): Record<string, number> {
  const flows: Record<string, number> = {}
  for (const [, id, rest] of xml.matchAll(/<edge id="([^"]*)"([^>]*)>/g)) {
    const value = (name: string): number => Number(new RegExp(` ${name}="([^"]*)"`).exec(rest ?? '')?.[1] ?? 0)
    const entered = value('entered') + value('departed')
    if (entered > 0) flows[id ?? ''] = entered
  }
  return flows
}
