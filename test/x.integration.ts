import { readFileSync, writeFileSync } from 'node:fs'
import { it } from 'vitest'
import { readScenario, readPlan } from '/work/main/adapters/formats/scenario/read.ts'
import { RoadGraph } from '/work/main/model/road-graph.ts'
import { runningPatterns } from '/work/main/model/schedule.ts'
import { withPlan, getCorridor, compileStreet } from '/work/main/plans/street.ts'
import { resolveCorridor } from '/work/main/model/corridor.ts'
import { resolvePeriod, buildTrips, vehicleTypes } from '/work/main/simulation/demand/index.ts'
import { prepareNetwork, simulate } from '/work/main/simulation/index.ts'
import { corridorPaths } from '/work/main/simulation/batch/index.ts'
import { crossCheck } from '/work/main/test/cross-check.ts'
it('x', async () => {
  const [folder, period, plan, net] = JSON.parse(process.env.X)
  const { scenario } = await readScenario(folder)
  const graph = new RoadGraph(scenario.network)
  const p = resolvePeriod(scenario, period ?? undefined)
  const running = runningPatterns(scenario.timing, p.start_s)
  const plans = { before: running }
  if (plan) plans.after = withPlan(graph, running, await readPlan(plan))
  const span = { from_s: p.start_s, until_s: p.start_s + 3600 }
  const sumo = await crossCheck({ scenario, plans, ...span, period: p, seeds: [1, 2], ...(net ? { net } : {}) })
  const prepared = prepareNetwork(scenario.network)
  const corridor = corridorPaths(resolveCorridor(graph, getCorridor(scenario.scenario)))
  for (const [name, runs] of Object.entries(sumo)) runs.forEach((run, i) => {
    console.log(name, 'SUMO', i+1, 'n', run.trips.length, 'dur', run.means.duration.toFixed(1), 'loss', run.means.timeLoss.toFixed(1), 'stops', run.means.waitingCount.toFixed(2), 'dd', run.means.departDelay.toFixed(1), 'tele', run.teleports)
    const trips = buildTrips(graph, scenario.demand, { seed: i + 1, ...span, period: p })
    const t0 = process.cpuUsage()
    const r = simulate(prepared, { network: scenario.network, signals: compileStreet(graph, plans[name]), trips, vehicle_types: vehicleTypes(scenario.demand), corridor, options: { seed: i + 1, step_s: 0.5, model: 'idm', start_s: span.from_s, measure_from_s: span.from_s, measure_until_s: span.until_s, stop_at_s: span.until_s + 3600 } })
    const u = process.cpuUsage(t0)
    const done = [...r.vehicles.completed].map((c, k) => c ? k : -1).filter((k) => k >= 0)
    const mean = (f) => done.reduce((s, k) => s + f[k], 0) / done.length
    console.log(name, 'ours', i+1, 'n', r.completed, '/', r.vehicles_demanded, 'dur', mean(r.vehicles.travel_time_s).toFixed(1), 'loss', mean(r.vehicles.delay_s).toFixed(1), 'stops', mean(r.vehicles.stops).toFixed(2), 'dd', mean(r.vehicles.insertion_delay_s).toFixed(1), 'lock', r.gridlocked, r.gridlock?.where?.slice(0, 400) ?? '', 'grants', r.grants, 'missed', r.missed_turns, 'MUPS', (r.updates / (u.user + u.system)).toFixed(2))
  })
}, 600000)
