// The engine of the pages simulates a whole street: vehicles and queues as the diagram draws them.
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { readScenario } from '../../adapters/formats/scenario/read.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import { listStations } from '../../plans/stations.ts'
import { TOLERANCE_M, simulateDocument } from '../../web/engine/simulation-run.ts'
import { runningPlan } from '../../web/engine/testing.ts'

it('vehicles drive along the corridor, in order, both ways, and queues stand behind stop lines', async () => {
  const { scenario } = await readScenario(fileURLToPath(new URL('../../scenarios/textbook-arterial', import.meta.url)))
  const corridor = scenario.scenario.corridors[0]!
  const graph = new RoadGraph(scenario.network)
  const period = scenario.scenario.periods[0]!.id
  const shares: number[] = []
  const input = { scenario, corridor: corridor.id, period, original: runningPlan(scenario, graph, corridor, period) }
  const { trajectories, queues, range_s, runs } = simulateDocument(input, { seed: 1, window_s: 300 }, (share) => shares.push(share))
  const { starts, times_s, positions_m, directions } = trajectories
  const stations = listStations(graph, resolveCorridor(graph, corridor)).map(({ position_m }) => position_m)
  const [low, high] = [Math.min(...stations), Math.max(...stations)]
  expect([runs, directions.length > 50, starts.at(-1)]).toEqual([1, true, times_s.length])
  expect(new Set(directions)).toEqual(new Set([0, 1]))
  for (let v = 0; v < directions.length; v++) {
    const sign = directions[v] === 0 ? 1 : -1
    for (let i = starts[v]! + 1; i < starts[v + 1]!; i++) {
      expect(times_s[i]!).toBeGreaterThan(times_s[i - 1]!)
      expect(sign * (positions_m[i]! - positions_m[i - 1]!)).toBeGreaterThan(-2 * TOLERANCE_M)
    }
  }
  expect(times_s.length / directions.length).toBeLessThan(25)
  expect(queues.starts_s.length).toBeGreaterThan(20)
  for (let i = 0; i < queues.starts_s.length; i++) {
    const upstream = queues.directions[i] === 0 ? queues.front_m[i]! - queues.back_m[i]! : queues.back_m[i]! - queues.front_m[i]!
    expect(upstream).toBeGreaterThan(0)
    expect(queues.front_m[i]!).toBeLessThan(high + 500)
    expect(queues.front_m[i]!).toBeGreaterThan(low - 500)
    expect(queues.starts_s[i]! >= range_s[0] && queues.ends_s[i]! <= range_s[1] + 4).toBe(true)
  }
  expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share < 1)).toBe(true)
  const more = simulateDocument(input, { seed: 1, window_s: 300, vehicles: 2 * directions.length }, () => {})
  expect(more.runs).toBeGreaterThanOrEqual(2)
  expect(more.trajectories.times_s.subarray(0, times_s.length)).toEqual(times_s)
})
