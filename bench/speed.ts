/**
 * How much CPU time does a run take, against SUMO? Whole processes, user and system time, the same net, routes, plan, model
 * and step on the same machine, trip information of every vehicle written by both, alternating. Cold: one process of ours
 * per run. Batch: one process of ours against as many of SUMO's as there are runs. Exit code 1 if travel times differ by
 * more than 5 %, never for being slow.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { mean } from '../simulation/batch/statistics.ts'
import type { CheckCase, DrivingModel } from './sumo/check-case.ts'
import { loadCase } from './sumo/load-case.ts'
import { runTimed, sumoInputs, sumoVersion } from './sumo/run-sumo.ts'
import { readModel } from './sumo/settings.ts'
import { formatTable } from './table.ts'

const OPTIONS = {
  nets: { type: 'string', default: 'corridor-near,cologne3,bologna-acosta' }, model: { type: 'string', default: 'idm 0.5' },
  pairs: { type: 'string', default: '3' }, batch: { type: 'string', default: '20' }, data: { type: 'string', default: '../shared/data/sumo' },
  'sumo-runs': { type: 'string' },
} as const

/** Travel times may differ by this share, else speed says nothing. */
const TRAVEL_TIME = 0.05
const TARGET = { cold: 5, batch: 20 }
const PROGRAM = fileURLToPath(new URL('./sumo/speed-run.js', import.meta.url))

interface Settings {
  model: DrivingModel
  pairs: number
  batch: number
  /** SUMO processes that are run of a batch; the rest cost as much as these on average. */
  sumoRuns: number
}

/** CPU s of one process or a batch, and what it said. */
interface Timed {
  cpu_s: number
  runs: number
  updates: number
  travel_s: number
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  const version = await sumoVersion()
  if (version === undefined) {
    console.log('SUMO is not installed; nothing was timed')
    return 2
  }
  const settings: Settings = { model: readModel(values.model), pairs: Number(values.pairs), batch: Number(values.batch), sumoRuns: Math.min(Number(values.batch), Number(values['sumo-runs'] ?? values.batch)) }
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-speed-'))
  console.log(`${version}, node ${process.version}, ${values.model}, ${settings.pairs} pairs, batch of ${settings.batch}`)
  try {
    let wrong = 0
    for (const name of values.nets.split(',')) {
      const of = await loadCase(name, values.data, folder)
      if (of === undefined) console.log(`${name}: skipped, there is no such net in ${values.data}`)
      else wrong += await timeCase(of, folder, settings)
    }
    return wrong > 0 ? 1 : 0
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function timeCase(of: CheckCase, folder: string, settings: Settings): Promise<number> {
  const inputs = sumoInputs(of, { ...settings.model, seed: 1, patterns: of.plans[0].patterns, trips: of.trips(1) })
  await writeFile(join(folder, 'trips.rou.xml'), inputs.routes)
  await writeFile(join(folder, 'plan.add.xml'), inputs.plan)
  const sumo = (seed: number): Promise<Timed> => timeSumo(folder, inputs.net, inputs.options.with(1, String(seed)), settings)
  const ours = (runs: number): Promise<Timed> => timeOurs(folder, inputs.net, runs, settings)
  const pairs: Record<'cold' | 'batch', { ours: Timed; sumo: Timed }[]> = { cold: [], batch: [] }
  for (let k = 0; k < settings.pairs; k++) {
    pairs.cold.push({ ours: await ours(1), sumo: await sumo(1 + k) })
    const batch = await ours(settings.batch)
    const single: Timed[] = []
    for (let seed = 1; seed <= settings.sumoRuns; seed++) single.push(await sumo(seed))
    pairs.batch.push({ ours: batch, sumo: total(single) })
  }
  const rows = (['cold', 'batch'] as const).map((kind) => rowOf(of.name, kind, pairs[kind]))
  console.log(formatTable(['net', 'runs', 'ours CPU s/run', 'SUMO CPU s/run', 'ratio min/median/max', 'target', 'MUPS us/SUMO', 'travel s us/SUMO', 'diff %'], rows.map(({ cells }) => cells)))
  return rows.filter(({ wrong }) => wrong).length
}

const total = (runs: readonly Timed[]): Timed => ({
  cpu_s: sum(runs.map((run) => run.cpu_s)), runs: sum(runs.map((run) => run.runs)), updates: sum(runs.map((run) => run.updates)), travel_s: mean(runs.map((run) => run.travel_s)),
})
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)

async function timeOurs(folder: string, net: string, runs: number, { model }: Settings): Promise<Timed> {
  const cpu_s = await runTimed(process.execPath, [PROGRAM, net, 'trips.rou.xml', 'plan.add.xml', model.model, String(model.step_s), String(runs), folder], folder)
  const travel = await Promise.all(Array.from({ length: runs }, async (_, i) => mean(await durations(join(folder, `tripinfo-${i + 1}.xml`)))))
  return { cpu_s, runs, updates: Number(await readFile(join(folder, 'stdout.txt'), 'utf8')), travel_s: mean(travel) }
}

async function timeSumo(folder: string, net: string, options: readonly string[], { model }: Settings): Promise<Timed> {
  const cpu_s = await runTimed('sumo', ['-n', net, '-r', 'trips.rou.xml', '-a', 'plan.add.xml', ...options, '--tripinfo-output', 'tripinfo.xml'], folder)
  const travel = await durations(join(folder, 'tripinfo.xml'))
  return { cpu_s, runs: 1, updates: sum(travel) / model.step_s, travel_s: mean(travel) }
}

const durations = async (file: string): Promise<number[]> => [...(await readFile(file, 'utf8')).matchAll(/ duration="([^"]*)"/g)].map(([, text]) => Number(text))

function rowOf(name: string, kind: 'cold' | 'batch', pairs: readonly { ours: Timed; sumo: Timed }[]): { cells: string[]; wrong: boolean } {
  const [ours, sumo] = [total(pairs.map((pair) => pair.ours)), total(pairs.map((pair) => pair.sumo))]
  const perRun = ({ cpu_s, runs }: Timed): number => cpu_s / runs
  const ratios = pairs.map((pair) => perRun(pair.sumo) / perRun(pair.ours)).sort((a, b) => a - b)
  const difference = ours.travel_s / sumo.travel_s - 1
  const middle = (ratios[Math.floor((ratios.length - 1) / 2)]! + ratios[Math.ceil((ratios.length - 1) / 2)]!) / 2
  // A single pair of seeds differs by chance; the batch decides.
  const wrong = kind === 'batch' && !(Math.abs(difference) <= TRAVEL_TIME)
  return {
    cells: [
      name, kind === 'cold' ? '1 cold' : `${pairs[0]!.ours.runs} in one process`, perRun(ours).toFixed(3), perRun(sumo).toFixed(3),
      [ratios[0]!, middle, ratios.at(-1)!].map((ratio) => ratio.toFixed(1)).join(' / '), `${TARGET[kind]}${middle >= TARGET[kind] ? ' met' : ' missed'}`,
      `${(ours.updates / ours.cpu_s / 1e6).toFixed(2)}/${(sumo.updates / sumo.cpu_s / 1e6).toFixed(2)}`, `${ours.travel_s.toFixed(1)}/${sumo.travel_s.toFixed(1)}`,
      `${(100 * difference).toFixed(1)}${wrong ? ' WRONG' : ''}`,
    ],
    wrong,
  }
}
