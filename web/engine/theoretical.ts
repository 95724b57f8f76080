// Vehicles that drive as the bands mean: one in the middle of each band a cycle, from the first stop line to the last.
import type { ResolvedCorridor } from '../../model/corridor.ts'
import type { Plan } from '../../model/plan.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import { listStations } from '../../plans/stations.ts'
import { columnsOf, joined } from './columns.ts'
import type { TrajectoryColumns } from './protocol.ts'

/** Of bands that exist; those who are on their way at some time of the range. */
export function theoreticalVehicles(graph: RoadGraph, corridor: ResolvedCorridor, { bands, cycle_s }: Plan, [from_s, to_s]: readonly [number, number]): TrajectoryColumns {
  const places = new Map(listStations(graph, corridor).map(({ signal, position_m }) => [signal, position_m]))
  return joined(bands.flatMap((band) => {
    const way = band.front_s.filter(({ signal }) => places.has(signal))
    if (band.width_s <= 0 || way.length < 2) return []
    const [first, last] = [way[0]!.time_s + band.width_s / 2, way.at(-1)!.time_s + band.width_s / 2]
    const cycles = Array.from({ length: Math.max(0, Math.floor((to_s - first) / cycle_s) - Math.ceil((from_s - last) / cycle_s) + 1) }, (_, k) => Math.ceil((from_s - last) / cycle_s) + k)
    const samples = {
      starts: Array.from({ length: cycles.length + 1 }, (_, k) => k * way.length),
      times_s: Float32Array.from(cycles.flatMap((k) => way.map(({ time_s }) => time_s + band.width_s / 2 + k * cycle_s))),
      positions_m: Float32Array.from(cycles.flatMap(() => way.map(({ signal }) => places.get(signal)!))),
    }
    return [columnsOf(samples, () => (band.direction === 'outbound' ? 0 : 1), 0, 'theoretical')]
  }))
}
