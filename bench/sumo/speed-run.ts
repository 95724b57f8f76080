// The process that is timed against SUMO's: reads the same net, routes and plan, runs seeds one after the other, and writes
// per-vehicle trip information to a file per run, as SUMO's tripinfo output. Arguments: speed-run <net> <routes> <plan>
// <model> <step> <runs> <folder to write to>. Prints the number of vehicle updates.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { importSumo } from '../../adapters/formats/sumo/import-sumo.ts'
import { compileSignal } from '../../model/compile.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { runningPatterns } from '../../model/schedule.ts'
import { drawTripTable, tripSources, vehicleTypes } from '../../simulation/demand/index.ts'
import { prepareNetwork, simulate, type RunResult, type SimulationInput, type TripTable } from '../../simulation/index.ts'
import { CLEAR_OUT_S } from './check-case.ts'

const [net, routes, plan, model, step, runs, folder] = process.argv.slice(2) as [string, string, string, 'idm' | 'krauss', string, string, string]

const { scenario: { network, demand, timing } } = await importSumo(net, { routes: [routes], additional: [plan] })
const from_s = Math.floor(demand.vehicles.depart_s[0] ?? 0)
const until_s = (demand.vehicles.depart_s.at(-1) ?? 0) + 1
const byId = new Map(network.signals.map((signal) => [signal.id, signal]))
const signals = [...runningPatterns(timing, from_s).values()].map((pattern) => compileSignal(byId.get(pattern.signal)!, pattern))
const vehicle_types = vehicleTypes(demand)
const graph = new RoadGraph(network)
// The routes file gives every run the same trips; only the drivers differ.
const trips = drawTripTable(graph, vehicle_types, tripSources(graph, demand, { from_s, until_s }), 1)
const prepared = prepareNetwork(network)
let updates = 0
for (let seed = 1; seed <= Number(runs); seed++) {
  const input: SimulationInput = {
    network, signals, trips, vehicle_types,
    options: { seed, step_s: Number(step), model, rules: 'sumo', start_s: from_s, measure_from_s: from_s, measure_until_s: until_s, stop_at_s: until_s + CLEAR_OUT_S },
  }
  const result = simulate(prepared, input)
  updates += result.updates
  writeFileSync(join(folder, `tripinfo-${seed}.xml`), tripinfo(trips, result.vehicles))
}
console.log(updates)

function tripinfo(trips: TripTable, vehicles: RunResult['vehicles']): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<tripinfos>']
  for (let i = 0; i < vehicles.trip.length; i++) {
    if (vehicles.completed[i] !== 1) continue
    const trip = vehicles.trip[i]!
    const [duration, delay] = [vehicles.travel_time_s[i]!, vehicles.insertion_delay_s[i]!]
    const depart = trips.depart_s[trip]! + delay
    lines.push(`    <tripinfo id="${trip}" depart="${depart.toFixed(2)}" departDelay="${delay.toFixed(2)}" arrival="${(depart + duration).toFixed(2)}" duration="${duration.toFixed(2)}" timeLoss="${vehicles.delay_s[i]!.toFixed(2)}" stops="${vehicles.stops[i]}" type="${trips.type[trip]}"/>`)
  }
  lines.push('</tripinfos>', '')
  return lines.join('\n')
}
