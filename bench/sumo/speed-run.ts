// The process that is timed against SUMO's: reads the same net, routes and plan, runs seeds one after the other, and writes
// per-vehicle trip information to a file per run, as SUMO's tripinfo output. Arguments: speed-run <net> <routes> <plan>
// <model> <step> <runs> <folder to write to>. Prints the number of vehicle updates.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importSumo } from '../../adapters/formats/sumo/index.ts'
import { prepareNetwork, simulate, type RunResult, type Trip } from '../../simulation/index.ts'
import { caseFromScenario } from './public-nets.ts'
import { inputOf } from './run-ours.ts'

const [net, routes, plan, model, step, runs, folder] = process.argv.slice(2) as [string, string, string, 'idm' | 'krauss', string, string, string]

const { scenario } = await importSumo(net, { routes: [routes], additional: [plan] })
const of = caseFromScenario('speed', net, scenario)
const prepared = prepareNetwork(of.network)
let updates = 0
for (let seed = 1; seed <= Number(runs); seed++) {
  const trips = of.trips(seed)
  const result = simulate(prepared, inputOf(of, { model, step_s: Number(step), seed, patterns: of.plans[0].patterns, trips, rules: 'sumo' }))
  updates += result.updates
  writeFileSync(join(folder, `tripinfo-${seed}.xml`), tripinfo(trips, result.vehicles))
}
console.log(updates)

function tripinfo(trips: readonly Trip[], vehicles: RunResult['vehicles']): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<tripinfos>']
  for (let i = 0; i < vehicles.trip.length; i++) {
    if (vehicles.completed[i] !== 1) continue
    const trip = trips[vehicles.trip[i]!]!
    const [duration, delay] = [vehicles.travel_time_s[i]!, vehicles.insertion_delay_s[i]!]
    const depart = trip.depart_s + delay
    lines.push(`    <tripinfo id="${vehicles.trip[i]}" depart="${depart.toFixed(2)}" departDelay="${delay.toFixed(2)}" arrival="${(depart + duration).toFixed(2)}" duration="${duration.toFixed(2)}" timeLoss="${vehicles.delay_s[i]!.toFixed(2)}" stops="${vehicles.stops[i]}" type="${trip.type}"/>`)
  }
  lines.push('</tripinfos>', '')
  return lines.join('\n')
}
