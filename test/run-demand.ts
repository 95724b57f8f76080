// A run of some demand on any scenario under its first plan, for tests that an imported network can be driven.
import { compileSignal } from '../model/compile.ts'
import type { Demand } from '../model/demand.ts'
import { RoadGraph } from '../model/road-graph.ts'
import type { Scenario } from '../model/scenario.ts'
import type { TimeOfDay } from '../model/units.ts'
import { buildTrips, vehicleTypes } from '../simulation/demand/index.ts'
import { createRun, prepareNetwork, type Run } from '../simulation/index.ts'

/** Departures before `until_s` are driven; everybody has an hour to arrive. */
export function runDemand({ network, timing }: Scenario, demand: Demand, until_s: TimeOfDay): Run {
  const trips = buildTrips(new RoadGraph(network), demand, { seed: 1, from_s: 0, until_s })
  const byId = new Map(network.signals.map((signal) => [signal.id, signal]))
  const signals = (timing.plans[0]?.patterns ?? []).map((pattern) => compileSignal(byId.get(pattern.signal)!, pattern))
  const options = { seed: 1, step_s: 0.5, model: 'idm' as const, start_s: 0, measure_from_s: 0, measure_until_s: until_s, stop_at_s: until_s + 3600 }
  return createRun(prepareNetwork(network), { network, signals, trips, vehicle_types: vehicleTypes(demand), options })
}
