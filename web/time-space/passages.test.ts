import { expect, it } from 'vitest'
import { demoTown } from '../../api/demo/town.ts'
import { resolveCorridor } from '../../model/corridor.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import type { SignalDay, SignalRun } from '../../model/signal-day.ts'
import { listStations } from '../../plans/stations.ts'
import { passagesOf } from './passages.ts'

const scenario = demoTown('Asia/Shanghai')
const graph = new RoadGraph(scenario.network)
const corridor = resolveCorridor(graph, scenario.scenario.corridors[1]!)
const stations = listStations(graph, corridor)

const dayOf = (signal: string, runs: SignalRun[]): SignalDay => ({
  format: 'greenwave.signal-day/1', network: 'n', signal, name: signal, day: '2027-01-13', from_s: 0, until_s: 86_400, reigns: [], bins: [], hours: [], movements: [],
  phases: [{ phase: 2, group: 'g', name: null, movements: [], greens: 'unknown', cycles: [], splits: [], arrivals: runs.map((run) => ({ time_s: run.crossing_s, source: 'probe', run })) }],
})

it('draws each measured vehicle of the through traffic from its approach to beyond the stop line, both ways on the one axis', () => {
  const [second, third] = [stations[1]!, stations[2]!]
  const movementAt = (direction: 'outbound' | 'inbound', signal: string): string => corridor[direction]!.crossings.find((one) => one.signal === signal)!.movements[0]!.id
  const run = (movement: string, crossing_s: number, stops: SignalRun['stops'] = []): SignalRun => ({ movement, start_m: -200, in_s: crossing_s - 30, crossing_s, out_s: crossing_s + 4, delay_s: 0, stops })
  const turning = scenario.network.movements.find(({ signal, turn }) => signal === second.signal && turn === 'left')!
  const columns = passagesOf({ corridor, stations }, [
    dayOf(third.signal, [run(movementAt('inbound', third.signal), 36_100)]),
    dayOf(second.signal, [run(movementAt('outbound', second.signal), 36_050, [{ time_s: 36_030, s_m: -20, duration_s: 15 }]), run(turning.id, 36_060)]),
  ])
  expect(columns.source).toBe('observed')
  expect([...columns.directions]).toEqual([0, 1])
  expect([...columns.stops]).toEqual([1, 0])
  const points = (v: number): [number, number][] => Array.from({ length: columns.starts[v + 1]! - columns.starts[v]! }, (_, i) => [columns.times_s[columns.starts[v]! + i]!, columns.positions_m[columns.starts[v]! + i]!])
  const at = (metres: number): number => Math.fround(metres)
  expect(points(0)).toEqual([[36_020, at(second.position_m - 200)], [36_030, at(second.position_m - 20)], [36_045, at(second.position_m - 20)], [36_050, at(second.position_m)], [36_054, at(second.position_m + 40)]])
  expect(points(1).at(0)).toEqual([36_070, at(third.position_m + 200)])
  expect(points(1).at(-1)).toEqual([36_104, at(third.position_m - 40)])
})
