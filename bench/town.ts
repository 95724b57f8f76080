/**
 * Does the cost of a run grow in proportion to the work in a large town? A generated town of 30 x 30 signals, an hour of
 * random trips, each size in a process of its own, so that peak memory is its own. `--sumo` runs SUMO on the same town, too.
 */
import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { exportSumoRoutes } from '../adapters/formats/sumo/index.ts'
import { compileSignal } from '../model/compile.ts'
import { PASSENGER_CAR } from '../model/demand.ts'
import { createRun, prepareNetwork, type SimulationInput } from '../simulation/index.ts'
import { builtNet } from './sumo/corridors.ts'
import { runTimed } from './sumo/run-sumo.ts'
import { readModel } from './sumo/settings.ts'
import { townStreets, townTrips } from './sumo/town-streets.ts'
import { formatTable } from './table.ts'

const OPTIONS = {
  vehicles: { type: 'string', default: '10000,25000,50000,100000' }, size: { type: 'string', default: '30' }, model: { type: 'string', default: 'idm 0.5' },
  one: { type: 'boolean', default: false }, sumo: { type: 'boolean', default: false },
} as const

const HOUR_S = 3600
/** Longer than any trip takes on this town when nothing is wrong. */
const CLEAR_OUT_S = 3600

interface Row {
  vehicles: number
  links: number
  build_s: number
  cpu_s: number
  updates: number
  peak_mb: number
  network_bytes: number
  trip_bytes: number
  run_bytes: number
  completed: number
  gridlock?: string
  travel_s: number
  most: number
}

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({ args: [...args], options: OPTIONS })
  if (values.one) {
    console.log(JSON.stringify(runOne(Number(values.vehicles), Number(values.size), values.model)))
    return 0
  }
  const rows: (Row & { sumo?: Sumo })[] = []
  for (const vehicles of values.vehicles.split(',')) {
    const child = spawnSync(process.execPath, [process.argv[1]!, 'town', '--one', '--vehicles', vehicles, '--size', values.size, '--model', values.model], { encoding: 'utf8', maxBuffer: 2 ** 24 })
    if (child.status !== 0) throw new Error(`the run with ${vehicles} vehicles failed: ${child.stderr}`)
    const row = JSON.parse(child.stdout) as Row
    const sumo = values.sumo ? await runSumo(row.vehicles, Number(values.size), values.model) : undefined
    rows.push({ ...row, ...(sumo === undefined ? {} : { sumo }) })
    console.log(formatTable(HEADER, [cells(rows.at(-1)!)]))
  }
  report(rows)
  return rows.every(({ completed, vehicles, gridlock }) => gridlock === undefined && completed === vehicles) ? 0 : 1
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes in use after a collection. */
function usedBytes(): number {
  collect()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function runOne(vehicles: number, size: number, text: string): Row {
  const { model, step_s } = readModel(text)
  const start = process.cpuUsage()
  const { network, patterns } = townStreets(size)
  const byId = new Map(network.signals.map((signal) => [signal.id, signal]))
  const signals = patterns.map((pattern) => compileSignal(byId.get(pattern.signal)!, pattern))
  const before = usedBytes()
  const prepared = prepareNetwork(network)
  const withNetwork = usedBytes()
  const trips = townTrips(network, vehicles, 1)
  const withTrips = usedBytes()
  const input: SimulationInput = {
    network, signals, trips, vehicle_types: [PASSENGER_CAR],
    options: { seed: 1, step_s, model, start_s: 0, measure_from_s: 0, measure_until_s: HOUR_S, stop_at_s: HOUR_S + CLEAR_OUT_S },
  }
  const run = createRun(prepared, input)
  const withRun = usedBytes()
  const build = process.cpuUsage(start)
  const beforeRun = process.cpuUsage()
  while (run.step());
  const result = run.result()
  const used = process.cpuUsage(beforeRun)
  const times = [...result.vehicles.travel_time_s].filter((time) => !Number.isNaN(time))
  return {
    vehicles, links: network.links.length, build_s: (build.user + build.system) / 1e6, cpu_s: (used.user + used.system) / 1e6, updates: result.updates,
    peak_mb: process.resourceUsage().maxRSS / 1024, network_bytes: withNetwork - before, trip_bytes: withTrips - withNetwork, run_bytes: withRun - withTrips,
    completed: result.completed, ...(result.gridlock === undefined ? {} : { gridlock: `${result.gridlock.time_s} s: ${result.gridlock.where}` }),
    travel_s: times.reduce((sum, time) => sum + time, 0) / times.length, most: result.updates / (result.end_s / step_s),
  }
}

interface Sumo {
  cpu_s: number
  updates: number
  completed: number
  travel_s: number
}

/** The same town, trips and plan, built by netconvert. */
async function runSumo(vehicles: number, size: number, text: string): Promise<Sumo> {
  const { model, step_s } = readModel(text)
  const folder = await mkdtemp(join(tmpdir(), 'greenwave-town-'))
  try {
    const { network, patterns } = townStreets(size)
    const built = await builtNet(network, patterns, 'town', folder)
    const trips = townTrips(network, vehicles, 1).map((trip) => ({ ...trip, links: built.translate(trip.links) }))
    await writeFile(join(folder, 'trips.rou.xml'), exportSumoRoutes(built.network, trips, [PASSENGER_CAR], { model }))
    const cpu_s = await runTimed('sumo', [
      '-n', built.net, '-r', 'trips.rou.xml', '-X', 'never', '--no-step-log', 'true', '--no-warnings', 'true', '--seed', '1', '--step-length', String(step_s),
      '-e', String(HOUR_S + CLEAR_OUT_S), '--tripinfo-output', 'tripinfo.xml',
    ], folder)
    const times = [...(await readFile(join(folder, 'tripinfo.xml'), 'utf8')).matchAll(/ duration="([^"]*)"/g)].map(([, duration]) => Number(duration))
    const total = times.reduce((sum, time) => sum + time, 0)
    return { cpu_s, updates: total / step_s, completed: times.length, travel_s: total / times.length }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

const HEADER = ['vehicles', 'on the road, mean', 'build CPU s', 'run CPU s', 'updates', 'ns/update', 'peak MB', 'completed', 'gridlock', 'travel s', 'SUMO ns/update, done, travel s']
const perUpdate = ({ cpu_s, updates }: { cpu_s: number; updates: number }): number => (1e9 * cpu_s) / updates

function cells(row: Row & { sumo?: Sumo }): string[] {
  return [
    String(row.vehicles), row.most.toFixed(0), row.build_s.toFixed(1), row.cpu_s.toFixed(1), row.updates.toExponential(2), perUpdate(row).toFixed(0), row.peak_mb.toFixed(0),
    String(row.completed), row.gridlock === undefined ? 'no' : 'YES', row.travel_s.toFixed(1),
    row.sumo === undefined ? '' : `${perUpdate(row.sumo).toFixed(0)}, ${row.sumo.completed}, ${row.sumo.travel_s.toFixed(1)}`,
  ]
}

function report(rows: readonly Row[]): void {
  console.log(`\n${formatTable(HEADER, rows.map(cells))}`)
  const [first, last] = [rows[0]!, rows.at(-1)!]
  console.log(`ns per update, ${last.vehicles} over ${first.vehicles} vehicles: ${(perUpdate(last) / perUpdate(first)).toFixed(2)}`)
  const perVehicle = rows.length < 2 ? last.run_bytes / last.vehicles : (last.run_bytes - first.run_bytes) / (last.vehicles - first.vehicles)
  console.log(`memory: ${(last.network_bytes / last.links).toFixed(0)} bytes a link (prepared network), ${perVehicle.toFixed(0)} a vehicle (state and measures of a run), ${(last.trip_bytes / last.vehicles).toFixed(0)} a trip as given; ${last.links} links`)
  for (const { vehicles, gridlock } of rows) if (gridlock !== undefined) console.log(`gridlock with ${vehicles} vehicles at ${gridlock}`)
}
