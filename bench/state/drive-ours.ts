// Our own microsimulation drives one day, by the rules of the street; every vehicle's place once a second.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileSignal } from '../../model/compile.ts'
import { PASSENGER_CAR } from '../../model/demand.ts'
import type { RowSink, TrajectoryPoint } from '../../model/observation.ts'
import type { Scenario } from '../../model/scenario.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { createRun, prepareNetwork } from '../../simulation/index.ts'
import { observed, Places, Trajectories } from '../../simulation/observe/index.ts'
import type { CityTrip } from './city.ts'
import { kept, Rows, tracksOf, type Track } from './drive.ts'

export async function driveOurDay({ network, timing }: Scenario, trips: readonly CityTrip[], until_s: number, seed: number, cache: string): Promise<Track[]> {
  const key = createHash('sha256').update(JSON.stringify([network, timing, trips, until_s, seed])).update(codeHash()).digest('hex').slice(0, 20)
  return tracksOf(await kept(cache, key, async () => {
    const index = new Map(network.links.map(({ source_id }, l) => [source_id, l]))
    const link = new Map(network.links.map(({ id }, l) => [id, l]))
    const signals = new Map(network.signals.map((signal) => [signal.id, signal]))
    const prepared = prepareNetwork(network)
    const run = createRun(prepared, {
      network, vehicle_types: [PASSENGER_CAR], trips: trips.map(({ depart_s, edges }) => ({ depart_s, type: 0, links: edges.map((edge) => index.get(edge)!) })),
      signals: [...runningPatterns(timing, 0).values()].map((pattern) => compileSignal(signals.get(pattern.signal)!, pattern)),
      options: { seed, step_s: 0.5, model: 'idm', start_s: 0, measure_from_s: 0, measure_until_s: until_s, stop_at_s: until_s },
    })
    const rows = new Rows()
    const take: RowSink<TrajectoryPoint> = (points) => {
      for (const { vehicle_id, time_s, x_m, y_m, speed_mps, heading_deg, link: on, position_m } of points) {
        const l = link.get(on)!
        rows.add(Number(vehicle_id), time_s, x_m, y_m, speed_mps, heading_deg, position_m > network.links[l]!.length_m ? -1 : l, position_m)
      }
    }
    const whole = observed(run, [new Trajectories(new Places(prepared), 1, take)])
    while (whole.step());
    const { gridlock } = whole.result()
    if (gridlock !== undefined) console.error(`day of seed ${seed}: ${gridlock.where}`)
    return rows.all()
  }))
}

let code: string | undefined

/** Of the engine: a day driven by another is another day. */
function codeHash(): string {
  if (code !== undefined) return code
  const hash = createHash('sha256')
  const root = join(import.meta.dirname, '..', '..', 'simulation')
  for (const file of readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /(?<!\.test|\.d)\.[jt]s$/.test(name)).sort()) hash.update(readFileSync(join(root, file)))
  return code = hash.digest('hex')
}
