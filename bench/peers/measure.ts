// One run of SUMO under one plan, and what every vehicle had of it.
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Time to empty the network after the last departure, s. What has not arrived then counts with what it lost until then. */
const CLEAR_OUT_S = 3600

export interface Run {
  /** Time loss and departure delay, s per vehicle, over all. */
  delay_s: number
  stops: number
  /** 95th percentile of the wait of vehicles that never go through the corridor, s, that for their place in the network included; NaN without any. */
  side_p95_s: number
  teleports: number
  vehicles: number
  unfinished: number
}

export interface RunInput {
  net: string
  routes: string
  /** Text of the additional file; absent: the programs of the net. */
  plan?: string
  seed: number
  from_s: number
  until_s: number
  step_s: number
  /** By number of the trip. */
  side: readonly boolean[]
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? NaN
}

export async function measure(input: RunInput, folder: string): Promise<Run> {
  await writeFile(join(folder, 'trips.rou.xml'), input.routes)
  if (input.plan !== undefined) await writeFile(join(folder, 'plan.add.xml'), input.plan)
  await run('sumo', [
    '-n', input.net, '-r', 'trips.rou.xml', ...(input.plan === undefined ? [] : ['-a', 'plan.add.xml']), '--seed', String(input.seed), '--step-length', String(input.step_s),
    '-b', String(input.from_s), '-e', String(input.until_s + CLEAR_OUT_S), '-X', 'never', '--no-step-log', 'true', '--no-warnings', 'true',
    '--tripinfo-output', 'tripinfo.xml', '--tripinfo-output.write-unfinished', 'true', '--tripinfo-output.write-undeparted', 'true',
    '--statistic-output', 'statistics.xml', '--duration-log.statistics', 'true',
  ], { cwd: folder, maxBuffer: 2 ** 24 })
  const [, teleports] = /<teleports total="(\d+)"/.exec(await readFile(join(folder, 'statistics.xml'), 'utf8')) ?? []
  return { ...summarise(await readFile(join(folder, 'tripinfo.xml'), 'utf8'), input), teleports: Number(teleports) }
}

/** In: a tripinfo file with unfinished and undeparted vehicles. */
export function summarise(tripinfo: string, { side }: Pick<RunInput, 'side'>): Omit<Run, 'teleports'> {
  let [vehicles, unfinished, delay, stops] = [0, 0, 0, 0]
  const waits: number[] = []
  for (const [, text] of tripinfo.matchAll(/<tripinfo ([^>]*)>/g)) {
    const number = (name: string): number => Number(new RegExp(`\\b${name}="([^"]*)"`).exec(text!)?.[1] ?? 0)
    vehicles++
    if (number('arrival') < 0) unfinished++
    delay += number('timeLoss') + number('departDelay')
    stops += number('waitingCount')
    if (side[Number(/\bid="(\d+)"/.exec(text!)?.[1])] === true) waits.push(number('waitingTime') + number('departDelay'))
  }
  return { delay_s: delay / vehicles, stops: stops / vehicles, side_p95_s: percentile(waits, 0.95), vehicles, unfinished }
}
